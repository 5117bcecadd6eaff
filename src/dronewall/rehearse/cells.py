"""What a radar cannot tell apart: echoes in one resolution cell are one detection.

A radar's resolution follows from its accuracy: the standard deviation of a measurement at signal-to-noise S is about
the width of the cell over sqrt(2 S) in range and over 1.6 sqrt(2 S) in angle (Barton and Ward, Handbook of radar
measurement). Stated deviations are taken as of S = 13 dB, where a look detects nine in ten. Only cells with a bird in
them are joined: flocks come by the thousand, other things by ones and tens.
"""

import numpy as np

from dronewall.records.detection import Column, Detections
from dronewall.sensors import Sensor
from dronewall.units import Bools, Ints

SNR = 10.0**1.3
RANGE_CELL_SDS = float(np.sqrt(2.0 * SNR))
ANGLE_CELL_SDS = 1.6 * RANGE_CELL_SDS


def resolved(sensor: Sensor, look: Ints, rows: Detections, birds: Bools) -> tuple[Ints, Detections]:
    """Which rows remain, and they: of each cell with a bird in it the strongest, with the sum of the cell's echoes.

    Parameters
    ----------
    look : np.ndarray [shape=(n,)]
        Which look each row is of.
    birds : np.ndarray [shape=(n,)]
        Which rows are of birds.
    """
    values = rows.values
    cell = np.column_stack(
        [
            look,
            np.floor(values[:, Column.RANGE_M] / (RANGE_CELL_SDS * sensor.noise(Column.RANGE_M))),
            np.floor(values[:, Column.AZIMUTH_RAD] / (ANGLE_CELL_SDS * sensor.noise(Column.AZIMUTH_RAD))),
        ]
    ).astype(np.int64)
    _, of = np.unique(cell, axis=0, return_inverse=True)
    of = of.reshape(len(look))
    with_bird = np.bincount(of, weights=birds) > 0.0
    strength = np.nan_to_num(values[:, Column.SNR_DB], nan=0.0)
    order = np.lexsort((np.arange(len(of)), -strength, of))
    strongest = order[np.concatenate([[True], np.diff(of[order]) > 0])] if len(order) else order
    kept = np.zeros(len(of), bool)
    kept[strongest] = True
    kept |= ~with_bird[of]
    power = np.bincount(of, weights=10.0 ** (np.nan_to_num(values[:, Column.RCS_DBSM], nan=-300.0) / 10.0))
    joined = with_bird[of] & kept & ~np.isnan(values[:, Column.RCS_DBSM])
    summed = values.copy()
    summed[joined, Column.RCS_DBSM] = 10.0 * np.log10(power[of[joined]])
    index = np.flatnonzero(kept)
    return index, Detections(
        **{name: getattr(rows.rows(index), name) for name in rows.__dataclass_fields__ if name != "values"},
        values=summed[index],
    )
