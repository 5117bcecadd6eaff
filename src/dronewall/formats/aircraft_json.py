"""Snapshots `aircraft.json` of readsb, tar1090 and dump1090, one document after another.

    key                                          read as
    now, seen_pos                                time: now - seen_pos
    hex                                          identity; `~` before it: not an ICAO address
    lat, lon                                     position
    alt_baro (altitude)                          pressure altitude, ft; "ground" is no altitude
    alt_geom                                     height above the WGS-84 ellipsoid, ft
    gs (speed), track                            velocity over ground, kt and deg
    geom_rate, else baro_rate (vert_rate)        vertical rate, ft/min
    version, nac_p, nucp, gva                    accuracy
    category                                     label

In brackets the older names of dump1090-mutability. Positions that others computed (`type` mlat or tisb, `lat` listed in
`mlat` or `tisb`) are not the aircraft's own and are not read; nor are callsigns, squawks and what the crew selected. A
position that stood in the last snapshot already is not reported again. Source: wiedehopf/readsb `README-json.md`;
dump1090-mutability `README-json.md`.
"""

import json
import re
from collections.abc import Iterable
from math import cos, isfinite, radians, sin
from typing import Any, Final

from dronewall.formats.about import About, Judge
from dronewall.formats.decoding import Decoded, Decoder, Faults, Options, Reports
from dronewall.formats.modes import accuracy
from dronewall.formats.modes.fields import FOOT_PER_MINUTE_MPS, LABEL_OF_EMITTER
from dronewall.formats.sbs import CLOCK_NS, OFF, identity_of_hex
from dronewall.records.detection import Column
from dronewall.units import FOOT_M, KNOT_MPS, SECOND_NS, nanoseconds

LONGEST_DOCUMENT: Final = 16 * 1024 * 1024
SAME_NS: Final = SECOND_NS * 3 // 10  # seen_pos comes in tenths of a second
LATEST_S: Final = 9.2e9
MOST_AIRCRAFT: Final = 16_384
_OUTSIDE: Final = re.compile(rb'["{}]')
_INSIDE: Final = re.compile(rb'["\\]')


