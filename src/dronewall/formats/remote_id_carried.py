"""Remote ID messages as a carrier holds them, for going from one carrier to another: a transmitter, a message, a time.

What personal data there are in a message (ASTM F3411-22a, table 2): who (0, 5), text (3), where the operator is (4),
and an authentication of unknown content (2). A location (1) alone says where a drone is and not whose.
"""

import hashlib
import re
from typing import Final, NamedTuple

from dronewall.formats.decoding import Faults, Options
from dronewall.formats.personal import pseudonym
from dronewall.formats.remote_id import MESSAGE, RemoteIds, unpacked

LOCATION: Final = 1
PACK_HEAD: Final = 3
ADDRESS: Final = re.compile("(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}")
LOCAL, GROUP = 0x02, 0x01  # bits of an address: not given by a maker; of a group
MOST_TEXT: Final = 20


class Heard(NamedTuple):
    """A message or pack of a transmitter, in bytes of its carrier, and when it was heard."""

    transmitter: bytes
    data: bytes
    time_ns: int


class Collected(RemoteIds):
    """Takes the messages of a stream as they are; bad ones are counted and go nowhere."""

    def __init__(self, options: Options, faults: Faults) -> None:
        super().__init__(options, faults)
        self.heard: list[Heard] = []

    def feed(self, transmitter: bytes, data: bytes, time_ns: int, received_ns: int) -> None:
        """One message or pack, without what stands behind it."""
        self._faults.messages += 1
        found = unpacked(data)
        if isinstance(found, str):
            self.bad(found, transmitter, data, received_ns)
        else:
            length = MESSAGE if data[0] >> 4 != 0xF else PACK_HEAD + len(found) * MESSAGE
            self.heard.append(Heard(transmitter, bytes(data[:length]), time_ns))

    def bad(self, reason: str, transmitter: bytes, data: bytes, received_ns: int, field: str = "") -> None:
        """Count it."""
        self._faults.add(received_ns, reason, data, personal=True)


def said_without_who(data: bytes) -> tuple[bytes, int]:
    """The locations of a message or pack, as one of the same kind, and how many others were left out of it."""
    found = unpacked(data)
    messages = found if isinstance(found, list) else []
    kept = [message for message in messages if message[0] >> 4 == LOCATION]
    left = len(messages) - len(kept)
    if not kept or data[0] >> 4 != 0xF:
        return b"".join(kept), left
    return bytes([data[0], MESSAGE, len(kept)]) + b"".join(kept), left


def named(name: str, transmitter: bytes) -> str:
    """A transmitter in words: an address as pairs of digits, a text as it is, else hex digits."""
    if name == "remote_id_jsonl":
        return transmitter.decode("utf-8", "replace")
    if name == "remote_id_mavlink" and len(transmitter) > 6 and transmitter.isascii():
        return transmitter.decode("ascii")
    return transmitter.hex(":")


def hidden(transmitter: str, salt: bytes) -> str:
    """What stands for a transmitter where it is not to be known."""
    return pseudonym("session", transmitter, salt)


def address_of(transmitter: str) -> bytes:
    """Six bytes: the address that it is, else one of the locally administered, made of it."""
    if ADDRESS.fullmatch(transmitter):
        return bytes.fromhex(transmitter.replace(":", ""))
    made = bytearray(hashlib.sha256(transmitter.encode()).digest()[:6])
    made[0] = made[0] & ~GROUP & 0xFF | LOCAL
    return bytes(made)


def short_of(transmitter: str) -> bytes:
    """At most twenty bytes: the address that it is, the text if it fits, else an address made of it."""
    text = transmitter.encode()
    fits = 6 < len(text) <= MOST_TEXT and text.isascii() and not ADDRESS.fullmatch(transmitter)
    return text if fits else address_of(transmitter)
