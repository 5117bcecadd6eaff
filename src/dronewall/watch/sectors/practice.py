"""Looks that a worker takes before it has a task, so that its compiled code is loaded: something stands in the air."""

from collections.abc import Iterator, Mapping
from itertools import islice

import numpy as np

from dronewall.records.detection import Column, empty
from dronewall.records.scan import Scan
from dronewall.sensors.sensor import Sensor
from dronewall.units import SECOND_NS

LOOKS = 6
EACH = 2  # sensors of a kind


def practice(sensors: Mapping[str, Sensor]) -> Iterator[Scan]:
    """A few looks of a few sensors of each kind; what they say means nothing."""
    chosen = [
        name
        for kind in dict.fromkeys(sensor.kind for sensor in sensors.values())
        for name in islice((name for name, sensor in sensors.items() if sensor.kind == kind), EACH)
    ]
    for number in range(LOOKS):
        for place, name in enumerate(chosen):
            sensor, time_ns = sensors[name], (10 + number) * SECOND_NS + place
            rows = empty(2)
            rows.time_ns[:] = rows.received_ns[:] = time_ns
            values = {
                Column.RANGE_M: 0.5 * sensor.reach_m,
                Column.AZIMUTH_RAD: 1.0,
                Column.ELEVATION_RAD: 0.05,
                Column.RANGE_RATE_MPS: 0.0,
                Column.LATITUDE_RAD: sensor.latitude_rad,
                Column.LONGITUDE_RAD: sensor.longitude_rad,
                Column.ALTITUDE_HAE_M: sensor.altitude_hae_m + 200.0,
            }
            for column in sensor.measures & values.keys():
                rows.values[:, column] = values[column] + np.array([0.0, 0.01])
            yield Scan(sensor=name, scan=number, time_ns=time_ns, end_ns=time_ns, received_ns=time_ns, detections=rows)
