"""What the screen says of each sensor. A silent one is a finding, not a gap."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """What is remembered of one sensor's looks."""

    last_ns: int = 0
    received_ns: int = 0
    gap_s: float = 0.0
    delay_s: float = 0.0
    looks: int = 0
    detections: int = 0
    silent: bool = False

    def beat(self, scan: Scan) -> "Pulse":
        """With one more look."""
        gap = max(scan.time_ns - self.last_ns, 0) / SECOND_NS
        delay = max(scan.received_ns - scan.end_ns, 0) / SECOND_NS
        return replace(
            self,
            last_ns=max(scan.time_ns, self.last_ns),
            received_ns=max(scan.received_ns, self.received_ns),
            gap_s=self.gap_s + _MEMORY * (gap - self.gap_s) if self.looks > 1 else (gap if self.looks else 0.0),
            delay_s=self.delay_s + _MEMORY * (delay - self.delay_s) if self.looks else delay,
            looks=self.looks + 1,
            detections=self.detections + len(scan.detections),
        )


def overdue_ns(sensor: Sensor) -> int | None:
    """After how long without a look a sensor counts as silent; None: it speaks only when it has something to say."""
    if sensor.period_ns is None:
        return None
    latency_s = float(sensor.spec.latency_s or 0.0)
    if sensor.claims_only:
        return nanoseconds(QUIET_SKY_S)
    return max(SILENT_PERIODS * sensor.period_ns, nanoseconds(LEAST_SILENCE_S)) + nanoseconds(2.0 * latency_s)


def health(
    sensors: Mapping[str, Sensor], pulses: Mapping[str, Pulse], time_ns: int, since_ns: int
) -> tuple[SensorHealth, ...]:
    """Every sensor, in the wall's order. `since_ns` is when the watch began."""
    return tuple(_one(name, sensor, pulses.get(name, Pulse()), time_ns, since_ns) for name, sensor in sensors.items())


def _one(name: str, sensor: Sensor, pulse: Pulse, time_ns: int, since_ns: int) -> SensorHealth:
    limit = overdue_ns(sensor)
    if limit is None or (sensor.claims_only and not pulse.looks):
        state = OK if pulse.looks else WAITING
    elif time_ns - max(pulse.last_ns, since_ns) > limit:
        state = SILENT
    elif not pulse.looks:
        state = WAITING
    else:
        state = LATE if pulse.delay_s > LATE_S + 2.0 * float(sensor.spec.latency_s or 0.0) else OK
    rate = 1.0 / pulse.gap_s if pulse.gap_s > 0.0 and state != SILENT else 0.0
    return SensorHealth(
        sensor=name,
        state=state,
        last_ns=pulse.last_ns,
        rate_hz=round(rate, 3),
        delay_s=round(pulse.delay_s, 2),
        detections=pulse.detections,
    )
