"""A playback gives each item once, from wherever it is set, and makes none anew that it need not."""

from collections.abc import Iterator

from dronewall.records.detection import empty
from dronewall.records.scan import Scan
from dronewall.watch.sources import Item
from dronewall.watch.sources.playback import Playback

NIGHT: tuple[Item, ...] = tuple(
    Scan(sensor="a", scan=k, time_ns=k, end_ns=k, received_ns=10 * k, detections=empty()) for k in range(7)
)


class Counted:
    """The night's items, and how often they were begun anew."""

    def __init__(self) -> None:
        self.begun = 0

    def __call__(self) -> Iterator[Item]:
        self.begun += 1
        return iter(NIGHT)


def test_a_playback_gives_what_is_due_and_no_more() -> None:
    played = Playback("a night", Counted())
    assert played.due(25, limit=100) == list(NIGHT[:3])
    assert played.due(25, limit=100) == []
    assert played.due(1_000, limit=2) == list(NIGHT[3:5])
    assert not played.exhausted
    assert played.due(1_000, limit=100) == list(NIGHT[5:])
    assert played.exhausted


def test_a_night_that_is_set_to_where_it_stands_is_not_simulated_again() -> None:
    items = Counted()
    played = Playback("a night", items)
    played.set(0)
    played.due(25, limit=100)
    played.set(3)
    assert items.begun == 1
    assert played.due(1_000, limit=100) == list(NIGHT[3:])


def test_a_playback_can_be_set_forth_and_back_and_to_its_end() -> None:
    played = Playback("a night", Counted())
    for given in (5, 2, 0, 6):
        played.set(given)
        assert played.due(1_000, limit=1) == [NIGHT[given]]
        played.set(given)
        assert played.due(1_000, limit=100) == list(NIGHT[given:])
    played.set(len(NIGHT))
    assert played.exhausted
