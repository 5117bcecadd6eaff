from datetime import date

import numpy as np
import pytest

from dronewall.archive import read_recording
from dronewall.convert import convert
from dronewall.errors import BadInput
from dronewall.formats import avr, beast, sniff
from dronewall.formats.asterix.encode import block
from dronewall.records.detection import Column
from dronewall.units import utc_text
from tests.formats.asterix_records import NOON_S, TURNS, plot
from tests.formats.samples import FRAMES, OPERATOR, SAMPLES, SBS, SERIAL, captured
from tests.shared import shared_files

WALL = """\
schema_version = 1
[wall]
name = "one receiver"
terrain = "tiles/*.hgt"
[[sensor]]
id = "fr-adsb-7"
kind = "adsb"
latitude_deg = 49.0
longitude_deg = 2.5
[[sensor]]
id = "fr-ac-1"
kind = "acoustic"
latitude_deg = 49.0
longitude_deg = 2.5
"""
DAY = date(2024, 7, 6)


def written(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def test_a_capture_becomes_a_recording_that_reads(tmp_path):
    said = convert(written(tmp_path / "flight.jsonl", SAMPLES["rs1090"]), tmp_path / "out")
    recording = read_recording(tmp_path / "out")
    assert (said.source_format, said.target_format) == ("rs1090", "recording")
    assert said.detections == len(recording.rows) > 0
    assert set(recording.rows.detections.identity) == {"icao:393322"}
    assert [spec.kind for spec in recording.wall.sensor] == ["adsb"]
    assert all(len(scan.detections) == 1 for scan in recording.scans())
    assert recording.metadata["converted_from"] == "rs1090"


ANY_KIND = {"asterix", "asterix_pcap", "cot", "jsonl", "sapient"}  # they do not say what kind of sensor they are of


@pytest.mark.parametrize("name", sorted(set(SAMPLES) - ANY_KIND))
def test_every_format_converts(tmp_path, name):
    said = convert(written(tmp_path / "in", SAMPLES[name]), tmp_path / "out", date=DAY)
    assert said.source_format == name
    assert len(read_recording(tmp_path / "out").rows) == said.detections > 0


def test_a_wall_gives_the_sensor_and_its_terrain_is_still_found(tmp_path):
    wall = written(tmp_path / "walls" / "wall.toml", WALL)
    convert(written(tmp_path / "in", SAMPLES["rs1090"]), tmp_path / "out", wall=wall)
    recording = read_recording(tmp_path / "out")
    assert set(recording.rows.sensor) == {"fr-adsb-7"}
    assert recording.wall.wall.terrain == "../walls/tiles/*.hgt"


def test_surface_positions_are_read_where_the_wall_says_where_the_receiver_stands(tmp_path):
    wall = written(tmp_path / "wall.toml", WALL)
    source = written(tmp_path / "in", SAMPLES["rs1090"])
    without = convert(source, tmp_path / "without").detections
    assert convert(source, tmp_path / "with", wall=wall).detections > without


def test_beast_without_a_date_asks_for_it_in_one_sentence(tmp_path):
    with pytest.raises(BadInput, match="say --date YYYY-MM-DD") as caught:
        convert(written(tmp_path / "in", SAMPLES["beast"]), tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_beast_with_a_date_says_what_its_first_counter_counts_as(tmp_path):
    said = convert(written(tmp_path / "in", SAMPLES["beast"]), tmp_path / "out", date=DAY)
    assert "first value counts as 2024-07-06T00:00:00.000Z" in said.text()
    assert utc_text(said.first_ns).startswith("2024-07-06T00:00:")
    span_s = (said.last_ns - said.first_ns) / 1e9
    exact = convert(written(tmp_path / "flight", SAMPLES["rs1090"]), tmp_path / "exact")
    assert span_s == pytest.approx((exact.last_ns - exact.first_ns) / 1e9, abs=1e-3)


@pytest.mark.parametrize("encode", [lambda frame: beast.encode(frame, 0), avr.encode])
def test_frames_without_any_time_are_spaced_and_it_is_said(tmp_path, encode):
    stream = b"".join(encode(frame) for _, frame, _ in FRAMES)
    said = convert(written(tmp_path / "in", stream), tmp_path / "out", date=DAY)
    assert "carries a time: frames are spaced evenly" in said.text()
    assert read_recording(tmp_path / "out").metadata["notes"] == said.notes[0]


def test_sbs_without_dates_asks_for_the_day(tmp_path):
    source = written(tmp_path / "in", SBS.replace(b"2026/05/07", b""))
    with pytest.raises(BadInput, match="its messages carry no date; say --date"):
        convert(source, tmp_path / "out")
    assert utc_text(convert(source, tmp_path / "out", date=DAY).first_ns) == "2024-07-06T00:12:03.250Z"


def test_generic_lines_need_a_wall(tmp_path):
    source = written(tmp_path / "in", SAMPLES["jsonl"])
    with pytest.raises(BadInput, match="does not say what kind of sensor it is of; say --wall"):
        convert(source, tmp_path / "out")
    with pytest.raises(BadInput, match=r"it has several sensors .* \(fr-adsb-7, fr-ac-1\)"):
        convert(source, tmp_path / "out", wall=written(tmp_path / "wall.toml", WALL))
    fed = WALL + '[[feed]]\nsensor = "fr-ac-1"\nuri = "udp://127.0.0.1:9"\nformat = "jsonl"\n'
    convert(source, tmp_path / "out", wall=written(tmp_path / "wall.toml", fed))
    recording = read_recording(tmp_path / "out")
    assert [(scan.scan, len(scan.detections)) for scan in recording.scans()] == [(0, 1), (1712, 0), (1713, 2)]


@pytest.mark.parametrize("name", ["asterix", "asterix_pcap"])
def test_a_capture_is_read_as_the_feed_of_its_wall_says(tmp_path, name):
    other = block(48, [plot(NOON_S + 1.0, 200.0, _010={"SAC": 25, "SIC": 14})])
    source = written(tmp_path / "in", captured(TURNS, other))
    one = '[[sensor]]\nid = "fr-radar-{0}"\nkind = "radar"\nmodel = "xband-3d"\n'
    one += "latitude_deg = 49.0\nlongitude_deg = 2.{0}\n"
    radar = WALL.replace("tiles/*.hgt", "synthetic:1") + one.format(2) + one.format(3)
    fed = radar + f'[[feed]]\nsensor = "fr-radar-3"\nuri = "udp://127.0.0.1:9"\nformat = "{name}"\n'
    for said, bearings in (("", {45, 90, 350}), ("[feed.options]\nsource = [25, 14]\n", {200})):
        wall = written(tmp_path / "wall.toml", fed + said)
        convert(source, tmp_path / "out", wall=wall)
        rows = read_recording(tmp_path / "out").rows
        assert set(np.rad2deg(rows.detections.values[:, Column.AZIMUTH_RAD]).round().astype(int).tolist()) == bearings
        assert set(rows.sensor.tolist()) == {"fr-radar-3"}


@pytest.mark.parametrize("data", [b"", b"hello", b"\x00" * 1000])
def test_what_is_of_no_format_is_refused_with_those_there_are(tmp_path, data):
    with pytest.raises(
        BadInput, match=r"of no format that is known here by its .* say --from with it, one of: aircraft_json"
    ):
        convert(written(tmp_path / "in", data), tmp_path / "out")


def test_a_file_without_positions_writes_nothing(tmp_path):
    with pytest.raises(BadInput, match=r"holds no position that sbs could read \(messages: 1 address\)"):
        convert(written(tmp_path / "in", b"MSG,3,,,zz,,,,,,,,,,,,\n"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"source_format": "asterx"}, "--from asterx: there is no such format; there are: aircraft_json"),
        ({"target_format": "morse"}, "--to morse: there is no such target; there are: recording, jsonl, geojson, kml"),
    ],
)
def test_other_formats_are_refused(tmp_path, given, sentence):
    with pytest.raises(BadInput, match=sentence):
        convert(written(tmp_path / "in", SBS), tmp_path / "out", **given)


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out.JSONX", "out.7z"])
def test_an_ending_of_no_format_is_refused_with_those_there_are(tmp_path, name):
    with pytest.raises(
        BadInput, match=r"is the ending of no format that is written; there are: \.jsonl, .*\.ast, .*--to"
    ):
        convert(written(tmp_path / "in", SBS), tmp_path / name)
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("name", ["out", "out.2026", "out.d"])
def test_a_name_without_an_ending_or_a_folder_that_is_there_becomes_a_recording(tmp_path, name):
    if name == "out.d":
        (tmp_path / name).mkdir()
    assert convert(written(tmp_path / "in", SBS), tmp_path / name).target_format == "recording"


