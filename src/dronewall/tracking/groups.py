"""Groups: things that fly together are followed as one state, so that their names hold where one radar cannot tell them
apart.

A member stays a track of the bank like any other; the group owns its motion while it belongs. A group begins with plots
of one look that lie closer together than strangers would, or with tracks that fly alike. A member that flies away, or
whose state somebody else moved (a claim), is a track by itself again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dronewall.kernels import group_motion as motion
from dronewall.kernels import groups as kernel
from dronewall.kernels.clumps import linked
from dronewall.tracking.bank import Bank
from dronewall.tracking.measured import Measured
from dronewall.tracking.settings import TrackerSettings
from dronewall.units import SECOND_NS, Bools, Floats, Ints

NEVER_NS = -(2**62)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group. Its arrays are never changed, so that copies of the memory share them.

    Attributes
    ----------
    key : np.ndarray [shape=(n,)]
        Its members' keys in the bank, in order of joining.
    x, P, mu : np.ndarray [shape=(models, n, 6)], (models, 6 n, 6 n), (models,)
        Joint state in ECEF, covariance, model probabilities at `time_ns`.
    stays : np.ndarray [shape=(n,)]
        Log evidence for each member that it still flies with the others, never more than the settings' `stay_most`.
    left_ns, torn_ns : int
        When a member last flew away, and when one did so soon after another: for a while then the group is falling
        apart, and nothing is taken for one of it by its place alone.
    """

    key: Ints
    x: Floats
    P: Floats
    mu: Floats
    time_ns: int
    stays: Floats
    left_ns: int = NEVER_NS
    torn_ns: int = NEVER_NS

    def torn(self, s: TrackerSettings) -> bool:
        """Whether it is falling apart."""
        return self.time_ns - self.torn_ns < s.torn_s * SECOND_NS

    def only(self, chosen: Ints) -> "Group":
        """The group of those members."""
        flat = (6 * chosen[:, None] + np.arange(6)).ravel()
        return replace(
            self,
            key=self.key[chosen],
            x=self.x[:, chosen],
            P=self.P[:, flat[:, None], flat],
            stays=self.stays[chosen],
        )


def advance(bank: Bank, groups: Sequence[Group], who: Ints, time_ns: int, s: TrackerSettings) -> tuple[Group, ...]:
    """The groups with those that have a member among `who` predicted to a time, and the bank's rows with them."""
    if not groups:
        return ()
    keys, after = np.sort(bank.key[who]), []
    for group in groups:
        if not among(group.key, keys).any():
            if time_ns - group.time_ns < s.coast_limit_s * SECOND_NS:
                after.append(group)
            continue
        left = whole(bank, group)
        if left is not None:
            after.append(_advanced(bank, left, time_ns, s) if among(left.key, keys).any() else left)
    return tuple(after)


def among(keys: Ints, known: Ints) -> Bools:
    """Which keys are among the known ones, which ascend; several times quicker than `np.isin` for what is so few."""
    if not len(known):
        return np.zeros(len(keys), bool)
    return np.asarray(known[np.minimum(np.searchsorted(known, keys), len(known) - 1)] == keys)


def here(bank: Bank, group: Group, time_ns: int) -> bool:
    """Whether a group was seen by this very look: it stands at its time, and all its members are in the bank."""
    return group.time_ns == time_ns and len(bank.rows_of(group.key)) == len(group.key)


def _advanced(bank: Bank, group: Group, time_ns: int, s: TrackerSettings) -> Group:
    dt = (time_ns - group.time_ns) / SECOND_NS
    x, P, mu = group.x.copy(), group.P.copy(), group.mu.copy()
    motion.predict(x, P, mu, dt, s.group_motion())
    moved = replace(group, x=x, P=P, mu=mu, time_ns=time_ns)
    rows = bank.rows_of(group.key)
    bank.r[rows] *= np.exp(-abs((time_ns - bank.time_ns[rows]) / SECOND_NS) / s.survival_s)
    mirror(bank, moved, s)
    return moved


def mirror(bank: Bank, group: Group, s: TrackerSettings) -> None:
    """Write the members' own states into the bank."""
    rows = bank.rows_of(group.key)
    n = len(group.key)
    x, P = group.x, group.P.reshape(len(group.mu), n, 6, n, 6)
    mean = (group.mu[:, None, None] * x).sum(axis=0)
    off = x - mean
    member = np.arange(n)
    own = P[:, member, :, member].transpose(1, 0, 2, 3)
    cov = (group.mu[:, None, None, None] * (own + off[..., :, None] * off[..., None, :])).sum(axis=0)
    bank.x[rows], bank.P[rows] = mean[:, None], cov[:, None]
    bank.mu[rows], bank.manner[rows] = s.motion()[:-1, 0], 0.0
    bank.time_ns[rows] = group.time_ns


