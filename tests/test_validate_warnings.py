"""Warnings of `dronewall validate`: times ahead of the clock, by field, of messages that stay valid."""

import json
import struct

import pytest
from typer.testing import CliRunner

from dronewall.cli import app
from dronewall.cli.validating import validate
from dronewall.formats.moments import MAKERS
from tests.formats.samples import SAMPLES, heard, mavlink, mavlink_pack, pack, system
from tests.formats.sapient.said import said
from tests.formats.test_cap_rules import ALERT

DAY_NS = 1_778_112_000 * 10**9  # 2026-05-07, the day of the samples
OLD_NS, EARLIER_NS, LATER_NS = 10**18, DAY_NS - 30 * 86_400 * 10**9, DAY_NS + 20_000 * 86_400 * 10**9
FIELDS = {
    "aircraft_json": {"now"},
    "asterix_pcap": {"time"},
    "cot": {"event.time", "event.start"},
    "jsonl": {"time", "end", "time_ns"},
    "modes_csv": {"time"},
    "remote_id_jsonl": {"time"},
    "remote_id_pcap": {"time"},
    "rs1090": {"timestamp"},
    "sbs": {"time"},
}
UNDATED = {"asterix", "avr", "beast", "remote_id_mavlink"}  # of the samples


def judged(tmp_path, name, data, now_ns=EARLIER_NS):
    file = tmp_path / "x"
    file.write_bytes(data)
    return list(validate(name, [file], now_ns))


@pytest.mark.parametrize("name", sorted(SAMPLES.keys() - {"sapient"}))
def test_times_ahead_of_the_clock_are_warnings_and_the_messages_stay_valid(name, tmp_path):
    before, after = (judged(tmp_path, name, SAMPLES[name], now_ns) for now_ns in (OLD_NS, LATER_NS))
    assert all(v.valid for v in before)
    assert {warning["field"] for v in before for warning in v.warnings} == FIELDS.get(name, set())
    assert not any(v.warnings for v in after)
    assert [(v.message, v.broken) for v in before] == [(v.message, v.broken) for v in after]


def test_every_format_is_either_dated_or_known_to_carry_no_date():
    assert set(FIELDS) | {"cap"} == set(MAKERS)
    assert set(FIELDS) | UNDATED | {"sapient"} == set(SAMPLES)


@pytest.mark.parametrize("name", ["modes_csv", "rs1090", "sbs", "remote_id_jsonl"])
def test_each_line_that_says_a_date_has_its_warning(name, tmp_path):
    verdicts = judged(tmp_path, name, SAMPLES[name], OLD_NS)
    assert [len(v.warnings) for v in verdicts] == [1] * len(verdicts)


def test_the_sentence_says_which_time_and_how_far_ahead_of_which_clock(tmp_path):
    line = heard(system(), "2026-05-07T03:00:00Z")
    (verdict,) = judged(tmp_path, "remote_id_jsonl", line, DAY_NS)
    (warning,) = verdict.warnings
    assert warning["said"].startswith("2026-05-07T03:00:00.000Z is 3 hours ahead of the clock here (2026-05-07T00:00")
    assert judged(tmp_path, "remote_id_jsonl", line, DAY_NS + 10_795 * 10**9)[0].warnings == ()
    assert "[warning]" in verdict.text()


@pytest.mark.parametrize("name", ["remote_id_jsonl", "remote_id_mavlink"])
@pytest.mark.parametrize("packed", [True, False])
def test_the_clock_of_a_remote_id_system_message_is_looked_at_in_every_carrier(name, packed, tmp_path):
    message = bytearray(system())
    struct.pack_into("<I", message, 20, (EARLIER_NS // 10**9 + 86_400 * 7) - 1_546_300_800)
    data, field = bytes(message), "system.timestamp"
    if name == "remote_id_jsonl":
        sent = heard(pack(data) if packed else data, "2026-01-01T00:00:00Z")
    elif packed:
        sent = mavlink_pack(data)
    else:
        seconds = struct.unpack_from("<I", message, 20)[0]
        place = (0, 0, 0.0, 0.0, 0.0, seconds, 1, 0, 0, 0, bytes(20), 0, 0, 0, 0)
        values = struct.pack("<iifffIHHBB20sBBBB", *place)
        sent = mavlink(12904, values)
    (verdict,) = judged(tmp_path, name, sent)
    assert verdict.valid
    assert [warning["field"] for warning in verdict.warnings] == [f"messages[0].{field}" if packed else field]


def test_a_sapient_message_and_an_alert_say_when_they_were_sent(tmp_path):
    message = json.dumps(said("task", timestamp="2031-05-07T00:00:00Z")).encode()
    assert [w["field"] for v in judged(tmp_path, "sapient", message) for w in v.warnings] == ["timestamp"]
    assert [w["field"] for v in judged(tmp_path, "cap", ALERT, 0) for w in v.warnings] == ["sent"]


def test_a_year_beyond_the_calendar_is_a_sentence_too(tmp_path):
    event = SAMPLES["cot"].replace(b"2026-05-07", b"123456-05-07")
    assert all("after the year 9999" in w["said"] for v in judged(tmp_path, "cot", event) for w in v.warnings)


def test_a_warning_is_in_the_json_line_and_leaves_the_exit_code_0(tmp_path):
    file = tmp_path / "mic.jsonl"
    file.write_text('{"time": "2099-05-07T00:00:00Z", "azimuth_deg": 71.5}\n')
    result = CliRunner().invoke(app, ["validate", "jsonl", str(file), "--json"])
    (line,) = [json.loads(line) for line in result.output.splitlines()]
    assert (result.exit_code, line["valid"], line["broken"]) == (0, True, [])
    assert [warning["field"] for warning in line["warnings"]] == ["time"]
