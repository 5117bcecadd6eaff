"""UTM against PROJ (pyproj, EPSG:326xx and 327xx): grid to geodetic and back."""

import numpy as np
import pytest
from pyproj import Transformer

from dronewall.geo.utm import from_geodetic, to_geodetic


@pytest.mark.parametrize(("zone", "north"), [(1, True), (30, True), (35, True), (35, False), (60, True)])
def test_utm_is_proj_within_a_micrometre(zone: int, north: bool) -> None:
    rng = np.random.default_rng(zone)
    latitude = rng.uniform(0.5, 84.0, 200) * (1 if north else -1)
    longitude = 6.0 * zone - 183.0 + rng.uniform(-6.0, 6.0, 200)
    proj = Transformer.from_crs("EPSG:4326", f"EPSG:{326 if north else 327}{zone:02d}", always_xy=True)
    east, northing = proj.transform(longitude, latitude)
    ours = from_geodetic(np.radians(latitude), np.radians(longitude), zone)
    np.testing.assert_allclose(ours, [east, northing], rtol=0, atol=1e-6)
    back = to_geodetic(east, northing, zone, north)
    np.testing.assert_allclose(back[0], np.radians(latitude), rtol=0, atol=1e-12)
    turn = np.exp(1j * back[1]) / np.exp(1j * np.radians(longitude))
    np.testing.assert_allclose(turn, 1.0, rtol=0, atol=1e-12)
