"""Wrong ground is wrong by as much as is said, the two signs mirror each other, and trees are as stated."""

import numpy as np

from dronewall.geo.disturbed import Disturbed
from dronewall.geo.terrain import SmoothEarth, SyntheticTerrain

PLACES = np.radians(np.linspace(56.3, 56.6, 300)), np.radians(np.linspace(27.2, 27.9, 300))


def test_heights_are_off_by_up_to_so_much_and_smoothly() -> None:
    ground = SyntheticTerrain(3)
    off = Disturbed(ground, error_m=5.0).height_hae_m(*PLACES) - ground.height_hae_m(*PLACES)
    assert 3.0 < np.abs(off).max() <= 5.0
    assert abs(off.mean()) < 1.5
    assert np.allclose(Disturbed(ground, error_m=-5.0).height_hae_m(*PLACES) - ground.height_hae_m(*PLACES), -off)


def test_trees_stand_where_they_stood_and_as_high_as_stated() -> None:
    ground = SyntheticTerrain(3)
    own = ground.canopy_m(*PLACES)
    assert np.array_equal(Disturbed(ground, canopy_m=25.0).canopy_m(*PLACES), np.where(own > 0.0, 25.0, 0.0))
    assert not Disturbed(ground, canopy_m=0.0).canopy_m(*PLACES).any()
    assert (Disturbed(SmoothEarth(), canopy_m=25.0).canopy_m(*PLACES) == 25.0).all()


def test_it_says_what_was_done_to_it() -> None:
    assert "heights off by up to 5 m, trees of 25 m" in Disturbed(SmoothEarth(), error_m=-5.0, canopy_m=25.0).describe
