"""What the tracker is told about how things fly, appear and vanish. One set for every wall; each value says why."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dronewall.errors import BadInput
from dronewall.kernels.columns import Knobs
from dronewall.kernels.manners import FADING_S, FORGET_S, PRIOR, RESTLESS_SHARE, SWITCH
from dronewall.tracking.registration import RegistrationSettings
from dronewall.units import Floats


class Motion(NamedTuple):
    """One model of motion, in the order of the columns of `kernels/motion.py`.

    Its stationary probability; white noise along the course and across it (m2/s3); the rate of turn (rad/s, clockwise);
    time constant (s) and standard deviation (m/s) of the climb rate, an Ornstein-Uhlenbeck process; the time in which a
    hover loses its level speed (0: it keeps it); the speed of what is first seen, per level axis, where that is
    not `TrackerSettings.speed_sd_mps` (0); the probability in a restless manner (`kernels/manners.py`), NaN: the same.
    """

    share: float
    q_along: float
    q_across: float
    turn_radps: float = 0.0
    climb_tau_s: float = 60.0
    climb_sd_mps: float = 1.0
    hold_s: float = 0.0
    first_speed_sd_mps: float = 0.0
    restless_share: float = math.nan

    def in_a_restless_manner(self) -> float:
        """Its probability in a restless manner."""
        return self.share if math.isnan(self.restless_share) else self.restless_share


AS_USUAL = RegistrationSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerSettings:
    """Defaults chosen on several seeds of the bench family and on simulated dog-legs; see docs/tracking.md.

    Attributes
    ----------
    models : tuple of Motion
        The bank of motion models; which ones and why: `design/motion_models.py`.
    switch_per_s : float
        Rate at which the model is drawn anew.
    restless_p, ready_s, manner_s : float
        Probability that a track is restless before anything was seen of it; in what time readiness for hard turns fades
        when nobody looks, and what was learnt of a track's manner is forgotten.
    survival_s, survival_seen_s : float
        Mean life of a thing that nobody watches, and of one that is being watched: what lands or falls does so where it
        is seen. Out of coverage, existence falls by the first alone.
    gate : float
        Gate in standard deviations.
    births_per_look : float
        New things in view per look of a plot sensor, before it is looked at: so many are expected at first, never more.
    births_prior_looks, births_memory_looks : float
        For how many looks that expectation counts beside what a sensor's own looks have shown, and after how many what
        they showed has faded: `kernels/arrivals.py`.
    speed_sd_mps, first_climb_sd_mps : float
        Velocity of a thing first seen by a plot, per axis.
    usual_height_m, usual_height_sd_m : float
        Height above ground of what a radar sees first, for nine in ten; a weak prior, see `kernels/births.py`.
    height_agl_m, height_sd_m : float
        Height above ground of what only bearings show: 100 to 1,000 m covers the drones and cranes of the field
        reports; a weak prior, stated in the docs.
    confirm_p, believed_p, end_p, forget_p : float
        Existence at which a track is confirmed; below which it is not shown as more than tentative, until it is that
        sure again; at which it ends if it was confirmed, and if not.
    coast_limit_s, claim_limit_s, tentative_limit_s : float
        A confirmed track that no sensor has touched for so long ends; one that only claimed; one never confirmed.
    coasting_after_s : float
        Untouched for longer, a confirmed track is called coasting; one that probably exists no more is tentative again.
    registration : RegistrationSettings or None
        How sensors' biases are learnt; None: they are not, and measurements are taken as they come.
    group_models : tuple of (stationary probability, q along the course, q across it)
        What moves a group as a whole (m2/s3), drawn anew at group_switch_per_s; its members move alike but for
        group_own_q. Each climbs by itself: group_climb_tau_s, group_climb_sd_mps.
    group_sweeps : int
        How often the marginals are worked out anew, given where the group has been found to be.
    alike_mps, alike_up_m : float
        How much velocity (per axis) and height of members of one group differ, one sigma.
    leave_sd : (m, m/s)
        How much further off a member may be that has flown away; at `leave_at` log evidence for that it goes. Evidence
        for staying is kept up to `stay_most`.
    torn_s, sure_mps : float
        Two that leave within torn_s: it falls apart, and for so long joins only what is known to fly alike (sd).
    link_m, link_strangers, group_least : float, float, int
        Plots of one look begin a group if so many hang together by steps below link_m, and below the distance within
        which so many strangers would be expected.
    group_birth_p, group_new, group_forget, joins_per_look : float
        Existence of what begins in a clump; least share of a plot that is new for it to join a group; existence below
        which a member is let go; members of a seen group that were not seen before, per look.
    beside_m, join_at : float
        A track within beside_m of a member joins if so much log evidence says that it flies alike.
    """

    models: tuple[Motion, ...] = (
        Motion(0.9195, 0.05, 0.15, climb_sd_mps=0.3, restless_share=0.1),
        Motion(0.08, 2.0, 8.0, climb_sd_mps=4.0, climb_tau_s=15.0, first_speed_sd_mps=120.0, restless_share=0.2),
        Motion(0.0005, 40.0, 300.0, climb_sd_mps=6.0, climb_tau_s=15.0, restless_share=0.7),
    )
    switch_per_s: float = 0.02
    restless_p: float = 0.03
    ready_s: float = 5.0
    manner_s: float = 600.0
    survival_s: float = 1800.0
    survival_seen_s: float = 300.0
    gate: float = 5.0
    births_per_look: float = 1.0
    births_prior_looks: float = 60.0
    births_memory_looks: float = 2000.0
    speed_sd_mps: float = 35.0
    first_climb_sd_mps: float = 0.7
    usual_height_m: float = 800.0
    usual_height_sd_m: float = 500.0
    height_agl_m: float = 300.0
    height_sd_m: float = 250.0
    confirm_p: float = 0.98
    believed_p: float = 0.5
    end_p: float = 0.05
    forget_p: float = 0.003
    coast_limit_s: float = 1200.0
    claim_limit_s: float = 180.0
    tentative_limit_s: float = 20.0
    coasting_after_s: float = 8.0
    registration: RegistrationSettings | None = AS_USUAL
    group_models: tuple[tuple[float, float, float], ...] = ((0.9, 0.1, 0.3), (0.1, 2.0, 8.0))
    group_switch_per_s: float = 0.05
    group_own_q: float = 0.02
    group_climb_tau_s: float = 60.0
    group_climb_sd_mps: float = 1.0
    group_sweeps: int = 3
    alike_mps: float = 0.8
    alike_up_m: float = 60.0
    leave_sd: tuple[float, float] = (40.0, 8.0)
    leave_at: float = 4.0
    torn_s: float = 10.0
    sure_mps: float = 4.0
    stay_most: float = 3.0
    link_m: float = 400.0
    link_strangers: float = 0.05
    group_least: int = 3
    group_birth_p: float = 0.9
    joins_per_look: float = 0.02
    group_new: float = 0.3
    beside_m: float = 600.0
    join_at: float = 2.0
    group_forget: float = 0.1

    def motion(self) -> Floats:
        """The models as the kernels take them: a row each, then one of how they are drawn (`kernels/manners.py`).

        Raises
        ------
        BadInput
            Their probabilities do not add up to 1 in either manner, or `restless_p` is none.
        """
        manners = {
            "calm": sum(model.share for model in self.models),
            "restless": sum(model.in_a_restless_manner() for model in self.models),
        }
        for manner, total in manners.items():
            if abs(total - 1.0) > 1e-6:
                raise BadInput(
                    f"the motion models' probabilities in a {manner} manner add up to {total:.4g}; they must add up to "
                    "1 (dronewall.tracking.parts.motion.models scales them)",
                    key="models",
                )
        if not 0.0 < self.restless_p < 1.0:
            raise BadInput(f"restless_p is {self.restless_p}; it must lie between 0 and 1", key="restless_p")
        rows = np.zeros((len(self.models) + 1, len(Motion._fields)))
        rows[:-1] = self.models
        rows[:-1, RESTLESS_SHARE] = [model.in_a_restless_manner() for model in self.models]
        prior = math.log(self.restless_p / (1.0 - self.restless_p))
        rows[-1, [SWITCH, FADING_S, FORGET_S, PRIOR]] = self.switch_per_s, self.ready_s, self.manner_s, prior
        return rows

    def knobs(self) -> Knobs:
        """What the compiled engine needs of it."""
        return Knobs(
            gate2=self.gate**2,
            survival_s=self.survival_s,
            survival_seen_s=self.survival_seen_s,
            births_per_look=self.births_per_look,
            births_prior_looks=self.births_prior_looks,
            births_memory_looks=self.births_memory_looks,
            speed_sd_mps=self.speed_sd_mps,
            first_climb_sd_mps=self.first_climb_sd_mps,
            usual_height_m=self.usual_height_m,
            usual_height_sd_m=self.usual_height_sd_m,
            confirm_p=self.confirm_p,
            believed_p=self.believed_p,
            forget_p=self.forget_p,
            link_m=self.link_m,
            link_strangers=self.link_strangers,
            group_least=self.group_least,
        )

    def group_motion(self) -> Floats:
        """The same for groups: a row for each model, then switching rate, climb's time constant and sd, own q."""
        rows = np.zeros((len(self.group_models) + 1, 4))
        rows[:-1, :3] = self.group_models
        rows[-1] = self.group_switch_per_s, self.group_climb_tau_s, self.group_climb_sd_mps, self.group_own_q
        return rows
