"""The playback clock: speed, pause and setting it, against a wall clock that the test moves."""

from dronewall.units import SECOND_NS
from dronewall.watch.clock import PlaybackClock


class Wall:
    """A wall clock that stands until it is moved."""

    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


def clock(speed: float) -> tuple[PlaybackClock, Wall]:
    wall = Wall()
    return PlaybackClock(0, 1_000 * SECOND_NS, speed=speed, wall=wall), wall


def test_scenario_time_runs_at_the_speed_given() -> None:
    playback, wall = clock(20.0)
    wall.s += 2.0
    assert playback.now_ns() == 40 * SECOND_NS


def test_a_new_speed_goes_on_from_where_time_stood() -> None:
    playback, wall = clock(20.0)
    wall.s += 2.0
    playback.set(speed=1.0)
    wall.s += 2.0
    assert playback.now_ns() == 42 * SECOND_NS


def test_paused_time_stands_and_then_goes_on() -> None:
    playback, wall = clock(1.0)
    playback.set(paused=True)
    wall.s += 50.0
    assert playback.now_ns() == 0
    playback.set(paused=False)
    wall.s += 5.0
    assert playback.now_ns() == 5 * SECOND_NS


def test_time_stops_at_the_end_and_cannot_be_set_beyond_it() -> None:
    playback, wall = clock(100.0)
    wall.s += 1_000.0
    assert playback.now_ns() == playback.end_ns
    playback.set(now_ns=-5)
    assert playback.now_ns() == playback.start_ns


def test_speed_zero_leaves_time_to_the_engine() -> None:
    playback, wall = clock(0.0)
    wall.s += 10.0
    assert playback.unpaced
    assert playback.now_ns() == 0


def test_the_wall_second_of_a_scenario_time_is_when_it_was_due() -> None:
    playback, _ = clock(20.0)
    assert playback.wall_s(40 * SECOND_NS) == 102.0
