"""ASTERIX out: the picture as system tracks, read back by libasterix and by our own decoder."""

import numpy as np
import pytest
from asterix import base
from asterix import generated as editions

from dronewall.errors import BadInput
from dronewall.outputs.asterix import AsterixPicture
from dronewall.records.detection import Column
from tests.formats.samples import read
from tests.outputs.rows import NOW_NS, tracks

ADDRESS = {"sac": "25", "sic": "1"}


def picture(*said: dict, exercise: bool = False) -> list[bytes]:
    return AsterixPicture("w", exercise=exercise, options=ADDRESS).picture(tracks(*said), NOW_NS)


def item(data: bytes, *path: str) -> object:
    """A field of the first record of a block, as libasterix says it."""
    (raw,) = base.RawDatablock.parse(base.Bits.from_bytes(data))
    kind = {62: editions.Cat_062_1_21, 65: editions.Cat_065_1_6}[data[0]]
    found = kind.cv_uap.parse(raw.get_raw_records())[0]
    for name in path:
        found = (found if found.__class__.__name__.startswith("Record") else found.variation).get_item(name)
    return found


def test_a_picture_is_a_status_and_its_tracks():
    status, block = picture({}, {})
    assert (status[0], block[0]) == (65, 62)
    found, reader = read("asterix", block)
    columns = [Column.LATITUDE_RAD, Column.LONGITUDE_RAD, Column.ALTITUDE_HAE_M, Column.VELOCITY_EAST_MPS]
    wanted = [*np.radians([56.5, 27.3]), 300.0, 40.0]
    assert found.detections.values[0, columns] == pytest.approx(wanted, abs=2.0)
    assert (len(found.detections), reader.faults.count) == (2, 0)


def test_libasterix_reads_where_a_track_is_and_when():
    _, block = picture({})
    said = [item(block, "105", name).variation.content.as_quantity() for name in ("LAT", "LON")]
    assert said == pytest.approx([56.5, 27.3], abs=1e-5)
    seconds = item(block, "070").variation.content.as_quantity()
    assert seconds == pytest.approx(NOW_NS % (86_400 * 10**9) / 1e9, abs=1 / 128)


def test_an_exercise_says_in_every_track_that_it_is_simulated():
    assert item(picture({}, exercise=True)[1], "080", "SIM").variation.as_uint() == 1
    assert item(picture({}, exercise=False)[1], "080").variation.get_item("SIM") is None or (
        item(picture({}, exercise=False)[1], "080", "SIM").variation.as_uint() == 0
    )


def test_a_track_keeps_its_number_and_no_two_have_one():
    out = AsterixPicture("w", exercise=False, options=ADDRESS)
    first = item(out.picture(tracks({"track": "a"}, {"track": "b"}), NOW_NS)[1], "040").variation.as_uint()
    again = item(out.picture(tracks({"track": "a"}), NOW_NS)[1], "040").variation.as_uint()
    other = item(out.picture(tracks({"track": "c"}), NOW_NS)[1], "040").variation.as_uint()
    assert (first, again != other) == (again, True)


@pytest.mark.parametrize("hae", [np.nan, -1e6, 1e9])
def test_what_does_not_fit_is_cut_or_left_out(hae):
    _, block = picture({"hae": hae, "velocity": (1e6, -1e6, 1e6)})
    assert len(read("asterix", block)[0].detections) == 1


def test_many_tracks_go_in_blocks_that_fit_a_datagram():
    blocks = picture(*({} for _ in range(300)))[1:]
    assert len(blocks) == 15
    assert max(map(len, blocks)) < 1400


def test_an_address_with_a_wrong_source_is_one_sentence():
    with pytest.raises(BadInput, match="sac = '256'"):
        AsterixPicture("w", exercise=False, options={"sac": "256"})
