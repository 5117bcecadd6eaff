"""From one carrier of Remote ID to another: `remote_id_jsonl`, `remote_id_pcap`, `remote_id_mavlink`.

Messages of 25 bytes go across as they are. By default only locations do, under a pseudonym of their transmitter: a file
that `convert` writes holds no personal data. With `personal` every message goes across, serial numbers and operators
with it, into a file that its owner alone can read.

    remote_id_jsonl     transmitter as text, time to the nanosecond
    remote_id_pcap      Wi-Fi beacons, time to the nanosecond; a transmitter that has no address of 6 bytes gets one
    remote_id_mavlink   message packs (12915), without a time of reception; a lone message is a pack of one
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import BinaryIO, Final

from dronewall.archive.files import beside
from dronewall.convert.capture import pieces, start_ns
from dronewall.convert.summary import Ahead, Summary
from dronewall.errors import BadInput
from dronewall.formats import remote_id_jsonl, remote_id_mavlink, remote_id_pcap
from dronewall.formats.decoding import Decoder, Faults, Options
from dronewall.formats.remote_id import IdsOf, RemoteIds
from dronewall.formats.remote_id_carried import (
    ADDRESS,
    PACK_HEAD,
    Collected,
    Heard,
    address_of,
    hidden,
    named,
    said_without_who,
    short_of,
)

DECODERS: Final[Mapping[str, Callable[[Options, IdsOf], Decoder]]] = {
    "remote_id_jsonl": remote_id_jsonl.RemoteIdJsonlDecoder,
    "remote_id_mavlink": remote_id_mavlink.RemoteIdMavlinkDecoder,
    "remote_id_pcap": remote_id_pcap.RemoteIdPcapDecoder,
}
REMOTE_IDS: Final = tuple(DECODERS)
HEADS: Final[Mapping[str, bytes]] = {"remote_id_pcap": remote_id_pcap.HEAD}
OWN: Final = 0o600


def remote_ids_across(
    source: Path, target: Path, name: str, to: str, day: date | None, *, personal: bool, now_ns: int | None
) -> Summary:
    """Write the Remote ID messages of a file of one carrier as another.

    Raises
    ------
    BadInput
        There is nothing in it that may go across.
    """
    options = Options(from_file=True, date_ns=None if day is None else start_ns(day))
    one = _Across(name, to, options, Ahead(now_ns), personal=personal)
    with beside(target) as file:
        with _opened(file, personal=personal) as out:
            out.write(HEADS.get(to, b""))
            for heard in one.heard(source):
                out.write(one.written(heard))
        if not one.count:
            raise BadInput(f"{source} holds {one.nothing()}; nothing was written", file=str(source))
    return one.summary()


@contextmanager
def _opened(file: Path, *, personal: bool) -> Iterator[BinaryIO]:
    """A new file; for personal data one that only its owner may read, from its first byte on."""
    mode = OWN if personal else 0o666
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
        yield out


class _Across:
    """Messages on their way from carrier to carrier, counted."""

    def __init__(self, name: str, to: str, options: Options, ahead: Ahead, *, personal: bool) -> None:
        self._ahead = ahead
        self.name, self.to, self.personal, self._options = name, to, personal, options
        self.count = self.left_out = self._made_up = 0
        self.first_ns = self.last_ns = 0
        self.faults = Faults()
        self._addresses: set[str] = set()

    def heard(self, source: Path) -> Iterator[Heard]:
        """What may go across, in the order of the file."""
        made: list[Collected] = []

        def collects(options: Options, faults: Faults) -> RemoteIds:
            made.append(Collected(options, faults))
            return made[0]

        decoder = DECODERS[self.name](self._options, collects)
        self.faults = decoder.faults
        for piece in pieces(source):
            decoder.feed(piece, 0)
            yield from self._taken(made[0])
        decoder.end(0)
        yield from self._taken(made[0])

    def _taken(self, collected: Collected) -> Iterator[Heard]:
        found, collected.heard = collected.heard, []
        for heard in found:
            data, left = (heard.data, 0) if self.personal else said_without_who(heard.data)
            self.left_out += left
            if data:
                yield heard._replace(data=data)

    def written(self, heard: Heard) -> bytes:
        """A message as bytes of the target."""
        who = named(self.name, heard.transmitter)
        if not self.personal:
            who = hidden(who, self._options.salt)
        if not ADDRESS.fullmatch(who):
            self._addresses.add(who)
        self.first_ns = min(self.first_ns, heard.time_ns) if self.count else heard.time_ns
        self.last_ns = max(self.last_ns, heard.time_ns)
        self._ahead.add(heard.time_ns)
        at, self.count = self.count, self.count + 1
        if self.to == "remote_id_jsonl":
            return remote_id_jsonl.encode(who, heard.data, heard.time_ns)
        if self.to == "remote_id_pcap":
            return remote_id_pcap.encode(address_of(who), heard.data, heard.time_ns, at)
        packed = heard.data[0] >> 4 == 0xF
        return remote_id_mavlink.encode(short_of(who), heard.data[PACK_HEAD if packed else 0 :], at)

    def nothing(self) -> str:
        """Why nothing went across."""
        counts = self.faults.reasons + self.faults.unread + Counter({"with personal data alone": self.left_out})
        told = ", ".join(f"{n} {why}" for why, n in sorted(counts.items())) or "none"
        return f"no Remote ID message that {self.to} may be given ({self.name}: {told})"

    def summary(self) -> Summary:
        """What went across and what did not."""
        return Summary(
            source_format=self.name,
            target_format=self.to,
            messages=self.faults.messages,
            written=self.count,
            first_ns=self.first_ns,
            last_ns=self.last_ns,
            personal_left_out=self.left_out,
            faults=dict(self.faults.reasons),
            unread=dict(self.faults.unread),
            notes=(*self._notes(), *self._ahead.notes(self.count, "messages")),
        )

    def _notes(self) -> Iterator[str]:
        if self.personal:
            yield (
                "It holds personal data as they were on the air (who flies, where the operator is): only you can read "
                "the file, and deleting a key of the vault does not delete it."
            )
        else:
            yield (
                "Only locations went across, under pseudonyms of their transmitters; --personal takes identities, "
                "operators and texts along, into a file that only you can read."
            )
        if self._addresses and self.to == "remote_id_pcap":
            yield f"{len(self._addresses)} transmitters without an address of 6 bytes were given a local one."
        if self.to == "remote_id_mavlink":
            yield (
                "MAVLink carries no time of reception: read again, times are those of system messages, else of --date "
                "and the tenths in the hour of each location."
            )
        if self.name == "remote_id_mavlink":
            yield "Messages that MAVLink carried in fields of their own were written in the steps of ASTM F3411."
