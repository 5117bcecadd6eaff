"""`dronewall validate`: one line per message, each broken rule with its field, exit code 1 where one is broken."""

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from dronewall.cli import app
from dronewall.cli.validating import validate
from dronewall.errors import BadInput
from dronewall.formats import PARTS, beast, decoder
from dronewall.formats.asterix.cutting import cut
from dronewall.formats.asterix.encode import block
from dronewall.formats.decoding import Between, Faults
from dronewall.formats.remote_id_mavlink_frames import cut as mavlink_cut
from tests.formats.asterix_records import NOON_S, plot
from tests.formats.samples import SAMPLES, basic_id, location, mavlink_pack, pack
from tests.formats.sapient.said import STREAM, said
from tests.formats.test_area_rules import ED318
from tests.formats.test_cap_rules import ALERT
from tests.formats.test_remote_id_air import beacon, capture


def run(*words: str | Path) -> tuple[int, list[dict]]:
    result = CliRunner().invoke(app, ["validate", *map(str, words), "--json"])
    return result.exit_code, [json.loads(line) for line in result.output.splitlines() if line.startswith("{")]


def test_a_valid_message_in_json_is_one_line_and_exit_code_0(tmp_path):
    file = tmp_path / "task.json"
    file.write_text("\ufeff" + json.dumps(said("task"), indent=2), encoding="utf-8")
    wanted = {"file": str(file), "message": 1, "kind": "task", "valid": True, "broken": [], "warnings": []}
    assert run("sapient", file) == (0, [wanted])


def test_a_broken_rule_is_named_with_its_field_and_the_exit_code_is_1(tmp_path):
    file = tmp_path / "alert.json"
    file.write_text(json.dumps(said("alert", alertId="AAA")))
    code, (verdict,) = run("sapient", file)
    assert (code, verdict["valid"]) == (1, False)
    assert [(rule["field"], rule["rule"]) for rule in verdict["broken"]] == [("alert.alert_id", "ulid")]


def test_every_message_of_a_stream_gets_its_line_and_a_cut_one_too(tmp_path):
    file = tmp_path / "stream.bin"
    file.write_bytes(STREAM[:-3])
    code, verdicts = run("sapient", file)
    assert code == 1
    assert [v["valid"] for v in verdicts] == [True] * 6 + [False]
    assert [v["message"] for v in verdicts] == list(range(1, 8))


def test_a_list_and_lines_of_json_are_judged_message_by_message(tmp_path):
    one, other = tmp_path / "list.json", tmp_path / "lines.jsonl"
    one.write_text(json.dumps([said("alertAck"), said("error")], indent=1))
    other.write_text(json.dumps(said("alertAck")) + "\n" + json.dumps(said("error")) + "\n")
    assert [v["kind"] for v in run("sapient", one, other)[1]] == ["alert_ack", "error"] * 2


@pytest.mark.parametrize("name", sorted(set(PARTS) - {"sapient", "jsonl"}))
def test_a_sample_of_each_format_is_valid_and_rubbish_is_not(name, tmp_path):
    file = tmp_path / "x.bin"
    file.write_bytes(SAMPLES[name])
    code, verdicts = run(name, file)
    assert (code, {v["valid"] for v in verdicts}) == (0, {True})
    assert [v["message"] for v in verdicts] == list(range(1, len(verdicts) + 1))
    for rubbish in (b"", b"\x00\xff\x1a rubbish, 9\n" * 9):
        file.write_bytes(rubbish)
        assert run(name, file)[0] == 1


def test_a_cut_frame_is_the_one_that_is_broken(tmp_path):
    file = tmp_path / "x.bin"
    file.write_bytes(SAMPLES["beast"][:-3])
    *whole, last = run("beast", file)[1]
    assert {v["valid"] for v in whole} == {True}
    assert [rule["rule"] for rule in last["broken"]] == ["cut short"]
    frame = SAMPLES["beast"].split(b"\x1a3")[1]
    file.write_bytes(b"\x1a3" + frame + b"\x1a3" + frame[:9] + b"\x1a3" + frame)
    assert [v["valid"] for v in run("beast", file)[1]] == [True, False, True]


