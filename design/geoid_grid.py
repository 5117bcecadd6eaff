"""How `src/dronewall/geo/data/egm96_15arcmin.npz` was made, and what it costs to keep every third node.

    python design/geoid_grid.py EGM96_5ARCMIN.npz OUT.npz

The input is the 5' grid of EGM96 in the PyPI wheel `egm96` 0.3.0 (file `egm96/data/egm96-5.npz`, MIT; the grid is the
public-domain one of NGA that GeographicLib redistributes as egm96-5.pgm). It asks for Python 3.12, and its release for
3.11 is empty, so dronewall keeps a grid of its own. EGM96 ends at degree 360, half a wavelength of 30', so 15' nodes
under a cubic spline give the 5' grid back:

    interpolation of the 15' grid     largest difference    sd      file
    linear                            1.06 m                36 mm   0.71 MB
    cubic spline (taken)              0.029 m               4 mm    0.71 MB
    quintic spline                    0.015 m               4 mm    0.71 MB
    cubic spline of a 30' grid        0.94 m                38 mm   0.2 MB

The nodes are whole centimetres, as in the input, stored as second differences because those compress.
"""

import sys
from pathlib import Path

import numpy as np


def main(source: Path, out: Path) -> None:
    """Write every third node of the 5' grid, from -90 to 90 and from -180 to 179.75 degrees."""
    with np.load(source) as file:
        five_arcmin_cm = np.cumsum(np.cumsum(file["undulation_d2"].astype(np.int32), axis=0), axis=1)
    kept_cm = five_arcmin_cm[::3, ::3][:, :-1]
    differences = np.diff(np.diff(kept_cm, axis=0, prepend=0), axis=1, prepend=0)
    assert np.abs(differences).max() < 2**15
    np.savez_compressed(out, undulation_cm_d2=differences.astype(np.int16))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
