"""Mode S frames from one carrier to another, and detections as SBS lines and snapshots."""

import json
import struct
import tracemalloc
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dronewall.archive import read_recording
from dronewall.convert import capture, carriers, convert
from dronewall.errors import BadInput
from dronewall.formats import beast
from dronewall.formats.asterix import pcap as asterix_pcap
from dronewall.formats.decoding import Faults
from dronewall.formats.modes.carried import Carried
from dronewall.records.detection import Column, Detections
from dronewall.units import FOOT_M, KNOT_MPS
from tests.formats.samples import SAMPLES, read

DAY = date(2024, 7, 6)
NAMES = sorted(carriers.CARRIERS)
SHORT, LONG = bytes.fromhex("5d484ba898f8c6"), bytes.fromhex("8d406b9058b975870b738754f480")
RAW = (  # counters, signals and frames in which an escape stands, Mode A/C, and a receiver's status
    beast.encode(LONG, 0x1A1A1A1A1A1A, 0x1A)
    + beast.encode(SHORT, 12_000_000, 7)
    + beast.encode(b"\x1a\x1a", 12_000_001)
    + beast.encode(b"\x1a" * 14, 24_000_000, status=True)
    + beast.encode(b"\x1a" * 14, 36_000_000, 255)
)


def carried(path: Path, name: str) -> list[Carried]:
    return list(carriers.CARRIERS[name].carried([path.read_bytes()], Faults()))


def a_wall(folder: Path) -> Path:
    radar = 'id = "r"\nkind = "radar"\nlatitude_deg = 56.5\nlongitude_deg = 27.3\n'
    (folder / "wall.toml").write_text(f'schema_version = 1\n[wall]\nname = "w"\n[[sensor]]\n{radar}')
    return folder / "wall.toml"


def made(folder: Path, name: str, data: bytes) -> Path:
    (folder / f"in.{name}").write_bytes(data)
    return folder / f"in.{name}"


@pytest.mark.parametrize("to", NAMES)
@pytest.mark.parametrize("name", NAMES)
def test_frames_go_across_as_they_came(tmp_path, name, to):
    source = made(tmp_path, name, SAMPLES[name])
    said = convert(source, tmp_path / "out", source_format=name, target_format=to, date=DAY)
    frames = [one.frame for one in carried(source, name) if to in ("avr", "beast") or len(one.frame) > 2]
    assert [one.frame for one in carried(tmp_path / "out", to)] == frames
    assert said.written == len(frames) > 0
    assert said.detections == 0


def test_counters_of_48_bits_are_those_of_the_source(tmp_path):
    source = made(tmp_path, "beast", RAW)
    said = convert(source, tmp_path / "a.avr")
    back = convert(tmp_path / "a.avr", tmp_path / "b.beast")
    ours = [one for one in carried(source, "beast") if not one.status]
    assert [one.ticks for one in carried(tmp_path / "b.beast", "beast")] == [one.ticks for one in ours]
    assert "1 receiver status frames, 3 signal levels" in " ".join(said.notes)
    assert back.notes == ()


def test_beast_to_beast_keeps_every_byte_of_a_sound_stream(tmp_path):
    source = made(tmp_path, "beast", RAW)
    convert(source, tmp_path / "b.beast")
    assert (tmp_path / "b.beast").read_bytes() == RAW


def test_a_receiver_without_a_counter_has_lines_without_one(tmp_path):
    convert(made(tmp_path, "beast", beast.encode(LONG, 0)), tmp_path / "a.avr")
    assert (tmp_path / "a.avr").read_bytes() == b"*8D406B9058B975870B738754F480;\n"


def test_times_become_a_counter_and_times_again_to_a_tick(tmp_path):
    source = made(tmp_path, "rs1090", SAMPLES["rs1090"])
    said = convert(source, tmp_path / "a.beast")
    convert(tmp_path / "a.beast", tmp_path / "b.rs1090", date=DAY)
    first, then = ([one.time_ns for one in carried(path, "rs1090")] for path in (source, tmp_path / "b.rs1090"))
    # a tick is 83 ns, and a number of seconds in JSON is read to 240 ns
    assert all(
        abs((b - a) - (d - c)) <= 84 + 2 * 240 for (a, b), (c, d) in zip(pairwise(first), pairwise(then), strict=True)
    )
    assert "has no date" in said.notes[-1]


