"""Arrays in, arrays out: a tracker fed from numpy, and its states read in place, without a copy."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dronewall.errors import BadInput
from dronewall.records.detection import Column, Detections
from dronewall.records.scan import Scan
from dronewall.tracking.fates import Fates
from dronewall.tracking.tracker import Tracker
from dronewall.units import Floats, Ints


class States(NamedTuple):
    """Live tracks in order of birth, as read-only views of the tracker's own arrays, true until its next look.

    `number` is the `12` of `t-000012`, 0 not yet believed; `time_ns` when each state is valid; `x` [shape=(n, models,
    6)] position and velocity in ECEF (m, m/s), `P` (n, models, 6, 6), `mu` (n, models), `p_exists`, `classes`
    (n, len(LABELS)).
    """

    number: Ints
    time_ns: Ints
    x: Floats
    P: Floats
    mu: Floats
    p_exists: Floats
    classes: Floats


def looks(
    sensors: Sequence[str], time_ns: Ints, first: Ints, values: Floats, *, row_time_ns: Ints | None = None
) -> list[Scan]:
    """Looks over one array of detections; each look's rows are a view of it.

    Parameters
    ----------
    sensors : sequence of str
        Whose look each of the k is.
    time_ns : np.ndarray of int64 [shape=(k,)]
    first : np.ndarray of int64 [shape=(k + 1,)]
        Look i has the rows first[i] to before first[i + 1].
    values : np.ndarray [shape=(n, len(Column))]
        SI and radians, NaN not measured, in the order of `dronewall.records.detection.Column`.
    row_time_ns : np.ndarray of int64 [shape=(n,)]
        When each row was true; left out, the time of its look.

    Raises
    ------
    BadInput
        Arrays of lengths that do not fit each other.
    """
    k, n = len(sensors), len(values)
    if len(time_ns) != k or len(first) != k + 1 or values.shape[1:] != (len(Column),) or first[-1] != n:
        raise BadInput(
            f"{k} sensors, {len(time_ns)} times, {len(first)} starts and values {values.shape}: k looks take k times, "
            f"k + 1 starts of which the last is the number of rows, and values of {len(Column)} columns"
        )
    if row_time_ns is None:
        row_time_ns = np.repeat(time_ns, np.diff(first))
    nothing = np.full(n, None, object)
    number: dict[str, int] = {}
    found = []
    for i, name in enumerate(sensors):
        rows, at = slice(int(first[i]), int(first[i + 1])), int(time_ns[i])
        number[name] = number.get(name, -1) + 1
        detections = Detections(
            time_ns=row_time_ns[rows],
            received_ns=row_time_ns[rows],
            values=values[rows],
            label=nothing[rows],
            identity=nothing[rows],
            reference_sensor=nothing[rows],
        )
        found.append(
            Scan(
                sensor=name,
                scan=number[name],
                time_ns=at,
                end_ns=at,
                received_ns=at,
                detections=detections,
                first_row=rows.start,
            )
        )
    return found


def joined(fates: Sequence[Fates]) -> Fates:
    """The fates of many looks as one, row by row of `values`."""
    return Fates(
        code=np.concatenate([fate.code for fate in fates]),
        number=np.concatenate([fate.number for fate in fates]),
        weight=np.concatenate([fate.weight for fate in fates]),
    )


def states(tracker: Tracker) -> States:
    """The live tracks in place."""
    bank = tracker.core.memory.bank
    n = bank.n
    views = States(bank.number[:n], bank.time_ns[:n], bank.x[:n], bank.P[:n], bank.mu[:n], bank.r[:n], bank.classes[:n])
    for view in views:
        view.flags.writeable = False
    return views