def test_bytes_between_frames_are_a_finding_of_their_own_and_the_frames_stay_good(tmp_path):
    file = tmp_path / "x.bin"
    frame = beast.encode(bytes.fromhex("8D406B902015A678D4D220AA4BDA"), 7)
    strange = {0: b"junk!", 1: b"\x1a", 3: b"\x1a9" + bytes(20), 4: b"abc\x1a\x1a", 5: b"\x00"}
    file.write_bytes(b"".join(strange.get(n, b"") + frame for n in range(5)) + strange[5])
    code, verdicts = run("beast", file)
    assert code == 1
    assert [v["kind"] for v in verdicts if v["valid"]] == ["frame"] * 5
    said = [rule["said"] for v in verdicts for rule in v["broken"]]
    at = [0, 5 + len(frame), 6 + 3 * len(frame), 28 + 4 * len(frame), 33 + 5 * len(frame)]
    assert said == [
        f"between frames: 5 bytes from byte {at[0]} on",
        f"between frames: 1 byte from byte {at[1]} on",
        f"frame type: 22 bytes from byte {at[2]} on",
        f"between frames: 5 bytes from byte {at[3]} on",
        f"between frames: 1 byte from byte {at[4]} on",
    ]
    assert [v["message"] for v in verdicts] == list(range(1, len(verdicts) + 1))


@given(
    st.lists(st.sampled_from([b"\x1a", b"\x1a\x1a", b"ab", b"\x1a9", b"\x1a3", beast.encode(bytes(14), 0x1A)])),
    st.integers(1, 9),
)
def test_frames_are_cut_the_same_and_nothing_is_lost_whatever_the_pieces(parts, size):
    data = b"".join(parts)
    in_pieces = list(beast.cut(data[at : at + size] for at in range(0, len(data), size)))
    assert b"".join(unit.data if isinstance(unit, Between) else unit for unit in in_pieces) == data
    frames = [unit for unit in in_pieces if not isinstance(unit, Between)]
    assert frames == [unit for unit in beast.cut([data]) if not isinstance(unit, Between)]
    assert list(beast.carried(frames, Faults())) == list(beast.carried([data], Faults()))


def test_a_broken_block_of_asterix_and_a_broken_line_are_named_by_number(tmp_path):
    blocks, lines = tmp_path / "x.ast", tmp_path / "x.sbs"
    good = block(48, [plot(NOON_S, 45.0)])
    blocks.write_bytes(good + good[:3] + good[3:-1] + b"\xff" + good[:8] + good)
    judged = run("asterix", blocks)[1]
    assert judged[0]["valid"]
    assert not all(v["valid"] for v in judged)
    line = SAMPLES["sbs"].splitlines(keepends=True)[0]
    lines.write_bytes(line + line.replace(line.split(b",")[4], b"XYZ") + b"what?\n" + line)
    assert [v["valid"] for v in run("sbs", lines)[1]] == [True, False, False, True]
    assert run("sbs", lines)[1][1]["broken"] == [{"field": "address", "rule": "address", "said": "address"}]


FRAME = mavlink_pack(location())
HEARTBEAT = bytes([0xFD, 9, 0, 0, 1, 1, 1, 0, 0, 0]) + bytes(9) + b"\x12\x34"
OLD_HEARTBEAT = bytes([0xFE, 9, 1, 1, 1, 0]) + b"\xfd" * 9 + b"\x12\x34"


