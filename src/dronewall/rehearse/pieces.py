"""A night in pieces of some hours, one after the other, so that a week takes no more memory than an evening.

Each piece has randomness of its own, so it is the same whoever asks for it; the first piece's is that of a night of one
piece. Looks that are still on their way when a piece ends come with the next. Looks that see nothing are worked out
from the sensors' schedules for one piece at a time and never kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count

import numpy as np

from dronewall.errors import BadInput
from dronewall.geo.terrain import Terrain
from dronewall.records.detection import Detections, joined
from dronewall.records.scan import Scan
from dronewall.records.scenario import Scenario
from dronewall.records.threat import StressLevel
from dronewall.records.wall import Wall
from dronewall.rehearse.faults import afflicted
from dronewall.rehearse.heard import Heard, heard
from dronewall.rehearse.load import public_level
from dronewall.rehearse.populations import Target, days
from dronewall.rehearse.scene import DAY_S
from dronewall.rehearse.simulated import Call, Impact, Night
from dronewall.sensors import Sensor
from dronewall.units import Bools, Ints, nanoseconds

PIECE_NS = nanoseconds(2 * 3_600.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looks:
    """Looks of several sensors: `sensor_of` per look; `look` and `number` (of the target, -1: none) per row."""

    sensor_of: Ints
    scan: Ints
    time_ns: Ints
    received_ns: Ints
    look: Ints
    number: Ints
    detections: Detections

    def kept(self, looks: Bools) -> "_Looks":
        """Those looks, with their rows."""
        rows = looks[self.look]
        return _Looks(
            sensor_of=self.sensor_of[looks],
            scan=self.scan[looks],
            time_ns=self.time_ns[looks],
            received_ns=self.received_ns[looks],
            look=(np.cumsum(looks) - 1)[self.look[rows]],
            number=self.number[rows],
            detections=self.detections.rows(rows),
        )


class Pieces:
    """The pieces of a night, in order; to iterate again begins again.

    Raises
    ------
    BadInput
        The wall has no sensors; while iterating, what `populations.days` refuses.
    """

    def __init__(
        self,
        wall: Wall,
        sensors: Mapping[str, Sensor],
        scenario: Scenario,
        seed: int,
        *,
        terrain: Terrain,
        file: str = "scenario",
        load: StressLevel | None = None,
        piece_ns: int = PIECE_NS,
    ) -> None:
        if not sensors:
            raise BadInput(
                f"the wall '{wall.wall.name}' has no sensors; a night needs a [[sensor]] that looks at it",
                file=file,
                key="sensor",
            )
        self.wall, self.sensors, self.scenario, self.seed = wall, sensors, scenario, seed
        self.load = load or public_level(scenario)
        self.start_ns, self.end_ns = scenario.start_ns, scenario.end_ns
        self.weather = scenario.weather_record()
        self.sensor_ids = tuple(sensors)
        self._terrain, self._file, self._piece_ns = terrain, file, piece_ns
        self._rank = np.argsort(np.argsort(self.sensor_ids))
        self._made_calls: tuple[Call, ...] | None = None

    def __len__(self) -> int:
        return max(-(-(self.end_ns - self.start_ns) // self._piece_ns), 1)

    def __iter__(self) -> Iterator[Night]:
        drawn, numbers = self._days(), count()
        drawn_to_ns, rows = self.start_ns, 0
        there: dict[int, Target] = {}
        waiting: _Looks | None = None
        for index in range(len(self)):
            from_ns = self.start_ns + index * self._piece_ns
            to_ns = min(from_ns + self._piece_ns, self.end_ns)
            while drawn_to_ns < to_ns:
                there |= {next(numbers): target for target in next(drawn)}
                drawn_to_ns += nanoseconds(DAY_S)
            needed = set() if waiting is None else set(waiting.number.tolist())
            there = {k: t for k, t in there.items() if len(self) == 1 or t.path.end_ns >= from_ns or k in needed}
            looks = self._looks(there, from_ns, to_ns, index, waiting)
            if index + 1 < len(self):
                late = looks.received_ns >= to_ns
                looks, waiting = looks.kept(~late), looks.kept(late)
            night = self._night(looks, there, from_ns, to_ns, rows)
            rows += len(night.origin)
            if len(self) == 1:
                self._made_calls = night.calls
            yield night

    def scans(self) -> Iterator[Scan]:
        """Every look of the night in order of reception, silent ones too."""
        return chain.from_iterable(piece.scans() for piece in self)

    def targets(self) -> tuple[Target, ...]:
        """Everything that flies in the whole night."""
        return tuple(chain.from_iterable(self._days()))

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls that people make. Where some are about an impact, everything that flies is drawn for them once."""
        if self._made_calls is None:
            about = any(spec.about == "impact" for spec in self.scenario.call)
            self._made_calls = _calls(self.scenario, impacts(self.targets()) if about else ())
        return self._made_calls

    def whole(self) -> Night:
        """All pieces as one night."""
        pieces = list(self)
        if len(pieces) == 1:
            return pieces[0]
        every = self.targets()
        place = {target.target: index for index, target in enumerate(every)}
        origin = []
        for piece in pieces:
            mine = np.array([place[target.target] for target in piece.targets] + [-1], np.int64)
            origin.append(mine[piece.origin])
        base = np.cumsum([0] + [len(piece.origin) for piece in pieces])
        return Night(
            wall=self.wall,
            scenario=self.scenario,
            weather=self.weather,
            seed=self.seed,
            start_ns=self.start_ns,
            end_ns=self.end_ns,
            load=self.load,
            sensors=self.sensors,
            sensor_ids=self.sensor_ids,
            targets=every,
            impacts=impacts(every),
            calls=self.calls,
            sensor_of=np.concatenate([piece.sensor_of for piece in pieces]),
            scan=np.concatenate([piece.scan for piece in pieces]),
            time_ns=np.concatenate([piece.time_ns for piece in pieces]),
            received_ns=np.concatenate([piece.received_ns for piece in pieces]),
            first_row=np.concatenate([piece.first_row + b for piece, b in zip(pieces, base, strict=False)]),
            rows_of=np.concatenate([piece.rows_of for piece in pieces]),
            detections=joined([piece.detections for piece in pieces]),
            origin=np.concatenate(origin),
        )

    def _days(self) -> Iterator[tuple[Target, ...]]:
        return days(
            self.seed,
            scenario=self.scenario,
            wall=self.wall,
            terrain=self._terrain,
            file=self._file,
            load=self.load,
        )

    def _looks(
        self, there: Mapping[int, Target], from_ns: int, to_ns: int, index: int, waiting: _Looks | None
    ) -> _Looks:
        """What every sensor says between two times, and what was on its way."""
        scenario = self.scenario
        parts = [
            afflicted(
                heard(self.seed, name, sensor, there, from_ns, to_ns, self.weather, piece=index),
                self.seed,
                name,
                sensor,
                scenario,
                piece=index,
            )
            for name, sensor in self.sensors.items()
        ]
        looks = _side_by_side(parts)
        if waiting is None:
            return looks
        return _Looks(
            sensor_of=np.concatenate([waiting.sensor_of, looks.sensor_of]),
            scan=np.concatenate([waiting.scan, looks.scan]),
            time_ns=np.concatenate([waiting.time_ns, looks.time_ns]),
            received_ns=np.concatenate([waiting.received_ns, looks.received_ns]),
            look=np.concatenate([waiting.look, looks.look + len(waiting.scan)]),
            number=np.concatenate([waiting.number, looks.number]),
            detections=joined([waiting.detections, looks.detections]),
        )

    def _night(self, looks: _Looks, there: Mapping[int, Target], from_ns: int, to_ns: int, rows: int) -> Night:
        """The looks in order of reception; equal times go by the look's time, then by the sensor's id."""
        order = np.lexsort((self._rank[looks.sensor_of], looks.time_ns, looks.received_ns))
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        look_of_row = rank[looks.look]
        by_look = np.argsort(look_of_row, kind="stable")
        rows_of = np.bincount(look_of_row, minlength=len(order)).astype(np.int64)
        flying = tuple(there.values())
        place = np.full(max(there, default=-1) + 2, -1, np.int64)
        place[list(there)] = np.arange(len(there))
        fallen = impacts(flying)
        if len(self) > 1:
            fallen = tuple(impact for impact in fallen if from_ns <= impact.time_ns < to_ns)
        return Night(
            wall=self.wall,
            scenario=self.scenario,
            weather=self.weather,
            seed=self.seed,
            start_ns=from_ns,
            end_ns=to_ns,
            row_base=rows,
            load=self.load,
            sensors=self.sensors,
            sensor_ids=self.sensor_ids,
            targets=flying,
            impacts=fallen,
            calls=_calls(self.scenario, fallen) if len(self) == 1 else self.calls,
            sensor_of=looks.sensor_of[order],
            scan=looks.scan[order],
            time_ns=looks.time_ns[order],
            received_ns=looks.received_ns[order],
            first_row=np.concatenate([[0], np.cumsum(rows_of)[:-1]]).astype(np.int64),
            rows_of=rows_of,
            detections=looks.detections.rows(by_look),
            origin=place[looks.number[by_look]],
        )