@pytest.mark.parametrize("target", ["out", "out.jsonl"])
def test_times_of_a_day_that_has_not_come_are_counted_in_a_note(tmp_path, target):
    source, now_ns = written(tmp_path / "in", SBS), 1_778_112_723 * 10**9
    assert not any("ahead of" in note for note in convert(source, tmp_path / target, now_ns=now_ns).notes)
    later = SBS.replace(b"2026/05/07", b"2031/05/07", 1) + SBS.replace(b"2026/05/07", b"2031/05/07")
    told = convert(written(tmp_path / "later", later), tmp_path / f"b{target}", now_ns=now_ns)
    (note,) = [note for note in told.notes if "ahead of" in note]
    ahead = int(note.split()[0])
    assert 0 < ahead < told.detections
    assert note.startswith(f"{ahead} of {told.detections} detections are of times more than a day ahead of 2026-05-07")
    assert "the latest of 2031-05-07" in note


def test_a_file_of_asterix_blocks_becomes_one_of_the_same_bytes_without_a_date(tmp_path):
    good = SAMPLES["asterix"]
    told = convert(written(tmp_path / "in.raw", good + b"what?" + good), tmp_path / "out.ast")
    assert (tmp_path / "out.ast").read_bytes() == good + good
    assert (told.source_format, told.target_format, told.faults) == ("asterix", "asterix", {"between blocks": 1})
    with pytest.raises(BadInput, match="holds no block of ASTERIX"):
        convert(written(tmp_path / "no", b"what?"), tmp_path / "no.ast", source_format="asterix")
    assert not (tmp_path / "no.ast").exists()


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadInput, match="nowhere is not there"):
        convert(tmp_path / "nowhere", tmp_path / "out")