def whole(bank: Bank, group: Group) -> Group | None:
    """The group without members that died or that somebody else moved; a group of one is none."""
    at = np.searchsorted(bank.key[: bank.n], group.key).clip(0, max(bank.n - 1, 0))
    alive = (bank.key[at] == group.key) & (bank.time_ns[at] == group.time_ns) & (bank.r[at] > 0.0)
    left = group if alive.all() else group.only(np.flatnonzero(alive))
    return left if len(left.key) > 1 else None


def share(
    bank: Bank, group: Group, p_detect: Floats, measured: Measured, s: TrackerSettings
) -> tuple[Group, Floats, Floats]:
    """One look of these detections among the members: the group after it, each pair's probability, p_new of each
    detection. The bank follows. `p_detect` per member, 0 out of view."""
    rows = bank.rows_of(group.key)
    x, P, mu, r = group.x.copy(), group.P.copy(), group.mu.copy(), bank.r[rows]
    beta, _, new, evidence = kernel.share(
        x, P, mu, r, p_detect, measured.mode, measured.z, measured.sd, measured.s, measured.A, measured.sound_mps,
        measured.offset, measured.density, s.gate**2, s.group_sweeps, np.array(s.leave_sd),
    )  # fmt: skip
    bank.r[rows] = r
    stays = np.minimum(group.stays + evidence, s.stay_most)
    after = replace(group, x=x, P=P, mu=mu, stays=stays)
    mirror(bank, after, s)
    return after, beta, new


def odds(mean: Floats, cov: Floats, r: Floats, p_detect: Floats, measured: Measured, s: TrackerSettings) -> Floats:
    """Odds of each pair of a track [shape=(n, 6)], (n, 6, 6) and a detection against a miss and a stranger."""
    psi = np.zeros((len(mean), len(measured.offset)))
    kernel.fits(
        mean[None], cov[None], np.ones(1), r, p_detect, measured.mode, measured.z, measured.sd, measured.s, measured.A,
        measured.sound_mps, measured.offset, measured.density, s.gate**2, psi,
    )  # fmt: skip
    return psi


def without_leavers(bank: Bank, group: Group, s: TrackerSettings) -> Group | None:
    """The group without members that fly away; those are let go with room to have turned."""
    rows = bank.rows_of(group.key)
    gone = bank.r[rows] < s.group_forget
    if gone.any():
        bank.end(rows[gone])
        group = group.only(np.flatnonzero(~gone))
        if len(group.key) < 2:
            return None
    leaving = group.stays < -s.leave_at
    if leaving.any():
        rows = bank.rows_of(group.key[leaving])
        for axis in range(3):
            bank.P[rows, :, axis, axis] += s.leave_sd[0] ** 2
            bank.P[rows, :, 3 + axis, 3 + axis] += s.leave_sd[1] ** 2
        apart = leaving.sum() > 1 or group.time_ns - group.left_ns < s.torn_s * SECOND_NS
        torn_ns = group.time_ns if apart else group.torn_ns
        group = replace(group.only(np.flatnonzero(~leaving)), left_ns=group.time_ns, torn_ns=torn_ns)
    return group if len(group.key) > 1 else None


def joined(bank: Bank, group: Group | None, rows: Ints, time_ns: int, s: TrackerSettings) -> Group:
    """The group with the tracks in these rows, whose velocity is now tied to its own; the bank follows."""
    models = len(s.group_models)
    for row in rows.tolist():
        x0 = (bank.mu[row, :, None] * bank.x[row]).sum(axis=0)
        off = bank.x[row] - x0
        P0 = (bank.mu[row, :, None, None] * (bank.P[row] + off[:, :, None] * off[:, None, :])).sum(axis=0)
        if group is None:
            shares = np.array([share for share, _, _ in s.group_models])
            group = Group(
                key=bank.key[row : row + 1].copy(), x=np.repeat(x0[None, None], models, axis=0),
                P=np.repeat(P0[None], models, axis=0), mu=shares, time_ns=time_ns, stays=np.zeros(1),
            )  # fmt: skip
            continue
        n = len(group.key)
        x, P = np.empty((models, n + 1, 6)), np.zeros((models, 6 * n + 6, 6 * n + 6))
        x[:, :n], x[:, n] = group.x, x0
        P[:, : 6 * n, : 6 * n], P[:, 6 * n :, 6 * n :] = group.P, P0
        mu = group.mu.copy()
        weight = np.append(bank.r[bank.rows_of(group.key)], 0.0) + 1e-6
        motion.join(x, P, mu, weight, s.alike_mps, s.alike_up_m)
        group = replace(
            group, key=np.append(group.key, bank.key[row]), x=x, P=P, mu=mu, stays=np.append(group.stays, 0.0)
        )
    if group is None:
        raise ValueError("a group begins with at least one row")
    mirror(bank, group, s)
    return group


