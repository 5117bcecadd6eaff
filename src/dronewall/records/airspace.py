"""Geographical zones for unmanned aircraft, as a state publishes them (ED-269, ED-318)."""

from dataclasses import dataclass

Ring = tuple[tuple[float, float], ...]
"""Corners, longitude and latitude in degrees, the first not repeated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A height in metres over `reference`: AGL, AMSL or WGS84."""

    metres: float
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Airspace:
    """One volume of one zone.

    Attributes
    ----------
    identifier : str
        The state's, with a number behind it where the zone has several volumes.
    restriction : str
        PROHIBITED, REQ_AUTHORISATION, CONDITIONAL, USPACE or NO_RESTRICTION.
    reasons : tuple of str
        AIR_TRAFFIC, SENSITIVE, NATURE ...
    ring : Ring
        Its outline; a circle as 64 corners.
    floor, ceiling : Limit or None
        None: not given.
    permanent : bool
        Whether it always applies.
    """

    identifier: str
    name: str
    country: str
    restriction: str
    reasons: tuple[str, ...]
    ring: Ring
    floor: Limit | None
    ceiling: Limit | None
    permanent: bool