def test_bytes_between_frames_of_mavlink_are_findings_of_their_own_and_the_frames_stay_good(tmp_path):
    file = tmp_path / "x.bin"
    broken = FRAME[:20] + b"\xff" + FRAME[21:]
    data = b"junk" + FRAME + b"\x00" + HEARTBEAT + OLD_HEARTBEAT + FRAME + broken + b"\xfd!" + FRAME + FRAME[:30]
    file.write_bytes(data)
    verdicts = run("remote_id_mavlink", file)[1]
    assert [v["kind"] for v in verdicts if v["valid"]] == ["frame"] * 5
    assert [v["message"] for v in verdicts] == list(range(1, len(verdicts) + 1))
    size, middle = len(FRAME), 4 + len(FRAME)
    last = middle + 1 + len(HEARTBEAT) + len(OLD_HEARTBEAT) + size
    found = [(v["kind"], rule["field"], rule["said"]) for v in verdicts for rule in v["broken"]]
    assert found == [
        ("bytes", "", "between frames: 4 bytes from byte 0 on"),
        ("bytes", "", f"between frames: 1 byte from byte {middle} on"),
        ("frame", "checksum", f"checksum: {size} bytes from byte {last} on"),
        ("bytes", "", f"between frames: 2 bytes from byte {last + size} on"),
        ("bytes", "", f"cut short: 30 bytes from byte {last + 2 * size + 2} on"),
    ]


def test_a_length_byte_of_mavlink_that_is_wrong_takes_no_sound_frame_with_it(tmp_path):
    file = tmp_path / "x.bin"
    file.write_bytes(FRAME[:1] + b"\xff" + FRAME[2:] + FRAME * 2)
    assert [v["valid"] for v in run("remote_id_mavlink", file)[1]] == [False, True, True]


def test_each_frame_of_mavlink_has_its_own_broken_rules_though_nothing_said_the_time(tmp_path):
    file = tmp_path / "x.bin"
    file.write_bytes(FRAME + mavlink_pack(location(b1=0xF0)) + FRAME + mavlink_pack(location(96.0)))
    fields = [[rule["field"] for rule in v["broken"]] for v in run("remote_id_mavlink", file)[1]]
    where = "messages[0].location"
    assert fields == [[], [f"{where}.operational_status"], [], [f"{where}.latitude"]]


@given(
    st.lists(st.sampled_from([FRAME, HEARTBEAT, OLD_HEARTBEAT, b"\xfd", b"\xfe", b"ab", FRAME[:9], FRAME[3:]])),
    st.integers(1, 99),
)
def test_nothing_of_a_stream_of_mavlink_is_lost_where_it_is_cut(parts, size):
    data = b"".join(parts)
    units = list(mavlink_cut(data[at : at + size] for at in range(0, len(data), size)))
    assert b"".join(unit.data if isinstance(unit, Between) else unit for unit in units) == data


BLOCK = block(48, [plot(NOON_S, 45.0)])


