"""The page of a coverage: one HTML file that needs nothing else; maps, their intervals, sections, assumptions."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any, Final

import numpy as np

from dronewall.geo.lowest_visible import Seen
from dronewall.geo.shading import HIGHEST_SHOWN_M, NOTHING, REASON_COLOURS
from dronewall.plan.coverage import REASONS
from dronewall.plan.pictures import map_png, reason_png, scale_css, section_svg
from dronewall.plan.rasters import MARK
from dronewall.plan.standing import Standing
from dronewall.plan.watching import Watcher

_STYLE: Final = """
body{font:15px/1.45 system-ui,sans-serif;margin:0 auto;max-width:1180px;padding:0 20px 60px;color:#1d2328}
.mark{background:#7a1f1f;color:#fff;padding:6px 12px;margin:0 -20px;font-weight:600}
.note{background:#fff6dc;border-left:4px solid #d8a200;padding:8px 12px;margin:12px 0}
h2{margin-top:34px;border-bottom:1px solid #ddd} figure{margin:0} figcaption{font-size:13px;color:#444}
.row{display:flex;gap:14px;flex-wrap:wrap} .row figure{flex:1 1 330px;max-width:560px}
.map{position:relative;line-height:0}
.map img{width:100%;image-rendering:pixelated;border:1px solid #ccc}
.map svg{position:absolute;inset:0;width:100%;height:100%}
.bar{height:10px;margin:4px 0;border:1px solid #ccc} .ends{display:flex;justify-content:space-between;font-size:12px}
table{border-collapse:collapse;font-size:13px}
td,th{border:1px solid #ddd;padding:3px 8px;text-align:left}
td.n{text-align:right;font-variant-numeric:tabular-nums}
.key span{display:inline-block;margin-right:12px;font-size:13px}
.key i{display:inline-block;width:12px;height:12px;margin-right:4px;border:1px solid #999}
.key i.dot{border-radius:50%;border-color:#fff;outline:1px solid #bbb}
.key i.zone{background:none;border:2px solid #111}
details{font-size:13px} summary{cursor:pointer}
svg text{font:11px system-ui,sans-serif;fill:#333}
"""
_DOTS: Final = {"radar": "#d1242f", "acoustic": "#0b5394", "camera": "#7b2cbf"}
_OTHER_DOT: Final = "#333"
REMEDIES: Final = {
    "terrain": "a higher mast, or a site behind what hides it",
    "horizon": "a higher mast, or a site farther out",
    "range": "one more sensor, or one that reaches farther",
    "sector": "a wider sector, or one more sensor",
    "link budget": "a sensor that stands nearer or is stronger",
    "noise": "a quieter place, or a sensor that does not listen",
}
"""What helps where that ends coverage."""


@dataclass(kw_only=True)
class Shown:
    """One class at one height: maps thinned for pictures (value, low, high), and counts of all of the map's cells."""

    label: str
    height_m: float
    p_look: list[np.ndarray] = field(default_factory=list)
    p_detect: list[np.ndarray] = field(default_factory=list)
    half_seen: list[int] = field(default_factory=list)
    ends: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.uint8))
    by_end: list[int] = field(default_factory=list)


@dataclass(kw_only=True)
class Page:
    """The page of a wall on its map; its parts are made one by one, by anybody."""

    found: Standing

    def shown(self, layer: Shown) -> tuple[str, str]:
        """One class at one height: value and interval side by side with what ends it, and its row of the table."""
        name = f"{layer.label}, {layer.height_m:g} m above ground"
        value, low, high = (map_png(part, 0.0, 1.0) for part in layer.p_detect)
        figures = [
            self._figure(value, "probability over a crossing, as assumed"),
            self._figure(low, "the same, all that is assumed at its bad end"),
            self._figure(high, "the same, at its good end"),
            self._figure(map_png(layer.p_look[0], 0.0, 1.0), "probability per look, as assumed"),
            self._figure(reason_png(layer.ends), "what ends coverage"),
        ]
        part = f"<h3>{escape(name)}</h3><div class=row>{''.join(figures)}</div>"
        shares = "".join(f"<td class=n>{count * self._km2:,.0f}</td>" for count in layer.by_end)
        value_km2, low_km2, high_km2 = (f"{count * self._km2:,.0f}" for count in layer.half_seen)
        return part, (
            f"<tr><td>{escape(layer.label)}</td><td class=n>{layer.height_m:g}</td>"
            f"<td class=n>{low_km2} to {high_km2}</td>"
            f"<td class=n>{value_km2}</td>{shares}<td>{escape(_first(layer.by_end))}</td></tr>"
        )

    def lowest(self, thin: np.ndarray) -> str:
        """How low all sites together see."""
        return self._figure(map_png(thin, 0.0, HIGHEST_SHOWN_M, backward=True), "all sites")

    def html(self, lowest: str, layers: list[tuple[str, str]], sections: list[str], about: dict[str, Any]) -> str:
        """The whole page out of its parts: what `lowest`, `shown` and `section` gave."""
        found, key = self.found, _legend()
        notes = "".join(f"<div class=note>{escape(note)}</div>" for note in about["notes"])
        head = "".join(f"<th>{escape(reason)}</th>" for reason in REASONS)
        scale = _scale("Probability", 1.0, "", scale_css())
        back = _scale(
            "Lowest visible height above ground", HIGHEST_SHOWN_M, " m", scale_css(backward=True), " and more"
        )
        marks = self._key_of_marks()
        return (
            f'<!doctype html><html lang="en"><meta charset="utf-8">'
            f"<title>Coverage: {escape(found.wall.wall.name)}</title><style>{_STYLE}</style>"
            f"<div class=mark>{escape(MARK)}</div>"
            f"<h1>Coverage of {escape(found.wall.wall.name)}</h1>"
            "<p>No single percentage stands here on purpose: how much a wall sees depends on what flies how high in "
            "which weather, and on what nobody has measured. Each figure has the interval in which it lies if "
            f"everything assumed is at its worst, or at its best.</p>{notes}{_facts(about, self._kinds())}"
            f"{_READING}"
            "<h2>How low the wall sees</h2><p>Lowest height above ground (m) at which a thing is in sightline of at "
            "least one sensor, whatever its probability. Grey: beyond every sensor.</p>"
            f"{marks}{back}<div class=row>{lowest}</div>"
            "<h2>Classes and heights</h2><table><tr><th>class</th><th>height, m</th>"
            "<th>km&sup2; seen in half of crossings, interval</th><th>as assumed</th>"
            f"{head}<th>what would help most in reach</th></tr>{''.join(row for _, row in layers)}</table>"
            f"<p>Behind them: km&sup2; by what ends coverage there, as assumed; the maps show its interval. "
            f"{_LINES}</p>{marks}{scale}{key}"
            f"{''.join(part for part, _ in layers)}<h2>Sections</h2>"
            "<p>From a site eastward (or along the middle of its sector): ground and trees; pale: not seen.</p>"
            f"{''.join(sections)}<h2>What this hangs on</h2><ul>"
            f"{''.join(f'<li>{escape(line)}</li>' for line in about['assumptions'])}</ul></html>\n"
        )

    @property
    def _km2(self) -> float:
        return (self.found.grid.cell_m / 1000.0) ** 2

    @cached_property
    def _marks(self) -> tuple[str, str]:
        """Sites and protected zones, the same on every map."""
        marks = "".join(self._dot(watcher) for watcher in self.found.watchers)
        return "".join(self._zone(zone.polygon) for zone in self.found.wall.zone if zone.kind == "protected"), marks

    def _kinds(self) -> dict[str, int]:
        """How many sensors of each kind count."""
        return dict(Counter(watcher.sensor.kind for watcher in self.found.watchers))

    def _key_of_marks(self) -> str:
        """What the dots and outlines on the maps are."""
        dots = "".join(
            f'<span><i class=dot style="background:{_DOTS.get(kind, _OTHER_DOT)}"></i>{escape(kind)}</span>'
            for kind in self._kinds()
        )
        zones = [zone.id for zone in self.found.wall.zone if zone.kind == "protected"]
        named = f"<span><i class=zone></i>protected: {escape(', '.join(zones))}</span>" if zones else ""
        return f"<p class=key>On the maps: {dots}{named}</p>"

    def _figure(self, picture: str, caption: str) -> str:
        grid = self.found.grid
        zones, marks = self._marks
        bar_km = max(1.0, float(f"{grid.columns * grid.cell_m / 5000.0:.0g}"))
        length = bar_km * 1000.0 / grid.cell_m
        bar = (
            f'<path d="M{grid.columns * 0.03:.1f} {grid.rows * 0.97:.1f}h{length:.1f}" stroke="#111" '
            f'stroke-width="{grid.columns / 150:.1f}"/>'
        )
        view = f"0 0 {grid.columns} {grid.rows}"
        return (
            f'<figure><div class=map><img alt="{escape(caption)}" src="{picture}">'
            f'<svg viewBox="{view}" preserveAspectRatio="none">{zones}{bar}{marks}</svg></div>'
            f"<figcaption>{escape(caption)}; bar {bar_km:g} km</figcaption></figure>"
        )

    def _dot(self, watcher: Watcher) -> str:
        grid = self.found.grid
        row, column = grid.cells(watcher.sensor.latitude_rad, watcher.sensor.longitude_rad)
        size = grid.columns / (90.0 if watcher.sensor.kind == "radar" else 180.0)
        colour = _DOTS.get(watcher.sensor.kind, _OTHER_DOT)
        return (
            f'<circle cx="{float(column) + 0.5:.1f}" cy="{float(row) + 0.5:.1f}" r="{size:.1f}" fill="{colour}" '
            f'stroke="#fff" stroke-width="{size / 4:.2f}"><title>{escape(watcher.id)}</title></circle>'
        )

    def _zone(self, polygon: list[tuple[float, float]]) -> str:
        grid = self.found.grid
        row, column = grid.cells(np.radians([p[1] for p in polygon]), np.radians([p[0] for p in polygon]))
        points = " ".join(f"{c + 0.5:.1f},{r + 0.5:.1f}" for r, c in zip(row, column, strict=True))
        return f'<polygon points="{points}" fill="none" stroke="#111" stroke-width="{grid.columns / 300:.1f}"/>'

    def section(self, watcher: Watcher, seen: Seen) -> str:
        """The ground on a line from a site, and what it sees over it; empty where the line is too short to show."""
        grid = self.found.grid
        distance_m, (rows, columns) = _line(watcher, seen, grid.cell_m)
        if len(distance_m) < 3:
            return ""
        places = grid.places(rows + seen.row, columns + seen.column)
        picture = section_svg(
            distance_m,
            np.asarray(self.found.terrain.height_hae_m(*places)),
            np.asarray(self.found.terrain.canopy_m(*places)),
            seen.height_m[rows, columns].astype(np.float64),
            float(watcher.sensor.altitude_hae_m),
        )
        return (
            f"<figure>{picture}<figcaption>{escape(watcher.id)} ({escape(watcher.sensor.kind)})</figcaption></figure>"
        )


def _line(watcher: Watcher, seen: Seen, cell_m: float) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Distances and cells of the window on a line eastward from the site, or along the middle of its sector."""
    limits = watcher.limits
    heading = np.pi / 2.0
    if limits.azimuth_width_rad < 2.0 * np.pi:
        heading = limits.azimuth_from_rad + limits.azimuth_width_rad / 2.0
    rows, columns = seen.height_m.shape
    row, column = (rows - 1) / 2.0, (columns - 1) / 2.0
    steps = np.arange(max(rows, columns))
    down, along = row - steps * np.cos(heading), column + steps * np.sin(heading)
    inside = (down >= 0) & (down <= rows - 1) & (along >= 0) & (along <= columns - 1)
    inside &= steps * cell_m <= watcher.nominal_m
    return steps[inside] * cell_m, (down[inside].round().astype(int), along[inside].round().astype(int))


def _first(by_end: list[int]) -> str:
    """What would help over most of the ground that a sensor reaches and does not see."""
    short = [(count, reason) for count, reason in zip(by_end, REASONS, strict=True) if reason not in ("seen", "range")]
    count, reason = max(short, key=lambda one: one[0])
    return f"{reason}: {REMEDIES[reason]}" if count else f"range: {REMEDIES['range']}"


def _scale(what: str, most: float, unit: str, colours: str, end: str = "") -> str:
    """A bar of colours with what it tells, its unit and five figures."""
    figures = "".join(f"<span>{most * share:g}{unit}{end if share == 1.0 else ''}</span>" for share in _SHARES)
    return f'<p class=key>{what}</p><div class=bar style="background:{colours}"></div><div class=ends>{figures}</div>'


_SHARES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
_READING: Final = (
    "<h2>How to read this page</h2><ul>"
    "<li><b>Count on the map at the bad end.</b> Where it is bright, what is assumed hardly matters. Where only the "
    "map as assumed is bright, the answer hangs on values that nobody has measured: <code>dronewall calibrate</code> "
    "measures them on a recording of your own.</li>"
    "<li><b>What ends coverage says what to change</b>: "
    + "; ".join(f"{reason}: {remedy}" for reason, remedy in REMEDIES.items())
    + ".</li><li><b>A bright map is no closed wall.</b> Where something would slip through, and which one site would "
    "close it, is asked with <code>dronewall plan holes</code>; where to build for a budget, with "
    "<code>dronewall plan sites</code>.</li></ul>"
)
_LINES: Final = (
    "A crossing is a straight line through the whole map; through each cell the least watched of four counts (west to "
    "east, south to north, both diagonals), so that a stretch on which nobody looks shows as a stripe."
)


def _legend() -> str:
    names = "".join(
        f'<span><i style="background:rgb{colour}"></i>{escape(reason)}</span>'
        for colour, reason in zip(REASON_COLOURS, REASONS, strict=True)
    )
    return (
        f'<p class=key>What ends coverage: {names}<span><i style="background:rgb{NOTHING}"></i>no coverage</span></p>'
    )


def _facts(about: dict[str, Any], kinds: dict[str, int]) -> str:
    weather = about["weather"]
    facts = {
        "ground": about["terrain"],
        "weather": f"wind {weather['wind_mps']:g} m/s from {weather['wind_from_deg']:g} degrees, rain "
        f"{weather['rain_mm_h']:g} mm/h, {weather['temperature_c']:g} degrees C",
        "map": f"{about['crs']}, cells of {about['cell_m']:g} m; sightlines in cells of {about['sight_cell_m']:.3g} m",
        "left out": "; ".join(f"{item['sensor']}: {item['reason']}" for item in about["left_out"]) or "none",
    }
    rows = "".join(f"<tr><th>{k}</th><td>{escape(v)}</td></tr>" for k, v in facts.items())
    counted = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    names = f"<details><summary>{escape(counted)}</summary>{escape(', '.join(about['sensors']))}</details>"
    return f"<table>{rows}<tr><th>sensors</th><td>{names}</td></tr></table>"
