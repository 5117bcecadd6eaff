"""Messages that BSI Flex 335 v2.0 refuses or accepts, thought of from its text and .proto files, not its fixtures."""

import json
from typing import Any

import pytest

from dronewall.formats.sapient import verdicts
from tests.formats.sapient.said import BEARING, NODE, PLACE, ULIDS, said

REFUSED, ACCEPTED = True, False


def report(**changes: Any) -> dict[str, Any]:
    return said("detectionReport", **changes)


def edited(kind: str, path: str, value: Any) -> dict[str, Any]:
    """A message with one place in its content changed; ... takes it away."""
    message = said(kind)
    *way, last = (int(part) if part.isdigit() else part for part in path.split("."))
    at: Any = message[kind]
    for part in way:
        at = at[part]
    if value is ...:
        del at[last]
    else:
        at[last] = value
    return message


def some(*names: str) -> dict[str, Any]:
    return {name: BEARING[name] for name in names}


CASES: list[tuple[str, bool, dict[str, Any]]] = [
    ("both location and rangeBearing", REFUSED, report(location=PLACE)),
    ("neither", REFUSED, report(rangeBearing=None)),
    ("x lat swapped, lat 91", REFUSED, report(rangeBearing=None, location={**PLACE, "y": 91})),
    ("lon 181", REFUSED, report(rangeBearing=None, location={**PLACE, "x": 181})),
    (
        "rad 3.2",
        REFUSED,
        report(
            rangeBearing=None,
            location={**PLACE, "x": 3.2, "y": 0.9, "coordinateSystem": "LOCATION_COORDINATE_SYSTEM_LAT_LNG_RAD_M"},
        ),
    ),
    (
        "rad ok",
        ACCEPTED,
        report(
            rangeBearing=None,
            location={**PLACE, "x": 0.4, "y": 0.98, "coordinateSystem": "LOCATION_COORDINATE_SYSTEM_LAT_LNG_RAD_M"},
        ),
    ),
    (
        "UTM zone 61",
        REFUSED,
        report(
            rangeBearing=None,
            location={**PLACE, "coordinateSystem": "LOCATION_COORDINATE_SYSTEM_UTM_M", "utmZone": "61V"},
        ),
    ),
    (
        "coordinate system 0",
        REFUSED,
        report(rangeBearing=None, location={**PLACE, "coordinateSystem": "LOCATION_COORDINATE_SYSTEM_UNSPECIFIED"}),
    ),
    ("withdrawn feet", REFUSED, report(rangeBearing=None, location={**PLACE, "coordinateSystem": 2})),
    ("bearing only azimuth", ACCEPTED, report(rangeBearing=some("azimuth", "coordinateSystem", "datum"))),
    ("range only", ACCEPTED, report(rangeBearing=some("range", "coordinateSystem", "datum"))),
    ("negative range", REFUSED, report(rangeBearing={**BEARING, "range": -1})),
    ("elevation 91", REFUSED, report(rangeBearing={**BEARING, "elevation": 91})),
    ("azimuth 400", REFUSED, report(rangeBearing={**BEARING, "azimuth": 400})),
    ("bearing datum missing", REFUSED, report(rangeBearing=some("azimuth", "range", "coordinateSystem"))),
    ("platform datum", ACCEPTED, report(rangeBearing={**BEARING, "datum": "RANGE_BEARING_DATUM_PLATFORM"})),
    ("confidence 1.1", REFUSED, report(detectionConfidence=1.1)),
    ("NaN", REFUSED, report(detectionConfidence="NaN")),
    ("confidence string number", ACCEPTED, report(detectionConfidence="0.5")),
    ("lower-case ulid", REFUSED, report(objectId=ULIDS[1].lower())),
    ("ulid overflow 8...", REFUSED, report(objectId="8" + ULIDS[1][1:])),
    ("ulid with I", REFUSED, report(objectId="01GGYFBAXGDG7AGAHRZ6XSNYI1")),
    ("uuid v1 node", REFUSED, said("detectionReport", node="6f582b41-6c88-181c-bb0f-6021a1739f57")),
    ("upper uuid", REFUSED, said("detectionReport", node=NODE.upper())),
    ("nil uuid", REFUSED, said("detectionReport", node="00000000-0000-0000-0000-000000000000")),
    ("empty content", REFUSED, {k: v for k, v in report().items() if k != "detectionReport"}),
    ("two contents", REFUSED, {**report(), "alertAck": said("alertAck")["alertAck"]}),
    ("unknown field", REFUSED, report(hostile="yes")),
    (
        "snake_case names",
        ACCEPTED,
        {
            "timestamp": report()["timestamp"],
            "node_id": NODE,
            "detection_report": {
                "report_id": ULIDS[0],
                "object_id": ULIDS[1],
                "location": {
                    "x": 1,
                    "y": 2,
                    "coordinate_system": "LOCATION_COORDINATE_SYSTEM_LAT_LNG_DEG_M",
                    "datum": "LOCATION_DATUM_WGS84_G",
                },
            },
        },
    ),
    ("no timestamp", REFUSED, {k: v for k, v in report().items() if k != "timestamp"}),
    ("time 10000", REFUSED, said("detectionReport", time="10000-01-01T00:00:00Z")),
    ("time no zone", REFUSED, said("detectionReport", time="2026-05-07T00:00:00")),
    ("time offset", ACCEPTED, said("detectionReport", time="2026-05-07T03:00:00+03:00")),
    ("state missing", ACCEPTED, report(state=None)),
    ("class type missing", REFUSED, report(classification=[{"confidence": 0.5}])),
    ("class conf missing", ACCEPTED, report(classification=[{"type": "Air vehicle"}])),
    (
        "subclass level missing",
        REFUSED,
        report(classification=[{"type": "Air vehicle", "subClass": [{"type": "UAV"}]}]),
    ),
    ("associated file no url", REFUSED, report(associatedFile=[{"type": "image"}])),
    ("signal no centre", REFUSED, report(signal=[{"amplitude": 1.0}])),
    ("velocity missing up", ACCEPTED, report(enuVelocity={"eastRate": 1, "northRate": 2})),
    ("velocity missing north", REFUSED, report(enuVelocity={"eastRate": 1})),
    ("reg icd 1.0", REFUSED, said("registration", icdVersion="BSI Flex 335 v1.0")),
    ("reg no modes", REFUSED, said("registration", modeDefinition=[])),
    (
        "reg two types",
        ACCEPTED,
        said("registration", nodeDefinition=[{"nodeType": "NODE_TYPE_RADAR"}, {"nodeType": "NODE_TYPE_CAMERA"}]),
    ),
    ("reg type unspecified", REFUSED, said("registration", nodeDefinition=[{"nodeType": "NODE_TYPE_UNSPECIFIED"}])),
    ("reg no capabilities", REFUSED, said("registration", capabilities=None)),
    ("negative interval", REFUSED, edited("registration", "statusDefinition.statusInterval.value", -1)),
    ("interval units missing", REFUSED, edited("registration", "statusDefinition.statusInterval.units", ...)),
    ("status power 101", REFUSED, edited("statusReport", "power.level", 101)),
    ("status info missing", REFUSED, edited("statusReport", "info", ...)),
    ("status mode missing", REFUSED, edited("statusReport", "mode", ...)),
    ("task ends before", REFUSED, said("task", taskEndTime="2026-05-06T00:00:00Z")),
    ("task control unspec", REFUSED, said("task", control="CONTROL_UNSPECIFIED")),
    ("task no command", ACCEPTED, said("task", command=None)),
    ("location list empty", REFUSED, edited("task", "region.0.regionArea", {"locationList": {"locations": []}})),
    ("region type unspec", REFUSED, edited("task", "region.0.type", "REGION_TYPE_UNSPECIFIED")),
    ("alert no location, associated", ACCEPTED, said("alert", location=None)),
    ("alert ranking 2", REFUSED, said("alert", ranking=2)),
    ("alertAck status missing", REFUSED, edited("alertAck", "alertAckStatus", ...)),
    ("error empty list", REFUSED, said("error", errorMessage=[])),
    ("error packet not base64", REFUSED, said("error", packet="***")),
    ("registrationAck without acceptance", REFUSED, {**said("registrationAck"), "registrationAck": {}}),
    ("registrationAck false no reason", ACCEPTED, said("registrationAck", acceptance=False)),
    ("taskAck reject no reason", ACCEPTED, said("taskAck", reason=None)),
    ("acceptance as string", REFUSED, said("registrationAck", acceptance="yes")),
    ("list instead object", REFUSED, {**report(), "detectionReport": []}),
]


@pytest.mark.parametrize(("refused", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_is_judged_as_the_standard_says(refused: bool, message: dict[str, Any]) -> None:
    broken = [rule for _, rules in verdicts(json.dumps(message).encode()) for rule in rules]
    assert bool(broken) is refused
    assert all(rule.said for rule in broken)
