"""Tracks as others see them: rows at one time, geodetic, covariance along the axes at each row's own place."""

import numpy as np
from numpy.typing import NDArray

from dronewall.geo.frames import ecef_to_geodetic, enu_axes, rotated
from dronewall.kernels.filters import predicted
from dronewall.kernels.rows import turn
from dronewall.records.track import Tracks
from dronewall.records.words import LABELS, IdentityStatus, TrackStatus
from dronewall.tracking.bank import Bank
from dronewall.tracking.settings import TrackerSettings
from dronewall.units import SECOND_NS, Bools, Floats, Ints

CONFLICT_LOG_ODDS = 3.0  # claim false at 20 to 1
CLAIMED_S = 3.0  # of a claim older than this nobody knows where the thing would be seen


def means(bank: Bank, who: Ints, time_ns: int, motion: Floats) -> tuple[Floats, Floats]:
    """Mean and covariance in ECEF of the tracks `who`, predicted to a time [shape=(k, 6)], (k, 6, 6)."""
    mean, cov = np.empty((len(who), 6)), np.empty((len(who), 6, 6))
    dt = (time_ns - bank.time_ns[who]) / SECOND_NS
    predicted(bank.x[who], bank.P[who], bank.mu[who], bank.manner[who], dt, motion, mean, cov)
    return mean, cov


def name_of(number: int) -> str:
    """A track's id."""
    return f"t-{number:06d}"


def turned(axes: Floats, cov: Floats) -> Floats:
    """ECEF covariances [shape=(n, 6, 6)] along local axes [shape=(n, 3, 3)], written out: no BLAS."""
    out = np.empty_like(cov)
    turn(axes, cov, out)
    return out


def _names(seen: Bools, sensors: list[str]) -> NDArray[np.object_]:
    """Which sensors saw each track, sorted; many tracks share a set."""
    packed, sets = np.packbits(seen, axis=1), {}
    names = np.empty(len(packed), object)
    for i in range(len(packed)):
        key = packed[i].tobytes()
        if key not in sets:
            sets[key] = tuple(sorted(sensors[k] for k in np.flatnonzero(seen[i]).tolist()))
        names[i] = sets[key]
    return names


def table(
    bank: Bank, who: Ints, time_ns: int, identities: list[str], sensors: list[str], motion: Floats, s: TrackerSettings
) -> Tracks:
    """Rows of the bank's tracks `who` at a time, in order of birth."""
    mean, cov = means(bank, who, time_ns, motion)
    latitude, longitude, altitude = ecef_to_geodetic(mean[:, :3])
    axes = enu_axes(latitude, longitude)
    age_s = (time_ns - bank.last_ns[who]) / SECOND_NS
    r = bank.r[who] * np.exp(-np.maximum(time_ns - bank.time_ns[who], 0) / SECOND_NS / s.survival_s)
    status = np.full(len(who), str(TrackStatus.TENTATIVE), object)
    sure = (bank.confirmed_ns[who] > 0) & ~bank.lost[who] & (r >= s.believed_p)
    status[sure] = str(TrackStatus.CONFIRMED)
    status[sure & (age_s > s.coasting_after_s)] = str(TrackStatus.COASTING)
    classes = bank.classes[who]
    label = classes.argmax(axis=1)
    claimed = bank.identity[who]
    identity = np.array([identities[i] if i >= 0 else None for i in claimed.tolist()], object).reshape(len(who))
    standing = np.full(len(who), str(IdentityStatus.UNKNOWN), object)
    standing[claimed >= 0] = str(IdentityStatus.COOPERATIVE)
    claims_now = time_ns - bank.claim_ns[who] <= CLAIMED_S * SECOND_NS
    against = np.maximum(bank.conflict[who], np.where(claims_now, bank.doubt[who], 0.0))
    standing[(claimed >= 0) & (against > CONFLICT_LOG_ODDS)] = str(IdentityStatus.CONFLICTING)
    seen_by = _names(bank.seen[who], sensors)
    return Tracks(
        time_ns=np.full(len(who), time_ns, np.int64),
        track=np.array([name_of(n) for n in bank.number[who].tolist()], object).reshape(len(who)),
        status=status,
        latitude_rad=latitude,
        longitude_rad=longitude,
        altitude_hae_m=altitude,
        velocity_enu_mps=rotated(axes, mean[:, 3:]),
        covariance=turned(axes, cov),
        p_exists=r,
        class_probability=classes.copy(),
        label=np.array([LABELS[i] for i in label.tolist()], object).reshape(len(who)),
        label_probability=classes[np.arange(len(who)), label],
        identity=identity,
        identity_status=standing,
        detections=bank.detections[who].copy(),
        sensors=seen_by,
        first_ns=bank.first_ns[who].copy(),
        last_ns=bank.last_ns[who].copy(),
        confirmed_ns=bank.confirmed_ns[who].copy(),
    )
