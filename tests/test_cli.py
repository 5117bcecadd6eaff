"""The command line: quick, plain, and one sentence with exit code 2 for whatever cannot be used."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dronewall.cli import app
from dronewall.cli.commands import FORMATS
from dronewall.errors import BadInput, DronewallError, Unavailable
from dronewall.eventlog import FILE_NAME, EventLog
from dronewall.formats import PARTS
from dronewall.records.event import Event
from tests.watch.small import WALL, recording

FEED = '\n[[feed]]\nsensor = "radar"\nuri = "tcp://127.0.0.1:9"\nformat = "jsonl"\n'
SENSOR = '\n[[sensor]]\nid = "{id}"\nkind = "{kind}"\nlatitude_deg = {latitude}\nlongitude_deg = 27.0\n'
ZONE = '\n[[zone]]\nid = "z"\nkind = "protected"\npolygon = [[27.0, 56.0], [28.0, 57.0], [28.0, 56.0], [27.0, 57.0]]\n'


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """The command as a person types it."""
    return subprocess.run(
        [sys.executable, "-m", "dronewall", *map(str, words)], capture_output=True, text=True, timeout=300, check=False
    )


def refusal(*words: str | Path) -> str:
    """The sentence that a command is refused with, inside this process."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert isinstance(result.exception, DronewallError), result.output
    assert result.exception.exit_code == 2
    sentence = str(result.exception)
    assert "\n" not in sentence
    return sentence


def wall(folder: Path, text: str) -> Path:
    file = folder / "wall.toml"
    file.write_text(text)
    return file


def test_help_of_convert_and_validate_names_every_format() -> None:
    for command in ("convert", "validate"):
        words = " ".join(CliRunner().invoke(app, [command, "--help"]).output.split())
        assert [name for name in PARTS if name not in words] == []
    assert tuple(FORMATS.split(", ")) == tuple(sorted(PARTS))


def test_a_path_that_is_not_there_is_said_before_anything_heavy_is_loaded() -> None:
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom dronewall.cli import app\n"
        "for words in (['track', 'none'], ['convert', 'none', 'x'], ['score', 'none', 'x']):\n"
        "    assert 'none is not there' in str(CliRunner().invoke(app, words).exception), words\n"
        "print([name for name in ('numba', 'scipy', 'pyarrow') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_names_every_command_and_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom dronewall.cli import app\n"
        "print(CliRunner().invoke(app, ['--help']).output)\n"
        "heavy = {'numpy', 'numba', 'scipy', 'pyarrow', 'fastapi', 'shapely'} & set(sys.modules)\n"
        "print('heavy:', heavy or 'nothing')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=240, check=True)
    for command in ("demo", "rehearse", "track", "score", "convert", "watch", "audit", "warm", "doctor"):
        assert command in done.stdout
    assert "heavy: nothing" in done.stdout


def test_a_refusal_is_one_line_on_standard_error_and_exit_code_2(tmp_path: Path) -> None:
    done = run("track", tmp_path / "nothing")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("dronewall: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["demo", "--seed", "-1"], "greater than or equal to 0, not -1; 'dronewall demo --help' says what it takes"),
        (["demo", "--port=99999"], "less than or equal to 65535, not 99999;"),
        (["demo", "--seeds", "1"], "No such option: --seeds"),
        (["track"], "Missing argument 'recording'"),
        (["attack"], "No such command 'attack'"),
    ],
)
def test_a_slip_on_the_command_line_is_one_sentence_too(words: list[str], said: str) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr


def test_the_version_is_said() -> None:
    assert CliRunner().invoke(app, ["--version"]).output.startswith("dronewall 0.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (WALL + FEED + "speed = 3\n", ["feed[0].speed", "sensor, uri, format"]),
        (WALL + FEED + SENSOR.format(id="x", kind="laser", latitude=56.0), ["'laser'", "acoustic, adsb"]),
        (WALL + FEED + SENSOR.format(id="x", kind="radar", latitude=95.0), ["latitude_deg", "95"]),
        (WALL + FEED + SENSOR.format(id="radar", kind="radar", latitude=56.0), ["two [[sensor]]", "'radar'"]),
        (WALL + FEED + ZONE, ["crosses itself"]),
        (
            WALL.replace("[wall]", '[wall]\nterrain = "nowhere/*.hgt"') + FEED,
            ["nowhere/*.hgt", "there is no such file"],
        ),
        (WALL + FEED.replace("jsonl", "asterx"), ["asterx", "beast"]),
        (WALL, ["there is no [[feed]]"]),
        ("[wall", ["is not TOML"]),
    ],
    ids=["key", "kind", "latitude", "twice", "crossing", "terrain", "format", "no feed", "toml"],
)
def test_a_bad_wall_is_one_sentence_and_nothing_is_written(tmp_path: Path, text: str, words: list[str]) -> None:
    file = wall(tmp_path, text)
    sentence = refusal("watch", file, "--data", tmp_path / "data", "--port", "0")
    assert all(word in sentence for word in words), sentence
    assert not (tmp_path / "data" / FILE_NAME).exists()


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = refusal("watch", wall(tmp_path, WALL + FEED), "--data", tmp_path / "data", "--port", str(port))
    assert f"port {port} on 127.0.0.1 is in use" in sentence


