"""Composition for commands that go from files to files."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from dronewall.archive import read_recording, write_tracks
from dronewall.cli.serving import wall_file
from dronewall.records.track import Tracks
from dronewall.records.wall import load_wall
from dronewall.tracking.recording import track_recording
from dronewall.watch.prepare import standing


def track_file(
    recording: Path,
    output: Path,
    *,
    wall: Path | None,
    every_s: float,
    at_truth: bool,
    as_known: bool,
    progress: Callable[[float], None],
) -> dict[str, Any]:
    """Track a recording into a file; what was written."""
    known = read_recording(recording)
    file = known.wall_path if wall is None else wall_file(wall)
    terrain, sensors = standing(known.wall if wall is None else load_wall(file), file)
    rows = track_recording(known, sensors, every_s=every_s, at_truth=at_truth, as_known=as_known, terrain=terrain)
    names: set[str] = set()
    times = known.rows.detections.time_ns
    first, last = (int(times.min()), int(times.max())) if len(times) else (0, 1)

    def seen() -> Iterator[Tracks]:
        for tracks in rows:
            if len(tracks):
                names.update(tracks.track.tolist())
                progress(min(max((int(tracks.time_ns[0]) - first) / max(last - first, 1), 0.0), 1.0))
            yield tracks

    count = write_tracks(output, seen(), {"source": recording.name, "as_known": str(as_known).lower()})
    return {"output": str(output), "rows": count, "tracks": len(names)}
