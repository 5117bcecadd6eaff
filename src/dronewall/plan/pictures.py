"""Pictures for a page without any library: a PNG of a map, and sections as SVG."""

import base64
from typing import Final

import numpy as np

from dronewall.geo.shading import NOTHING, Colours, png, reasons, scale_stops, shaded
from dronewall.units import Floats

LARGEST: Final = 900


def thinned(values: np.ndarray) -> np.ndarray:
    """Every nth cell, so that the longer side has at most `LARGEST`."""
    step = max(1, -(-max(values.shape) // LARGEST))
    return values[step // 2 :: step, step // 2 :: step]


def map_png(values: np.ndarray, low: float, high: float, *, backward: bool = False) -> str:
    """A map as a data URI: `low` dark, `high` bright (or the other way about), NaN grey."""
    thin = thinned(values)
    colours = shaded(thin, low, high, backward=backward)
    colours[np.isnan(thin)] = NOTHING
    return _uri(colours)


def reason_png(codes: np.ndarray) -> str:
    """A map of codes as a data URI."""
    return _uri(reasons(thinned(codes)))


def scale_css(*, backward: bool = False) -> str:
    """The colours of `map_png` as a CSS gradient."""
    return f"linear-gradient(90deg,{','.join(scale_stops(backward=backward))})"


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


def _uri(colours: Colours) -> str:
    return "data:image/png;base64," + base64.b64encode(png(colours)).decode()