def _side_by_side(parts: Sequence[Heard]) -> _Looks:
    """The looks of all sensors, one sensor after the other."""
    base = np.concatenate([[0], np.cumsum([len(p.scan) for p in parts])])
    return _Looks(
        sensor_of=np.repeat(np.arange(len(parts)), [len(p.scan) for p in parts]),
        scan=np.concatenate([p.scan for p in parts]),
        time_ns=np.concatenate([p.time_ns for p in parts]),
        received_ns=np.concatenate([p.received_ns for p in parts]),
        look=np.concatenate([p.look + b for p, b in zip(parts, base, strict=False)]),
        number=np.concatenate([p.origin for p in parts]),
        detections=joined([p.detections for p in parts]),
    )


def impacts(targets: Sequence[Target]) -> tuple[Impact, ...]:
    """Where and when those come down that do."""
    return tuple(_impact(target) for target in targets if target.ends_in_impact)


def _impact(target: Target) -> Impact:
    path = target.path
    return Impact(
        target=target.target,
        time_ns=path.end_ns,
        latitude_rad=float(path.latitude_rad[-1]),
        longitude_rad=float(path.longitude_rad[-1]),
    )


def _calls(scenario: Scenario, impacts: tuple[Impact, ...]) -> tuple[Call, ...]:
    found = []
    for spec in scenario.call:
        at_ns = scenario.start_ns + nanoseconds(spec.at_s)
        if spec.about == "impact":
            if not impacts:
                continue
            first = min(impacts, key=lambda impact: impact.time_ns)
            at_ns = max(at_ns, first.time_ns + nanoseconds(spec.after_s))
            seen_ns, latitude, longitude = first.time_ns, first.latitude_rad, first.longitude_rad
        else:
            assert spec.latitude_deg is not None
            assert spec.longitude_deg is not None
            seen_ns = at_ns - nanoseconds(spec.after_s)
            latitude, longitude = float(np.radians(spec.latitude_deg)), float(np.radians(spec.longitude_deg))
        found.append(
            Call(
                time_ns=at_ns,
                seen_ns=seen_ns,
                text=spec.text,
                latitude_rad=latitude,
                longitude_rad=longitude,
                radius_m=spec.radius_m,
            )
        )
    return tuple(sorted(found, key=lambda call: call.time_ns))
