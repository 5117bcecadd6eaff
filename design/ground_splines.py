"""How `src/dronewall/geo/data/ground_splines.npz` is made: the coefficients of the invented ground's smooth part.

    python design/ground_splines.py OUT.npz

They follow from the topography and the geoid that lie beside it, and are kept because working them out took a third of
a second of each start: the geoid's spline is one of the whole earth, and SciPy's filters have to be imported for it.
`tests/geo/test_synthetic.py` works them out again.
"""

import sys
from pathlib import Path

import numpy as np
from scipy import ndimage

from dronewall.geo.geoid import undulation_m

DATA = Path(__file__).parents[1] / "src" / "dronewall" / "geo" / "data"


def main(out: Path) -> None:
    """Write the spline coefficients of topography and geoid at the topography's nodes [shape=(2, rows, columns)]."""
    with np.load(DATA / "itu_p1511_5arcmin.npz") as grid:
        topography_m = grid["altitude_amsl_m"].astype(np.float64)
        north_deg, west_deg = float(grid["north_deg"]), float(grid["west_deg"])
    rows, columns = topography_m.shape
    latitude_rad = np.radians(north_deg - np.arange(rows) / 12.0)
    longitude_rad = np.radians(west_deg + np.arange(columns) / 12.0)
    geoid_m = undulation_m(latitude_rad[:, None], longitude_rad)
    layers = [ndimage.spline_filter(layer, order=3, mode="mirror") for layer in (topography_m, geoid_m)]
    np.savez_compressed(out, coefficients=np.stack(layers), north_deg=north_deg, west_deg=west_deg)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
