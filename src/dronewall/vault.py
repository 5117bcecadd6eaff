"""Personal data under a key per day: who stood where with a remote control, who called, which private drone it was.

Only a digest leaves the vault, for the event log, the tracks and the outputs. It is an HMAC under the day's key: the
same data give the same digest on the same day (so one operator's messages belong together), another on the next, and
nobody without the key can find the data by trying.

A day's key lies in a file of its own; deleting it makes that day's data unreadable everywhere, in every copy and backup
of the vault. `expire` deletes each key once its day's first moment is older than the retention, so nothing is ever
readable for longer than the retention.

    2026-05-07.key     32 random bytes, mode 0600
    2026-05-07.sealed  records: digest (16), nonce (12), length (uint32, big-endian), AES-256-GCM of the JSON with its
                       tag; the digest is authenticated with it
    2026-05-07.NAME.raw  what came in from NAME, in order: nonce, length, AES-256-GCM of a block; its place in the
                       file is authenticated with it, so that none can be moved, and only the last can be missing

Source of the construction: NIST SP 800-38D (GCM), RFC 5869 (several keys from the day's one).
"""

import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import struct
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dronewall.errors import BadInput, Corrupt
from dronewall.units import SECOND_NS, utc_text

RETENTION_S: Final = 72 * 3600
_DAY_NS: Final = 86_400 * SECOND_NS
_DIGEST_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_FRAME: Final = struct.Struct(">16s12sI")
_BLOCK: Final = struct.Struct(">12sI")
_DIGEST: Final = re.compile(r"^(\d{4})(\d{2})(\d{2})-([0-9a-f]{32})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _DayKeys:
    """Keys drawn from a day's one: to seal records and raw blocks, and to name."""

    seal: AESGCM
    raw: AESGCM
    name: bytes


class Vault:
    """A folder of sealed records. Threads and processes may share it.

    Parameters
    ----------
    folder : Path
        Made (mode 0700) where there is none.
    retention_s : int
        The longest that anything stays readable; at least a day.
    """

    def __init__(self, folder: Path, *, retention_s: int = RETENTION_S) -> None:
        if retention_s < 86_400:
            raise BadInput(f"retention_s = {retention_s}: keys are kept by the day; give at least 86400")
        self.folder, self.retention_s = folder, retention_s
        self._lock = threading.Lock()
        self._index: dict[str, tuple[int, dict[bytes, int]]] = {}
        self._raw_ends: dict[int, int] = {}
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"{folder} cannot be made: {error}", file=str(folder)) from None

    def put(self, time_ns: int, data: Mapping[str, Any]) -> str:
        """The digest of the data (`20260507-` and 32 hex digits), once they are sealed on disk under that day's key.

        Raises
        ------
        BadInput
            The data are not JSON. The sentence holds nothing of them.
        """
        try:
            text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
        except (TypeError, ValueError):
            raise BadInput("personal data for the vault are not JSON: texts, numbers, lists and objects") from None
        day = _day(time_ns)
        with self._lock:
            keys = self._keys(day, make=True)
            assert keys is not None
            name = hmac.new(keys.name, text, hashlib.sha256).digest()[:_DIGEST_BYTES]
            if self._sealed(day, name) is None:
                nonce = secrets.token_bytes(_NONCE_BYTES)
                sealed = keys.seal.encrypt(nonce, text, name)
                self._append(day, name, _FRAME.pack(name, nonce, len(sealed)) + sealed)
        return f"{day.replace('-', '')}-{name.hex()}"

    def get(self, digest: str) -> dict[str, Any] | None:
        """The data of that digest; None when their day has expired, or when they never were here.

        Raises
        ------
        Corrupt
            The record was changed.
        """
        found = _DIGEST.match(digest)
        if found is None:
            return None
        year, month, date, name = found.groups()
        day = f"{year}-{month}-{date}"
        with self._lock:
            keys = self._keys(day, make=False)
            record = None if keys is None else self._sealed(day, bytes.fromhex(name))
        if keys is None or record is None:
            return None
        try:
            text = keys.seal.decrypt(record[0], record[1], bytes.fromhex(name))
        except InvalidTag:
            raise Corrupt(f"{self._file(day, 'sealed')}: the record {digest} was changed") from None
        data: dict[str, Any] = json.loads(text)
        return data

    def append(self, time_ns: int, name: str, block: bytes) -> int:
        """Seal a block of what came in from `name` behind those of its day; how many bytes that day's file has then."""
        day = _day(time_ns)
        with self._lock:
            keys = self._keys(day, make=True)
            assert keys is not None
            handle = os.open(self._file(day, f"{name}.raw"), os.O_RDWR | os.O_CREAT, 0o600)
            with os.fdopen(handle, "r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                end = self._raw_end(file)
                nonce = secrets.token_bytes(_NONCE_BYTES)
                sealed = keys.raw.encrypt(nonce, block, _place(day, name, end))
                file.truncate(end)
                file.seek(end)
                file.write(_BLOCK.pack(nonce, len(sealed)) + sealed)
                return file.tell()

    def blocks(self, name: str) -> Iterator[bytes]:
        """What came in from `name`, block by block, of every day that can still be read.

        Raises
        ------
        Corrupt
            A block was changed or moved.
        """
        for file in sorted(self.folder.glob(f"????-??-??.{name}.raw")):
            day, place = file.name[:10], 0
            keys = self._keys(day, make=False)
            if keys is None:
                continue
            with file.open("rb") as stream:
                while len(head := stream.read(_BLOCK.size)) == _BLOCK.size:
                    nonce, length = _BLOCK.unpack(head)
                    sealed = stream.read(length)
                    if len(sealed) < length:
                        break  # a crash cut it short
                    try:
                        yield keys.raw.decrypt(nonce, sealed, _place(day, name, place))
                    except InvalidTag:
                        raise Corrupt(f"{file}: the block at {place} was changed") from None
                    place += _BLOCK.size + length

    def named(self) -> tuple[str, ...]:
        """Of what there are raw blocks."""
        return tuple(sorted({file.name[11:-4] for file in self.folder.glob("????-??-??.*.raw")}))

    def expire(self, now_ns: int) -> tuple[str, ...]:
        """Delete the keys, and what they sealed, of every day that began a retention ago or earlier; the days gone."""
        gone = set()
        with self._lock:
            for file in self._old(now_ns):
                _erase(file)
                self._index.pop(file.name[:10], None)
                gone.add(file.name[:10])
            if gone:
                _sync_folder(self.folder)
        return tuple(sorted(gone))

    def expired(self, now_ns: int) -> tuple[str, ...]:
        """The days that `expire` would delete."""
        return tuple(sorted({file.name[:10] for file in self._old(now_ns)}))

    def _old(self, now_ns: int) -> list[Path]:
        last = _day(now_ns - self.retention_s * SECOND_NS)
        files = (file for kind in ("key", "sealed", "raw") for file in self.folder.glob(f"*.{kind}"))
        return sorted(file for file in files if file.name[:10] <= last)

    def days(self) -> tuple[str, ...]:
        """The days whose data can still be read."""
        return tuple(sorted(file.stem for file in self.folder.glob("*.key")))

    def _keys(self, day: str, *, make: bool) -> _DayKeys | None:
        """The day's keys, read from disk each time, so that no copy outlives the file."""
        file = self._file(day, "key")
        if make and not file.exists():
            self._make_key(day, file)
        try:
            key = file.read_bytes()
        except FileNotFoundError:
            return None
        if len(key) != 32:
            raise Corrupt(f"{file} holds {len(key)} bytes; a key holds 32")
        seal, raw, name = (
            HKDF(SHA256(), 32, None, b"dronewall vault " + use).derive(key) for use in (b"seal", b"raw", b"name")
        )
        return _DayKeys(seal=AESGCM(seal), raw=AESGCM(raw), name=name)

    def _make_key(self, day: str, file: Path) -> None:
        """Draw the day's key. What an earlier key of that day sealed, as after a restore without keys, is deleted."""
        with _locked(self.folder):
            if file.exists():
                return
            for kind in ("sealed", "raw"):
                for orphan in self.folder.glob(f"{day}*.{kind}"):
                    _erase(orphan)
            self._index.pop(day, None)
            beside = file.with_suffix(f".{os.getpid()}.new")
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as new:
                new.write(AESGCM.generate_key(bit_length=256))
                new.flush()
                os.fsync(new.fileno())
            beside.replace(file)
            _sync_folder(self.folder)

    def _sealed(self, day: str, name: bytes) -> tuple[bytes, bytes] | None:
        """Nonce and sealed bytes of a record."""
        try:
            with self._file(day, "sealed").open("rb") as file:
                place = self._indexed(day, file).get(name)
                if place is None:
                    return None
                file.seek(place)
                _, nonce, length = _FRAME.unpack(file.read(_FRAME.size))
                return nonce, file.read(length)
        except FileNotFoundError:
            return None

    def _append(self, day: str, name: bytes, record: bytes) -> None:
        """Write a record after the last whole one; what a crash cut short is overwritten."""
        handle = os.open(self._file(day, "sealed"), os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if name in self._indexed(day, file):
                return
            end, _ = self._index[day]
            file.truncate(end)
            file.seek(end)
            file.write(record)
            file.flush()
            os.fsync(file.fileno())

    def _indexed(self, day: str, file: BinaryIO) -> dict[bytes, int]:
        """Where each whole record of the day begins; reads what was added since the last time."""
        end, places = self._index.setdefault(day, (0, {}))
        size = file.seek(0, os.SEEK_END)
        if size < end:  # expired and begun anew by another process
            end, places = 0, {}
        while end + _FRAME.size <= size:
            file.seek(end)
            name, _, length = _FRAME.unpack(file.read(_FRAME.size))
            if end + _FRAME.size + length > size:
                break
            places[name] = end
            end += _FRAME.size + length
        self._index[day] = (end, places)
        return places

    def _raw_end(self, file: BinaryIO) -> int:
        """Where the last whole block of an open raw file ends; what was written since the last time is looked at."""
        size, inode = os.fstat(file.fileno()).st_size, os.fstat(file.fileno()).st_ino
        end = self._raw_ends.get(inode, 0)
        end = end if end <= size else 0
        while end + _BLOCK.size <= size:
            file.seek(end)
            _, length = _BLOCK.unpack(file.read(_BLOCK.size))
            if end + _BLOCK.size + length > size:
                break
            end += _BLOCK.size + length
        self._raw_ends[inode] = end
        return end

    def _file(self, day: str, kind: str) -> Path:
        return self.folder / f"{day}.{kind}"


def _day(time_ns: int) -> str:
    """The UTC day of an instant, `2026-05-07`."""
    return utc_text(time_ns - time_ns % _DAY_NS)[:10]


def _place(day: str, name: str, at: int) -> bytes:
    return f"{day} {name} {at}".encode()


def _erase(file: Path) -> None:
    """Overwrite and delete. On a copy-on-write or flash disk the old blocks may stay; then encrypt the disk as well."""
    with file.open("r+b") as handle:
        handle.write(bytes(file.stat().st_size))
        handle.flush()
        os.fsync(handle.fileno())
    file.unlink()


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The folder for one process and thread at a time."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
