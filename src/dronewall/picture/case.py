"""A case: one thing that may be worth a warning, as its evidence stood when it was last heard of."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from dronewall.picture.area import Mover
from dronewall.records.alert import Level

TRACK, PRESENCE, CALL = "track", "presence", "call"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One track, presence or call, judged worth a warning.

    Attributes
    ----------
    source : str
        Its id.
    kind : str
        `track`, `presence` or `call`.
    level : Level
        The highest that this evidence carries.
    made_ns : int
        When the evidence was made; `mover` is as of then. While nothing new comes in, neither changes.
    first_ns, confirmed_ns : int
        0: not confirmed.
    beside : dict or None
        An authorised flight in whose volume it is without being known as that flight (`flights.Standing.row`).
    """

    source: str
    kind: str
    level: Level
    mover: Mover
    made_ns: int
    first_ns: int
    confirmed_ns: int
    label: str
    label_probability: float
    p_exists: float
    identity_status: str
    sensors: tuple[str, ...]
    detections: int
    digest: str | None = None
    beside: dict[str, Any] | None = None

    def why(self) -> dict[str, Any]:
        """The evidence as JSON, in degrees, for the alert and the log. A private identity is not among it."""
        course = self.mover.course_sd_rad
        return {
            "source": self.source,
            "kind": self.kind,
            "made_ns": self.made_ns,
            "label": self.label,
            "label_probability": round(self.label_probability, 3),
            "p_exists": round(self.p_exists, 4),
            "identity_status": self.identity_status,
            "sensors": list(self.sensors),
            "detections": self.detections,
            "latitude_deg": round(math.degrees(self.mover.latitude_rad), 5),
            "longitude_deg": round(math.degrees(self.mover.longitude_rad), 5),
            "place_sd_m": round(self.mover.place_sd_m, 1),
            "course_deg": round(math.degrees(self.mover.course_rad) % 360.0, 1) if math.isfinite(course) else None,
            "course_sd_deg": round(math.degrees(course), 1) if math.isfinite(course) else None,
            "speed_mps": round(self.mover.speed_mps, 1),
            "speed_sd_mps": round(self.mover.speed_sd_mps, 1),
            "call_digest": self.digest,
            **({} if self.beside is None else {"flight": self.beside}),
        }

    def saved(self) -> dict[str, Any]:
        """For a snapshot; `restored` takes it."""
        return asdict(self)


def restored(saved: Mapping[str, Any]) -> Case:
    """The case of a snapshot."""
    return Case(
        **{
            **saved,
            "level": Level(saved["level"]),
            "mover": Mover(**saved["mover"]),
            "sensors": tuple(saved["sensors"]),
        }
    )
