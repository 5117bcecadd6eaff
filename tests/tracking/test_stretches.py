"""A border divided among workers: their answers together are the picture of one tracker, however many there are.

The biases of radars are not learnt here: those are learnt by each worker from its own looks, and so differ a little.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dronewall.errors import BadInput, Corrupt
from dronewall.records.framed import framed, unframed
from dronewall.records.scan import Scan
from dronewall.records.track import Tracks
from dronewall.sensors import Claim, Sensor
from dronewall.tracking import Tracker
from dronewall.tracking.lateness import InOrder
from dronewall.tracking.merging import Merger, presences
from dronewall.tracking.settings import TrackerSettings
from dronewall.tracking.stretch import Answer, Stretch
from dronewall.tracking.stretches import MARGIN_M, Stretches, places_of
from dronewall.units import SECOND_NS
from tests.sensors.walls import sensors
from tests.tracking.scenes import START_NS, Target, along, line_of_nodes, play
from tests.tracking.test_sectors import PHYSICS, RADAR, line

UNBIASED = replace(TrackerSettings(), registration=None)
WALLS = {
    "radars": line(RADAR, 16, 10_000.0),
    "physics and sound": [*line(PHYSICS, 6, 40_000.0), *line_of_nodes(8, 2500.0)],
    "radars and receivers": [*line(RADAR, 12, 10_000.0), *line({"kind": "remote_id"}, 12, 10_000.0)],
}
RID = Claim(identity="rid:one")
TARGETS = [
    Target(path=along([(800.0, -20_000.0, 150.0), (-500.0, 20_000.0, 150.0)], 250.0), claim=RID),
    Target(path=along([(-900.0, 18_000.0, 300.0), (900.0, -18_000.0, 300.0)], 180.0)),
    Target(path=along([(5000.0, 300.0, 200.0), (-5000.0, -200.0, 200.0)], 60.0)),
    Target(path=along([(2000.0, -17_000.0, 400.0), (2000.0, 17_000.0, 400.0)], 90.0)),
]


class Workers:
    """All workers of a border in one process, with what puts their answers together."""

    def __init__(self, wall: dict[str, Sensor], count: int) -> None:
        self.stretches = Stretches.of(wall, count)
        self.each = [Stretch(self.stretches, at, wall, settings=UNBIASED) for at in range(count)]
        self.merger = Merger(self.stretches)

    def take(self, scans: Sequence[Scan]) -> None:
        for one in self.each:
            one.take(scans)

    def answers(self, time_ns: int) -> list[Answer]:
        return [Answer.from_bytes(one.answer(time_ns).to_bytes()) for one in self.each]

    def tracks(self, time_ns: int) -> Tracks:
        return self.merger.merge(self.answers(time_ns), time_ns, tick=True).tracks


def seconds(scans: Sequence[Scan]) -> Iterator[tuple[list[Scan], int]]:
    """The looks of each second and its end."""
    batch, due = list[Scan](), START_NS + SECOND_NS
    for scan in scans:
        while scan.time_ns > due:
            yield batch, due
            batch, due = [], due + SECOND_NS
        batch.append(scan)
    yield batch, due


def columns(tracks: Tracks, *, ids: bool = False) -> list[object]:
    """Everything but the ids, in an order that does not depend on them."""
    order = np.lexsort((tracks.longitude_rad, tracks.latitude_rad))
    names = [field.name for field in fields(Tracks) if ids or field.name != "track"]
    return [getattr(tracks, name)[order].tolist() for name in names]


Case = tuple[dict[str, Sensor], list[Scan], list[list[object]], bool]


@pytest.fixture(scope="module", params=list(WALLS))
def case(request: pytest.FixtureRequest) -> Case:
    wall = sensors(WALLS[request.param])
    scans = play(wall, TARGETS, 45.0)
    whole, rows = Tracker(wall, settings=UNBIASED), []
    for batch, time_ns in seconds(scans):
        whole.run(batch)
        rows.append(columns(whole.tracks(time_ns)))
    assert sum(len(row[0]) for row in rows if isinstance(row[0], list)) > 60
    return wall, scans, rows, request.param != "physics and sound"


@pytest.mark.parametrize("count", [1, 2, 3])
def test_however_many_workers_divide_a_border_the_rows_are_those_of_one_tracker(case: Case, count: int) -> None:
    """To the bit; where a sensor's physics are asked for whole views at a time, to the last places of a sum."""
    wall, scans, rows, to_the_bit = case
    workers = Workers(wall, count)
    found = []
    for batch, time_ns in seconds(scans):
        workers.take(batch)
        found.append(columns(workers.tracks(time_ns)))
    if to_the_bit:
        assert found == rows
    names = [field.name for field in fields(Tracks) if field.name != "track"]
    for some, others in zip(found, rows, strict=True):
        for name, one, other in zip(names, some, others, strict=True):
            assert one == other or nearly(name, one, other)


