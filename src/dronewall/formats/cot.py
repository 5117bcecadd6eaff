"""Cursor on Target events in XML, from a TAK server, a gateway or a multicast mesh, as detections.

    event/@type     a-.-A...: something in the air. The affiliation is read over, whatever it is; the function gives a
                    label where it fixes one: -H-Q multirotor, -F-Q unknown (unmanned, not of which kind), -F
                    aircraft, -H helicopter, -L balloon
    event/@time     time_ns; @stale not after @start: the thing was taken off, no detection
    point           latitude, longitude, altitude_hae_m; ce position_sd_m, le altitude_sd_m; 9999999 unknown
                    Times are xs:dateTime, numbers xs:double; a number that is none is left out and counted
    detail/track    course and speed as the velocity over ground
    event/@uid      identity only where it is ICAO-xxxxxx (adsbcot); else nothing: it may be a person's or a device's

Between events may stand what means nothing in XML: its declaration, any number of times, blanks, byte order marks and
comments of up to 4 kB, whose content is not looked at. A document type (DTD) is counted and none is read.

Not read: everything on the ground (operators, home points, users of TAK: counted, their bytes are not kept), callsigns,
remarks, groups, chat, and events that a person entered (how = h-...), which no sensor measured. TAK's protobuf framing
(0xBF) is counted. Source: MITRE MP090284, CoT event 2.0.
"""

import re
from math import cos, radians, sin
from typing import Final

from lxml import etree

from dronewall.formats.about import About, Judge
from dronewall.formats.decoding import Decoded, Decoder, Faults, Options, Reports
from dronewall.formats.lexical import date_time, double
from dronewall.records.detection import Column
from dronewall.units import SECOND_NS

LONGEST: Final = 65_536
LONGEST_BETWEEN: Final = 1_024
CLOCK_NS: Final = 10 * SECOND_NS
LATEST_NS: Final = 2**63 - 1 - 10**18
UNKNOWN_M: Final = 999_999.0
FASTEST_MPS: Final = 2_000.0
LONGEST_COMMENT: Final = 4_096
SNIFFED: Final = 8_192
COMMENT: Final = b"<!--"
BEGIN: Final = re.compile(rb"<event[\s>]")
NEXT: Final = re.compile(rb"<event[\s>]|<!--")
HARMLESS: Final = re.compile(rb"<\?xml[^>]*\?>|\s+|\xef\xbb\xbf")
BEFORE: Final = re.compile(rb"(?:<\?xml[^>]*\?>|\s+|\xef\xbb\xbf|<!--.*?-->)*", re.DOTALL)
END: Final = re.compile(rb"</event\s*>")
KIND: Final = re.compile(r"a-[a-zA-Z.]-A((?:-[A-Za-z0-9]+)*)")
ICAO: Final = re.compile(r"(?i)icao-([0-9a-f]{6})")
LABELS: Final = (
    (re.compile(r"-[MC]-H-Q.*"), "multirotor"),
    (re.compile(r"-[MC]-F-Q.*"), "unknown"),
    (re.compile(r"-[MC]-F.*"), "aircraft"),
    (re.compile(r"-[MC]-H.*"), "helicopter"),
    (re.compile(r"-[MC]-L.*"), "balloon"),
)


