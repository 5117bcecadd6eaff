"""The page of a run: one HTML file that needs nothing else. The verdict first, then what it rests on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any, Final

import numpy as np

from dronewall.records.metrics import METRICS, metric
from dronewall.records.scorecard import MetricRow, Miss, Scorecard, Verdict
from dronewall.rehearse.assumptions import assumptions
from dronewall.rehearse.folder import MARK
from dronewall.rehearse.night import Stage
from dronewall.rehearse.plots import distribution, intervals, number, scatter

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
INVENTED: Final = "EXERCISE: every site of this wall is invented; it says nothing of what a real wall could do"
SHOWN: Final = (
    ("lead_time_received_s", "Lead time from reception to impact", "s"),
    ("lead_time_drafted_s", "Lead time from the draft to impact", "s"),
    ("lead_time_to_zone_received_s", "Lead time from reception to the protected zone", "s"),
    ("area_km2", "Area of the alert that counts", "km²"),
    ("area_warned_km2", "Ground that was warned in the night", "km²"),
    ("people_warned_in_vain", "People warned in vain", "people"),
    ("confirmed_after_s", "First detection to confirmation", "s"),
    ("drafted_after_s", "First detection to draft", "s"),
    ("decisions_busiest_hour", "Decisions asked in the busiest hour", "a night"),
    ("nuisance_alerts_per_100km_day", "Nuisance alerts per 100 km and day", ""),
    ("gospa_mean_m", "GOSPA", "m"),
    ("siap_completeness", "SIAP completeness", ""),
)
"""Metrics whose distribution is drawn: name, title, unit; those that no night speaks of are left out."""


def report(card: Scorecard, standing: Stage, rows: Sequence[Mapping[str, Any]], *, approver: str = "present") -> str:
    """The whole page."""
    parts = [
        _verdict(card),
        _tiles(card),
        _lines(card.acceptance),
        _section("How the nights went", _distributions(card)),
        _section("Time against ground and people", _against(rows, card)),
        _section("The nights to look at", _worst(card, standing)),
        _section("What was found, and what it was taken for", _found(card)),
        _section("What this hangs on", _hangs_on(standing, approver)),
        _section("Every figure", _every(card)),
        _section("Where the load comes from", _cited(card)) if card.citations else "",
        _section("This run", _run(card)),
    ]
    title = f"{card.scenario}: {card.nights} {_nights(card.nights)} in front of {card.wall}"
    head = (
        f"<h1>{escape(title)}</h1>"
        f'<p class="soft">Seeds {card.seed} to {card.seed + card.nights - 1}. Simulated by the sensors\' own models, '
        "followed by the tracker and the picture that watch live, approved by a model of the person on duty.</p>"
    )
    return shell(title, head + "".join(parts), invented=standing.wall.wall.invented_sites)


def shell(title: str, body: str, *, invented: bool) -> str:
    """A page with its mark: an exercise where the wall's sites are invented, restricted where they are not."""
    mark = f'<div class="mark exercise">{escape(INVENTED)}</div>' if invented else f'<div class="mark">{MARK}</div>'
    style = files("dronewall.rehearse").joinpath("page/report.css").read_text("utf-8")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body>{mark}<main>{body}</main></body></html>\n"
    )


def _verdict(card: Scorecard) -> str:
    lines = card.acceptance
    if not lines:
        return '<div class="verdict none"><strong>Not judged</strong>The scenario has no line of acceptance.</div>'
    kept = sum(line.passed for line in lines)
    words = [line.word for line in lines]
    said = (
        "Every line of acceptance is kept."
        if kept == len(lines)
        else "; ".join(escape(line.line) for line in lines if not line.passed) + ": not shown."
    )
    if close := words.count("undecided"):
        said += (
            f" Of {close} {'line' if close == 1 else 'lines'} the value would do and its bound does not: "
            "more nights may show it, or show the contrary."
        )
    all_said = "fail" if "fail" in words else "undecided" if "undecided" in words else "pass"
    head = {"pass": "Passes", "undecided": "Not shown yet", "fail": "Does not pass"}[all_said]
    return (
        f'<div class="verdict {all_said}"><strong>{head}: {kept} of {len(lines)} '
        f"{'line' if len(lines) == 1 else 'lines'} kept</strong>{said}</div>"
    )


