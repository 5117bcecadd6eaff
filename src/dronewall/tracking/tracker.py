"""The tracker: one look after the other, each taken for what its sensor can tell.

A track-oriented Poisson multi-Bernoulli filter over asynchronous sensors. A look predicts only the tracks that its
sensor may see, shares its detections out among them, clutter and the unknown by loopy belief propagation, and moves
existence by what the sensor's own model says of a miss there. States are earth-centred, so a track is as right 2,000 km
from the first sensor as beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from dronewall.errors import BadInput
from dronewall.geo.terrain import SmoothEarth, Terrain, load_terrain
from dronewall.records.detection import Column
from dronewall.records.presence import Presence
from dronewall.records.scan import Scan
from dronewall.records.track import Tracks
from dronewall.records.wall import Wall
from dronewall.records.weather import Weather
from dronewall.sensors import build_sensors
from dronewall.sensors.sensor import Sensor
from dronewall.tracking import fates, hearing, rows
from dronewall.tracking.claims import take_claims
from dronewall.tracking.core import Core
from dronewall.tracking.engine import Engine
from dronewall.tracking.fates import Fates, all_alike
from dronewall.tracking.ledger import EvidenceRow
from dronewall.tracking.looks import shadow_look, take_look
from dronewall.tracking.memory import Memory
from dronewall.tracking.pairs import take_pairs
from dronewall.tracking.parts import Parts
from dronewall.tracking.registration import SensorAlignment
from dronewall.tracking.settings import TrackerSettings
from dronewall.units import SECOND_NS


class Tracker:
    """Scans in, tracks out. Pure: no clock, no randomness; the same scans in the same order give the same bits."""

    def __init__(
        self,
        wall: Wall | Mapping[str, Sensor],
        *,
        weather: Weather | None = None,
        settings: TrackerSettings | None = None,
        terrain: Terrain | None = None,
        parts: Parts | None = None,
        elsewhere: Iterable[str] = (),
    ) -> None:
        """`wall` is a wall, or its sensors by id where somebody has built them (`dronewall.sensors.build_sensors`).

        `parts` are filters, motion models, association and evidence of one's own in the place of those built in.
        `elsewhere` are sensors that see nothing of what is tracked here: with their looks only time passes, which keeps
        what is done once a second in step with a tracker that has them all.

        Raises
        ------
        BadInput
            A wall that names terrain, which is not given: its files lie beside the wall file (`geo.terrain`).
        """
        sensors, ground = standing(wall, terrain) if isinstance(wall, Wall) else (wall, terrain)
        parts = parts or Parts()
        self._core = Core(sensors, weather or Weather(), parts.moved(settings or TrackerSettings()), ground)
        self._core.evidences = parts.evidences()
        self._engine = Engine(self._core)
        generic = parts.associate()
        if generic is not None:
            self._core.associate = generic
            self._engine.stand_aside()
        self._index = {name: index for index, name in enumerate(sensors)}
        self._elsewhere = frozenset(elsewhere)
        member = self._core.registration.member
        self._only_hears = [  # is never quarantined, says no place, is no person
            bool(sensor.sound_delay) and member[index] < 0 and not sensor.claims_only and sensor.kind != "observer"
            for index, sensor in enumerate(self._core.sensors)
        ]

    @property
    def core(self) -> Core:
        """Sensors, settings and memory, for those who study or divide it."""
        return self._core

    def is_plain(self, index: int, scan: Scan) -> bool:
        """Whether the compiled engine alone works a look out: of a radar with a stated probability of detection."""
        return bool(len(scan.detections)) and self._engine.plain_now(index) and self._engine.takes(index, scan)

    @property
    def settings(self) -> TrackerSettings:
        """What it was told about how things fly."""
        return self._core.settings

    @property
    def callers(self) -> tuple[str, ...]:
        """Sensors that are people: what they say comes late and counts from when it came."""
        core = self._core
        return tuple(name for name, sensor in zip(core.names, core.sensors, strict=True) if sensor.kind == "observer")

    @property
    def now_ns(self) -> int:
        """Time of the latest look."""
        return self._core.memory.now_ns

    @property
    def counts(self) -> Mapping[str, int]:
        """How many detections met each fate so far."""
        return dict(self._core.memory.counts)

    def step(self, scan: Scan) -> Fates:
        """Take one look, in order of time; what became of each of its rows.

        A look older than the one before is set aside as late: `lateness.InOrder` is what takes such looks.
        """
        core, memory, n = self._core, self._core.memory, len(scan.detections.time_ns)
        index = self._index.get(scan.sensor)
        if index is None:
            if scan.sensor in self._elsewhere:
                return self._pass(scan.time_ns)
            return self._counted(all_alike(n, fates.REFUSED, reason=f"the wall has no sensor {scan.sensor}"))
        if not n and self._only_hears[index] and self._changes_nothing(index, scan):
            memory.now_ns = memory.looked_ns[index] = scan.time_ns
            return fates.NONE
        if reason := fates.refusal(scan):
            return self._counted(all_alike(n, fates.REFUSED, reason=reason))
        sensor = core.sensors[index]
        if sensor.kind == "observer":
            return self._counted(self._call(index, scan))
        if scan.time_ns < memory.now_ns:
            return self._counted(all_alike(n, fates.LATE))
        memory.now_ns = scan.time_ns
        if sensor.sound_delay:
            memory.looked_ns[index] = scan.time_ns
        if scan.time_ns - memory.tidied_ns >= SECOND_NS:
            core.tidy(scan.time_ns)
        set_aside = core.registration.quarantined(memory.alignment, index)
        if not n:
            if not sensor.claims_only and not set_aside:
                core.silence(index, scan.time_ns)
                self._engine.saw_nothing(index)
            return fates.NONE
        if sensor.claims_only:
            return self._counted(take_claims(core, index, scan))
        if set_aside:
            return self._counted(shadow_look(core, index, scan))
        if self._engine.takes(index, scan):
            return self._counted(self._engine.take(index, scan))
        if Column.RANGE_DIFFERENCE_M in sensor.measures:
            return self._counted(take_pairs(core, index, scan))
        return self._counted(take_look(core, index, scan))

    def run(self, scans: Sequence[Scan]) -> list[Fates]:
        """Take many looks, in order of time: what `step` gives for one after the other, to the bit, and much quicker.

        Looks of plot sensors that follow one another are one call of compiled code.
        """
        found: list[Fates] = []
        at = 0
        while at < len(scans):
            stop = self._engine.stretch(scans, at, self._index)
            if stop - at < 2:
                found.append(self.step(scans[at]))
                at += 1
                continue
            taken = self._engine.run(scans[at:stop], self._index)
            found += [self._counted(fate) for fate in taken]
            at += len(taken)
        return found

    def tracks(self, time_ns: int) -> Tracks:
        """Every track that has a number, tentative ones too, predicted to a time."""
        core, bank = self._core, self._core.memory.bank
        who = np.flatnonzero(bank.number[: bank.n] > 0)
        return rows.table(bank, who, time_ns, core.memory.identities, core.names, core.motion, core.settings)

    def presences(self, time_ns: int) -> tuple[Presence, ...]:
        """Areas in which something is believed to be that has no track: lone hearings and human calls."""
        return hearing.areas(self._core, time_ns)

    def evidence(self, track: str, last: int = 200) -> list[EvidenceRow]:
        """The latest detections behind a live track, oldest first."""
        core, bank = self._core, self._core.memory.bank
        found = np.flatnonzero(bank.number[: bank.n] == int(track.removeprefix("t-")))
        if not len(found):
            return []
        entries = core.memory.ledger.of(int(bank.key[found[0]]), last).tolist()
        return [
            EvidenceRow(sensor=core.names[sensor], scan=scan, row=row, time_ns=time_ns, weight=weight)
            for _, sensor, scan, row, time_ns, weight in entries
        ]

    def registration(self) -> tuple[SensorAlignment, ...]:
        """What is known of the biases of each sensor that fixes positions, and who is not believed for now."""
        return self._core.registration.report(self._core.memory.alignment, self._core.names)

    def snapshot(self) -> Memory:
        """A copy of the state, for `resume`."""
        return self._core.memory.copy()

    def resume(self, memory: Memory) -> None:
        """Go back to a copied state."""
        self._core.remember(memory.copy())

    def save(self) -> bytes:
        """The state as bytes."""
        return self._core.memory.to_bytes()

    @classmethod
    def restore(
        cls,
        data: bytes,
        wall: Wall | Mapping[str, Sensor],
        *,
        weather: Weather | None = None,
        settings: TrackerSettings | None = None,
        terrain: Terrain | None = None,
        parts: Parts | None = None,
        elsewhere: Iterable[str] = (),
    ) -> "Tracker":
        """A tracker that goes on to the bit where `save` was called, given the same wall, weather and settings.

        Raises
        ------
        Corrupt
            The bytes are not the state of a tracker of these sensors.
        """
        tracker = cls(wall, weather=weather, settings=settings, terrain=terrain, parts=parts, elsewhere=elsewhere)
        core = tracker._core
        core.remember(Memory.from_bytes(data, len(core.settings.models), len(core.sensors)))
        return tracker

    def _pass(self, time_ns: int) -> Fates:
        """Somebody looked elsewhere."""
        memory = self._core.memory
        if time_ns >= memory.now_ns:
            memory.now_ns = time_ns
            if time_ns - memory.tidied_ns >= SECOND_NS:
                self._core.tidy(time_ns)
        return fates.NONE

    def _changes_nothing(self, index: int, scan: Scan) -> bool:
        """Whether an empty look of an ear is one of the many that come in order, to where it would hear nothing."""
        memory, time_ns = self._core.memory, scan.time_ns
        view = memory.views[index]
        return (
            not view.some
            and memory.now_ns <= time_ns < view.until_ns
            and time_ns - memory.tidied_ns < SECOND_NS
            and not fates.refusal(scan)
        )

    def _call(self, index: int, scan: Scan) -> Fates:
        """People call late: their word counts from when it came, whatever time they tell."""
        fate = all_alike(len(scan.detections), fates.PRESENCE)
        fate.number[:] = [-number for number in hearing.take_call(self._core, index, scan)]
        return fate

    def _counted(self, fate: Fates) -> Fates:
        counts = self._core.memory.counts
        for word, many in zip(fates.WORDS, np.bincount(fate.code, minlength=len(fates.WORDS)).tolist(), strict=True):
            if many:
                counts[word] = counts.get(word, 0) + many
        return fate


def standing(wall: Wall, terrain: Terrain | None) -> tuple[dict[str, Sensor], Terrain | None]:
    """The sensors of a wall on its terrain, and that terrain (None: a smooth earth).

    Raises
    ------
    BadInput
        The wall names files of terrain and none is given, or it has a sensor that cannot be.
    """
    named = wall.wall.terrain
    if terrain is None and named is not None:
        if not named.startswith("synthetic:"):
            raise BadInput(
                f"the wall '{wall.wall.name}' stands on terrain '{named}', whose files lie beside the wall file; load "
                f"them with dronewall.geo.terrain.wall_terrain and pass them as terrain=...",
                key="terrain",
            )
        terrain = load_terrain(named, Path())
    return build_sensors(wall, terrain or SmoothEarth(), file=wall.wall.name), terrain