def nearly(name: str, one: object, other: object) -> bool:
    """Within 1e-9: of the number itself, or, of a covariance, of what the two standard deviations would make it.

    Two components that hardly go together have a covariance that is what is left of large numbers: it is near nil, and
    nothing says how many of its own digits are good.
    """
    a, b = np.array(one, float), np.array(other, float)
    if name != "covariance":
        return bool(np.allclose(a, b, rtol=1e-9, atol=1e-12))
    sd = np.sqrt(np.diagonal(b, axis1=1, axis2=2))
    return bool((np.abs(a - b) <= 1e-9 * sd[:, :, None] * sd[:, None, :]).all())


def crossing(count: int) -> tuple[list[set[str]], Workers, list[list[object]]]:
    """A thing that flies along the whole border: the ids of each second, and all rows."""
    wall = sensors(WALLS["radars"])
    path = along([(800.0, -50e3, 150.0), (-500.0, 50e3, 150.0)], 500.0)
    workers, names, rows = Workers(wall, count), [], []
    for batch, time_ns in seconds(play(wall, [Target(path=path)], 195.0, clutter=False)):
        workers.take(batch)
        tracks = workers.tracks(time_ns)
        names.append(set(tracks.track[tracks.status == "confirmed"].tolist()))
        rows.append(columns(tracks, ids=True))
    return names, workers, rows


def test_a_track_keeps_its_id_through_all_stretches_however_many_there_are() -> None:
    two, three = crossing(2), crossing(3)
    assert set.union(*two[0]) == set.union(*three[0])
    assert len(set.union(*three[0])) == 1
    assert (two[1].merger.handed_over, three[1].merger.handed_over) == (1, 2)
    assert all(len(names) == 1 for names in three[0][30:])


def test_looks_that_come_late_give_the_picture_of_looks_in_order() -> None:
    wall = sensors(WALLS["radars"])
    scans = play(wall, TARGETS, 40.0)
    rng = np.random.default_rng(3)
    late = [scans[i] for i in np.argsort(np.arange(len(scans)) + rng.uniform(0.0, 12.0, len(scans)))]
    workers, whole = Workers(wall, 3), InOrder(Tracker(wall, settings=UNBIASED))
    names = []
    for start in range(0, len(late), 10):
        workers.take(late[start : start + 10])
        for scan in late[start : start + 10]:
            whole.step(scan)
        now_ns = max(scan.time_ns for scan in late[: start + 10])
        names.append(workers.tracks(now_ns).track.tolist())
    assert columns(workers.tracks(now_ns)) == columns(whole.tracks(now_ns))
    assert all(len(set(some)) == len(some) for some in names)


