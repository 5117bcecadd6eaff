"""Colours of maps: told apart by the colour-blind too; and PNG that other programs read."""

import itertools

import numpy as np
import pytest
import rasterio

from dronewall.geo.shading import REASON_COLOURS, SCALE, png, reason_stops, reasons, scale_stops, shaded
from dronewall.units import Floats

# Machado, Oliveira and Fernandes 2009, table 1, severity 1.0: linear RGB to linear RGB.
SEEN_BY = {
    "everybody": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TOLD_APART = 16.0
"""CIE 1976 colour difference; 2.3 is just noticeable side by side."""


def lab(colours: Floats, eye: Floats) -> Floats:
    """CIELAB (D65) of sRGB 0 to 255 as that eye sees it [shape=(n, 3)]."""
    share = colours / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    linear = np.clip(linear @ eye.T, 0.0, 1.0)
    to_xyz = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                       [0.0193339, 0.1191920, 0.9503041]])  # fmt: skip
    ratio = linear @ to_xyz.T / np.array([0.95047, 1.0, 1.08883])
    root = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.column_stack([116 * root[:, 1] - 16, 500 * (root[:, 0] - root[:, 1]), 200 * (root[:, 1] - root[:, 2])])


@pytest.mark.parametrize("eye", SEEN_BY)
def test_reasons_are_told_apart_by_every_eye(eye: str) -> None:
    seen = lab(np.array(REASON_COLOURS, float), SEEN_BY[eye])
    nearest = min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2))
    assert nearest >= TOLD_APART


@pytest.mark.parametrize("eye", SEEN_BY)
def test_more_is_lighter_for_every_eye(eye: str) -> None:
    lightness = lab(SCALE, SEEN_BY[eye])[:, 0]
    assert (np.diff(lightness) > 3.0).all()


def test_low_is_dark_high_is_bright_and_beyond_stays_at_the_end() -> None:
    colours = shaded(np.array([[-1.0, 0.0, 1.0, 2.0]]), 0.0, 1.0)
    assert colours[0, 0].tolist() == colours[0, 1].tolist() == [68, 1, 84]
    assert colours[0, 2].tolist() == colours[0, 3].tolist() == [253, 231, 37]


def test_backward_the_low_is_bright() -> None:
    assert shaded(np.array([[0.0]]), 0.0, 1.0, backward=True)[0, 0].tolist() == [253, 231, 37]


def test_the_legend_has_the_colours_of_the_map() -> None:
    assert scale_stops()[0] == "#440154"
    assert scale_stops(backward=True)[0] == "#fde725"
    codes = reasons(np.arange(7, dtype=np.uint8)[None, :])[0]
    assert reason_stops() == ["#" + "".join(f"{part:02x}" for part in colour) for colour in codes.tolist()]


@pytest.mark.parametrize("parts", [3, 4])
def test_a_png_is_read_back_by_gdal(parts: int) -> None:
    colours = np.random.default_rng(4).integers(0, 256, (5, 7, parts), dtype=np.uint8)
    with rasterio.MemoryFile(png(colours)) as file, file.open() as data:
        found = data.read()
    assert np.array_equal(np.moveaxis(found, 0, -1), colours)
