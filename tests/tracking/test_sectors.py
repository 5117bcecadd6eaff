"""A border cut into sectors: however it is cut, rows, ids and fates are those of one tracker, to the bit."""

import numpy as np
import pytest

from dronewall.errors import BadInput
from dronewall.records.detection import Column
from dronewall.records.scan import Scan
from dronewall.sensors import Claim, Sensor
from dronewall.tracking import Tracker
from dronewall.tracking.lateness import InOrder
from dronewall.tracking.sectors import Sectors, cut
from dronewall.units import SECOND_NS
from tests.sensors.walls import sensors
from tests.tracking.scenes import HOME, START_NS, Target, along, line_of_nodes, play

SECONDS = 40


def line(kind: dict[str, object], n: int, gap_m: float) -> list[dict[str, object]]:
    """Sensors from south to north."""
    found: list[dict[str, object]] = []
    for i in range(n):
        latitude, longitude, _ = HOME.local_to_geodetic(np.array([[0.0, (i - (n - 1) / 2.0) * gap_m, 0.0]]))
        place = {"latitude_deg": float(np.degrees(latitude[0])), "longitude_deg": float(np.degrees(longitude[0]))}
        found.append(kind | place | {"id": f"{kind['kind']}-{i}", "scan_offset_s": (0.37 * i) % 1.0})
    return found


RADAR = {"kind": "radar", "model": "xband-3d", "p_detect": 0.8, "max_range_m": 9000.0}
PHYSICS = {"kind": "radar", "model": "xband-3d"}
WALLS = {
    "radars": line(RADAR, 6, 6000.0),
    "physics and sound": [*line(PHYSICS, 2, 9000.0), *line_of_nodes(6, 1500.0)],
    "radars and receivers": [*line(RADAR, 4, 6000.0), *line({"kind": "remote_id"}, 4, 5000.0)],
}


def scene(wall: dict[str, Sensor]) -> list[Scan]:
    """Things that fly along the border, across every cut, and one over it."""
    rid = Claim(identity="rid:one")
    targets = [
        Target(path=along([(800.0, -16_000.0, 150.0), (-500.0, 16_000.0, 150.0)], 250.0), claim=rid),
        Target(path=along([(-900.0, 14_000.0, 300.0), (900.0, -14_000.0, 300.0)], 180.0)),
        Target(path=along([(5000.0, 300.0, 200.0), (-5000.0, -200.0, 200.0)], 60.0)),
    ]
    return play(wall, targets, SECONDS)


Case = tuple[dict[str, Sensor], list[Scan], Tracker, list[list[str]], list[bytes]]


@pytest.fixture(scope="module", params=list(WALLS))
def case(request: pytest.FixtureRequest) -> Case:
    wall = sensors(WALLS[request.param])
    scans = scene(wall)
    tracker = Tracker(wall)
    return wall, scans, tracker, *played(tracker, scans)


def played(tracker: Tracker | Sectors, scans: list[Scan]) -> tuple[list[list[str]], list[bytes]]:
    """The fates of all rows, and a row of everything once in five seconds."""
    fates, rows, due = [], [], START_NS
    for scan in scans:
        if scan.time_ns > due:
            tracks = tracker.tracks(due)
            rows.append(b"".join(str(id).encode() for id in tracks.track) + tracks.covariance.tobytes())
            rows.append(tracks.latitude_rad.tobytes() + tracks.p_exists.tobytes() + tracks.class_probability.tobytes())
            due += 5 * SECOND_NS
        fate = tracker.step(scan)
        fates.append([f"{word} {name}" for word, name in zip(fate.fate, fate.track, strict=True)])
    return fates, rows


@pytest.mark.parametrize("count", [1, 2, 5])
def test_however_a_border_is_cut_the_rows_are_those_of_one_tracker_to_the_bit(case: Case, count: int) -> None:
    wall, scans, tracker, fates, rows = case
    divided = Sectors(wall, count)
    assert played(divided, scans) == (fates, rows)
    assert divided.counts == tracker.counts
    assert len(tracker.tracks(scans[-1].time_ns)) >= 2


