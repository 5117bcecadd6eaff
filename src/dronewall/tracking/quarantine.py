"""Sensors that are not to be believed for now: they spam, or no bias explains what they say. And when they are again.

What a quarantined sensor says moves no track, and its silence is no miss. Its looks are still held against the tracks
of the others, so that it comes back by itself.
"""

from typing import TYPE_CHECKING

import numpy as np

from dronewall.tracking.alignment import Alignment
from dronewall.units import SECOND_NS

if TYPE_CHECKING:
    from dronewall.tracking.registration import Registration

GHOSTS, BIASED, SCATTERS, DISAGREES = 1, 2, 3, 4
SPAM = 20.0  # log likelihood ratio that `kernels/registration.count_look` adds up: five looks at least
FADES = 0.9  # what is remembered of the counts from one second to the next
FEWEST_PAIRS, FEWEST_PLOTS = 30.0, 100.0
MOST_REFUSED, MOST_D2 = 0.5, 4.0
LEAST_AGREED, NEIGHBOUR_AGREED = 0.15, 0.4
MOST_BIAS = 5.0  # standard deviations of the prior
SOUND_LOOKS, SOUND_REFUSED, SOUND_D2 = 10, 0.2, 2.0
LEAST_S = 20.0  # in quarantine, and before one is told by disagreement
UNITS = (("range", 1.0, "m"), ("azimuth", 57.29578, "deg"), ("elevation", 57.29578, "deg"), ("clock", 1.0, "s"))


def judge(state: Alignment, registration: "Registration", time_ns: int) -> None:
    """Once a second: who goes into quarantine, and who comes out."""
    state.pairs += state.tally[:, 0] - state.tally[:, 2]
    state.lately *= FADES
    state.lately += state.tally
    state.tally[:] = 0.0
    held = state.reason > 0
    lately = state.lately
    pairs = np.maximum(lately[:, 0], 1.0)
    d2, refused = lately[:, 1] / pairs, lately[:, 2] / pairs
    agreed = lately[:, 4] / np.maximum(lately[:, 3], 1.0)
    link, old = registration.link, time_ns - state.solved_ns[1] > LEAST_S * SECOND_NS
    far_off = (np.abs(state.bias) > MOST_BIAS * registration.prior_sd).any(axis=1)
    scattered = (lately[:, 0] >= FEWEST_PAIRS) & ((refused > MOST_REFUSED) | (d2 > MOST_D2))
    strange = (lately[:, 3] >= FEWEST_PLOTS) & (agreed < LEAST_AGREED) & old
    suspected = (held | far_off | scattered | strange | (state.ghosts > SPAM)) & ~registration.reference
    for me in np.flatnonzero(suspected).tolist():
        near = np.flatnonzero((link[me] >= 0) & ~registration.reference & ~held)
        if state.reason[me]:
            _release(state, registration, me, d2[me], refused[me], time_ns)
            continue
        if not len(near):
            continue
        bias = np.abs(state.bias[me]) / registration.prior_sd[me]
        worst = int(bias.argmax())
        reason, value = 0, 0.0
        if state.ghosts[me] > SPAM and (state.ghosts[near] < 0.5 * SPAM).any():
            reason, value = GHOSTS, state.strays[me]
        elif bias[worst] > MOST_BIAS and np.sqrt(state.P[me, worst, worst]) < registration.prior_sd[me, worst]:
            reason, value = BIASED + 10 * worst, state.bias[me, worst]
        elif lately[me, 0] >= FEWEST_PAIRS and (refused[me] > MOST_REFUSED or d2[me] > MOST_D2):
            if d2[me] > 1.2 * d2[near].max():
                reason, value = SCATTERS, np.sqrt(d2[me])
        elif old and lately[me, 3] >= FEWEST_PLOTS and agreed[me] < LEAST_AGREED:
            well = (lately[near, 3] >= FEWEST_PLOTS) & (agreed[near] > NEIGHBOUR_AGREED)
            if well.any():
                reason, value = DISAGREES, 1.0 - agreed[me]
        if reason:
            held[me] = True
            state.reason[me], state.value[me], state.since_ns[me], state.sound[me] = reason, value, time_ns, 0
            if reason != GHOSTS:
                state.start_over(me, registration.prior_sd[me], registration.ends)


def _release(state: Alignment, registration: "Registration", me: int, d2: float, refused: float, time_ns: int) -> None:
    if time_ns - state.since_ns[me] < LEAST_S * SECOND_NS or state.sound[me] < SOUND_LOOKS:
        return
    if state.reason[me] != GHOSTS:
        plain = state.lately[me, 0] >= FEWEST_PAIRS and refused < SOUND_REFUSED and d2 < SOUND_D2
        if not plain or (np.abs(state.bias[me]) > MOST_BIAS * registration.prior_sd[me]).any():
            return
    state.reason[me], state.ghosts[me], state.value[me], state.since_ns[me] = 0, 0.0, 0.0, time_ns


def sentence(state: Alignment, me: int, expected: float) -> str:
    """Why a sensor is quarantined, in words; empty where it is not."""
    reason, value = int(state.reason[me]), float(state.value[me])
    if reason == GHOSTS:
        return f"it sends about {value:.0f} plots a look that no track explains, and {expected:.1f} were expected"
    if reason == SCATTERS:
        return f"its plots lie {value:.1f} times as far from those of other sensors as their errors say, at any bias"
    if reason == DISAGREES:
        return f"{100.0 * value:.0f} % of its plots where others look too are of things that no other sensor sees"
    if reason % 10 == BIASED:
        name, scale, unit = UNITS[reason // 10]
        return f"its {name} is off by {scale * value:.2f} {unit}, which is more than is taken for a bias"
    return ""
