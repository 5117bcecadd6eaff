"""Composition for commands that go from files to files."""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date as Date
from pathlib import Path
from typing import Any

from dronewall.archive import read_recording, write_tracks
from dronewall.cli.serving import NO_BUS, check_sensors, wall_file
from dronewall.convert import Summary, convert
from dronewall.errors import BadInput, Unavailable
from dronewall.outputs import OUTPUTS
from dronewall.outputs.publish import PICTURE_FORMATS
from dronewall.records.track import Tracks
from dronewall.records.wall import load_wall
from dronewall.tracking.recording import track_recording
from dronewall.watch.prepare import standing


def track_file(
    recording: Path,
    output: Path,
    *,
    wall: Path | None,
    date: str | None,
    every_s: float,
    at_truth: bool,
    as_known: bool,
    sectors: int = 1,
    workers: int = 0,
    smoothed: bool = False,
    progress: Callable[[float], None],
    tell: Callable[[str, Mapping[str, Any]], None] = lambda kind, payload: None,
) -> dict[str, Any]:
    """Track a recording, or a capture of a known format, into a file; what was written.

    With `workers` a process tracks each stretch of the border; `tell` hears of one that was taken over.
    """
    if workers and sectors != 1:
        raise BadInput(
            "--workers and --sectors exclude each other: workers cut the border themselves; give one of them"
        )
    if recording.is_file():
        with tempfile.TemporaryDirectory(prefix="dronewall-") as folder:
            convert_file(recording, Path(folder) / recording.stem, date=date, wall=wall)
            return track_file(
                Path(folder) / recording.stem,
                output,
                wall=None,
                date=None,
                every_s=every_s,
                at_truth=at_truth,
                as_known=as_known,
                sectors=sectors,
                workers=workers,
                smoothed=smoothed,
                tell=tell,
                progress=progress,
            )
    if smoothed and as_known:
        raise BadInput("--smoothed and --as-known exclude each other: one looks back, the other does not; give one")
    known = read_recording(recording)
    file = known.wall_path if wall is None else wall_file(wall)
    stands = known.wall if wall is None else load_wall(file)
    if wall is not None:
        check_sensors(known, stands, recording, file)
    ground = standing(stands, file)
    told: dict[str, Any] = {"every_s": every_s, "at_truth": at_truth, "as_known": as_known}
    if workers:
        rows = _apart()(known, stands, file, ground.sensors, workers=workers, tell=tell, **told)
    else:
        rows = track_recording(known, ground.sensors, sectors=sectors, terrain=ground.terrain, **told)
    names: set[str] = set()
    times = known.rows.detections.time_ns
    first, last = (int(times.min()), int(times.max())) if len(times) else (0, 1)

    def seen() -> Iterator[Tracks]:
        for tracks in rows:
            if len(tracks):
                names.update(tracks.track.tolist())
                progress(min(max((int(tracks.time_ns[0]) - first) / max(last - first, 1), 0.0), 1.0))
            yield tracks

    marks = {"source": recording.name, "as_known": str(as_known).lower(), "smoothed": str(smoothed).lower()}
    if not smoothed:
        count = write_tracks(output, seen(), marks)
        return {"output": str(output), "rows": count, "tracks": len(names)}
    from dronewall.tracking.smoothing import smoothed as looked_back

    tables, links = looked_back(seen())
    count = write_tracks(output, tables, marks | {"rejoined": "; ".join(link.text() for link in links)})
    names.difference_update(link.later for link in links)
    return {"output": str(output), "rows": count, "tracks": len(names), "rejoined": [link.text() for link in links]}


def _apart() -> Callable[..., Iterator[Tracks]]:
    try:
        from dronewall.watch.sectors.offline import track_apart
    except ImportError:
        raise Unavailable(NO_BUS) from None
    return track_apart


def convert_file(
    source: Path,
    target: Path,
    *,
    source_format: str | None = None,
    target_format: str | None = None,
    date: str | None = None,
    wall: Path | None = None,
    personal: bool = False,
) -> Summary:
    """Convert, the date as text."""
    try:
        day = None if date is None else Date.fromisoformat(date)
    except ValueError:
        raise BadInput(f"--date {date} is no day; write it as 2026-05-07", key="date") from None
    file = None if wall is None else wall_file(wall)
    pictures = {name: OUTPUTS.part(name) for name in PICTURE_FORMATS}
    return convert(
        source,
        target,
        source_format=source_format,
        target_format=target_format,
        date=day,
        wall=file,
        pictures=pictures,
        personal=personal,
        now_ns=time.time_ns(),
    )
