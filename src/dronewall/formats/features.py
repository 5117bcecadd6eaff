"""What maps show of a recording or of tracks: a way or a place, with when and what. Written as GeoJSON or KML."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One track or one detection.

    Attributes
    ----------
    name : str
        Of the track, or of the sensor that saw it.
    times_ns : tuple of int
    places : tuple of (longitude_deg, latitude_deg, altitude_hae_m)
        As many as times; the height is None where it is not known.
    properties : mapping
        JSON: label, identity and what else there is, under the names and units of `docs/formats.md`.
    """

    name: str
    times_ns: tuple[int, ...]
    places: tuple[tuple[float, float, float | None], ...]
    properties: Mapping[str, Any] = field(default_factory=dict)
