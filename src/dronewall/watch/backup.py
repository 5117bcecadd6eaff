"""A data folder as one file, taken while the watch runs, and put back.

A gzipped tar: `backup.json` first (schema, program, when, the log's head, every file with its size and SHA-256), then
the files. The event log is copied before the journal: so the journal never lacks an input that the log names, and a
watch that starts on what was put back says nothing twice and loses nothing; the paths come last, since those of inputs
that no snapshot holds are made anew. The copies are SQLite's own, each of one moment. Secrets stay out unless asked
for: the vault's keys, since a copy of a key outlives its expiry, and `keys/`.
"""

import contextlib
import gzip
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from dronewall import __version__
from dronewall.archive.files import beside
from dronewall.errors import BadInput, Corrupt
from dronewall.eventlog import FILE_NAME, EventLog, verify
from dronewall.eventlog.chain import GENESIS, Head, SignedHead
from dronewall.records.event import Event
from dronewall.settings import FileModel, check
from dronewall.vault import Vault
from dronewall.watch.store.local import FILE_NAME as PATHS

SCHEMA: Final = 1
MANIFEST: Final = "backup.json"
_LARGEST_MANIFEST: Final = 64 << 20
_NOT_DATA: Final = ("-wal", "-shm", ".tmp", ".new", ".part", ".old", ".head")
_SQLITE: Final = (FILE_NAME, "journal.sqlite", PATHS)


