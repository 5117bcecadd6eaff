"""Recordings, captures and tracks as messages of a wire format: read back by libasterix and protobuf."""

import math
import tomllib
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from asterix import base
from asterix import generated as editions
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from dronewall.archive import read_recording, recorded, write_recording, write_tracks
from dronewall.convert import TARGETS, convert
from dronewall.convert.messages import writer
from dronewall.errors import BadInput
from dronewall.formats.sapient import verdicts
from dronewall.outputs import OUTPUTS
from dronewall.records.detection import Column
from dronewall.records.wall import Wall
from dronewall.units import SECOND_NS
from tests.formats.samples import SAMPLES, read
from tests.outputs.rows import tracks
from tests.test_convert_shown import START_NS, WALL, a_look, tracks_of

PICTURES = {name: OUTPUTS.part(name) for name in ("asterix", "cot", "sapient")}
FINDER = """
[[sensor]]
id = "finder"
kind = "rf_direction"
latitude_deg = 56.5
longitude_deg = 27.2
[[sensor]]
id = "adsb"
kind = "adsb"
latitude_deg = 56.5
longitude_deg = 27.3
"""
ALL = ("asterix", "cot", "sapient")
HOME = Wall.model_validate(tomllib.loads(WALL.replace("EXERCISE", "true") + FINDER))
POLAR = {"range_m": 10_000.0, "azimuth_rad": math.pi / 2, "elevation_rad": 0.02}
PLACE = {"latitude_rad": math.radians(56.5), "longitude_rad": math.radians(27.3), "altitude_hae_m": 300.0}


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    named = a_look("adsb", 0, **PLACE, velocity_east_mps=30.0, velocity_north_mps=40.0)
    named.detections.identity[:] = "icao:4ca1fa"
    scans = [
        a_look("radar", 0, **POLAR, range_sd_m=15.0),
        a_look("radar", 2),
        a_look("ears", 0, azimuth_rad=1.0, azimuth_sd_rad=0.05, tone_hz=90.0),
        a_look("finder", 0, azimuth_rad=2.0),
        named,
        a_look("adsb", 1, **PLACE, position_sd_m=20.0),
    ]
    write_recording(tmp_path / "rec", *recorded(scans), None, WALL.replace("EXERCISE", "true") + FINDER)
    return tmp_path / "rec"


def blocks(data: bytes) -> list[tuple[int, object]]:
    """Every record with its category, as libasterix takes it apart."""
    found = []
    while data:
        length = int.from_bytes(data[1:3], "big")
        (raw,) = base.RawDatablock.parse(base.Bits.from_bytes(data[:length]))
        edition = {34: "Cat_034_1_29", 48: "Cat_048_1_32", 21: "Cat_021_2_7", 205: "Cat_205_1_0", 15: "Cat_015_1_2"}
        uap = getattr(editions, edition[data[0]]).cv_uap
        found += [(data[0], record) for record in uap.parse(raw.get_raw_records())]
        data = data[length:]
    return found


def test_a_radar_becomes_plots_between_north_marks_and_the_others_what_holds_them(recording, tmp_path):
    said = convert(recording, tmp_path / "a.asterix")
    found = blocks((tmp_path / "a.asterix").read_bytes())
    assert sorted(category for category, _ in found) == [15, 15, 21, 34, 34, 48, 205]
    plot = next(record for category, record in found if category == 48)
    polar = plot.get_item("040").variation
    assert polar.get_item("RHO").variation.content.as_quantity("NM") == pytest.approx(10_000.0 / 1852.0, abs=1 / 256)
    assert polar.get_item("THETA").variation.content.as_quantity("°") == pytest.approx(90.0, abs=0.006)
    aircraft = next(record for category, record in found if category == 21)
    assert aircraft.get_item("080").variation.as_uint() == 0x4CA1FA
    assert "1 range_sd_m" in said.notes[0]
    assert "1 tone_hz" in said.notes[0]
    assert "date" in said.notes[1]


