"""A look of a radar or another sensor that measures things themselves, not what they claim."""

import numpy as np

from dronewall.records.scan import Scan
from dronewall.tracking import births, fates
from dronewall.tracking.association import best_tracks
from dronewall.tracking.core import LIKELY, Core
from dronewall.tracking.coverage import mixed
from dronewall.tracking.crossing import cross
from dronewall.tracking.fates import Fates, all_alike
from dronewall.tracking.hearing import UNEXPLAINED, as_hearings, end_behind, hear, show
from dronewall.tracking.measured import Measured, polar, usable
from dronewall.units import Floats, Ints

SOUND_BIRTHS_PER_LOOK = 0.02  # new things within hearing of one node, per look


def take_look(core: Core, index: int, scan: Scan) -> Fates:
    """Share the detections of one look out, move the tracks in view, begin new ones."""
    bank, s = core.memory.bank, core.settings
    sensor, detections, time_ns = core.sensors[index], scan.detections, scan.time_ns
    births_per_look = SOUND_BIRTHS_PER_LOOK if sensor.sound_delay else s.births_per_look
    measured = polar(sensor, detections, time_ns, births_per_look, core.sound_mps)
    good = np.flatnonzero(usable(measured))
    measured = measured if len(good) == len(detections) else measured.some(good)
    who, p = core.in_view(index, time_ns)
    chance = mixed(p, bank.classes[who])
    shares = core.associate(bank, who, chance, measured, time_ns, core.ranges[index], core.motion, s)
    core.credit(index, scan, shares, good, physical=True)
    row, weight = best_tracks(shares, len(good))
    likely = weight >= LIKELY
    touched = row[likely]
    hit = np.isin(who, touched)
    core.weigh_silence(index, who, p, hit)
    core.weigh_claims(who, chance, hit)
    core.signatures(index, touched, scan, good[likely])
    fate = all_alike(len(detections), fates.REFUSED)
    fate.code[good] = np.where(likely, fates.CODE[fates.TRACK], fates.CODE[fates.CLUTTER])
    fate.weight[good] = np.where(likely, weight, shares.p_new)
    keys = bank.key[touched]
    if sensor.sound_delay:
        _listen(core, index, scan, good, shares.p_new, fate)
    new, begun = _begin(core, index, measured, shares.p_new, time_ns)
    fate.code[good[begun]] = np.where(likely[begun], fates.CODE[fates.TRACK], fates.CODE[fates.BIRTH])
    born = np.isin(np.arange(bank.n), new)
    if len(new):
        row_of = good[begun]
        core.memory.ledger.add(
            bank.key[new], index, scan.scan, scan.first_row + row_of, detections.time_ns[row_of], np.ones(len(new))
        )
    touched = bank.rows_of(keys)
    core.reclass(touched, time_ns)
    core.promote(np.concatenate([who, np.flatnonzero(born)]), time_ns)
    fate.number[good[likely]] = bank.number[touched]
    return fate


def shadow_look(core: Core, index: int, scan: Scan) -> Fates:
    """A look of a radar in quarantine: none of it is used, but it is held against the tracks of others."""
    measured = polar(core.sensors[index], scan.detections, scan.time_ns, core.settings.births_per_look, core.sound_mps)
    who, _ = core.in_view(index, scan.time_ns)
    core.registration.shadow(core.memory.alignment, index, measured, core.memory.bank, who, scan.time_ns)
    return all_alike(len(scan.detections), fates.REFUSED)


def _listen(core: Core, index: int, scan: Scan, good: Ints, p_new: Floats, fate: Fates) -> None:
    """What no track explains goes to the areas and to the crossings; the fates of those rows."""
    weight = np.ones(len(scan.detections))  # a hearing without direction is explained by no track
    weight[good] = p_new
    new = hear(core, index, scan, np.arange(len(weight)), weight)
    explained = as_hearings(core, index, scan, good[p_new < UNEXPLAINED])
    if len(explained):
        end_behind(core, explained)
    if not len(new):
        return
    rows = new["row"] - scan.first_row
    for row, number in zip(rows.tolist(), show(core, index, new, scan.time_ns), strict=True):
        fate.code[row] = fates.CODE[fates.PRESENCE if number else fates.CLUTTER]
        fate.number[row] = -number
    begun = core.memory.bank.rows_of(cross(core, index, new, scan.time_ns))
    for at in begun.tolist():
        for row in rows[
            np.isin(new["row"], core.memory.ledger.rows_of(int(core.memory.bank.key[at]), index, scan.scan))
        ]:
            fate.code[row], fate.number[row] = fates.CODE[fates.BIRTH], core.memory.bank.number[at]


def _begin(core: Core, index: int, measured: Measured, p_new: Floats, time_ns: int) -> tuple[Ints, Ints]:
    """New tracks from plots that no track explains: their rows, and the detections they began with."""
    r = p_new * (1.0 - measured.false)
    begun = np.flatnonzero((r >= core.settings.forget_p) & np.isfinite(measured.reach))
    if not len(begun):
        return np.zeros(0, np.int64), begun
    x, P = births.from_plots(measured, begun, core.settings)
    x[:, :3] -= x[:, 3:] * measured.offset[begun, None]
    return core.born(x, P, r[begun], index, time_ns, physical=True), begun
