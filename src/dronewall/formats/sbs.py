"""SBS or BaseStation lines (dump1090 and readsb port 30003).

    MSG,3,1,1,406B90,1,2016/03/14,23:00:02.139,2016/03/14,23:00:02.140,,36000,,,51.14566,7.24430,,,,,,0

Read by place: 5 address, 7 and 8 date and time generated, 12 altitude (ft, pressure), 13 ground speed (kt), 14 track
(deg), 15 and 16 latitude and longitude (deg), 17 vertical rate (ft/min). A line with a position gives a report, with
the newest motion that is not older than 1.5 s. Not read: callsign, squawk, flags, lines other than MSG. The lines say
nothing of accuracy or of the geometric height. Date and time are taken as UTC, though some programs write local time;
where the date is left out, `date_ns` gives the day. Source: www.homepages.mcb.net/bones/SBS "Socket data and BST data".
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from math import cos, radians, sin
from typing import Final

from dronewall.formats.about import About, Judge
from dronewall.formats.decoding import Decoded, Decoder, Faults, Lines, Options, Reports
from dronewall.formats.lexical import double
from dronewall.formats.modes.fields import FOOT_PER_MINUTE_MPS
from dronewall.formats.personal import pseudonym
from dronewall.formats.times import LATEST_NS
from dronewall.records.detection import Column
from dronewall.units import FOOT_M, KNOT_MPS, SECOND_NS, utc_ns

DAY_NS: Final = 86_400 * SECOND_NS
OTHER_LINES: Final = frozenset({"SEL", "ID", "AIR", "STA", "CLK"})
MOTION_NS: Final = 3 * SECOND_NS // 2
CLOCK_NS: Final = 10 * SECOND_NS  # live, a time that is farther off than this is of another clock
OFF: Final = "times more than 10 s off, taken as received"
MOST_AIRCRAFT: Final = 16_384


@dataclass(slots=True)
class _Motion:
    time_ns: int
    values: dict[Column, float]


class SbsDecoder:
    """Decodes one SBS stream."""

    def __init__(self, options: Options) -> None:
        self.faults = Faults()
        self._options = options
        self._lines = Lines(self.faults, whole=options.datagrams)
        self._reports = Reports(options.first_scan)
        self._motion: dict[str, _Motion] = {}
        self._latest_ns = 0

    def feed(self, data: bytes, received_ns: int) -> Decoded:
        """Take the next piece of the stream."""
        for line in self._lines.feed(data, received_ns):
            self._line(line, received_ns)
        return self._reports.take()

    def end(self, received_ns: int) -> Decoded:
        """Read a last line without an end."""
        for line in self._lines.end():
            self._line(line, received_ns)
        return self._reports.take()

    def _line(self, line: bytes, received_ns: int) -> None:
        self.faults.messages += 1
        fields = line.decode("ascii", "replace").split(",")
        if fields[0] != "MSG":
            if fields[0] in OTHER_LINES:
                self.faults.unread["lines other than MSG"] += 1
            else:
                self.faults.add(received_ns, "not an SBS line", line)
            return
        if len(fields) < 17:
            self.faults.add(received_ns, "too few fields", line)
            return
        identity = identity_of_hex(fields[4].strip(), self._options.salt)
        if identity is None:
            self.faults.add(received_ns, "address", line)
            return
        time_ns = self._time_ns(fields[6].strip(), fields[7].strip(), received_ns)
        if time_ns is None:
            self.faults.add(received_ns, "no date and time", line)
            return
        said = fields[11:17]
        numbers = [double(text) for text in said]
        if any(number is None and text.strip() for number, text in zip(numbers, said, strict=True)):
            self.faults.add(received_ns, "not a number", line)
            return
        altitude, speed, track, latitude, longitude, rate = numbers
        self._report(identity, time_ns, received_ns, altitude, _motion(speed, track, rate), (latitude, longitude), line)

    def _report(
        self,
        identity: str,
        time_ns: int,
        received_ns: int,
        altitude: float | None,
        motion: dict[Column, float],
        place: tuple[float | None, float | None],
        line: bytes,
    ) -> None:
        latitude, longitude = place
        if latitude is None or longitude is None:
            if motion:
                if identity not in self._motion and len(self._motion) >= MOST_AIRCRAFT:
                    self._motion.clear()
                self._motion[identity] = _Motion(time_ns, motion)
            self.faults.unread["lines without a position"] += 1
            return
        if not (-90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0):
            self.faults.add(received_ns, "no such place", line)
            return
        values = {Column.LATITUDE_RAD: radians(latitude), Column.LONGITUDE_RAD: radians(longitude)}
        if altitude is not None:
            values[Column.ALTITUDE_BARO_M] = altitude * FOOT_M
        earlier = self._motion.pop(identity, None)
        if not motion and earlier is not None and abs(time_ns - earlier.time_ns) <= MOTION_NS:
            motion = earlier.values
        received = time_ns if self._options.from_file else received_ns
        self._reports.add(time_ns, received, values | motion, identity=identity)

    def _time_ns(self, date: str, time: str, received_ns: int) -> int | None:
        live = not self._options.from_file
        try:
            if date:
                time_ns = generated_ns(date, time)
            elif time and self._options.date_ns is not None:
                clock = datetime.strptime(time, "%H:%M:%S.%f")
                time_ns = self._options.date_ns + utc_ns(clock.replace(1970, 1, 1, tzinfo=UTC))
                while time_ns < self._latest_ns - DAY_NS // 2:  # past midnight
                    time_ns += DAY_NS
                self._latest_ns = max(self._latest_ns, time_ns)
            else:
                return received_ns if live else None
        except ValueError:
            return received_ns if live else None
        if not 0 <= time_ns <= LATEST_NS:
            return received_ns if live else None
        if live and abs(time_ns - received_ns) > CLOCK_NS:
            self.faults.unread[OFF] += 1
            return received_ns
        return time_ns


def generated_ns(date: str, time: str) -> int:
    """When a message was generated, taken as UTC.

    Raises
    ------
    ValueError
        It is no date and time of this format.
    """
    return utc_ns(datetime.strptime(f"{date} {time}", "%Y/%m/%d %H:%M:%S.%f").replace(tzinfo=UTC))


def identity_of_hex(text: str, salt: bytes) -> str | None:
    """The identity of an address as receivers write it: six hex digits, `~` before one that is not ICAO's."""
    digits = text.removeprefix("~").lower()
    if len(digits) != 6 or any(c not in "0123456789abcdef" for c in digits) or digits in ("000000", "ffffff"):
        return None
    return f"icao:{digits}" if digits == text.lower() else pseudonym("session", f"adsb-{digits}", salt)


