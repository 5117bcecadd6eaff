"""The compiled engine: many looks at once are one after the other to the bit, and it bears what sensors get wrong."""

from dataclasses import replace

import numpy as np
import pytest

from dronewall.errors import BadInput
from dronewall.records.detection import Column
from dronewall.records.scan import Scan
from dronewall.records.wall import Wall
from dronewall.sensors import Sensor
from dronewall.tracking import Tracker, arrays
from dronewall.tracking.lateness import InOrder
from dronewall.units import SECOND_NS
from tests.sensors.walls import sensors
from tests.tracking.scenes import HOME, START_NS, Target, along, line_of_nodes, play

RADAR = {"id": "radar", "kind": "radar", "model": "xband-3d", "p_detect": 0.9}
FLAT = RADAR | {"id": "flat", "model": None, "range_sd_m": 30.0, "azimuth_sd_deg": 0.6, "max_range_m": 20_000.0}
DOPPLER = RADAR | {"id": "doppler", "range_rate_sd_mps": 1.0, "scan_offset_s": 0.7}


def some_scans(wall: dict[str, Sensor], seconds: float = 40.0) -> list[Scan]:
    paths = [((-8000.0, 9000.0, 150.0), (8000.0, 6000.0, 150.0)), ((3000.0, -4000.0, 400.0), (-2000.0, 6000.0, 400.0))]
    return play(wall, [Target(path=along(path, 50.0)) for path in paths], seconds)


@pytest.mark.parametrize(
    "entries",
    [
        [RADAR, RADAR | {"id": "other", "longitude_deg": 27.7, "scan_offset_s": 1.0}],
        [RADAR, FLAT | {"scan_offset_s": 0.4}, DOPPLER],
        [{k: v for k, v in RADAR.items() if k != "p_detect"}, *line_of_nodes(3, 1500.0)],
    ],
    ids=["3-D", "2-D and Doppler", "physics and sound"],
)
def test_many_looks_at_once_are_one_after_the_other_to_the_bit(entries: list[dict[str, object]]) -> None:
    wall = sensors(entries)
    scans = some_scans(wall)
    one, many = Tracker(wall), Tracker(wall)
    single = [one.step(scan) for scan in scans]
    at_once = many.run(scans)
    assert one.save() == many.save()
    assert [fate.fate.tolist() for fate in single] == [fate.fate.tolist() for fate in at_once]
    assert [fate.track.tolist() for fate in single] == [fate.track.tolist() for fate in at_once]
    end_ns = scans[-1].time_ns
    assert one.tracks(end_ns).covariance.tobytes() == many.tracks(end_ns).covariance.tobytes()


def test_a_radar_without_elevation_and_one_with_range_rate_track_what_flies() -> None:
    wall = sensors([FLAT, DOPPLER])
    path = along([(-6000.0, 7000.0, 300.0), (6000.0, 5000.0, 300.0)], 50.0)
    tracker = Tracker(wall)
    tracker.run(play(wall, [Target(path=path)], 60.0))
    tracks = tracker.tracks(START_NS + 59 * SECOND_NS)
    sure = np.flatnonzero(tracks.status == "confirmed")
    assert len(sure) == 1
    truth = HOME.to_local(path(np.array([START_NS + 59 * SECOND_NS]))[0])[0]
    here = HOME.geodetic_to_local(tracks.latitude_rad[sure], tracks.longitude_rad[sure], tracks.altitude_hae_m[sure])[0]
    assert np.hypot(*(here - truth)[:2]) < 120.0


def test_a_covariance_stays_symmetric_and_positive_definite() -> None:
    wall = sensors([RADAR, FLAT | {"scan_offset_s": 0.4}, DOPPLER])
    tracker = Tracker(wall)
    for scan in some_scans(wall, 60.0):
        tracker.step(scan)
        bank = tracker._core.memory.bank
        P = bank.P[: bank.n].reshape(-1, 6, 6)
        np.testing.assert_array_equal(P, P.transpose(0, 2, 1))
        if len(P):
            scale = np.sqrt(np.einsum("nii->ni", P))
            assert np.linalg.eigvalsh(P / scale[:, :, None] / scale[:, None, :]).min() > 0.0


def broken(scan: Scan, column: Column, value: float) -> Scan:
    values = scan.detections.values.copy()
    values[:, column] = value
    return replace(scan, detections=replace(scan.detections, values=values))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (Column.RANGE_M, np.inf),
        (Column.RANGE_M, -5.0),
        (Column.RANGE_M, 1e9),
        (Column.AZIMUTH_RAD, 999.0),
        (Column.AZIMUTH_RAD, np.nan),
        (Column.ELEVATION_RAD, 7.0),
    ],
)
def test_what_no_radar_can_mean_is_refused_and_changes_nothing(column: Column, value: float) -> None:
    wall = sensors([RADAR])
    scans = some_scans(wall, 20.0)
    sound, told = Tracker(wall), Tracker(wall)
    for scan in scans:
        sound.step(scan)
        told.step(scan)
    full = next(scan for scan in scans if len(scan.detections))
    wrong = broken(replace(full, time_ns=scans[-1].time_ns + 1, scan=10**6), column, value)
    assert set(told.step(wrong).fate) == {"refused"}
    assert told.counts["refused"] == len(wrong.detections)


