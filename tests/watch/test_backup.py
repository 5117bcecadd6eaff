"""A data folder as one file and back: while the watch runs, without secrets, and refused where it is broken."""

import gzip
import io
import json
import shutil
import sqlite3
import tarfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dronewall.cli import app
from dronewall.errors import BadInput, Corrupt, DronewallError
from dronewall.eventlog import EventLog, verify
from dronewall.units import SECOND_NS
from dronewall.vault import Vault
from dronewall.watch.backup import MANIFEST, backup, restore
from dronewall.watch.roles import Role, Tokens
from tests.watch.small import Watch

NOW_NS = time.time_ns()
DAY_NS = 86_400 * SECOND_NS


@dataclass(frozen=True)
class Kept:
    """A watch's data folder, a backup of it taken while it ran, and what the watch said then and at its end."""

    data: Path
    file: Path
    digest: str
    token: str
    alerts: list[Any]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("backup")
    data, file = folder / "data", folder / "night.backup"
    (data / "keys").mkdir(parents=True)
    (data / "keys" / "gateway.key").write_text("exercise:secret of the gateway")
    (data / "sectors" / "nats").mkdir(parents=True)
    (data / "sectors" / "nats" / "nats.conf").write_text("the password of the workers' bus")
    digest = Vault(data / "vault").put(NOW_NS, {"contact": "+371 2000 0000"})
    with Watch(data) as watch:
        watch.until(lambda: len(watch.rows()) > 3)
        token = watch.tokens.issue("anna", Role.OPERATOR, now_ns=NOW_NS)
        backup(data, file, actor="anna")
        watch.until(watch.at_end)
        alerts = watch.station.alerts().result(240.0)["alerts"]
    return Kept(data=data, file=file, digest=digest, token=token, alerts=alerts)


def names(file: Path) -> list[str]:
    with tarfile.open(file) as tar:
        return tar.getnames()


def changed(file: Path, target: Path, **members: bytes | None) -> Path:
    """The backup with members replaced, or left out."""
    with tarfile.open(file) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            stream = old.extractfile(member)
            assert stream is not None
            data = members.get(member.name, stream.read())
            if data is not None:
                member.size = len(data)
                new.addfile(member, io.BytesIO(data))
    return target


def manifest(file: Path, **change: Any) -> bytes:
    with tarfile.open(file) as tar:
        stream = tar.extractfile(MANIFEST)
        assert stream is not None
        return json.dumps(json.load(stream) | change).encode()


def test_a_watch_goes_on_from_what_was_put_back_and_ends_as_the_first_did(kept: Kept, tmp_path: Path) -> None:
    restore(kept.file, tmp_path / "data", now_ns=NOW_NS, actor="berta")
    with Watch(tmp_path / "data") as watch:
        watch.until(watch.at_end)
        again = watch.station.alerts().result(240.0)["alerts"]
        drafts = [row["payload"].get("alert") for row in watch.rows() if row["kind"] == "alert.drafted"]
    strip = ("clock",)
    assert [{k: v for k, v in row.items() if k not in strip} for row in again] == [
        {k: v for k, v in row.items() if k not in strip} for row in kept.alerts
    ]
    assert len(drafts) == len(set(map(str, drafts)))
    assert verify(tmp_path / "data").whole


def test_that_it_was_kept_and_put_back_is_in_the_log_with_who_did_it(kept: Kept, tmp_path: Path) -> None:
    restore(kept.file, tmp_path / "data", now_ns=NOW_NS, actor="berta")
    with EventLog(kept.data / "events.sqlite") as first, EventLog(tmp_path / "data" / "events.sqlite") as second:
        assert next(event.actor for _, event in first.events(kinds=["data.backed_up"])) == "anna"
        assert [event.actor for _, event in second.events(kinds=["data.restored"])] == ["berta"]


def test_tokens_and_history_come_back(kept: Kept, tmp_path: Path) -> None:
    restore(kept.file, tmp_path / "data", now_ns=NOW_NS)
    tokens = Tokens(tmp_path / "data" / "tokens.json", now_ns=NOW_NS)
    person = tokens.person(kept.token, now_ns=NOW_NS + 1)
    assert person is not None
    assert person.user == "anna"
    assert (tmp_path / "data" / "tokens.json").stat().st_mode & 0o777 == 0o600


def test_no_key_of_the_vault_or_of_an_output_is_in_a_backup_unless_asked(kept: Kept, tmp_path: Path) -> None:
    assert [name for name in names(kept.file) if name.endswith(".key")] == ["events.sqlite.key"]
    everything = tmp_path / "all"
    backup(kept.data, everything, vault_keys=True, keys=True)
    assert {"keys/gateway.key"} < {name for name in names(everything) if name.endswith(".key")}
    assert any(name.startswith("vault/") and name.endswith(".key") for name in names(everything))
    assert everything.stat().st_mode & 0o777 == 0o600


def test_the_bus_of_workers_and_its_password_are_in_no_backup(kept: Kept, tmp_path: Path) -> None:
    backup(kept.data, tmp_path / "all.backup", vault_keys=True, keys=True)
    assert not [name for name in names(tmp_path / "all.backup") if "sectors" in name]


