"""Land cover: what stands on the ground, by class, and one sentence for what cannot be."""

import os
from pathlib import Path

import numpy as np
import pytest

from dronewall.errors import BadInput
from dronewall.geo.landcover import Clothed, clutter
from dronewall.geo.terrain import SmoothEarth, load_terrain
from tests.geo.rasters import copernicus, write

WEST, NORTH, CELL = 27.0, 56.0, 0.001


def classes(path: Path, values: np.ndarray) -> Path:
    return write(path, "EPSG:4326", WEST, NORTH, (CELL, CELL), values.shape, values, dtype="uint8")


def place(row: int, column: int) -> tuple[np.ndarray, np.ndarray]:
    return np.radians([NORTH - (row + 0.5) * CELL]), np.radians([WEST + (column + 0.5) * CELL])


def test_classes_stand_as_high_as_their_table_says(tmp_path: Path) -> None:
    values = np.full((30, 30), 30)
    values[5, 7], values[9, 2] = 10, 50
    ground = Clothed(SmoothEarth(), classes(tmp_path / "c.tif", values))
    assert ground.canopy_m(*place(5, 7)) == 18.0
    assert ground.canopy_m(*place(9, 2)) == 8.0
    assert ground.canopy_m(*place(6, 7)) == 0.0
    assert ground.canopy_m(*place(500, 7)) == 0.0
    other = Clothed(SmoothEarth(), tmp_path / "c.tif", {30: 25.0})
    assert other.canopy_m(*place(6, 7)) == 25.0
    assert other.canopy_m(*place(5, 7)) == 0.0
    assert "30: 25 m" in other.describe


def test_a_legend_that_is_not_known_needs_a_table(tmp_path: Path) -> None:
    file = classes(tmp_path / "c.tif", np.full((4, 4), 12))
    with pytest.raises(BadInput, match="classes that are not ESA WorldCover's \\(12\\)"):
        Clothed(SmoothEarth(), file)


def test_trees_do_not_count_twice(tmp_path: Path) -> None:
    copernicus(tmp_path, 56, 27)
    surface = load_terrain("Copernicus_*.tif", tmp_path)
    with pytest.raises(BadInput, match="would count twice"):
        Clothed(surface, classes(tmp_path / "c.tif", np.full((4, 4), 10)))


def test_heights_are_no_classes(tmp_path: Path) -> None:
    file = write(tmp_path / "h.tif", "EPSG:4326", WEST, NORTH, (CELL, CELL), (8, 8))
    with pytest.raises(BadInput, match="land cover is whole numbers"):
        Clothed(SmoothEarth(), file)
    with pytest.raises(BadInput, match="has no coordinate system"):
        Clothed(SmoothEarth(), write(tmp_path / "n.tif", None, WEST, NORTH, (CELL, CELL), (8, 8), np.ones((8, 8))))


def test_a_pipe_is_no_land_cover_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "c.tif")
    with pytest.raises(BadInput, match="not a regular file"):
        Clothed(SmoothEarth(), tmp_path / "c.tif")


@pytest.mark.parametrize("text", ["10", "a=3", "10=x", "10=-1", "10=999"])
def test_a_table_that_is_none_is_one_sentence(text: str) -> None:
    with pytest.raises(BadInput, match="--clutter"):
        clutter(text)
