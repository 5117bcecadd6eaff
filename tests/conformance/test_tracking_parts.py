"""Every filter, association, motion model and evidence of the tables keeps its contract."""

import importlib
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2

from dronewall.errors import BadInput
from dronewall.geo.frames import LocalFrame
from dronewall.kernels.filters import CLAIM, POLAR, ROWS, SOUND
from dronewall.kernels.manners import MANNER
from dronewall.records.words import LABELS
from dronewall.tracking import Tracker
from dronewall.tracking.measured import Measured
from dronewall.tracking.parts import Parts, association, evidence, filters, motion
from dronewall.tracking.parts.association.exact import shares as enumerated
from dronewall.tracking.parts.evidence import LIMIT, Seen, added
from dronewall.tracking.parts.motion import models
from dronewall.tracking.settings import TrackerSettings
from dronewall.units import SECOND_NS, Floats, Ints
from tests.sensors.walls import sensors
from tests.tracking.scenes import HOME, START_NS, Target, along, play

PAGE = Path(__file__).parents[2] / "docs" / "tutorial" / "tracking.md"
FRAME = LocalFrame.at(np.radians(56.5), np.radians(27.5), 0.0)
EVERY_FILTER = pytest.mark.parametrize("name", filters.TABLE.names())
EVERY_ASSOCIATION = pytest.mark.parametrize("name", association.TABLE.names())


def measured(mode: int, z: Floats, sd: Floats) -> Measured:
    """Measurements of one sensor at HOME."""
    n = len(z)
    return Measured(
        mode=mode,
        z=z,
        sd=sd,
        s=np.tile(FRAME.origin_ecef_m, (n, 1)),
        A=np.tile(FRAME.axes, (n, 1, 1)),
        offset=np.zeros(n),
        plot=np.tile(FRAME.origin_ecef_m, (n, 1)),
        reach=np.full(n, np.inf),
        density=np.ones(n),
        false=np.ones(n),
    )


