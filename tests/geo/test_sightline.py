"""Sightlines: the textbook's horizon, hills and woods where they can be worked out by hand, profile against horizon."""

from itertools import pairwise

import numpy as np
import pytest

from dronewall.geo.frames import Numbers, course_and_distance, destination, geodetic_to_ecef
from dronewall.geo.sightline import Horizon, clear, clearance_m, radius_of_curvature_m
from dronewall.geo.terrain import SmoothEarth, SyntheticTerrain, Terrain, site_altitude_hae_m
from dronewall.units import Floats

SITE = (float(np.radians(56.55)), float(np.radians(27.95)))
ALONG = float(np.radians(63.0))


class Rings:
    """A smooth earth with rings of ground or forest about the site: (from_m, to_m, height_m)."""

    describe = "rings"

    def __init__(self, ground: list[tuple[float, float, float]], forest: list[tuple[float, float, float]]) -> None:
        self.ground, self.forest = ground, forest

    def height_hae_m(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
        return self._of(self.ground, latitude_rad, longitude_rad)

    def canopy_m(self, latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
        return self._of(self.forest, latitude_rad, longitude_rad)

    def _of(self, rings: list[tuple[float, float, float]], latitude_rad: Numbers, longitude_rad: Numbers) -> Floats:
        _, distance = course_and_distance(*SITE, latitude_rad, longitude_rad)
        height = np.zeros(distance.shape)
        for inner, outer, value in rings:
            height[(distance >= inner) & (distance < outer)] = value
        return height


def sees(
    terrain: Terrain, mast_m: float, distance_m: Floats, altitude_m: Floats, k: float = 4 / 3
) -> tuple[Floats, Floats]:
    """What profiles and what the horizon say of targets along one azimuth."""
    distance_m, altitude_m = np.broadcast_arrays(distance_m, altitude_m)
    latitude, longitude = destination(*SITE, ALONG, distance_m)
    by_profile = clear(terrain, (*SITE, mast_m), latitude, longitude, altitude_m, k)
    horizon = Horizon.over(terrain, *SITE, mast_m, float(distance_m.max()), k, azimuths=72)
    return by_profile, horizon.sees(geodetic_to_ecef(latitude, longitude, altitude_m))


def farthest_km(seen: Floats, distance_m: Floats) -> float:
    return float(distance_m[seen].max() / 1000.0)


@pytest.mark.parametrize(("altitude_m", "horizon_km"), [(50.0, 51.7), (100.0, 63.8), (300.0, 94.0)])
def test_a_mast_of_30_m_sees_as_far_as_the_textbook_says(altitude_m: float, horizon_km: float) -> None:
    """Over a smooth earth of 4/3 radius: sqrt(2 k R) (sqrt(h1) + sqrt(h2))."""
    distance = np.arange(30_000.0, 100_000.0, 100.0)
    for seen in sees(SmoothEarth(), 30.0, distance, np.array(altitude_m)):
        assert farthest_km(seen, distance) == pytest.approx(horizon_km, abs=0.2)


def test_without_refraction_the_horizon_is_nearer() -> None:
    distance = np.arange(30_000.0, 70_000.0, 100.0)
    for seen in sees(SmoothEarth(), 30.0, distance, np.array(100.0), k=1.0):
        assert farthest_km(seen, distance) == pytest.approx(63.8 * np.sqrt(3 / 4), abs=0.2)


def test_a_ridge_casts_a_shadow_of_the_length_worked_out_by_hand() -> None:
    """A ridge of 60 m at 5 km, the mast 20 m: the ray over it stands at 20 + 8 d + (d^2 - 5 d) / 2 k R at d km."""
    terrain = Rings([(5_000.0, 5_100.0, 60.0)], [])
    distance = np.arange(6_000.0, 20_000.0, 50.0)
    two_k_radii = 2 * 4 / 3 * radius_of_curvature_m(SITE[0], ALONG)
    edge = 20.0 + 8.0 * distance / 1000.0 + (distance**2 - 5_000.0 * distance) / two_k_radii
    # A sample may stand up to 80 m behind the ridge's edge, which lowers the ray by 1.6 % of its rise.
    for above, expected in ((0.5, True), (-3.0, False)):
        for seen in sees(terrain, 20.0, distance, edge + above):
            assert np.all(seen == expected)


def test_a_wood_hides_what_is_behind_it_as_ground_would() -> None:
    wood = Rings([], [(2_000.0, 2_500.0, 20.0)])
    hill = Rings([(2_000.0, 2_500.0, 20.0)], [])
    distance = np.arange(2_600.0, 12_000.0, 40.0)
    for altitude_m in (10.0, 40.0, 80.0):
        for by_wood, by_hill in zip(
            sees(wood, 10.0, distance, np.array(altitude_m)),
            sees(hill, 10.0, distance, np.array(altitude_m)),
            strict=True,
        ):
            np.testing.assert_array_equal(by_wood, by_hill)


def test_the_trees_of_the_clearing_are_felled() -> None:
    trees = Rings([], [(0.0, 299.0, 20.0)])
    for seen in sees(trees, 5.0, np.array([1_000.0, 10_000.0]), np.array(10.0)):
        assert np.all(seen)


def test_trees_beyond_the_clearing_stand() -> None:
    trees = Rings([], [(310.0, 400.0, 20.0)])
    for seen in sees(trees, 5.0, np.array([1_000.0, 10_000.0]), np.array(10.0)):
        assert not np.any(seen)


def test_a_target_in_the_trees_is_hidden_and_one_above_them_seen() -> None:
    wood = Rings([], [(3_000.0, 9_000.0, 20.0)])
    for seen in sees(wood, 60.0, np.array([3_500.0, 3_500.0]), np.array([10.0, 30.0])):
        assert seen.tolist() == [False, True]


def test_a_target_at_the_site_itself_is_seen() -> None:
    horizon = Horizon.over(SmoothEarth(), *SITE, 15.0, 5_000.0, azimuths=72)
    assert horizon.sees(geodetic_to_ecef(*SITE, np.array([15.0, 500.0]))).all()


def test_what_is_higher_is_never_hidden_where_something_lower_is_seen() -> None:
    terrain = SyntheticTerrain(5)
    horizon = Horizon.over(terrain, *SITE, site_altitude_hae_m(terrain, *SITE, 25.0), 20_000.0)
    rng = np.random.default_rng(1)
    latitude, longitude = destination(*SITE, rng.uniform(0, 2 * np.pi, 500), rng.uniform(50.0, 25_000.0, 500))
    ground = terrain.height_hae_m(latitude, longitude)
    seen = [horizon.sees(geodetic_to_ecef(latitude, longitude, ground + height)) for height in (20, 80, 320, 1280)]
    assert all(np.all(low <= high) for low, high in pairwise(seen))


def test_horizon_and_profiles_agree_over_hills_and_forest() -> None:
    """99 of 100 targets; what is left stands at the edge of a wood between two of the horizon's azimuths."""
    terrain = SyntheticTerrain(2026)
    rng = np.random.default_rng(2)
    altitude = site_altitude_hae_m(terrain, *SITE, 25.0)
    latitude, longitude = destination(*SITE, rng.uniform(0, 2 * np.pi, 2000), 25_000.0 * np.sqrt(rng.random(2000)))
    targets = terrain.height_hae_m(latitude, longitude) + rng.uniform(20.0, 300.0, 2000)
    by_profile = clear(terrain, (*SITE, altitude), latitude, longitude, targets)
    horizon = Horizon.over(terrain, *SITE, altitude, 25_000.0)
    by_horizon = horizon.sees(geodetic_to_ecef(latitude, longitude, targets))
    assert 0.2 < by_profile.mean() < 0.9
    assert np.mean(by_profile == by_horizon) > 0.99


def test_the_lowest_visible_height_is_where_sight_begins() -> None:
    terrain = SyntheticTerrain(3)
    altitude = site_altitude_hae_m(terrain, *SITE, 25.0)
    horizon = Horizon.over(terrain, *SITE, altitude, 20_000.0)
    rng = np.random.default_rng(4)
    azimuth, distance = rng.uniform(-np.pi, np.pi, 300), rng.uniform(100.0, 19_000.0, 300)
    lowest = horizon.lowest_visible_hae_m(azimuth, distance)
    latitude, longitude = destination(*SITE, azimuth, distance)
    assert horizon.sees(geodetic_to_ecef(latitude, longitude, lowest + 0.5)).all()
    assert not horizon.sees(geodetic_to_ecef(latitude, longitude, lowest - 0.5)).any()


def test_a_horizon_is_the_same_whatever_was_asked_first() -> None:
    terrain = SyntheticTerrain(11)
    rng = np.random.default_rng(6)
    latitude, longitude = destination(*SITE, rng.uniform(0, 2 * np.pi, 400), rng.uniform(50.0, 30_000.0, 400))
    targets = geodetic_to_ecef(latitude, longitude, terrain.height_hae_m(latitude, longitude) + 60.0)
    at_once, one_by_one = (Horizon.over(terrain, *SITE, 120.0, 25_000.0) for _ in range(2))
    seen = at_once.sees(targets)
    assert [bool(one_by_one.sees(target[None])[0]) for target in targets[::-1]] == seen[::-1].tolist()
    assert one_by_one.made.all()
    assert np.array_equal(one_by_one.slopes, at_once.slopes)


def test_only_the_sector_that_is_asked_about_is_worked_out() -> None:
    horizon = Horizon.over(SyntheticTerrain(11), *SITE, 120.0, 25_000.0)
    for azimuth_rad in (0.0, 2.0 * np.pi - 1e-6, 1e-6):  # the last sector needs the first
        horizon.sees(geodetic_to_ecef(*destination(*SITE, azimuth_rad, np.array([9_000.0])), 300.0))
    assert np.flatnonzero(horizon.made).tolist() == [*range(16), *range(1424, 1441)]


def test_clearance_is_the_height_above_the_lowest_seen() -> None:
    terrain = Rings([(5_000.0, 5_100.0, 60.0)], [])
    latitude, longitude = destination(*SITE, ALONG, np.array([10_000.0]))
    low, high = (clearance_m(terrain, (*SITE, 20.0), latitude, longitude, np.array([h])) for h in (50.0, 150.0))
    assert high - low == pytest.approx(100.0)
    assert (low < 0.0).all()
    assert (high > 0.0).all()


def test_the_radius_of_curvature_lies_between_the_principal_ones() -> None:
    # WGS 84 at 56.55 degrees north: 6,380,0xx m along the meridian, 6,393,0xx m across it (NGA.STND.0036, 4).
    north, east, between = radius_of_curvature_m(SITE[0], np.array([0.0, np.pi / 2, np.pi / 4]))
    assert 6.379e6 < north < between < east < 6.394e6


def test_no_target_gives_no_answer() -> None:
    none = np.zeros(0)
    assert clear(SmoothEarth(), (*SITE, 10.0), none, none, none).shape == (0,)
    horizon = Horizon.over(SmoothEarth(), *SITE, 10.0, 1_000.0, azimuths=8)
    assert horizon.sees(np.zeros((0, 3))).shape == (0,)
