"""A capture of several ASTERIX sources as a recording: each source that says enough is a sensor of its own.

Without a wall a source is told by SAC and SIC, a radar stands where its CAT 034 says (I034/120), and what says places
needs no site. With one, each `[[feed]]` names its `source`. Looks of all sensors stand in the order of reception, for
which those of the last two minutes are held.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np

from dronewall.archive import Looks, RecordedRows, recording_writer
from dronewall.convert.summary import Summary
from dronewall.convert.survey import BLINDLY, Survey
from dronewall.errors import BadInput
from dronewall.formats import Decoded, decoder
from dronewall.formats.asterix.days import DAY_NS
from dronewall.formats.asterix.told import Told, named
from dronewall.formats.decoding import Decoder
from dronewall.records.detection import joined
from dronewall.units import SECOND_NS

HELD_NS: Final = 120 * SECOND_NS
STRANGERS: Final = ("records of another source", "records of further sources")
Pieces = Callable[[], Iterator[bytes]]
NO_DETECTION: Final = "no detection"
FINDER: Final = 205  # the category of direction finders


@dataclass(frozen=True, slots=True)
class Head:
    """A sensor of a wall that a capture comes without: where it stands (degrees), and why that is known."""

    sensor: str
    kind: str
    latitude_deg: float
    longitude_deg: float
    height_m: float
    reach_m: float
    why: str

    def toml(self) -> str:
        """Its table in `wall.toml`."""
        return (
            f"\n# {self.why}\n"
            f'[[sensor]]\nid = "{self.sensor}"\nkind = "{self.kind}"\n'
            f"latitude_deg = {self.latitude_deg:.6f}\nlongitude_deg = {self.longitude_deg:.6f}\n"
            f"height_agl_m = {self.height_m:.1f}\nmax_range_m = {self.reach_m:.0f}.0\n"
        )


class Several:
    """One run over one file.

    Parameters
    ----------
    source : Path
        The capture.
    name : str
        Its format.
    options : mapping
        What every decoder is told; `sensors` adds what is each one's own.
    sensors : mapping of (SAC, SIC) to the sensor's id and options
        Of a wall; empty, those of `sources` are described from what they say.
    sources : sequence of int
        SAC and SIC as one number, of all that speak.
    """

    def __init__(
        self,
        source: Path,
        name: str,
        options: Mapping[str, Any],
        sources: list[int],
        sensors: Mapping[int, tuple[str, Mapping[str, Any]]],
    ) -> None:
        self._source, self._name, self._sensors = source, name, sensors
        told = {code: dict(sensors[code][1]) if code in sensors else {} for code in sources}
        self._options = {
            code: {**options, **told[code], "source": (code >> 8, code & 255), "from_file": True} for code in sources
        }
        unused = next(code for code in range(0x10000) if code not in told)
        self._nobody = {**options, "source": (unused >> 8, unused & 255)}
        self.notes: list[str] = []

    def run(self, pieces: Pieces, target: Path, wall_toml: str) -> Summary:
        """Write the recording; `wall_toml` is the wall's text, or how the text of one that is made begins.

        Raises
        ------
        BadInput
            No source says enough.
        """
        surveys, nobody = self._surveyed(pieces)
        anchors = {code: anchor for code, one in surveys.items() if (anchor := one.anchor_ns()) is not None}
        for code, anchor_ns in anchors.items():
            self._options[code]["date_ns"] = self._options[code]["date_ns"] // DAY_NS * DAY_NS + anchor_ns
        if anchors:
            surveys, nobody = self._surveyed(pieces)
        heads = self._described(surveys)
        ids = {code: self._sensors[code][0] if self._sensors else heads[code].sensor for code in heads or surveys}
        taken = {code: surveys[code] for code in ids}
        with recording_writer(target, {"converted_from": self._name, "notes": " ".join(self.notes)}) as writer:
            for rows, looks in self._in_order(pieces, ids):
                writer.add(rows, looks)
            writer.wall_toml = wall_toml + "".join(head.toml() for head in heads.values())
        return self._summary(taken, nobody.faults.reasons, nobody.faults.unread)

    def _surveyed(self, pieces: Pieces) -> tuple[dict[int, Survey], Decoder]:
        """What each source sends, and a decoder of none of them, whose counts are the stream's own."""
        surveys = {code: Survey(self._reader(options)) for code, options in self._options.items()}
        nobody = self._reader(self._nobody)
        for piece in chain(pieces(), (None,)):
            for survey in surveys.values():
                survey.take(_fed(survey.reader, piece))
            _fed(nobody, piece)
        return surveys, nobody

    def _reader(self, options: Mapping[str, Any]) -> Decoder:
        return decoder(self._name, options, where=str(self._source))

    # ------------------------------------------------------------------------------------------------- describing

    def _described(self, surveys: Mapping[int, Survey]) -> dict[int, Head]:
        """The sensors of a file without a wall, and notes on what each is and what was left out."""
        if self._sensors:
            if not any(survey.rows for survey in surveys.values()):
                self._nothing(
                    surveys, {NO_DETECTION: [f"{named(code)} ({_much(one)})" for code, one in surveys.items()]}
                )
            counts = ", ".join(
                f"{self._sensors[code][0]} {named(code)} ({survey.rows} detections)" for code, survey in surveys.items()
            )
            self.notes.append(f"Each feed of the wall took its own source: {counts}.")
            return {}
        found: dict[int, Head] = {}
        left: dict[str, list[str]] = {}
        for code, survey in surveys.items():
            head, why = _head(code, survey)
            if head is None:
                left.setdefault(why, []).append(f"{named(code)} ({_much(survey)})")
            else:
                found[code] = head
        if not found:
            self._nothing(surveys, left)
        each = ", ".join(f"{head.sensor} ({surveys[code].rows} detections)" for code, head in found.items())
        self.notes.append(
            f"{self._source.name} holds {_sources(len(surveys))}; taken, named by SAC and SIC: {each}. Their kinds "
            "follow from what they send, their errors are the catalogue's; --wall FILE gives the true ones."
        )
        if any(surveys[code].counted_blindly() for code in found):
            self.notes.append(BLINDLY.format(self._source.name))
        if left:
            said = "; ".join(f"{', '.join(whom)}: {why}" for why, whom in left.items())
            self.notes.append(f"Left out: {said}. --wall FILE with a [[feed]] for each takes them too.")
        return found

    def _nothing(self, surveys: Mapping[int, Survey], left: Mapping[str, list[str]]) -> None:
        undated = sum(survey.reader.faults.reasons["no date and time"] for survey in surveys.values())
        if undated:
            raise BadInput(
                f"{self._source}: its messages carry no date; say --date YYYY-MM-DD, the UTC day of the first one",
                file=str(self._source),
                key="date",
            )
        said = "; ".join(f"{', '.join(whom)}: {why}" for why, whom in left.items())
        raise BadInput(
            f"{self._source} holds {_sources(len(surveys))}, and none says enough to be taken: {said}; say "
            "--wall FILE, a wall with a [[sensor]] (id, kind, latitude_deg, longitude_deg, height_agl_m) and a "
            f"[[feed]] (sensor, uri, format = '{self._name}', options = {{ source = [SAC, SIC] }}) for each",
            file=str(self._source),
            key="wall",
        )

    # ------------------------------------------------------------------------------------------------- writing

    def _in_order(self, pieces: Pieces, ids: Mapping[int, str]) -> Iterator[tuple[RecordedRows, Looks]]:
        """What all sensors give, in the order of reception."""
        readers = {code: self._reader(self._options[code]) for code in ids}
        held = _Held()
        for piece in chain(pieces(), (None,)):
            for code, reader in readers.items():
                held.add(ids[code], _fed(reader, piece))
            yield held.until(None if piece is None else HELD_NS)

    def _summary(self, taken: Mapping[int, Survey], reasons: Counter[str], unread: Counter[str]) -> Summary:
        """Of all sensors; what is the stream's own counts once."""
        faults, aside = reasons.copy(), unread.copy()
        for survey in taken.values():
            faults.update(survey.reader.faults.reasons - reasons)
            aside.update(survey.reader.faults.unread - unread)
        for reason in [reason for reason in aside if reason.startswith(STRANGERS)]:
            del aside[reason]
        return Summary(
            source_format=self._name,
            target_format="recording",
            messages=sum(survey.reader.faults.messages for survey in taken.values()),
            detections=sum(survey.rows for survey in taken.values()),
            identities=len(set().union(*(survey.identities for survey in taken.values()))),
            first_ns=min(survey.first_ns for survey in taken.values() if survey.rows),
            last_ns=max(survey.last_ns for survey in taken.values()),
            faults=dict(faults),
            unread=dict(aside),
            notes=tuple(self.notes),
        )


