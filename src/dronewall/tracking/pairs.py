"""Range differences of a TDOA group: hyperbolas that move tracks, with the error of the shared reference taken out.

All differences of one instant to one reference carry the same error of that reference. Against the differences already
used for a track at that instant, a new one is foretold in part: with w = 1 / (variance of a station's own error),
    y = z - sum(c_i z_i),   c_i = w_i / (w_0 + sum(w)),   var(y) = 1 / w_k + 1 / (w_0 + sum(w)),
and y is independent of them (Sherman and Morrison's rule on diag + constant; index 0 is the reference). So a sequence
of updates, in any order of the stations, is the joint update with the full covariance. A pair begins no track.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dronewall.kernels.association import marginals
from dronewall.kernels.motion import predict
from dronewall.records.detection import Column
from dronewall.records.scan import Scan
from dronewall.tracking import fates
from dronewall.tracking.coverage import mixed
from dronewall.tracking.fates import Fates, all_alike
from dronewall.units import SECOND_NS, Floats, Ints

if TYPE_CHECKING:
    from dronewall.tracking.core import Core

PAIR = np.dtype(
    [
        ("key", np.int64),  # of the track
        ("reference", np.int64),
        ("station", np.int64),
        ("time_ns", np.int64),
        ("z", float),
        ("weight", float),  # 1 / variance of the station's own arrival
    ]
)
LIKELY = 0.5
ARRIVAL_SD_M = 15.0  # of a reference that is no station of this wall's kind
LEAST_P_DETECT = 0.05


def take_pairs(core: "Core", index: int, scan: Scan) -> Fates:
    """One look of one station: its differences shared out among the tracks in view."""
    memory, bank = core.memory, core.memory.bank
    values, m = scan.detections.values[:, Column.RANGE_DIFFERENCE_M], len(scan.detections)
    reference = np.array([_index(core, name) for name in scan.detections.reference_sensor.tolist()], np.int64)
    own_sd = scan.detections.values[:, Column.RANGE_SD_M]
    good = np.flatnonzero(np.isfinite(values) & (reference >= 0))
    fate = all_alike(m, fates.REFUSED)
    fate.code[good] = fates.CODE[fates.CLUTTER]
    who, p = core.in_view(index, scan.time_ns)
    if not len(good) or not len(who):
        return fate
    _forward(core, who, scan.time_ns)
    memory.pairs = memory.pairs[memory.pairs["time_ns"] >= scan.time_ns]
    chance = np.minimum(mixed(p, bank.classes[who]), 0.999)
    density = np.maximum(core.sensors[index].clutter_intensity(scan.detections.values[good]), 1e-9)
    edges: list[tuple[int, int, float, list[_Update]]] = []
    for i, row in enumerate(who.tolist()):
        for j, at in enumerate(good.tolist()):
            offset = (int(scan.detections.time_ns[at]) - scan.time_ns) / SECOND_NS
            updates = [
                _update(
                    core, row, k, index, int(reference[at]), float(values[at]), float(own_sd[at]), offset, scan.time_ns
                )
                for k in range(bank.mu.shape[1])
            ]
            like = float(sum(mu * u.like for mu, u in zip(bank.mu[row], updates, strict=True)))
            if min(u.d2 for u in updates) > core.settings.gate**2 or not like > 0.0:
                continue
            r, seen = bank.r[row], max(float(chance[i]), LEAST_P_DETECT)
            edges.append((i, j, r * seen * like / (density[j] * (1.0 - r * chance[i])), updates))
    p_edge, p_none, _ = marginals(
        np.array([e[0] for e in edges], np.int64), np.array([e[1] for e in edges], np.int64),
        np.array([e[2] for e in edges], float), len(who), len(good),
    )  # fmt: skip
    for i, row in enumerate(who.tolist()):
        mine = [(float(p_edge[n]), e) for n, e in enumerate(edges) if e[0] == i]
        _settle(core, row, float(chance[i]), float(p_none[i]), [(share, e[3]) for share, e in mine])
        for share, (_, j, _, _) in mine:
            if share < LIKELY:
                continue
            at = int(good[j])
            _remember(core, row, index, int(reference[at]), scan.time_ns, float(values[at]), float(own_sd[at]))
            memory.ledger.add(
                bank.key[row : row + 1], index, scan.scan, np.array([scan.first_row + at]),
                scan.detections.time_ns[at : at + 1], np.array([share]),
            )  # fmt: skip
            core.touch(np.array([row]), index, scan.time_ns, True)
            fate.code[at], fate.weight[at] = fates.CODE[fates.TRACK], share
            fate.number[at] = bank.number[row]
    core.promote(who, scan.time_ns)
    return fate


class _Update:
    """One model of one track, moved by one difference."""

    __slots__ = ("P", "d2", "like", "x")

    def __init__(self, x: Floats, P: Floats, like: float, d2: float) -> None:
        self.x, self.P, self.like, self.d2 = x, P, like, d2


def _update(
    core: "Core",
    row: int,
    model: int,
    station: int,
    reference: int,
    z: float,
    own_sd: float,
    offset: float,
    time_ns: int,
) -> _Update:
    """A Kalman update of one model by what the difference says beyond those of this instant already used."""
    bank, pairs = core.memory.bank, core.memory.pairs
    x, P = bank.x[row, model], bank.P[row, model]
    known = pairs[(pairs["key"] == bank.key[row]) & (pairs["reference"] == reference) & (pairs["time_ns"] == time_ns)]
    nu, H, R = whitened(
        x, z, core.coverage.places[station], _weight(core, station, own_sd), core.coverage.places[reference],
        _weight(core, reference), known["z"], core.coverage.places[known["station"]], known["weight"], offset,
    )  # fmt: skip
    PH = (P * H[None, :]).sum(axis=1)
    S = float((H * PH).sum()) + R
    d2 = nu * nu / S
    like = float(np.exp(-0.5 * d2) / np.sqrt(2.0 * np.pi * S))
    return _Update(x + PH * (nu / S), P - PH[:, None] * PH[None, :] / S, like, d2)


def whitened(
    x: Floats, z: float, station: Floats, weight: float, reference: Floats, reference_weight: float,
    known_z: Floats, known_station: Floats, known_weight: Floats, offset: float,
) -> tuple[float, Floats, float]:  # fmt: skip
    """Innovation, Jacobian [shape=(6,)] and variance of a difference (m), given those of the instant already used.

    Parameters
    ----------
    x : np.ndarray [shape=(6,)]
        State, earth-centred; `offset` seconds before the detection.
    weight, reference_weight, known_weight : float, float, np.ndarray [shape=(k,)]
        1 / variance of each station's own arrival (1/m2).
    known_z, known_station : np.ndarray [shape=(k,)], (k, 3)
        The differences already used, to the same reference.
    """
    total = reference_weight + float(known_weight.sum())
    h, H = _difference(x, station, reference, offset)
    nu = z - h
    for share, other_z, place in zip((known_weight / total).tolist(), known_z.tolist(), known_station, strict=True):
        other_h, other_H = _difference(x, place, reference, offset)
        nu -= share * (other_z - other_h)
        H = H - share * other_H
    return nu, H, 1.0 / weight + 1.0 / total


def _difference(x: Floats, station: Floats, reference: Floats, offset: float) -> tuple[float, Floats]:
    here = x[:3] + x[3:] * offset
    to, back = here - station, here - reference
    far, near = np.sqrt((to * to).sum()), np.sqrt((back * back).sum())
    g = to / far - back / near
    return float(far - near), np.concatenate([g, g * offset])


def _settle(core: "Core", row: int, chance: float, p_none: float, shares: list[tuple[float, list[_Update]]]) -> None:
    """Moment-matched mixture of what the track may have become, model by model (as in `kernels/association.py`)."""
    bank = core.memory.bank
    r = float(bank.r[row])
    unseen = p_none * r * (1.0 - chance) / (1.0 - r * chance)
    total = unseen + sum(share for share, _ in shares)
    if not shares or not total > 0.0:
        bank.r[row] = unseen
        return
    mu = np.zeros(bank.mu.shape[1])
    for k in range(len(mu)):
        parts = [(unseen / total * bank.mu[row, k], bank.x[row, k].copy(), bank.P[row, k].copy())]
        for share, updates in shares:
            like = sum(m * u.like for m, u in zip(bank.mu[row], updates, strict=True))
            parts.append((share / total * bank.mu[row, k] * updates[k].like / like, updates[k].x, updates[k].P))
        mu[k] = sum(weight for weight, _, _ in parts)
        if not mu[k] > 1e-300:
            continue
        mean = sum((weight / mu[k] * x for weight, x, _ in parts), start=np.zeros(6))
        spread = np.zeros((6, 6))
        for weight, x, P in parts:
            spread += weight / mu[k] * (P + (x - mean)[:, None] * (x - mean)[None, :])
        bank.x[row, k], bank.P[row, k] = mean, spread
    bank.mu[row] = mu / mu.sum()
    bank.r[row] = min(total, 1.0)


def _forward(core: "Core", who: Ints, time_ns: int) -> None:
    bank = core.memory.bank
    for row in who.tolist():
        dt = (time_ns - int(bank.time_ns[row])) / SECOND_NS
        predict(bank.x[row], bank.P[row], bank.mu[row], bank.manner[row], dt, core.motion)
        bank.r[row] *= np.exp(-abs(dt) / core.settings.survival_s)
        bank.time_ns[row] = time_ns


def _remember(core: "Core", row: int, station: int, reference: int, time_ns: int, z: float, own_sd: float) -> None:
    new: NDArray[np.void] = np.zeros(1, PAIR)
    new["key"], new["reference"], new["station"] = core.memory.bank.key[row], reference, station
    new["time_ns"], new["z"], new["weight"] = time_ns, z, _weight(core, station, own_sd)
    core.memory.pairs = np.concatenate([core.memory.pairs, new])


def _weight(core: "Core", station: int, own_sd: float = np.nan) -> float:
    """1 / variance (1/m2) of a station's own arrival; what the detection states goes before what the wall says."""
    stated = float(getattr(core.sensors[station], "arrival_sd_m", ARRIVAL_SD_M))
    return float((own_sd if own_sd > 0.0 else stated) ** -2.0)


def _index(core: "Core", name: str | None) -> int:
    return core.names.index(name) if name in core.names else -1
