"""A scan: one look of one sensor, also one that saw nothing."""

from dataclasses import dataclass

from dronewall.records.detection import Detections


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """The detections of one sensor's look.

    `time_ns` and `end_ns` bound the look; `received_ns` is when it arrived whole. `first_row` is the number of its
    first detection in the recording or log that holds it (its rows are consecutive), so that a track's card can point
    at the very row.
    """

    sensor: str
    scan: int
    time_ns: int
    end_ns: int
    received_ns: int
    detections: Detections
    first_row: int = 0
