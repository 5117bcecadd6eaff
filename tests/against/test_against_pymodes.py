"""Our decoding against pyModeS 2.21.1 of the same frames.

Origin: `scripts/oracle_pymodes.py` installs pyModeS (GPL-3.0) in an environment of its own, where it runs as a
program of its own over `../shared/data/adsb/pyModeS_sample_data_adsb.csv`. Long: it needs a package index.
"""

import json
import subprocess
import sys

import numpy as np
import pytest

from dronewall.formats import decoder
from dronewall.formats.modes import fields
from dronewall.records.detection import Column
from dronewall.units import FOOT_M, KNOT_MPS
from tests.shared import shared_files


@pytest.mark.long
@pytest.mark.parametrize("capture", shared_files("data/adsb/pyModeS_sample_data_adsb.csv"), ids=["shared"])
def test_positions_and_velocities_are_those_of_pymodes(root, capture):
    command = [sys.executable, root / "scripts" / "oracle_pymodes.py", capture, "-n", "2000"]
    said = [json.loads(line) for line in subprocess.run(command, check=True, capture_output=True).stdout.splitlines()]
    places = np.array([[line["latitude"], line["longitude"]] for line in said if line["latitude"] is not None])
    found = decoder("modes_csv", {"from_file": True}).feed(capture.read_bytes(), 0).detections
    ours = np.rad2deg(found.values[:, [Column.LATITUDE_RAD, Column.LONGITUDE_RAD]])
    assert len(ours) > 900
    assert all(np.abs(places - place).max(axis=1).min() < 1e-7 for place in ours)
    compared = 0
    for line in said:
        frame = bytes.fromhex(line["frame"])
        message = int.from_bytes(frame[4:11], "big")
        if line["speed_kt"] is not None:
            east, north = fields.velocity(message).over_ground_mps
            assert abs(np.hypot(east, north) / KNOT_MPS - line["speed_kt"]) <= 1.0  # it drops the fraction
            assert np.rad2deg(np.arctan2(east, north)) % 360.0 == pytest.approx(line["track_deg"])
            compared += 1
        if line["altitude_ft"] is not None:
            assert fields.position(message, message >> 51).altitude_m == pytest.approx(line["altitude_ft"] * FOOT_M)
    assert compared > 900
