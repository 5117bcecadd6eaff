"""A look of a radar or another sensor that measures things themselves, not what they claim."""

import numpy as np

from dronewall.records.scan import Scan
from dronewall.tracking import births, fates
from dronewall.tracking.association import associate, best_tracks
from dronewall.tracking.core import LIKELY, Core
from dronewall.tracking.coverage import mixed
from dronewall.tracking.fates import Fates, all_alike
from dronewall.tracking.measured import Measured, polar, usable
from dronewall.tracking.rows import name_of
from dronewall.units import Floats, Ints


def take_look(core: Core, index: int, scan: Scan) -> Fates:
    """Share the detections of one look out, move the tracks in view, begin new ones."""
    bank, s = core.memory.bank, core.settings
    sensor, detections, time_ns = core.sensors[index], scan.detections, scan.time_ns
    measured = polar(sensor, detections, time_ns, s.births_per_look, core.sound_mps)
    good = np.flatnonzero(usable(measured))
    measured = measured if len(good) == len(detections) else measured.some(good)
    who, p = core.in_view(index, time_ns)
    chance = mixed(p, bank.classes[who])
    shares = associate(bank, who, chance, measured, time_ns, core.ranges[index], core.motion, s)
    core.credit(index, scan, shares, good, physical=True)
    row, weight = best_tracks(shares, len(good))
    likely = weight >= LIKELY
    touched = row[likely]
    core.weigh_silence(who, p, np.isin(who, touched))
    core.signatures(index, touched, scan, good[likely])
    fate = all_alike(len(detections), fates.REFUSED)
    fate.fate[good] = np.where(likely, fates.TRACK, fates.CLUTTER)
    fate.weight[good] = np.where(likely, weight, shares.p_new)
    keys = bank.key[touched]
    new, begun = _begin(core, index, measured, shares.p_new, time_ns)
    fate.fate[good[begun]] = np.where(likely[begun], fates.TRACK, fates.BIRTH)
    born = np.isin(np.arange(bank.n), new)
    if len(new):
        row_of = good[begun]
        core.memory.ledger.add(
            bank.key[new], index, scan.scan, scan.first_row + row_of, detections.time_ns[row_of], np.ones(len(new))
        )
    touched = bank.rows_of(keys)
    core.reclass(touched, time_ns)
    core.promote(np.concatenate([who, np.flatnonzero(born)]), time_ns)
    numbers = bank.number[touched].tolist()
    fate.track[good[likely]] = np.array([name_of(k) if k else None for k in numbers], object).reshape(len(touched))
    return fate


def _begin(core: Core, index: int, measured: Measured, p_new: Floats, time_ns: int) -> tuple[Ints, Ints]:
    """New tracks from plots that no track explains: their rows, and the detections they began with."""
    r = p_new * (1.0 - measured.false)
    begun = np.flatnonzero((r >= core.settings.forget_p) & np.isfinite(measured.reach))
    if not len(begun):
        return np.zeros(0, np.int64), begun
    x, P = births.from_plots(measured, begun, core.settings)
    x[:, :3] -= x[:, 3:] * measured.offset[begun, None]
    return core.born(x, P, r[begun], index, time_ns, physical=True), begun
