"""The page of a comparison: what changed between two walls on the same nights, and whether it is more than chance."""

from collections.abc import Mapping
from html import escape
from typing import Any

from dronewall.records.metrics import metric
from dronewall.rehearse.plots import number
from dronewall.rehearse.report import shell, table


def page(found: Mapping[str, Any]) -> str:
    """The whole page."""
    a, b = found["walls"]
    told = {name: row for name, row in found["metrics"].items() if row["difference"] not in (None, 0.0)}
    sure = {name: row for name, row in told.items() if _sure(row)}
    rest = {name: row for name, row in told.items() if name not in sure}
    lines = "".join(
        f"<li>{escape(line['line'])}: {_word(line['a'])} before, {_word(line['b'])} after</li>"
        for line in found["acceptance"]
    )
    title = f"{found['scenario']}: {b} beside {a}"
    body = (
        f'<h1>{escape(title)}</h1><p class="soft">{found["nights"]} nights that both played, from seed {found["seed"]} '
        "on. Differences are taken night by night, so that what a night does to both cancels; bounds are one-sided, "
        f"90 % each.</p><h2>Lines of acceptance</h2><ul>{lines or '<li>none</li>'}</ul>"
        f"<h2>What differs beyond its bounds</h2>{_differences(sure)}"
        f"<h2>What may differ by chance</h2>{_differences(rest)}"
        f"<p class=soft>{len(found['metrics']) - len(told)} metrics are the same, or say nothing.</p>"
    )
    return shell(title, body, invented=bool(found["invented_sites"]))


def _sure(row: Mapping[str, Any]) -> bool:
    """Whether both bounds lie on one side of no difference."""
    return row["low"] is not None and row["high"] is not None and (row["low"] > 0.0 or row["high"] < 0.0)


def _differences(rows: Mapping[str, Mapping[str, Any]]) -> str:
    if not rows:
        return "<p>Nothing.</p>"
    head = ("metric", "=before", "=after", "=difference", "=bounds", "", "=nights better", "=worse")
    return table(head, "".join(_row(name, row) for name, row in rows.items()))


def _row(name: str, row: Mapping[str, Any]) -> str:
    known = metric(name)
    good = known.good if known is not None else "none"
    word = "" if good == "none" else "better" if (row["difference"] > 0.0) == (good == "high") else "worse"
    chip = f'<span class="chip {"pass" if word == "better" else "fail"}">{word}</span>' if word else ""
    cells = "".join(f"<td class=n>{number(row[key])}</td>" for key in ("a", "b", "difference"))
    counted = "".join(f"<td class=n>{number(row[key])}</td>" for key in ("better", "worse"))
    return (
        f"<tr><td><code>{escape(name)}</code></td>{cells}<td class=n>{number(row['low'])} to {number(row['high'])}</td>"
        f"<td>{chip}</td>{counted}</tr>"
    )


def _word(passed: bool) -> str:
    return "kept" if passed else "not kept"