class Documents:
    """Cuts a stream of JSON objects into documents, by braces outside strings."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._rest = b""
        self._at = 0
        self._depth = 0
        self._in_string = False

    def feed(self, data: bytes, received_ns: int) -> list[bytes]:
        """The documents that became whole."""
        self._rest += data
        documents = []
        start = 0
        while True:
            found = (_INSIDE if self._in_string else _OUTSIDE).search(self._rest, self._at)
            if found is None:
                self._at = max(len(self._rest), self._at)
                break
            sign, self._at = found.group(), found.end()
            if sign == b"\\":
                self._at += 1
            elif sign == b'"':
                self._in_string = self._depth > 0 and not self._in_string
            elif sign == b"{":
                if self._depth == 0:
                    self._between(self._rest[start : found.start()], received_ns)
                    start = found.start()
                self._depth += 1
            elif self._depth:
                self._depth -= 1
                if self._depth == 0:
                    documents.append(self._rest[start : self._at])
                    start = self._at
        if self._depth == 0:
            self._between(self._rest[start:], received_ns)
            start = len(self._rest)
        self._rest, self._at = self._rest[start:], max(self._at - start, 0)
        if len(self._rest) > LONGEST_DOCUMENT:
            self.drop("document too long", received_ns)
        return documents

    def drop(self, reason: str, received_ns: int) -> None:
        """Forget a document that is not whole, and count it."""
        if self._rest:
            self._faults.add(received_ns, reason, self._rest)
        self._rest, self._at, self._depth, self._in_string = b"", 0, 0, False

    def _between(self, data: bytes, received_ns: int) -> None:
        if data.strip(b" \t\r\n,\x00\x1e"):
            self._faults.add(received_ns, "between documents", data)


class AircraftJsonDecoder:
    """Decodes a stream of snapshots."""

    def __init__(self, options: Options) -> None:
        self.faults = Faults()
        self._options = options
        self._documents = Documents(self.faults)
        self._reports = Reports(options.first_scan)
        self._last: dict[str, tuple[int, float, float]] = {}

    def feed(self, data: bytes, received_ns: int) -> Decoded:
        """Take the next piece of the stream."""
        for document in self._documents.feed(data, received_ns):
            self._document(document, received_ns)
        return self._reports.take()

    def end(self, received_ns: int) -> Decoded:
        """Count a snapshot that was cut off."""
        self._documents.drop("cut short", received_ns)
        return self._reports.take()

    def _document(self, document: bytes, received_ns: int) -> None:
        self.faults.messages += 1
        try:
            said = json.loads(document)
        except (ValueError, RecursionError):
            self.faults.add(received_ns, "not JSON", document)
            return
        now = _number(said, "now")
        aircraft = said.get("aircraft")
        if now is None or not 0.0 <= now < LATEST_S or not isinstance(aircraft, list):
            self.faults.add(received_ns, "not a snapshot", document)
            return
        now_ns = nanoseconds(now)
        if not self._options.from_file and abs(now_ns - received_ns) > CLOCK_NS:
            self.faults.unread[OFF] += 1
            now_ns = received_ns
        received = now_ns if self._options.from_file else received_ns
        if len(self._last) > MOST_AIRCRAFT:
            self._last.clear()
        for entry in aircraft:
            if isinstance(entry, dict):
                self._aircraft(entry, now_ns, received)
            else:
                self.faults.add(received_ns, "not an aircraft", document)

    def _aircraft(self, entry: dict[str, Any], now_ns: int, received_ns: int) -> None:
        kept = json.dumps(entry)[:256].encode()
        address = entry.get("hex")
        identity = identity_of_hex(address.strip(), self._options.salt) if isinstance(address, str) else None
        if identity is None:
            self.faults.add(received_ns, "address", kept)
            return
        latitude, longitude, seen = (_number(entry, key) for key in ("lat", "lon", "seen_pos"))
        if latitude is None or longitude is None:
            self.faults.unread["aircraft without a position"] += 1
            return
        if not (-90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0):
            self.faults.add(received_ns, "no such place", kept)
            return
        if not _is_own(entry):
            self.faults.unread["positions that others computed"] += 1
            return
        if seen is None or not 0.0 <= seen <= self._options.max_age_s:
            self.faults.unread["old positions"] += 1
            return
        time_ns = now_ns - nanoseconds(seen)
        if time_ns < 0:
            self.faults.add(received_ns, "before 1970", kept)
            return
        last = self._last.get(identity)
        if last is not None and (
            time_ns <= last[0] or (time_ns - last[0] < SAME_NS and last[1:] == (latitude, longitude))
        ):
            self.faults.unread["copies"] += 1
            return
        self._last[identity] = (time_ns, latitude, longitude)
        category = entry.get("category")
        label = LABEL_OF_EMITTER.get(category) if isinstance(category, str) else None
        self._reports.add(time_ns, received_ns, _values(entry, latitude, longitude), label=label, identity=identity)


def _values(entry: dict[str, Any], latitude: float, longitude: float) -> dict[Column, float]:
    values = {Column.LATITUDE_RAD: radians(latitude), Column.LONGITUDE_RAD: radians(longitude)}
    baro, geometric = _first(entry, "alt_baro", "altitude"), _number(entry, "alt_geom")
    if baro is not None:
        values[Column.ALTITUDE_BARO_M] = baro * FOOT_M
    version, gva = _number(entry, "version"), _number(entry, "gva")
    if geometric is not None:
        values[Column.ALTITUDE_HAE_M] = geometric * FOOT_M
        sd_m = accuracy.altitude_sd_m(None if version is None else int(version), None if gva is None else int(gva))
        if sd_m is not None:
            values[Column.ALTITUDE_SD_M] = sd_m
    speed, track = _first(entry, "gs", "speed"), _number(entry, "track")
    if speed is not None and track is not None:
        values[Column.VELOCITY_EAST_MPS] = speed * KNOT_MPS * sin(radians(track))
        values[Column.VELOCITY_NORTH_MPS] = speed * KNOT_MPS * cos(radians(track))
    rate = _first(entry, "geom_rate", "baro_rate", "vert_rate")
    if rate is not None:
        values[Column.VELOCITY_UP_MPS] = rate * FOOT_PER_MINUTE_MPS
    radius_m = _radius_m(entry)
    position_sd_m = accuracy.position_sd_m(radius_m)
    if position_sd_m is not None:
        values[Column.POSITION_SD_M] = position_sd_m
    return values


def _radius_m(entry: dict[str, Any]) -> float | None:
    nacp, nucp = _number(entry, "nac_p"), _number(entry, "nucp")
    if nacp is not None and 0 <= nacp < len(accuracy.EPU_M) and _number(entry, "version") != 0.0:
        return accuracy.EPU_M[int(nacp)]
    if nucp is not None and 0 <= nucp < len(accuracy.HFOM_M):
        return accuracy.HFOM_M[int(nucp)]
    return None


def _is_own(entry: dict[str, Any]) -> bool:
    kind = entry.get("type")
    if isinstance(kind, str) and not kind.startswith("adsb"):
        return False
    lists = (entry.get("mlat"), entry.get("tisb"))
    return not any(isinstance(listed, list) and "lat" in listed for listed in lists)


def _first(entry: dict[str, Any], *keys: str) -> float | None:
    return next((number for key in keys if (number := _number(entry, key)) is not None), None)


def _number(entry: dict[str, Any], key: str) -> float | None:
    value = entry.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > 1e12 or not isfinite(value):
        return None
    return float(value)


def encode(now_ns: int, messages: int, aircraft: Iterable[dict[str, Any]]) -> bytes:
    """A snapshot as one line."""
    said = {"now": now_ns // 1_000_000 / 1_000.0, "messages": messages, "aircraft": list(aircraft)}
    return json.dumps(said, separators=(",", ":")).encode() + b"\n"


class _AircraftJson:
    timed = True
    about = About(
        tables=("aircraft_json",),
        untaken=(
            "callsigns (flight)",
            "squawks",
            "signal strength (rssi)",
            "emitter categories beyond a label",
            "integrity (nic, rc, sil)",
            "what the crew selected (nav_*)",
            "airspeed, heading and wind",
            "counts of messages",
        ),
        sources=("wiedehopf/readsb, README-json.md", "dump1090-mutability, README-json.md (older names)"),
        deviations=("Positions that others computed (mlat, TIS-B) are not taken for the aircraft's own.",),
        judges=(
            Judge(
                program="dump1090-mutability 1.15",
                compared="its snapshot is our last report of the frames that it was fed",
                test="tests/against/test_against_dump1090.py",
            ),
        ),
    )

    def sniff(self, head: bytes) -> float:
        """Sure where `now` and `aircraft` stand in the head of an object."""
        if not head.lstrip().startswith(b"{"):
            return 0.0
        return 0.95 if b'"now"' in head and b'"aircraft"' in head else 0.0

    def decoder(self, options: Options) -> Decoder:
        return AircraftJsonDecoder(options)


FORMAT = _AircraftJson()
