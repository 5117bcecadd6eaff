"""More GeoJSON and zones that break RFC 7946, ED-269 or ED-318, each with its section, and some that only look so."""

import copy

import pytest

from tests.formats.test_area_rules import FILES, SHAPE, judged

F, P, G = "features[0]", "features[0].properties", "features[0].geometry"
PERIOD = "properties.limitedApplicability"
RING = [[27, 56], [28, 56], [28, 57], [27, 56]]
NOON = "2026-05-07T12:00:00Z"
BROKEN = [  # the format, where, the value (None: taken away), the field, the rule, the section
    ("geojson", "type", "feature", f"{F}.type", "value", "RFC 7946, 1.4"),
    ("geojson", "type", None, f"{F}.type", "mandatory", "RFC 7946, 3.2"),
    ("geojson", "geometry", None, f"{F}.geometry", "mandatory", "RFC 7946, 3.2"),
    ("geojson", "id", True, f"{F}.id", "value", "RFC 7946, 3.2"),
    ("geojson", "id", ["a"], f"{F}.id", "value", "RFC 7946, 3.2"),
    ("geojson", "properties", "none", f"{F}.properties", "value", "RFC 7946, 3.2"),
    ("geojson", "coordinates", [27, 56], f"{F}.coordinates", "value", "RFC 7946, 7.1"),
    ("geojson", "features", [], f"{F}.features", "value", "RFC 7946, 7.1"),
    ("geojson", "geometry.properties", {}, f"{G}.properties", "value", "RFC 7946, 7.1"),
    ("geojson", "geometry.type", "polygon", f"{G}.type", "value", "RFC 7946, 1.4"),
    ("geojson", "geometry.type", None, f"{G}.type", "mandatory", "RFC 7946, 3"),
    ("geojson", "geometry.coordinates", None, f"{G}.coordinates", "mandatory", "RFC 7946, 3.1"),
    ("geojson", "geometry.coordinates", RING, f"{G}.coordinates[0][0]", "value", "RFC 7946, 3.1.6"),
    ("geojson", "geometry.coordinates.0", RING[:3], f"{G}.coordinates[0]", "value", "RFC 7946, 3.1.6"),
    ("geojson", "geometry.coordinates.0.3", [27, 56.1], f"{G}.coordinates[0][3]", "value", "RFC 7946, 3.1.6"),
    ("geojson", "geometry.coordinates.0.1", ["28", 56], f"{G}.coordinates[0][1][0]", "value", "RFC 7946, 3.1.1"),
    ("geojson", "geometry.coordinates.0.1", [True, 56], f"{G}.coordinates[0][1][0]", "value", "RFC 7946, 3.1.1"),
    ("geojson", "geometry.coordinates.0.1", [181, 56], f"{G}.coordinates[0][1][0]", "value", "RFC 7946, 4"),
    ("geojson", "geometry", {"type": "Point", "coordinates": [56]}, f"{G}.coordinates", "value", "RFC 7946, 3.1.1"),
    ("geojson", "geometry", {"type": "LineString", "coordinates": [[27, 56]]}, f"{G}.coordinates", "value", "3.1.4"),
    ("geojson", "geometry", {"type": "GeometryCollection"}, f"{G}.geometries", "mandatory", "RFC 7946, 3.1.8"),
    ("geojson", "bbox", [27, 56, 28], f"{F}.bbox", "value", "RFC 7946, 5"),
    ("geojson", "bbox", [27, 57, 28, 56], f"{F}.bbox[3]", "value", "RFC 7946, 5"),
    ("geojson", "geometry.bbox", [27, 56, 28, 95], f"{G}.bbox[1]", "value", "RFC 7946, 5"),
    ("ed269", "identifier", "", f"{F}.identifier", "value", "annex 3, UASZoneVersion"),
    ("ed269", "identifier", 17, f"{F}.identifier", "value", "annex 3, UASZoneVersion"),
    ("ed269", "country", "LV", f"{F}.country", "value", "annex 3, ISO 3166-1 alpha 3"),
    ("ed269", "country", "ЛВА", f"{F}.country", "value", "annex 3, ISO 3166-1 alpha 3"),
    ("ed269", "name", "x" * 201, f"{F}.name", "value", "annex 3, UASZoneVersion"),
    ("ed269", "type", None, f"{F}.type", "mandatory", "annex 3, UASZoneVersion"),
    ("ed269", "restriction", "REQ_AUTHORIZATION", f"{F}.restriction", "value", "annex 3, Restriction"),
    ("ed269", "reason", ["DRONES"], f"{F}.reason[0]", "value", "annex 3, Reason"),
    ("ed269", "reason", ["OTHER"] * 10, f"{F}.reason", "value", "annex 3, UASZoneVersion"),
    ("ed269", "otherReasonInfo", "x" * 31, f"{F}.otherReasonInfo", "value", "annex 3, UASZoneVersion"),
    ("ed269", "region", "7", f"{F}.region", "value", "annex 3, UASZoneVersion"),
    ("ed269", "uSpaceClass", "x" * 101, f"{F}.uSpaceClass", "value", "annex 3, UASZoneVersion"),
    ("ed269", "applicability", None, f"{F}.applicability", "mandatory", "annex 3, UASZoneVersion"),
    ("ed269", "applicability.0.permanent", True, f"{F}.applicability[0].permanent", "value", "annex 3"),
    ("ed269", "applicability.0.startDateTime", "2026-W19-4", f"{F}.applicability[0].startDateTime", "value", "annex 3"),
    ("ed269", "applicability.0.schedule", [], f"{F}.applicability[0].schedule", "value", "annex 3"),
    ("ed269", "zoneAuthority.0.purpose", "INFO", f"{F}.zoneAuthority[0].purpose", "value", "annex 3"),
    ("ed269", "zoneAuthority.0.intervalBefore", "2 days", f"{F}.zoneAuthority[0].intervalBefore", "value", "annex 3"),
    ("ed269", "zoneAuthority.0.name", "x" * 201, f"{F}.zoneAuthority[0].name", "value", "annex 3"),
    ("ed269", "geometry", [], f"{F}.geometry", "value", "annex 3, UASZoneVersion"),
    ("ed269", "geometry.0.upperLimit", 120.5, f"{G}[0].upperLimit", "value", "annex 3, AirspaceVolume"),
    ("ed269", "geometry.0.lowerVerticalReference", "MSL", f"{G}[0].lowerVerticalReference", "value", "annex 3"),
    ("ed269", "geometry.0.horizontalProjection", None, f"{G}[0].horizontalProjection", "mandatory", "annex 3"),
    ("ed269", "geometry.0.horizontalProjection.type", "circle", f"{SHAPE}.type", "value", "annex 3"),
    ("ed269", "geometry.0.horizontalProjection.type", "Polygon", f"{SHAPE}.coordinates", "mandatory", "annex 3"),
    ("ed269", "geometry.0.horizontalProjection.center", [200, 56], f"{SHAPE}.center", "value", "annex 3"),
    ("ed269", "geometry.0.horizontalProjection.center", [27], f"{SHAPE}.center", "value", "annex 3"),
    ("ed269", "geometry.0.horizontalProjection.radius", -1, f"{SHAPE}.radius", "value", "annex 3"),
    ("ed318", "properties.identifier", "", f"{P}.identifier", "value", "appendix E, UASZone"),
    ("ed318", "properties.country", "lva", f"{P}.country", "value", "appendix E, UASZone"),
    ("ed318", "properties.name", "a name", f"{P}.name", "value", "appendix E, TextShortType"),
    ("ed318", "properties.name", [{"text": "a name"}], f"{P}.name[0].lang", "mandatory", "appendix E, TextShortType"),
    ("ed318", "properties.type", "REQ_AUTHORISATION", f"{P}.type", "value", "appendix E, CodeZoneType"),
    ("ed318", "properties.variant", "NORMAL", f"{P}.variant", "value", "appendix E, CodeZoneVariant"),
    ("ed318", "properties.reason", ["FOREIGN_TERRITORY"], f"{P}.reason[0]", "value", "appendix E, CodeZoneReason"),
    ("ed318", "properties.message", "closed", f"{P}.message", "value", "appendix E, TextLongType"),
    ("ed318", "properties.regulationExemption", "NEVER", f"{P}.regulationExemption", "value", "appendix E"),
    ("ed318", "properties.zoneAuthority", None, f"{P}.zoneAuthority", "mandatory", "appendix E, UASZone"),
    ("ed318", "properties.zoneAuthority.0.purpose", None, f"{P}.zoneAuthority[0].purpose", "mandatory", "appendix E"),
    (
        *("ed318", PERIOD, [{"startDateTime": NOON, "endDateTime": "2026-05-07T12:00:00+03:00"}]),
        *(f"{P}.limitedApplicability[0].endDateTime", "value", "appendix E, TimePeriod"),
    ),
    (
        *("ed318", PERIOD, [{"startDateTime": "2026-05-07 12:00"}]),
        *(f"{P}.limitedApplicability[0].startDateTime", "value", "appendix E, DateTimeType"),
    ),
    (
        *("ed318", PERIOD, [{"schedule": [{"day": ["MONDAY"]}]}]),
        *(f"{P}.limitedApplicability[0].schedule[0].day[0]", "value", "appendix E, CodeWeekDay"),
    ),
    (
        *("ed318", PERIOD, [{"schedule": [{"day": ["ANY"], "startTime": "25:00Z"}]}]),
        *(f"{P}.limitedApplicability[0].schedule[0].startTime", "value", "appendix E, TimeType"),
    ),
    (
        *("ed318", PERIOD, [{"schedule": [{"day": ["ANY"], "startEvent": "DAWN"}]}]),
        *(f"{P}.limitedApplicability[0].schedule[0].startEvent", "value", "appendix E, CodeDaylightEvent"),
    ),
    (
        "ed318",
        "geometry.layer.upperReference",
        "MSL",
        f"{G}.layer.upperReference",
        "value",
        "appendix E, VerticalLayer",
    ),
    ("ed318", "geometry.layer.lower", None, f"{G}.layer.lower", "mandatory", "appendix E, VerticalLayer"),
    ("ed318", "geometry.layer.upper", "120", f"{G}.layer.upper", "value", "appendix E, VerticalLayer"),
    (
        *(
            "ed318",
            "geometry",
            {"type": "Point", "coordinates": [27, 56], "extent": {"subType": "Circle", "radius": 0}},
        ),
        *(f"{G}.extent.radius", "value", "appendix E, ExtentCircle"),
    ),
]
SOUND = [
    ("geojson", "geometry.coordinates.0", [[27, 56, 100.5], [28, 56, 0], [28, 57, 0], [27, 56, 100.5]]),
    ("geojson", "bbox", [170, -10, -170, 10]),
    ("geojson", "id", 7),
    ("geojson", "colour", "red"),
    ("ed269", "geometry.0.horizontalProjection.center", [56.4, 27.1]),
    ("ed269", "geometry.0.horizontalProjection", {"type": "Polygon", "coordinates": [RING]}),
    ("ed269", "applicability.0.schedule", [{"day": ["MON"], "startTime": "08:00:00.00Z", "endTime": "18:00+03:00"}]),
    ("ed269", "zoneAuthority.0.intervalBefore", "P2DT12H"),
    ("ed269", "restrictionConditions", ["only by day"]),
    ("ed318", "properties.name", [{"lang": "lv-LV", "text": "zona"}]),
    ("ed318", PERIOD, [{"startDateTime": NOON, "endDateTime": "2026-05-07T14:59:00+02:00"}]),
    ("ed318", "geometry.layer.upperReference", "WGS84"),
]


def judged_with(name: str, path: str, value: object) -> list[tuple[str, str]]:
    said = copy.deepcopy(FILES[name])
    *way, last = (int(part) if part.isdigit() else part for part in path.split("."))
    at = said["features"][0]
    for part in way:
        at = at[part]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return judged(name, said)


@pytest.mark.parametrize(("name", "path", "value", "field", "rule", "section"), BROKEN)
def test_what_the_standard_forbids_is_named_where_it_stands(name, path, value, field, rule, section):
    assert (field, rule) in judged_with(name, path, value), section


@pytest.mark.parametrize(("name", "path", "value"), SOUND)
def test_what_the_standard_allows_breaks_nothing(name, path, value):
    assert judged_with(name, path, value) == []


def test_what_no_collection_may_have_is_named():
    said = {**FILES["geojson"], "coordinates": [], "bbox": [27, 56, 28, "57"]}
    assert judged("geojson", said) == [("coordinates", "value"), ("bbox[3]", "value")]
    assert judged("geojson", {"type": "Point", "coordinates": [27, 95]}) == [("coordinates[1]", "value")]