def test_without_its_key_personal_data_cannot_be_read_from_what_was_put_back(kept: Kept, tmp_path: Path) -> None:
    restore(kept.file, tmp_path / "data", now_ns=NOW_NS)
    vault = Vault(tmp_path / "data" / "vault")
    assert vault.get(kept.digest) is None
    digest = vault.put(NOW_NS, {"contact": "new"})
    assert vault.get(digest) == {"contact": "new"}
    assert vault.get(kept.digest) is None


def test_what_has_expired_since_stays_deleted_although_its_key_was_kept(kept: Kept, tmp_path: Path) -> None:
    backup(kept.data, tmp_path / "all", vault_keys=True)
    restore(tmp_path / "all", tmp_path / "early", now_ns=NOW_NS)
    assert Vault(tmp_path / "early" / "vault").get(kept.digest) == {"contact": "+371 2000 0000"}
    restore(tmp_path / "all", tmp_path / "late", now_ns=NOW_NS + 5 * DAY_NS)
    assert list((tmp_path / "late" / "vault").iterdir()) == []


def test_a_log_that_is_not_whole_is_not_backed_up(kept: Kept, tmp_path: Path) -> None:
    shutil.copytree(kept.data, tmp_path / "data")
    with sqlite3.connect(tmp_path / "data" / "events.sqlite") as connection:
        connection.execute("DROP TRIGGER events_stay")
        connection.execute("UPDATE events SET actor = 'nobody' WHERE seq = 2")
    with pytest.raises(Corrupt, match="is not whole, so it is not backed up: event 2"):
        backup(tmp_path / "data", tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def test_a_backup_of_another_schema_is_one_sentence_and_leaves_nothing(kept: Kept, tmp_path: Path) -> None:
    other = changed(kept.file, tmp_path / "other", **{MANIFEST: manifest(kept.file, schema_version=7)})
    with pytest.raises(BadInput, match=r"is a backup of schema 7; this dronewall .* reads 1"):
        restore(other, tmp_path / "data", now_ns=NOW_NS)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other"]


def test_a_file_that_was_changed_is_found_by_its_digest(kept: Kept, tmp_path: Path) -> None:
    with tarfile.open(kept.file) as tar:
        stream = tar.extractfile("tokens.json")
        assert stream is not None
        text = stream.read().replace(b"operator", b"superior")
    other = changed(kept.file, tmp_path / "other", **{"tokens.json": text})
    with pytest.raises(Corrupt, match=r"'tokens\.json' in it is not what was kept"):
        restore(other, tmp_path / "data", now_ns=NOW_NS)
    assert not (tmp_path / "data").exists()


def test_a_file_that_is_missing_is_named(kept: Kept, tmp_path: Path) -> None:
    other = changed(kept.file, tmp_path / "other", **{"tokens.json": None})
    with pytest.raises(Corrupt, match=r"'tokens\.json' is missing from it"):
        restore(other, tmp_path / "data", now_ns=NOW_NS)


def test_a_name_that_leads_out_of_the_folder_is_refused(kept: Kept, tmp_path: Path) -> None:
    files = {"../../evil": {"bytes": 1, "sha256": "0" * 64}}
    other = changed(kept.file, tmp_path / "other", **{MANIFEST: manifest(kept.file, files=files)})
    with pytest.raises(Corrupt, match="leads out of the folder"):
        restore(other, tmp_path / "data", now_ns=NOW_NS)
    assert not (tmp_path.parent / "evil").exists()


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.7, 0.98])
def test_a_backup_cut_short_or_with_a_wrong_byte_is_one_sentence_and_leaves_nothing(
    kept: Kept, tmp_path: Path, share: float
) -> None:
    whole = kept.file.read_bytes()
    at = int(share * len(whole))
    for bad in (whole[:at], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
        (tmp_path / "bad").write_bytes(bad)
        with pytest.raises(DronewallError):
            restore(tmp_path / "bad", tmp_path / "data", now_ns=NOW_NS)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["bad"]


def test_what_is_no_backup_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    (tmp_path / "zip").write_bytes(gzip.compress(b"hello"))
    with tarfile.open(tmp_path / "tar", "w:gz") as tar:
        tar.add(tmp_path / "text", arcname="text")
    for name in ("text", "zip", "tar", "nothing"):
        with pytest.raises(DronewallError, match=name):
            restore(tmp_path / name, tmp_path / "data", now_ns=NOW_NS)


def test_nothing_is_overwritten(kept: Kept, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not empty"):
        restore(kept.file, kept.data, now_ns=NOW_NS)
    with pytest.raises(BadInput, match="is there already"):
        backup(kept.data, kept.file)
    with pytest.raises(BadInput, match="lies in the folder"):
        backup(kept.data, kept.data / "x")
    with pytest.raises(BadInput, match="is no data folder"):
        backup(tmp_path, tmp_path / "x")


def test_the_commands_keep_and_put_back(kept: Kept, tmp_path: Path) -> None:
    def run(*words: object) -> Any:
        return CliRunner().invoke(app, [str(word) for word in words])

    assert "the log is whole" in run("backup", kept.data, "-o", tmp_path / "file").output
    said = json.loads(run("restore", tmp_path / "file", "-o", tmp_path / "data", "--json").output)
    assert said["events"] > 3
    assert run("audit", "verify", tmp_path / "data").exit_code == 0
    assert isinstance(run("restore", tmp_path / "file", "-o", tmp_path / "data").exception, BadInput)
