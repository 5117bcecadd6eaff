"""Wire formats: bytes in, detections out; never a socket. What each reads and leaves unread: `docs/formats.md`.

A format is one file with a `Format` in the table below: `sniff(head)` says how sure it is of bytes, `decoder(options)`
makes a `Decoder` whose `feed(data, received_ns)` takes any piece of the stream and gives what became whole. Bad bytes
are counted with the reason and the last few are kept; nothing that comes off a wire raises. Personal data (Remote ID
operators, serial numbers) leave the decoder beside the detections, never in them.

To add one: a file here, a line in `PARTS`, a section in `docs/formats.md`, a sample and a line in `tests/fuzz`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from dronewall.formats.decoding import Decoded, Decoder, Faults, Format, Options, share_behind
from dronewall.formats.personal import PersonalData
from dronewall.registry import Table

PARTS: Mapping[str, str] = {
    "aircraft_json": "dronewall.formats.aircraft_json:FORMAT",
    "asterix": "dronewall.formats.asterix:FORMAT",
    "asterix_pcap": "dronewall.formats.asterix.pcap:FORMAT",
    "avr": "dronewall.formats.avr:FORMAT",
    "beast": "dronewall.formats.beast:FORMAT",
    "cot": "dronewall.formats.cot:FORMAT",
    "jsonl": "dronewall.formats.jsonl:FORMAT",
    "modes_csv": "dronewall.formats.modes_csv:FORMAT",
    "remote_id_jsonl": "dronewall.formats.remote_id_jsonl:FORMAT",
    "remote_id_mavlink": "dronewall.formats.remote_id_mavlink:FORMAT",
    "remote_id_pcap": "dronewall.formats.remote_id_pcap:FORMAT",
    "rs1090": "dronewall.formats.rs1090:FORMAT",
    "sapient": "dronewall.formats.sapient:FORMAT",
    "sbs": "dronewall.formats.sbs:FORMAT",
}

TABLE = Table("formats", PARTS)
WRITERS: Mapping[str, str] = {
    "geojson": "dronewall.formats.geojson",
    "kml": "dronewall.formats.kml",
}
"""Formats that are only written: modules with `head`, `feature` and `foot` over `formats.features.Feature`."""

__all__ = [
    "PARTS",
    "TABLE",
    "WRITERS",
    "Decoded",
    "Decoder",
    "Faults",
    "Format",
    "Options",
    "PersonalData",
    "decoder",
    "sniff",
]


def decoder(name: str, options: Mapping[str, Any] | None = None, *, where: str = "options") -> Decoder:
    """A decoder of the named format for one feed.

    Parameters
    ----------
    name
        A key of `PARTS`, or a plug-in's.
    options
        As a wall's `[[feed]]` gives them; see `Options` for what there is.
    where
        Named in the sentence when an option is wrong: `wall.toml: [[feed]] adsb-1`.

    Raises
    ------
    BadInput
        No such format, or an option that it does not take.
    """
    part: Format = TABLE.part(name)
    return part.decoder(Options.of(options or {}, where))


def sniff(head: bytes) -> list[tuple[float, str]]:
    """How sure each format is that a stream with this head is its own, surest first; those at 0 left out.

    Where none is, those that find their messages behind garbage at the beginning are asked again.
    """
    parts = [(name, TABLE.part(name)) for name in TABLE.names()]
    sure = _surest((part.sniff(head), name) for name, part in parts)
    return sure or _surest((share_behind(part, head), name) for name, part in parts)


def _surest(scores: Iterable[tuple[float, str]]) -> list[tuple[float, str]]:
    return sorted(((score, name) for score, name in scores if score > 0.0), key=lambda pair: (-pair[0], pair[1]))
