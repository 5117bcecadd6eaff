"""What a larger or smaller alert area buys: nights in time against km2, on the nights that may be tuned on.

Run: python design/area_against_time.py [--seeds 1-60] [--workers 2]

Each night is tracked once; what the judge said of it every second is then put before the board and the people on duty
again, under areas of other usual sizes. So all rows see the same tracks, and differ by the area alone. The usual size
goes with how much may be held at best and at least, and with how large a shared area may be.
"""

import argparse
import statistics
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import dronewall.picture.board as board
from dronewall.picture.area import AreaSettings
from dronewall.picture.case import Case
from dronewall.picture.desk import Desk, DeskSettings
from dronewall.picture.judging import Silence
from dronewall.records.event import Event
from dronewall.records.presence import Presence
from dronewall.rehearse.night import Stage, outcome_of, played, stage
from dronewall.rehearse.simulate import Night
from dronewall.scenarios import holes, scenario_path, wall_path
from dronewall.tracking.ledger import EvidenceRow

SIZES = {  # usual km2: most that is held, least that is held, km2 up to which things share a warning
    450.0: (0.95, 0.80, 500.0),
    594.0: (0.95, 0.90, 650.0),
    800.0: (0.97, 0.92, 900.0),
    1000.0: (0.98, 0.93, 1100.0),
}


@dataclass
class Second:
    """What one second of a night brought before the board."""

    events: list[Event]
    judged: Mapping[str, Case | Silence]
    presences: tuple[Presence, ...]
    evidence: dict[str, list[EvidenceRow]] = field(default_factory=dict)


class Keeping(Desk):
    """A desk that writes down what its board is told."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.seconds: dict[int, Second] = {}

    def tick(self, time_ns: int) -> list[Event]:
        """As a desk, and keep what was judged."""
        judge = self._judge.judge
        seen: list[Mapping[str, Case | Silence]] = []

        def judged(*given: Any) -> Mapping[str, Case | Silence]:
            seen.append(judge(*given))
            return seen[-1]

        self._judge.judge = judged  # type: ignore[method-assign]
        try:
            events = super().tick(time_ns)
        finally:
            self._judge.judge = judge  # type: ignore[method-assign]
        of_tracks = [event for event in events if event.kind.startswith(("track.", "sensor."))]
        names = {source for source, case in seen[0].items() if isinstance(case, Case) and case.kind == "track"}
        names |= {str(e.payload["track"]) for e in of_tracks if e.kind == "track.confirmed"}
        evidence = {name: self.evidence(name) for name in sorted(names)}
        self.seconds[time_ns] = Second(of_tracks, seen[0], self.presences(time_ns), evidence)
        return events


class Again(Desk):
    """A desk whose board is told what was kept, whatever the scans say."""

    def __init__(self, kept: Mapping[int, Second], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._kept, self._now, self._rows = kept, Second([], {}, ()), dict[str, list[EvidenceRow]]()

    def take(self, scan: object) -> list[Event]:
        """Nothing: the tracks are known."""
        return []

    def tick(self, time_ns: int) -> list[Event]:
        """What the board makes of what was kept."""
        self._now = self._kept[time_ns]
        self._rows |= self._now.evidence
        found, _ = self._board.take(self._now.judged, time_ns)
        return [*self._now.events, *found]

    def presences(self, time_ns: int) -> tuple[Presence, ...]:
        """As they were."""
        return self._now.presences

    def evidence(self, track: str, last: int = 200) -> list[EvidenceRow]:
        """As it was."""
        return self._rows.get(track, [])


@cache
def standing() -> Stage:
    """The shipped wall and scenario, once in each process."""
    return stage(wall_path("rezekne"), scenario_path("rezekne"), holes=holes("rezekne"))


def one(seed: int) -> dict[float, dict[str, Any]]:
    """A night's outcome for each usual size."""
    place = standing()
    desks: list[Keeping] = []

    def keeping(night: Night) -> Desk:
        desks.append(Keeping(place.wall, place.sensors, weather=night.weather))
        return desks[-1]

    played(place, seed, desk_for=keeping)
    outcomes = {}
    for usual_km2, (most, least, shared_km2) in SIZES.items():
        area = AreaSettings(typical_km2=usual_km2, probability=most, least_probability=least)
        board.JOINED_KM2 = shared_km2  # type: ignore[misc]

        def again(night: Night, area: AreaSettings = area) -> Desk:
            settings = DeskSettings(area=area)
            return Again(desks[0].seconds, place.wall, place.sensors, weather=night.weather, settings=settings)

        outcomes[usual_km2] = outcome_of(place, played(place, seed, desk_for=again))
    return outcomes


def main() -> None:
    """Print a row for each usual size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="1-60")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    first, _, last = given.seeds.partition("-")
    with ProcessPoolExecutor(given.workers) as pool:
        nights = list(pool.map(one, range(int(first), int(last or first) + 1)))
    print("| usual area (km2) | nights in time | drones in time | median area (km2) | warnings sent a night | people |")
    print("|---|---|---|---|---|---|")
    for usual_km2 in SIZES:
        told = [night[usual_km2] for night in nights]
        rows = [row for night in told for row in night["intruders"]]
        good = [row for row in rows if row["lead_time_received_s"] is not None]
        both = sum(all(row["lead_time_received_s"] is not None for row in night["intruders"]) for night in told)
        sent = [
            sum("sent" in alert["clock"] and alert["message"] in ("alert", "update") for alert in night["alerts"])
            for night in told
        ]
        people = [max((a["people"] for a in night["alerts"] if "sent" in a["clock"]), default=0) for night in told]
        area = statistics.median(row["area_km2"] for row in good)
        print(
            f"| {usual_km2:.0f} | {both} of {len(told)} | {len(good)} of {len(rows)} | {area:.0f} | "
            f"{statistics.mean(sent):.1f} | {statistics.median(people):.0f} |"
        )


if __name__ == "__main__":
    main()
