"""Our decoding against Debian's dump1090-mutability 1.15 of the same frames.

Origin: `../shared/data/adsb`, see its PROVENANCE.md: 1,500 DF17 frames of one flight fed to dump1090 (GPL, a program
of its own; nothing of it is in this repository), which wrote Beast, SBS and aircraft.json.
"""

import numpy as np
import pytest

from dronewall.formats import decoder
from dronewall.records.detection import Column, Detections
from dronewall.units import FOOT_M
from tests.shared import shared_files

FOLDERS = [path.parent for path in shared_files("data/adsb/dump1090_aircraft.json")]


def decoded(name: str, path) -> Detections:
    return (
        decoder(name, {"from_file": True, "date_ns": 0, "pace_ns": 350_000_000}).feed(path.read_bytes(), 0).detections
    )


def places(detections: Detections) -> np.ndarray:
    return np.rad2deg(detections.values[:, [Column.LATITUDE_RAD, Column.LONGITUDE_RAD]])


@pytest.mark.parametrize("folder", FOLDERS, ids=["shared"])
def test_every_position_of_its_sbs_output_but_the_first_is_among_ours(folder):
    theirs = places(decoded("sbs", folder / "dump1090_sbs_from_pymodes_sample.csv"))
    ours = places(decoded("beast", folder / "dump1090_beast_from_pymodes_sample.bin"))
    nearest = np.array([np.abs(ours - place).max(axis=1).min() for place in theirs])
    assert len(theirs) == 690
    assert (nearest[1:] < 6e-6).all()  # SBS writes five decimals; we wait for a second position to agree


@pytest.mark.parametrize("folder", FOLDERS, ids=["shared"])
def test_its_snapshot_is_our_last_report(folder):
    (theirs,) = decoded("aircraft_json", folder / "dump1090_aircraft.json").values
    found = decoded("beast", folder / "dump1090_beast_from_pymodes_sample.bin")
    ours = found.values[-1]
    for column in (Column.LATITUDE_RAD, Column.LONGITUDE_RAD):
        assert np.rad2deg(ours[column]) == pytest.approx(np.rad2deg(theirs[column]), abs=1e-6)
    assert ours[Column.ALTITUDE_BARO_M] == pytest.approx(theirs[Column.ALTITUDE_BARO_M], abs=0.1 * FOOT_M)
    assert ours[Column.POSITION_SD_M] == pytest.approx(theirs[Column.POSITION_SD_M])
