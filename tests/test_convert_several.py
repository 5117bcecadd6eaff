"""A capture of several ASTERIX sources: each is a sensor of its own where the file, or the wall, says enough."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from dronewall.archive import read_recording, streamed_scans
from dronewall.convert import convert
from dronewall.errors import BadInput
from dronewall.formats.asterix.encode import block
from dronewall.tracking.recording import track_recording
from dronewall.watch.prepare import standing
from tests.formats.asterix_records import NOON_S, plot
from tests.formats.samples import SAMPLES

DAY = date(2026, 5, 7)
SITES = {201: {"LAT": 56.5, "LON": 27.3, "HGT": 120}, 202: {"LAT": 56.6, "LON": 27.6, "HGT": 90}}
TURNS = 20
WALL = """
schema_version = 1
[wall]
name = "two"
exercise = true
"""
SENSOR = """
[[sensor]]
id = "r{0}"
kind = "radar"
latitude_deg = 56.5
longitude_deg = 27.3
height_agl_m = 10.0
max_range_m = 100000.0
[[feed]]
sensor = "r{0}"
uri = "udp://127.0.0.1:8600"
format = "asterix"
options = {{ {1} }}
"""


def turn(sic: int, n: int, *, site: bool) -> bytes:
    """A north mark, with the radar's place perhaps, and two plots."""
    time_s = NOON_S + 4.0 * n + (sic - 200) * 0.3
    name = {"SAC": 25, "SIC": sic}
    mark = {"010": name, "000": 1, "030": time_s, **({"120": SITES[sic]} if site else {})}
    plots = [plot(time_s + 1.0, 90.0 + n, _010=name), plot(time_s + 2.0, 200.0, _010=name, _220=None)]
    return block(34, [mark]) + block(48, plots)


def squitter(n: int) -> bytes:
    said = {"010": {"SAC": 25, "SIC": 77}, "040": {"ATP": 0}, "073": NOON_S + 4.0 * n, "080": 0x4CA1FB}
    return block(21, [{**said, "131": {"LAT": 56.4, "LON": 27.1 + n * 0.001}}])


def capture(folder: Path, *sics: int, placed: tuple[int, ...] = (201, 202)) -> Path:
    """Turns of radars, in turns; 77 stands for an ADS-B station."""
    parts = [
        squitter(n) if sic == 77 else turn(sic, n, site=sic in placed and sic in SITES)
        for n in range(TURNS)
        for sic in sics
    ]
    (folder / "sky.ast").write_bytes(b"".join(parts))
    return folder / "sky.ast"


def walled(folder: Path, **options: str) -> Path:
    text = WALL + "".join(SENSOR.format(name[1:], said) for name, said in options.items())
    (folder / "wall.toml").write_text(text)
    return folder / "wall.toml"


def test_each_source_that_says_enough_is_a_sensor(tmp_path: Path) -> None:
    said = convert(capture(tmp_path, 203, 202, 201, 77), tmp_path / "rec", date=DAY)
    recording = read_recording(tmp_path / "rec")
    found = {spec.id: spec for spec in recording.wall.sensor}
    assert {name: spec.kind for name, spec in found.items()} == {
        "radar-25-201": "radar",
        "radar-25-202": "radar",
        "adsb-25-77": "adsb",
    }
    for sic, site in SITES.items():
        spec = found[f"radar-25-{sic}"]
        assert (spec.latitude_deg, spec.longitude_deg) == pytest.approx((site["LAT"], site["LON"]), abs=2e-5)
        assert spec.height_agl_m == site["HGT"]
        assert (spec.max_range_m or 0.0) > 18_520.0
    assert said.detections == len(recording.rows) == 5 * TURNS
    assert {name: int((recording.rows.sensor == name).sum()) for name in found} == {
        "radar-25-201": 2 * TURNS,
        "radar-25-202": 2 * TURNS,
        "adsb-25-77": TURNS,
    }
    told = " ".join(said.notes)
    assert "4 sources" in told
    assert "radar-25-201 (40 detections)" in told
    assert (
        "Left out: SAC 25 SIC 203 (60 records, 40 detections): ranges or bearings, and no CAT 034 (I034/120) says"
        in told
    )
    assert not any(reason.startswith("records of") for reason in said.unread)


