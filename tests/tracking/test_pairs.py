"""TDOA pairs: the shared reference's noise is taken out exactly, a pair moves tracks and begins none."""

import numpy as np
import pytest

from dronewall.sensors import Sensor
from dronewall.tracking import Tracker
from dronewall.tracking.pairs import whitened
from dronewall.units import SECOND_NS, Floats
from tests.sensors.walls import sensors
from tests.tracking.scenes import HOME, START_NS, Target, along, play

PLACES = np.array([[0.0, 0.0, 0.0], [4000.0, 500.0, 20.0], [-3000.0, 2500.0, 0.0], [500.0, 5000.0, 50.0]])
SD_M = np.array([15.0, 10.0, 25.0, 15.0])  # the first is the reference


def joint(x: Floats, P: Floats, z: Floats) -> tuple[Floats, Floats]:
    """One Kalman update with the full covariance of all pairs: the obvious twin."""
    away = x[:3] - PLACES
    far = np.sqrt((away**2).sum(axis=1))
    H = np.zeros((3, 6))
    H[:, :3] = away[1:] / far[1:, None] - away[0] / far[0]
    R = np.diag(SD_M[1:] ** 2) + SD_M[0] ** 2
    K = P @ H.T @ np.linalg.inv(H @ P @ H.T + R)
    return x + K @ (z - far[1:] + far[0]), P - K @ H @ P


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 3, 1)])
def test_pairs_one_after_another_in_any_order_are_the_joint_update(order: tuple[int, ...]) -> None:
    # Linearised once, so that nothing but the covariance is tested: every update is taken about the same point.
    x0, P = np.array([800.0, 1500.0, 300.0, 30.0, -10.0, 0.0]), np.diag([300.0, 300.0, 100.0, 10.0, 10.0, 3.0]) ** 2
    z = np.array([812.0, -1490.0, 2051.0])
    x_joint, P_joint = joint(x0, P, z)
    x, known = x0.copy(), []
    for k in order:
        nu, H, R = whitened(
            x0, z[k - 1], PLACES[k], SD_M[k] ** -2.0, PLACES[0], SD_M[0] ** -2.0,
            z[[i - 1 for i in known]], PLACES[known], SD_M[known] ** -2.0, 0.0,
        )  # fmt: skip
        S = H @ P @ H + R
        x = x + P @ H / S * (nu - H @ (x - x0))
        P = P - np.outer(P @ H, P @ H) / S
        known.append(k)
    np.testing.assert_allclose(x, x_joint, rtol=1e-9)
    np.testing.assert_allclose(P, P_joint, rtol=1e-6, atol=1e-6)


@pytest.fixture(scope="module")
def wall() -> dict[str, Sensor]:
    specs: list[dict[str, object]] = [{"id": "radar", "kind": "radar", "model": "xband-3d", "p_detect": 0.95}]
    for name, (east, north) in {"a": (0, 0), "b": (5000, 1000), "c": (-4000, 3000), "d": (1000, 6000)}.items():
        lat, lon, _ = HOME.local_to_geodetic(np.array([[float(east), float(north), 0.0]]))
        specs.append(
            {
                "id": f"tdoa-{name}",
                "kind": "tdoa",
                "model": "station",
                "latitude_deg": float(np.degrees(lat[0])),
                "longitude_deg": float(np.degrees(lon[0])),
                "p_detect": 0.9,
                "max_range_m": 12_000.0,
            }
        )
    return sensors(specs)


PATH = along([(-3000.0, 2000.0, 250.0), (4000.0, 3000.0, 250.0)], 40.0)


def test_pairs_alone_begin_no_track(wall: dict[str, Sensor]) -> None:
    tracker = Tracker(wall)
    for scan in play(wall, [Target(path=PATH, label="multirotor")], 60.0):
        if scan.sensor != "radar":
            tracker.step(scan)
    assert len(tracker.tracks(tracker.now_ns)) == 0


def test_a_track_that_radar_began_is_carried_on_by_pairs_and_its_error_is_honest(wall: dict[str, Sensor]) -> None:
    nees = []
    for seed in range(6):
        tracker = Tracker(wall)
        for scan in play(wall, [Target(path=PATH, label="multirotor")], 60.0, seed=seed, clutter=False):
            if scan.sensor != "radar" or scan.time_ns < START_NS + 20 * SECOND_NS:
                tracker.step(scan)
        tracks = tracker.tracks(tracker.now_ns)
        (one,) = np.flatnonzero(tracks.status == "confirmed")
        place, _ = PATH(np.array([tracker.now_ns]))
        there = HOME.geodetic_to_local(tracks.latitude_rad, tracks.longitude_rad, tracks.altitude_hae_m)[one]
        off = (there - HOME.to_local(place)[0])[:2]
        assert np.hypot(*off) < 60.0
        assert {"tdoa-b", "tdoa-c", "tdoa-d"} <= set(tracks.sensors[one])
        cov = tracks.covariance[one].reshape(6, 6)[:2, :2]
        nees.append(off @ np.linalg.solve(cov, off))
    assert np.mean(nees) < 5.0  # 2 expected, 95 % of means of six lie below 3.9