def test_asterix_comes_back_as_it_went(recording, tmp_path):
    convert(recording, tmp_path / "a.ast")
    data = (tmp_path / "a.ast").read_bytes()
    times = {"from_file": True, "date_ns": START_NS // (86_400 * SECOND_NS) * 86_400 * SECOND_NS}
    radar, _ = read("asterix", data, source=(0, 1), **times)
    assert radar.detections.values[0, Column.RANGE_M] == pytest.approx(10_000.0, abs=4.0)
    assert radar.detections.time_ns.tolist() == [START_NS]
    ears, _ = read("asterix", data, source=(0, 2), **times)
    assert ears.detections.values[0, Column.AZIMUTH_RAD] == pytest.approx(1.0, abs=1e-4)
    assert ears.detections.values[0, Column.AZIMUTH_SD_RAD] == pytest.approx(0.05, abs=1e-4)
    adsb, _ = read("asterix", data, source=(0, 4), **times)
    wanted = [PLACE["latitude_rad"], PLACE["longitude_rad"]]
    assert adsb.detections.values[:, [Column.LATITUDE_RAD, Column.LONGITUDE_RAD]] == pytest.approx(
        np.array([wanted] * 2), abs=1e-8
    )
    assert adsb.detections.identity.tolist() == ["icao:4ca1fa", None]


def test_sapient_keeps_every_rule_and_comes_back_as_it_went(recording, tmp_path):
    said = convert(recording, tmp_path / "a.sapient")
    data = (tmp_path / "a.sapient").read_bytes()
    judged = list(verdicts(data))
    assert [broken for _, broken in judged] == [[]] * 9  # four registrations, five reports
    assert all("EXERCISE" in message.additional_information for message, _ in judged)
    found, _ = read("sapient", data, node=judged[4][0].node_id)
    assert found.detections.values[0, Column.RANGE_M] == pytest.approx(10_000.0)
    assert found.detections.values[0, Column.ELEVATION_RAD] == pytest.approx(0.02)
    assert "1 silent looks" in said.notes[0]
    assert "1 identities" in said.notes[0]


def test_events_of_cot_stand_where_plots_are_and_bearings_are_counted(recording, tmp_path):
    said = convert(recording, tmp_path / "a.cot")
    data = (tmp_path / "a.cot").read_bytes()
    found, reader = read("cot", data)
    assert len(found.detections) == 3
    assert reader.faults.count == 0
    assert found.detections.identity.tolist() == [None, "icao:4ca1fa", None]
    assert "2 bearings" in said.notes[0]
    events = [etree.fromstring(part.strip() + b"</event>") for part in data.split(b"</event>")[:-1]]
    assert {event.get("type")[2] for event in events} == {"u", "n"}
    assert all("EXERCISE" in event.findtext("detail/remarks") for event in events)


@pytest.mark.parametrize("name", ["asterix", "cot", "sapient"])
def test_a_capture_becomes_messages_with_the_same_places(name, tmp_path):
    (tmp_path / "flight.bin").write_bytes(SAMPLES["beast"])
    day = date(2026, 5, 7)
    convert(tmp_path / "flight.bin", tmp_path / "rec", date=day)
    convert(tmp_path / "flight.bin", tmp_path / f"out.{name}", date=day)
    place = [Column.LATITUDE_RAD, Column.LONGITUDE_RAD]
    wanted = read_recording(tmp_path / "rec").rows.detections
    options = {"from_file": True, "date_ns": 1_778_112_000 * SECOND_NS}
    found, reader = read(name, (tmp_path / f"out.{name}").read_bytes(), **options)
    assert reader.faults.count == 0
    np.testing.assert_allclose(found.detections.values[:, place], wanted.values[:, place], atol=2e-8)
    assert len(found.detections) == len(wanted) > 5


@pytest.mark.parametrize("name", ["asterix", "cot", "sapient"])
def test_tracks_become_a_picture_for_each_instant(name, tmp_path):
    write_tracks(tmp_path / "t.parquet", tracks_of(40, ["t-000001", "t-000002"]))
    said = convert(tmp_path / "t.parquet", tmp_path / f"t.{name}", pictures=PICTURES)
    data = (tmp_path / f"t.{name}").read_bytes()
    if name == "sapient":
        kinds = [message.WhichOneof("content") for message, broken in verdicts(data) if not broken]
        assert kinds == ["registration", "status_report"] + ["detection_report"] * 80
    elif name == "cot":
        found, _ = read("cot", data)
        assert len(found.detections) == 80
        assert all(later - earlier == SECOND_NS for earlier, later in pairwise(found.detections.time_ns[::2].tolist()))
    else:
        _, reader = read("asterix", data, from_file=True, date_ns=0)
        assert reader.faults.unread["simulated"] == 80  # an exercise says so, and is not taken for detections
    assert "Left out" in said.notes[0]
    assert "exercise" in said.notes[1]


def test_a_picture_is_not_torn_where_two_pieces_of_a_file_meet(tmp_path):
    from dronewall.convert.shown import _instants

    whole = tracks({"track": "a"}, {"track": "b"}, {"track": "c"}, time_ns=START_NS)
    first, rest = (type(whole)(**{n: getattr(whole, n)[s] for n in whole.__slots__}) for s in (slice(1), slice(1, 3)))
    assert [len(one) for one in _instants([first, rest])] == [3]


NUMBERS = st.dictionaries(
    st.sampled_from([column.name.lower() for column in Column]), st.floats(0.0, 1e8) | st.floats(-1.5, 1.5), min_size=1
)


@given(measured=NUMBERS, sensor=st.sampled_from(["radar", "ears", "finder", "adsb"]), name=st.sampled_from(ALL))
@settings(max_examples=100)
def test_whatever_was_measured_is_written_or_counted(measured, sensor, name):
    one = writer(name, HOME, {})
    written = one.look(a_look(sensor, 0, **measured))
    records = [category for category, _ in blocks(written) if category != 34] if name == "asterix" else written
    assert records or one.lost


def test_what_there_is_not_is_one_sentence_with_what_there_is(recording, tmp_path):
    with pytest.raises(BadInput, match=", ".join(("recording", *TARGETS))):
        convert(recording, tmp_path / "x", target_format="morse")
    assert {"jsonl", "geojson", "kml", *ALL, "sbs", "aircraft_json", "beast", "avr"} <= set(TARGETS)