@pytest.mark.parametrize(
    ("strange", "said"),
    [
        (b"\x63\x00\x08hello", "CAT 099, which is not among those that are read"),
        (b"\x30\x00\x02", "a length of 2, where the head of a block takes 3 bytes and a record 1"),
        (b"\x30\x00\x03", "a length of 3, where the head of a block takes 3 bytes and a record 1"),
        (b"what?", "between blocks"),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_what_is_no_block_of_asterix_says_which_category_or_length_and_where(strange, said, first, tmp_path):
    file = tmp_path / "x.ast"
    file.write_bytes((b"" if first else BLOCK) + strange + BLOCK + BLOCK)
    code, verdicts = run("asterix", file)
    assert code == 1
    assert [v["valid"] for v in verdicts] == ([] if first else [True]) + [False, True, True]
    (rule,) = verdicts[0 if first else 1]["broken"]
    at = 0 if first else len(BLOCK)
    assert (rule["rule"], rule["said"]) == (said, f"{said}: {len(strange)} bytes from byte {at} on")


def unread(category: int, size: int) -> bytes:
    return bytes([category]) + size.to_bytes(2, "big") + b"\xaa" * (size - 3)


@pytest.mark.parametrize("behind", [b"", b"junk", b"\x30\x00\x02"])
@pytest.mark.parametrize("first", [True, False])
def test_each_of_several_blocks_that_are_not_read_is_a_finding_of_its_own(behind, first, tmp_path):
    file = tmp_path / "x.ast"
    blocks_ = [unread(99, 8), unread(99, 9), unread(77, 300), unread(99, 8)]
    head = b"" if first else BLOCK
    file.write_bytes(head + b"".join(blocks_) + behind + BLOCK)
    found = [rule["said"] for v in run("asterix", file)[1] for rule in v["broken"]]
    at = [len(head) + sum(map(len, blocks_[:n])) for n in range(5)]
    wanted = [
        f"CAT {block_[0]:03d}, which is not among those that are read: {len(block_)} bytes from byte {start} on"
        for block_, start in zip(blocks_, at[:4], strict=True)
    ]
    assert found[:4] == wanted
    assert [said.partition(": ")[2] for said in found[4:]] == (
        [f"{len(behind)} bytes from byte {at[4]} on"] if behind else []
    )
    decoded = decoder("asterix", {"from_file": True, "date_ns": 0})
    decoded.feed(file.read_bytes(), 0)
    assert decoded.faults.count == len(found)


def test_a_block_that_is_not_read_stays_one_where_the_file_is_read_in_two_pieces():
    data = BLOCK + unread(99, 300) + unread(98, 20) + BLOCK + unread(99, 30)
    for size in (7, 40, 90, 200, 301):
        units = cut(data[at : at + size] for at in range(0, len(data), size))
        assert [len(unit.data) for unit in units if isinstance(unit, Between)] == [300, 20, 30]


def test_letters_among_blocks_are_one_finding_though_they_read_as_lengths(tmp_path):
    file = tmp_path / "x.ast"
    file.write_bytes(BLOCK + b"somebody wrote a long sentence here. " * 2_000 + BLOCK)
    verdicts = run("asterix", file)[1]
    assert [v["valid"] for v in verdicts] == [True, False, True]


def test_a_block_of_a_category_that_is_stepped_over_is_not_blamed_for_the_next(tmp_path):
    file = tmp_path / "x.ast"
    broken = block(48, [plot(NOON_S, 45.0)])[:3] + b"\xff\xff\xff\xff" + BLOCK[7:]
    file.write_bytes(BLOCK + b"\x03\x00\x05hi" + BLOCK + broken[: len(BLOCK)] + BLOCK)
    valid = [v["valid"] for v in run("asterix", file)[1]]
    assert (valid[:3], valid[-1], all(valid)) == ([True, True, True], True, False)


@given(
    st.lists(st.sampled_from([BLOCK, b"\x63\x00\x05hi", b"0", b"junk", BLOCK[:9], b"\x03\x00\x04x"])),
    st.integers(1, 40),
)
def test_nothing_of_a_stream_of_blocks_is_lost_where_it_is_cut(parts, size):
    data = b"".join(parts)
    units = list(cut(data[at : at + size] for at in range(0, len(data), size)))
    assert b"".join(unit.data if isinstance(unit, Between) else unit for unit in units) == data


def test_each_event_of_cot_has_its_verdict(tmp_path):
    file = tmp_path / "x.cot"
    file.write_bytes(SAMPLES["cot"] + b"<event version='2.0'><point lat='x'/></event>" + SAMPLES["cot"])
    judged = [v["valid"] for v in run("cot", file)[1]]
    whole = SAMPLES["cot"].count(b"</event>")
    assert judged == [True] * whole + [False] + [True] * whole


EVENT = (
    "<event version='2.0' uid='x' type='a-u-A' how='m-r' time='2026-05-07T00:00:00Z' start='2026-05-07T00:00:00Z'"
    " stale='2026-05-07T00:01:00Z'><point lat='56.5' lon='27.3' hae='300' ce='9999999.0' le='9999999.0'/></event>"
)


@pytest.mark.parametrize(
    ("was", "becomes", "field", "rule"),
    [
        ("uid='x' ", "", "event.uid", "mandatory"),
        ("uid='x'", "uid=' '", "event.uid", "value"),
        ("version='2.0'", "version='1.0'", "event.version", "value"),
        ("type='a-u-A'", "type='a u A'", "event.type", "value"),
        ("how='m-r'", "how='measured by us'", "event.how", "value"),
        ("stale='2026-05-07T00:01:00Z'", "stale='2026-05-06T00:01:00Z'", "event.stale", "time"),
        ("stale='2026-05-07T00:01:00Z'", "stale='soon'", "event.stale", "time"),
        ("time='2026-05-07T00:00:00Z'", "time='2026-05-07T00:00:00'", "event.time", "time"),
        ("lat='56.5'", "lat='96.5'", "point.lat", "range"),
        ("lon='27.3' ", "", "point.lon", "mandatory"),
        ("ce='9999999.0'", "ce='-1'", "point.ce", "range"),
        ("hae='300'", "hae='high'", "point.hae", "value"),
        ("<point lat='56.5' lon='27.3' hae='300' ce='9999999.0' le='9999999.0'/>", "", "point", "mandatory"),
        ("</event>", "</events>", "", "xml"),
    ],
)
def test_each_rule_of_cot_is_named_with_its_attribute(was, becomes, field, rule, tmp_path):
    file = tmp_path / "x.cot"
    file.write_text(EVENT)
    assert run("cot", file)[0] == 0
    file.write_text(EVENT.replace(was, becomes))
    (verdict,) = run("cot", file)[1]
    assert [(broken["field"], broken["rule"]) for broken in verdict["broken"]] == [(field, rule)]


DTD = "<?xml version='1.0'?>\n<!DOCTYPE event [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>\n"


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (EVENT + EVENT, [None, None]),
        (f"<?xml version='1.0'?>\n{EVENT}\n<?xml version='1.0'?>{EVENT}", [None, None]),
        (
            f"\ufeff<!-- of today -->\n{EVENT} <!-- {EVENT} -->\ufeff<?xml version='1.0'?>{EVENT}<!-- end -->",
            [None, None],
        ),
        (f"{EVENT}<!-- <event --> and <!-- --> {EVENT}", [None, "between", None]),
        (f"<!-- no end {EVENT}", ["between", None]),
        (DTD + EVENT, ["doctype", None]),
        ("<!DOCTYPE evil><evil/>", ["doctype"]),
        (f"<events>{EVENT}{EVENT}</events>", ["between", None, None, "between"]),
        (f"{EVENT} and {EVENT}", [None, "between", None]),
        ("<evil/>", ["root"]),
    ],
)
def test_a_document_type_and_what_is_around_events_are_each_one_clear_sentence(text, rules, tmp_path):
    file = tmp_path / "x.cot"
    file.write_text(text)
    found = [[rule["rule"] for rule in v["broken"]] for v in run("cot", file)[1]]
    assert found == [[] if rule is None else [rule] for rule in rules]


