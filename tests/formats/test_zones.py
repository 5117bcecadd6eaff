"""ED-269 and ED-318: samples that InterUSS' uas-standards takes too, and what becomes of each volume."""

import copy
import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from implicitdict import ImplicitDict
from typer.testing import CliRunner
from uas_standards.eurocae_ed269 import ED269Schema
from uas_standards.eurocae_ed318 import Point, Polygon, UASZone

from dronewall.cli import app
from dronewall.errors import BadInput
from dronewall.formats.zones import read_zones
from dronewall.geo.frames import ground_distance_m
from dronewall.records.wall import Wall
from dronewall.settings import check

SQUARE = [[27.2, 56.4], [27.4, 56.4], [27.4, 56.6], [27.2, 56.6], [27.2, 56.4]]
AUTHORITY = {"name": "CAA", "purpose": "AUTHORIZATION"}
ED269 = {
    "title": "test",
    "features": [
        {
            "identifier": "EVR-1",
            "country": "LVA",
            "name": "Round an airfield",
            "type": "COMMON",
            "restriction": "REQ_AUTHORISATION",
            "reason": ["AIR_TRAFFIC"],
            "applicability": [{"permanent": "YES"}],
            "zoneAuthority": [AUTHORITY],
            "geometry": [
                {
                    "uomDimensions": "FT",
                    "lowerLimit": 0,
                    "lowerVerticalReference": "AGL",
                    "upperLimit": 1000,
                    "upperVerticalReference": "AMSL",
                    "horizontalProjection": {"type": "Circle", "center": [27.3, 56.5], "radius": 5000.0},
                },
                {
                    "uomDimensions": "M",
                    "lowerVerticalReference": "AGL",
                    "upperVerticalReference": "AGL",
                    "horizontalProjection": {"type": "Polygon", "coordinates": [SQUARE]},
                },
            ],
        }
    ],
}
LAYER = {"upper": 120, "upperReference": "AGL", "lower": 0, "lowerReference": "AGL", "uom": "m"}


def newer(kind: str, geometry: dict, **more: object) -> dict:
    said = {"identifier": f"Z-{kind}", "country": "LVA", "name": [{"text": kind, "lang": "en"}], "type": kind}
    said |= {"variant": "COMMON", "zoneAuthority": [{"purpose": "INFORMATION"}], **more}
    return {"type": "Feature", "properties": said, "geometry": geometry}


POLYGON = {"type": "Polygon", "coordinates": [SQUARE, [[27.25, 56.45], [27.3, 56.45], [27.3, 56.5], [27.25, 56.45]]]}
ED318 = {
    "type": "FeatureCollection",
    "metadata": {"issued": "2026-05-07T00:00:00Z"},
    "features": [
        newer("PROHIBITED", POLYGON | {"layer": LAYER}, reason=["SENSITIVE"]),
        newer("USPACE", {"type": "GeometryCollection", "geometries": [POLYGON | {"layer": LAYER}]}),
        newer(
            "CONDITIONAL",
            {
                "type": "Point",
                "coordinates": [27.3, 56.5],
                "extent": {"subType": "Circle", "radius": 800.0},
                "layer": LAYER,
            },
            limitedApplicability=[{"startDateTime": "2026-05-07T00:00:00Z", "endDateTime": "2026-05-08T00:00:00Z"}],
        ),
        newer("NO_RESTRICTION", POLYGON),
        newer("PROHIBITED", {"type": "LineString", "coordinates": SQUARE}),
    ],
}


def read(said: object) -> tuple[list, dict]:
    found, lost = read_zones(json.dumps(said).encode(), "z.json")
    return found, dict(lost)


def test_the_samples_are_of_the_standards() -> None:
    assert len(ED269Schema.from_dict(copy.deepcopy(ED269)).features) == 1
    for feature in copy.deepcopy(ED318)["features"][:4]:  # its own union of shapes takes points alone
        if feature["geometry"]["type"] == "GeometryCollection":
            continue  # it has no type for what is in one
        assert ImplicitDict.parse(feature["properties"], UASZone).identifier.startswith("Z-")
        shape = {"Polygon": Polygon, "Point": Point}[feature["geometry"]["type"]]
        assert ImplicitDict.parse(feature["geometry"], shape).type == feature["geometry"]["type"]