def test_nan_among_good_rows_refuses_that_row_only() -> None:
    wall = sensors([RADAR])
    full = next(scan for scan in some_scans(wall) if len(scan.detections) > 2)
    full.detections.values[0, Column.AZIMUTH_RAD] = np.nan
    fate = Tracker(wall).step(full).fate
    assert fate[0] == "refused"
    assert "refused" not in fate[1:].tolist()


def test_arrays_go_in_as_views_and_states_come_out_as_views() -> None:
    wall = sensors([RADAR])
    scans = [scan for scan in some_scans(wall) if len(scan.detections)]
    values = np.concatenate([scan.detections.values for scan in scans])
    first = np.concatenate([[0], np.cumsum([len(scan.detections) for scan in scans])])
    times = np.array([scan.time_ns for scan in scans])
    taken = arrays.looks([scan.sensor for scan in scans], times, first, values)
    assert all(np.shares_memory(scan.detections.values, values) for scan in taken)
    one, many = Tracker(wall), Tracker(wall)
    fates = arrays.joined(many.run(taken))
    assert fates.code.tolist() == [code for scan in taken for code in one.step(scan).code.tolist()]
    seen = arrays.states(many)
    assert np.shares_memory(seen.x, many.core.memory.bank.x)
    assert not seen.x.flags.writeable
    assert len(seen.number) == many.core.memory.bank.n > 0


def test_arrays_that_do_not_fit_each_other_are_refused_in_a_sentence() -> None:
    with pytest.raises(BadInput, match=r"k \+ 1 starts"):
        arrays.looks(["radar"], np.array([START_NS]), np.array([0]), np.zeros((3, len(Column))))


def test_a_wall_is_taken_as_it_is_and_one_on_files_of_terrain_asks_for_them() -> None:
    spec = {"id": "radar", "kind": "radar", "latitude_deg": 56.5, "longitude_deg": 27.5, "model": "xband-3d"}
    table = {"schema_version": 1, "wall": {"name": "one"}, "sensor": [spec]}
    wall = Wall.model_validate(table)
    built = sensors([spec])
    scans = some_scans(built, 10.0)
    mine, theirs = Tracker(wall), Tracker(built)
    mine.run(scans)
    theirs.run(scans)
    assert mine.counts == theirs.counts
    with pytest.raises(BadInput, match="wall_terrain"):
        Tracker(Wall.model_validate(table | {"wall": {"name": "one", "terrain": "terrain/*.hgt.zip"}}))


def test_a_clock_an_hour_ahead_is_refused_with_the_reason_and_makes_no_other_look_late() -> None:
    wall = sensors([RADAR, RADAR | {"id": "other", "longitude_deg": 27.7, "scan_offset_s": 1.0}])
    scans = some_scans(wall, 20.0)
    wrong = [
        replace(scan, time_ns=scan.time_ns + 3600 * SECOND_NS) if scan.sensor == "other" else scan for scan in scans
    ]
    tracker, late = Tracker(wall), InOrder(Tracker(wall))
    fates = tracker.run(wrong)
    for scan, fate in zip(wrong, fates, strict=True):
        late.step(scan)
        if scan.sensor == "other" and len(scan.detections):
            assert fate.reason == "the clock of other is 3600 s ahead of the wall's"
            assert set(fate.fate) == {"refused"}
        else:
            assert not set(fate.fate) & {"late", "refused"}
    assert late.counts == tracker.counts


def test_a_hundred_thousand_rows_in_one_look_are_refused_with_the_reason() -> None:
    wall = sensors([RADAR])
    scan = next(scan for scan in some_scans(wall) if len(scan.detections))
    many = replace(scan, detections=scan.detections.rows(np.zeros(100_000, np.int64)))
    fate = Tracker(wall).step(many)
    assert "100000 rows" in fate.reason
    assert set(fate.fate) == {"refused"}


def test_two_hundred_ghosts_a_scan_hide_no_drone_and_confirm_few() -> None:
    wall = sensors([RADAR | {"clutter_per_scan": 200.0}])
    path = along([(-4000.0, 5000.0, 300.0), (4000.0, 4000.0, 300.0)], 50.0)
    tracker, end_ns = Tracker(wall), START_NS + 58 * SECOND_NS
    tracker.run(play(wall, [Target(path=path)], 60.0))
    tracks = tracker.tracks(end_ns)
    here = HOME.geodetic_to_local(tracks.latitude_rad, tracks.longitude_rad, tracks.altitude_hae_m)
    away = np.linalg.norm(here - HOME.to_local(path(np.array([end_ns]))[0]), axis=1)
    sure = tracks.status == "confirmed"
    assert (away[sure] < 250.0).sum() == 1
    assert sure.sum() <= 3
