"""What the tracker is told about how things fly, appear and vanish. One set for every wall; each value says why."""

from dataclasses import dataclass

import numpy as np

from dronewall.units import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerSettings:
    """Defaults chosen on several seeds of the bench family and on simulated dog-legs; see docs/tracking.md.

    Attributes
    ----------
    models : tuple of (stationary probability, q along the course, q across it)
        Constant-velocity models; q in m2/s3. Drones turn more than they change speed.
    switch_per_s : float
        Rate at which the model is drawn anew. The mean q across, 0.8, is about what dog-legs of 10 to 25 degrees every
        four or five minutes at 50 m/s amount to, so a coasting track grows as such paths spread.
    climb_tau_s, climb_sd_mps : float
        The climb rate is an Ornstein-Uhlenbeck process: things hold their height, bearings hardly show it.
    survival_s : float
        Mean life of a thing that nobody watches. Out of coverage, existence falls by this alone.
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
    """

    models: tuple[tuple[float, float, float], ...] = ((0.9, 0.1, 0.3), (0.1, 2.0, 8.0))
    switch_per_s: float = 0.1
    climb_tau_s: float = 60.0
    climb_sd_mps: float = 1.0
    survival_s: float = 1800.0
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

    def motion(self) -> Floats:
        """The models as the kernels take them: a row each, then switching rate, time constant and sd of the climb."""
        return np.array([*self.models, (self.switch_per_s, self.climb_tau_s, self.climb_sd_mps)])
