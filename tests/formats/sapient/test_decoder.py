"""Detection reports become detections: places in every allowed coordinate system, bearings from every north."""

import json
from math import degrees, radians

import numpy as np
import pytest

from dronewall.formats import decoder
from dronewall.geo.geoid import undulation_m
from dronewall.geo.utm import from_geodetic
from dronewall.records.detection import Column
from tests.formats.samples import read
from tests.formats.sapient.said import BEARING, FUSION, NODE, PLACE, STREAM, said, wire

NOW_NS = 1_778_112_723_250_000_000
X = radians(27.3)
Y = radians(56.5)
NORTH = {"azimuth": 350.0, "coordinateSystem": BEARING["coordinateSystem"], "datum": "RANGE_BEARING_DATUM_MAGNETIC"}


def one(**changes):
    """The only detection of a report, with the decoder's faults."""
    found, reader = read("sapient", wire(said("detectionReport", **changes)))
    return found.detections, reader.faults


def placed(**changes):
    return one(rangeBearing=None, location={**PLACE, **changes})[0].values[0]


def test_x_is_longitude_and_y_latitude():
    values = placed()
    assert values[[Column.LONGITUDE_RAD, Column.LATITUDE_RAD]] == pytest.approx([X, Y], abs=1e-12)


def test_radians_are_taken_as_they_are():
    values = placed(x=X, y=Y, coordinateSystem="LOCATION_COORDINATE_SYSTEM_LAT_LNG_RAD_M")
    assert values[[Column.LONGITUDE_RAD, Column.LATITUDE_RAD]] == pytest.approx([X, Y], abs=1e-12)


@pytest.mark.parametrize("zone", ["35V", ""])
def test_utm_takes_the_zone_of_the_message_or_the_one_that_was_registered(zone):
    east, north = from_geodetic(Y, X, 35)
    place = {**PLACE, "x": float(east), "y": float(north), "utmZone": zone}
    place["coordinateSystem"] = "LOCATION_COORDINATE_SYSTEM_UTM_M"
    found, _ = read("sapient", wire(said("registration"), said("detectionReport", rangeBearing=None, location=place)))
    values = found.detections.values[0]
    assert values[[Column.LONGITUDE_RAD, Column.LATITUDE_RAD]] == pytest.approx([X, Y], abs=1e-10)


def test_utm_without_any_zone_is_counted_and_gives_no_detection():
    place = {**PLACE, "x": 600_000, "y": 6_200_000, "coordinateSystem": "LOCATION_COORDINATE_SYSTEM_UTM_M"}
    found, faults = one(rangeBearing=None, location=place)
    assert (len(found), faults.unread["UTM without a zone, and none was registered"]) == (0, 1)


def test_a_height_above_the_geoid_becomes_one_above_the_ellipsoid():
    values = placed(datum="LOCATION_DATUM_WGS84_G")
    assert values[Column.ALTITUDE_HAE_M] == pytest.approx(180.0 + float(undulation_m(Y, X)), abs=1e-6)


def test_errors_of_a_place_are_in_its_units():
    values = placed()
    east, north = 0.0002 * 111_195.0 * np.cos(Y), 0.0001 * 111_195.0
    assert values[Column.POSITION_SD_M] == pytest.approx(np.hypot(east, north) / 2**0.5, rel=1e-3)
    assert values[Column.ALTITUDE_SD_M] == 12.0


@pytest.mark.parametrize(
    ("system", "angle", "metre"),
    [
        ("DEGREES_M", 1.0, 1.0),
        ("RADIANS_M", radians(1.0), 1.0),
        ("DEGREES_KM", 1.0, 1e-3),
        ("RADIANS_KM", radians(1.0), 1e-3),
    ],
)
def test_a_bearing_is_the_same_in_every_unit(system, angle, metre):
    turned = {key: BEARING[key] * angle for key in ("azimuth", "elevation", "azimuthError", "elevationError")}
    far = {key: BEARING[key] * metre for key in ("range", "rangeError")}
    system = f"RANGE_BEARING_COORDINATE_SYSTEM_{system}"
    found, _ = one(rangeBearing={**turned, **far, "coordinateSystem": system, "datum": BEARING["datum"]})
    columns = [Column.AZIMUTH_RAD, Column.ELEVATION_RAD, Column.RANGE_M, Column.AZIMUTH_SD_RAD, Column.RANGE_SD_M]
    wanted = [radians(71.5), radians(2.0), 8200.0, radians(0.5), 15.0]
    assert found.values[0, columns] == pytest.approx(wanted, rel=1e-12)


