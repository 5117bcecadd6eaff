"""What the screen says of each sensor. A silent one is a finding, not a gap."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from dronewall.records.scan import Scan
from dronewall.sensors.sensor import Sensor
from dronewall.units import SECOND_NS, nanoseconds

OK, SILENT, LATE, WAITING = "ok", "silent", "late", "waiting"

SILENT_PERIODS: Final = 5
LEAST_SILENCE_S: Final = 15.0
QUIET_SKY_S: Final = 300.0
"""A receiver of claims may have nothing to hear for so long."""
LATE_S: Final = 10.0
_MEMORY: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorHealth:
    """One sensor now.

    `state` is ok, silent (looks are overdue), late (they arrive, but old) or waiting (nothing yet, and nothing due);
    `last_ns` the time of its latest look, 0: none; `rate_hz` its looks per second, lately; `delay_s` from the end of a
    look to its arrival, lately.
    """

    sensor: str
    state: str
    last_ns: int
    rate_hz: float
    delay_s: float
    detections: int


@dataclass(slots=True, kw_only=True)
class Pulse:
    """What is remembered of one sensor's looks; `beat` changes it in place, for every look of the night comes by."""

    last_ns: int = 0
    received_ns: int = 0
    gap_s: float = 0.0
    delay_s: float = 0.0
    looks: int = 0
    detections: int = 0

    def beat(self, scan: Scan) -> None:
        """One more look."""
        time_ns, late_ns = scan.time_ns, scan.received_ns - scan.end_ns
        gap = (time_ns - self.last_ns) / SECOND_NS if time_ns > self.last_ns else 0.0
        delay = late_ns / SECOND_NS if late_ns > 0 else 0.0
        if self.looks > 1:
            self.gap_s += _MEMORY * (gap - self.gap_s)
        else:
            self.gap_s = gap if self.looks else 0.0
        self.delay_s = self.delay_s + _MEMORY * (delay - self.delay_s) if self.looks else delay
        if time_ns > self.last_ns:
            self.last_ns = time_ns
        if scan.received_ns > self.received_ns:
            self.received_ns = scan.received_ns
        self.looks += 1
        self.detections += len(scan.detections)


def overdue_ns(sensor: Sensor) -> int | None:
    """After how long without a look a sensor counts as silent; None: it speaks only when it has something to say."""
    if sensor.period_ns is None:
        return None
    latency_s = float(sensor.spec.latency_s or 0.0)
    if sensor.claims_only:
        return nanoseconds(QUIET_SKY_S)
    return max(SILENT_PERIODS * sensor.period_ns, nanoseconds(LEAST_SILENCE_S)) + nanoseconds(2.0 * latency_s)


class Pulses:
    """The pulses of a wall's sensors, in the wall's order."""

    def __init__(self, sensors: Mapping[str, Sensor]) -> None:
        self._sensors = sensors
        self._limits = {name: overdue_ns(sensor) for name, sensor in sensors.items()}
        self._of = {name: Pulse() for name in sensors}

    def beat(self, scan: Scan) -> None:
        """A sensor of the wall has looked; what no sensor of it sent counts for nothing here."""
        pulse = self._of.get(scan.sensor)
        if pulse is not None:
            pulse.beat(scan)

    def silent(self, time_ns: int, since_ns: int) -> list[tuple[str, int]]:
        """Sensors whose looks are overdue and the time of their last one. `since_ns` is when the watch began."""
        found = []
        for name, limit in self._limits.items():
            pulse = self._of[name]
            if limit is not None and time_ns - max(pulse.last_ns, since_ns) > limit and self._is_due(name, pulse):
                found.append((name, pulse.last_ns))
        return found

    def last_ns(self, sensor: str) -> int:
        """Time of that sensor's latest look, 0: none yet."""
        return self._of[sensor].last_ns

    def health(self, time_ns: int, since_ns: int) -> tuple[SensorHealth, ...]:
        """Every sensor now, in the wall's order."""
        silent = {name for name, _ in self.silent(time_ns, since_ns)}
        return tuple(self._one(name, name in silent) for name in self._sensors)

    def saved(self) -> dict[str, dict[str, Any]]:
        """As JSON; `restore` takes it."""
        return {name: asdict(pulse) for name, pulse in self._of.items()}

    def restore(self, saved: Mapping[str, Mapping[str, Any]]) -> None:
        """The pulses as they were saved."""
        self._of |= {name: Pulse(**pulse) for name, pulse in saved.items() if name in self._of}

    def _is_due(self, name: str, pulse: Pulse) -> bool:
        """A receiver of claims that has never spoken is waited for, not missed."""
        return pulse.looks > 0 or not self._sensors[name].claims_only

    def _one(self, name: str, silent: bool) -> SensorHealth:
        sensor, pulse = self._sensors[name], self._of[name]
        late_s = LATE_S + 2.0 * float(sensor.spec.latency_s or 0.0)
        if silent:
            state = SILENT
        elif not pulse.looks:
            state = WAITING
        else:
            state = LATE if self._limits[name] is not None and pulse.delay_s > late_s else OK
        return SensorHealth(
            sensor=name,
            state=state,
            last_ns=pulse.last_ns,
            rate_hz=round(1.0 / pulse.gap_s if pulse.gap_s > 0.0 and state != SILENT else 0.0, 3),
            delay_s=round(pulse.delay_s, 2),
            detections=pulse.detections,
        )
