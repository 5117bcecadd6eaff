"""What stood on the operator's screen through a night: every fifth second's tracks, kept as they were shown."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dronewall.geo.frames import geodetic_to_ecef
from dronewall.records.track import State, Tracks
from dronewall.records.words import IdentityStatus, TrackStatus
from dronewall.rehearse.simulate import TRUTH_EVERY_NS
from dronewall.tracking.lateness import InOrder
from dronewall.tracking.tracker import Tracker
from dronewall.units import Bools, Floats, Ints

SHOWN: Final = (str(TrackStatus.CONFIRMED), str(TrackStatus.COASTING))
LEVEL: Final = [State.EAST, State.NORTH, State.EAST_RATE, State.NORTH_RATE]
_PACK_AFTER: Final = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """n rows of confirmed and coasting tracks, in order of time.

    Attributes
    ----------
    time_ns : np.ndarray of int64 [shape=(n,)]
    who : np.ndarray of int64 [shape=(n,)]
        The number in the track's name.
    ecef_m, velocity_enu_mps : np.ndarray [shape=(n, 3)]
    covariance : np.ndarray [shape=(n, 4, 4)]
        Of east, north and their rates.
    label : np.ndarray of str [shape=(n,)]
    cooperative, conflicting : np.ndarray of bool [shape=(n,)]
        Its identity is believed, or contradicted.
    """

    time_ns: Ints
    who: Ints
    ecef_m: Floats
    velocity_enu_mps: Floats
    covariance: NDArray[np.float32]
    label: NDArray[np.object_]
    cooperative: Bools
    conflicting: Bools

    def __len__(self) -> int:
        return len(self.time_ns)


class Screen(InOrder):
    """The tracker that a desk asks, and a memory of what it was told every five seconds."""

    def __init__(self, tracker: Tracker, *, start_ns: int) -> None:
        super().__init__(tracker)
        self._next_ns = start_ns + TRUTH_EVERY_NS
        self._kept: list[Shown] = []
        self._frames: list[int] = []
        self.quarantined: dict[str, int] = {}
        """Since when each sensor was first set aside."""

    def tracks(self, time_ns: int) -> Tracks:
        """Every numbered track, predicted to a time; kept where five seconds have passed."""
        found = super().tracks(time_ns)
        if time_ns >= self._next_ns:
            self._next_ns = time_ns + TRUTH_EVERY_NS
            self._frames.append(time_ns)
            self._keep(found)
            for sensor in self.registration():
                if sensor.state == "quarantined":
                    self.quarantined.setdefault(sensor.sensor, sensor.since_ns)
        return found

    @property
    def frames_ns(self) -> Ints:
        """The times of what was kept [shape=(frames,)]."""
        return np.array(self._frames, np.int64)

    def shown(self) -> Shown:
        """All that was kept."""
        self._pack()
        return self._kept[0] if self._kept else _nothing()

    def _keep(self, tracks: Tracks) -> None:
        rows = np.flatnonzero([status in SHOWN for status in tracks.status])
        if len(rows):
            self._kept.append(_rows_of(rows, tracks))
        if len(self._kept) > _PACK_AFTER:
            self._pack()

    def _pack(self) -> None:
        if len(self._kept) > 1:
            names = Shown.__slots__
            self._kept = [Shown(**{n: np.concatenate([getattr(part, n) for part in self._kept]) for n in names})]


def _nothing() -> Shown:
    none = np.zeros(0, np.int64)
    return Shown(
        time_ns=none,
        who=none,
        ecef_m=np.zeros((0, 3)),
        velocity_enu_mps=np.zeros((0, 3)),
        covariance=np.zeros((0, 4, 4), np.float32),
        label=np.zeros(0, object),
        cooperative=np.zeros(0, bool),
        conflicting=np.zeros(0, bool),
    )


def _rows_of(rows: Ints, tracks: Tracks) -> Shown:
    return Shown(
        time_ns=tracks.time_ns[rows],
        who=np.array([int(str(name).removeprefix("t-")) for name in tracks.track[rows]], np.int64),
        ecef_m=geodetic_to_ecef(tracks.latitude_rad[rows], tracks.longitude_rad[rows], tracks.altitude_hae_m[rows]),
        velocity_enu_mps=tracks.velocity_enu_mps[rows],
        covariance=tracks.covariance[rows][:, LEVEL][:, :, LEVEL].astype(np.float32),
        label=tracks.label[rows],
        cooperative=tracks.identity_status[rows] == str(IdentityStatus.COOPERATIVE),
        conflicting=tracks.identity_status[rows] == str(IdentityStatus.CONFLICTING),
    )
