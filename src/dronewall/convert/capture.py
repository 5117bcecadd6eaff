"""From a capture of a wire format to a recording.

The file is read twice: once to learn what it holds (whether its counters run, where it was), once to write. Both go
piece by piece, so that a day fits.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from math import hypot
from pathlib import Path
from typing import Any, Final

import numpy as np

from dronewall.archive import Looks, RecordedRows, recording_writer
from dronewall.convert.several import Several
from dronewall.convert.summary import ASSUMED, Summary, untaken
from dronewall.convert.survey import BLINDLY, Survey
from dronewall.errors import BadInput
from dronewall.formats import PARTS, TABLE, Decoded, decoder, sniff
from dronewall.formats.asterix.told import named
from dronewall.formats.decoding import Decoder, Format
from dronewall.formats.sapient.node import Node, described
from dronewall.records.detection import Column
from dronewall.records.wall import FeedSpec, Wall, load_wall
from dronewall.units import SECOND_NS, utc_ns, utc_text

PIECE: Final = 1 << 20
HEAD: Final = 16_384
FRAMES_PER_SECOND: Final = 4.0  # of one aircraft, a first guess where nothing carries a time
SECOND_SD_S: Final = 12.0**-0.5  # of a time that is anywhere in its second
BEARINGS_M: Final = 25_000.0  # how far a sensor of bearings is taken to reach where nothing tells
METRES_PER_RADIAN: Final = 6_371_009.0
KIND: Final = {
    **dict.fromkeys(("remote_id_jsonl", "remote_id_mavlink", "remote_id_pcap"), "remote_id"),
    **dict.fromkeys(("asterix", "asterix_pcap", "cot", "jsonl", "sapient")),  # they do not say; the others: adsb
}
UNKNOWN_SITE: Final = (
    "Where the receiver stood is not known: its place here is\n"
    "# the middle of what it received, and its range reaches the farthest of it. --wall gives the true one.\n"
)
SAID_SITE: Final = "Where the sensor stands is what its status reports said;\n# its height is above the ellipsoid.\n"
SELF_SAID: Final = ("asterix", "asterix_pcap", "cot", "sapient")  # what they hold may say enough of their sensor
WALL_HEAD: Final = (
    "# Made by dronewall convert from {0}. {1}schema_version = 1\n\n[wall]\n"
    'name = "converted from {0}"\nexercise = true\n'
)
TERRAIN: Final = re.compile(r'^(\s*terrain\s*=\s*)(["\'])(.*?)\2', re.MULTILINE)


def sniffed(source: Path) -> str:
    with _opened(source) as stream:
        head = stream.read(HEAD)
    found = sniff(head)
    if not found:
        raise BadInput(
            f"{source} is of no format that is known here by its first {HEAD:,} bytes; if it is of one all the same, "
            f"say --from with it, one of: {', '.join(sorted(PARTS))}",
            file=str(source),
        )
    return found[0][1]


def is_parquet(source: Path) -> bool:
    """Whether a file begins as Parquet does; of the program's own, only tracks are a single file."""
    with _opened(source) as stream:
        return bool(stream.read(4) == b"PAR1")


def pieces(source: Path) -> Iterator[bytes]:
    """A file, piece by piece."""
    with _opened(source) as stream:
        while piece := stream.read(PIECE):
            yield piece


def start_ns(day: date) -> int:
    """00:00:00 UTC of a day."""
    return utc_ns(datetime(day.year, day.month, day.day, tzinfo=UTC))


def counted_from_ns(source: Path, name: str, day: date | None) -> int:
    """The instant that a counter without a date counts from.

    Raises
    ------
    BadInput
        No day is given.
    """
    if day is None:
        raise BadInput(
            f"{source}: {name} carries a counter without a date; say --date YYYY-MM-DD, the UTC day that its first "
            "frame counts from",
            file=str(source),
            key="date",
        )
    return start_ns(day)


def _opened(source: Path) -> Any:
    try:
        return source.open("rb")
    except OSError as error:
        raise BadInput(f"{source} cannot be read: {error.strerror}", file=str(source)) from None