class CotDecoder:
    """Decodes one stream of events."""

    def __init__(self, options: Options) -> None:
        self.faults = Faults()
        self._options = options
        self._reports = Reports(options.first_scan)
        self._rest = b""

    def feed(self, data: bytes, received_ns: int) -> Decoded:
        """Take the next piece of the stream."""
        self._rest += data
        while self._one(received_ns):
            pass
        return self._reports.take()

    def end(self, received_ns: int) -> Decoded:
        """Count an event that was cut off."""
        while self._rest.startswith(COMMENT) and self._comment(received_ns, over=True):
            while self._one(received_ns):
                pass
        if self._rest.rstrip().endswith(b"/>") and BEGIN.match(self._rest):
            self.faults.messages += 1
            self._event(self._rest.rstrip(), received_ns)
        elif BEGIN.match(self._rest):
            self._bad("cut short", received_ns)
        else:
            self._between(self._rest, received_ns)
        self._rest = b""
        return self._reports.take()

    def _bad(self, reason: str, received_ns: int) -> None:
        """Count; an event may hold a person's place or name, so that its bytes are not kept."""
        self.faults.add(received_ns, reason, b"", personal=True)

    def _one(self, received_ns: int) -> bool:
        """Take one event off the stream; False where none is whole."""
        begin = NEXT.search(self._rest)
        if begin is None:
            if len(self._rest) > LONGEST_BETWEEN:
                self._between(self._rest[:-6], received_ns)
                self._rest = self._rest[-6:]
            return False
        self._between(self._rest[: begin.start()], received_ns)
        self._rest = self._rest[begin.start() :]
        if begin.group() == COMMENT:
            return self._comment(received_ns, over=False)
        end = END.search(self._rest)
        again = BEGIN.search(self._rest, 6)
        if again is not None and (end is None or again.start() < end.start()):
            self.faults.messages += 1
            alone = self._rest[: again.start()].rstrip()
            if alone.endswith(b"/>"):
                self._event(alone, received_ns)
            else:
                self._bad("cut short", received_ns)
            self._rest = self._rest[again.start() :]
            return True
        if end is None:
            if len(self._rest) > LONGEST:
                self._bad("event too long", received_ns)
                self._rest = self._rest[-6:]
            return False
        text, self._rest = self._rest[: end.end()], self._rest[end.end() :]
        self.faults.messages += 1
        if len(text) > LONGEST:
            self._bad("event too long", received_ns)
        else:
            self._event(text, received_ns)
        return True

    def _comment(self, received_ns: int, *, over: bool) -> bool:
        """Step over a comment with whatever is in it; False where more of it may come."""
        end = self._rest.find(b"-->", len(COMMENT), LONGEST_COMMENT)
        if end >= 0:
            self._rest = self._rest[end + 3 :]
        elif over or len(self._rest) >= LONGEST_COMMENT:
            self._bad("comment that does not end", received_ns)
            self._rest = self._rest[len(COMMENT) :]
        else:
            return False
        return True

    def _between(self, data: bytes, received_ns: int) -> None:
        """What stands between events: XML declarations, blanks and byte order marks may, nothing else."""
        left = HARMLESS.sub(b"", data)
        if left.startswith(b"\xbf"):
            self.faults.unread["protobuf messages"] += 1
        elif left:
            self._bad("document type (DTD)" if b"<!DOCTYPE" in left else "between events", received_ns)

    def _event(self, text: bytes, received_ns: int) -> None:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
        try:
            event = etree.fromstring(text, parser)
        except (etree.XMLSyntaxError, ValueError):
            self._bad("not XML", received_ns)
            return
        kind = KIND.fullmatch(event.get("type", ""))
        if kind is None:
            self.faults.unread["events of things that are not in the air"] += 1
            return
        if event.get("how", "").startswith("h"):
            self.faults.unread["events that a person entered"] += 1
            return
        times = [_instant(event.get(name, "")) for name in ("time", "start", "stale")]
        point = event.find("point")
        made_ns, start_ns, stale_ns = times
        if made_ns is None or start_ns is None or stale_ns is None or point is None:
            self._bad("no time, start, stale or point", received_ns)
            return
        if stale_ns <= start_ns:
            self.faults.unread["things that were taken off"] += 1
            return
        values = _values(event, point)
        if isinstance(values, str):
            self._bad(values, received_ns)
            return
        said = (
            point.get("hae"),
            point.get("ce"),
            point.get("le"),
            *event.xpath("detail/track/@course|detail/track/@speed"),
        )
        if unread := sum(text is not None and double(text) is None for text in said):
            self.faults.unread["numbers that are none"] += unread
        time_ns = made_ns
        live = not self._options.from_file
        if live and abs(time_ns - received_ns) > CLOCK_NS:
            self.faults.unread["times more than 10 s off, taken as received"] += 1
            time_ns = received_ns
        label = next((word for pattern, word in LABELS if pattern.fullmatch(kind[1])), None)
        icao = ICAO.fullmatch(event.get("uid", ""))
        identity = f"icao:{icao[1].lower()}" if icao else None
        received = received_ns if live else time_ns
        self._reports.add(time_ns, received, values, label=label, identity=identity)


def _instant(text: str) -> int | None:
    """xs:dateTime with its offset from UTC, as nanoseconds."""
    moment = date_time(text)
    return moment.time_ns if moment is not None and moment.zone and 0 <= moment.time_ns <= LATEST_NS else None


def _values(event: etree._Element, point: etree._Element) -> dict[Column, float] | str:
    """Place, height, their deviations and velocity; or why not."""
    latitude, longitude = _number(point, "lat"), _number(point, "lon")
    if latitude is None or longitude is None or abs(latitude) > 90.0 or abs(longitude) > 180.0:
        return "no such place"
    if latitude == 0.0 and longitude == 0.0:
        return "no such place"  # what programs write that have none
    values = {Column.LATITUDE_RAD: radians(latitude), Column.LONGITUDE_RAD: radians(longitude)}
    hae = _number(point, "hae")
    if hae is not None and abs(hae) < UNKNOWN_M:
        values[Column.ALTITUDE_HAE_M] = hae
    for name, column in (("ce", Column.POSITION_SD_M), ("le", Column.ALTITUDE_SD_M)):
        sd = _number(point, name)
        if sd is not None and 0.0 < sd < UNKNOWN_M:
            values[column] = sd
    track = event.find("detail/track")
    if track is not None:
        course, speed = _number(track, "course"), _number(track, "speed")
        if course is not None and speed is not None and 0.0 <= speed < FASTEST_MPS and abs(course) <= 360.0:
            values[Column.VELOCITY_EAST_MPS] = speed * sin(radians(course))
            values[Column.VELOCITY_NORTH_MPS] = speed * cos(radians(course))
    return values


def _number(element: etree._Element, name: str) -> float | None:
    """A number, with an exponent too: the schema has none, but programs write small values so."""
    return double(element.get(name, ""))


class _Cot:
    timed = True
    about = About(
        tables=("cot",),
        untaken=("affiliations", "callsigns and contacts", "remarks and other details", "when an event goes stale"),
        sources=("MITRE MP090284, CoT event 2.0", "dronecot and adsbcot (types and uids in use)"),
        deviations=(
            "The affiliation of a type is read over, whatever it is: an incoming a-h-... never sets our label.",
            "Events that a person entered (how h-...) are counted: no sensor measured them.",
        ),
        judges=(
            Judge(
                program="taky 0.10",
                compared="what we send reaches a second client through it and comes back in through this decoder",
                test="tests/outputs/test_cot.py",
            ),
        ),
        page="formats/cot.md",
    )

    def sniff(self, head: bytes) -> float:
        """Sure of a stream that begins with an event, whatever harmless stands before it."""
        before = BEFORE.match(head[:SNIFFED])
        return 0.95 if before is not None and BEGIN.match(head, before.end()) else 0.0

    def decoder(self, options: Options) -> Decoder:
        return CotDecoder(options)


FORMAT = _Cot()
