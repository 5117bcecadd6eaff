"""From wire formats to a recording, and from recordings and tracks to what others read: `dronewall convert`.

It stands above `formats` and `archive`, which do not know one another. `capture` reads a file of a wire format, `kept`
what a watch has received; `shown` writes what others read, `messages` detections as a wire
format; `carriers` takes Mode S frames from one carrier to another, `remote_ids` Remote ID. Nothing here holds a whole
file in memory.
"""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from dronewall.archive.recording import check_target
from dronewall.convert.capture import Conversion, is_parquet, sniffed
from dronewall.convert.carriers import CARRIERS, blocks_across, carried_across
from dronewall.convert.kept import kept_to_recording
from dronewall.convert.messages import MESSAGES
from dronewall.convert.remote_ids import REMOTE_IDS, remote_ids_across
from dronewall.convert.shown import Pictures, recording_shown, tracks_shown
from dronewall.convert.summary import AHEAD_NS, Summary, ahead_note
from dronewall.errors import BadInput
from dronewall.formats import PARTS, TABLE, WRITERS

__all__ = ["TARGETS", "Summary", "convert"]

TARGETS: Final = ("jsonl", *WRITERS, *MESSAGES, *CARRIERS, *REMOTE_IDS)
AS_RECEIVED: Final = {
    **dict.fromkeys(CARRIERS, ("Mode S frames", tuple(CARRIERS))),
    **dict.fromkeys(REMOTE_IDS, ("Remote ID messages", REMOTE_IDS)),
}
ENDINGS: Final[Mapping[str, str]] = {
    **{f".{name}": name for name in TARGETS},
    ".ast": "asterix",
    ".xml": "cot",
    ".pcap": "remote_id_pcap",
}
SNAPSHOTS: Final = "aircraft.json"


def convert(
    source: Path,
    target: Path,
    *,
    source_format: str | None = None,
    target_format: str | None = None,
    date: date | None = None,
    wall: Path | None = None,
    pictures: Pictures | None = None,
    personal: bool = False,
    now_ns: int | None = None,
) -> Summary:
    """Convert a capture, a recording, a track file or a watch's data. Nothing is half-written.

    Parameters
    ----------
    source_format : str, optional
        A name of `dronewall.formats.PARTS`, `recording` or `tracks`; left out, the bytes tell.
    target_format : str, optional
        `recording` or one of `TARGETS`; left out, the ending of `target` tells; a name without one: a recording becomes
        `jsonl` and everything else a recording.
    date : date, optional
        The UTC day of a file whose messages carry a counter or a time of day only. A counter of 12 MHz has no epoch:
        its first value counts as 00:00:00 of that day.
    pictures : mapping, optional
        How tracks become messages: makers of the picture formats of `dronewall.outputs`, by name.
    personal : bool
        From Remote ID to Remote ID only: messages that say who flies and where the operator is go across too.
    now_ns : int, optional
        The instant of asking: detections, frames and messages of more than a day later are counted in a note.
    wall : Path, optional
        The wall that the sensor is of; needed where the format does not say what kind of sensor it is (`jsonl`).

    Raises
    ------
    BadInput
        One sentence that says what is missing or wrong.
    """
    to = target_format or _by_ending(target)
    if to is None:
        _check_ending(target)
    if to not in (None, "recording", *TARGETS):
        taken = ", ".join(("recording", *TARGETS))
        raise BadInput(f"--to {to}: there is no such target; there are: {taken}", key="to")
    if target.is_file() and source.exists() and target.samefile(source):
        raise BadInput(f"{target} is what is read; give another file to write to", key="target")
    if personal and to not in REMOTE_IDS:
        raise BadInput(
            f"--personal is for Remote ID as it was received, into one of {', '.join(REMOTE_IDS)}; leave it out, or "
            "say --to",
            key="personal",
        )
    if to in AS_RECEIVED and source.is_dir():
        raise _no_messages(source, to)
    if (source / "vault").is_dir():
        _only(source_format, "kept", source)
        return _by_recording(lambda folder: kept_to_recording(source, folder, wall), target, to, now_ns)
    if source.is_dir():
        _only(source_format, "recording", source)
        if to == "recording":
            raise BadInput(f"{source} is a recording already; give a target of {', '.join(TARGETS)}")
        return recording_shown(source, target, to or "jsonl")
    if not source.exists():
        raise BadInput(f"{source} is not there; give a file of: {', '.join(sorted(PARTS))}", file=str(source))
    if source_format == "tracks" or (source_format is None and is_parquet(source)):
        if to in AS_RECEIVED:
            raise _no_messages(source, to)
        made = pictures or {}
        if to is None or to not in (*WRITERS, *made):
            taken = ", ".join((*WRITERS, *made))
            raise BadInput(f"{source} holds tracks; they become one of: {taken} (say --to)", key="to")
        return tracks_shown(source, target, to, wall, made)
    name = source_format or sniffed(source)
    if name not in TABLE.names():
        known = ", ".join((*TABLE.names(), "recording", "tracks"))
        raise BadInput(f"--from {name}: there is no such format; there are: {known}", key="from")
    if to == "asterix" and (name == "asterix_pcap" or (name == "asterix" and wall is None)):
        return blocks_across(source, target, name, now_ns)
    if to in AS_RECEIVED:
        if name not in AS_RECEIVED[to][1]:
            raise _no_messages(source, to)
        if to in CARRIERS:
            return carried_across(source, target, name, to, date, now_ns)
        return remote_ids_across(source, target, name, to, date, personal=personal, now_ns=now_ns)
    return _by_recording(lambda folder: Conversion(source, folder, name, date, wall).run(), target, to, now_ns)


