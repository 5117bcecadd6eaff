"""Claims: what things report of themselves. An identity is a key; a claim is tested against what other sensors see.

A claim moves the track of its identity if it fits it. A claim of a new identity joins the track that it fits, or begins
one. Two things speak against a claim: it does not fit the track that bears its identity (displaced, jumping or copied),
or other sensors look where it says it is and see nothing (doubt, weighed with every look). To be heard from farther
than the receiver reaches is doubt too, weighed once: it alone refutes nothing. What nobody can check stays cooperative,
and so does what somebody else sees almost there, as radars that point a little wrong do.

An identity that nothing has claimed for a minute keeps its track from nothing: what claims to be there takes it over.

A claim in doubt is looked for elsewhere: the one thing seen that moves just as the claim says bears the identity from
then on, in conflict, and nothing flies at the false place. Where there is no such thing, a refuted claim keeps a row
that is never confirmed. A claim once refuted is not believed at once when it begins anew.
"""

from dataclasses import replace
from math import erfc, log, sqrt

import numpy as np

from dronewall.geo.frames import rotated_back
from dronewall.records.detection import Column
from dronewall.records.scan import Scan
from dronewall.records.words import LABELS
from dronewall.tracking import births, fates
from dronewall.tracking.axes import along_axes, local_axes
from dronewall.tracking.core import Core
from dronewall.tracking.fates import Fates, all_alike
from dronewall.tracking.measured import Measured, claims, usable
from dronewall.tracking.rows import CLAIMED_S, CONFLICT_LOG_ODDS, means, turned
from dronewall.units import SECOND_NS, Bools, Floats, Ints

FRESH_S = 20.0  # a track that other sensors hit within this is held by them
JOIN = 0.5  # probability above which a claim joins an unnamed track
MISFIT = 1.0  # log odds against the claim for each that does not fit; fits give half back
LIMIT = 6.0
OWN_DENSITY = 1e-22  # per m3 m3/s3: claims under an identity by somebody else
LEFT_S = 5.0  # silent for longer, a track that only claimed is where it claims to be now
SHARP_MPS = 15.0  # one sigma, per axis, by which a thing may have changed its velocity between two claims
FIRST_P = 0.6  # existence of what one claim begins
REFUTED_P = 0.6  # of what only claims, and is refuted: never confirmed again by its own word
REMEMBERED_S = 1200.0  # a claim that was refuted is not believed at once within so long
ALMOST_M, ALMOST_RAD = 150.0, 0.025  # by how much a radar may be off that sees the thing: in place, and as it points
ALMOST_MPS = 6.0
TURNED_M = 400.0  # and its own track, if it turned sharply or was not heard for a while
KNOWN_CLAIMS = 3  # detections after which a track of claims may be handed over
TESTED_DOUBT = 0.5  # from which on it is looked for what others see
GAP_DOUBT = 1.0  # silent for longer than CLAIMED_S, what was not seen meanwhile counts for no more than this
OUT_OF_RANGE = np.log(1.5)  # one sigma of the log of how far a receiver reaches, over what the wall says
OUT_OF_RANGE_LIMIT = 2.0  # log odds, at most: too few to refute a claim that nothing else speaks against
BORNE_S = 60.0  # an identity that nothing claimed for so long does not keep its track from bearing another's
SEEN_S = 8.0  # a track that other sensors hit within this is what they see now
ELSEWHERE_M = (1000.0, 60_000.0)  # a false place lies so far from the true one
MOVES_ALIKE = 2.5  # log odds by which a velocity must speak for a track, and for it rather than any other
ALIKE_LIMIT = 2.0  # and by which it adds to the doubt, at most
ALIKE_SD_MPS = 1.5  # by which either velocity may lag
_EVEN = np.zeros(len(LABELS))


def _kind_of(identity: str) -> Floats:
    """Log likelihood of the labels given what kind of identity it is."""
    flies = {"icao": ("aircraft", "helicopter"), "rid": ("multirotor", "fpv", "agricultural_drone", "fixed_wing_small")}
    found = flies.get(identity.partition(":")[0])
    if found is None:
        return _EVEN
    return np.array([0.0 if label in found else -5.0 for label in LABELS])


def take_claims(core: Core, index: int, scan: Scan) -> Fates:
    """One look of a receiver, row by row."""
    detections = scan.detections
    measured = claims(core.sensors[index], detections, scan.time_ns)
    good = np.flatnonzero(usable(measured))
    fate = all_alike(len(detections), fates.REFUSED)
    touched: list[int] = []
    for row in good.tolist():
        identity = detections.identity[row]
        at, kind = _take_one(core, index, scan, measured.some(np.array([row])), row, identity)
        fate.code[row] = fates.CODE[kind]
        if at >= 0:
            touched.append(int(core.memory.bank.key[at]))
            fate.number[row] = core.memory.bank.number[at]
    who = core.memory.bank.rows_of(np.unique(np.array(touched, np.int64)))
    core.reclass(who, scan.time_ns)
    return fate