class _File(FileModel):
    bytes: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Manifest(FileModel):
    schema_version: Literal[1]
    program: str
    made_ns: int
    events: Annotated[int, Field(ge=0)]
    head: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    vault_keys: bool
    keys: bool
    files: dict[str, _File]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is in a backup: how many files and bytes, how far the log reaches, whether secrets came along."""

    files: int
    size_bytes: int
    events: int
    head: str
    vault_keys: bool
    keys: bool


def backup(data: Path, output: Path, *, vault_keys: bool = False, keys: bool = False, actor: str = "system") -> Kept:
    """Write the data folder as one file, whole or not at all; that it was done is in the log.

    Raises
    ------
    BadInput
        There is no log, or the file cannot be written there.
    Corrupt
        The log is not whole: a backup of it would pass for one that is.
    """
    if not (data / FILE_NAME).is_file():
        raise BadInput(f"{data} is no data folder of a watch: it has no {FILE_NAME}", file=str(data))
    if output.exists():
        raise BadInput(f"{output} is there already; give another name", file=str(output))
    if output.resolve().is_relative_to(data.resolve()):
        raise BadInput(f"{output} lies in the folder that is kept; give a place outside of it", file=str(output))
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}.") as place:
            copies = Path(place)
            manifest = _copied(data, copies, vault_keys=vault_keys, keys=keys)
            with beside(output) as part:
                _write(part, copies, manifest)
    except OSError as error:
        raise BadInput(f"{output} cannot be written: {error.strerror or error}", file=str(output)) from None
    found = _kept(manifest)
    said = {"events": found.events, "head": found.head, "files": found.files, "vault_keys": vault_keys, "keys": keys}
    with EventLog(data / FILE_NAME) as log:
        log.append(Event(time_ns=time.time_ns(), kind="data.backed_up", actor=actor, payload=said))
    return found


def restore(file: Path, data: Path, *, now_ns: int, actor: str = "system") -> Kept:
    """Put a backup back as a data folder, whole or not at all. What has expired since stays deleted.

    Raises
    ------
    BadInput
        It is no backup, or one of another schema; or the folder holds something.
    Corrupt
        The backup is damaged, or the log in it is not whole.
    """
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise BadInput(f"{data} is there and not empty; a backup is put into a new folder", file=str(data))
    with beside(data) as folder:
        folder.mkdir(mode=0o700)
        manifest = _read(file, folder)
        log = folder / FILE_NAME
        verdict = verify(log, head=Head(seq=manifest.events, hash=bytes.fromhex(manifest.head)))
        if not verdict.whole or verdict.events != manifest.events:
            why = verdict.findings[0] if verdict.findings else f"it has {verdict.events} events, not {manifest.events}"
            raise Corrupt(f"{file}: the event log in it is not whole: {why}")
        if (folder / "vault").is_dir():
            Vault(folder / "vault").expire(now_ns)
        said = {"made_ns": manifest.made_ns, "events": manifest.events, "head": manifest.head}
        with EventLog(log) as opened:
            opened.append(Event(time_ns=now_ns, kind="data.restored", actor=actor, payload=said))
    return _kept(manifest)


def _copied(data: Path, copies: Path, *, vault_keys: bool, keys: bool) -> _Manifest:
    """Copies of everything that belongs into a backup, and what they are."""
    signed = SignedHead(data / FILE_NAME, None)
    before = verify(data)
    for name in _SQLITE:
        if (data / name).is_file():
            _copy_sqlite(data / name, copies / name)
    if not before.whole:
        raise Corrupt(f"{data / FILE_NAME} is not whole, so it is not backed up: {before.findings[0]}")
    for path in _names(data, vault_keys=vault_keys, keys=keys):
        target = copies / path
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):  # deleted meanwhile, such as a day that has expired
            shutil.copy2(data / path, target)
    log = copies / FILE_NAME
    shutil.copy2(signed.key_path, copies / signed.key_path.name)
    with contextlib.closing(sqlite3.connect(log)) as opened:
        newest = opened.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    head = Head(seq=0, hash=GENESIS) if newest is None else Head(seq=newest[0], hash=newest[1])
    SignedHead(log, None).write(head)
    verdict = verify(log, head=before.head)
    if not verdict.whole:
        raise Corrupt(f"the copy of {data / FILE_NAME} is not whole: {verdict.findings[0]}")
    files = {
        str(path.relative_to(copies)): _File(bytes=path.stat().st_size, sha256=_digest(path))
        for path in sorted(copies.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }
    return _Manifest(
        schema_version=SCHEMA,
        program=f"dronewall {__version__}",
        made_ns=time.time_ns(),
        events=verdict.events,
        head=head.hash.hex(),
        vault_keys=vault_keys,
        keys=keys,
        files=files,
    )


def _names(data: Path, *, vault_keys: bool, keys: bool) -> Iterator[Path]:
    """What is copied as it lies there, relative to the folder; links are not followed."""
    for path in sorted(data.rglob("*")):
        name = path.relative_to(data)
        secret = name.parts[0] in ("keys", "share")
        vault_key = name.parts[0] == "vault" and path.suffix == ".key"
        if path.is_symlink() or not path.is_file() or any(part.startswith(".") for part in name.parts):
            continue
        if str(name) in (*_SQLITE, f"{FILE_NAME}.key", "lock") or path.name.endswith(_NOT_DATA):
            continue
        if name.parts[:2] == ("share", "nats") or name.parts[0] == "sectors":  # a server's own; it is said again
            continue
        if (vault_key and not vault_keys) or (secret and not keys):
            continue
        yield name


def _copy_sqlite(source: Path, target: Path) -> None:
    """The database as it stood at one moment; neither waits for writers nor holds them up."""
    uri = f"{source.resolve().as_uri()}?mode=ro"
    with (
        contextlib.closing(sqlite3.connect(uri, uri=True)) as live,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)
    target.chmod(0o600)


def _write(file: Path, copies: Path, manifest: _Manifest) -> None:
    text = manifest.model_dump_json(indent=1).encode()
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with (
        os.fdopen(handle, "wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=3, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        first = tarfile.TarInfo(MANIFEST)
        first.size, first.mode = len(text), 0o600
        tar.addfile(first, io.BytesIO(text))
        for name in manifest.files:
            tar.add(copies / name, arcname=name, recursive=False)
    with file.open("rb") as written:
        os.fsync(written.fileno())


def _read(file: Path, folder: Path) -> _Manifest:
    """Every file that the manifest names, as it says, into the folder; and no other."""
    try:
        with tarfile.open(file, mode="r|gz") as tar:
            members = iter(tar)
            manifest = _manifest(file, tar, next(members, None))
            wanted = dict(manifest.files)
            for member in members:
                told = wanted.pop(member.name, None)
                if told is None or not member.isreg() or member.size != told.bytes:
                    raise Corrupt(f"{file}: '{member.name[:80]}' in it is not what its list says")
                _put(file, tar, member, told, folder)
    except FileNotFoundError:
        raise BadInput(f"{file} is not there", file=str(file)) from None
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise Corrupt(f"{file} is no backup, or a damaged one: {error}") from None
    if wanted:
        raise Corrupt(f"{file} is cut short: '{next(iter(wanted))}' is missing from it")
    return manifest


def _manifest(file: Path, tar: tarfile.TarFile, member: tarfile.TarInfo | None) -> _Manifest:
    stream = tar.extractfile(member) if member is not None and member.name == MANIFEST else None
    if stream is None or member is None or member.size > _LARGEST_MANIFEST:
        raise BadInput(f"{file} is no backup of dronewall: it does not begin with {MANIFEST}", file=str(file))
    try:
        told: Any = json.loads(stream.read())
    except ValueError:
        raise Corrupt(f"{file}: {MANIFEST} in it is not JSON") from None
    if isinstance(told, dict) and told.get("schema_version") != SCHEMA:
        raise BadInput(
            f"{file} is a backup of schema {told.get('schema_version')}; this dronewall ({__version__}) reads {SCHEMA}",
            file=str(file),
        )
    manifest = check(_Manifest, told, f"{file}: {MANIFEST}")
    for name in manifest.files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or str(path) != name or name == ".":
            raise Corrupt(f"{file}: '{name[:80]}' in its list leads out of the folder")
    return manifest


def _put(file: Path, tar: tarfile.TarFile, member: tarfile.TarInfo, told: _File, folder: Path) -> None:
    target, stream = folder / member.name, tar.extractfile(member)
    assert stream is not None
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, member.mode & 0o644 | 0o600)
    with os.fdopen(handle, "wb") as out:
        while piece := stream.read(1 << 20):
            digest.update(piece)
            out.write(piece)
    os.utime(target, (member.mtime, member.mtime))
    if digest.hexdigest() != told.sha256:
        raise Corrupt(f"{file} is damaged: '{member.name[:80]}' in it is not what was kept")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _kept(manifest: _Manifest) -> Kept:
    return Kept(
        files=len(manifest.files),
        size_bytes=sum(file.bytes for file in manifest.files.values()),
        events=manifest.events,
        head=manifest.head,
        vault_keys=manifest.vault_keys,
        keys=manifest.keys,
    )
