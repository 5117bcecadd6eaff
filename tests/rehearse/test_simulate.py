"""A simulated night: in order, complete, and the same again."""

from collections import Counter
from itertools import pairwise

import numpy as np

from dronewall.archive import read_recording
from dronewall.geo.terrain import SmoothEarth
from dronewall.records.wall import Wall
from dronewall.rehearse.record import record
from dronewall.rehearse.simulate import simulate
from dronewall.scenarios import wall_path
from tests.rehearse.night import rezekne_scenario, rezekne_wall, shortened, smooth_night, smooth_sensors


def test_looks_come_in_the_order_of_reception():
    received = [scan.received_ns for scan in smooth_night().scans()]
    assert received == sorted(received)


def test_every_scheduled_look_is_there_also_the_silent_ones():
    night = smooth_night()
    seen = Counter(scan.sensor for scan in night.scans())
    due = {name: len(s.looks(night.start_ns, night.end_ns)[0]) for name, s in night.sensors.items()}
    assert seen == Counter({name: count for name, count in due.items() if count})


def test_rows_are_numbered_in_the_order_of_reception():
    first = [(scan.first_row, len(scan.detections)) for scan in smooth_night().scans() if len(scan.detections)]
    assert all(a + n == b for (a, n), (b, _) in pairwise(first))


def test_nothing_is_received_before_it_is_heard():
    assert all((scan.detections.received_ns >= scan.detections.time_ns).all() for scan in smooth_night().scans())


def test_one_seed_gives_one_night():
    one = smooth_night(3, 400.0)
    again = simulate(rezekne_wall(), smooth_sensors(), shortened(rezekne_scenario(), 400.0), 3, terrain=SmoothEarth())
    assert np.array_equal(one.detections.values, again.detections.values, equal_nan=True)
    assert list(one.detections.identity) == list(again.detections.identity)


def test_another_seed_gives_another_night():
    assert smooth_night(3, 400.0).impacts[0] != smooth_night(4, 400.0).impacts[0]


def test_a_sensor_less_leaves_what_the_others_say():
    night = smooth_night(3, 400.0)
    fewer = {name: sensor for name, sensor in smooth_sensors().items() if name != "lv-radar-1"}
    without = simulate(rezekne_wall(), fewer, shortened(rezekne_scenario(), 400.0), 3, terrain=SmoothEarth())
    radar = night.sensor_ids.index("lv-radar-1")
    kept = night.detections.values[np.repeat(night.sensor_of, night.rows_of) != radar]
    assert np.array_equal(kept, without.detections.values, equal_nan=True)


def test_only_the_cooperative_say_who_they_are():
    night = smooth_night()
    named = {night.origin[k] for k in np.flatnonzero(night.detections.identity != None)}  # noqa: E711
    assert named == {k for k, target in enumerate(night.targets) if target.cooperative}


def test_intruders_say_nothing_of_themselves():
    assert [t.population for t in smooth_night().targets if t.intruder] == ["intruder", "intruder"]


def test_a_recording_of_it_reads_back_as_the_same_looks(tmp_path):
    night = smooth_night(3, 400.0)
    record(night, tmp_path / "night", wall_toml=wall_path("rezekne").read_text())
    back = read_recording(tmp_path / "night")
    heard = [(s.sensor, s.scan, s.time_ns, s.received_ns) for s in night.scans() if len(s.detections)]
    assert [(s.sensor, s.scan, s.time_ns, s.received_ns) for s in back.scans() if len(s.detections)] == heard


def test_its_truth_says_where_everything_was():
    truth = smooth_night().truth()
    assert set(truth.target) == {
        target.target for target in smooth_night().targets if target.path.start_ns < smooth_night().end_ns
    }


def test_the_wall_in_a_recording_is_the_wall(tmp_path):
    record(smooth_night(3, 400.0), tmp_path / "night", wall_toml=wall_path("rezekne").read_text())
    assert isinstance(read_recording(tmp_path / "night").wall, Wall)