def test_a_lone_azimuth_is_a_detection():
    found, _ = one(rangeBearing={**NORTH, "datum": "RANGE_BEARING_DATUM_TRUE"})
    assert degrees(found.values[0, Column.AZIMUTH_RAD]) == pytest.approx(350.0)
    assert np.isnan(found.values[0, [Column.RANGE_M, Column.ELEVATION_RAD]]).all()


def test_an_azimuth_from_another_north_needs_to_be_told_how_far_that_is():
    found, faults = one(rangeBearing=NORTH)
    assert (len(found), faults.unread["azimuths from another north, and no north_offset_deg"]) == (0, 1)
    found, _ = read("sapient", wire(said("detectionReport", rangeBearing=NORTH)), north_offset_deg=12.0)
    assert degrees(found.detections.values[0, Column.AZIMUTH_RAD]) == pytest.approx(2.0)


def test_speeds_come_in_the_units_that_were_registered():
    found, _ = read("sapient", STREAM)
    columns = [Column.VELOCITY_EAST_MPS, Column.VELOCITY_NORTH_MPS, Column.VELOCITY_UP_MPS]
    assert found.detections.values[0, columns] == pytest.approx([10.0, -5.0, 1.0])


def test_reports_of_one_time_are_one_look():
    found, _ = read("sapient", STREAM)
    assert found.scan.tolist() == [0, 0, 1]


def test_a_class_gives_only_a_label_of_ours():
    found, _ = read("sapient", STREAM)
    assert found.detections.label.tolist() == ["multirotor", None, "multirotor"]


@pytest.mark.parametrize("claim", ["hostile", "Hostile UAV", "enemy", "suspect", "UAV Rotary Wing (enemy)"])
def test_a_class_that_claims_an_intent_sets_no_label(claim):
    found, _ = one(classification=[{"type": claim, "confidence": 1.0}])
    assert found.label.tolist() == [None]


def test_a_message_that_breaks_a_rule_gives_no_detection_and_is_counted_by_rule_and_field():
    data = wire(said("detectionReport", objectId="AAA"), said("detectionReport"))
    found, reader = read("sapient", data)
    assert len(found.detections) == 1
    assert reader.faults.reasons == {"ulid: detection_report.object_id": 1}


def test_bytes_of_a_bad_message_go_to_the_vault_and_nowhere_else():
    found, reader = read("sapient", wire(said("detectionReport", objectId="AAA", id="SERIAL-77")))
    assert [item.kind for item in found.personal] == ["sapient.bad_message"]
    assert b"SERIAL-77".hex() in found.personal[0].data["bytes"]
    assert all(not kept for _, _, kept in reader.faults.last)


def test_messages_of_another_node_are_left_out():
    data = wire(said("detectionReport"), said("detectionReport", node=FUSION))
    found, reader = read("sapient", data)
    assert (len(found.detections), reader.faults.unread["messages of other nodes"]) == (1, 1)
    found, _ = read("sapient", data, node=FUSION)
    assert len(found.detections) == 1


def test_the_json_form_gives_the_same_as_the_wire():
    lines = "\n".join(json.dumps(said("detectionReport", time=f"2026-05-07T00:12:0{n}Z")) for n in range(3))
    found, _ = read("sapient", lines.encode())
    same, _ = read("sapient", wire(*(said("detectionReport", time=f"2026-05-07T00:12:0{n}Z") for n in range(3))))
    np.testing.assert_array_equal(found.detections.values, same.detections.values)
    np.testing.assert_array_equal(found.detections.time_ns, same.detections.time_ns)


def test_an_impossible_length_ends_the_stream_and_is_counted():
    found, reader = read("sapient", STREAM + b"\xff\xff\xff\xff" + STREAM)
    assert reader.faults.reasons == {"length of a message": 1}
    assert len(found.detections) == 3


def test_live_a_time_that_is_far_off_is_replaced_by_the_time_of_reception():
    reader = decoder("sapient", {"node": NODE})
    reader.feed(wire(said("detectionReport")), NOW_NS + 60 * 10**9)
    found = reader.end(NOW_NS + 60 * 10**9)
    assert found.detections.time_ns.tolist() == [NOW_NS + 60 * 10**9]
