"""About the best that a tracker could do: an extended Kalman filter that is told which target caused each detection.

    python -m benchmarks.floor wall-1000 -o floor.parquet [--seed 1] [--hits 2]

Plays the recording of that name and seed again, drops what is false, takes the radars' errors off and filters each
target by itself: constant velocity, process noise fitted on seeds that are not reported on. A target is reported once
it was detected `--hits` times, and for as long as it lives, so what is missed is young. No strict bound: more models of
motion can go a little below.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.family import Night, parsed, play
from benchmarks.family.night import NOISE_SD
from dronewall.archive import write_tracks
from dronewall.geo.frames import (
    ecef_to_geodetic,
    enu_axes,
    from_range_azimuth_elevation,
    range_azimuth_elevation,
    rotated,
    rotated_back,
    wrapped_difference,
)
from dronewall.records.track import Tracks
from dronewall.records.words import LABELS
from dronewall.units import SECOND_NS, Floats, Ints

NOISE: Final = np.array([1.0, 1.0, 0.002])
"""East, north, up (m2/s3)."""

SPEED_SD_MPS: Final = np.array([35.0, 35.0, 1.0])


class Bank:
    """One filter a target: x is earth-centred position and velocity [shape=(n, 6)], P its covariance."""

    def __init__(self, n: int) -> None:
        self.x, self.P = np.zeros((n, 6)), np.zeros((n, 6, 6))
        self.last_s, self.hits = np.zeros(n), np.zeros(n, np.int64)

    def predicted(self, who: Ints, t_s: float) -> tuple[Floats, Floats]:
        """States and covariances carried to t."""
        dt = (t_s - self.last_s[who])[:, None, None]
        latitude_rad, longitude_rad, _ = ecef_to_geodetic(self.x[who, :3])
        A = enu_axes(latitude_rad, longitude_rad)
        q = np.einsum("nai,a,naj->nij", A, NOISE, A)
        F = np.tile(np.eye(6), (len(who), 1, 1))
        F[:, :3, 3:] = np.eye(3) * dt
        Q = np.concatenate(
            [
                np.concatenate([q * dt**3 / 3.0, q * dt**2 / 2.0], axis=2),
                np.concatenate([q * dt**2 / 2.0, q * dt], axis=2),
            ],
            axis=1,
        )
        return np.einsum("nij,nj->ni", F, self.x[who]), F @ self.P[who] @ F.transpose(0, 2, 1) + Q

    def take(self, who: Ints, z: Floats, stand_m: Floats, axes: Floats, t_s: float) -> None:
        """One look: range, azimuth, elevation of each of `who`."""
        new = self.hits[who] == 0
        self._begin(who[new], z[new], stand_m, axes)
        old = who[~new]
        x, P = self.predicted(old, t_s)
        local_m = rotated(axes, x[:, :3] - stand_m)
        nu = z[~new] - np.stack(range_azimuth_elevation(local_m), axis=-1)
        nu[:, 1] = wrapped_difference(nu[:, 1])
        H = np.concatenate([_jacobian(local_m) @ axes, np.zeros((len(old), 3, 3))], axis=2)
        PHt = P @ H.transpose(0, 2, 1)
        K = PHt @ np.linalg.inv(H @ PHt + np.diag(NOISE_SD**2))
        self.x[old] = x + np.einsum("nij,nj->ni", K, nu)
        P = P - K @ PHt.transpose(0, 2, 1)
        self.P[old] = (P + P.transpose(0, 2, 1)) / 2.0
        self.last_s[who] = t_s
        self.hits[who] += 1

    def _begin(self, who: Ints, z: Floats, stand_m: Floats, axes: Floats) -> None:
        local_m = from_range_azimuth_elevation(z[:, 0], z[:, 1], z[:, 2])
        self.x[who, :3] = stand_m + rotated_back(axes, local_m)
        latitude_rad, longitude_rad, _ = ecef_to_geodetic(self.x[who, :3])
        A = enu_axes(latitude_rad, longitude_rad)
        back = np.linalg.inv(_jacobian(local_m) @ axes)
        self.P[who, :3, :3] = back @ np.diag(NOISE_SD**2) @ back.transpose(0, 2, 1)
        self.P[who, 3:, 3:] = np.einsum("nai,a,naj->nij", A, SPEED_SD_MPS**2, A)


def _jacobian(local_m: Floats) -> Floats:
    """Range, azimuth and elevation by east, north, up [shape=(n, 3, 3)]."""
    e, n, u = local_m.T
    flat2 = e * e + n * n
    slant2 = flat2 + u * u
    flat, slant, nil = np.sqrt(flat2), np.sqrt(slant2), np.zeros_like(e)
    rows = [
        [e / slant, n / slant, u / slant],
        [n / flat2, -e / flat2, nil],
        [-e * u / (flat * slant2), -n * u / (flat * slant2), flat / slant2],
    ]
    return np.moveaxis(np.array(rows), 2, 0)


def tracks(night: Night, hits: int = 2) -> Iterator[Tracks]:
    """Track rows at the truth's times, each using the looks up to then."""
    bank = Bank(len(night.style))
    starts = np.searchsorted(night.look, np.arange(len(night.look_ns) + 1))
    truth = {
        int(ns): rows
        for ns, rows in zip(
            np.unique(night.truth_ns), np.split(np.arange(len(night.truth_ns)), _frames(night.truth_ns)), strict=True
        )
    }
    for look, time_ns in enumerate(night.look_ns.tolist()):
        rows = np.arange(starts[look], starts[look + 1])
        rows = rows[night.cause[rows] >= 0]
        radar, t_s = night.look_radar[look], (time_ns - int(night.look_ns[0])) / SECOND_NS
        z = night.measured[rows] - night.radars.bias[radar]
        bank.take(night.cause[rows], z, night.radars.ecef_m[radar], night.radars.axes[radar], t_s)
        if time_ns in truth:
            alive = night.truth_target[truth[time_ns]]
            yield _rows(bank, alive[bank.hits[alive] >= hits], time_ns, t_s)


