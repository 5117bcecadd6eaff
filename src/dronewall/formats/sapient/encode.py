"""SAPIENT messages written: a node's registration, and what one detection says as a detection report.

    registration         one mode without tasks; positions in WGS-84 degrees or bearings from true north, speeds in m/s
    location             longitude (x), latitude (y), height above the ellipsoid (z) and their errors
    range_bearing        range (m), azimuth and elevation (degrees, true north) and their errors
    enu_velocity         m/s
    classification       a class of the core taxonomy, which names no intent

Left out: identities, pressure altitudes, range rates and differences, tones, echoes. Ids are derived, never drawn.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from dronewall.formats.sapient.rules import VERSION
from dronewall.records.detection import Column
from dronewall.units import Floats

MODE: Final = "tracking"
METRES_PER_DEGREE: Final = 111_195.0
NODE_TYPES: Final[Mapping[str, tuple[int, str]]] = {
    "radar": (2, "radar"),
    "camera": (4, "camera"),
    "acoustic": (6, "acoustic"),
    "rf_direction": (8, "direction finder"),
    "tdoa": (8, "time difference of arrival"),
    "adsb": (8, "ADS-B receiver"),
    "remote_id": (8, "Remote ID receiver"),
    "observer": (9, "observer"),
}
CLASS_OF: Final[Mapping[str, tuple[str, str]]] = {
    "fixed_wing_piston": ("Air vehicle", "UAV fixed wing"),
    "fixed_wing_small": ("Air vehicle", "UAV fixed wing"),
    "multirotor": ("Air vehicle", "UAV rotary wing"),
    "fpv": ("Air vehicle", "UAV rotary wing"),
    "agricultural_drone": ("Air vehicle", "UAV rotary wing"),
    "balloon": ("Air vehicle", "Balloon"),
    "aircraft": ("Air vehicle", "Manned fixed wing"),
    "helicopter": ("Air vehicle", "Manned rotary wing"),
    "bird": ("Animal", "Bird"),
    "flock": ("Animal", "Bird"),
    "ground": ("Land vehicle", ""),
}


def registered(said: Any, name: str, node_type: int, sub_type: str, category: str, interval_s: float) -> None:
    """Fill in a `Registration` of a node with one mode that takes no task."""
    said.node_definition.add(node_type=node_type, node_sub_type=[sub_type])
    said.icd_version, said.name = VERSION, name
    said.capabilities.add(category=category, type="tracks of low flyers" if node_type == 20 else "detections")
    said.status_definition.status_interval.units, said.status_definition.status_interval.value = 4, interval_s
    mode = said.mode_definition.add(mode_name=MODE, mode_type=3, tracking_type=3 if node_type == 20 else 1)
    mode.settle_time.units, mode.settle_time.value = 4, 0.0
    definition = mode.detection_definition.add()
    definition.location_type.location_units, definition.location_type.location_datum = 1, 1
    definition.velocity_type.enu_velocity_units.east_north_rate_units = 1
    definition.velocity_type.enu_velocity_units.up_rate_units = 1
    definition.velocity_type.location_datum = 1
    mode.task.concurrent_tasks = 0
    region = mode.task.region_definition
    region.region_type.append(1)
    region.region_area.add(location_units=1, location_datum=1)
    said.config_data.add(manufacturer="dronewall", model="dronewall")


def classify(said: Any, label: str, probability: float | None) -> None:
    """The class of a label, where it has one."""
    if label not in CLASS_OF:
        return
    kind, deeper = CLASS_OF[label]
    one = said.classification.add(type=kind)
    two = one.sub_class.add(type=deeper, level=1) if deeper else None
    if probability is not None:
        for part in (one, two):
            if part is not None:
                part.confidence = probability


def reported(said: Any, values: Floats, label: str | None) -> str:
    """Fill in a `DetectionReport` from a detection's columns; why it cannot be one, or nothing."""
    known = {column: float(values[column]) for column in Column if values[column] == values[column]}
    degrees = {column: float(np.degrees(value)) for column, value in known.items()}
    if Column.LATITUDE_RAD in known and Column.LONGITUDE_RAD in known:
        place = said.location
        place.coordinate_system, place.datum = 1, 1
        place.x, place.y = degrees[Column.LONGITUDE_RAD], degrees[Column.LATITUDE_RAD]
        if (spread := known.get(Column.POSITION_SD_M)) is not None:
            place.y_error = spread / METRES_PER_DEGREE
            place.x_error = place.y_error / max(float(np.cos(known[Column.LATITUDE_RAD])), 1e-3)
        _if(place, "z", known.get(Column.ALTITUDE_HAE_M))
        _if(place, "z_error", known.get(Column.ALTITUDE_SD_M))
    elif Column.AZIMUTH_RAD in known or Column.RANGE_M in known:
        place = said.range_bearing
        place.coordinate_system, place.datum = 1, 1
        _if(place, "range", known.get(Column.RANGE_M))
        _if(place, "range_error", known.get(Column.RANGE_SD_M))
        for name, column, error in (
            ("azimuth", Column.AZIMUTH_RAD, Column.AZIMUTH_SD_RAD),
            ("elevation", Column.ELEVATION_RAD, Column.ELEVATION_SD_RAD),
        ):
            _if(place, name, degrees.get(column))
            _if(place, f"{name}_error", degrees.get(error))
    else:
        return "detections without a place or a bearing"
    if Column.VELOCITY_EAST_MPS in known and Column.VELOCITY_NORTH_MPS in known:
        said.enu_velocity.east_rate = known[Column.VELOCITY_EAST_MPS]
        said.enu_velocity.north_rate = known[Column.VELOCITY_NORTH_MPS]
        _if(said.enu_velocity, "up_rate", known.get(Column.VELOCITY_UP_MPS))
    if label is not None:
        classify(said, label, known.get(Column.LABEL_CONFIDENCE))
    return ""


def _if(message: Any, name: str, value: float | None) -> None:
    if value is not None:
        setattr(message, name, value)