def _fed(reader: Decoder, piece: bytes | None) -> Decoded:
    """What a decoder makes of the next piece; of None, the end."""
    return reader.end(0) if piece is None else reader.feed(piece, 0)


def _much(survey: Survey) -> str:
    return f"{survey.reader.faults.messages} records, {survey.rows} detections"


def _sources(count: int) -> str:
    return "one source" if count == 1 else f"{count} sources"


def _head(code: int, survey: Survey) -> tuple[Head | None, str]:
    """The sensor that a source is; where it says too little, None and why."""
    told: Told = survey.reader.told  # type: ignore[attr-defined]
    if not survey.rows:
        return None, NO_DETECTION
    if survey.placeless and told.place is None:
        return None, "ranges or bearings, and no CAT 034 (I034/120) says where it stands"
    if survey.placeless and told.place is not None:
        kind = "rf_direction" if set(told.rows) == {FINDER} else "radar"
        latitude_deg, longitude_deg, height_m = told.place
        reach_m, why = (
            survey.reach_m(latitude_deg, longitude_deg),
            "Where it stands is what its CAT 034 says (I034/120).",
        )
    else:
        kind, height_m = "adsb" if survey.all_icao else "observer", 10.0
        latitude_deg, longitude_deg, reach_m = survey.middle()
        why = (
            "Where it stands is not known: this is the middle of what it saw, and its range reaches the farthest of it."
        )
    sensor = f"{kind.replace('_', '-')}-{code >> 8}-{code & 255}"
    return Head(sensor, kind, latitude_deg, longitude_deg, max(height_m, 0.0), reach_m, why), ""