def test_each_line_of_a_home_made_sensor_is_judged_with_its_field(tmp_path):
    file = tmp_path / "mic.jsonl"
    file.write_text('{"azimuth_deg": 71.5}\n\n{"azimuth_deg": 400}\n{"bearing": 3}\n[]\n')
    code, verdicts = run("jsonl", file)
    assert code == 1
    assert [(v["message"], v["valid"]) for v in verdicts] == [(1, True), (3, False), (4, False), (5, False)]
    assert [rule["field"] for v in verdicts for rule in v["broken"]] == ["azimuth_deg", "bearing", ""]


@pytest.mark.parametrize("name", [*sorted(PARTS), "cap", "ed269", "ed318", "geojson"])
def test_a_file_with_nothing_in_it_is_said_to_be_empty_whatever_the_format(name, tmp_path):
    file = tmp_path / "x"
    file.write_bytes(b"")
    rule = {"field": "", "rule": "empty", "said": "there is no message in it"}
    wanted = {"file": str(file), "message": 1, "kind": "file", "valid": False, "broken": [rule], "warnings": []}
    assert run(name, file) == (1, [wanted])


@pytest.mark.parametrize("name", ["cot", "jsonl"])
def test_a_file_of_blank_lines_has_no_message_in_it_either(name, tmp_path):
    file = tmp_path / "x"
    file.write_bytes(b"\n  \r\n\n")
    code, (verdict,) = run(name, file)
    assert (code, [rule["rule"] for rule in verdict["broken"]]) == (1, ["empty"])