def _take_one(core: Core, index: int, scan: Scan, one: Measured, row: int, identity: str | None) -> tuple[int, str]:
    bank = core.memory.bank
    known = -1 if identity is None else core.identity_of(identity)
    own = np.flatnonzero(bank.identity[: bank.n] == known) if known >= 0 else np.zeros(0, np.int64)
    if len(own):
        strange = one  # of its own tracks it is the claim unless it cannot be: few strangers use another's identity
        one = replace(one, density=np.full(1, OWN_DENSITY))
        # Most lately touched first: after a conflict the claim may have a track beside the one it was torn from.
        for at in own[np.argsort(-bank.claim_ns[own], kind="stable")].tolist():
            who, gap_s = np.array([at]), (scan.time_ns - bank.claim_ns[at]) / SECOND_NS
            if _joins(core, index, scan, one, row, who) or _joins(core, index, scan, one, row, who, sharply=True):
                bank.conflict[at] = max(bank.conflict[at] - 0.5 * MISFIT, 0.0)
                if gap_s > CLAIMED_S:
                    bank.doubt[at] = min(bank.doubt[at], GAP_DOUBT)  # looks at where it did not claim to be
                return _tested(core, index, one, at, scan.time_ns), fates.TRACK
        at = int(own[np.argmax(bank.physical_ns[own])])
        held = (scan.time_ns - bank.physical_ns[at]) / SECOND_NS < FRESH_S and bank.physical_ns[at] > 0
        if held and _almost(core, one, np.array([at]), scan.time_ns, turned_m=TURNED_M).any():
            return at, fates.TRACK  # it turned, or a radar points a little wrong: no claim to be elsewhere
        if held:
            # Either its track was taken for another's, and it is seen where it says, or it is not where it says.
            other = _seen(core, scan.time_ns)
            other = other[np.isin(other, _near_unnamed(core, one, scan.time_ns))]
            if len(other) and _joins(core, index, scan, strange, row, other):
                real = int(other[np.argmax(bank.claim_ns[other] == scan.time_ns)])
                bank.identity[real], bank.identity[at], bank.conflict[at] = known, -1, 0.0
                return real, fates.TRACK
            bank.conflict[at] = min(bank.conflict[at] + MISFIT, LIMIT)
            if bank.conflict[at] > CONFLICT_LOG_ODDS:
                core.memory.refuted[known] = scan.time_ns
            return at, fates.TRACK
        bank.conflict[own] = np.minimum(bank.conflict[own] + 0.5 * MISFIT, LIMIT)
        conflict = bank.conflict[at]
        left = (bank.physical_ns[own] == 0) & (scan.time_ns - bank.claim_ns[own] > LEFT_S * SECOND_NS)
        bank.r[own[left]] = 0.0  # it only claimed, and claims to be elsewhere now
        begun = _begin(core, index, scan, strange, row, known)
        core.memory.bank.conflict[begun] = conflict
        return begun, fates.BIRTH
    unnamed = _near_unnamed(core, one, scan.time_ns)
    if len(unnamed) and _joins(core, index, scan, one, row, unnamed):
        at = int(unnamed[np.argmax(bank.claim_ns[unnamed] == scan.time_ns)])
        if known >= 0:
            if (
                bank.identity[at] >= 0
            ):  # of something that was here and is no more: what was held against it is not ours
                bank.conflict[at] = bank.doubt[at] = 0.0
            bank.identity[at] = known
            core.add_signature(np.array([at]), _kind_of(identity or "")[None, :])
        return at, fates.TRACK
    return _begin(core, index, scan, one, row, known), fates.BIRTH


