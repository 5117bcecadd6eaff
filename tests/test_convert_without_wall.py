"""Captures that do not come with a wall: what follows from them, and what has to be asked for."""

import json

import pytest

from dronewall.archive import read_recording
from dronewall.convert import convert
from dronewall.errors import BadInput
from dronewall.formats.sapient.messages import framed, parsed_json
from dronewall.formats.sapient.node import described
from tests.formats.samples import SAMPLES
from tests.formats.sapient.said import STREAM, said

BEARING = {
    "azimuth": 71.5,
    "coordinateSystem": "RANGE_BEARING_COORDINATE_SYSTEM_DEGREES_M",
    "datum": "RANGE_BEARING_DATUM_TRUE",
}


def made(folder, data):
    (folder / "in").write_bytes(data)
    return folder / "in"


def wire(*messages):
    found = [parsed_json(json.dumps(one).encode()) for one in messages]
    assert not [broken for _, broken in found if broken]
    return b"".join(framed(message) for message, _ in found)


def test_events_with_places_need_no_site(tmp_path):
    told = convert(made(tmp_path, SAMPLES["cot"]), tmp_path / "rec")
    recording = read_recording(tmp_path / "rec")
    assert [(spec.id, spec.kind) for spec in recording.wall.sensor] == [("adsb-1", "adsb")]
    assert told.detections == len(recording.rows) > 0
    convert(made(tmp_path, SAMPLES["cot"].replace(b"ICAO-", b"drone-")), tmp_path / "other")
    assert read_recording(tmp_path / "other").wall.sensor[0].kind == "observer"
    assert convert(tmp_path / "in", tmp_path / "a.geojson").detections == told.detections


def test_a_node_is_what_it_registered_as_and_stands_where_it_said(tmp_path):
    told = convert(made(tmp_path, STREAM), tmp_path / "rec")
    (spec,) = read_recording(tmp_path / "rec").wall.sensor
    node = described([STREAM])
    assert spec.kind == node.kind == "radar"
    assert (spec.latitude_deg, spec.longitude_deg) == pytest.approx((node.latitude_deg, node.longitude_deg), abs=1e-6)
    assert spec.height_agl_m == pytest.approx(node.height_hae_m, abs=0.06)
    assert "registers its sensor as radar" in " ".join(told.notes)
    assert described([STREAM[:9], STREAM[9:200], STREAM[200:]]) == node


def test_bearings_from_a_place_that_nobody_says_ask_for_it(tmp_path):
    report = said("detectionReport")
    report["detectionReport"].pop("location", None)
    report["detectionReport"]["rangeBearing"] = BEARING
    with pytest.raises(BadInput, match="1 of 1 detections are ranges or bearings, and nothing in it says where"):
        convert(made(tmp_path, wire(report)), tmp_path / "rec", source_format="sapient")
    convert(made(tmp_path, wire(said("registration"), said("statusReport"), report)), tmp_path / "rec")
    assert len(read_recording(tmp_path / "rec").rows) == 1
    with pytest.raises(BadInput, match=r"4 of 4 detections are ranges or bearings.*say --wall FILE"):
        convert(made(tmp_path, SAMPLES["asterix_pcap"]), tmp_path / "plots")
    assert not (tmp_path / "plots").exists()
