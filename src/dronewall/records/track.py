"""Tracks: what we believe, as a struct of arrays; one row per track at one time."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from dronewall.units import Floats, Ints


class State(IntEnum):
    """Order of a track's state vector and of its covariance: axes east, north, up at the row's own position."""

    EAST = 0
    NORTH = 1
    UP = 2
    EAST_RATE = 3
    NORTH_RATE = 4
    UP_RATE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracks:
    """n track rows.

    Attributes
    ----------
    time_ns : np.ndarray [shape=(n,)]
        What the row is valid at.
    track : np.ndarray of str [shape=(n,)]
        Stable id, such as `t-000012`.
    status : np.ndarray of str [shape=(n,)]
        A `TrackStatus`.
    latitude_rad, longitude_rad, altitude_hae_m : np.ndarray [shape=(n,)]
    velocity_enu_mps : np.ndarray [shape=(n, 3)]
    covariance : np.ndarray [shape=(n, 6, 6)]
        In the order of `State`; m2, m2/s, m2/s2.
    p_exists : np.ndarray [shape=(n,)]
    class_probability : np.ndarray [shape=(n, len(LABELS))]
        In the order of `dronewall.records.words.LABELS`; rows sum to 1.
    label : np.ndarray of str [shape=(n,)]
    label_probability : np.ndarray [shape=(n,)]
    identity : np.ndarray of str or None [shape=(n,)]
    identity_status : np.ndarray of str [shape=(n,)]
        An `IdentityStatus`.
    detections : np.ndarray of int64 [shape=(n,)]
        How many detections the track has taken.
    sensors : np.ndarray of tuple[str, ...] [shape=(n,)]
        Which sensors gave them, sorted.
    first_ns, last_ns, confirmed_ns : np.ndarray of int64 [shape=(n,)]
        Time of its first and latest detection and of its confirmation (0: not yet).
    """

    time_ns: Ints
    track: NDArray[np.object_]
    status: NDArray[np.object_]
    latitude_rad: Floats
    longitude_rad: Floats
    altitude_hae_m: Floats
    velocity_enu_mps: Floats
    covariance: Floats
    p_exists: Floats
    class_probability: Floats
    label: NDArray[np.object_]
    label_probability: Floats
    identity: NDArray[np.object_]
    identity_status: NDArray[np.object_]
    detections: Ints
    sensors: NDArray[np.object_]
    first_ns: Ints
    last_ns: Ints
    confirmed_ns: Ints

    def __len__(self) -> int:
        return len(self.time_ns)