def _frames(time_ns: Ints) -> Ints:
    return np.flatnonzero(np.diff(time_ns)) + 1


def _rows(bank: Bank, who: Ints, time_ns: int, t_s: float) -> Tracks:
    n = len(who)
    x, P = bank.predicted(who, t_s)
    latitude_rad, longitude_rad, height_m = ecef_to_geodetic(x[:, :3])
    A = enu_axes(latitude_rad, longitude_rad)
    turn = np.zeros((n, 6, 6))
    turn[:, :3, :3] = turn[:, 3:, 3:] = A
    nothing = np.zeros(n, np.int64)
    return Tracks(
        time_ns=np.full(n, time_ns),
        track=np.array([f"floor-{number:06d}" for number in who.tolist()], object),
        status=np.full(n, "confirmed", object),
        latitude_rad=latitude_rad,
        longitude_rad=longitude_rad,
        altitude_hae_m=height_m,
        velocity_enu_mps=rotated(A, x[:, 3:]),
        covariance=turn @ P @ turn.transpose(0, 2, 1),
        p_exists=np.ones(n),
        class_probability=np.full((n, len(LABELS)), 1.0 / len(LABELS)),
        label=np.full(n, "unknown", object),
        label_probability=np.full(n, np.nan),
        identity=np.full(n, None, object),
        identity_status=np.full(n, "unknown", object),
        detections=bank.hits[who],
        sensors=_nobody(n),
        first_ns=nothing,
        last_ns=nothing,
        confirmed_ns=nothing,
    )


def _nobody(n: int) -> NDArray[np.object_]:
    empty = np.empty(n, object)
    empty.fill(())
    return empty


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="FAMILY-N, as for python -m benchmarks.family")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hits", type=int, default=2)
    options = parser.parse_args()
    family, n = parsed(options.name)
    write_tracks(options.output, tracks(play(family, n, options.seed), options.hits))


if __name__ == "__main__":
    main()
