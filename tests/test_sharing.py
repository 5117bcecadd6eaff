"""`dronewall share`: rules in sentences and the dry run, on the small night."""

import json
from pathlib import Path

import pytest

from dronewall.cli.sharing import Preview
from dronewall.errors import BadInput
from tests.test_cli import refusal, run
from tests.watch.small import recording, wall_file

RULES = """
schema_version = 1
[release]
nation = "LV"
approved_by = "a test"
approved_on = 2026-11-22
[[rule]]
id = "lt"
partner = "LT"
what = "tracks"
zones = ["everywhere"]
fields = ["position_rounded", "velocity"]
round_to_m = 2000
every_s = 5
[[rule]]
id = "lt-alerts"
partner = "LT"
what = "alerts"
zones = ["town"]
fields = ["level"]
[[rule]]
id = "ee"
partner = "EE"
what = "tracks"
zones = ["everywhere"]
pictures = ["real"]
fields = ["position_exact"]
"""


def rules(folder: Path, text: str = RULES) -> Path:
    file = folder / "release.toml"
    file.write_text(text)
    return file


def test_rules_are_said_in_sentences(tmp_path: Path) -> None:
    done = run("share", "rules", rules(tmp_path), "--wall", wall_file(tmp_path))
    assert done.returncode == 0, done.stderr
    assert (
        "LT sees of tracks everywhere, in exercises, every 5 s: where it is, as the middle of a square" in done.stdout
    )
    assert "LT never sees of alerts: the area that was warned" in done.stdout
    assert "EE sees no alerts." in done.stdout


def test_a_zone_that_is_nowhere_is_refused(tmp_path: Path) -> None:
    said = refusal("share", "rules", rules(tmp_path, RULES.replace('"town"', '"twon"')), "--wall", wall_file(tmp_path))
    assert "rule lt-alerts: zones names 'twon'" in said
    assert "there are: everywhere, town" in said


def test_the_rules_that_ship_can_be_read(root: Path) -> None:
    folder = root / "src" / "dronewall" / "scenarios" / "rezekne"
    assert run("share", "rules", folder / "release.toml", "--wall", folder / "wall.toml").returncode == 0


def test_the_dry_run_shows_a_night_as_a_partner_would_see_it(tmp_path: Path) -> None:
    night, file, out = recording(tmp_path), rules(tmp_path), tmp_path / "lt.jsonl"
    done = run("share", "preview", file, night, "--partner", "LT", "--json", "-o", out)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["tracks_seen"] == said["tracks"] > 0
    shares = said["share_of_rows"]["tracks"]
    assert {word for word, share in shares.items() if share} == {"position_rounded", "velocity"}
    messages = [json.loads(line) for line in out.read_text().splitlines()]
    assert {message["kind"] for message in messages} >= {"track", "alert"}
    told = {key for message in messages if message["kind"] == "track" for key in message}
    wanted = {"kind", "id", "time_ns", "status", "latitude_deg", "longitude_deg", "grid_m", "velocity_mps"}
    assert told == wanted
    alerts = [message for message in messages if message["kind"] == "alert"]
    assert {key for alert in alerts for key in alert} == {"kind", "id", "revision", "message", "exercise", "level"}


def test_a_partner_whose_rules_are_for_the_real_picture_sees_nothing_of_an_exercise(tmp_path: Path) -> None:
    seen = Preview(rules(tmp_path), "EE", str(recording(tmp_path)), None, 1)
    assert list(seen.messages(5.0)) == []
    assert any("EE would see 0 of" in line for line in seen.told())


def test_a_nation_is_no_partner_of_itself(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="LV is the nation of the rules itself"):
        Preview(rules(tmp_path), "LV", str(recording(tmp_path)), None, 1)


def test_keys_for_an_exercise_are_made_and_renewed(tmp_path: Path) -> None:
    done = run("share", "keys", "LV", "LT", "-o", tmp_path, "--host", "LV=lv.example", "--days", "30")
    assert done.returncode == 0, done.stderr
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        *("LT.crt", "LT.key", "LV.crt", "LV.key", "authority.crt", "authority.key")
    ]
    before = (tmp_path / "LV.crt").read_bytes()
    assert run("share", "keys", "LV", "-o", tmp_path).returncode == 0
    assert (tmp_path / "LV.crt").read_bytes() != before
    assert "is not NATION=HOST of one of: LV" in refusal("share", "keys", "LV", "--host", "LT=x", "-o", tmp_path)
    assert "'lv' is no nation" in refusal("share", "keys", "lv", "-o", tmp_path)


def test_an_authority_signs_a_nations_own_certificate(tmp_path: Path) -> None:
    assert run("share", "keys", "EE", "-o", tmp_path / "a").returncode == 0
    assert run("share", "identity", "LV", "-o", tmp_path).returncode == 0
    done = run("share", "certify", tmp_path / "LV.crt", "--authority", tmp_path / "a")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "LV.signed.crt").read_text().startswith("-----BEGIN CERTIFICATE")
    assert "authority.crt is not there" in refusal("share", "certify", tmp_path / "LV.crt", "--authority", tmp_path)


def test_a_pair_for_https_that_is_none_is_refused(tmp_path: Path) -> None:
    said = refusal("watch", "--rehearse", "rezekne", "--tls", tmp_path / "a.crt", tmp_path / "a.key")
    assert "a.crt is not there; give the certificate's file, then its key's" in said
