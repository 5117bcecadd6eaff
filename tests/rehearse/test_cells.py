"""Birds in one resolution cell are one detection."""

from collections import Counter

import numpy as np

from dronewall.records.detection import Column, empty
from dronewall.rehearse.cells import resolved
from tests.rehearse.little import SENSORS, multirotor, played, scenario

RADAR = SENSORS["radar"]


def echoes(ranges_m, snr_db, azimuth_deg=10.5):
    found = empty(len(ranges_m))
    found.values[:, Column.RANGE_M] = ranges_m
    found.values[:, Column.AZIMUTH_RAD] = np.radians(azimuth_deg)
    found.values[:, Column.SNR_DB] = snr_db
    found.values[:, Column.RCS_DBSM] = -23.0
    return found


def test_birds_in_one_cell_are_one_detection_where_the_strongest_is():
    three = echoes([5000.0, 5001.0, 5002.0], [14.0, 19.0, 15.0])
    kept, rows = resolved(RADAR, np.zeros(3, np.int64), three, np.ones(3, bool))
    assert kept.tolist() == [1]
    assert rows.values[0, Column.RANGE_M] == 5001.0


def test_its_cross_section_is_the_sum_of_theirs():
    _, rows = resolved(RADAR, np.zeros(2, np.int64), echoes([5000.0, 5001.0], [14.0, 15.0]), np.ones(2, bool))
    assert abs(rows.values[0, Column.RCS_DBSM] - (-23.0 + 10.0 * np.log10(2.0))) < 1e-9


def test_birds_in_other_cells_or_other_looks_stay_apart():
    look = np.array([0, 0, 1])
    kept, _ = resolved(RADAR, look, echoes([5000.0, 6000.0, 5000.0], [14.0, 14.0, 14.0]), np.ones(3, bool))
    assert kept.tolist() == [0, 1, 2]


def test_what_flies_in_a_cell_with_a_bird_is_lost_in_it_unless_it_is_stronger():
    kept, _ = resolved(RADAR, np.zeros(2, np.int64), echoes([5000.0, 5001.0], [25.0, 14.0]), np.array([True, False]))
    assert kept.tolist() == [0]


def test_cells_without_birds_are_left_alone():
    kept, _ = resolved(RADAR, np.zeros(2, np.int64), echoes([5000.0, 5001.0], [25.0, 14.0]), np.zeros(2, bool))
    assert kept.tolist() == [0, 1]


def test_a_flock_of_fifty_makes_a_handful_of_detections_a_look():
    birds = {"label": "bird", "route": "migration", "height_agl_m": [300, 500], "enter_s": [0, 5]}
    night = played(scenario(multirotor(count=50, flock_of=[50, 50], **birds)))
    radar = np.repeat(night.sensor_of, night.rows_of) == night.sensor_ids.index("radar")
    looks = np.repeat(np.arange(len(night.scan)), night.rows_of)[radar & (night.origin >= 0)]
    assert len(looks)
    assert max(Counter(looks.tolist()).values()) <= 6