def _by_recording(make: Callable[[Path], Summary], target: Path, to: str | None, now_ns: int | None) -> Summary:
    """Make a recording; where something else is wanted, one that is gone again once that is written."""
    if to in (None, "recording"):
        check_target(target)
        return _with_future(make(target), target, now_ns)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.absolute().parent) as folder:
        made = _with_future(make(Path(folder) / target.stem), Path(folder) / target.stem, now_ns)
        shown = recording_shown(Path(folder) / target.stem, target, to)
    return replace(made, target_format=to, notes=made.notes + shown.notes)


def _with_future(made: Summary, recording: Path, now_ns: int | None) -> Summary:
    """The summary with a note that counts detections of a day that has not come yet."""
    if now_ns is None or made.last_ns <= now_ns + AHEAD_NS:
        return made
    with pq.ParquetFile(recording / "detections.parquet") as file:
        times = (batch.column(0).to_numpy() for batch in file.iter_batches(columns=["time_ns"]))
        count = sum(int((column > now_ns + AHEAD_NS).sum()) for column in times)
    note = ahead_note(count, made.detections, "detections", made.last_ns, now_ns)
    return replace(made, notes=(*made.notes, note))


def _no_messages(source: Path, to: str) -> BadInput:
    what, carriers = AS_RECEIVED[to]
    return BadInput(
        f"{source} holds no {what} as they were received, and none are made up: {to} is written from one of "
        f"{', '.join(carriers)}",
        key="to",
    )


def _by_ending(target: Path) -> str | None:
    if target.name.lower().endswith(SNAPSHOTS):
        return "aircraft_json"
    return ENDINGS.get(target.suffix.lower())


def _check_ending(target: Path) -> None:
    """A recording is a folder: a name with the ending of a file that is not known is a mistake, unless it is there."""
    ending = target.suffix
    if any(sign.isalpha() for sign in ending) and not target.is_dir():
        raise BadInput(
            f"{target}: '{ending}' is the ending of no format that is written; there are: {', '.join(ENDINGS)}, "
            f"{SNAPSHOTS}; a folder, whose name has no ending, becomes a recording (or say --to)",
            key="target",
        )


def _only(given: str | None, wanted: str, path: Path) -> None:
    if given is not None and given != wanted:
        raise BadInput(
            f"{path}: it is a folder, so it is of '{wanted}' and not of '{given}'; leave --from out", key="from"
        )
