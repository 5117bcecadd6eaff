"""What leaves for maps: GeoJSON and KML of recordings, captures and tracks, read back by GDAL; and long files."""

import json
import math
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
from shapely import wkb

from dronewall.archive import RecordedRows, read_recording, recorded, streamed_scans, write_recording, write_tracks
from dronewall.convert import convert
from dronewall.errors import BadInput
from dronewall.formats import WRITERS, jsonl
from dronewall.records.detection import Column, empty
from dronewall.records.scan import Scan
from dronewall.records.track import Tracks
from dronewall.units import SECOND_NS
from tests.formats.samples import OPERATOR, SAMPLES, SERIAL
from tests.outputs.rows import tracks
from tests.watch.small import recording

START_NS = 1_778_112_726 * SECOND_NS
WALL = """\
schema_version = 1
[wall]
name = "Two kinds"
exercise = EXERCISE
[[sensor]]
id = "radar"
kind = "radar"
latitude_deg = 56.5
longitude_deg = 27.0
height_agl_m = 20.0
[[sensor]]
id = "ears"
kind = "acoustic"
latitude_deg = 56.5
longitude_deg = 27.1
"""


def tracks_of(rows: int, names: list[str]) -> list[Tracks]:
    """Tracks that go east, a row a second."""
    return [
        tracks(*({"track": name, "longitude_rad": 0.48 + 1e-5 * n} for name in names), time_ns=START_NS + n * SECOND_NS)
        for n in range(rows)
    ]


def a_look(sensor: str, number: int, **measured: float) -> Scan:
    found = empty(1 if measured else 0)
    found.time_ns[:] = found.received_ns[:] = time_ns = START_NS + number * SECOND_NS
    for name, value in measured.items():
        found.values[:, Column[name.upper()]] = value
    return Scan(sensor=sensor, scan=number, time_ns=time_ns, end_ns=time_ns, received_ns=time_ns, detections=found)


@pytest.fixture
def two_kinds(tmp_path: Path) -> Path:
    east = {"range_m": 10_000.0, "azimuth_rad": math.pi / 2}
    scans = [
        a_look("radar", 0, **east, elevation_rad=0.02),
        a_look("radar", 1, **east),
        a_look("radar", 2),
        a_look("ears", 0, azimuth_rad=1.0),
    ]
    write_recording(tmp_path / "rec", *recorded(scans), None, WALL.replace("EXERCISE", "true"))
    return tmp_path / "rec"


