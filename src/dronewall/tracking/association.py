"""One look against the tracks that its sensor may see: probabilities of who caused what, and the tracks moved on."""

from dataclasses import dataclass

import numpy as np

from dronewall.kernels import association as kernel
from dronewall.tracking.bank import Bank
from dronewall.tracking.measured import Measured
from dronewall.tracking.settings import TrackerSettings
from dronewall.units import SECOND_NS, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Gated pairs and their probabilities.

    `track` indexes the bank's rows, `det` the detections, `p` is the pair's probability; `p_new` [shape=(m,)] is the
    probability that none of the tracks caused the detection.
    """

    track: Ints
    det: Ints
    p: Floats
    p_new: Floats


def associate(
    bank: Bank,
    who: Ints,
    p_detect: Floats,
    measured: Measured,
    time_ns: int,
    ranges_m: tuple[float, float],
    motion: Floats,
    settings: TrackerSettings,
) -> Shares:
    """Predict the tracks `who` to the look, share its detections out and update them in place.

    `ranges_m` are the nearest and farthest that the sensor sees, so that a track half inside is half a miss.
    """
    track, det, p, p_new, _ = kernel.look(
        bank.x, bank.P, bank.mu, bank.manner, bank.r, who, (time_ns - bank.time_ns[who]) / SECOND_NS, p_detect,
        settings.survival_s, motion,
        measured.mode, measured.z, measured.sd, measured.s, measured.A, measured.sound_mps, measured.offset,
        measured.plot, measured.reach, measured.density,
        ranges_m[0], ranges_m[1], settings.gate**2, bank.confirmed_ns[who] > 0,
    )  # fmt: skip
    bank.time_ns[who] = time_ns
    bank.put_on_map(who)
    return Shares(track=who[track], det=det, p=p, p_new=p_new)


def best_tracks(shares: Shares, m: int) -> tuple[Ints, Floats]:
    """For each of m detections the bank's row that most likely caused it (-1: none gated) and its probability."""
    row, p = np.full(m, -1, np.int64), np.zeros(m)
    for track, det, share in zip(shares.track.tolist(), shares.det.tolist(), shares.p.tolist(), strict=True):
        if share > p[det]:
            row[det], p[det] = track, share
    return row, p
