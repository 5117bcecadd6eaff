"""`dronewall validate`: one line per message, each broken rule with its field, exit code 1 where one is broken."""

import json
from pathlib import Path

from typer.testing import CliRunner

from dronewall.cli import app
from dronewall.errors import BadInput
from tests.formats.samples import SAMPLES
from tests.formats.sapient.said import STREAM, said


def run(*words: str | Path) -> tuple[int, list[dict]]:
    result = CliRunner().invoke(app, ["validate", *map(str, words), "--json"])
    return result.exit_code, [json.loads(line) for line in result.output.splitlines() if line.startswith("{")]


def test_a_valid_message_in_json_is_one_line_and_exit_code_0(tmp_path):
    file = tmp_path / "task.json"
    file.write_text("\ufeff" + json.dumps(said("task"), indent=2), encoding="utf-8")
    wanted = {"file": str(file), "message": 1, "kind": "task", "valid": True, "broken": []}
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


def test_a_format_without_rules_for_a_message_gives_one_verdict_a_file(tmp_path):
    file = tmp_path / "x.bin"
    file.write_bytes(SAMPLES["beast"])
    assert [v["valid"] for v in run("beast", file)[1]] == [True]
    file.write_bytes(SAMPLES["beast"][:-3])
    assert run("beast", file)[1][0]["broken"] == [{"field": "", "rule": "cut short", "said": "1 of 67 messages"}]


def test_each_line_of_a_home_made_sensor_is_judged_with_its_field(tmp_path):
    file = tmp_path / "mic.jsonl"
    file.write_text('{"azimuth_deg": 71.5}\n\n{"azimuth_deg": 400}\n{"bearing": 3}\n[]\n')
    code, verdicts = run("jsonl", file)
    assert code == 1
    assert [(v["message"], v["valid"]) for v in verdicts] == [(1, True), (3, False), (4, False), (5, False)]
    assert [rule["field"] for v in verdicts for rule in v["broken"]] == ["azimuth_deg", "bearing", ""]


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    result = CliRunner().invoke(app, ["validate", "sapient", str(tmp_path / "none.json")])
    assert isinstance(result.exception, BadInput)
    assert "is not there" in str(result.exception)