class Conversion:
    """One run over one file."""

    def __init__(self, source: Path, target: Path, name: str, day: date | None, wall: Path | None) -> None:
        self.source, self.target, self.name, self.day, self.wall_path = source, target, name, day, wall
        self.part: Format = TABLE.part(name)
        self.kind = KIND.get(name, "adsb")
        self.wall = load_wall(wall) if wall is not None else None
        self.feeds = self._feeds()
        self.sources: list[int] = []  # of several feeds of the wall, each with its own
        self.sensor = self._sensor()
        told = [feed.options for feed in self.feeds if feed.sensor == self.sensor]
        self.options: dict[str, Any] = (dict(told[0]) if len(told) == 1 else {}) | {"from_file": True}
        self.whole_seconds = False
        self.node = Node()
        self._speed: dict[str | None, float] = {}
        self.notes: list[str] = []

    def run(self) -> Summary:
        day_ns = None if self.day is None else start_ns(self.day)
        if not self.part.timed:
            day_ns = counted_from_ns(self.source, self.name, self.day)
        self.options["date_ns"] = day_ns
        if self.name == "asterix_pcap" and day_ns is not None:
            self.notes.append("Days are counted from --date; the packets' own times were not asked.")
        if self.wall is not None and self.kind == "adsb":
            spec = next(spec for spec in self.wall.sensor if spec.id == self.sensor)
            self.options.setdefault("receiver_deg", (spec.latitude_deg, spec.longitude_deg))
        if self.sources:
            return self._several(self.sources)
        survey = self._survey() if self.part.timed else self._timed(day_ns or 0)
        if day_ns is not None and (anchor_ns := survey.anchor_ns()) is not None:
            self.options["date_ns"] = day_ns + anchor_ns
            survey = self._survey()
        told = getattr(survey.reader, "told", None)
        if told is not None and self.wall is None and (told.others or told.place):
            return self._several([told.source, *sorted(told.others)])
        faults: Counter[str] = Counter(survey.reader.faults.reasons)
        if not survey.rows:
            self._nothing(survey, faults)
        if not self.sensor:
            self._describe(survey)
        if survey.counted_blindly():
            self.notes.append(BLINDLY.format(self.source.name))
        if told is not None and told.others:
            others = ", ".join(f"{named(code)} ({count} records)" for code, count in sorted(told.others.items()))
            self.notes.append(
                f"{self.source.name} holds more than one source: {named(told.source)} was taken, and not {others}; a "
                "[[feed]] for each with options = { source = [SAC, SIC] } takes them all."
            )
        pace = survey.pace() if self.part.timed else None
        if pace is not None and not 0.5 <= pace <= 2.0:
            self.notes.append(
                f"Between positions things move {pace:.3g} times as fast as they say: the times in {self.source.name} "
                "are not those of the flight."
            )
        if self.part.timed and survey.whole_seconds and survey.rows > 1:
            self.whole_seconds = True
            self.notes.append(
                f"Times in {self.source.name} are whole seconds: the standard deviation of each position is widened by "
                "0.29 s of motion."
            )
        metadata = {"converted_from": self.name}
        if self.notes:
            metadata["notes"] = " ".join(self.notes)
        with recording_writer(self.target, metadata) as writer:
            for decoded in self._pieces(self._reader()):
                writer.add(*self._recorded(decoded))
            writer.wall_toml = self._wall_toml(survey)
        return Summary(
            source_format=self.name,
            target_format="recording",
            messages=survey.reader.faults.messages,
            detections=survey.rows,
            identities=len(survey.identities),
            first_ns=survey.first_ns,
            last_ns=survey.last_ns,
            personal_left_out=survey.personal,
            faults=dict(faults),
            unread=dict(survey.reader.faults.unread),
            notes=(*self.notes, *untaken(self.name), *(() if self.wall else (ASSUMED,))),
            exercise=self.wall is None or self.wall.wall.exercise,
        )

    def _several(self, sources: list[int]) -> Summary:
        """Each source as a sensor: those of the wall's feeds, or of a file without a wall."""
        fed = {code: feed for feed in self.feeds if (code := self._code(feed)) is not None}
        of_wall = {code: (feed.sensor, feed.options) for code, feed in fed.items()} if self.sources else {}
        toml = WALL_HEAD.format(self.name, "\n")
        if self.wall is not None and self.wall_path is not None:
            toml = moved(self.wall_path, self.wall, self.target)
        made = Several(self.source, self.name, self.options, sources, of_wall)
        said = made.run(lambda: pieces(self.source), self.target, toml)
        notes = (*self.notes, *said.notes, *untaken(self.name), *(() if self.wall else (ASSUMED,)))
        return replace(said, notes=notes, exercise=self.wall is None or self.wall.wall.exercise)

    @staticmethod
    def _code(feed: FeedSpec) -> int | None:
        """SAC and SIC of a feed's source as one number; None where it names none."""
        source = feed.options.get("source")
        return None if source is None else int(source[0]) << 8 | int(source[1])

    def _reader(self) -> Decoder:
        return decoder(self.name, self.options, where=str(self.source))

    def paced(self) -> tuple[int, int]:
        """When the first frame counts from, and how far frames are apart, for a file in which no counter runs (ns).

        Raises
        ------
        BadInput
            Nothing in it tells how fast time goes.
        """
        day_ns = self.options["date_ns"] = counted_from_ns(self.source, self.name, self.day)
        if not self._timed(day_ns).rows:
            raise BadInput(
                f"{self.source}: no frame carries a time, and there is no position that could tell one; {self.name} "
                "with counters is needed",
                file=str(self.source),
            )
        return day_ns, int(self.options["pace_ns"])

    def _pieces(self, reader: Decoder) -> Iterator[Decoded]:
        for piece in pieces(self.source):
            yield reader.feed(piece, 0)
        yield reader.end(0)

    def _survey(self) -> Survey:
        survey = Survey(self._reader())
        for decoded in self._pieces(survey.reader):
            survey.take(decoded)
        return survey

    def _recorded(self, decoded: Decoded) -> tuple[RecordedRows, Looks]:
        looks = np.array(decoded.looks, np.int64).reshape(-1, 4)
        if self.whole_seconds:
            self._widen(decoded)
        rows = RecordedRows(
            detections=decoded.detections,
            sensor=np.full(len(decoded.detections), self.sensor, object),
            scan=decoded.scan,
        )
        listed = Looks(
            sensor=np.full(len(looks), self.sensor, object),
            scan=looks[:, 0],
            time_ns=looks[:, 1],
            end_ns=looks[:, 2],
        )
        return rows, listed

    def _widen(self, decoded: Decoded) -> None:
        """Let the accuracy of positions take in that a time is only good to a second, at the speed last said."""
        found = decoded.detections
        speeds = np.hypot(found.values[:, Column.VELOCITY_EAST_MPS], found.values[:, Column.VELOCITY_NORTH_MPS])
        for row, speed in enumerate(speeds.tolist()):
            name = found.identity[row]
            if speed == speed:
                self._speed[name] = speed
            moved_m = SECOND_SD_S * self._speed.get(name, 0.0)
            found.values[row, Column.POSITION_SD_M] = hypot(found.values[row, Column.POSITION_SD_M], moved_m)

    def _timed(self, day_ns: int) -> Survey:
        """A survey that says what times there are, with frames spaced evenly where no counter runs."""
        plain = self._survey()
        if plain.last_ns > plain.first_ns or not plain.rows:
            self.notes.append(f"The counter has no epoch: its first value counts as {utc_text(day_ns)}.")
            return plain
        guess_ns = int(SECOND_NS / (FRAMES_PER_SECOND * len(plain.identities)))
        self.options["pace_ns"] = guess_ns
        pace = self._survey().pace()
        self.options["pace_ns"] = max(int(guess_ns * pace), 1) if pace is not None else guess_ns
        how = "aircraft move as fast as they say" if pace is not None else "each sends four in a second"
        self.notes.append(
            f"No frame of {self.source.name} carries a time: frames are spaced evenly from {utc_text(day_ns)}, so that "
            f"{how}; times and speeds between detections are only as good as that."
        )
        return self._survey()

    def _nothing(self, survey: Survey, faults: Counter[str]) -> None:
        if faults["no date and time"]:
            raise BadInput(
                f"{self.source}: its messages carry no date; say --date YYYY-MM-DD, the UTC day of the first one",
                file=str(self.source),
                key="date",
            )
        counts = ", ".join(f"{n} {why}" for why, n in sorted((faults + survey.reader.faults.unread).items())) or "none"
        raise BadInput(
            f"{self.source} holds no position that {self.name} could read (messages: {counts}); nothing was written",
            file=str(self.source),
        )

    def _feeds(self) -> list[FeedSpec]:
        """The wall's feeds that the file may be of: those of its format, else of the same messages in another frame."""
        feeds = [] if self.wall is None else self.wall.feed
        same = [feed for feed in feeds if feed.format == self.name]
        inside = self.name.removesuffix("_pcap").removesuffix("_jsonl").removesuffix("_mavlink")
        return same or [feed for feed in feeds if feed.format.startswith(inside)]

    def _sensor(self) -> str:
        """The id of the sensor that the detections are of."""
        if self.wall is None:
            if self.kind is None:
                if self.name not in SELF_SAID:
                    raise BadInput(
                        f"{self.source}: {self.name} does not say what kind of sensor it is of; say --wall FILE",
                        key="wall",
                    )
                return ""  # told by what it holds
            return f"{self.kind.replace('_', '-')}-1"
        fed = [feed.sensor for feed in self.feeds]
        codes = [self._code(feed) for feed in self.feeds]
        if len(fed) > 1 and None not in codes and len(set(codes)) == len(codes):
            self.sources = [code for code in codes if code is not None]
            return ""
        of_kind = [spec.id for spec in self.wall.sensor if self.kind in (None, spec.kind)]
        chosen = fed if len(fed) == 1 else of_kind
        if len(chosen) != 1:
            which = "several sensors" if chosen else "no sensor"
            kind = f" of kind '{self.kind}'" if self.kind else ""
            raise BadInput(
                f"{self.wall_path}: it has {which}{kind} that {self.source.name} could be of "
                f"({', '.join(chosen) or 'none'}); leave one, or name it in a [[feed]] with format = '{self.name}'",
                file=str(self.wall_path),
                key="sensor",
            )
        return chosen[0]

    def _describe(self, survey: Survey) -> None:
        """The sensor of a file that comes without a wall: what the file says of it, or what follows from what it holds.

        Raises
        ------
        BadInput
            It measured from where it stands, and the file does not say where that is.
        """
        if self.name == "sapient":
            self.node = described(pieces(self.source))
        if survey.placeless and self.node.latitude_deg is None:
            raise BadInput(
                f"{self.source}: {survey.placeless} of {survey.rows} detections are ranges or bearings, and nothing in "
                "it says where their sensor stands; say --wall FILE, a wall with one [[sensor]]: id, kind, "
                "latitude_deg, longitude_deg, height_agl_m",
                file=str(self.source),
                key="wall",
            )
        self.kind = self.node.kind or ("adsb" if survey.all_icao else "observer")
        self.sensor = f"{self.kind.replace('_', '-')}-1"
        known = self.node.kind is not None
        of = "registers its sensor as" if known else "does not say of what kind its sensor is, which is taken for"
        self.notes.append(f"{self.source.name} {of} {self.kind}; --wall FILE gives the true one.")

    def _wall_toml(self, survey: Survey) -> str:
        if self.wall is not None and self.wall_path is not None:
            return moved(self.wall_path, self.wall, self.target)
        latitude_deg, longitude_deg, reach_m = survey.middle()
        height_m, where = 10.0, UNKNOWN_SITE
        if self.node.latitude_deg is not None and self.node.longitude_deg is not None:
            latitude_deg, longitude_deg = self.node.latitude_deg, self.node.longitude_deg
            height_m = max(self.node.height_hae_m or 0.0, 0.0)
            reach_m = survey.reach_m(latitude_deg, longitude_deg)
            where = SAID_SITE
        return (
            WALL_HEAD.format(self.name, where) + f'\n[[sensor]]\nid = "{self.sensor}"\nkind = "{self.kind}"\n'
            f"latitude_deg = {latitude_deg:.6f}\nlongitude_deg = {longitude_deg:.6f}\nheight_agl_m = {height_m:.1f}\n"
            f"max_range_m = {reach_m:.0f}.0\n"
        )


def moved(path: Path, wall: Wall, target: Path) -> str:
    """A wall's text for another folder: a relative path to terrain still leads there."""
    text = path.read_text(encoding="utf-8")
    terrain = wall.wall.terrain
    if terrain is None or terrain.startswith("synthetic:") or Path(terrain).is_absolute():
        return text
    there = os.path.relpath((path.parent / terrain).resolve(), target.resolve())
    return TERRAIN.sub(lambda found: f"{found[1]}{found[2]}{Path(there).as_posix()}{found[2]}", text, count=1)
