"""What is signed will be believed, and no file that matters is overwritten."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dronewall.cli import app
from dronewall.errors import BadInput
from dronewall.watch.share.certificates import Authority, read
from dronewall.watch.share.issuing import AUTHORITY_LASTS, certify, issue, make, make_authority
from tests.watch.share.lines import NOW

YEAR = timedelta(days=365)
HERE = ["127.0.0.1"]


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """An authority's folder, with a certificate that LV made for itself in `lv`."""
    now = datetime.now(UTC)
    make_authority(tmp_path, now)
    make("LV", tmp_path / "lv", HERE, now)
    return tmp_path


def share(*words: object) -> str:
    """The one sentence with which the command is refused; empty where it did it."""
    done = CliRunner().invoke(app, ["share", *map(str, words)])
    assert done.exception is None or isinstance(done.exception, BadInput), done.exception
    return "" if done.exception is None else str(done.exception)


def files(folder: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


@pytest.mark.parametrize("into", ["lv/LV.key", "authority.key", "authority.crt", "notes.txt", "lv", "nope/x.crt"])
def test_certify_writes_over_nothing_but_a_certificate_of_the_same_key(keys: Path, into: str) -> None:
    (keys / "notes.txt").write_text("mine")
    before = files(keys)
    said = share("certify", keys / "lv/LV.crt", "--authority", keys, "-o", keys / into)
    assert "is left as it is" in said or "cannot be written: No such file" in said
    assert files(keys) == before


@pytest.mark.parametrize("into", ["lv/LV.crt", "new.crt", "lv/LV.signed.crt"])
def test_certify_writes_beside_and_renews(keys: Path, into: str) -> None:
    words = ("certify", keys / "lv/LV.crt", "--authority", keys, "-o", keys / into)
    assert [share(*words), share(*words)] == ["", ""]
    assert Authority.read(keys / "authority.crt").vouched(read(keys / into)) == ""
    assert [file for file in files(keys) if Path(file).name.startswith(".")] == []


def _other_key(keys: Path) -> None:
    (keys / "authority.key").unlink()
    (keys / "authority.key").write_bytes((keys / "lv/LV.key").read_bytes())
    (keys / "authority.key").chmod(0o600)


def _open_key(keys: Path) -> None:
    (keys / "authority.key").chmod(0o644)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [(_other_key, r"authority\.key is not the key of .*authority\.crt"), (_open_key, "can be read by others")],
)
def test_an_authority_whose_key_is_not_its_own_or_not_its_alone_signs_nothing(
    keys: Path, spoil: Callable[[Path], None], said: str
) -> None:
    spoil(keys)
    now = datetime.now(UTC)
    with pytest.raises(BadInput, match=said):
        certify(keys / "lv/LV.crt", keys, now, YEAR)
    with pytest.raises(BadInput, match=said):
        issue("EE", keys, HERE, now, YEAR)
    assert not (keys / "EE.key").exists()


def test_an_authority_vouches_for_nobody_beyond_its_own_end(tmp_path: Path) -> None:
    make_authority(tmp_path, NOW)
    late = NOW + AUTHORITY_LASTS - timedelta(days=10)
    issue("LV", tmp_path, HERE, late, timedelta(days=10))
    with pytest.raises(BadInput, match="before what it is to sign; give --days 10 or fewer, or make a new authority"):
        issue("LV", tmp_path, HERE, late, timedelta(days=11))
    with pytest.raises(BadInput, match=r"certificate ended on .*; nobody would believe what it signs"):
        issue("LV", tmp_path, HERE, late + timedelta(days=11), timedelta(days=1))


def test_a_nation_whose_key_is_gone_gets_no_other_in_silence(keys: Path) -> None:
    issue("LT", keys, HERE, datetime.now(UTC), YEAR)
    (keys / "LT.key").unlink()
    assert "LT.crt is there and its key LT.key is not; put the key back" in share("keys", "LT", "-o", keys)
    assert not (keys / "LT.key").exists()


@pytest.mark.parametrize("words", [["lv"], ["LV", "Estonia"], ["LV", "--host", "LV=a host"]])
def test_nothing_is_made_for_a_nation_or_a_host_that_is_none(tmp_path: Path, words: list[str]) -> None:
    assert "is no " in share("keys", *words, "-o", tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("folder", ["a-file", "a-file/below", "/proc/nope"])
def test_a_folder_that_cannot_be_is_one_sentence(tmp_path: Path, folder: str) -> None:
    (tmp_path / "a-file").write_text("mine")
    for verb in ("identity", "keys"):
        assert "cannot be written: " in share(verb, "LV", "-o", tmp_path / folder)
    assert (tmp_path / "a-file").read_text() == "mine"
