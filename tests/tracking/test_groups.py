"""Things that fly together: names where the data allow them, the count where they do not."""

from collections.abc import Sequence

import numpy as np
import pytest

from dronewall.geo.frames import geodetic_to_ecef
from dronewall.records.scan import Scan
from dronewall.sensors import Sensor
from dronewall.tracking import Tracker
from dronewall.tracking.groups import among
from dronewall.tracking.lateness import InOrder
from dronewall.units import SECOND_NS, Floats
from tests.sensors.walls import sensors
from tests.tracking.scenes import HOME, START_NS, Target, along, play

Corners = Sequence[tuple[float, float, float]]


@pytest.fixture(scope="module")
def wall() -> dict[str, Sensor]:
    """Two radars 12 km apart, whose cross-range errors are about as large as the swarms."""
    entries: list[dict[str, object]] = []
    for i, north in enumerate((-6000.0, 6000.0)):
        latitude, longitude, _ = HOME.local_to_geodetic(np.array([[0.0, north, 0.0]]))
        entries.append(
            {
                "id": f"radar-{i}", "kind": "radar", "model": "xband-3d", "p_detect": 0.9, "clutter_per_scan": 5.0,
                "latitude_deg": float(np.degrees(latitude[0])), "longitude_deg": float(np.degrees(longitude[0])),
                "height_agl_m": 10.0, "scan_period_s": 2.0, "scan_offset_s": 0.7 * i,
                "range_sd_m": 15.0, "azimuth_sd_deg": 0.4, "elevation_sd_deg": 0.8,
            }
        )  # fmt: skip
    return sensors(entries)


def swarm(n: int, corners: Corners, *, seed: int, spread_m: float = 150.0, speed_mps: float = 40.0) -> list[Target]:
    """n things side by side along the corners."""
    offset = np.random.default_rng(seed).normal(0.0, 1.0, (n, 3)) * [spread_m, spread_m, 0.2 * spread_m]
    return [Target(path=along([(e + de, n_ + dn, h + du) for e, n_, h in corners], speed_mps)) for de, dn, du in offset]


def followed(wall: dict[str, Sensor], scans: list[Scan], every_s: float = 2.0) -> list[tuple[int, list[str], Floats]]:
    """Time, names and places of the tracks shown, every so often, and what the tracker was at the end."""
    tracker, rows = Tracker(wall), []
    next_ns = START_NS
    for scan in scans:
        while scan.time_ns > next_ns:
            rows.append(shown(tracker, next_ns))
            next_ns += round(every_s * SECOND_NS)
        tracker.step(scan)
    return rows


def shown(tracker: Tracker, time_ns: int) -> tuple[int, list[str], Floats]:
    tracks = tracker.tracks(time_ns)
    sure = tracks.status != "tentative"
    place = geodetic_to_ecef(tracks.latitude_rad[sure], tracks.longitude_rad[sure], tracks.altitude_hae_m[sure])
    return time_ns, tracks.track[sure].tolist(), place


def truth_at(targets: list[Target], time_ns: int) -> Floats:
    return np.concatenate([target.path(np.array([time_ns]))[0] for target in targets])


def test_ten_within_the_error_of_a_radar_are_counted_as_ten(wall: dict[str, Sensor]) -> None:
    counts = []
    for seed in (1, 2):
        targets = swarm(10, [(-11000.0, 0.0, 400.0), (-4000.0, 3000.0, 400.0)], seed=seed)
        rows = followed(wall, play(wall, targets, 60.0, seed=seed))
        counts += [len(names) for time_ns, names, _ in rows if time_ns > START_NS + 14 * SECOND_NS]
    assert abs(np.mean(counts) - 10.0) < 0.7
    assert np.mean(np.abs(np.array(counts) - 10)) < 1.0


def test_members_keep_their_names_through_a_turn(wall: dict[str, Sensor]) -> None:
    targets = swarm(8, [(-11000.0, 0.0, 400.0), (-9200.0, 0.0, 400.0), (-8000.0, 1500.0, 400.0)], seed=3)
    rows = followed(wall, play(wall, targets, 80.0, seed=3))
    names = [set(found) for time_ns, found, _ in rows if time_ns > START_NS + 20 * SECOND_NS]
    assert len(names[0] & names[-1]) >= 7
    assert len(set().union(*names)) <= 11


