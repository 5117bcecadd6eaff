"""What the tracker is told about how things fly, appear and vanish. One set for every wall; each value says why."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dronewall.kernels.columns import Knobs
from dronewall.tracking.registration import RegistrationSettings
from dronewall.units import Floats


class Motion(NamedTuple):
    """One model of motion, in the order of the columns of `kernels/motion.py`.

    Its stationary probability; white noise along the course and across it (m2/s3); the rate of turn (rad/s, clockwise);
    time constant (s) and standard deviation (m/s) of the climb rate, an Ornstein-Uhlenbeck process; the time in which a
    hover loses its level speed (0: it keeps it).
    """

    share: float
    q_along: float
    q_across: float
    turn_radps: float = 0.0
    climb_tau_s: float = 60.0
    climb_sd_mps: float = 1.0
    hold_s: float = 0.0


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
    survival_s, survival_seen_s : float
        Mean life of a thing that nobody watches, and of one that is being watched: what lands or falls does so where it
        is seen. Out of coverage, existence falls by the first alone.
    gate : float
        Gate in standard deviations.
    births_per_look : float
        New things in view per look, before it is looked at.
    speed_sd_mps, first_climb_sd_mps : float
        Velocity of a thing first seen by a plot, per axis.
    height_agl_m, height_sd_m : float
        Height above ground of what only bearings show: 100 to 1,000 m covers the drones and cranes of the field
        reports; a weak prior, stated in the docs.
    confirm_p, believed_p, end_p, forget_p : float
        Existence at which a track is confirmed; below which it is not shown as more than tentative; at which it ends if
        it was confirmed, and if not.
    coast_limit_s, claim_limit_s, tentative_limit_s : float
        A confirmed track that no sensor has touched for so long ends; one that only claimed; one never confirmed.
    coasting_after_s : float
        Untouched for longer, a confirmed track is called coasting.
    registration : RegistrationSettings or None
        How sensors' biases are learnt; None: they are not, and measurements are taken as they come.
    """

    models: tuple[Motion, ...] = (Motion(0.9, 0.1, 0.3), Motion(0.1, 2.0, 8.0))
    switch_per_s: float = 0.1
    survival_s: float = 1800.0
    survival_seen_s: float = 300.0
    gate: float = 5.0
    births_per_look: float = 0.3
    speed_sd_mps: float = 35.0
    first_climb_sd_mps: float = 1.5
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

    def motion(self) -> Floats:
        """The models as the kernels take them: a row each, then one with the switching rate."""
        return np.array([*self.models, (self.switch_per_s, *([0.0] * (len(Motion._fields) - 1)))])

    def knobs(self) -> Knobs:
        """What the compiled engine needs of it."""
        return Knobs(
            gate2=self.gate**2,
            survival_s=self.survival_s,
            survival_seen_s=self.survival_seen_s,
            births_per_look=self.births_per_look,
            speed_sd_mps=self.speed_sd_mps,
            first_climb_sd_mps=self.first_climb_sd_mps,
            confirm_p=self.confirm_p,
            believed_p=self.believed_p,
            forget_p=self.forget_p,
        )