def _tiles(card: Scorecard) -> str:
    tiles = []
    row = card.metrics.get("warned_in_time")
    if row is not None and row.trials and sum(row.trials):
        hits = round(sum((v or 0.0) * n for v, n in zip(row.values, row.trials, strict=True)))
        tiles.append((f"{hits} of {sum(row.trials)}", "intruders of whom people were warned before they came down"))
    for name, text, unit in (
        ("lead_time_received_s", "median lead, reception to impact, of the night's worst", "s"),
        ("area_km2", "median area of the alert that counts", "km²"),
    ):
        values = _known(card.metrics.get(name))
        if len(values):
            tiles.append((f"{number(float(np.median(values)))} {unit}", text))
    for name, text in (
        ("people_warned_in_vain", "people warned in vain, mean a night"),
        ("nuisance_alerts", "alerts for nothing, mean a night"),
        ("decisions_busiest_hour", "decisions in the busiest hour, mean"),
    ):
        found = card.metrics.get(name)
        if found is not None and found.mean is not None:
            tiles.append((number(found.mean), text))
    return (
        '<div class="tiles">'
        + "".join(f'<div class="tile"><b>{b}</b><span>{s}</span></div>' for b, s in tiles)
        + "</div>"
    )


def _lines(lines: Sequence[Verdict]) -> str:
    if not lines:
        return ""
    rows = "".join(
        f"<tr><td>{_chip(line.word)}</td>"
        f"<td>{escape(line.line)}</td><td>{_asked(line)}</td><td class=n>{_figure(line, line.value)}</td>"
        f"<td class=n>{_figure(line, line.low)} to {_figure(line, line.high)}</td></tr>"
        for line in lines
    )
    return (
        table(("", "line of acceptance", "asked", "=came", "=90 % bounds"), rows)
        + "<p class=soft>A line is kept when the bound on its bad side keeps the figure, not when the value does. "
        "Each bound is one-sided with a confidence of 90 %: Clopper and Pearson's for shares, Student's for means.</p>"
    )


def _chip(word: str) -> str:
    return f'<span class="chip {word}">{word}</span>'


def _asked(line: Verdict) -> str:
    parts = [f"at least {number(line.at_least)}"] if line.at_least is not None else []
    parts += [f"at most {number(line.at_most)}"] if line.at_most is not None else []
    said = f"<code>{escape(line.metric)}</code> {' and '.join(parts)}"
    return said if line.share_of_nights is None else f"{said} in {line.share_of_nights:.0%} of nights"


def _figure(line: Verdict, value: float | None) -> str:
    found = metric(line.metric)
    share = line.share_of_nights is not None or (found is not None and found.kind == "share")
    return f"{value:.1%}" if share and value is not None else number(value)


def _distributions(card: Scorecard) -> str:
    asked = {line.metric: line.at_least if line.at_least is not None else line.at_most for line in card.acceptance}
    panels = []
    for name, title, unit in SHOWN:
        values = _known(card.metrics.get(name))
        if len(values):
            plot = distribution(values.tolist(), unit=unit, asked=asked.get(name))
            panels.append(_panel(title, plot))
    return (
        "<p>One figure a night, over all nights. The band holds eight nights in ten, the line is the median, dashed is "
        "what a line of acceptance asks. A lead of 0 is an intruder of which nobody was warned before.</p>"
        f'<div class="grid">{"".join(panels)}</div>'
    )