def test_a_recording_that_is_cut_short_is_one_sentence(tmp_path: Path) -> None:
    whole = recording(tmp_path)
    file = whole / "detections.parquet"
    file.write_bytes(file.read_bytes()[:-100])
    output = tmp_path / "tracks.parquet"
    sentence = refusal("track", whole, "-o", output)
    assert "detections.parquet is not a whole Parquet file" in sentence
    assert not output.exists()
    assert not list(tmp_path.glob("*.part"))


def test_a_recording_that_may_not_be_read_is_not_called_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    whole = recording(tmp_path)
    monkeypatch.setattr("dronewall.archive.files.pq.read_table", denied)
    sentence = refusal("track", whole, "-o", tmp_path / "tracks.parquet")
    assert "permission denied" in sentence
    assert "Parquet file" not in sentence


def test_another_wall_must_have_the_recordings_sensors(tmp_path: Path) -> None:
    other = wall(tmp_path, WALL.replace('"radar"', '"elsewhere"', 1))
    sentence = refusal("track", recording(tmp_path), "--wall", other, "-o", tmp_path / "tracks.parquet")
    assert "its sensor 'radar' is not in" in sentence
    assert not (tmp_path / "tracks.parquet").exists()


def test_no_recording_is_one_sentence(tmp_path: Path) -> None:
    assert "is not there" in refusal("watch", wall(tmp_path, WALL), "--replay", tmp_path / "none")


def test_replay_and_rehearse_exclude_each_other(tmp_path: Path) -> None:
    assert "exclude" in refusal("watch", tmp_path, "--replay", tmp_path, "--rehearse", "rezekne")


def test_an_unknown_night_is_told_the_known_ones(tmp_path: Path) -> None:
    assert "rezekne" in refusal("rehearse", "record", "resekne", "-o", tmp_path / "r")


def test_a_recording_is_tracked_into_a_file(tmp_path: Path) -> None:
    output = tmp_path / "tracks.parquet"
    done = CliRunner().invoke(app, ["track", str(recording(tmp_path)), "-o", str(output), "--every", "10", "--json"])
    said = json.loads(done.stdout.splitlines()[-1])
    assert done.exit_code == 0
    assert said["rows"] > 0
    assert output.exists()


def test_a_day_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert "write it as 2026-05-07" in refusal("convert", tmp_path / "a", tmp_path / "b", "--date", "yesterday")


def test_audit_says_whole_and_then_what_was_done_to_the_log(tmp_path: Path) -> None:
    with EventLog(tmp_path / FILE_NAME) as log:
        log.append(Event(time_ns=1, kind="alert.approved", actor="anna", payload={}))
    assert CliRunner().invoke(app, ["audit", "verify", str(tmp_path)]).exit_code == 0
    file = tmp_path / FILE_NAME
    file.write_bytes(file.read_bytes().replace(b"anna", b"bert"))
    for rest in tmp_path.glob(f"{FILE_NAME}-*"):
        rest.unlink()
    done = CliRunner().invoke(app, ["audit", "verify", str(tmp_path), "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["findings"]


def test_audit_of_nothing_is_one_sentence(tmp_path: Path) -> None:
    assert "is not there" in refusal("audit", "verify", tmp_path)


def test_the_doctor_says_what_it_found() -> None:
    done = CliRunner().invoke(app, ["doctor", "--json"])
    assert {"Python", "packages", "kernels"} <= {row["what"] for row in json.loads(done.stdout)["checks"]}


def test_a_folder_is_for_one_service(tmp_path: Path) -> None:
    from dronewall.watch.service import only_one

    with only_one(tmp_path), pytest.raises(Unavailable, match="in use by another dronewall"), only_one(tmp_path):
        pass


def test_an_output_without_a_key_says_where_to_put_it(tmp_path: Path) -> None:
    sentence = refusal("watch", wall(tmp_path, WALL + FEED), "--data", tmp_path / "data", "--port", "0")
    assert "gateway.key" in sentence


def test_the_kernels_cache_goes_to_the_user_where_the_package_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from dronewall import cli

    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(os, "access", lambda *_: False)
    cli._numba_cache()
    assert os.environ["NUMBA_CACHE_DIR"] == str(tmp_path / "dronewall" / "numba")
    del os.environ["NUMBA_CACHE_DIR"]  # `delenv` would put it back after the test, and every kernel be compiled anew


def test_bad_input_is_the_root_of_what_a_user_may_do_wrong() -> None:
    assert BadInput("x").exit_code == 2