def test_personal_data_do_not_reach_the_recording(tmp_path):
    said = convert(written(tmp_path / "in", SAMPLES["remote_id_jsonl"]), tmp_path / "out")
    assert said.personal_left_out == 3
    for file in (tmp_path / "out").rglob("*.*"):
        kept = file.read_bytes() if file.suffix == ".toml" else repr(read_recording(tmp_path / "out").rows).encode()
        assert SERIAL.encode() not in kept
        assert OPERATOR.encode() not in kept


def test_a_recording_becomes_lines_and_those_the_same_recording(tmp_path):
    wall = written(tmp_path / "wall.toml", WALL)
    convert(written(tmp_path / "in", SAMPLES["rs1090"]), tmp_path / "one", wall=wall)
    convert(tmp_path / "one", tmp_path / "lines.jsonl")
    fed = WALL + '[[feed]]\nsensor = "fr-adsb-7"\nuri = "udp://127.0.0.1:9"\nformat = "jsonl"\n'
    convert(tmp_path / "lines.jsonl", tmp_path / "two", wall=written(tmp_path / "wall.toml", fed))
    one, two = (read_recording(tmp_path / name).rows.detections for name in ("one", "two"))
    np.testing.assert_array_equal(one.time_ns, two.time_ns)
    np.testing.assert_allclose(two.values, one.values, rtol=1e-14)
    assert (one.identity == two.identity).all()


def test_a_flight_played_back_too_fast_is_noticed(tmp_path):
    lines = [b"MSG,4,1,1,4CA1FA,1,2026/05/07,00:12:%06.3f,,,,,240,90,,,0,,,,,0\n"]
    lines += [b"MSG,3,1,1,4CA1FA,1,2026/05/07,00:12:%06.3f,,,,1000,,,56.5,%.5f,,,0,0,0,0\n"]
    text = b"".join(lines[0] % (0.01 * k) + lines[1] % (0.01 * k, 27.0 + 0.002 * k) for k in range(30))
    assert "times as fast as they say" in convert(written(tmp_path / "in", text), tmp_path / "out").text()


@pytest.mark.parametrize(
    "source", shared_files("data/adsb/dump1090_beast*.bin", "data/adsb/*adsb.csv", "data/adsb/*sbs*.csv")
)
def test_real_captures_convert(tmp_path, source):
    said = convert(source, tmp_path / "out", date=date(2016, 3, 14))
    values = read_recording(tmp_path / "out").rows.detections.values
    latitude, longitude = (np.rad2deg(values[:, c]) for c in (Column.LATITUDE_RAD, Column.LONGITUDE_RAD))
    assert said.detections >= 690
    assert ((latitude > 51.0) & (latitude < 51.8)).all()
    assert ((longitude > 4.5) & (longitude < 7.5)).all()


def test_positions_timed_to_whole_seconds_are_known_less_well(tmp_path):
    lines = [b"%d,%s\n" % (time_ns // 10**9, frame.hex().encode()) for time_ns, frame, _ in FRAMES]
    said = convert(written(tmp_path / "in", b"".join(lines)), tmp_path / "out")
    exact = convert(written(tmp_path / "flight", SAMPLES["rs1090"]), tmp_path / "exact")
    coarse, fine = (read_recording(tmp_path / name).rows.detections.values for name in ("out", "exact"))
    assert "whole seconds" in said.text()
    assert "whole seconds" not in exact.text()
    assert coarse[-1, Column.POSITION_SD_M] > 1.2 * fine[-1, Column.POSITION_SD_M]


@pytest.mark.parametrize(
    "garbage", [b"what?", b"\x00" * 3_000, bytes(range(256)) * 8, b"GET / HTTP/1.1\r\n\r\n", b"\x30\xff"]
)
@pytest.mark.parametrize(("name", "to"), [("asterix", "out.ast"), ("beast", "out.beast")])
def test_blocks_and_frames_are_known_behind_garbage_at_the_head(tmp_path, name, to, garbage):
    told = convert(written(tmp_path / "in.raw", garbage + SAMPLES[name] * 3), tmp_path / to)
    assert (told.source_format, told.target_format) == (name, name)
    assert sum(told.faults.values()) >= 1
    assert SAMPLES[name] * 2 in (tmp_path / to).read_bytes()


@pytest.mark.parametrize("name", ["asterix", "beast"])
def test_a_few_messages_in_much_that_is_something_else_are_no_format(name):
    noise = np.random.default_rng(4).bytes(3_000)
    assert sniff(b"?" + noise) == []
    assert sniff(b"?" + (SAMPLES[name][:60] + noise) * 5) == []
    assert sniff(b"Notes of the watch, as they were written down by hand.\n" * 300) == []