def prior(n: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """States as truth, estimates of them, and covariances that say how far off those are: ECEF."""
    rng = np.random.default_rng(seed)
    turn = np.zeros((6, 6))
    turn[:3, :3] = turn[3:, 3:] = FRAME.axes.T
    sd = np.array([80.0, 60.0, 40.0, 10.0, 10.0, 2.0])
    local = np.concatenate([rng.uniform(2500.0, 6000.0, (n, 3)), rng.normal(size=(n, 3)) * 30.0], axis=1)
    truth = local @ turn.T + np.concatenate([FRAME.origin_ecef_m, np.zeros(3)])
    estimate = truth + (rng.normal(size=(n, 6)) * sd) @ turn.T
    return truth, estimate, np.tile(turn @ np.diag(sd**2) @ turn.T, (n, 1, 1))


def shown(truth: Floats, mode: int, sd: Floats, seed: int) -> Measured:
    """What a sensor says of the truth: polar, or the directions that sound comes from."""
    rng = np.random.default_rng(seed)
    d, v = truth[:, :3] - FRAME.origin_ecef_m, truth[:, 3:]
    if mode == SOUND:
        for _ in range(20):  # where it was when it made what is heard now
            away = np.sqrt((d**2).sum(axis=1)) / 340.0
            d = truth[:, :3] - v * away[:, None] - FRAME.origin_ecef_m
    local = d @ FRAME.axes.T
    slant = np.sqrt((local**2).sum(axis=1))
    z = np.full((len(truth), ROWS), np.nan)
    if mode == POLAR:
        z[:, 0], z[:, 3] = slant, (d * v).sum(axis=1) / slant
    z[:, 1], z[:, 2] = np.arctan2(local[:, 0], local[:, 1]), np.arcsin(local[:, 2] / slant)
    return measured(mode, z + rng.normal(size=z.shape) * sd, np.tile(sd, (len(truth), 1)))


@EVERY_FILTER
def test_in_the_linear_case_a_filter_is_the_exact_kalman_filter(name: str) -> None:
    truth, x, P = prior(20, 1)
    H = np.zeros((6, 6))
    H[:3, :3] = H[3:, 3:] = FRAME.axes
    sd = np.array([30.0, 20.0, 25.0, 3.0, 3.0, 2.0])
    z = (truth - np.concatenate([FRAME.origin_ecef_m, np.zeros(3)])) @ H.T
    z += np.random.default_rng(2).normal(size=z.shape) * sd
    new_x, new_P, log_like, d2 = filters.TABLE.part(name).update(x, P, measured(CLAIM, z, np.tile(sd, (20, 1))))
    for i in range(20):
        S = H @ P[i] @ H.T + np.diag(sd**2)
        K = P[i] @ H.T @ np.linalg.inv(S)
        nu = z[i] - H @ (x[i] - np.concatenate([FRAME.origin_ecef_m, np.zeros(3)]))
        np.testing.assert_allclose(new_x[i], x[i] + K @ nu, rtol=0, atol=1e-5)
        np.testing.assert_allclose(new_P[i], P[i] - K @ S @ K.T, rtol=1e-6, atol=1e-5)
        distance2 = nu @ np.linalg.solve(S, nu)
        assert d2[i] == pytest.approx(distance2, rel=1e-6)
        assert log_like[i] == pytest.approx(-0.5 * (distance2 + np.linalg.slogdet(2 * np.pi * S)[1]), rel=1e-6)


@EVERY_FILTER
@pytest.mark.parametrize("mode", [POLAR, SOUND])
def test_covariances_stay_symmetric_and_positive_definite(name: str, mode: int) -> None:
    chosen, settings = filters.TABLE.part(name), TrackerSettings()
    truth, x, P = prior(30, 3)
    sd = np.array([15.0, 0.005, 0.01, 1.0, 1.0, 1.0])
    for step in range(30):
        x, P, _, _ = chosen.update(x, P, shown(truth, mode, sd, step))
        banked = x[:, None].copy(), P[:, None].copy(), np.ones((30, 1)), np.zeros((30, MANNER))
        one = TrackerSettings(models=models(settings.models[0]))
        chosen.predict(*banked, np.full(30, 2.0), one.motion())
        x, P = banked[0][:, 0], banked[1][:, 0]
        truth = truth.copy()
        truth[:, :3] += 2.0 * truth[:, 3:]
        scale = np.sqrt(np.einsum("nii->ni", P))
        np.testing.assert_allclose(P, P.transpose(0, 2, 1), rtol=1e-9, atol=1e-6)
        assert np.linalg.eigvalsh(P / scale[:, :, None] / scale[:, None, :]).min() > 0.0


@EVERY_FILTER
@pytest.mark.parametrize("mode", [POLAR, SOUND])
def test_errors_are_as_large_as_a_filter_says(name: str, mode: int) -> None:
    runs = 400
    truth, x, P = prior(runs, 4)
    sd = np.array([15.0, 0.007, 0.01, 1.0, 1.0, 1.0])
    for look in range(3):
        x, P, _, _ = filters.TABLE.part(name).update(x, P, shown(truth, mode, sd, 100 + look))
    error = truth - x
    nees = (error[:, None, :] @ np.linalg.solve(P, error[:, :, None]))[:, 0, 0]
    low, high = chi2.ppf([0.025, 0.975], 6 * runs) / runs
    # Both approximate a bent measurement by a Gaussian, so a twentieth beyond the bounds is allowed.
    assert 0.95 * low < nees.mean() < 1.05 * high


def brute(track: Ints, det: Ints, psi: Floats, tracks: int, dets: int) -> tuple[Floats, Floats, Floats]:
    """Marginals by writing down every way to give each track one of its pairs or none."""
    p, p_none, taken = np.zeros(len(psi)), np.zeros(tracks), np.zeros(dets)
    total = 0.0
    for choice in product(*([-1, *np.flatnonzero(track == i).tolist()] for i in range(tracks))):
        chosen = [e for e in choice if e >= 0]
        if len(set(det[chosen].tolist())) < len(chosen):
            continue
        weight = float(np.prod(psi[chosen]))
        total += weight
        p[chosen] += weight
        taken[det[chosen]] += weight
        p_none[[i for i, e in enumerate(choice) if e < 0]] += weight
    return p / total, p_none / total, 1.0 - taken / total


TREES = [
    ([0, 0, 0], [0, 1, 2]),
    ([0, 1, 2], [0, 0, 0]),
    ([0, 0, 1, 2], [0, 1, 1, 1]),
    ([0, 1, 1, 2, 2], [0, 0, 1, 1, 2]),
]
CYCLES = [([0, 0, 1, 1], [0, 1, 0, 1]), ([0, 0, 1, 1, 2, 2, 3], [0, 1, 1, 2, 2, 0, 3])]


@EVERY_ASSOCIATION
@pytest.mark.parametrize(("track", "det"), [*TREES, *CYCLES])
def test_marginals_are_those_of_enumeration(name: str, track: list[int], det: list[int]) -> None:
    found = importlib.import_module(association.TABLE.builtin[name].partition(":")[0])
    certain = getattr(found, "exact", False) or (track, det) in TREES
    psi = np.random.default_rng(5).lognormal(0.5, 1.5, len(track))
    case = np.array(track), np.array(det), psi, max(track) + 1, max(det) + 1
    for mine, true in zip(association.TABLE.part(name)(*case), brute(*case), strict=True):
        np.testing.assert_allclose(mine, true, rtol=0, atol=1e-7 if certain else 0.12)


@EVERY_ASSOCIATION
def test_shares_of_a_crowded_look_are_probabilities(name: str) -> None:
    rng = np.random.default_rng(6)
    track, det = np.nonzero(rng.uniform(size=(40, 40)) < 0.06)
    p, p_none, p_new = association.TABLE.part(name)(track, det, rng.lognormal(1.0, 2.0, len(track)), 40, 40)
    np.testing.assert_allclose(np.bincount(track, p, 40) + p_none, 1.0, atol=1e-9)
    assert (p >= 0.0).all()
    assert (p_new > -1e-9).all()
    assert (np.bincount(det, p, 40) < 1.0 + 1e-6).all()


def test_a_cluster_too_large_to_enumerate_is_still_answered() -> None:
    track, det = (side.ravel() for side in np.indices((14, 14)))
    p, p_none, _ = enumerated(track, det, np.ones(196), 14, 14)
    np.testing.assert_allclose(np.bincount(track, p) + p_none, 1.0)


@pytest.mark.parametrize("name", motion.TABLE.names())
def test_a_motion_model_keeps_covariances_positive_definite(name: str) -> None:
    _, x, P = prior(20, 7)
    bank = x[:, None].copy(), P[:, None].copy(), np.ones((20, 1)), np.zeros((20, MANNER))
    settings = TrackerSettings(models=models(name))
    for dt in (0.1, 2.0, -1.0, 60.0):
        filters.TABLE.part("ekf").predict(*bank, np.full(20, dt), settings.motion())
        scale = np.sqrt(np.einsum("nii->ni", bank[1][:, 0]))
        assert np.linalg.eigvalsh(bank[1][:, 0] / scale[:, :, None] / scale[:, None, :]).min() > 0.0
        assert np.isfinite(bank[0]).all()


def test_the_bank_that_a_tracker_has_is_that_of_the_parts() -> None:
    own = TrackerSettings().models
    for one, other in zip(own, models("calm", "turning", "hard"), strict=True):
        assert one == pytest.approx(other)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"models": (TrackerSettings().models[0],)}, "calm manner add up to 0.9195"),
        ({"models": (TrackerSettings().models[0]._replace(share=1.0),)}, "restless manner add up to 0.1;"),
        ({"restless_p": 0.0}, "restless_p is 0.0"),
    ],
)
def test_models_whose_probabilities_are_none_are_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        TrackerSettings(**wrong).motion()