def test_a_track_that_leaves_a_stretch_is_handed_over_under_the_same_id() -> None:
    wall = sensors(WALLS["radars"])
    divided = Sectors(wall, 3)
    keepers, names = [], set()
    path = along([(800.0, -14e3, 150.0), (-500.0, 14e3, 150.0)], 250.0)
    for scan in play(wall, [Target(path=path)], 100.0, clutter=False):
        divided.step(scan)
        tracks = divided.tracks(scan.time_ns)
        names |= set(tracks.track[tracks.status == "confirmed"].tolist())
        if len(tracks):
            keepers.append(int(np.argmax(divided.kept)))
    assert len(names) == 1
    assert sorted(set(keepers)) == [0, 1, 2]
    assert divided.handed_over >= 2


def test_a_state_saved_by_five_sectors_goes_on_in_two_and_in_one_tracker() -> None:
    wall = sensors(WALLS["radars"])
    scans = scene(wall)
    half = len(scans) // 2
    five, two, whole = Sectors(wall, 5), Sectors(wall, 2), Tracker(wall)
    for scan in scans[:half]:
        five.step(scan)
        whole.step(scan)
    assert five.save() == whole.save()
    two.resume(five.snapshot())
    for scan in scans[half:]:
        two.step(scan)
        whole.step(scan)
    assert two.save() == whole.save()


def test_looks_that_come_late_are_rolled_back_over_all_sectors() -> None:
    wall = sensors(WALLS["radars"])
    scans = scene(wall)[:120]
    rng = np.random.default_rng(3)
    late = [scans[i] for i in np.argsort(np.arange(len(scans)) + rng.uniform(0.0, 12.0, len(scans)))]
    in_order, shuffled = Tracker(wall), InOrder(Sectors(wall, 3))
    for scan in scans:
        in_order.step(scan)
    for at, scan in enumerate(late):
        shuffled.step(scan)
        if at % 20 == 0:
            shuffled.tracks(scan.time_ns)
    end_ns = scans[-1].time_ns
    assert shuffled.tracks(end_ns).covariance.tobytes() == in_order.tracks(end_ns).covariance.tobytes()


def test_rubbish_in_one_sector_ends_where_it_would_end_uncut() -> None:
    wall = sensors(WALLS["radars"])
    scans = scene(wall)[:60]
    for scan in scans[10:20]:
        scan.detections.values[:, Column.AZIMUTH_RAD] = 999.0
    divided, whole = Sectors(wall, 4), Tracker(wall)
    assert played(divided, scans) == played(whole, scans)
    assert divided.counts["refused"] > 0


def test_a_border_is_cut_so_that_each_sector_has_as_many_sensors() -> None:
    places = np.column_stack([np.zeros(10), np.arange(10) * 1000.0, np.zeros(10)])
    axis, cuts = cut(places, 5)
    assert np.abs(axis).tolist() == [0.0, 1.0, 0.0]
    assert np.bincount(np.searchsorted(cuts, (places * axis).sum(axis=1))).tolist() == [2, 2, 2, 2, 2]


def test_no_sectors_are_refused_in_a_sentence() -> None:
    with pytest.raises(BadInput, match="give 1 or more"):
        Sectors(sensors(WALLS["radars"]), 0)


def test_a_group_over_a_cut_is_one_group() -> None:
    wall = sensors(WALLS["radars"])
    offset = np.random.default_rng(4).normal(0.0, 1.0, (6, 3)) * [150.0, 150.0, 30.0]
    targets = [
        Target(path=along([(1500.0 + e, n - 2500.0, 300.0 + h), (1500.0 + e, n + 2500.0, 300.0 + h)], 80.0))
        for e, n, h in offset
    ]
    scans = play(wall, targets, 40.0, seed=4)
    tracker, sectors = Tracker(wall), Sectors(wall, 3)
    for scan in scans:
        one, other = tracker.step(scan), sectors.step(scan)
        assert one.number.tolist() == other.number.tolist()
    assert tracker.snapshot().groups
    assert sectors.save() == tracker.save()
