"""Our ADS-B decoding against rs1090's of the same frames.

Origin: `tests/formats/data/ORIGIN.md`. The values beside each frame were made by rs1090, a decoder in Rust by another
author (MIT), which shares no code with this one. Positions on the ground need a reference; both had one near Paris.
"""

import json

import numpy as np
import pytest

from dronewall.records.detection import Column
from dronewall.units import FOOT_M, KNOT_MPS
from tests.formats.samples import FLIGHT, FRAMES, read

THEIRS = {time_ns: said for time_ns, _, said in FRAMES if "latitude" in said}


@pytest.fixture(scope="module")
def ours():
    return read("rs1090", FLIGHT)[0].detections


def test_every_position_is_theirs_within_a_millimetre(ours):
    for row, time_ns in enumerate(ours.time_ns.tolist()):
        latitude, longitude = np.rad2deg(ours.values[row, [Column.LATITUDE_RAD, Column.LONGITUDE_RAD]])
        assert latitude == pytest.approx(THEIRS[time_ns]["latitude"], abs=1e-8)
        assert longitude == pytest.approx(THEIRS[time_ns]["longitude"], abs=1e-8)


def test_no_position_of_theirs_is_missing_but_the_first_of_each_piece(ours):
    first_of_each = {}
    for time_ns, frame, said in FRAMES:
        if "latitude" in said:
            first_of_each.setdefault(frame, time_ns)
    # the take-off begins with one that no second has confirmed; after the gap to the climb a pair and one more
    assert len(ours) == len(first_of_each) - 3


def test_pressure_altitudes_are_theirs(ours):
    for row, time_ns in enumerate(ours.time_ns.tolist()):
        altitude = THEIRS[time_ns].get("altitude")
        baro_m = ours.values[row, Column.ALTITUDE_BARO_M]
        assert np.isnan(baro_m) if altitude is None else baro_m == pytest.approx(altitude * FOOT_M)


def test_velocities_and_height_differences_are_theirs():
    from dronewall.formats.modes import fields

    compared = 0
    for _, frame, said in FRAMES:
        if said.get("bds") != "09":
            continue
        velocity = fields.velocity(int.from_bytes(frame[4:11], "big"))
        east, north = velocity.over_ground_mps
        assert np.hypot(east, north) == pytest.approx(said["groundspeed"] * KNOT_MPS)
        assert np.rad2deg(np.arctan2(east, north)) % 360.0 == pytest.approx(said["track"])
        assert velocity.up_mps == pytest.approx(said["vertical_rate"] * FOOT_M / 60.0)
        assert velocity.height_difference_m == pytest.approx(said["geo_minus_baro"] * FOOT_M)
        compared += 1
    assert compared >= 10


def test_speeds_on_the_ground_are_theirs():
    from dronewall.formats.modes import fields

    for _, frame, said in FRAMES:
        if said.get("bds") == "06":
            east, north = fields.position(int.from_bytes(frame[4:11], "big"), frame[4] >> 3).velocity_mps
            assert np.hypot(east, north) == pytest.approx(said["groundspeed"] * KNOT_MPS)


def test_the_extract_is_what_its_origin_says():
    lines = [json.loads(line) for line in FLIGHT.decode().splitlines()]
    assert len(lines) == 68
    assert {line["icao24"] for line in lines if line["df"] == "17"} == {"393322"}