def test_the_shares_of_a_bank_of_models_add_up_to_one() -> None:
    bank = models(*motion.TABLE.names())
    assert sum(model.share for model in bank) == pytest.approx(1.0)
    assert sum(model.in_a_restless_manner() for model in bank) == pytest.approx(1.0)


def some_tracks(n: int) -> Seen:
    """Tracks of every kind, known well and hardly at all."""
    rng = np.random.default_rng(8)
    return Seen(
        velocity_enu_mps=rng.normal(size=(n, 3)) * [40.0, 40.0, 5.0],
        covariance=np.eye(6) * rng.lognormal(0.0, 4.0, n)[:, None, None],
        air_speed_mps=rng.uniform(0.0, 300.0, n),
        height_agl_m=rng.uniform(-50.0, 12_000.0, n),
        feature=rng.uniform(0.0, 50.0, (n, 4)),
    )


@pytest.mark.parametrize("name", evidence.TABLE.names())
def test_evidence_is_finite_and_bounded_and_says_something(name: str) -> None:
    seen = some_tracks(200)
    said = evidence.TABLE.part(name)(seen)
    assert said.shape == (200, len(LABELS))
    assert np.isfinite(said).all()
    moved = added(np.zeros((200, len(LABELS))), (evidence.TABLE.part(name),), seen)
    assert moved.min() >= -LIMIT
    assert moved.max() <= 0.0
    assert np.ptp(said, axis=1).max() > 0.1


RADAR = {"id": "radar", "kind": "radar", "model": "xband-3d", "p_detect": 0.9}


@pytest.mark.parametrize(
    "parts",
    [
        *(Parts(filter=name) for name in filters.TABLE.names()),
        *(Parts(association=name) for name in association.TABLE.names()),
        *(Parts(motion=("calm", "turning", name)) for name in motion.TABLE.names()),
        *(Parts(evidence=(name,)) for name in evidence.TABLE.names()),
    ],
    ids=str,
)
def test_with_any_part_two_that_cross_are_confirmed_where_they_are(parts: Parts) -> None:
    wall = sensors([RADAR])
    paths = [
        along([(-2500.0, 6000.0, 300.0), (2500.0, 6400.0, 300.0)], 50.0),
        along([(-2500.0, 6400.0, 300.0), (2500.0, 6000.0, 300.0)], 50.0),
    ]
    tracker = Tracker(wall, parts=parts)
    for scan in play(wall, [Target(path=path) for path in paths], 50.0):
        tracker.step(scan)
    end_ns = START_NS + 49 * SECOND_NS
    tracks = tracker.tracks(end_ns)
    sure = tracks.status == "confirmed"
    places = HOME.geodetic_to_local(tracks.latitude_rad[sure], tracks.longitude_rad[sure], tracks.altitude_hae_m[sure])
    for path in paths:
        truth = HOME.to_local(path(np.array([end_ns]))[0])[0]
        assert np.hypot(*(places - truth)[:, :2].T).min() < 100.0


@pytest.mark.parametrize("name", sorted({n for t in (filters, association, motion, evidence) for n in t.TABLE.names()}))
def test_every_part_is_in_the_tutorial(name: str) -> None:
    assert f"`{name}`" in PAGE.read_text(encoding="utf-8")
