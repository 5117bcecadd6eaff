"""The clock of the watch: the wall's own when live, one that can be sped up, paused and set when replaying."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from dronewall.units import SECOND_NS, nanoseconds, seconds

MAX_SPEED = 10_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockState:
    """What the replay bar shows. `speed` 0 is as fast as it goes; `live` has neither speed nor end."""

    live: bool
    speed: float
    paused: bool
    now_ns: int
    start_ns: int
    end_ns: int


class LiveClock:
    """Now is now."""

    live = True
    unpaced = False

    def now_ns(self) -> int:
        """Nanoseconds since the Unix epoch."""
        return time.time_ns()

    def wall_s(self, time_ns: int) -> float:
        """The wall-clock second at which a scenario time was due: itself."""
        return seconds(time_ns)

    def state(self) -> ClockState:
        """As shown."""
        return ClockState(live=True, speed=1.0, paused=False, now_ns=self.now_ns(), start_ns=0, end_ns=0)


class PlaybackClock:
    """Scenario time between `start_ns` and `end_ns`, running at `speed` times the wall's; 0 is as fast as it goes.

    Unpaced, time moves only where the engine sets it, scan by scan.

    Parameters
    ----------
    wall : callable
        Seconds of the wall clock, so that a test can bring its own.
    """

    live = False

    def __init__(
        self, start_ns: int, end_ns: int, *, speed: float = 1.0, wall: Callable[[], float] = time.time
    ) -> None:
        self.start_ns, self.end_ns = start_ns, end_ns
        self._wall = wall
        self._speed = self._checked(speed)
        self._paused = False
        self._anchor_ns, self._anchor_s = start_ns, wall()
        self._lock = threading.Lock()

    @staticmethod
    def _checked(speed: float) -> float:
        return min(max(speed, 0.0), MAX_SPEED)

    @property
    def unpaced(self) -> bool:
        """Whether the engine sets the time instead of waiting for it."""
        return self._speed == 0.0

    @property
    def paused(self) -> bool:
        """Whether time stands."""
        return self._paused

    def now_ns(self) -> int:
        """Scenario time, never beyond the end."""
        with self._lock:
            return self._now()

    def _now(self) -> int:
        if self._paused or self._speed == 0.0:
            return self._anchor_ns
        return min(self._anchor_ns + nanoseconds((self._wall() - self._anchor_s) * self._speed), self.end_ns)

    def wall_s(self, time_ns: int) -> float:
        """The wall-clock second at which a scenario time was due; now, where time stands or is unpaced."""
        with self._lock:
            if self._paused or self._speed == 0.0:
                return self._wall()
            return self._anchor_s + seconds(time_ns - self._anchor_ns) / self._speed

    def set(self, *, speed: float | None = None, paused: bool | None = None, now_ns: int | None = None) -> None:
        """Change what is given; time goes on from where it stood."""
        with self._lock:
            here = self._now() if now_ns is None else min(max(now_ns, self.start_ns), self.end_ns)
            self._anchor_ns, self._anchor_s = here, self._wall()
            if speed is not None:
                self._speed = self._checked(speed)
            if paused is not None:
                self._paused = paused

    def state(self) -> ClockState:
        """As shown."""
        return ClockState(
            live=False,
            speed=self._speed,
            paused=self._paused,
            now_ns=self.now_ns(),
            start_ns=self.start_ns,
            end_ns=self.end_ns,
        )

    def wait_s(self, time_ns: int) -> float:
        """Wall-clock seconds until a scenario time is due; 0 when it is, or unpaced."""
        with self._lock:
            if self._speed == 0.0 or self._paused:
                return 0.0
            return max(0.0, (time_ns - self._now()) / SECOND_NS / self._speed)


Clock = LiveClock | PlaybackClock
