"""A look at groups: what their members took, and the rest for everyone else.

The groups in view are served first, with the tracks beside them as competition for the detections. What no group
explains goes through the compiled engine as any look does; what begins there beside a group joins it.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from dronewall.kernels import clumps
from dronewall.kernels import look as kernel
from dronewall.kernels.columns import CLUTTER, TRACK, AlignColumns, Outcome, RowColumns, SensorColumns
from dronewall.kernels.filters import POLAR, ROWS
from dronewall.kernels.motion import up_of
from dronewall.kernels.registration import count_members
from dronewall.kernels.visibility import EIGHT_THIRDS_EARTH_M
from dronewall.records.detection import Column
from dronewall.tracking import classes, groups
from dronewall.tracking.bank import Bank
from dronewall.tracking.groups import Group
from dronewall.tracking.measured import Measured
from dronewall.tracking.rows import means
from dronewall.tracking.settings import TrackerSettings
from dronewall.units import Bools, Floats, Ints

LEAST_P = 0.05  # of a member that a detection fits, where it cannot be seen
NEAR_SD = 6.0  # standard deviations within which a detection is looked at for a group
MARGIN_M = 100.0
RIVAL_M = 3_000.0  # farther from a group, a track is no rival for its plots


@dataclass(frozen=True, slots=True, kw_only=True)
class Plots:
    """m plots of one look of a sensor, corrected: z, var [shape=(m, 4)] as the engine reads them, place by the sensor's
    axes [shape=(m, 3)], density of strangers and the share of false ones in it."""

    sensor: int
    time_ns: int
    z: Floats
    var: Floats
    offset: Floats
    density: Floats
    false: Floats
    good: Bools
    local: Floats

    def measured(self, which: Ints, density: Floats, sensors: SensorColumns) -> Measured:
        """Some of them as the joint update takes them."""
        m = len(which)
        z, sd = np.full((m, ROWS), np.nan), np.full((m, ROWS), np.nan)
        known = np.isfinite(self.var[which])
        z[:, :4] = np.where(known, self.z[which], np.nan)
        sd[:, :4] = np.where(known, np.sqrt(self.var[which]), np.nan)
        s, A = np.empty((m, 3)), np.empty((m, 3, 3))
        s[:], A[:] = sensors.place[self.sensor], sensors.axes[self.sensor]
        return Measured(
            mode=POLAR, z=z, sd=sd, s=s, A=A, offset=self.offset[which], plot=s, reach=np.full(m, np.inf),
            density=density, false=self.false[which],
        )  # fmt: skip


def read(sensors: SensorColumns, index: int, births_per_look: float, rows: RowColumns, time_ns: int, m: int) -> Plots:
    """The rows of one look as plots."""
    z, var = np.empty((m, 4)), np.empty((m, 4))
    offset, density, false = np.empty(m), np.ones(m), np.ones(m)
    s = index
    good, _ = kernel.read(
        rows.values, rows.time_ns, 0, time_ns, sensors.sd[s], sensors.bias[s], sensors.bias_sd[s], sensors.near_m[s],
        sensors.far_m[s], sensors.sector_width[s], sensors.clutter[s], sensors.ceiling_m[s], sensors.rate_sd[s],
        sensors.clock_s[s], births_per_look, z, var, offset, density, false,
    )  # fmt: skip
    flat = z[:, 0] * np.cos(z[:, 2])
    local = np.stack([flat * np.sin(z[:, 1]), flat * np.cos(z[:, 1]), z[:, 0] * np.sin(z[:, 2])], axis=1)
    return Plots(
        sensor=index, time_ns=time_ns, z=z, var=var, offset=offset, density=density, false=false, good=good, local=local
    )


def means_of(group: Group) -> Floats:
    """State of each member, over the models [shape=(n, 6)]."""
    return np.asarray((group.mu[:, None, None] * group.x).sum(axis=0))


def local_of(group: Group, sensors: SensorColumns, index: int) -> Floats:
    """Members' places by the sensor's axes [shape=(n, 3)]."""
    away = means_of(group)[:, :3] - sensors.place[index]
    return np.asarray((away[:, None, :] * sensors.axes[index][None]).sum(axis=2))


def chances(
    bank: Bank, group: Group, p_detect: float, sensors: SensorColumns, index: int, local: Floats, horizon: bool
) -> Floats:
    """Probability of detection of each member: what sees one sees them all, but for the edges of what it covers.

    Heights are known worst, so that the group as a whole is above the horizon or below.
    """
    rows = bank.rows_of(group.key)
    slant = np.sqrt((local * local).sum(axis=1))
    sd = np.sqrt(bank.P[rows, 0, 0, 0] + bank.P[rows, 0, 1, 1] + bank.P[rows, 0, 2, 2])
    share = ndtr((sensors.far_m[index] - slant) / sd) * ndtr((slant - sensors.near_m[index]) / sd)
    width = sensors.sector_width[index]
    if width < 2.0 * np.pi:
        into = (np.arctan2(local[:, 0], local[:, 1]) - sensors.sector_from[index]) % (2.0 * np.pi)
        left = np.where((into <= width) | (into - width < 2.0 * np.pi - into), into, into - 2.0 * np.pi)
        share *= ndtr(np.minimum(left, width - left) * np.hypot(local[:, 0], local[:, 1]) / sd)
    if horizon and sensors.horizon_m[index] < np.inf:
        beyond = np.maximum(slant.mean() - sensors.horizon_m[index], 0.0)
        centre = means_of(group)[:, :3].mean(axis=0)
        height = up_of(float(centre[0]), float(centre[1]), float(centre[2]))[3]
        share *= float(ndtr((height - beyond * beyond / EIGHT_THIRDS_EARTH_M) / sd.mean()))
    return np.asarray(np.minimum(p_detect * share, 0.999))


def expected(group: Group, local: Floats, plots: Plots, which: Ints) -> Floats:
    """Density of one more member of the group in measured space, evenly as its members lie."""
    slant = np.sqrt((local * local).sum(axis=1))
    azimuth = np.arctan2(local[:, 0], local[:, 1])
    h = np.stack([slant, azimuth, np.arcsin(local[:, 2] / slant)], axis=1)
    middle = h.mean(axis=0)
    middle[1] = np.arctan2(np.sin(azimuth).mean(), np.cos(azimuth).mean())
    off = h - middle
    off[:, 1] = (off[:, 1] + np.pi) % (2.0 * np.pi) - np.pi
    spread = (off * off).sum(axis=0) / (len(h) - 1)
    nu = plots.z[which, :3] - middle
    nu[:, 1] = (nu[:, 1] + np.pi) % (2.0 * np.pi) - np.pi
    V = plots.var[which, :3] + spread
    known = np.isfinite(V)
    V = np.where(known, V, 1.0)
    return np.asarray(np.exp(-0.5 * np.where(known, nu * nu / V + np.log(2.0 * np.pi * V), 0.0).sum(axis=1)))


def share_out(
    bank: Bank, seen: tuple[Group, ...], others: Ints, p_others: Floats, p_members: Floats, plots: Plots,
    sensors: SensorColumns, horizon: bool, motion: Floats, s: TrackerSettings,
) -> tuple[tuple[Group | None, ...], Ints, Ints, Floats, Floats, Floats]:  # fmt: skip
    """The detections among the members of the groups seen.

    `others` are rows in view that belong to none. Gives the groups after it (None: dissolved), pairs (key, plot,
    probability), p_new of each plot, and the share of false ones among what is new there.
    """
    m = len(plots.offset)
    p_new, more = np.ones(m), np.zeros(m)
    where = [local_of(group, sensors, plots.sensor) for group in seen]
    near = [_near(bank, group, local, plots) for group, local in zip(seen, where, strict=True)]
    for group, local, which in zip(seen, where, near, strict=True):
        more[which] += s.joins_per_look * expected(group, local, plots, which)
    rivals = _rivals(bank, seen, others, p_others, np.unique(np.concatenate(near)), plots, sensors, motion, s)
    density = (plots.density + more) * rivals
    found: list[tuple[Ints, Ints, Floats]] = []
    after: list[Group | None] = []
    for group, local, which, p in zip(seen, where, near, p_members.tolist(), strict=True):
        chance = chances(bank, group, p, sensors, plots.sensor, local, horizon)
        some = plots.measured(which, density[which] / p_new[which], sensors)
        moved, beta, new = groups.share(bank, group, chance, some, s)
        p_new[which] *= new
        i, j = np.nonzero(beta >= kernel.WORTH_KEEPING)
        found.append((group.key[i], which[j], beta[i, j]))
        after.append(groups.without_leavers(bank, moved, s))
    key, plot, p_pair = (np.concatenate(column) for column in zip(*found, strict=True))
    return tuple(after), key, plot, p_pair, p_new, plots.density * plots.false / (plots.density + more)


def _near(bank: Bank, group: Group, local: Floats, plots: Plots) -> Ints:
    """Plots that may be of the group."""
    rows = bank.rows_of(group.key)
    centre = local.mean(axis=0)
    slant = float(np.sqrt((centre * centre).sum()))
    extent = float(np.sqrt(((local - centre) ** 2).sum(axis=1).max()))
    sd2 = float((bank.P[rows, 0, 0, 0] + bank.P[rows, 0, 1, 1] + bank.P[rows, 0, 2, 2]).max())
    known = np.where(np.isfinite(plots.var[:, :3]), plots.var[:, :3], 0.0)
    own2 = known[:, 0] + slant * slant * (known[:, 1] + known[:, 2])
    away2 = ((plots.local[:, :2] - centre[:2]) ** 2).sum(axis=1)
    away2 += np.where(np.isfinite(plots.var[:, 2]), (plots.local[:, 2] - centre[2]) ** 2, 0.0)
    return np.flatnonzero(plots.good & (away2 < (extent + NEAR_SD * np.sqrt(sd2 + own2) + MARGIN_M) ** 2))


def _rivals(
    bank: Bank, seen: tuple[Group, ...], others: Ints, p_others: Floats, which: Ints, plots: Plots,
    sensors: SensorColumns, motion: Floats, s: TrackerSettings,
) -> Floats:  # fmt: skip
    """For each plot, what tracks of no group add to the density of strangers, as a factor: their message to it."""
    factor = np.ones(len(plots.offset))
    if not len(which) or not len(others):
        return factor
    centres = np.array([means_of(group)[:, :3].mean(axis=0) for group in seen])
    away2 = ((bank.x[others, 0, None, :3] - centres) ** 2).sum(axis=2).min(axis=1)
    beside = np.flatnonzero(away2 < RIVAL_M**2)
    if not len(beside):
        return factor
    who = others[beside]
    mean, cov = means(bank, who, plots.time_ns, motion)
    p = np.clip(p_others[beside], LEAST_P, 0.999)
    psi = groups.odds(mean, cov, bank.r[who], p, plots.measured(which, plots.density[which], sensors), s)
    message = psi / (1.0 + psi.sum(axis=1, keepdims=True) - psi)
    factor[which] += message.sum(axis=0)
    return factor


def begun(
    bank: Bank, all_groups: tuple[Group, ...], new: Ints, p_new: Floats, time_ns: int, sensors: SensorColumns,
    index: int, nearer_m: float, s: TrackerSettings,
) -> tuple[Group, ...]:  # fmt: skip
    """The groups with what was just born (rows, with their p_new): beside one it joins; a clump begins one."""
    if not len(new):
        return all_groups
    away = bank.x[new, 0, :3] - sensors.place[index]
    place = (away[:, None, :] * sensors.axes[index][None]).sum(axis=2)[:, :2]
    free = p_new > s.group_new
    after = []
    for group in all_groups:
        if groups.here(bank, group, time_ns) and not group.torn(s):
            members = local_of(group, sensors, index)[:, :2]
            away2 = ((place[:, None] - members[None]) ** 2).sum(axis=2).min(axis=1)
            beside = np.flatnonzero((away2 < s.link_m**2) & free)
            if len(beside):
                group = groups.joined(bank, group, new[beside], time_ns, s)
                free[beside] = False
        after.append(group)
    rest = np.flatnonzero(free & (p_new > clumps.UNEXPLAINED))
    for chain in groups.chains(place[rest], nearer_m, s.group_least):
        rows = new[rest[chain]]
        bank.r[rows] = np.maximum(bank.r[rows], s.group_birth_p * p_new[rest[chain]])
        after.append(groups.joined(bank, None, rows, time_ns, s))
    return tuple(after)


def enter(
    bank: Bank, index: int, plots: Plots, rows: RowColumns, key: Ints, plot: Ints, p_pair: Floats,
    p_new: Floats, out: Outcome, align: AlignColumns,
) -> None:  # fmt: skip
    """What members took: fates of those plots, and what the bank keeps of each track's evidence."""
    out.fate[:], out.number[:], out.weight[:] = CLUTTER, 0, p_new
    likely = np.flatnonzero(p_pair >= kernel.LIKELY)
    at, plot = bank.rows_of(key[likely]), plot[likely]
    out.fate[plot], out.number[plot], out.weight[plot] = TRACK, bank.number[at], p_pair[likely]
    bank.last_ns[at] = bank.physical_ns[at] = plots.time_ns
    bank.detections[at] += 1
    bank.seen[at, index] = True
    count_members(align, bank.columns(), index, at, rows.time_ns[plot])
    echo = rows.values[plot, Column.RCS_DBSM]
    told = np.isfinite(echo)
    bank.feature[at[told], classes.COUNT] += 1.0
    bank.feature[at[told], classes.RCS_SUM] += echo[told]
