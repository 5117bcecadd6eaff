"""Claims: what things report of themselves. An identity is a key; a claim is tested against what other sensors see.

A claim moves the track of its identity if it fits it. A claim of a new identity joins the track that it fits, or begins
one. Two things speak against a claim: it does not fit the track that bears its identity (displaced, jumping or copied),
or other sensors look where it says it is and see nothing (`Core.weigh_claims`). What nobody can check stays
cooperative.
"""

from dataclasses import replace

import numpy as np

from dronewall.records.scan import Scan
from dronewall.records.words import LABELS
from dronewall.tracking import births, fates
from dronewall.tracking.core import Core
from dronewall.tracking.fates import Fates, all_alike
from dronewall.tracking.measured import Measured, claims, usable
from dronewall.units import SECOND_NS, Floats, Ints

FRESH_S = 20.0  # a track that other sensors hit within this is held by them
JOIN = 0.5  # probability above which a claim joins an unnamed track
MISFIT = 1.0  # log odds against the claim for each that does not fit; fits give half back
LIMIT = 6.0
OWN_DENSITY = 1e-22  # per m3 m3/s3: claims under an identity by somebody else
LEFT_S = 5.0  # silent for longer, a track that only claimed is where it claims to be now
SHARP_MPS = 15.0  # one sigma, per axis, by which a thing may have changed its velocity between two claims
FIRST_P = 0.6  # existence of what one claim begins
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
            who = np.array([at])
            if _joins(core, index, scan, one, row, who) or _joins(core, index, scan, one, row, who, turned=True):
                bank.conflict[at] = max(bank.conflict[at] - 0.5 * MISFIT, 0.0)
                return at, fates.TRACK
        at = int(own[0])
        held = (scan.time_ns - bank.physical_ns[at]) / SECOND_NS < FRESH_S and bank.physical_ns[at] > 0
        bank.conflict[own] = np.minimum(bank.conflict[own] + (MISFIT if held else 0.5 * MISFIT), LIMIT)
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
            bank.identity[at] = known
            core.add_signature(np.array([at]), _kind_of(identity or "")[None, :])
        return at, fates.TRACK
    return _begin(core, index, scan, one, row, known), fates.BIRTH


def _near_unnamed(core: Core, one: Measured, time_ns: int) -> Ints:
    bank = core.memory.bank
    n = bank.n
    ahead = (time_ns - bank.time_ns[:n, None]) / SECOND_NS
    away = bank.x[:n, 0, :3] + bank.x[:n, 0, 3:] * ahead - one.plot
    spread = np.sqrt(bank.P[:n, 0, 0, 0] + bank.P[:n, 0, 1, 1] + bank.P[:n, 0, 2, 2])
    near = (away * away).sum(axis=1) < (one.reach + 5.0 * spread + 100.0 * np.abs(ahead[:, 0])) ** 2
    return np.flatnonzero(near & (bank.identity[:n] < 0))


def _joins(core: Core, index: int, scan: Scan, one: Measured, row: int, who: Ints, *, turned: bool = False) -> bool:
    """Offer one claim to tracks; whether it most likely is one of theirs (and then it has moved it).

    With `turned` the tracks may have turned or stopped since as sharply as a multirotor can.
    """
    bank = core.memory.bank
    before = bank.x[who].copy(), bank.P[who].copy(), bank.mu[who].copy(), bank.r[who].copy(), bank.time_ns[who].copy()
    if turned:
        seconds = (scan.time_ns - bank.time_ns[who]) / SECOND_NS
        for axis in range(3):
            bank.P[who, :, axis, axis] += (SHARP_MPS * seconds[:, None]) ** 2
            bank.P[who, :, 3 + axis, 3 + axis] += SHARP_MPS**2
    shares = core.associate(bank, who, np.zeros(len(who)), one, scan.time_ns, (0.0, np.inf), core.motion, core.settings)
    if not len(shares.p) or shares.p.max() < JOIN:
        bank.x[who], bank.P[who], bank.mu[who], bank.r[who], bank.time_ns[who] = before
        return False
    core.credit(index, scan, shares, np.array([row]), physical=False)
    core.promote(shares.track, scan.time_ns)
    return True


def _begin(core: Core, index: int, scan: Scan, one: Measured, row: int, identity: int) -> int:
    x, P = births.from_claims(one, np.array([0]), core.settings)
    x[:, :3] -= x[:, 3:] * one.offset[:, None]
    at = int(core.born(x, P, np.array([FIRST_P]), index, scan.time_ns, physical=False)[0])
    bank = core.memory.bank
    bank.identity[at] = identity
    if identity >= 0:
        core.add_signature(np.array([at]), _kind_of(core.memory.identities[identity])[None, :])
    core.memory.ledger.add(
        bank.key[at : at + 1], index, scan.scan, np.array([scan.first_row + row]),
        scan.detections.time_ns[row : row + 1], np.ones(1),
    )  # fmt: skip
    core.promote(np.array([at]), scan.time_ns)
    return at
