"""A long night in pieces: whole, in order, the same however it is asked for, and light."""

import numpy as np
import pytest

from dronewall.errors import BadInput
from dronewall.geo.terrain import SmoothEarth
from dronewall.rehearse.night import stage
from dronewall.rehearse.pieces import Pieces
from dronewall.rehearse.populations import days
from dronewall.scenarios import scenario_path, wall_path
from tests.rehearse.little import SENSORS, WALL, multirotor, pieces, scenario

PIECE_NS = 300 * 10**9
SOME = scenario(multirotor(count=6, enter_s=[0, 900], remote_id="on"), duration_s=1_200.0)


def looks(scans):
    return [(s.sensor, s.scan, s.time_ns, s.received_ns, s.first_row, len(s.detections)) for s in scans]


def test_looks_of_all_pieces_come_in_the_order_of_reception():
    received = [scan.received_ns for scan in pieces(SOME, piece_ns=PIECE_NS).scans()]
    assert received == sorted(received)


def test_no_look_is_lost_between_pieces():
    for name, sensor in SENSORS.items():
        seen = [scan.scan for scan in pieces(SOME, piece_ns=PIECE_NS).scans() if scan.sensor == name]
        assert sorted(seen) == sensor.looks(SOME.start_ns, SOME.end_ns)[0].tolist()


def test_rows_are_counted_through_the_pieces():
    first = [(scan.first_row, len(scan.detections)) for scan in pieces(SOME, piece_ns=PIECE_NS).scans()]
    assert [row for row, n in first if n] == np.cumsum([0] + [n for _, n in first if n])[:-1].tolist()


def test_a_second_reading_is_the_first():
    again = pieces(SOME, piece_ns=PIECE_NS)
    assert looks(again.scans()) == looks(again.scans())


def test_the_whole_is_its_pieces():
    parts = pieces(SOME, piece_ns=PIECE_NS)
    whole = parts.whole()
    assert looks(whole.scans()) == looks(parts.scans())
    said = [piece.targets[k].target for piece in parts for k in piece.origin.tolist() if k >= 0]
    assert said == [whole.targets[k].target for k in whole.origin.tolist() if k >= 0]


def test_things_of_a_night_in_one_piece_are_drawn_once(monkeypatch):
    drawn = []
    monkeypatch.setattr("dronewall.rehearse.pieces.days", lambda *a, **k: drawn.append(k) or days(*a, **k))
    ground = stage(wall_path("rezekne"), scenario_path("rezekne"))
    played, asked = (Pieces(ground.wall, ground.sensors, ground.scenario, 1, terrain=ground.terrain) for _ in range(2))
    next(played.scans())
    assert played.calls
    assert len(drawn) == 1
    assert played.calls == asked.calls


def test_what_waits_behind_a_cut_link_comes_with_a_later_piece():
    cut = {"kind": "link_cut", "sensor": "radar", "from_s": 250, "to_s": 700}
    some = scenario(multirotor(), fault=[cut])
    received = [s.received_ns for s in pieces(some, piece_ns=PIECE_NS).scans() if s.sensor == "radar"]
    assert received == sorted(received)
    assert len(received) == len(SENSORS["radar"].looks(some.start_ns, some.end_ns)[0])


def test_things_of_past_pieces_are_let_go():
    some = scenario(multirotor(rate_per_hour=60.0, lasts_s=[60, 90]), duration_s=2_400.0)
    assert max(len(piece.targets) for piece in pieces(some, piece_ns=PIECE_NS)) < 55
    assert all(t.path.end_ns >= p.start_ns for p in pieces(some, piece_ns=PIECE_NS) for t in p.targets)


def test_truth_of_the_pieces_is_the_truth_of_the_whole():
    parts = pieces(SOME, piece_ns=PIECE_NS)
    rows = [(t, n) for p in parts for t, n in zip(p.truth().time_ns, p.truth().target, strict=True)]
    whole = parts.whole().truth()
    assert sorted(rows) == sorted(zip(whole.time_ns, whole.target, strict=True))


def test_a_wall_without_sensors_is_refused():
    with pytest.raises(BadInput, match="the wall 'small' has no sensors"):
        Pieces(WALL, {}, SOME, 1, terrain=SmoothEarth())