def _against(rows: Sequence[Mapping[str, Any]], card: Scorecard) -> str:
    drones = [
        (
            float(one["area_km2"]),
            float(one["lead_time_received_s"] or 0.0),
            f"seed {row['seed']}, {one['target']} ({one['label']}): {number(one['lead_time_received_s'] or 0.0)} s, "
            f"{number(one['area_km2'])} km²",
            one["lead_time_received_s"] is None,
        )
        for row in rows
        for one in row["intruders"]
        if one["area_km2"] is not None
    ]
    vain, lead = card.metrics.get("people_warned_in_vain"), card.metrics.get("lead_time_received_s")
    nights = []
    if vain is not None and lead is not None:
        for row, people, seconds in zip(rows, vain.values, lead.values, strict=True):
            if people is not None and seconds is not None:
                said = f"seed {row['seed']}: {number(seconds)} s, {number(people)} people in vain"
                nights.append((people, seconds, said, seconds == 0.0))
    without = sum(one["area_km2"] is None for row in rows for one in row["intruders"])
    missing = f" {without} of the intruders had no alert that counts and have no dot." if without else ""
    return (
        "<p>Early, small, and for nobody in vain: the three pull against one another. Red: not warned of in time."
        f"{missing}</p><div class=grid>"
        + _panel("Each intruder", scatter(drones, across="area of its alert, km²", up="lead at reception, s"))
        + _panel("Each night", scatter(nights, across="people warned in vain", up="least lead at reception, s"))
        + "</div>"
    )


def _worst(card: Scorecard, standing: Stage) -> str:
    misses = [miss for night in card.worst_nights for miss in night.missed]
    if not misses and not any(night.nuisance_alerts for night in card.worst_nights):
        replay = card.worst_nights[0].replay if card.worst_nights else ""
        return f"<p>No intruder was missed and no alert was for nothing. To see one: <code>{escape(replay)}</code></p>"
    body = []
    for night in card.worst_nights:
        told = "".join(f"<li>{_missed(miss)}</li>" for miss in night.missed)
        nuisance = f"{number(night.nuisance_alerts)} for nothing, {number(night.people_warned_in_vain)} people in vain"
        body.append(
            f"<tr><td class=n>{night.seed}</td><td class=n>{len(night.missed)}</td><td><ul>{told}</ul></td>"
            f"<td>{nuisance}</td><td><code>{escape(night.replay)}</code></td></tr>"
        )
    by_hole = Counter(miss.hole or "no hole of the list" for miss in misses)
    holes = ", ".join(f"{escape(name)}: {count}" for name, count in by_hole.most_common())
    listed = (
        f"<p>Misses in these nights by the hole that was on the planner's list beforehand: {holes}.</p>"
        if standing.holes and misses
        else "<p>No list of the planner's holes lies beside this wall; <code>dronewall plan holes</code> makes one.</p>"
    )
    head = ("=seed", "=missed", "what, and why", "alerts", "play it again")
    return (
        f"<p>The worst {len(card.worst_nights)}; the last column plays a night again in the page.</p>"
        + table(head, "".join(body))
        + listed
    )


def _missed(miss: Miss) -> str:
    hole = f"; hole: {miss.hole}" if miss.hole and miss.hole not in miss.because else ""
    place = _place(miss.stretch, miss.height_agl_m)
    return escape(f"{miss.target}, {miss.label}{place}: {miss.because}{hole}")


def _place(stretch: str | None, band: Sequence[float] | None) -> str:
    parts = [f"over {stretch}"] if stretch else []
    parts += [f"{band[0]:.0f} to {band[1]:.0f} m above ground"] if band else []
    return f" ({', '.join(parts)})" if parts else ""


def _found(card: Scorecard) -> str:
    rows = []
    for name, row in card.metrics.items():
        if name.startswith("p_detect:") and row.mean is not None and row.low is not None and row.high is not None:
            of = f"{row.mean:.0%} of {sum(row.trials or ())}"
            rows.append((name.partition(":")[2], row.mean, row.low, row.high, of))
    plot = intervals(rows) if rows else "<p>Nothing came into reach.</p>"
    caption = (
        "Of the things that came within the furthest reach of a sensor that may see them: a confirmed track or a "
        "drafted presence. What terrain hides counts against the wall."
    )
    found = _panel("Probability of detection by class", f"{plot}<figcaption>{caption}</figcaption>")
    return f'<div class="grid">{found}{_panel("Taken for", _confusion(card))}</div>'


