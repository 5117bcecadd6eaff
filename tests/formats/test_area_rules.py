"""Files of zones and GeoJSON by their rules, each broken one with its field."""

import copy
import json

import pytest

from dronewall.formats.area_rules import verdicts

ED269 = {
    "features": [
        {
            "identifier": "LVA01",
            "country": "LVA",
            "type": "COMMON",
            "restriction": "PROHIBITED",
            "reason": ["SENSITIVE"],
            "applicability": [{"permanent": "YES"}],
            "zoneAuthority": [{"name": "an authority", "purpose": "INFORMATION"}],
            "geometry": [
                {
                    "uomDimensions": "M",
                    "lowerLimit": 0,
                    "lowerVerticalReference": "AGL",
                    "upperLimit": 120,
                    "upperVerticalReference": "AGL",
                    "horizontalProjection": {"type": "Circle", "center": [27.1, 56.4], "radius": 500},
                }
            ],
        }
    ]
}
LAYER = {"upper": 120, "upperReference": "AGL", "lower": 0, "lowerReference": "AGL", "uom": "m"}
ED318 = {
    "type": "FeatureCollection",
    "metadata": {},
    "features": [
        {
            "type": "Feature",
            "properties": {
                "identifier": "LVA01",
                "country": "LVA",
                "type": "PROHIBITED",
                "variant": "COMMON",
                "zoneAuthority": [{"purpose": "INFORMATION"}],
            },
            "geometry": {"type": "Polygon", "coordinates": [[[27, 56], [28, 56], [28, 57], [27, 56]]], "layer": LAYER},
        }
    ],
}
FILES = {"ed269": ED269, "ed318": ED318, "geojson": ED318}
SHAPE = "features[0].geometry[0].horizontalProjection"


def judged(name: str, said: object) -> list[tuple[str, str]]:
    found = verdicts(name, json.dumps(said).encode())
    return [(one.field, one.rule) for _, broken in found for one in broken]


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_sound_file_has_a_verdict_for_itself_and_each_feature(name):
    found = list(verdicts(name, json.dumps(FILES[name]).encode()))
    assert found == [("file", []), ("zone LVA01", [])]


@pytest.mark.parametrize(
    ("name", "path", "value", "field", "rule"),
    [
        ("ed269", "country", None, "features[0].country", "mandatory"),
        ("ed269", "restriction", "FORBIDDEN", "features[0].restriction", "value"),
        ("ed269", "identifier", "LONGERTHAN7", "features[0].identifier", "value"),
        ("ed269", "geometry.0.upperLimit", -5, "features[0].geometry[0].upperLimit", "value"),
        ("ed269", "geometry.0.uomDimensions", "m", "features[0].geometry[0].uomDimensions", "value"),
        ("ed269", "geometry.0.horizontalProjection.radius", None, f"{SHAPE}.radius", "mandatory"),
        ("ed269", "geometry.0.horizontalProjection.radius", "500", f"{SHAPE}.radius", "value"),
        ("ed269", "geometry.0.horizontalProjection.radius", 0, f"{SHAPE}.radius", "value"),
        ("ed318", "properties.variant", None, "features[0].properties.variant", "mandatory"),
        ("ed318", "properties.zoneAuthority", [], "features[0].properties.zoneAuthority", "value"),
        ("ed318", "geometry.layer.uom", "M", "features[0].geometry.layer.uom", "value"),
        ("ed318", "geometry.layer.upper", -1, "features[0].geometry.layer.upper", "value"),
        ("ed318", "geometry", None, "features[0].geometry", "mandatory"),
        ("geojson", "properties", None, "features[0].properties", "mandatory"),
        ("geojson", "geometry.type", "Circle", "features[0].geometry.type", "value"),
        ("geojson", "geometry.coordinates.0.3", [27, 57], "features[0].geometry.coordinates[0][3]", "value"),
        ("geojson", "geometry.coordinates.0.1", [28, 96], "features[0].geometry.coordinates[0][1][1]", "value"),
        ("geojson", "geometry.coordinates.0.1", [28], "features[0].geometry.coordinates[0][1]", "value"),
    ],
)
def test_each_broken_rule_is_named_with_its_field(name, path, value, field, rule):
    said = copy.deepcopy(FILES[name])
    *way, last = (int(part) if part.isdigit() else part for part in path.split("."))
    at = said["features"][0]
    for part in way:
        at = at[part]
    if value is None:
        del at[last]
    else:
        at[last] = value
    assert judged(name, said) == [(field, rule)]


def test_what_stands_around_the_features_is_judged_too():
    assert judged("ed318", {**ED318, "metadata": None}) == [("metadata", "mandatory")]
    assert judged("geojson", {**ED318, "crs": {}, "type": "Features"}) == [("type", "value"), ("crs", "value")]
    assert judged("ed269", []) == [("features", "mandatory")]
    assert [broken[0].rule for _, broken in verdicts("geojson", b'{"type": "Point", "coordinates": [NaN, 1]}')] == [
        "json"
    ]


def test_plain_geojson_may_have_members_of_its_own_and_no_place():
    said = copy.deepcopy(ED318)
    said["features"][0]["geometry"]["layer"] = "a word"
    assert judged("geojson", said) == []
    said["features"][0]["geometry"] = None
    assert judged("geojson", said) == []
    assert judged("geojson", {"type": "Point", "coordinates": [27.1, 56.4]}) == []
