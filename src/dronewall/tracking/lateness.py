"""Looks that come late: rolled back and replayed, so that the outcome is that of looks in order of time, to the bit.

Order is (time of the look, sensor, number); a human call counts from when it came. Looks wait until somebody asks for
tracks; then one replay takes them all, however many came late. What is later than the reach is set aside, counted and
kept.
"""

import json
import struct
from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Iterable, Mapping

from dronewall.errors import Corrupt
from dronewall.geo.terrain import Terrain
from dronewall.records.packing import packed, unpacked
from dronewall.records.presence import Presence
from dronewall.records.scan import Scan
from dronewall.records.track import Tracks
from dronewall.records.weather import Weather
from dronewall.sensors.sensor import Sensor
from dronewall.tracking import fates
from dronewall.tracking.fates import Fates, all_alike
from dronewall.tracking.ledger import EvidenceRow
from dronewall.tracking.memory import Memory
from dronewall.tracking.registration import SensorAlignment
from dronewall.tracking.sectors import Sectors
from dronewall.tracking.settings import TrackerSettings
from dronewall.tracking.tracker import Tracker
from dronewall.units import nanoseconds

REACH_S = 30.0
SNAPSHOT_S = 0.5
KEPT_LATE = 1000
MOST_WAITING = 5000  # looks; nobody asks, and still they are taken

Key = tuple[int, str, int]
_BEFORE_ALL: Key = (-(2**62), "", 0)


