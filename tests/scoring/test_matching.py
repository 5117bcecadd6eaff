"""The sparse matching against a dense solver."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from dronewall.scoring.matching import best_matching


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), unique=True, max_size=40), st.integers(0, 2**32 - 1))
def test_it_is_one_to_one_and_its_gain_that_of_a_dense_solver(pairs: list[tuple[int, int]], seed: int) -> None:
    left, right = np.array(pairs, np.int64).reshape(-1, 2).T
    gain = np.random.default_rng(seed).uniform(0.1, 5.0, len(pairs))
    chosen = best_matching(left, right, gain)
    assert len(set(left[chosen])) == len(set(right[chosen])) == len(chosen)
    dense = np.zeros((13, 13))
    dense[left, right] = gain
    assert gain[chosen].sum() == pytest.approx(dense[linear_sum_assignment(dense, maximize=True)].sum())


def test_the_chosen_pairs_come_in_their_order() -> None:
    left, right = np.array([7, 3, 3, 1]), np.array([0, 5, 6, 2])
    assert best_matching(left, right, np.array([1.0, 1.0, 2.0, 1.0])).tolist() == [0, 2, 3]
