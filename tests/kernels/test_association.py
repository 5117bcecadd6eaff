"""Association marginals against every joint event counted one by one."""

from itertools import product

import numpy as np
import pytest

from dronewall.kernels.association import marginals
from dronewall.units import Floats


def counted(psi: Floats) -> tuple[Floats, Floats]:
    """Twin: marginals of all joint events, where each track takes one detection or none and no two take the same."""
    tracks, dets = psi.shape
    total, p = 0.0, np.zeros((tracks, dets + 1))
    for choice in product(range(-1, dets), repeat=tracks):
        taken = [c for c in choice if c >= 0]
        if len(set(taken)) < len(taken):
            continue
        weight = float(np.prod([psi[i, c] for i, c in enumerate(choice) if c >= 0]))
        total += weight
        for i, c in enumerate(choice):
            p[i, c] += weight
    return p[:, :dets] / total, p[:, dets] / total


def spread_out(psi: Floats) -> tuple[Floats, Floats, Floats]:
    track, det = np.nonzero(psi)
    p, none, new = marginals(track, det, psi[track, det], *psi.shape)
    full = np.zeros(psi.shape)
    full[track, det] = p
    return full, none, new


@pytest.mark.parametrize(
    "psi",
    [
        np.array([[3.0, 0.5]]),
        np.array([[3.0], [1.0], [0.2]]),
        np.array([[4.0, 0.0], [2.0, 1.0]]),
        np.array([[4.0, 1.0, 0.0], [0.0, 2.0, 0.3]]),
    ],
)
def test_marginals_are_exact_on_graphs_without_loops(psi: Floats) -> None:
    full, none, _ = spread_out(psi)
    wanted, wanted_none = counted(psi)
    np.testing.assert_allclose(full, wanted, atol=1e-6)
    np.testing.assert_allclose(none, wanted_none, atol=1e-6)


def test_marginals_are_close_on_loops() -> None:
    psi = np.random.default_rng(4).uniform(0.1, 20.0, (4, 4))
    full, none, _ = spread_out(psi)
    wanted, wanted_none = counted(psi)
    assert np.abs(full - wanted).max() < 0.1
    assert np.abs(none - wanted_none).max() < 0.1


def test_what_no_track_explains_is_new() -> None:
    _, _, new = spread_out(np.array([[1e9, 0.0]]))
    assert new[0] == pytest.approx(0.0, abs=1e-6)
    assert new[1] == 1.0
