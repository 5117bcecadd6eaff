"""OSPA(2) worked out on paper, and beside a slow dense twin."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from dronewall.scoring.frames import CUTOFF_M, Frames
from dronewall.scoring.ospa2 import by_window, ospa2
from tests.scoring.small import Paths, along, scene


def one_window(truth: Paths, tracks: Paths, frames: int = 10) -> float:
    (value,) = by_window(scene(truth, tracks, frames=frames))
    return float(value)


def test_one_path_off_by_the_same_all_the_time_is_off_by_that() -> None:
    assert one_window({"a": along(0.0, 10)}, {"x": along(30.0, 10)}) == pytest.approx(30.0)


def test_a_track_that_breaks_in_two_costs_half_of_each() -> None:
    tracks = {"x": along(30.0, 5) + [None] * 5, "y": [None] * 5 + along(30.0, 5)}
    base_m = (5 * 30.0 + 5 * 500.0) / 10
    assert one_window({"a": along(0.0, 10)}, tracks) == pytest.approx(np.sqrt((base_m**2 + 500.0**2) / 2))


def test_an_instant_at_which_only_one_exists_costs_the_cutoff() -> None:
    base_m = (8 * 40.0 + 2 * 500.0) / 10
    assert one_window({"a": along(0.0, 10)}, {"x": along(40.0, 8) + [None] * 2}) == pytest.approx(base_m)


def test_an_instant_at_which_neither_exists_costs_nothing() -> None:
    paths = along(0.0, 8) + [None] * 2
    assert one_window({"a": paths}, {"x": along(40.0, 8) + [None] * 2}) == pytest.approx(40.0)


def test_two_that_swap_names_halfway_are_both_wrong_for_half_the_time() -> None:
    truth = {"a": along(0.0, 10), "b": along(300.0, 10)}
    tracks = {"x": along(0.0, 5) + along(300.0, 5), "y": along(300.0, 5) + along(0.0, 5)}
    assert one_window(truth, tracks) == pytest.approx(150.0)


def test_more_tracks_than_truths_cost_the_cutoff_each() -> None:
    tracks = {"x": along(30.0, 10), "y": along(9_000.0, 10), "z": along(-9_000.0, 10)}
    expected_m = np.sqrt((30.0**2 + 2 * 500.0**2) / 3)
    assert one_window({"a": along(0.0, 10)}, tracks) == pytest.approx(expected_m)


def test_nothing_against_nothing_is_0_and_against_something_the_cutoff() -> None:
    assert one_window({}, {}) == 0.0
    assert one_window({"a": along(0.0, 10)}, {}) == CUTOFF_M


def test_windows_are_ten_frames_every_five_and_only_whole_ones() -> None:
    tracks = {"x": along(10.0, 10) + along(20.0, 14)}
    values = by_window(scene({"a": along(0.0, 24)}, tracks, frames=24))
    assert values.tolist() == pytest.approx([10.0, 15.0, 20.0])
    assert ospa2(scene({"a": along(0.0, 24)}, tracks, frames=24))["ospa2_m"] == pytest.approx(15.0)


def test_fewer_frames_than_a_window_have_no_value() -> None:
    assert np.isnan(ospa2(scene({"a": along(0.0, 9)}, {"x": along(0.0, 9)}, frames=9))["ospa2_m"])


@pytest.mark.parametrize("seed", range(8))
def test_it_is_what_a_dense_twin_gives(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frames = 27
    sides = [
        {
            str(i): [
                None if rng.uniform() < 0.2 else (place + rng.normal(0.0, 60.0, 3))
                for place in rng.uniform(0.0, 900.0, 3) + np.outer(np.arange(frames), rng.normal(0.0, 20.0, 3))
            ]
            for i in range(int(rng.integers(2, 7)))
        }
        for _ in range(2)
    ]
    here = scene(*sides, frames=frames)
    twin = [_dense(here, range(first, first + 10)) for first in range(0, frames - 9, 5)]
    assert by_window(here).tolist() == pytest.approx(twin)


def _dense(frames: Frames, window: range) -> float:
    paths = []
    for side in (frames.truth, frames.track):
        inside = np.isin(side.frame, window)
        path = {
            int(who): {
                int(f): at
                for f, at in zip(
                    side.frame[inside & (side.who == who)], side.ecef_m[inside & (side.who == who)], strict=True
                )
            }
            for who in np.unique(side.who[inside])
        }
        paths.append(path)
    cost = np.zeros((len(paths[0]), len(paths[1])))
    for i, a in enumerate(paths[0].values()):
        for j, b in enumerate(paths[1].values()):
            distances = [
                min(500.0, float(np.linalg.norm(a[f] - b[f]))) if f in a and f in b else 500.0 for f in sorted({*a, *b})
            ]
            cost[i, j] = np.mean(distances)
    longer = max(cost.shape)
    if not longer:
        return 0.0
    matched = cost[linear_sum_assignment(cost**2)] if min(cost.shape) else np.zeros(0)
    return float(np.sqrt((np.sum(matched**2) + 500.0**2 * (longer - len(matched))) / longer))