def _motion(speed_kt: float | None, track_deg: float | None, rate_ft_min: float | None) -> dict[Column, float]:
    values: dict[Column, float] = {}
    if speed_kt is not None and track_deg is not None:
        values[Column.VELOCITY_EAST_MPS] = speed_kt * KNOT_MPS * sin(radians(track_deg))
        values[Column.VELOCITY_NORTH_MPS] = speed_kt * KNOT_MPS * cos(radians(track_deg))
    if rate_ft_min is not None:
        values[Column.VELOCITY_UP_MPS] = rate_ft_min * FOOT_PER_MINUTE_MPS
    return values


def encode(
    address: int,
    time_ns: int,
    received_ns: int,
    place_deg: tuple[float, float],
    altitude_ft: float | None = None,
    motion: tuple[float, float] | None = None,
    rate_ft_min: float | None = None,
) -> bytes:
    """A position as `MSG,3`, behind a `MSG,4` with speed (kt) and track (deg), vertical rate, or both where known.

    Altitude, speed and rate in whole feet, tenths of a knot and whole feet a minute; times cut to the millisecond.
    """
    parts = []
    times = f"{_moment(time_ns)},{_moment(received_ns)}"
    if motion is not None or rate_ft_min is not None:
        speed, track = ("", "") if motion is None else (f"{motion[0]:.1f}", f"{round(motion[1], 1) % 360.0:.1f}")
        rate = "" if rate_ft_min is None else f"{rate_ft_min:.0f}"
        parts.append(f"MSG,4,1,1,{address:06X},1,{times},,,{speed},{track},,,{rate},,,,,")
    altitude = "" if altitude_ft is None else f"{altitude_ft:.0f}"
    parts.append(f"MSG,3,1,1,{address:06X},1,{times},,{altitude},,,{place_deg[0]:.7f},{place_deg[1]:.7f},,,,,,")
    return "".join(f"{part}\r\n" for part in parts).encode()


def _moment(time_ns: int) -> str:
    moment = datetime.fromtimestamp(time_ns // SECOND_NS, UTC)
    return f"{moment:%Y/%m/%d,%H:%M:%S}.{time_ns % SECOND_NS // 1_000_000:03d}"


class _Sbs:
    timed = True
    about = About(
        tables=("sbs",),
        untaken=("callsigns", "squawks", "flags (alert, emergency, SPI, ground)", "session and database numbers"),
        sources=('www.homepages.mcb.net/bones/SBS, "Socket data and BST data"',),
        deviations=(
            "Date and time are taken as UTC; some programs write local time, and nothing in a line tells which.",
        ),
        judges=(
            Judge(
                program="dump1090-mutability 1.15",
                compared="every position of its SBS output but the first is among those of its frames",
                test="tests/against/test_against_dump1090.py",
            ),
        ),
    )

    def sniff(self, head: bytes) -> float:
        """The share of lines that begin as SBS lines do."""
        lines = [line for line in head[:4096].split(b"\n")[:-1] or [head[:4096]] if line.strip()]
        known = (b"MSG,", b"SEL,", b"ID,", b"AIR,", b"STA,", b"CLK,")
        return sum(line.startswith(known) for line in lines) / len(lines) if lines else 0.0

    def decoder(self, options: Options) -> Decoder:
        return SbsDecoder(options)


FORMAT = _Sbs()