def test_what_cannot_be_timed_is_refused_and_nothing_is_written(tmp_path):
    for data in (beast.encode(SHORT, 0), beast.encode(SHORT, 0xFF004D4C4154)):
        with pytest.raises(BadInput, match="no frame carries a time"):
            convert(made(tmp_path, "beast", data), tmp_path / "a.rs1090", source_format="beast", date=DAY)
    with pytest.raises(BadInput, match="say --date"):
        convert(made(tmp_path, "beast", beast.encode(SHORT, 5)), tmp_path / "a.rs1090", source_format="beast")
    assert not (tmp_path / "a.rs1090").exists()


def test_what_holds_no_frames_gives_none(tmp_path):
    convert(made(tmp_path, "rs1090", SAMPLES["rs1090"]), tmp_path / "rec")
    for source in (made(tmp_path, "sbs", SAMPLES["sbs"]), tmp_path / "rec"):
        with pytest.raises(BadInput, match="none are made up: avr is written from one of avr, beast"):
            convert(source, tmp_path / "a.avr")
    with pytest.raises(BadInput, match="no frame that rs1090 has room for"):
        convert(
            made(tmp_path, "beast", beast.encode(b"\x12\x34", 5)),
            tmp_path / "a.rs1090",
            source_format="beast",
            date=DAY,
        )
    assert not (tmp_path / "a.avr").exists()
    assert not (tmp_path / "a.rs1090").exists()


@settings(max_examples=200, deadline=None)
@given(
    parts=st.lists(
        st.one_of(
            st.sampled_from([beast.encode(LONG, 0x1A1A, 0x1A), beast.encode(SHORT, 7), RAW, b"\x1a", b"\x1a\x1a3"]),
            st.binary(max_size=30),
        ),
        max_size=12,
    ),
    cuts=st.lists(st.floats(0.0, 1.0), max_size=6),
)
def test_a_damaged_stream_gives_the_frames_and_faults_of_the_decoder(parts, cuts):
    stream, ours, theirs = b"".join(parts), Faults(), Faults()
    edges = [0, *sorted(int(cut * len(stream)) for cut in cuts), len(stream)]
    found = list(beast.carried((stream[a:b] for a, b in pairwise(edges)), ours))
    kinds, ticks, payload, stopped = beast.whole_frames(stream, theirs, 0)
    if stream[stopped:]:
        theirs.add(0, "cut short", stream[stopped:])
    assert [one.ticks for one in found] == ticks.tolist()
    assert [one.frame for one in found] == [
        row.tobytes()[: beast.LENGTHS[kind]] for kind, row in zip(kinds.tolist(), payload, strict=True)
    ]
    if len(edges) == 2:
        assert ours.reasons == theirs.reasons


