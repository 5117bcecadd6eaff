"""Flights that an authority or a U-space provider has authorised: where and when, and which drone, without whose."""

from dataclasses import dataclass
from enum import StrEnum

from dronewall.records.airspace import Ring


class FlightState(StrEnum):
    """What is said of a flight now."""

    ACCEPTED = "accepted"
    ACTIVATED = "activated"
    OFF_PLAN = "off_plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightVolume:
    """One block of space and time; heights above the WGS-84 ellipsoid, the outline without its first corner again."""

    ring: Ring
    floor_hae_m: float
    ceiling_hae_m: float
    begins_ns: int
    ends_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """One authorised flight.

    Attributes
    ----------
    flight : str
        Its id: a UUID, or `plan-` and 12 hex digits where it came without one.
    identity : str or None
        The pseudonym of the drone that is to fly it, as tracks carry it; None: the authorisation names no drone.
    volumes : tuple of FlightVolume
        All that it may use; at least one.
    listed : bool
        It stands in a file that the watch looks at, and goes when it no longer does.
    """

    flight: str
    state: FlightState
    volumes: tuple[FlightVolume, ...]
    identity: str | None = None
    listed: bool = False

    @property
    def begins_ns(self) -> int:
        """When its first volume opens."""
        return min(volume.begins_ns for volume in self.volumes)

    @property
    def ends_ns(self) -> int:
        """When its last volume closes."""
        return max(volume.ends_ns for volume in self.volumes)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightsChange:
    """Flights that are new or changed, and ids of those that are no more."""

    put: tuple[Flight, ...] = ()
    drop: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.put or self.drop)
