"""The kernels of motion and measurement against slow, obvious numpy twins."""

import numpy as np
import pytest

from dronewall.geo.frames import LocalFrame
from dronewall.kernels.filters import (
    CLAIM,
    POLAR,
    ROWS,
    SOUND,
    absorb,
    delay_of,
    fit,
    measure,
    predicted,
)
from dronewall.kernels.manners import MANNER
from dronewall.kernels.motion import COLUMNS, moments, predict, up_of
from dronewall.units import Floats

FRAME = LocalFrame.at(np.radians(56.5), np.radians(27.5), 100.0)
TAU_S, CLIMB_SD = 60.0, 1.0


def motion_of(*models: tuple[float, ...], switch_per_s: float = 0.1) -> Floats:
    """Rows of share, q along, q across, rate of turn, time constant and sd of the climb, time of holding; the rate.

    In every manner alike.
    """
    rows = [(*model, *(0.0, TAU_S, CLIMB_SD, 0.0, 0.0)[len(model) - 3 :], model[0]) for model in models]
    return np.array([*rows, (switch_per_s, 1e9, 1e9, *([0.0] * (COLUMNS - 3)))])


MOTION = motion_of((0.9, 0.1, 0.3), (0.1, 2.0, 8.0))
C = 337.0
NO_P = np.zeros((6, 6))


def state(enu_m: tuple[float, float, float], velocity: tuple[float, float, float]) -> Floats:
    place = FRAME.to_ecef(np.array([enu_m]))[0]
    return np.concatenate([place, FRAME.vector_to_ecef(np.array([velocity]))[0]])


def spread(rng: np.random.Generator) -> Floats:
    root = rng.normal(size=(6, 6)) * np.array([100.0, 100.0, 50.0, 5.0, 5.0, 1.0])[:, None]
    return root @ root.T


def test_up_is_the_normal_of_the_ellipsoid_to_a_fiftieth_of_a_milliradian() -> None:
    x, y, z, height = up_of(*FRAME.to_ecef(np.array([[0.0, 0.0, 20_000.0]]))[0])
    up = np.array([x, y, z])
    assert height == pytest.approx(20_100.0, abs=40.0)
    assert np.arccos(min(1.0, up @ FRAME.axes[2])) < 2e-5


def test_moments_are_those_of_the_mixture() -> None:
    rng = np.random.default_rng(1)
    x, P, mu = rng.normal(size=(3, 6)), np.array([spread(rng) for _ in range(3)]), np.array([0.5, 0.3, 0.2])
    mean, cov = np.empty(6), np.empty((6, 6))
    moments(x, P, mu, mean, cov)
    wanted = sum(m * (p + np.outer(s - mu @ x, s - mu @ x)) for m, p, s in zip(mu, P, x, strict=True))
    np.testing.assert_allclose(mean, mu @ x, rtol=1e-12)
    np.testing.assert_allclose(cov, wanted, rtol=1e-10, atol=1e-9)


def one_model(x: Floats, P: Floats, dt: float, q: tuple[float, float], tau: float, sd: float) -> tuple[Floats, Floats]:
    """Twin of one step: the matrices of level constant velocity and an Ornstein-Uhlenbeck climb, written out."""
    up = np.array(up_of(*x[:3])[:3])
    rise = x[3:] @ up
    level = x[3:] - rise * up
    radius = np.linalg.norm(x[:3])
    e = np.exp(-dt / tau)
    g = tau * (1.0 - e)
    place = x[:3] + level * dt + up * (rise * g - 0.5 * level @ level * dt**2 / radius)
    new_up = np.array(up_of(*place)[:3])
    velocity = level - up * (level @ level * dt / radius) + new_up * rise * e
    U = np.outer(up, up)
    F = np.block([[np.eye(3), dt * (np.eye(3) - U) + g * U], [np.zeros((3, 3)), np.eye(3) - U + e * U]])
    along = level / np.linalg.norm(level)
    across = np.cross(up, along)
    sure = (level @ level) / (level @ level + 0.5 * np.trace(P[3:, 3:]) + 25.0)
    mean = 0.5 * sum(q)
    q_s, q_l = sure * q[0] + (1 - sure) * mean, sure * q[1] + (1 - sure) * mean
    W = q_s * np.outer(along, along) + q_l * np.outer(across, across)
    pp = W * dt**3 / 3 + U * sd**2 * tau**2 * (2 * dt / tau - 3 + 4 * e - e * e)
    pv = W * dt**2 / 2 + U * sd**2 * tau * (1 - e) ** 2
    vv = W * dt + U * sd**2 * (1 - e * e)
    return np.concatenate([place, velocity]), F @ P @ F.T + np.block([[pp, pv], [pv, vv]])