def test_memory_does_not_grow_with_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(capture, "PIECE", 1 << 14)
    monkeypatch.setattr(carriers, "LOT", 100)
    source, peaks = made(tmp_path, "beast", b""), []
    for size in (1 << 17, 1 << 19):
        source.write_bytes(RAW * (size // len(RAW)))
        tracemalloc.start()
        convert(source, tmp_path / "a.avr")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


def recorded(source: Path, folder: Path) -> Detections:
    convert(source, folder)
    return read_recording(folder).rows.detections


@pytest.mark.parametrize("to", ["sbs", "aircraft_json"])
def test_detections_are_read_back_as_they_were(tmp_path, to):
    source = made(tmp_path, "rs1090", SAMPLES["rs1090"])
    convert(source, tmp_path / "out", target_format=to)
    ours, found = recorded(source, tmp_path / "ours"), read(to, (tmp_path / "out").read_bytes())[0].detections
    assert found.identity.tolist() == ours.identity.tolist()
    assert np.abs(found.time_ns - ours.time_ns).max() <= 2_000_000
    bounds = {
        Column.LATITUDE_RAD: np.radians(6e-8),
        Column.LONGITUDE_RAD: np.radians(6e-8),
        Column.ALTITUDE_BARO_M: 0.51 * FOOT_M,
        Column.VELOCITY_EAST_MPS: 0.2 * KNOT_MPS + 0.25,
        Column.VELOCITY_NORTH_MPS: 0.2 * KNOT_MPS + 0.25,
    }
    for column, bound in bounds.items():
        np.testing.assert_allclose(found.values[:, column], ours.values[:, column], atol=bound, rtol=0.0)


def test_what_has_no_icao_address_is_counted_and_no_line_is_made_up(tmp_path):
    source = made(tmp_path, "remote_id_jsonl", SAMPLES["remote_id_jsonl"])
    for name in ("a.sbs", "aircraft.json"):
        with pytest.raises(BadInput, match=r"2 detections without an ICAO address\. Nothing was written"):
            convert(source, tmp_path / name)
        assert not (tmp_path / name).exists()


def test_blocks_of_a_capture_go_across_as_they_came(tmp_path):
    source = made(tmp_path, "asterix_pcap", SAMPLES["asterix_pcap"])
    said = convert(source, tmp_path / "a.ast")
    blocks = [blocks for _, blocks in asterix_pcap.carried([source.read_bytes()], Faults())]
    assert (tmp_path / "a.ast").read_bytes() == b"".join(blocks)
    assert said.written == len(blocks) > 0
    assert convert(
        tmp_path / "a.ast", tmp_path / "rec", source_format="asterix", date=DAY, wall=a_wall(tmp_path)
    ).detections
    rubbish = SAMPLES["asterix_pcap"][:24] + b"".join(
        struct.pack("<IIII", 1, 0, len(packet), len(packet)) + packet for packet in (bytes(60), bytes(20))
    )
    with pytest.raises(BadInput, match="holds no block of ASTERIX"):
        convert(made(tmp_path, "asterix_pcap", rubbish), tmp_path / "b.ast", source_format="asterix_pcap")
    assert not (tmp_path / "b.ast").exists()


def test_two_positions_in_a_second_stand_in_two_snapshots(tmp_path):
    source = made(tmp_path, "rs1090", SAMPLES["rs1090"])
    convert(source, tmp_path / "a.aircraft_json")
    ours = recorded(source, tmp_path / "ours")
    told = [json.loads(line) for line in (tmp_path / "a.aircraft_json").read_text().splitlines()]
    assert sum(entry["seen_pos"] == 0.0 for one in told for entry in one["aircraft"]) == len(ours)
    assert [one["now"] for one in told] == sorted(one["now"] for one in told)


@pytest.mark.parametrize(
    ("name", "to", "day"),
    [
        ("modes_csv", "beast", None),
        ("rs1090", "rs1090", None),
        ("beast", "modes_csv", DAY),
        ("asterix_pcap", "asterix", None),
        ("remote_id_jsonl", "remote_id_pcap", None),
        ("remote_id_pcap", "remote_id_mavlink", None),
    ],
)
def test_times_of_a_day_that_has_not_come_are_counted_from_carrier_to_carrier_too(tmp_path, name, to, day):
    source = made(tmp_path, name, SAMPLES[name])
    told = {"source_format": name, "target_format": to, "date": day}
    said = convert(source, tmp_path / "out", **told, now_ns=10**18)
    (note,) = [note for note in said.notes if "ahead of" in note]
    assert note.startswith(f"{said.written} of {said.written} ")
    assert "more than a day ahead of 2001-09-09" in note
    for later in (None, said.last_ns - 3_600 * 10**9):
        again = convert(source, tmp_path / "out", **told, now_ns=later)
        assert not any("ahead of" in note for note in again.notes)


def test_only_the_frames_of_a_day_that_has_not_come_are_counted(tmp_path):
    first, last = 1_778_112_723, 1_935_878_400
    lines = b"".join(b"%d,%s\n" % (second, LONG.hex().encode()) for second in (first, last, last, last - 1))
    said = convert(made(tmp_path, "modes_csv", lines), tmp_path / "out.beast", now_ns=first * 10**9)
    (note,) = [note for note in said.notes if "ahead of" in note]
    assert note.startswith("3 of 4 frames are of times more than a day ahead of 2026-05-07")
    assert "the latest of 2031-05-07" in note
