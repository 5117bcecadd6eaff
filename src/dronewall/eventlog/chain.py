"""How an event hangs on the one before it, and the signed head that says where the chain ends.

    hash = SHA-256(hash before, {"actor":...,"kind":...,"payload":{...},"seq":...,"time_ns":...})

The JSON is canonical: keys in order, no spaces, UTF-8, no NaN. Before the first event stands `GENESIS`. The head is a
small JSON file beside the log: number and hash of the newest event, and their HMAC-SHA-256 under the log's key.
"""

import contextlib
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from dronewall.errors import BadInput, Corrupt
from dronewall.records.event import Event

FILE_NAME: Final = "events.sqlite"
TAIL_MISSING: Final = "log.tail_missing"
HEAD_DAMAGED: Final = "log.head_damaged"
GENESIS: Final = hashlib.sha256(b"dronewall event log, schema 1").digest()


class Row(NamedTuple):
    """An event as it is stored: its payload as canonical JSON, to the byte, and its hash."""

    seq: int
    time_ns: int
    kind: str
    actor: str
    payload: str
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Number and hash of the newest event; 0 and `GENESIS` when there is none."""

    seq: int
    hash: bytes

    def followed_by(self, time_ns: int, kind: str, actor: str, payload: str) -> "Head":
        """The head once that event, its payload as canonical JSON, stands after this one."""
        names = [json.dumps(text, ensure_ascii=False) for text in (actor, kind)]
        seq = self.seq + 1
        text = f'{{"actor":{names[0]},"kind":{names[1]},"payload":{payload},"seq":{seq},"time_ns":{time_ns}}}'
        return Head(seq=seq, hash=hashlib.sha256(self.hash + text.encode()).digest())


def payload_text(event: Event) -> str:
    """The payload as canonical JSON.

    Raises
    ------
    BadInput
        It is not JSON.
    """
    try:
        return json.dumps(event.payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise BadInput(f"event {event.kind}: its payload is not JSON: {error}", key="payload") from None


class SignedHead:
    """The head of the log at `log_path`, kept in `LOG.head` under the key in `key_path` (default `LOG.key`)."""

    def __init__(self, log_path: Path, key_path: Path | None) -> None:
        self.path = log_path.with_name(log_path.name + ".head")
        self.key_path = key_path or log_path.with_name(log_path.name + ".key")
        self._key: bytes | None = None

    def make_key(self) -> None:
        """Draw a key where there is none; it appears whole or not at all."""
        if self.key_path.exists():
            return
        beside = self.key_path.with_name(f"{self.key_path.name}.{os.getpid()}.new")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(beside, self.key_path)
        beside.unlink()

    def write(self, head: Head) -> None:
        """Put the head in place of the one before, whole."""
        beside = self.path.with_name(f"{self.path.name}.{os.getpid()}.new")
        beside.write_text(self.signed(head) + "\n", encoding="ascii")
        beside.replace(self.path)

    def signed(self, head: Head) -> str:
        """The head with its signature, as one line of JSON."""
        return json.dumps({"seq": head.seq, "hash": head.hash.hex(), "hmac": self._signature(head)})

    def read(self) -> Head | None:
        """The head that was written last; None when there is none.

        Raises
        ------
        Corrupt
            It is damaged, or its signature is not that of the key.
        """
        try:
            text = self.path.read_text(encoding="ascii")
        except FileNotFoundError:
            return None
        except (ValueError, OSError):
            text = ""
        return self.confirmed(text, str(self.path))

    def confirmed(self, text: str, where: str) -> Head:
        """The head that was signed as that line, which stands `where`.

        Raises
        ------
        Corrupt
            It is damaged, or its signature is not that of the key.
        """
        try:
            found = json.loads(text)
            head = Head(seq=int(found["seq"]), hash=bytes.fromhex(found["hash"]))
            signature = str(found["hmac"])
        except (ValueError, KeyError, TypeError):
            raise Corrupt(f"{where} is damaged: it does not hold the head of the log") from None
        if not hmac.compare_digest(signature, self._signature(head)):
            raise Corrupt(f"{where} was not signed with this log's key")
        return head

    def sync(self) -> None:
        """Wait until the head is on disk."""
        with contextlib.suppress(FileNotFoundError):
            handle = os.open(self.path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def _signature(self, head: Head) -> str:
        # Read once: a key on a stick that is pulled out must not stop the log.
        self._key = self._key or self.key_path.read_bytes()
        text = f"dronewall head {head.seq} {head.hash.hex()}"
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()
