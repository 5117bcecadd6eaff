"""A simulated night as a recording, the same as one from the field plus truth."""

from pathlib import Path

import numpy as np

from dronewall.archive import Looks, RecordedRows, write_recording
from dronewall.rehearse.simulate import Night


def record(night: Night, path: Path, *, wall_toml: str) -> None:
    """Write a night to the folder `path`, whole or not at all.

    Raises
    ------
    BadInput
        `path` is a file, holds something other than a recording, or cannot be written.
    """
    names = np.array(night.sensor_ids, object)
    of_look = names[night.sensor_of]
    write_recording(
        path,
        RecordedRows(
            detections=night.detections,
            sensor=np.repeat(of_look, night.rows_of),
            scan=np.repeat(night.scan, night.rows_of),
        ),
        Looks(sensor=of_look, scan=night.scan, time_ns=night.time_ns, end_ns=night.time_ns),
        night.truth(),
        wall_toml,
        metadata={"scenario": night.scenario.scenario.name, "seed": str(night.seed)},
    )