class InOrder:
    """A tracker that takes looks in any order within `reach_s`; otherwise used as a `Tracker` is."""

    def __init__(self, tracker: Tracker | Sectors, *, reach_s: float = REACH_S) -> None:
        self.tracker = tracker
        self._reach_ns = nanoseconds(reach_s)
        self._calls = frozenset(tracker.callers)
        self._keys: list[Key] = []
        self._scans: dict[Key, Scan] = {}
        self._snapshots: list[tuple[Key, Memory]] = [(_BEFORE_ALL, tracker.snapshot())]
        self._fates: dict[tuple[str, int], Fates] = {}
        self._taken: Key = _BEFORE_ALL  # the last look that the tracker has taken
        self._stale: Key | None = None  # the first look before it that it has not taken
        self._settled = 0
        self._newest_ns = _BEFORE_ALL[0]
        self.late: deque[Scan] = deque(maxlen=KEPT_LATE)
        self.late_rows = 0
        self.refused_rows = 0  # of looks that were refused whole

    @property
    def settings(self) -> TrackerSettings:
        """What the tracker was told about how things fly."""
        return self.tracker.settings

    @property
    def now_ns(self) -> int:
        """Time of the latest look."""
        self._settle()
        return self.tracker.now_ns

    @property
    def counts(self) -> Mapping[str, int]:
        """How many detections met each fate so far."""
        self._settle()
        counts = dict(self.tracker.counts)
        if self.late_rows:
            counts[fates.LATE] = counts.get(fates.LATE, 0) + self.late_rows
        if self.refused_rows:
            counts[fates.REFUSED] = counts.get(fates.REFUSED, 0) + self.refused_rows
        return counts

    def step(self, scan: Scan) -> Fates:
        """Take one look, late or not.

        It is worked out when somebody next asks for anything, together with all that came meanwhile: until then its
        rows are pending. What is later than the reach, or came before, is known at once.
        """
        key = self._key(scan)
        rows = len(scan.detections.time_ns)
        if reason := fates.refusal(scan):
            self.refused_rows += rows
            return all_alike(rows, fates.REFUSED, reason=reason)
        if key[0] < self._newest_ns - self._reach_ns:
            self.late.append(scan)
            self.late_rows += rows
            return all_alike(rows, fates.LATE)
        if key in self._scans:
            return all_alike(rows, fates.REFUSED)  # the same look a second time
        self._newest_ns = max(self._newest_ns, key[0])
        self._scans[key] = scan
        if not self._keys or key > self._keys[-1]:
            self._keys.append(key)
        else:
            insort(self._keys, key)
        if key < self._taken:
            self._stale = key if self._stale is None else min(self._stale, key)
        if len(self._keys) - self._settled > MOST_WAITING:
            self._settle()
        return all_alike(rows, fates.PENDING) if rows else fates.NONE

    def fates_of(self, sensor: str, scan: int) -> Fates:
        """What became of each row of a look that came within the reach; no rows where there is no such look."""
        self._settle()
        return self._fates.get((sensor, scan), fates.NONE)

    def tracks(self, time_ns: int) -> Tracks:
        """Every numbered track, predicted to a time."""
        self._settle()
        return self.tracker.tracks(time_ns)

    def presences(self, time_ns: int) -> tuple[Presence, ...]:
        """Areas in which something is believed to be that has no track."""
        self._settle()
        return self.tracker.presences(time_ns)

    def evidence(self, track: str, last: int = 200) -> list[EvidenceRow]:
        """The latest detections behind a live track, oldest first."""
        self._settle()
        return self.tracker.evidence(track, last)

    def registration(self) -> tuple[SensorAlignment, ...]:
        """What is known of the biases of each sensor that fixes positions."""
        self._settle()
        return self.tracker.registration()

    def save(self) -> bytes:
        """The state as bytes: the oldest snapshot and every look since; late looks are taken after a restart too."""
        self._settle()
        base_key, base = self._snapshots[0]
        since = packed([self._scans[key] for key in self._keys[bisect_right(self._keys, base_key) :]])
        head = json.dumps(
            {
                "base": list(base_key),
                "newest_ns": self._newest_ns,
                "late_rows": self.late_rows,
                "refused_rows": self.refused_rows,
            }
        ).encode()
        parts = [head, base.to_bytes(), since]
        return b"".join(struct.pack("<Q", len(part)) + part for part in parts)

    @classmethod
    def restore(
        cls,
        data: bytes,
        sensors: Mapping[str, Sensor],
        *,
        weather: Weather | None = None,
        settings: TrackerSettings | None = None,
        terrain: Terrain | None = None,
        elsewhere: Iterable[str] = (),
        reach_s: float = REACH_S,
    ) -> "InOrder":
        """One that goes on to the bit where `save` was called, given the same wall, weather and settings.

        Raises
        ------
        Corrupt
            The bytes are not the state of a tracker of these sensors.
        """
        parts = _parts(data)
        head = json.loads(parts[0])
        tracker = Tracker.restore(
            parts[1], sensors, weather=weather, settings=settings, terrain=terrain, elsewhere=elsewhere
        )
        new = cls(tracker, reach_s=reach_s)
        when, sensor, number = head["base"]
        new._taken = (when, sensor, number)
        new._snapshots = [(new._taken, tracker.snapshot())]
        for scan in unpacked(parts[2]):
            new.step(scan)
        new._newest_ns, new.late_rows = head["newest_ns"], head["late_rows"]
        new.refused_rows = head.get("refused_rows", 0)
        return new

    def _key(self, scan: Scan) -> Key:
        return (scan.received_ns if scan.sensor in self._calls else scan.time_ns, scan.sensor, scan.scan)

    def _settle(self) -> None:
        """Take all looks that wait; where one came late, roll back to before it and replay."""
        if self._stale is not None:
            place = bisect_left(self._snapshots, self._stale, key=lambda snapshot: snapshot[0])
            del self._snapshots[place:]
            self._taken, memory = self._snapshots[-1]
            self.tracker.resume(memory)
            self._stale = None
        step, scans, found = self.tracker.step, self._scans, self._fates
        due_ns = self._snapshots[-1][0][0] + nanoseconds(SNAPSHOT_S)
        for key in self._keys[bisect_right(self._keys, self._taken) :]:
            scan = scans[key]
            fate = step(scan)
            self._taken = key
            if len(fate.code):
                found[scan.sensor, scan.scan] = fate
            if key[0] >= due_ns:
                self._snapshots.append((key, self.tracker.snapshot()))
                due_ns = key[0] + nanoseconds(SNAPSHOT_S)
        self._forget()
        self._settled = len(self._keys)

    def _forget(self) -> None:
        """Drop looks and snapshots beyond reach; the oldest snapshot kept lies before it."""
        oldest = self._newest_ns - self._reach_ns
        useless = max(bisect_left(self._snapshots, oldest, key=lambda snapshot: snapshot[0][0]) - 1, 0)
        if not useless:
            return
        del self._snapshots[:useless]
        base = bisect_right(self._keys, self._snapshots[0][0])
        for key in self._keys[:base]:
            scan = self._scans.pop(key)
            self._fates.pop((scan.sensor, scan.scan), None)
        del self._keys[:base]


def _parts(data: bytes) -> list[bytes]:
    parts: list[bytes] = []
    at = 0
    while at < len(data):
        if at + 8 > len(data):
            raise Corrupt("the saved tracker ends in the middle of a length")
        (length,) = struct.unpack_from("<Q", data, at)
        part = data[at + 8 : at + 8 + length]
        if len(part) < length:
            raise Corrupt(f"the saved tracker holds {len(part)} of {length} bytes of its part {len(parts)}")
        parts.append(part)
        at += 8 + length
    if len(parts) < 3:
        raise Corrupt(f"the saved tracker has {len(parts)} of its 3 parts")
    return parts
