"""Remote ID messages from one carrier to another: byte for byte, without personal data unless they are asked for."""

import json
import stat
import subprocess
from datetime import date
from pathlib import Path

import pytest
from pymavlink.dialects.v20 import common as mavlink

from dronewall.convert import convert
from dronewall.convert.remote_ids import REMOTE_IDS
from dronewall.errors import BadInput
from dronewall.formats import remote_id_pcap
from dronewall.formats.captures import Capture
from dronewall.formats.decoding import Faults
from dronewall.formats.remote_id_air import LINKS, messages
from tests.formats.samples import OPERATOR, SAMPLES, SERIAL, basic_id, heard, location, operator_id, pack, read, system

DAY = date(2026, 5, 7)
WHOLE = pack(basic_id(), location(), system(), operator_id())
LINES = (
    heard(WHOLE)
    + heard(location(56.51), "2026-05-07T00:12:04.250000001Z")
    + heard(basic_id("OTHERSERIAL000000002"), "2026-05-07T00:12:05Z", "bridge seven")
    + heard(location(56.52, tenths=7250), "2026-05-07T00:12:05Z", "bridge seven")
)
SENT = [WHOLE, location(56.51), basic_id("OTHERSERIAL000000002"), location(56.52, tenths=7250)]
MAC = bytes.fromhex("60601f000001")


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    (tmp_path / "in.jsonl").write_bytes(LINES)
    return tmp_path / "in.jsonl"


def on_air(path: Path) -> list[tuple[int, bytes, bytes]]:
    found = []
    for packet in Capture(LINKS, Faults()).feed(path.read_bytes()):
        held = messages(packet.link, packet.data)
        assert not isinstance(held, str)
        found += [(packet.time_ns, *one) for one in held]
    return found


def test_a_capture_holds_the_very_messages_with_their_times(lines, tmp_path):
    said = convert(lines, tmp_path / "a.pcap", personal=True)
    found = on_air(tmp_path / "a.pcap")
    assert [message for _, _, message in found] == SENT
    assert found[0][1] == MAC
    assert found[2][1][0] & 3 == 2  # of no maker, of no group
    assert found[1][0] - found[0][0] == 1_000_000_001
    assert said.written == 4
    assert "1 transmitters without an address" in " ".join(said.notes)


def test_pymavlink_reads_the_very_messages(lines, tmp_path):
    convert(lines, tmp_path / "a.remote_id_mavlink", personal=True)
    found = mavlink.MAVLink(None).parse_buffer((tmp_path / "a.remote_id_mavlink").read_bytes())
    assert {one.get_type() for one in found} == {"OPEN_DRONE_ID_MESSAGE_PACK"}
    held = [bytes(one.messages)[: 25 * one.msg_pack_size] for one in found]
    assert held == [WHOLE[3:], *SENT[1:]]
    assert bytes(found[0].id_or_mac)[:7] == MAC + b"\0"
    assert bytes(found[2].id_or_mac).rstrip(b"\0") == b"bridge seven"


def test_tshark_finds_the_messages_in_the_beacons(lines, tmp_path):
    convert(lines, tmp_path / "a.pcap", personal=True)
    fields = ("wlan.sa", "wlan.tag.vendor.data", "_ws.malformed", "frame.time_epoch")
    chosen = [text for field in fields for text in ("-e", field)]
    command = ["tshark", "-r", str(tmp_path / "a.pcap"), "-T", "fields", *chosen]
    rows = [
        line.split("\t")
        for line in subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    ]
    assert [bytes.fromhex(row[1])[2:] for row in rows] == SENT  # behind the type and the counter
    assert rows[0][0] == "60:60:1f:00:00:01"
    assert {row[2] for row in rows} == {""}
    assert rows[0][3] == "1778112723.250000000"


@pytest.mark.parametrize("to", REMOTE_IDS)
@pytest.mark.parametrize("name", REMOTE_IDS)
def test_every_carrier_gives_the_same_places_as_its_source(tmp_path, name, to):
    (tmp_path / "in").write_bytes(SAMPLES[name])
    for personal in (True, False):
        convert(tmp_path / "in", tmp_path / "out", target_format=to, source_format=name, date=DAY, personal=personal)
        ours, theirs = (
            read(kind, path.read_bytes(), date_ns=1_778_112_000_000_000_000)[0].detections
            for kind, path in ((name, tmp_path / "in"), (to, tmp_path / "out"))
        )
        assert len(theirs) == len(ours) > 0
        assert theirs.values.tobytes() == ours.values.tobytes()
        if personal and not (name == "remote_id_mavlink" or to == "remote_id_mavlink"):
            assert theirs.identity.tolist() == ours.identity.tolist()


@pytest.mark.parametrize("to", REMOTE_IDS)
def test_by_default_nobody_can_be_known_from_it(lines, tmp_path, to):
    said = convert(lines, tmp_path / "out", target_format=to)
    written = (tmp_path / "out").read_bytes()
    for secret in (SERIAL.encode(), OPERATOR.encode(), b"OTHERSERIAL", b"bridge", MAC, system()[2:10]):
        assert secret not in written
        assert secret.hex().encode() not in written
    assert b"60:60:1f" not in written
    assert said.personal_left_out == 4
    assert "--personal" in said.notes[0]


def test_personal_data_are_written_for_the_owner_alone(lines, tmp_path):
    convert(lines, tmp_path / "a.pcap", personal=True)
    assert stat.S_IMODE((tmp_path / "a.pcap").stat().st_mode) == 0o600


def test_a_file_of_personal_messages_alone_gives_nothing(tmp_path):
    (tmp_path / "in").write_bytes(heard(basic_id()) + heard(operator_id()))
    with pytest.raises(BadInput, match="2 with personal data alone"):
        convert(tmp_path / "in", tmp_path / "a.pcap", source_format="remote_id_jsonl")
    assert not (tmp_path / "a.pcap").exists()


def test_personal_is_refused_where_there_are_only_detections(lines, tmp_path):
    with pytest.raises(BadInput, match="--personal is for Remote ID as it was received"):
        convert(lines, tmp_path / "a.geojson", personal=True)
    convert(lines, tmp_path / "rec")
    with pytest.raises(BadInput, match="holds no Remote ID messages as they were received, and none are made up"):
        convert(tmp_path / "rec", tmp_path / "a.pcap", personal=True)


def test_bad_messages_are_counted_and_left_behind(tmp_path):
    (tmp_path / "in").write_bytes(LINES + b'{"transmitter": "a", "message": "00"}\nrubbish\n')
    said = convert(
        tmp_path / "in", tmp_path / "a.jsonl", source_format="remote_id_jsonl", target_format="remote_id_jsonl"
    )
    assert sum(said.faults.values()) == 2
    assert [json.loads(line)["message"] for line in (tmp_path / "a.jsonl").read_text().splitlines()] == [
        pack(location()).hex(),
        SENT[1].hex(),
        SENT[3].hex(),
    ]


def test_a_capture_begins_as_libpcap_says():
    assert len(remote_id_pcap.HEAD) == 24
