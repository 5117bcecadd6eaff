"""The kernels of registration against slow, obvious twins."""

import numpy as np

from dronewall.geo.frames import LocalFrame, from_range_azimuth_elevation
from dronewall.kernels import registration as kernel
from dronewall.kernels.columns import AlignColumns

RNG = np.random.default_rng(5)
HERE = LocalFrame.at(np.radians(56.5), np.radians(27.5), 20.0)
SD = np.array([15.0, np.radians(0.4), np.radians(0.8)])


def seen_at(z: np.ndarray) -> np.ndarray:
    """The place of a plot."""
    return HERE.to_ecef(from_range_azimuth_elevation(z[0], z[1], z[2]))


def residual(z: np.ndarray, at: np.ndarray, s: np.ndarray, A: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Difference, derivatives and covariance of one plot of a sensor without bias."""
    out = np.empty(21)
    kernel.residual(np.concatenate([z, SD])[None], 0, np.zeros((1, 4)), 0, *at, s[None], A[None], out, 0)
    return out[:3], out[3:12].reshape(3, 3), out[12:].reshape(3, 3)


def test_a_residuals_derivatives_are_those_of_the_place():
    z = np.array([12000.0, 2.1, 0.06])
    d, J, C = residual(z, seen_at(z), HERE.origin_ecef_m, HERE.axes)
    assert np.abs(d).max() < 0.01  # metres
    for k, step in enumerate((1.0, 1e-5, 1e-5)):
        other = z.copy()
        other[k] += step
        slope = (seen_at(other) - seen_at(z)) / step
        assert np.allclose(J[:, k], slope, rtol=1e-3, atol=0.5 if k else 1e-3)
    assert np.allclose(C, J @ np.diag(SD**2) @ J.T, rtol=1e-9)


def test_pairs_of_one_place_give_back_the_difference_of_two_biases():
    """The same plots through a pair and through textbook least squares."""
    place = HERE.to_ecef(np.array([4000.0, 7000.0, 800.0]))
    other = LocalFrame.at(np.radians(56.6), np.radians(27.7), 30.0)
    s, A = np.stack([HERE.origin_ecef_m, other.origin_ecef_m]), np.stack([HERE.axes, other.axes])
    x, V = np.concatenate([place, [10.0, -20.0, 5.0]]), np.eye(3)[np.triu_indices(3)]
    plots = []
    for i in (0, 1):
        local = A[i] @ (place - s[i])
        flat = np.hypot(local[0], local[1])
        plots.append(np.array([np.hypot(flat, local[2]), np.arctan2(local[0], local[1]), np.arctan2(local[2], flat)]))
    off = np.array([25.0, np.radians(0.3), np.radians(-0.2)])
    info, eta = np.zeros((1, 8, 8)), np.zeros((1, 8))
    columns = AlignColumns(
        member=np.arange(2), place=s, axes=A, reference=np.zeros(2, bool), reach_m=np.zeros(2), clutter=np.ones(2),
        link=np.array([[-1, 0], [0, -1]]), limits=np.array([3.0, 25.0, 25.0, 0.9]), bias=np.zeros((2, 4)),
        P=np.zeros((2, 4, 4)), cross=np.zeros((1, 4, 4)), info=info, eta=eta, tally=np.zeros((2, 5)),
        ghosts=np.zeros(2), strays=np.zeros(2), sound=np.zeros(2, np.int64), work=np.empty(kernel.WORK),
    )  # fmt: skip
    mine, theirs = np.concatenate([plots[0] + off, SD])[None], np.concatenate([plots[1], SD])[None]
    found, d2 = kernel.take_pair(columns, 0, mine, 0, 1, theirs, 0, 0.0, x[None], V[None])
    parts = [residual(plots[i] + (off if i == 0 else 0.0), place, s[i], A[i]) for i in (0, 1)]
    H = np.zeros((3, 8))
    H[:, :3], H[:, 4:7] = parts[0][1], -parts[1][1]
    H[:, 3], H[:, 7] = -x[3:], x[3:]
    W = np.linalg.inv(parts[0][2] + parts[1][2])
    difference = parts[0][0] - parts[1][0]
    assert found == kernel.USED
    assert np.isclose(d2, difference @ W @ difference)
    assert np.allclose(info[0], H.T @ W @ H, rtol=1e-8)
    assert np.allclose(eta[0], H.T @ W @ difference, rtol=1e-8, atol=1e-9)