def test_each_volume_of_ed269_is_a_zone_with_metres_and_its_reference() -> None:
    (circle, square), lost = read(ED269)
    assert (circle.identifier, square.identifier) == ("EVR-1-1", "EVR-1-2")
    assert (circle.ceiling.metres, circle.ceiling.reference) == (304.8, "AMSL")
    assert square.ceiling is None
    assert (circle.permanent, lost) == (True, {})
    radians = [(a * 3.141592653589793 / 180.0, b * 3.141592653589793 / 180.0) for a, b in circle.ring]
    centre = 27.3 * 3.141592653589793 / 180.0, 56.5 * 3.141592653589793 / 180.0
    for longitude, latitude in radians:
        assert float(ground_distance_m(centre[1], centre[0], latitude, longitude)) == pytest.approx(5000.0, abs=0.1)
    assert square.ring == tuple(map(tuple, SQUARE[:-1]))


def test_latitude_first_is_told_where_all_of_a_file_then_lies_in_europe() -> None:
    turned = copy.deepcopy(ED269)
    circle, square = (volume["horizontalProjection"] for volume in turned["features"][0]["geometry"])
    circle["center"].reverse()
    square["coordinates"] = [[corner[::-1] for corner in SQUARE]]
    assert [zone.ring for zone in read(turned)[0]] == [zone.ring for zone in read(ED269)[0]]


def test_each_shape_of_ed318_is_read_or_counted() -> None:
    found, lost = read(ED318)
    assert [zone.restriction for zone in found] == ["PROHIBITED", "USPACE", "CONDITIONAL", "NO_RESTRICTION"]
    assert [zone.permanent for zone in found] == [True, True, False, True]
    assert [len(zone.ring) for zone in found] == [4, 4, 64, 4]
    assert lost == {"holes in zones": 3, "lines and points without an area": 1}


def test_zones_become_tables_that_a_wall_takes(tmp_path: Path) -> None:
    for name, said in (("a.json", ED269), ("b.json", ED318)):
        (tmp_path / name).write_text(json.dumps(said))
    out = tmp_path / "zones.toml"
    done = CliRunner().invoke(
        app, ["zones", str(tmp_path / "a.json"), str(tmp_path / "b.json"), "-o", str(out), "--json"]
    )
    assert done.exit_code == 0, done.output
    wall = check(Wall, {"schema_version": 1, "wall": {"name": "x"}, **tomllib.loads(out.read_text())}, "w.toml")
    assert [(zone.id, zone.kind) for zone in wall.zone] == [
        ("evr-1-1", "airport"),
        ("evr-1-2", "airport"),
        ("z-prohibited", "quiet"),
        ("z-uspace", "authorised"),
        ("z-conditional", "authorised"),
    ]
    assert "# AMSL" in out.read_text()
    assert "applies at times" in out.read_text()
    assert json.loads(done.output)["left_out"]["without a restriction"] == 1


def test_a_box_keeps_what_touches_it(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(ED269))
    out = str(tmp_path / "zones.toml")
    assert (
        CliRunner().invoke(app, ["zones", str(tmp_path / "a.json"), "-o", out, "--bbox", "27,56,28,57"]).exit_code == 0
    )
    far = CliRunner().invoke(app, ["zones", str(tmp_path / "a.json"), "-o", out, "--bbox", "1,1,2,2"])
    assert str(far.exception) == "no zone is left to write: 2 outside the box"


@pytest.mark.parametrize(
    "said", [b"", b"[]", b"{}", b'{"features": []}', b"\xff", b'{"features": [1, {"geometry": []}]}']
)
def test_what_is_no_such_file_is_one_sentence(said: bytes) -> None:
    with pytest.raises(BadInput, match=r"z\.json"):
        read_zones(said, "z.json")


@settings(max_examples=60, deadline=None)
@given(
    key=st.sampled_from(["identifier", "restriction", "geometry", "reason", "name", "applicability"]),
    value=st.none() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.none(), max_size=2),
)
def test_a_zone_with_anything_in_it_is_read_or_counted(key: str, value: object) -> None:
    broken = copy.deepcopy(ED269)
    broken["features"].append({**copy.deepcopy(ED269["features"][0]), key: value})
    found, _ = read(broken)
    assert len(found) >= 2