def gathered(bank: Bank, groups: Sequence[Group], who: Ints, time_ns: int, s: TrackerSettings) -> tuple[Group, ...]:
    """The groups that were just seen with the tracks among `who` that fly beside them, as they do."""
    after = list(groups)
    for number, group in enumerate(after):
        if not here(bank, group, time_ns):
            continue
        free = who[alone(bank, after, who) & (bank.r[who] > s.group_forget) & (bank.identity[who] < 0)]
        free = free[bank.time_ns[free] == time_ns]
        if not len(free):
            break
        mean = (group.mu[:, None, None] * group.x).sum(axis=0)
        place = (bank.mu[free, :, None] * bank.x[free]).sum(axis=1)
        near = ((place[:, None, :3] - mean[None, :, :3]) ** 2).sum(axis=2).min(axis=1) < s.beside_m**2
        free, place = free[near], place[near]
        if not len(free):
            continue
        weight = bank.r[bank.rows_of(group.key)]
        weight = weight / weight.sum()
        d = place[:, 3:] - (weight[:, None] * mean[:, 3:]).sum(axis=0)
        n = len(group.key)
        own = (group.mu[:, None, None] * group.P).sum(axis=0).reshape(n, 6, n, 6)[:, 3:, :, 3:]
        S = (weight[:, None, None, None] * own * weight[None, None, :, None]).sum(axis=(0, 2))
        S = S + (bank.mu[free, :, None, None] * bank.P[free][:, :, 3:, 3:]).sum(axis=1)
        alike = _log_normal(d, S + np.eye(3) * s.alike_mps**2)
        strange = _log_normal(d, S + np.eye(3) * 2.0 * s.speed_sd_mps**2)
        joins = alike - strange > s.join_at
        if group.torn(s):
            joins &= np.trace(S, axis1=1, axis2=2) < 3.0 * s.sure_mps**2
        if joins.any():
            after[number] = joined(bank, group, free[joins], time_ns, s)
    return tuple(after)


def _log_normal(d: Floats, S: Floats) -> Floats:
    """Log density of normal vectors [shape=(k, 3)] of covariance S, but for a constant; written out: no BLAS."""
    minors = np.cross(S[:, [1, 2, 0]], S[:, [2, 0, 1]])  # rows of the adjugate, S being symmetric
    determinant = (S[:, 0] * minors[:, 0]).sum(axis=1)
    d2 = (d[:, :, None] * minors * d[:, None, :]).sum(axis=(1, 2)) / determinant
    return np.asarray(-0.5 * (d2 + np.log(determinant)))


def chains(place: Floats, radius_m: float, least: int) -> list[Ints]:
    """Points [shape=(n, 2)] that hang together by steps below a radius, `least` of them at least."""
    if len(place) < least:
        return []
    root = linked(place, radius_m)
    found, count = np.unique(root, return_counts=True)
    return [np.flatnonzero(root == number) for number in found[count >= least].tolist()]


def alone(bank: Bank, groups: Sequence[Group], rows: Ints) -> Bools:
    """Which of the rows belong to no group."""
    if not groups:
        return np.ones(len(rows), bool)
    return ~among(bank.key[rows], np.sort(np.concatenate([group.key for group in groups])))


def groups_saved(groups: Sequence[Group]) -> dict[str, NDArray[Any]]:
    """The groups as plain arrays, one after the other."""
    nothing = [np.zeros(0)]
    return {
        "group_length": np.array([len(group.key) for group in groups], np.int64),
        "group_time": np.array([group.time_ns for group in groups], np.int64),
        "group_left": np.array([group.left_ns for group in groups], np.int64),
        "group_torn": np.array([group.torn_ns for group in groups], np.int64),
        "group_key": np.concatenate([np.zeros(0, np.int64), *(group.key for group in groups)]),
        **{
            f"group_{name}": np.concatenate(nothing + [getattr(group, name).ravel() for group in groups])
            for name in ("x", "P", "mu", "stays")
        },
    }


def groups_restored(arrays: Mapping[str, NDArray[Any]]) -> tuple[Group, ...]:
    """The groups of `groups_saved`.

    Raises
    ------
    KeyError, ValueError
        The arrays are not what it wrote.
    """
    lengths = arrays["group_length"].tolist()
    if not lengths:
        return ()
    models = len(arrays["group_mu"]) // len(lengths)
    sizes = {
        "key": lengths,
        "x": [models * 6 * n for n in lengths],
        "P": [models * 36 * n * n for n in lengths],
        "mu": [models] * len(lengths),
        "stays": lengths,
    }
    parts = {name: np.split(arrays[f"group_{name}"], np.cumsum(size)[:-1]) for name, size in sizes.items()}
    return tuple(
        Group(
            key=parts["key"][i],
            x=parts["x"][i].reshape(models, n, 6),
            P=parts["P"][i].reshape(models, 6 * n, 6 * n),
            mu=parts["mu"][i],
            time_ns=time_ns,
            stays=parts["stays"][i],
            left_ns=left_ns,
            torn_ns=torn_ns,
        )
        for i, (n, time_ns, left_ns, torn_ns) in enumerate(
            zip(lengths, *(arrays[f"group_{name}"].tolist() for name in ("time", "left", "torn")), strict=True)
        )
    )