def test_looks_of_all_stand_in_the_order_of_reception_and_are_tracked(tmp_path: Path) -> None:
    convert(capture(tmp_path, 201, 202, 77), tmp_path / "rec", date=DAY)
    recording = read_recording(tmp_path / "rec")
    assert (np.diff(recording.rows.detections.received_ns) >= 0).all()
    scans = list(streamed_scans(tmp_path / "rec", recording.wall))
    assert sum(len(scan.detections) for scan in scans) == 5 * TURNS
    assert all((np.diff([one.scan for one in scans if one.sensor == name]) == 1).all() for name in ("radar-25-201",))
    ground = standing(recording.wall, recording.wall_path)
    tracked = list(
        track_recording(
            recording, ground.sensors, sectors=1, terrain=ground.terrain, every_s=1.0, at_truth=False, as_known=False
        )
    )
    assert any(len(rows) for rows in tracked)


def test_a_day_that_is_told_for_a_capture_is_said_to_count(tmp_path: Path) -> None:
    (tmp_path / "in.pcap").write_bytes(SAMPLES["asterix_pcap"])
    wall = walled(tmp_path, r1="")
    for day, said in ((DAY, True), (None, False)):
        told = convert(tmp_path / "in.pcap", tmp_path / f"rec-{said}", date=day, wall=wall)
        assert ("Days are counted from --date" in told.text()) is said


def test_one_radar_that_says_where_it_stands_needs_no_wall(tmp_path: Path) -> None:
    said = convert(capture(tmp_path, 201), tmp_path / "rec", date=DAY)
    (spec,) = read_recording(tmp_path / "rec").wall.sensor
    assert (spec.id, spec.kind, said.detections) == ("radar-25-201", "radar", 2 * TURNS)


def test_where_no_source_says_enough_each_is_named_and_a_wall_asked_for(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"2 sources, and none says enough.*SAC 25 SIC 203 .*SAC 25 SIC 204 .*--wall"):
        convert(capture(tmp_path, 203, 204), tmp_path / "rec", date=DAY)
    with pytest.raises(BadInput, match=r"carry no date; say --date"):
        convert(capture(tmp_path, 201, 202), tmp_path / "rec")
    assert not (tmp_path / "rec").exists()


def test_the_feeds_of_a_wall_take_each_its_own(tmp_path: Path) -> None:
    wall = walled(tmp_path, r1="source = [25, 204]", r2="source = [25, 203]")
    said = convert(capture(tmp_path, 203, 204, 201), tmp_path / "rec", date=DAY, wall=wall)
    rows = read_recording(tmp_path / "rec").rows
    assert {str(name) for name in rows.sensor} == {"r1", "r2"}
    assert said.detections == 4 * TURNS
    assert "r1 SAC 25 SIC 204 (40 detections), r2 SAC 25 SIC 203 (40 detections)" in " ".join(said.notes)


def test_a_feed_that_names_no_source_takes_the_first_and_says_whom_it_left(tmp_path: Path) -> None:
    wall = walled(tmp_path, r1="")
    said = convert(capture(tmp_path, 204, 203), tmp_path / "rec", date=DAY, wall=wall)
    assert said.detections == 2 * TURNS
    assert "SAC 25 SIC 204 was taken, and not SAC 25 SIC 203 (60 records)" in " ".join(said.notes)


def test_cat_001_before_its_first_full_time_is_of_the_same_minutes(tmp_path: Path) -> None:
    name = {"SAC": 25, "SIC": 201}

    def short(time_s: float) -> bytes:
        said = {"010": name, "020": {"TYP": 0}, "040": {"RHO": 10.0, "THETA": 45.0}, "141": time_s % 512.0}
        return block(1, [said], order="plot")

    mark = block(2, [{"010": name, "000": 1, "030": NOON_S + 2.0}])
    site = block(34, [{"010": name, "000": 2, "120": SITES[201]}])
    data = site + short(NOON_S) + short(NOON_S + 1.0) + mark + short(NOON_S + 3.0)
    (tmp_path / "old.ast").write_bytes(data)
    convert(tmp_path / "old.ast", tmp_path / "rec", date=DAY)
    times = read_recording(tmp_path / "rec").rows.detections.time_ns // 10**9 % 86_400
    assert times.tolist() == [NOON_S, NOON_S + 1.0, NOON_S + 3.0]
    (tmp_path / "old.ast").write_bytes(data.replace(mark, b""))
    said = convert(tmp_path / "old.ast", tmp_path / "blind", date=DAY)
    assert "modulo 512 s alone (CAT 001 without CAT 002)" in " ".join(said.notes)
