"""Where to look in the morning: the ground on which a thing that was lost came down, with a stated probability.

The model is the alert area's (`area`), asked another question: not where to warn in the next minutes, but where it is
now, hours later, whatever that takes. So the zones that it may have been heading for weigh less, it may have turned
more, and no limit cuts the area. The naive circle beside it is all that it could have reached from where it was seen
last. That nobody saw it on the way is not used: a sensor that would have seen it says so by tracking it.

`design/search_area.py` measures how often the area holds paths that know nothing of the model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from dronewall.picture.area import AreaSettings, Ground, Mover, Outlook, reach_m
from dronewall.picture.case import TRACK, Case
from dronewall.picture.judging import Judged
from dronewall.picture.plane import Ring
from dronewall.records.event import Event
from dronewall.units import SECOND_NS

LOST_NS: Final = 120 * SECOND_NS
"""A track of which nothing was heard for so long is lost; where to look is said once, and again if it was found."""
SEARCH: Final = AreaSettings(
    limit_km2=100_000.0,
    typical_km2=100_000.0,
    probability=0.9,
    least_probability=0.9,
    horizon_s=1_300.0,
    dog_leg_sd_rad=float(np.radians(16.0)),
    p_in_zone=0.1,
    p_round_zone=0.3,
)
"""Of the rest, 0.6, any range is as likely as another. Assumptions, as the alert area's are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchArea:
    """One polygon, its ground and the probability that it holds the thing; and the naive circle."""

    ring: Ring
    km2: float
    probability: float
    circle_km2: float


def search_area(mover: Mover, grounds: Sequence[Ground], settings: AreaSettings = SEARCH) -> SearchArea:
    """Where what was lost at that place, course and speed came down."""
    area = Outlook([mover], grounds, settings).area()
    radius_m = reach_m(mover, settings) + 1.645 * mover.place_sd_m
    return SearchArea(
        ring=area.ring,
        km2=area.km2,
        probability=area.probability,
        circle_km2=float(np.pi * radius_m**2 / 1e6),
    )


class Lost:
    """Says once of each track that was worth a warning and is lost where to look for it."""

    def __init__(self, grounds: Sequence[Ground]) -> None:
        self._grounds = grounds
        self._told: dict[str, int] = {}

    def events(self, judged: Mapping[str, Judged], time_ns: int) -> list[Event]:
        """`track.lost` with the search area, for each case that turned silent."""
        found = []
        self._told = {name: made_ns for name, made_ns in self._told.items() if name in judged}
        for name, case in judged.items():
            if not isinstance(case, Case) or case.kind != TRACK or time_ns - case.made_ns < LOST_NS:
                continue
            if self._told.get(name) == case.made_ns:
                continue
            self._told[name] = case.made_ns
            found.append(Event(time_ns=time_ns, kind="track.lost", actor="system", payload=self._payload(name, case)))
        return found

    def saved(self) -> dict[str, int]:
        """For a snapshot."""
        return dict(self._told)

    def restore(self, saved: Mapping[str, int]) -> None:
        """Take up a snapshot."""
        self._told = dict(saved)

    def _payload(self, name: str, case: Case) -> dict[str, Any]:
        area = search_area(case.mover, self._grounds)
        return {
            "track": name,
            "last_ns": case.made_ns,
            "search_area": [[round(x, 4), round(y, 4)] for x, y in area.ring],
            "search_area_km2": round(area.km2, 1),
            "search_area_probability": area.probability,
            "circle_km2": round(area.circle_km2, 1),
        }