@pytest.mark.parametrize("name", ["sapient", "jsonl", "beast", "cap", "geojson"])
def test_a_folder_is_said_to_be_one_with_what_would_be_right(name, tmp_path):
    with pytest.raises(BadInput, match=rf"is a folder; give one or more files of {name}, such as .*\*"):
        list(validate(name, [tmp_path]))


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    result = CliRunner().invoke(app, ["validate", "sapient", str(tmp_path / "none.json")])
    assert isinstance(result.exception, BadInput)
    assert "is not there" in str(result.exception)


@pytest.mark.parametrize("ng", [False, True])
def test_each_packet_of_a_capture_has_its_verdict_under_its_number(tmp_path, ng):
    good, short = beacon(), beacon(pack(location(), location())[:40])
    file = tmp_path / "x.pcap"
    file.write_bytes(capture(105, good, short, b"\x40" + bytes(40), beacon(pack(basic_id(), location(56.6)))))
    if ng:
        subprocess.run(["editcap", "-F", "pcapng", str(file), str(tmp_path / "x.pcapng")], check=True)
        file = tmp_path / "x.pcapng"
    code, verdicts = run("remote_id_pcap", file)
    assert code == 1
    assert [(v["message"], v["valid"]) for v in verdicts] == [(1, True), (2, False), (4, True)]
    assert [(rule["field"], rule["rule"]) for rule in verdicts[1]["broken"]] == [
        ("message_pack.message_count", "length")
    ]


def test_each_snapshot_has_its_verdict_though_it_takes_many_lines(tmp_path):
    file = tmp_path / "aircraft.json"
    sound = json.dumps({"now": 1_778_112_723.0, "messages": 7, "aircraft": []}, indent=1).encode()
    file.write_bytes(sound + b"\n" + sound.replace(b'"now"', b'"then"') + sound + b'{"now": 3, ')
    verdicts = run("aircraft_json", file)[1]
    assert [(v["kind"], v["message"], v["valid"]) for v in verdicts] == [
        ("document", 1, True),
        ("document", 2, False),
        ("document", 3, True),
        ("document", 4, False),
    ]
    assert [rule["field"] for rule in verdicts[1]["broken"]] == ["now"]


def test_a_beast_frame_that_ends_with_an_escape_is_a_message_of_its_own(tmp_path):
    file = tmp_path / "x.bin"
    file.write_bytes(3 * beast.encode(b"\x1a" * 14, 0x1A1A, 0x1A) + SAMPLES["beast"])
    assert len(run("beast", file)[1]) == 3 + len(list(beast.carried([SAMPLES["beast"]], Faults())))


def test_an_alert_and_zones_are_judged_though_no_feed_speaks_them(tmp_path):
    alert, zones = tmp_path / "alert.xml", tmp_path / "zones.json"
    alert.write_bytes(ALERT.replace(b"<scope>Public", b"<scope>Private"))
    code, (verdict,) = run("cap", alert)
    assert (code, verdict["kind"], verdict["valid"]) == (1, "alert Actual Alert", False)
    assert [(rule["field"], rule["rule"]) for rule in verdict["broken"]] == [("addresses", "conditional")]
    zones.write_text(json.dumps(ED318))
    assert [line["kind"] for line in run("ed318", zones)[1]] == ["file", "zone LVA01"]
    assert run("geojson", zones)[0] == 0


def test_what_there_is_no_rule_for_is_one_sentence_with_what_there_is(tmp_path):
    (tmp_path / "a").write_bytes(b"")
    result = CliRunner().invoke(app, ["validate", "morse", str(tmp_path / "a")])
    assert result.exit_code != 0
    with pytest.raises(BadInput, match=r"no format 'morse' to judge by; there are: .*asterix, .*cap, .*ed269"):
        list(validate("morse", [tmp_path / "a"]))