def test_a_single_model_predicts_as_its_matrices_say() -> None:
    motion = motion_of((1.0, 0.5, 2.0), switch_per_s=0.0)
    x, P = state((3000.0, 4000.0, 200.0), (40.0, -30.0, 2.0)), spread(np.random.default_rng(2))
    wanted_x, wanted_P = one_model(x, P, 7.0, (0.5, 2.0), 60.0, 1.0)
    xs, Ps, mu = x[None].copy(), P[None].copy(), np.ones(1)
    predict(xs, Ps, mu, np.zeros(MANNER), 7.0, motion)
    np.testing.assert_allclose(xs[0], wanted_x, rtol=0, atol=1e-6)
    np.testing.assert_allclose(Ps[0], wanted_P, rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("turn", [0.15, -0.3])
def test_a_turning_model_flies_a_level_circle(turn: float) -> None:
    motion = motion_of((1.0, 0.0, 0.0, turn), switch_per_s=0.0)
    x, seconds = state((0.0, 0.0, 100.0), (0.0, 40.0, 0.0)), 5.0
    xs, Ps, mu = x[None].copy(), spread(np.random.default_rng(3))[None].copy(), np.ones(1)
    predict(xs, Ps, mu, np.zeros(MANNER), seconds, motion)
    angle = turn * seconds
    place = np.array([40.0 / turn * (1.0 - np.cos(angle)), 40.0 / turn * np.sin(angle), 100.0])
    np.testing.assert_allclose(FRAME.to_local(xs[:, :3])[0], place, atol=0.01)
    velocity = np.array([40.0 * np.sin(angle), 40.0 * np.cos(angle), 0.0])
    np.testing.assert_allclose(FRAME.vector_to_local(xs[:, 3:])[0], velocity, atol=0.01)


def test_a_hover_loses_its_speed() -> None:
    motion = motion_of((1.0, 0.0, 0.0, 0.0, TAU_S, CLIMB_SD, 4.0), switch_per_s=0.0)
    xs, Ps, mu = state((0.0, 0.0, 0.0), (20.0, 0.0, 0.0))[None], np.eye(6)[None].copy(), np.ones(1)
    predict(xs, Ps, mu, np.zeros(MANNER), 8.0, motion)
    np.testing.assert_allclose(FRAME.vector_to_local(xs[:, 3:])[0, 0], 20.0 * np.exp(-2.0), atol=1e-3)
    np.testing.assert_allclose(FRAME.to_local(xs[:, :3])[0, 0], 80.0 * (1.0 - np.exp(-2.0)), atol=0.01)


@pytest.mark.parametrize("model", [(0.0, 60.0, 1.0, 0.0), (0.2, 60.0, 1.0, 0.0), (0.0, 60.0, 1.0, 5.0)])
def test_the_covariance_is_that_of_the_jacobian_of_the_motion(model: tuple[float, float, float, float]) -> None:
    motion = motion_of((1.0, 0.0, 0.0, *model), switch_per_s=0.0)
    motion[0, 5] = 0.0  # no noise of the climb
    x, P, step = state((0.0, 0.0, 100.0), (30.0, 20.0, 3.0)), spread(np.random.default_rng(4)), 1e-2

    def moved(x: Floats) -> Floats:
        xs, Ps, mu = x[None].copy(), np.eye(6)[None].copy(), np.ones(1)
        predict(xs, Ps, mu, np.zeros(MANNER), 3.0, motion)
        return xs[0]

    J = np.stack([(moved(x + step * e) - moved(x - step * e)) / (2 * step) for e in np.eye(6)], axis=1)
    xs, Ps, mu = x[None].copy(), P[None].copy(), np.ones(1)
    predict(xs, Ps, mu, np.zeros(MANNER), 3.0, motion)
    np.testing.assert_allclose(Ps[0], J @ P @ J.T, rtol=2e-3, atol=0.5)


def test_prediction_in_one_go_is_that_in_many_steps() -> None:
    x, P = state((0.0, 0.0, 200.0), (40.0, -30.0, 0.0)), np.diag([1e4, 1e4, 1e4, 25.0, 25.0, 1.0])
    two = np.array([x, x]), np.array([P, P]), MOTION[:2, 0].copy(), np.zeros(MANNER)
    once, often = tuple(a.copy() for a in two), tuple(a.copy() for a in two)
    predict(*once, 600.0, MOTION)
    for _ in range(20):
        predict(*often, 30.0, MOTION)
    np.testing.assert_allclose(once[0], often[0], atol=0.5)
    a, b = (np.sqrt(np.trace(P[0][:3, :3])) for P in (once[1], often[1]))
    assert a == pytest.approx(b, rel=0.05)


def test_twenty_minutes_of_level_flight_stay_at_one_height() -> None:
    x, P = state((0.0, 0.0, 200.0), (50.0, 0.0, 0.0)), np.diag([1.0] * 6)
    mean, cov = np.empty((1, 6)), np.empty((1, 6, 6))
    predicted(
        np.array([[x, x]]), np.array([[P, P]]), MOTION[None, :2, 0].copy(), np.zeros((1, MANNER)), np.array([1200.0]),
        MOTION, mean, cov,
    )  # fmt: skip
    from dronewall.geo.frames import ecef_to_geodetic

    before, after = (ecef_to_geodetic(place)[2] for place in (x[:3], mean[0, :3]))
    assert abs(after - before) < 10.0


def test_the_delay_of_sound_is_that_found_by_iteration() -> None:
    d, v = np.array([900.0, -400.0, 150.0]), np.array([45.0, 20.0, 1.0])
    tau = 0.0
    for _ in range(100):
        tau = float(np.linalg.norm(d - v * tau)) / C
    assert delay_of(d, v, C) == pytest.approx(tau, abs=1e-9)


@pytest.mark.parametrize(("mode", "components"), [(POLAR, (0, 1, 2, 3)), (SOUND, (1, 2)), (CLAIM, (0, 1, 2, 3, 4, 5))])
def test_jacobians_are_the_finite_differences(mode: int, components: tuple[int, ...]) -> None:
    x = state((2000.0, -1500.0, 250.0), (-30.0, 35.0, 1.0))
    z, sd = np.full(ROWS, np.nan), np.ones(ROWS)
    z[list(components)] = 0.1
    H, nu, R = np.empty((ROWS, 6)), np.empty(ROWS), np.empty(ROWS)

    def innovation(at: Floats) -> Floats:
        out, H2 = np.empty(ROWS), np.empty((ROWS, 6))
        measure(mode, at, NO_P, z, sd, FRAME.origin_ecef_m, FRAME.axes, C, -1.5, H2, out, R)
        return out

    measure(mode, x, NO_P, z, sd, FRAME.origin_ecef_m, FRAME.axes, C, -1.5, H, nu, R)
    for column in range(6):
        step = np.zeros(6)
        step[column] = 0.5 if column < 3 else 0.05
        slope = (innovation(x - step) - innovation(x + step)) / (2.0 * step[column])
        for row in components:
            assert H[row, column] == pytest.approx(slope[row], rel=2e-4, abs=2e-7)


def test_components_one_by_one_give_the_joint_update() -> None:
    rng = np.random.default_rng(3)
    x, P = rng.normal(size=6) * 100.0, spread(rng)
    H, nu, R = rng.normal(size=(3, 6)), rng.normal(size=3), np.array([4.0, 9.0, 1.0])
    S = H @ P @ H.T + np.diag(R)
    K = P @ H.T @ np.linalg.inv(S)
    wanted = -0.5 * (nu @ np.linalg.solve(S, nu) + np.log(np.linalg.det(2.0 * np.pi * S)))
    new_x, new_P = x.copy(), P.copy()
    log_like, d2 = absorb(new_x, new_P, H, nu, R)
    np.testing.assert_allclose(new_x, x + K @ nu, rtol=1e-9)
    np.testing.assert_allclose(new_P, P - K @ H @ P, rtol=1e-6, atol=1e-6)
    assert log_like == pytest.approx(wanted)
    assert d2 == pytest.approx(nu @ np.linalg.solve(S, nu))


def test_a_fit_to_exact_bearings_of_two_nodes_finds_the_flight() -> None:
    truth = state((1200.0, 300.0, 150.0), (-50.0, 5.0, 0.0))
    nodes = FRAME.to_ecef(np.array([[0.0, 0.0, 0.0], [0.0, 1500.0, 0.0]]))
    offset = np.repeat(-np.arange(12.0), 2)
    s, A = np.tile(nodes, (12, 1)), np.tile(FRAME.axes, (24, 1, 1))
    z, sd = np.full((24, ROWS), np.nan), np.full((24, ROWS), 0.002)
    for n in range(24):
        d = truth[:3] + truth[3:] * offset[n] - s[n]
        q = A[n] @ (d - truth[3:] * delay_of(d, truth[3:], C))
        z[n, 1] = np.arctan2(q[0], q[1])
    x0 = state((900.0, 600.0, 150.0), (0.0, 0.0, 0.0))
    P0 = np.diag([1500.0**2] * 3 + [35.0**2] * 3)
    up = FRAME.axes[2]
    P0[:3, :3] += (20.0**2 - 1500.0**2) * np.outer(up, up)
    P0[3:, 3:] += (1.0 - 35.0**2) * np.outer(up, up)
    x, P = np.empty(6), np.empty((6, 6))
    chi2 = fit(x0, P0, np.full(24, SOUND), z, sd, s, A, C, offset, x, P)
    assert np.linalg.norm(x[:3] - truth[:3]) < 5.0
    assert np.linalg.norm(x[3:] - truth[3:]) < 0.5
    assert chi2 < 1.0