def test_presence_areas_are_those_of_one_tracker_each_told_once() -> None:
    wall = sensors(line_of_nodes(6, 4000.0))
    scans = play(wall, [Target(path=along([(1500.0, -2000.0, 120.0), (1500.0, 9000.0, 120.0)], 45.0))], 40.0)
    workers, whole = Workers(wall, 3), Tracker(wall, settings=UNBIASED)
    some = 0
    for batch, time_ns in seconds(scans):
        workers.take(batch)
        whole.run(batch)
        told, known = presences(workers.answers(time_ns)), whole.presences(time_ns)
        plain = {replace(one, presence="") for one in told}
        assert plain == {replace(one, presence="") for one in known}
        assert len({one.presence for one in told}) == len(told) == len(known)
        some += len(told)
    assert some


def test_a_worker_restored_from_its_state_answers_what_the_dead_one_would_have_answered() -> None:
    wall = sensors(WALLS["radars"])
    scans = play(wall, TARGETS, 30.0)
    half, end = len(scans) // 2, scans[-1].time_ns
    stretches = Stretches.of(wall, 2)
    first = Stretch(stretches, 1, wall, settings=UNBIASED)
    first.take(scans[:half])
    second = Stretch(stretches, 1, wall, settings=UNBIASED, saved=first.save())
    first.take(scans[half:])
    second.take(scans[half:])
    assert second.answer(end).to_bytes() == first.answer(end).to_bytes()
    with pytest.raises(Corrupt, match="not of stretch 1 of 2"):
        Stretch(stretches, 0, wall, settings=UNBIASED, saved=first.save())


def test_what_is_one_thing_is_remembered_through_a_restart() -> None:
    wall = sensors(WALLS["radars"])
    whole, restarted = Workers(wall, 3), Workers(wall, 3)
    for batch, time_ns in seconds(play(wall, TARGETS, 30.0)):
        whole.take(batch)
        answers = whole.answers(time_ns)
        merged = restarted.merger.merge(answers, time_ns, tick=True)
        assert columns(merged.tracks, ids=True) == columns(
            whole.merger.merge(answers, time_ns, tick=True).tracks, ids=True
        )
        former, restarted.merger = restarted.merger, Merger(whole.stretches)
        restarted.merger.restore(former.saved())


def test_a_worker_takes_the_sensors_that_reach_its_stretch_and_tells_of_it_and_a_margin() -> None:
    wall = sensors(WALLS["radars"])
    stretches = Stretches.of(wall, 3)
    takes = [set(stretches.takes(at, wall)) for at in range(3)]
    assert set.union(*takes) == set(wall)
    assert all(some < set(wall) for some in takes)
    workers = Workers(wall, 3)
    workers.take(play(wall, TARGETS, 20.0))
    for answer in workers.answers(START_NS + 20 * SECOND_NS):
        along_m = stretches.along(places_of(answer.tracks))
        low, high = np.array([-np.inf, *stretches.cuts, np.inf])[answer.stretch : answer.stretch + 2]
        assert ((along_m > low - MARGIN_M) & (along_m < high + MARGIN_M)).all()
    with pytest.raises(BadInput, match="among one worker or more, not 0"):
        Stretches.of(wall, 0)


@given(st.lists(st.integers(-(2**63), 2**63 - 1)), st.lists(st.floats(allow_nan=False)), st.text())
def test_a_frame_gives_back_what_it_was_given(ints: list[int], floats: list[float], text: str) -> None:
    body = framed({"text": text}, {"i": np.array(ints, np.int64), "f": np.array(floats, float).reshape(-1, 1)})
    head, arrays = unframed(body)
    assert head == {"text": text}
    assert arrays["i"].tolist() == ints
    assert arrays["f"].tolist() == [[value] for value in floats]


@given(st.binary(max_size=60), st.integers(0, 200))
def test_bytes_that_are_no_frame_are_refused(rubbish: bytes, cut: int) -> None:
    whole = framed({"a": 1}, {"x": np.arange(9)})
    for body in (rubbish, b"DWF1" + rubbish, whole[: min(cut, len(whole) - 1)], whole + b"x"):
        with pytest.raises(Corrupt):
            unframed(body)
