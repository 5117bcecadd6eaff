"""How fast and how right the geometry is: python benchmarks/geometry.py"""

import time
from collections.abc import Callable

import numpy as np
from pyproj import Transformer

from dronewall.geo.frames import destination, ecef_to_geodetic, geodetic_to_ecef
from dronewall.geo.sightline import Horizon, clear
from dronewall.geo.terrain import SyntheticTerrain, site_altitude_hae_m

SITE = (float(np.radians(56.55)), float(np.radians(27.95)))


def best_s(act: Callable[[], object], times: int = 5) -> float:
    """Shortest of several runs, the first not counted (it compiles)."""
    act()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return min(taken)


def main() -> None:
    """Print a table."""
    rng = np.random.default_rng(1)
    n = 1_000_000
    where = np.arcsin(rng.uniform(-1, 1, n)), rng.uniform(-np.pi, np.pi, n), rng.uniform(-1e3, 2e4, n)
    to_ecef = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
    ours, theirs = geodetic_to_ecef(*where), np.stack(to_ecef.transform(where[1], where[0], where[2], radians=True), -1)
    back = geodetic_to_ecef(*ecef_to_geodetic(theirs))
    print(f"to earth-centred, largest difference from PROJ   {1e3 * np.abs(ours - theirs).max():.1e} mm")
    print(f"and back                                         {1e3 * np.abs(back - theirs).max():.1e} mm")
    print(
        f"to earth-centred / back             {n / best_s(lambda: geodetic_to_ecef(*where)) / 1e6:5.1f} / "
        f"{n / best_s(lambda: ecef_to_geodetic(ours)) / 1e6:.1f} million points a second"
    )

    terrain = SyntheticTerrain(2026)
    steps = np.arange(1000) * 30.0 / 6_371_000.0
    grid = np.meshgrid(SITE[0] + steps, SITE[1] + steps * 1.8, indexing="ij")
    print(
        f"invented ground / forest            {1 / best_s(lambda: terrain.height_hae_m(*grid)):5.1f} / "
        f"{1 / best_s(lambda: terrain.canopy_m(*grid)):.1f} million points a second"
    )

    altitude = site_altitude_hae_m(terrain, *SITE, 25.0)
    print(f"horizon of a site, 25 km            {best_s(lambda: Horizon.over(terrain, *SITE, altitude, 25e3)):5.2f} s")
    horizon = Horizon.over(terrain, *SITE, altitude, 25e3)
    azimuth = rng.uniform(0, 2 * np.pi, 20_000)
    far = destination(*SITE, azimuth[:1000], np.full(1000, 25e3))
    height = terrain.height_hae_m(*far) + 100.0
    took = best_s(lambda: clear(terrain, (*SITE, altitude), *far, height))
    print(f"1,000 profiles of 25 km             {1e3 * took:5.0f} ms")
    near = destination(*SITE, azimuth, 25e3 * np.sqrt(rng.random(20_000)))
    targets = terrain.height_hae_m(*near) + rng.uniform(20.0, 200.0, 20_000)
    ecef = geodetic_to_ecef(*near, targets)
    print(f"20,000 targets asked of a horizon   {1e3 * best_s(lambda: horizon.sees(ecef)):5.1f} ms")
    agree = np.mean(horizon.sees(ecef) == clear(terrain, (*SITE, altitude), *near, targets))
    print(f"horizon and profiles agree on       {100 * agree:5.1f} %")


if __name__ == "__main__":
    main()
