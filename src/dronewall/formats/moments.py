"""The instants that messages say of themselves, each with its field: what a clock that is wrong shows by.

    sapient                         timestamp
    cot                             event.time, event.start
    cap                             sent
    jsonl                           time, end, and those of each detection
    avr, beast, asterix             none: a counter or a time of day
    modes_csv, rs1090, sbs          time of the line, where it has a date
    remote_id_jsonl                 time; of Remote ID in every carrier the timestamp of a system message too
    asterix_pcap, remote_id_pcap    time of the packet
    aircraft_json                   now

Times that are meant to lie ahead are left out: when an event goes stale, an alert begins or ends, a zone applies.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from lxml import etree

from dronewall.formats import modes_csv, rs1090, sbs
from dronewall.formats.aircraft_json import LATEST_S, Documents
from dronewall.formats.captures import HEADERS, Capture
from dronewall.formats.decoding import Faults
from dronewall.formats.lexical import date_time
from dronewall.formats.modes.carried import Carried
from dronewall.formats.remote_id_air import LINKS
from dronewall.formats.times import time_of
from dronewall.units import nanoseconds

Moments = Callable[[bytes], Iterator[tuple[str, int]]]
CAP: Final = "{urn:oasis:names:tc:emergency:cap:1.2}"


def moments_of(name: str) -> Moments:
    """What finds the instants in each message of one file of a format, in the order of the file; bad ones are none."""
    return MAKERS.get(name, _none)()


def _none() -> Moments:
    return lambda message: iter(())


def _of_event(text: bytes) -> Iterator[tuple[str, int]]:
    event = _element(text)
    for name in ("time", "start") if event is not None else ():
        yield from _xml_time(f"event.{name}", event.get(name))


def _of_alert(text: bytes) -> Iterator[tuple[str, int]]:
    alert = _element(text)
    if alert is not None:
        yield from _xml_time("sent", alert.findtext(f"{CAP}sent"))


def _element(text: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        return etree.fromstring(text.strip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _xml_time(field: str, text: str | None) -> Iterator[tuple[str, int]]:
    moment = date_time(text or "")
    if moment is not None and moment.zone:
        yield field, moment.time_ns


def _of_look(line: bytes) -> Iterator[tuple[str, int]]:
    said = _object(line)
    detections = said.get("detections")
    yield from _json_times(said, "")
    for number, row in enumerate(detections if isinstance(detections, list) else ()):
        if isinstance(row, dict):
            yield from _json_times(row, f"detections[{number}].")


def _json_times(said: Mapping[str, Any], where: str) -> Iterator[tuple[str, int]]:
    for key in ("time", "end"):
        try:
            time_ns = time_of(said, key)
        except ValueError:
            continue
        if time_ns is not None:
            yield f"{where}{key if said.get(f'{key}_ns') is None else f'{key}_ns'}", time_ns


def _object(text: bytes) -> dict[str, Any]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _of_frame(split: Callable[[bytes], Carried | str], field: str) -> Moments:
    def found(line: bytes) -> Iterator[tuple[str, int]]:
        said = split(line.strip())
        if isinstance(said, Carried) and said.time_ns is not None:
            yield field, said.time_ns

    return found


def _of_sbs(line: bytes) -> Iterator[tuple[str, int]]:
    fields = line.decode("ascii", "replace").split(",")
    if len(fields) > 7 and fields[0] == "MSG":
        try:
            yield "time", sbs.generated_ns(fields[6].strip(), fields[7].strip())
        except ValueError:
            return


def _of_packets(links: tuple[int, ...]) -> Moments:
    capture = Capture(links, Faults())

    def found(data: bytes) -> Iterator[tuple[str, int]]:
        yield from (("time", packet.time_ns) for packet in capture.feed(data))

    return found


def _of_snapshots() -> Moments:
    documents = Documents(Faults())

    def found(data: bytes) -> Iterator[tuple[str, int]]:
        for document in documents.feed(data, 0):
            now = _object(document).get("now")
            if isinstance(now, int | float) and not isinstance(now, bool) and 0 <= now < LATEST_S:
                yield "now", nanoseconds(now)

    return found


MAKERS: Final[Mapping[str, Callable[[], Moments]]] = {
    "aircraft_json": _of_snapshots,
    "asterix_pcap": lambda: _of_packets(tuple(HEADERS)),
    "cap": lambda: _of_alert,
    "cot": lambda: _of_event,
    "jsonl": lambda: _of_look,
    "modes_csv": lambda: _of_frame(modes_csv.split, "time"),
    "remote_id_jsonl": lambda: lambda line: _json_times(_object(line), ""),
    "remote_id_pcap": lambda: _of_packets(LINKS),
    "rs1090": lambda: _of_frame(rs1090.split, "timestamp"),
    "sbs": lambda: _of_sbs,
}
