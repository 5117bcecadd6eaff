"""A whole recording tracked by workers, as `dronewall track --workers N` does."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from dronewall.archive import Recording
from dronewall.records.track import Tracks
from dronewall.records.wall import Wall
from dronewall.sensors.sensor import Sensor
from dronewall.tracking.recording import looks_and_times
from dronewall.watch.sectors.border import Border
from dronewall.watch.sectors.crew import Crew


def track_apart(
    recording: Recording,
    wall: Wall,
    file: Path,
    sensors: Mapping[str, Sensor],
    *,
    workers: int,
    every_s: float,
    at_truth: bool = False,
    as_known: bool = False,
    registration: bool = True,
    tell: Callable[[str, Mapping[str, Any]], None] = lambda kind, payload: None,
) -> Iterator[Tracks]:
    """Track rows of a recording, one `Tracks` per output time; see `tracking.recording.track_recording`.

    `tell` hears of workers that ended and were taken over.

    Raises
    ------
    BadInput
        As `track_recording`; or the number of workers is none.
    Unavailable
        nats-server is not installed, or the workers do not start.
    """
    items = looks_and_times(recording, sensors, every_s=every_s, at_truth=at_truth, as_known=as_known)
    with (
        tempfile.TemporaryDirectory(prefix="dronewall-") as folder,
        Crew(wall, file, sensors, workers, folder=Path(folder), registration=registration, tell=tell) as crew,
    ):
        crew.start()
        yield from Border(crew).pictures(items)