class _Held:
    """Rows and looks of several sensors, held until no earlier one can come."""

    def __init__(self) -> None:
        self._rows: list[RecordedRows] = []
        self._looks: list[tuple[str, tuple[int, int, int, int]]] = []

    def add(self, sensor: str, decoded: Decoded) -> None:
        """What a sensor gave."""
        n = len(decoded.detections)
        if n:
            names = np.full(n, sensor, object)
            self._rows.append(RecordedRows(detections=decoded.detections, sensor=names, scan=decoded.scan))
        self._looks += [(sensor, look) for look in decoded.looks]

    def until(self, behind_ns: int | None) -> tuple[RecordedRows, Looks]:
        """What was received so far behind the newest, in order; all of it where `behind_ns` is None."""
        self._looks.sort(key=lambda one: one[1][3])
        rows = RecordedRows(
            detections=joined([part.detections for part in self._rows]),
            sensor=np.concatenate([np.zeros(0, object), *(part.sensor for part in self._rows)]),
            scan=np.concatenate([np.zeros(0, np.int64), *(part.scan for part in self._rows)]),
        )
        received = rows.detections.received_ns
        order = np.argsort(received, kind="stable")
        newest = self._looks[-1][1][3] if self._looks else 0
        until_ns = newest + 1 if behind_ns is None else newest - behind_ns
        stop = len(order) if behind_ns is None else int(np.searchsorted(received[order], until_ns))
        self._rows = [_chosen(rows, order[stop:])]
        last = next((at for at, one in enumerate(self._looks) if one[1][3] >= until_ns), len(self._looks))
        due, self._looks = self._looks[:last], self._looks[last:]
        numbers = np.array([look for _, look in due], np.int64).reshape(-1, 4)
        names = np.array([sensor for sensor, _ in due], object)
        looks = Looks(sensor=names, scan=numbers[:, 0], time_ns=numbers[:, 1], end_ns=numbers[:, 2])
        return _chosen(rows, order[:stop]), looks


def _chosen(rows: RecordedRows, which: np.ndarray) -> RecordedRows:
    return RecordedRows(detections=rows.detections.rows(which), sensor=rows.sensor[which], scan=rows.scan[which])
