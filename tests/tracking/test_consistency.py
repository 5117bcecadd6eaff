"""Covariances are honest: errors are as large as stated, while tracked and after ten minutes without a sensor."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2

from dronewall.geo.frames import LocalFrame
from dronewall.kernels.filters import POLAR, ROWS, absorb, measure
from dronewall.kernels.manners import MANNER, RESTLESS_SHARE, SHARE, weigh_all
from dronewall.kernels.motion import moments, predict
from dronewall.tracking import Tracker
from dronewall.tracking.settings import TrackerSettings
from dronewall.units import SECOND_NS, Floats
from tests.sensors.walls import sensors
from tests.tracking.scenes import HOME, START_NS, Target, along, line_of_nodes, play

RUNS = 150
STEP_S = 2.0
SD = np.array([15.0, np.radians(0.4), np.radians(0.8)])
FRAME = LocalFrame.at(np.radians(56.5), np.radians(27.5), 0.0)


def flown(settings: TrackerSettings, watched_s: int, unseen_s: int) -> Floats:
    """Paths drawn from the very model, each second [shape=(watched_s + unseen_s + 1, RUNS, 6)].

    Noise along and across the course, at a level that switches; the climb an Ornstein-Uhlenbeck process. While it is
    watched each is calm or restless; unseen, all draw as the calm do more and more, and what they did more strongly
    fades to the mean.
    """
    rng = np.random.default_rng(7)
    motion, models = settings.motion(), len(settings.models)
    q, tau, sd = motion[:models, 1:3], motion[:models, 4], motion[:models, 5]
    restless = rng.uniform(size=RUNS) < settings.restless_p
    shares = np.where(restless[:, None], motion[:models, RESTLESS_SHARE], motion[:models, SHARE])
    course = rng.uniform(0.0, 2.0 * np.pi, RUNS)
    model = (rng.uniform(size=RUNS)[:, None] > np.cumsum(shares, axis=1)).sum(axis=1)
    x = np.zeros((RUNS, 6))
    x[:, :2], x[:, 2] = rng.uniform(3000.0, 6000.0, (RUNS, 2)), 400.0
    x[:, 3], x[:, 4] = 50.0 * np.sin(course), 50.0 * np.cos(course)
    states, dt, mean_q, fades = [x.copy()], 0.1, motion[:models, SHARE] @ q, np.ones(RUNS, bool)
    for step in range((watched_s + unseen_s) * 10):
        left = np.exp(-max(step * dt - watched_s, 0.0) / settings.ready_s)
        here = motion[:models, SHARE] + left * (shares - motion[:models, SHARE])
        anew = (rng.uniform(size=RUNS)[:, None] > np.cumsum(here, axis=1)).sum(axis=1)
        drawn = rng.uniform(size=RUNS) < settings.switch_per_s * dt
        as_calm = rng.uniform(size=RUNS) < motion[anew, SHARE] / here[np.arange(RUNS), anew]
        model, fades = np.where(drawn, anew, model), np.where(drawn, ~as_calm, fades)
        along_course = x[:, 3:5] / np.hypot(x[:, 3], x[:, 4])[:, None]
        across = np.column_stack([along_course[:, 1], -along_course[:, 0]])
        noise = np.where(fades[:, None] & (q[model] > mean_q), mean_q + left * (q[model] - mean_q), q[model])
        kick = rng.normal(size=(RUNS, 2)) * np.sqrt(noise * dt)
        climb = -x[:, 5] / tau[model] * dt
        climb += rng.normal(size=RUNS) * sd[model] * np.sqrt(2.0 * dt / tau[model])
        x[:, :3] += x[:, 3:] * dt
        x[:, 3:5] += kick[:, :1] * along_course + kick[:, 1:] * across
        x[:, 5] += climb
        if step % 10 == 9:
            states.append(x.copy())
    return np.array(states)


def nees(after_s: int, coast_s: int) -> Floats:
    """Squared error of horizontal position and velocity over the stated covariance, 4 degrees of freedom, per run."""
    settings = TrackerSettings()
    motion, found = settings.motion(), []
    H, nu, R = np.empty((ROWS, 6)), np.empty(ROWS), np.empty(ROWS)
    axes = np.zeros((6, 6))
    axes[:3, :3] = axes[3:, 3:] = FRAME.axes
    paths = flown(settings, after_s, coast_s)
    for run in range(RUNS):
        rng, truth = np.random.default_rng([8, run]), paths[:, run]
        first = truth[0] + np.concatenate([rng.normal(size=3) * 100.0, rng.normal(size=2) * 20.0, rng.normal(size=1)])
        x = np.concatenate([FRAME.origin_ecef_m + FRAME.axes.T @ first[:3], FRAME.axes.T @ first[3:]])
        P = axes.T @ np.diag([1e4, 1e4, 1e4, 400.0, 400.0, 1.0]) @ axes
        models = len(settings.models)
        xs, Ps, mu = np.tile(x, (models, 1)), np.tile(P, (models, 1, 1)), motion[:-1, 0].copy()
        manner, who = np.zeros((1, MANNER)), np.zeros(1, np.int64)
        for second in range(int(STEP_S), after_s + 1, int(STEP_S)):
            predict(xs, Ps, mu, manner[0], STEP_S, motion)
            before = mu.copy()
            place = truth[second, :3]
            slant = np.linalg.norm(place)
            exact = np.array([slant, np.arctan2(place[0], place[1]), np.arcsin(place[2] / slant)])
            z, sd = np.full(ROWS, np.nan), np.ones(ROWS)
            z[:3], sd[:3] = exact + rng.normal(size=3) * SD, SD
            like = np.empty(models)
            for k in range(models):
                measure(POLAR, xs[k], Ps[k], z, sd, FRAME.origin_ecef_m, FRAME.axes, 340.0, 0.0, H, nu, R)
                like[k] = absorb(xs[k], Ps[k], H, nu, R)[0]
            mu *= np.exp(like - like.max())
            mu /= mu.sum()
            weigh_all(manner, who, np.array([STEP_S]), np.ones(1), motion, before[None], mu[None])
        if coast_s:
            predict(xs, Ps, mu, manner[0], float(coast_s), motion)
        mean, cov = np.empty(6), np.empty((6, 6))
        moments(xs, Ps, mu, mean, cov)
        local = axes @ np.concatenate([mean[:3] - FRAME.origin_ecef_m, mean[3:]])
        here = axes @ cov @ axes.T
        error, kept = local - truth[-1], [0, 1, 3, 4]
        found.append(error[kept] @ np.linalg.solve(here[np.ix_(kept, kept)], error[kept]))
    return np.array(found)


@pytest.mark.parametrize(("after_s", "coast_s"), [(40, 0), (40, 60), (40, 600)])
def test_mean_nees_lies_in_its_95_percent_bounds(after_s: int, coast_s: int) -> None:
    values = nees(after_s, coast_s)
    # Few are restless, and theirs are the large ones: no chi-square, so its bounds are by its own spread. The mixture
    # is approximated by Gaussians, so a seventh beyond them is allowed.
    either_way = 1.96 * values.std() / np.sqrt(RUNS)
    assert 0.86 * (4.0 - either_way) < values.mean() < 1.14 * (4.0 + either_way)


@pytest.mark.long
def test_dog_legs_of_10_to_25_degrees_stay_in_the_95_percent_ellipse() -> None:
    wall = sensors(line_of_nodes(8, 1500.0))
    inside: dict[int, list[bool]] = {150: [], 300: [], 800: []}
    for run in range(40):
        rng = np.random.default_rng([11, run])
        points, course, way = [(6000.0, rng.uniform(-1500.0, 1500.0))], np.radians(270.0 + rng.uniform(-20, 20)), 0.0
        while way < 60_000.0:
            leg = max(50.0 * rng.exponential(240.0), 1000.0)
            points.append((points[-1][0] + leg * np.sin(course), points[-1][1] + leg * np.cos(course)))
            course += np.radians(rng.uniform(10.0, 25.0)) * rng.choice([-1.0, 1.0])
            way += leg
        path = along([(*point, 150.0) for point in points], 50.0)
        tracker, scans = Tracker(wall), play(wall, [Target(path=path)], 820.0, seed=run)
        times = iter(sorted(inside))
        at_s = next(times)
        for scan in scans:
            while at_s and scan.time_ns > START_NS + at_s * SECOND_NS:
                inside[at_s] += _holds(tracker, path(np.array([START_NS + at_s * SECOND_NS]))[0], at_s)
                at_s = next(times, 0)
            tracker.step(scan)
    assert {at_s: len(found) >= 36 for at_s, found in inside.items()} == dict.fromkeys(inside, True)
    shares = {at_s: float(np.mean(found)) for at_s, found in inside.items()}
    assert min(shares.values()) >= 0.85, shares


def _holds(tracker: Tracker, truth: Floats, at_s: int) -> list[bool]:
    """Whether the 95 % ellipse of the nearest confirmed track holds the truth; empty where there is none."""
    tracks = tracker.tracks(START_NS + at_s * SECOND_NS)
    sure = np.flatnonzero((tracks.status == "confirmed") | (tracks.status == "coasting"))
    if not len(sure):
        return []
    places = HOME.geodetic_to_local(tracks.latitude_rad[sure], tracks.longitude_rad[sure], tracks.altitude_hae_m[sure])
    nearest = sure[int(np.linalg.norm(places - HOME.to_local(truth), axis=1).argmin())]
    frame = LocalFrame.at(tracks.latitude_rad[nearest], tracks.longitude_rad[nearest], tracks.altitude_hae_m[nearest])
    error = frame.to_local(truth)[0, :2]
    return [bool(error @ np.linalg.solve(tracks.covariance[nearest, :2, :2], error) < chi2.ppf(0.95, 2))]


def test_a_track_that_leaves_coverage_coasts_and_falls_only_slowly() -> None:
    wall = sensors([{"id": "radar", "kind": "radar", "model": "xband-3d", "p_detect": 0.9, "max_range_m": 8000.0}])
    path = along([(-4000.0, 3000.0, 150.0), (60_000.0, 3000.0, 150.0)], 50.0)
    tracker, seen = Tracker(wall), []
    for scan in play(wall, [Target(path=path)], 900.0, clutter=False):
        tracker.step(scan)
        if (scan.time_ns - START_NS) % (100 * SECOND_NS) == 0 and scan.time_ns > START_NS:
            seen.append(tracker.tracks(scan.time_ns))
    assert [str(tracks.status[0]) for tracks in seen] == ["confirmed"] * 2 + ["coasting"] * (len(seen) - 2)
    spread = [float(np.trace(tracks.covariance[0, :2, :2])) for tracks in seen[2:]]
    assert all(np.diff(spread) > 0.0)
    assert seen[-1].p_exists[0] > 0.6


def test_a_track_that_its_radar_misses_again_and_again_does_not_coast_but_is_tentative_again() -> None:
    wall = sensors([{"id": "radar", "kind": "radar", "model": "xband-3d", "p_detect": 0.6}])
    path = along([(-4000.0, 3000.0, 300.0), (4000.0, 3000.0, 300.0)], 50.0)
    tracker, unbelieved, gone_ns = Tracker(wall), 0, START_NS + 60 * SECOND_NS
    for scan in play(wall, [Target(path=path)], 100.0, clutter=False):
        missed = scan.time_ns > gone_ns
        tracker.step(replace(scan, detections=scan.detections.rows(np.zeros(0, np.int64))) if missed else scan)
        tracks = tracker.tracks(scan.time_ns)
        counted = (tracks.status == "confirmed") | (tracks.status == "coasting")
        assert (tracks.p_exists[counted] >= 0.5).all()
        unbelieved += int(
            (~counted & (tracks.confirmed_ns > 0) & (tracks.last_ns < scan.time_ns - 8 * SECOND_NS)).sum()
        )
    assert unbelieved