def read_back(file: Path) -> list[dict[str, Any]]:
    """Features as GDAL reads them: geometry as WKB turned to coordinates, fields by name."""
    meta, _, geometries, columns = pyogrio.raw.read(file)
    names = [str(name) for name in meta["fields"]]
    rows = [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
    return [row | {"geometry": geometry} for row, geometry in zip(rows, geometries, strict=True)]


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_gdal_reads_the_plots_where_range_and_bearing_put_them(two_kinds: Path, tmp_path: Path, name: str) -> None:
    said = convert(two_kinds, tmp_path / f"out.{name}")
    rows = read_back(tmp_path / f"out.{name}")
    assert len(rows) == 2
    place = wkb.loads(rows[0]["geometry"])
    # 10 km due east at 56.5 N are 0.1624 degrees; 0.02 rad of elevation 200 m, the mast 20 m, the earth's fall 7.8 m
    assert (place.x, place.y) == pytest.approx((27.1624, 56.4999), abs=2e-4)
    assert place.z == pytest.approx(227.8, abs=0.3)
    assert not wkb.loads(rows[1]["geometry"]).has_z
    assert said.notes == (f"Left out, since {name} holds places only: 1 bearings, 1 silent looks.",)


@pytest.mark.parametrize("name", sorted(WRITERS))
@pytest.mark.parametrize("live", [True, False])
def test_gdal_reads_each_track_as_a_line_and_an_exercise_says_so(tmp_path: Path, name: str, live: bool) -> None:
    write_tracks(tmp_path / "tracks.parquet", tracks_of(5, ["t-000001", "t-000002"]))
    (tmp_path / "wall.toml").write_text(WALL.replace("EXERCISE", str(not live).lower()))
    out = tmp_path / f"out.{name}"
    convert(tmp_path / "tracks.parquet", out, wall=tmp_path / "wall.toml")
    rows = read_back(out)
    assert sorted(row["track"] for row in rows) == ["t-000001", "t-000002"]
    assert pyogrio.list_layers(out)[0][0].startswith("EXERCISE ") is not live
    assert ("EXERCISE" in out.read_text() or '"exercise": true' in out.read_text()) is not live


def test_a_file_of_the_exercise_is_plain_json_with_times_for_each_place(tmp_path: Path) -> None:
    write_tracks(tmp_path / "tracks.parquet", tracks_of(5, ["t-000001"]))
    convert(tmp_path / "tracks.parquet", tmp_path / "out.geojson")
    whole = json.loads((tmp_path / "out.geojson").read_text())
    (feature,) = whole["features"]
    assert whole["exercise"] is True
    assert len(feature["properties"]["coordTimes"]) == len(feature["geometry"]["coordinates"]) == 5
    assert {"hostile", "operator"} & set(feature["properties"]) == set()


@pytest.mark.parametrize("name", ["jsonl", *WRITERS])
def test_a_capture_goes_straight_to_any_of_them_without_personal_data(tmp_path: Path, name: str) -> None:
    (tmp_path / "in").write_bytes(SAMPLES["remote_id_jsonl"])
    said = convert(tmp_path / "in", tmp_path / f"out.{name}", date=date(2026, 5, 7))
    text = (tmp_path / f"out.{name}").read_text()
    assert (said.source_format, said.target_format) == ("remote_id_jsonl", name)
    assert SERIAL not in text
    assert OPERATOR not in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", f"out.{name}"]


def test_streamed_looks_are_those_of_the_whole_recording(tmp_path: Path) -> None:
    known = read_recording(recording(tmp_path))
    whole = {(scan.sensor, scan.scan): scan for scan in known.scans()}
    streamed = list(streamed_scans(known.path, known.wall, rows_at_once=50))
    assert len(streamed) == len(whole)
    for scan in streamed:
        other = whole[scan.sensor, scan.scan]
        assert (scan.time_ns, scan.end_ns, scan.received_ns) == (other.time_ns, other.end_ns, other.received_ns)
        np.testing.assert_array_equal(scan.detections.values, other.detections.values)


def test_looks_of_one_instant_are_let_go_of_before_they_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans = [a_look("radar", 0, range_m=1000.0 + n, azimuth_rad=1.0) for n in range(40)]
    rows, looks = recorded([replace(scan, scan=n) for n, scan in enumerate(scans)])
    write_recording(tmp_path / "rec", rows, looks, None, WALL.replace("EXERCISE", "true"))
    monkeypatch.setattr("dronewall.archive.streamed.MANY_OPEN", 6)
    monkeypatch.setattr("dronewall.archive.streamed.MOST_OPEN", 12)
    wall = read_recording(tmp_path / "rec").wall
    found = [(scan.scan, len(scan.detections)) for scan in streamed_scans(tmp_path / "rec", wall, rows_at_once=4)]
    assert found == [(n, 1) for n in range(40)]


def test_rows_without_a_listed_look_come_last_and_a_recording_without_looks_is_refused(tmp_path: Path) -> None:
    rows, looks = recorded([a_look("radar", n, range_m=1000.0, azimuth_rad=1.0) for n in range(4)])
    stray = RecordedRows(detections=rows.detections, sensor=rows.sensor, scan=np.array([0, 1, 2, 77]))
    write_recording(tmp_path / "rec", stray, looks, None, WALL.replace("EXERCISE", "true"))
    wall = read_recording(tmp_path / "rec").wall
    found = [(scan.scan, len(scan.detections)) for scan in streamed_scans(tmp_path / "rec", wall, rows_at_once=2)]
    assert found == [(0, 1), (1, 1), (2, 1), (3, 0), (77, 1)]
    (tmp_path / "rec" / "scans.parquet").unlink()
    with pytest.raises(BadInput, match="lists no looks"):
        next(streamed_scans(tmp_path / "rec", wall))
    assert convert(tmp_path / "rec", tmp_path / "out.jsonl").messages == 4


def test_what_cannot_be_converted_is_one_sentence(two_kinds: Path, tmp_path: Path) -> None:
    write_tracks(tmp_path / "tracks.parquet", tracks_of(2, ["t-000001"]))
    for source, target, to, said in (
        (tmp_path / "tracks.parquet", tmp_path / "x", None, "become one of: geojson, kml"),
        (two_kinds, tmp_path / "x", "shp", "--to shp: there is no such target"),
        (two_kinds, tmp_path / "x", "recording", "is a recording already"),
        (two_kinds, two_kinds, "kml", "is a folder; kml is one file"),
    ):
        with pytest.raises(BadInput, match=said):
            convert(source, target, target_format=to)


def test_lines_of_a_recording_are_lines_that_are_read(two_kinds: Path, tmp_path: Path) -> None:
    convert(two_kinds, tmp_path / "out.jsonl")
    assert all(jsonl.broken(line) is None for line in (tmp_path / "out.jsonl").read_bytes().splitlines())
