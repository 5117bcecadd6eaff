"""Plots as SVG that needs nothing else: distributions, intervals, one figure against another, in the page's colours."""

from collections.abc import Sequence
from html import escape
from typing import Final

import numpy as np

from dronewall.units import Floats

WIDTH: Final = 340.0
BINS: Final = 24
EDGE: Final = 10.0


def number(value: float | None) -> str:
    """As people read it: three digits, thousands with a space, a dash for nothing."""
    if value is None or not np.isfinite(value):
        return "–"
    if value == 0.0:
        return "0"
    if abs(value) >= 1_000.0:
        return f"{value:,.0f}".replace(",", "\u202f")
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.3g}"


def ticks(low: float, high: float, most: int = 5) -> Floats:
    """Round numbers from low to high, some `most` of them."""
    span = max(high - low, 1e-12)
    rough = span / most
    step = 10.0 ** np.floor(np.log10(rough))
    step *= next((m for m in (1.0, 2.0, 5.0) if m * step >= rough), 10.0)
    return np.asarray(np.arange(np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9) + 1.0) * step)


def distribution(values: Sequence[float], *, unit: str, asked: float | None = None) -> str:
    """Nights by a figure: a bar each bin, the middle 80 % as a band, the median as a line, what is asked dashed."""
    known = np.array([v for v in values if np.isfinite(v)], float)
    if not len(known):
        return '<p class="of">no night has anything to say</p>'
    if np.ptp(known) == 0.0:
        where = f"each of {len(known)} nights" if len(known) > 1 else "one night"
        return f"<p><b>{number(float(known[0]))} {escape(unit)}</b> in {where}</p>"
    ends = np.append(known, [] if asked is None else [asked])
    low, high = min(float(ends.min()), 0.0 if ends.min() < 0.4 * ends.max() else np.inf), float(ends.max())
    low, high = (low - 0.5, high + 0.5) if high <= low else (low, high)
    high += 0.02 * (high - low)
    height, base = 120.0, 96.0
    at = Scale(low, high)
    counts, edges = np.histogram(known, bins=BINS, range=(low, high))
    p10, p50, p90 = np.percentile(known, [10, 50, 90])
    parts = [
        f'<rect class="band" x="{at(p10):.1f}" y="8" width="{max(at(p90) - at(p10), 1.5):.1f}" height="{base - 8}"/>'
    ]
    top = max(int(counts.max()), 1)
    for count, left, right in zip(counts.tolist(), edges[:-1], edges[1:], strict=True):
        if count:
            tall = (base - 14.0) * count / top
            said = f"{count} of {len(known)} nights, {number(left)} to {number(right)} {unit}"
            parts.append(
                f'<rect class="bar" x="{at(left) + 0.5:.1f}" y="{base - tall:.1f}" '
                f'width="{max(at(right) - at(left) - 1.0, 1.0):.1f}" height="{tall:.1f}">'
                f"<title>{escape(said)}</title></rect>"
            )
    parts.append(_upright(at(p50), 8, base, "mid"))
    if asked is not None:
        parts.append(_upright(at(asked), 4, base, "asked"))
    parts.append(_axis(low, high, base))
    said = f"median {number(float(p50))}, eight in ten nights from {number(float(p10))} to {number(float(p90))} {unit}"
    return f"{_svg(WIDTH, height, parts, said)}<figcaption>{escape(said.rstrip())}; {len(known)} nights</figcaption>"


def intervals(rows: Sequence[tuple[str, float, float, float, str]]) -> str:
    """Shares with their bounds, a line each: name, value, low, high, what it is of."""
    left, line = 150.0, 24.0
    width, height = 520.0, 26.0 + line * len(rows)
    at = Scale(0.0, 1.0, left, width - 96.0)
    parts = [_axis(0.0, 1.0, height - 24.0, at=at, percent=True)]
    for index, (name, value, low, high, of) in enumerate(rows):
        y = 14.0 + line * index
        parts.append(f'<text class="strong" x="0" y="{y + 4:.0f}">{escape(name)}</text>')
        parts.append(f'<path class="range" d="M{at(low):.1f} {y:.1f}H{at(high):.1f}"/>')
        parts.append(f'<circle class="dot" cx="{at(value):.1f}" cy="{y:.1f}" r="5" style="fill-opacity:1"/>')
        parts.append(f'<text x="{width - 90:.0f}" y="{y + 4:.0f}">{escape(of)}</text>')
    return _svg(width, height, parts, "shares with their bounds")


def scatter(points: Sequence[tuple[float, float, str, bool]], *, across: str, up: str) -> str:
    """One figure against another: (across, up, what the dot says, whether it is a bad one)."""
    if not points:
        return '<p class="of">no night has anything to say</p>'
    width, height, left, base = 520.0, 300.0, 56.0, 262.0
    across_high = max(p[0] for p in points) * 1.05 or 1.0
    up_high = max(p[1] for p in points) * 1.08 or 1.0
    at, y_of = Scale(0.0, across_high, left, width - EDGE), Scale(0.0, up_high, base, 10.0)
    parts = [_axis(0.0, across_high, base, at=at)]
    for tick in ticks(0.0, up_high):
        parts.append(f'<path class="axis" d="M{left:.0f} {y_of(tick):.1f}H{width - EDGE:.0f}"/>')
        parts.append(
            f'<text x="{left - 6:.0f}" y="{y_of(tick) + 4:.1f}" text-anchor="end">{number(float(tick))}</text>'
        )
    for x, y, said, bad in points:
        parts.append(
            f'<circle class="{"bad" if bad else "dot"}" cx="{at(x):.1f}" cy="{y_of(y):.1f}" r="4">'
            f"<title>{escape(said)}</title></circle>"
        )
    parts.append(
        f'<text x="{(left + width) / 2:.0f}" y="{height - 4:.0f}" text-anchor="middle">{escape(across)}</text>'
    )
    parts.append(f'<text x="0" y="0" transform="translate(12 {base / 2 + 60:.0f}) rotate(-90)">{escape(up)}</text>')
    return _svg(width, height, parts, f"{up} against {across}")


class Scale:
    """From a figure to a place on paper."""

    def __init__(self, low: float, high: float, left: float = EDGE, right: float = WIDTH - EDGE) -> None:
        self._low, self._left, self._by = low, left, (right - left) / (high - low)

    def __call__(self, value: float) -> float:
        return float(self._left + (value - self._low) * self._by)


def _axis(low: float, high: float, y: float, *, at: Scale | None = None, percent: bool = False) -> str:
    at = at or Scale(low, high)
    parts = [f'<path class="axis" d="M{at(low):.1f} {y:.1f}H{at(high):.1f}"/>']
    for tick in ticks(low, high):
        said = f"{abs(tick):.0%}" if percent else number(float(tick))
        parts.append(f'<path class="axis" d="M{at(tick):.1f} {y:.1f}v4"/>')
        parts.append(f'<text x="{at(tick):.1f}" y="{y + 17:.1f}" text-anchor="middle">{said}</text>')
    return "".join(parts)


def _upright(x: float, top: float, base: float, kind: str) -> str:
    return f'<path class="{kind}" d="M{x:.1f} {top:.1f}V{base:.1f}"/>'


def _svg(width: float, height: float, parts: Sequence[str], said: str) -> str:
    return f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(said)}">{"".join(parts)}</svg>'
