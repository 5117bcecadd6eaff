"""Tracks side by side against the same tracks one by one."""

import numpy as np
import pytest

from dronewall.geo.frames import enu_axes, geodetic_to_ecef
from dronewall.kernels import abreast, lanes
from dronewall.kernels.motion import mean_of, move
from dronewall.kernels.plots import MODELS_AT, WIDTH, gain
from dronewall.tracking.settings import Motion, TrackerSettings
from dronewall.units import Floats

SENSOR = np.array([np.radians(56.0), np.radians(27.0), 100.0])
THREE_D = np.array([400.0, 1e-4, 2e-4, np.inf])
TURNS = TrackerSettings(models=(Motion(0.5, 1.0, 1.0), Motion(0.5, 1.0, 1.0, turn_radps=0.1)))


class Flock:
    """`n` tracks round a sensor, as the bank holds them."""

    def __init__(self, n: int, settings: TrackerSettings, seed: int = 1) -> None:
        rng = np.random.default_rng(seed)
        self.motion = settings.motion()
        self.models = len(settings.models)
        self.place = np.array(geodetic_to_ecef(*SENSOR)).reshape(3)
        self.axes = enu_axes(SENSOR[:1], SENSOR[1:2])[0]
        self.x = np.empty((n, self.models, 6))
        local = rng.uniform([-2e4, -2e4, 100.0], [2e4, 2e4, 3000.0], (n, 3))
        self.x[:, :, :3] = (self.place + local @ self.axes)[:, None] + rng.normal(0.0, 20.0, (n, self.models, 3))
        self.x[:, :, 3:] = rng.normal(0.0, 40.0, (n, 1, 3)) + rng.normal(0.0, 3.0, (n, self.models, 3))
        root = rng.normal(0.0, 1.0, (n, self.models, 6, 6)) * np.array([60.0, 60.0, 60.0, 9.0, 9.0, 9.0])[:, None]
        self.P = root @ root.transpose(0, 1, 3, 2) + np.diag([25.0, 25.0, 25.0, 1.0, 1.0, 1.0])
        self.mu = rng.dirichlet(np.ones(self.models), n)
        self.manner = np.stack([rng.normal(0.0, 2.0, n), rng.choice([0.0, 3.0], n)], axis=1)
        self.since = rng.choice([0.5, 1.0, 0.25, 2.75], n)

    def flat(self) -> tuple[Floats, Floats, Floats, Floats]:
        return self.x.reshape(-1), self.P.reshape(-1), self.mu.reshape(-1), self.manner.reshape(-1)

    def one_by_one(self, var: Floats, offset_s: float) -> Floats:
        """Gains [shape=(n, width)] of the tracks, which are moved."""
        x, P, mu, manner = self.flat()
        mean, pool = np.empty(6), np.zeros((len(self.since), MODELS_AT + self.models * WIDTH))
        for w, dt in enumerate(self.since.tolist()):
            move(x, P, mu, manner, w, self.models, dt, self.motion, mean)
            mean_of(x, mu, w, self.models, mean)
            gain(x, P, w, self.models, mean, offset_s, self.place, self.axes, var, pool.reshape(-1), w * pool.shape[1])
        return pool

    def side_by_side(self, var: Floats, offset_s: float, lanes_used: int = lanes.LANES) -> Floats:
        x, P, mu, manner = self.flat()
        n, pool = len(self.since), np.zeros((len(self.since), MODELS_AT + self.models * WIDTH))
        spans = np.full((lanes.SPANS, lanes.LEFT_AT + self.models), np.nan)
        room = np.empty((lanes.ROWS + self.models * lanes.MODEL_ROWS) * lanes.LANES)
        for w, dt in enumerate(self.since.tolist()):
            if lanes.goes_alone(dt, self.motion, self.models):
                move(x, P, mu, manner, w, self.models, dt, self.motion, np.empty(6))
        for first in range(0, n, lanes_used):
            abreast.predict_and_aim(
                x, P, mu, manner, np.arange(n), self.since, first, min(n - first, lanes_used), self.models, self.motion,
                offset_s, self.place, self.axes, var, spans, room, pool.reshape(-1),
            )  # fmt: skip
        return pool

    def state(self) -> list[Floats]:
        return [self.x, self.P, self.mu, self.manner]


@pytest.mark.parametrize("offset_s", [0.0, -0.3])
@pytest.mark.parametrize("elevation", [True, False])
@pytest.mark.parametrize("rate", [True, False])
def test_side_by_side_tracks_are_those_one_by_one(offset_s: float, elevation: bool, rate: bool) -> None:
    var = THREE_D.copy()
    var[2], var[3] = var[2] if elevation else np.inf, 1.0 if rate else np.inf
    alone, together = Flock(37, TrackerSettings()), Flock(37, TrackerSettings())
    one, other = alone.one_by_one(var, offset_s), together.side_by_side(var, offset_s)
    np.testing.assert_allclose(other, one, rtol=1e-7, atol=1e-9)
    for a, b in zip(together.state(), alone.state(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("settings", [TrackerSettings(), TURNS], ids=["straight", "turning"])
def test_tracks_that_go_far_or_nowhere_or_turn_are_those_one_by_one(settings: TrackerSettings) -> None:
    alone, together = Flock(21, settings), Flock(21, settings)
    for flock in (alone, together):
        flock.since[::5], flock.since[1::7] = 0.0, 95.0
    one, other = alone.one_by_one(THREE_D, 0.0), together.side_by_side(THREE_D, 0.0)
    np.testing.assert_allclose(other, one, rtol=1e-7, atol=1e-9)
    for a, b in zip(together.state(), alone.state(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


def test_a_track_does_not_depend_on_what_flies_beside_it_to_the_bit() -> None:
    whole, parted = Flock(33, TrackerSettings()), Flock(33, TrackerSettings())
    one, other = whole.side_by_side(THREE_D, 0.0), parted.side_by_side(THREE_D, 0.0, lanes_used=5)
    np.testing.assert_array_equal(one, other)
    for a, b in zip(whole.state(), parted.state(), strict=True):
        np.testing.assert_array_equal(a, b)