def _confusion(card: Scorecard) -> str:
    counts: dict[tuple[str, str], float] = {}
    for name, row in card.metrics.items():
        if name.startswith("confusion:"):
            _, true, said = name.split(":")
            counts[true, said] = sum(value or 0.0 for value in row.values)
    if not counts:
        return "<p>Nothing had a confirmed track.</p>"
    trues, saids = (sorted({pair[side] for pair in counts}) for side in (0, 1))
    body = ""
    for true in trues:
        n = sum(counts.get((true, said), 0.0) for said in saids)
        cells = "".join(_cell(counts.get((true, said), 0.0), n, true == said) for said in saids)
        body += f"<tr><th>{escape(true)}</th>{cells}</tr>"
    return (
        table(("it was", *saids), body)
        + "<figcaption>Things with a confirmed track, by the label that it bore for most of the time.</figcaption>"
    )


def _cell(count: float, n: float, right: bool) -> str:
    share = count / n if n else 0.0
    paint = f"background:color-mix(in srgb, var({'--goodbg' if right else '--badbg'}) {share:.0%}, transparent)"
    said = f"{count:.0f}" if count else ""
    return f'<td class="heat{" right" if right else ""}" style="{paint}" title="{share:.1%}">{said}</td>'


def _hangs_on(standing: Stage, approver: str) -> str:
    rows = "".join(
        f"<li>{escape(what)}{f' <span class=soft>({escape(why)})</span>' if why else ''}</li>"
        for what, why in assumptions(standing, approver)
    )
    ground = escape(standing.terrain.describe)
    weather = standing.scenario.weather
    return (
        f"<p>Ground: {ground}. Wind {weather.wind_mps:g} m/s from {weather.wind_from_deg:g} degrees, rain "
        f"{weather.rain_mm_h:g} mm/h. None of the following has been measured by anybody in public; if it is wrong, "
        f"so is the verdict.</p><ul>{rows}</ul>"
    )


def _every(card: Scorecard) -> str:
    body = []
    for found in METRICS:
        stem = found.name.partition(":LABEL")[0].partition(":TRUE")[0]
        mine = [(name, row) for name, row in card.metrics.items() if name == stem or name.startswith(stem + ":")]
        for name, row in mine:
            if row.mean is None:
                continue
            values = _known(row)
            p10, p50, p90 = np.percentile(values, [10, 50, 90]) if len(values) else (np.nan,) * 3
            figures = (row.mean, row.low, row.high, float(p10), float(p50), float(p90))
            cells = "".join(f"<td class=n>{number(figure)}</td>" for figure in figures)
            title = escape(found.meaning)
            body.append(
                f'<tr title="{title}"><td><code>{escape(name)}</code></td>{cells}<td class=n>{len(values)}</td></tr>'
            )
    head = ("metric", "=value", "=low", "=high", "=P10", "=P50", "=P90", "=nights")
    return (
        "<details><summary>All metrics: share or mean, its bounds, and the nights' own P10, P50 and P90</summary>"
        f"{table(head, ''.join(body))}</details><p class=soft>What each is: docs/rehearse.md. The values night by "
        "night are in scorecard.json.</p>"
    )


def _cited(card: Scorecard) -> str:
    return "".join(
        f"<blockquote>{escape(cited.quote)}<br><span class=soft>{escape(cited.file)}, characters {cited.start} to "
        f"{cited.end}; claim {escape(cited.claim)}, root {escape(cited.root)}</span></blockquote>"
        for cited in card.citations
    )


def _run(card: Scorecard) -> str:
    rows = "".join(
        f"<tr><th>{escape(str(key)).replace('_', ' ')}</th><td>{escape(str(value))}</td></tr>"
        for key, value in card.run.items()
        if value is not None
    )
    return f"<table>{rows}</table><p class=soft>All else on this page is the same however many workers played it.</p>"


def _known(row: MetricRow | None) -> np.ndarray:
    return np.array([value for value in row.values if value is not None], float) if row is not None else np.zeros(0)


def table(head: Sequence[str], body: str) -> str:
    """A table that scrolls by itself where it is wide; a heading that begins with = is of numbers."""
    cells = "".join(f"<th class=n>{escape(h[1:])}</th>" if h[:1] == "=" else f"<th>{escape(h)}</th>" for h in head)
    return f"<div class=wide><table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></div>"


def _panel(title: str, inner: str) -> str:
    return f'<figure class="panel"><h3>{escape(title)}</h3>{inner}</figure>'


def _section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{body}</section>"


def _nights(n: int) -> str:
    return "night" if n == 1 else "nights"