def test_a_group_that_splits_is_two_groups_with_all_their_members(wall: dict[str, Sensor]) -> None:
    left = swarm(4, [(-11000.0, 0.0, 400.0), (-9500.0, 0.0, 400.0), (-8300.0, 1500.0, 400.0)], seed=5)
    right = swarm(4, [(-11000.0, 0.0, 400.0), (-9500.0, 0.0, 400.0), (-8300.0, -1500.0, 400.0)], seed=6)
    tracker = Tracker(wall)
    scans = play(wall, left + right, 80.0, seed=5)
    for scan in scans:
        tracker.step(scan)
    time_ns, names, place = shown(tracker, scans[-1].time_ns)
    assert 7 <= len(names) <= 9
    for part in (left, right):
        truth = truth_at(part, time_ns)
        nearest = np.sqrt(((truth[:, None] - place) ** 2).sum(axis=2)).min(axis=1)
        assert np.median(nearest) < 150.0  # m
    for group in tracker.snapshot().groups:
        assert len(set(np.sign(_north(group.x[0, :, :3])).tolist())) == 1


def _north(ecef_m: Floats) -> Floats:
    return np.asarray(HOME.to_local(ecef_m)[:, 1])


def test_two_groups_that_meet_and_fly_on_together_are_all_still_there(wall: dict[str, Sensor]) -> None:
    one = swarm(4, [(-11000.0, -900.0, 400.0), (-9800.0, -150.0, 400.0), (-7500.0, -150.0, 400.0)], seed=7)
    other = swarm(4, [(-11000.0, 900.0, 400.0), (-9800.0, 150.0, 400.0), (-7500.0, 150.0, 400.0)], seed=8)
    rows = followed(wall, play(wall, one + other, 85.0, seed=7))
    counts = np.array([len(names) for time_ns, names, _ in rows if time_ns > START_NS + 50 * SECOND_NS])
    assert abs(counts.mean() - 8.0) < 0.8


def test_strangers_that_cross_are_no_group(wall: dict[str, Sensor]) -> None:
    targets = [
        Target(path=along([(-11000.0, 0.0, 400.0), (-6000.0, 2500.0, 400.0)], 50.0)),
        Target(path=along([(-11000.0, 2500.0, 400.0), (-6000.0, 0.0, 400.0)], 50.0)),
    ]
    tracker = Tracker(wall)
    for scan in play(wall, targets, 90.0, seed=9):
        tracker.step(scan)
        assert tracker.snapshot().groups == ()


@pytest.fixture(scope="module")
def night(wall: dict[str, Sensor]) -> list[Scan]:
    return play(wall, swarm(6, [(-11000.0, 0.0, 400.0), (-8000.0, 1500.0, 400.0)], seed=11), 30.0, seed=11)


def test_a_group_goes_on_to_the_bit_from_what_was_saved(wall: dict[str, Sensor], night: list[Scan]) -> None:
    straight, half = Tracker(wall), Tracker(wall)
    for scan in night[: len(night) // 2]:
        half.step(scan)
    assert half.snapshot().groups
    restored = Tracker.restore(half.save(), wall)
    for scan in night[len(night) // 2 :]:
        restored.step(scan)
    for scan in night:
        straight.step(scan)
    assert restored.save() == straight.save()


def test_looks_one_by_one_or_many_at_once_give_the_same_bits(wall: dict[str, Sensor], night: list[Scan]) -> None:
    one, many = Tracker(wall), Tracker(wall)
    for scan in night:
        one.step(scan)
    many.run(night)
    assert one.save() == many.save()


def test_late_looks_at_a_group_end_in_the_same_bits(wall: dict[str, Sensor], night: list[Scan]) -> None:
    straight = Tracker(wall)
    for scan in night:
        straight.step(scan)
    late = InOrder(Tracker(wall))
    order = np.argsort([scan.time_ns + 4 * SECOND_NS * (i % 3 == 1) for i, scan in enumerate(night)], kind="stable")
    for i in order.tolist():
        late.step(night[i])
    assert late.now_ns
    assert late.tracker.save() == straight.save()


def test_keys_are_found_among_those_that_are_known() -> None:
    rng = np.random.default_rng(1)
    for known in (np.zeros(0, np.int64), np.array([5]), np.sort(rng.choice(50, 20, replace=False))):
        keys = rng.integers(-5, 60, 40)
        np.testing.assert_array_equal(among(keys, known), np.isin(keys, known))
