"""Remote ID messages as JSON lines, from a receiver that hands over what it heard.

    {"time": "2026-05-07T00:12:03.250Z", "transmitter": "60:60:1f:00:00:01", "message": "f0190100..."}

`message` is one message of 25 bytes or a pack as hex digits; a Bluetooth advertisement's application code and counter
(0D and one byte) before it are taken off. `transmitter` is the address it came from, any text. `time` (UTC) or
`time_ns` may be left out live. The format is dronewall's own; the messages: `dronewall.formats.remote_id`.
"""

import json
from typing import Any, NamedTuple

from dronewall.formats import remote_id
from dronewall.formats.about import About
from dronewall.formats.decoding import Decoded, Decoder, Faults, Lines, Options
from dronewall.formats.lexical import octets_of
from dronewall.formats.remote_id import IdsOf, RemoteIds
from dronewall.formats.times import time_of

BLUETOOTH = 0x0D


class RemoteIdJsonlDecoder:
    """Decodes one stream of lines."""

    def __init__(self, options: Options, ids: IdsOf = RemoteIds) -> None:
        self.faults = Faults()
        self._lines = Lines(self.faults, whole=options.datagrams)
        self._ids = ids(options, self.faults)
        self._from_file = options.from_file

    def feed(self, data: bytes, received_ns: int) -> Decoded:
        """Take the next piece of the stream."""
        for line in self._lines.feed(data, received_ns):
            self._line(line, received_ns)
        return self._ids.reports.take()

    def end(self, received_ns: int) -> Decoded:
        """Read a last line without an end."""
        for line in self._lines.end():
            self._line(line, received_ns)
        return self._ids.reports.take()

    def _line(self, line: bytes, received_ns: int) -> None:
        said = _said(line)
        if isinstance(said, Wrong):
            self.faults.messages += 1
            self._ids.bad(said.why, b"", line, received_ns, said.field)
            return
        transmitter, message, found = said
        try:
            time_ns = time_of(found)
        except ValueError as error:
            self.faults.messages += 1
            self._ids.bad(str(error), transmitter, line, received_ns, str(error).split()[0])
            return
        if time_ns is None and self._from_file:
            self.faults.messages += 1
            self._ids.bad("no time", transmitter, line, received_ns, "time")
            return
        heard_ns = received_ns if time_ns is None else time_ns
        self._ids.feed(transmitter, message, heard_ns, heard_ns if self._from_file else received_ns)


class Wrong(NamedTuple):
    """Which member of a line is wrong, and why."""

    field: str
    why: str


def _said(line: bytes) -> tuple[bytes, bytes, dict[str, Any]] | Wrong:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return Wrong("", "not JSON")
    if not isinstance(said, dict) or not isinstance(said.get("message"), str):
        return Wrong("message", "no message")
    if not isinstance(said.get("transmitter"), str):
        return Wrong("transmitter", "no transmitter")
    message = octets_of(said["message"])
    if message is None:
        return Wrong("message", "not hex digits")
    if len(message) > 25 and message[0] == BLUETOOTH:
        message = message[2:]
    return said["transmitter"].encode("utf-8", "replace"), message, said


def encode(transmitter: str, message: bytes, time_ns: int) -> bytes:
    """A message or pack as a line."""
    return json.dumps({"time_ns": time_ns, "transmitter": transmitter, "message": message.hex()}).encode() + b"\n"


class _RemoteIdJsonl:
    timed = True
    about = About(
        tables=("remote_id_jsonl", "remote_id"),
        untaken=("height above take-off", "speed and time accuracy", "areas and classification", "authentication"),
        sources=(
            "dronewall's own lines",
            *remote_id.SOURCES,
        ),
        deviations=remote_id.DEVIATIONS,
        page="formats/remote_id.md",
    )

    def sniff(self, head: bytes) -> float:
        """Sure where the first line has a message and a transmitter."""
        return 0.0 if isinstance(_said(head.split(b"\n", 1)[0].strip()), Wrong) else 1.0

    def decoder(self, options: Options, ids: IdsOf = RemoteIds) -> Decoder:
        return RemoteIdJsonlDecoder(options, ids)


FORMAT = _RemoteIdJsonl()