def _tested(core: Core, index: int, one: Measured, at: int, time_ns: int) -> int:
    """What a claim that only its own track bears out is worth; the row of the track that bears the identity now."""
    bank = core.memory.bank
    if bank.physical_ns[at] <= time_ns - round(SEEN_S * SECOND_NS):
        bank.doubt[at] = max(bank.doubt[at], _too_far(core, index, one))
    if bank.doubt[at] < TESTED_DOUBT:
        return at
    seen = _seen(core, time_ns)
    there = np.union1d(seen, _seen(core, time_ns, silent=True))
    there = there[_almost(core, one, there, time_ns)] if len(there) else there
    if len(there):
        bank.doubt[at] = bank.conflict[at] = min(bank.doubt[at], 0.0)
        if bank.detections[at] < KNOWN_CLAIMS:
            return at
        # One thing, seen a little off where it says it is: its track there bears the identity.
        mean, _ = means(bank, there, time_ns, core.motion)
        real = int(there[np.argmin(((mean[:, :3] - one.plot) ** 2).sum(axis=1))])
        _hand_over(core, at, real, time_ns)
        return real
    real, alike = _moves_alike(core, seen, at, time_ns)
    if real >= 0 and bank.doubt[at] + min(alike, ALIKE_LIMIT) >= CONFLICT_LOG_ODDS:
        core.memory.refuted[int(bank.identity[at])] = time_ns
        _hand_over(core, at, real, time_ns)
        bank.conflict[real] = LIMIT
        return real
    if bank.doubt[at] >= CONFLICT_LOG_ODDS:
        bank.conflict[at] = LIMIT
        core.memory.refuted[int(bank.identity[at])] = time_ns
        bank.r[at], bank.confirmed_ns[at] = min(bank.r[at], REFUTED_P), 0
    return at


def _too_far(core: Core, index: int, one: Measured) -> float:
    """Log odds against a claim for being heard from a place beyond the receiver's range, which is not well known."""
    sensor = core.sensors[index]
    away_m = float(np.sqrt(((one.plot[0] - sensor.ecef_m) ** 2).sum()))
    if away_m <= sensor.reach_m:
        return 0.0
    beyond = erfc(log(away_m / sensor.reach_m) / OUT_OF_RANGE / sqrt(2.0))
    return min(-log(max(beyond, 1e-300)), OUT_OF_RANGE_LIMIT)


def _hand_over(core: Core, at: int, real: int, time_ns: int) -> None:
    """The track `real` bears the identity of `at`, which only claimed and is no more."""
    bank = core.memory.bank
    bank.identity[real], bank.claim_ns[real] = bank.identity[at], time_ns
    bank.conflict[real] = bank.doubt[real] = 0.0
    bank.identity[at], bank.r[at], bank.confirmed_ns[at] = -1, 0.0, 0


def _seen(core: Core, time_ns: int, *, silent: bool = False) -> Ints:
    """Tracks without a name that other sensors see now; or those with a name that nothing claims any more."""
    bank, n = core.memory.bank, core.memory.bank.n
    late = bank.physical_ns[:n] <= time_ns - round(SEEN_S * SECOND_NS)
    nameless = _outlived(core, time_ns) if silent else bank.identity[:n] < 0
    return np.flatnonzero(nameless & (bank.confirmed_ns[:n] > 0) & ~late)


def _outlived(core: Core, time_ns: int) -> Bools:
    """Which tracks bear an identity that nothing has claimed for a while: what is seen there may be something else."""
    bank, n = core.memory.bank, core.memory.bank.n
    return np.asarray((bank.identity[:n] >= 0) & (time_ns - bank.claim_ns[:n] > round(BORNE_S * SECOND_NS)))


def _almost(core: Core, one: Measured, who: Ints, time_ns: int, *, turned_m: float = 0.0) -> Bools:
    """Which of the tracks are where a claim is, as far as sensors that point a little wrong can say.

    They move as the claim says, too, unless they may have turned meanwhile, and be farther off by so much.
    """
    mean, cov = means(core.memory.bank, who, time_ns, core.motion)
    away = np.sqrt(((mean[:, :3] - one.plot) ** 2).sum(axis=1))
    spread = np.sqrt(cov[:, 0, 0] + cov[:, 1, 1] + cov[:, 2, 2])
    eyes = core.coverage.places[[sensor.kind == "radar" for sensor in core.sensors]]
    to_eye = np.sqrt(((mean[:, None, :3] - eyes[None]) ** 2).sum(axis=2)).min(axis=1, initial=np.inf)
    near = away < turned_m + ALMOST_M + 3.0 * spread + ALMOST_RAD * np.where(np.isfinite(to_eye), to_eye, 0.0)
    claimed = rotated_back(one.A, one.z[:, 3:])
    if turned_m > 0.0 or not np.isfinite(claimed).all():
        return np.asarray(near)
    speed_sd = np.sqrt(cov[:, 3, 3] + cov[:, 4, 4] + cov[:, 5, 5])
    apart = np.sqrt(((mean[:, 3:] - claimed) ** 2).sum(axis=1))
    return np.asarray(near & (apart < ALMOST_MPS + 3.0 * speed_sd))


