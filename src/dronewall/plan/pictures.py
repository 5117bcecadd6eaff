"""Pictures for a page without any library: a PNG of a map, and sections as SVG."""

import base64
import struct
import zlib
from typing import Final

import numpy as np

from dronewall.units import Floats

# Dark blue to yellow, even in lightness and sound for the colour-blind: viridis (van der Walt, Smith 2015).
_SCALE: Final = np.array(
    [[68, 1, 84], [72, 40, 120], [62, 74, 137], [49, 104, 142], [38, 130, 142], [31, 158, 137], [53, 183, 121],
     [109, 205, 89], [180, 222, 44], [253, 231, 37]], float
)  # fmt: skip
NOTHING: Final = (236, 236, 232)
REASON_COLOURS: Final = (
    (181, 222, 43), (141, 110, 99), (84, 110, 180), (214, 214, 210), (170, 150, 200), (240, 160, 75), (205, 92, 92)
)  # fmt: skip
LARGEST: Final = 900


def thinned(values: np.ndarray) -> np.ndarray:
    """Every nth cell, so that the longer side has at most `LARGEST`."""
    step = max(1, -(-max(values.shape) // LARGEST))
    return values[step // 2 :: step, step // 2 :: step]


def map_png(values: np.ndarray, low: float, high: float, *, backward: bool = False) -> str:
    """A map as a data URI: `low` dark, `high` bright (or the other way about), NaN grey."""
    thin = thinned(values).astype(np.float64)
    with np.errstate(invalid="ignore"):
        share = np.clip((thin - low) / (high - low), 0.0, 1.0)
    share = 1.0 - share if backward else share
    at = np.nan_to_num(share) * (len(_SCALE) - 1)
    node = np.minimum(at.astype(int), len(_SCALE) - 2)
    part = (at - node)[..., None]
    colours = (1.0 - part) * _SCALE[node] + part * _SCALE[node + 1]
    colours[np.isnan(thin)] = NOTHING
    return _png(colours.astype(np.uint8))


def reason_png(reasons: np.ndarray) -> str:
    """A map of codes as a data URI."""
    return _png(np.array(REASON_COLOURS, np.uint8)[thinned(reasons)])


def scale_css(*, backward: bool = False) -> str:
    """The colours of `map_png` as a CSS gradient."""
    colours = _SCALE[::-1] if backward else _SCALE
    return "linear-gradient(90deg," + ",".join(f"rgb({r:.0f},{g:.0f},{b:.0f})" for r, g, b in colours) + ")"


def section_svg(distance_m: Floats, ground_m: Floats, canopy_m: Floats, lowest_m: Floats, mast_m: float) -> str:
    """Ground, trees and the lowest visible height along one line from a site at its left end."""
    width, height = 860.0, 170.0
    over = np.where(np.isnan(lowest_m), np.nan, ground_m + lowest_m)
    floor = float(np.nanmin(ground_m))
    top = float(max(np.nanmax(ground_m + canopy_m), mast_m)) + 120.0
    x = 40.0 + distance_m / max(float(distance_m[-1]), 1.0) * (width - 50.0)

    def y(value: Floats) -> Floats:
        return np.asarray(height - 22.0 - np.clip((value - floor) / (top - floor), 0.0, 1.0) * (height - 34.0))

    def points(values: Floats) -> str:
        return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y(values), strict=True) if np.isfinite(b))

    base = f"{x[-1]:.1f},{height - 22:.1f} {x[0]:.1f},{height - 22:.1f}"
    hidden = points(np.minimum(np.nan_to_num(over, nan=top), top))
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img">'
        f'<polygon points="{hidden} {base}" fill="#d9c9c4"/>'
        f'<polygon points="{points(ground_m + canopy_m)} {base}" fill="#7da06d"/>'
        f'<polygon points="{points(ground_m)} {base}" fill="#8d6e63"/>'
        f'<line x1="{x[0]:.1f}" x2="{x[0]:.1f}" y1="{y(np.array(ground_m[0])):.1f}" y2="{y(np.array(mast_m)):.1f}" '
        'stroke="#222" stroke-width="2"/>'
        f'<text x="2" y="14">{top:.0f} m</text><text x="2" y="{height - 24:.0f}">{floor:.0f} m</text>'
        f'<text x="40" y="{height - 6:.0f}">0</text>'
        f'<text x="{width - 10:.0f}" y="{height - 6:.0f}" text-anchor="end">{distance_m[-1] / 1000:.1f} km</text></svg>'
    )


def _png(rgb: np.ndarray) -> str:
    rows, columns, _ = rgb.shape
    lines = np.zeros((rows, 1 + columns * 3), np.uint8)
    lines[:, 1:] = rgb.reshape(rows, columns * 3)
    body = b"\x89PNG\r\n\x1a\n"
    head = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)
    for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(lines.tobytes(), 6)), (b"IEND", b"")):
        body += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return "data:image/png;base64," + base64.b64encode(body).decode()
