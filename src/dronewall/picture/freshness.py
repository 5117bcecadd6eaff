"""Fresh, stale or expired: how old what a field says is. A field that was never measured is expired."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from dronewall.records.track import State, Tracks
from dronewall.units import SECOND_NS


class Freshness(StrEnum):
    """How far a field may still be believed."""

    FRESH = "fresh"
    STALE = "stale"
    EXPIRED = "expired"


LIMITS_S: Final[Mapping[str, tuple[float, float]]] = {
    "position": (5.0, 30.0),
    "velocity": (5.0, 30.0),
    "height": (10.0, 60.0),
    "label": (30.0, 300.0),
    "identity": (10.0, 60.0),
}
"""Field: the age at which it turns stale, and expired. A position 30 s old at 50 m/s is 1.5 km off."""

HEIGHT_KNOWN_SD_M: Final = 150.0
"""Beyond it a height is a guess by the prior, not a measurement."""


def of_age(field: str, age_s: float) -> Freshness:
    """The word for a field of that age."""
    fresh_s, stale_s = LIMITS_S[field]
    if age_s <= fresh_s:
        return Freshness.FRESH
    return Freshness.STALE if age_s <= stale_s else Freshness.EXPIRED


def fields(tracks: Tracks, i: int, time_ns: int, *, identity_ns: int = 0) -> dict[str, str]:
    """The word for each field of a track's row.

    Parameters
    ----------
    identity_ns : int
        When its identity was last received; 0: never.
    """
    age_s = max(time_ns - int(tracks.last_ns[i]), 0) / SECOND_NS
    found = {field: of_age(field, age_s) for field in ("position", "velocity", "height", "label")}
    if float(tracks.covariance[i][State.UP, State.UP]) > HEIGHT_KNOWN_SD_M**2:
        found["height"] = Freshness.EXPIRED
    known = tracks.identity[i] is not None and identity_ns > 0
    found["identity"] = of_age("identity", max(time_ns - identity_ns, 0) / SECOND_NS) if known else Freshness.EXPIRED
    return {field: str(word) for field, word in found.items()}