def _moves_alike(core: Core, seen: Ints, at: int, time_ns: int) -> tuple[int, float]:
    """The one track among those seen that moves as the track of a claim does, and the log odds of it; -1 none."""
    if not len(seen):
        return -1, 0.0
    bank = core.memory.bank
    who = np.concatenate([[at], seen])
    mean, cov = means(bank, who, time_ns, core.motion)
    away = np.sqrt(((mean[1:, :3] - mean[0, :3]) ** 2).sum(axis=1))
    # Level parts of the velocity, against that of anything that flies.
    axes = local_axes(mean[:, :3])
    velocity, local = along_axes(axes, mean[:, 3:]), turned(axes, cov)
    apart = velocity[1:, :2] - velocity[0, :2]
    variance = (local[1:, [3, 4], [3, 4]] + local[0, [3, 4], [3, 4]]) + 2.0 * ALIKE_SD_MPS**2
    any_variance = 2.0 * core.settings.speed_sd_mps**2
    odds = 0.5 * (apart**2 / any_variance - apart**2 / variance + np.log(any_variance / variance)).sum(axis=1)
    odds[(away < ELSEWHERE_M[0]) | (away > ELSEWHERE_M[1])] = -np.inf
    best = int(np.argmax(odds))
    second = np.delete(odds, best).max(initial=0.0)
    if odds[best] < MOVES_ALIKE or odds[best] - max(second, 0.0) < MOVES_ALIKE:
        return -1, 0.0
    return int(seen[best]), float(odds[best])


def _near_unnamed(core: Core, one: Measured, time_ns: int) -> Ints:
    bank = core.memory.bank
    n = bank.n
    ahead = (time_ns - bank.time_ns[:n, None]) / SECOND_NS
    away = bank.x[:n, 0, :3] + bank.x[:n, 0, 3:] * ahead - one.plot
    spread = np.sqrt(bank.P[:n, 0, 0, 0] + bank.P[:n, 0, 1, 1] + bank.P[:n, 0, 2, 2])
    near = (away * away).sum(axis=1) < (one.reach + 5.0 * spread + 100.0 * np.abs(ahead[:, 0])) ** 2
    return np.flatnonzero(near & ((bank.identity[:n] < 0) | _outlived(core, time_ns)))


def _joins(core: Core, index: int, scan: Scan, one: Measured, row: int, who: Ints, *, sharply: bool = False) -> bool:
    """Offer one claim to tracks; whether it most likely is one of theirs (and then it has moved it).

    With `sharply` the tracks may have turned or stopped since as sharply as a multirotor can.
    """
    bank = core.memory.bank
    moved = (bank.x, bank.P, bank.mu, bank.manner, bank.r, bank.time_ns)
    before = [array[who] for array in moved]
    if sharply:
        seconds = (scan.time_ns - bank.time_ns[who]) / SECOND_NS
        for axis in range(3):
            bank.P[who, :, axis, axis] += (SHARP_MPS * seconds[:, None]) ** 2
            bank.P[who, :, 3 + axis, 3 + axis] += SHARP_MPS**2
    shares = core.associate(bank, who, np.zeros(len(who)), one, scan.time_ns, (0.0, np.inf), core.motion, core.settings)
    if not len(shares.p) or shares.p.max() < JOIN:
        for array, was in zip(moved, before, strict=True):
            array[who] = was
        return False
    core.credit(index, scan, shares, np.array([row]), physical=False)
    if _says_how_accurate(core, index, scan, row):
        joined = int(shares.track[shares.p.argmax()])
        core.registration.learn_claim(core.memory.alignment, index, one, bank, joined, scan.time_ns)
    core.promote(shares.track, scan.time_ns)
    return True


def _says_how_accurate(core: Core, index: int, scan: Scan, row: int) -> bool:
    stated = scan.detections.values[row, Column.POSITION_SD_M]
    return bool(stated > 0.0 or core.sensors[index].noise(Column.POSITION_SD_M) > 0.0)


def _begin(core: Core, index: int, scan: Scan, one: Measured, row: int, identity: int) -> int:
    x, P = births.from_claims(one, np.array([0]), core.settings)
    x[:, :3] -= x[:, 3:] * one.offset[:, None]
    at = int(core.born(x, P, np.array([FIRST_P]), index, scan.time_ns, physical=False)[0])
    bank = core.memory.bank
    bank.identity[at] = identity
    if scan.time_ns - core.memory.refuted.get(identity, -(2**62)) < REMEMBERED_S * SECOND_NS:
        bank.doubt[at] = CONFLICT_LOG_ODDS + 0.5
    if identity >= 0:
        core.add_signature(np.array([at]), _kind_of(core.memory.identities[identity])[None, :])
    core.memory.ledger.add(
        bank.key[at : at + 1], index, scan.scan, np.array([scan.first_row + row]),
        scan.detections.time_ns[row : row + 1], np.ones(1),
    )  # fmt: skip
    core.promote(np.array([at]), scan.time_ns)
    return at
