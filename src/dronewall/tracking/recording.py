"""A whole recording to track rows, as `dronewall track` writes them.

A row for t uses every look with a time of at most t that came within the reach of the late, and never a later one. All
of a file is there at once, so sorting the looks by time gives what rolling back and replaying would have given.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import count

import numpy as np

from dronewall.archive import Recording
from dronewall.errors import BadInput
from dronewall.geo.terrain import Terrain
from dronewall.records.scan import Scan
from dronewall.records.track import Tracks
from dronewall.records.weather import Weather
from dronewall.sensors.sensor import Sensor
from dronewall.tracking.lateness import REACH_S, InOrder
from dronewall.tracking.sectors import Sectors
from dronewall.tracking.settings import TrackerSettings
from dronewall.tracking.tracker import Tracker
from dronewall.units import nanoseconds

EVERY_S = 1.0


def track_recording(
    recording: Recording,
    sensors: Mapping[str, Sensor],
    *,
    every_s: float = EVERY_S,
    at_truth: bool = False,
    as_known: bool = False,
    sectors: int = 1,
    weather: Weather | None = None,
    settings: TrackerSettings | None = None,
    terrain: Terrain | None = None,
) -> Iterator[Tracks]:
    """Track rows of a recording, one `Tracks` per output time.

    Output times are every `every_s` seconds from the first look on, or with `at_truth` the distinct times of the
    recording's truth. With `as_known` a row shows what was known at t: the looks received by then, no more. `sectors`
    cuts the border; the rows are the same.

    Raises
    ------
    BadInput
        `at_truth` and the recording has none; `every_s` is not positive.
    """
    items = looks_and_times(recording, sensors, every_s=every_s, at_truth=at_truth, as_known=as_known)
    tracker: Tracker | Sectors
    if sectors == 1:
        tracker = Tracker(sensors, weather=weather, settings=settings, terrain=terrain)
    else:
        tracker = Sectors(sensors, sectors, weather=weather, settings=settings, terrain=terrain)
    if as_known:
        late = InOrder(tracker)
        for scans, time_ns in items:
            for scan in scans:
                late.step(scan)
            yield late.tracks(time_ns)
        return
    for scans, time_ns in items:
        tracker.run(scans)
        yield tracker.tracks(time_ns)


def looks_and_times(
    recording: Recording, sensors: Mapping[str, Sensor], *, every_s: float, at_truth: bool, as_known: bool
) -> Iterator[tuple[list[Scan], int]]:
    """A recording as looks to be taken and the time at which tracks are wanted then, again and again.

    See `track_recording`, which takes them.
    """
    if at_truth and recording.truth is None:
        raise BadInput(f"{recording.path} has no truth.parquet; give --every SECONDS instead of --at-truth")
    if not every_s > 0.0:
        raise BadInput(f"--every {every_s:g} is not a positive number of seconds", key="every")
    scans = list(recording.scans(sensors))
    if not scans:
        return
    if at_truth and recording.truth is not None:
        times: Iterable[int] = np.unique(recording.truth.time_ns).tolist()
    else:
        start_ns = min(scan.time_ns for scan in scans)
        times = (start_ns + nanoseconds(k * every_s) for k in count())
    if as_known:
        yield from _until(scans, iter(times), [scan.received_ns for scan in scans])
    else:
        callers = [name for name, sensor in sensors.items() if sensor.kind == "observer"]
        ordered = in_order(scans, callers)
        yield from _until(ordered, iter(times), [scan.time_ns for scan in ordered])


def in_order(scans: Iterable[Scan], callers: Iterable[str] = ()) -> list[Scan]:
    """Looks by time, without those that came too late to be replayed; human calls from when they came."""
    calls, newest, kept = frozenset(callers), -(2**62), []
    for scan in scans:
        time_ns = scan.received_ns if scan.sensor in calls else scan.time_ns
        if time_ns >= newest - nanoseconds(REACH_S):
            kept.append((time_ns, scan.sensor, scan.scan, scan))
        newest = max(newest, time_ns)
    kept.sort(key=lambda entry: entry[:3])
    return [entry[3] for entry in kept]


def _until(scans: list[Scan], times: Iterator[int], counts_ns: list[int]) -> Iterator[tuple[list[Scan], int]]:
    """The looks up to each time, by when each counts; the last ones come with the time before they end."""
    time_ns, waiting = next(times, None), list[Scan]()
    for scan, at_ns in zip(scans, counts_ns, strict=True):
        while time_ns is not None and at_ns > time_ns:
            yield waiting, time_ns
            waiting, time_ns = [], next(times, None)
        waiting.append(scan)
    while time_ns is not None and time_ns <= counts_ns[-1]:
        yield waiting, time_ns
        waiting, time_ns = [], next(times, None)
