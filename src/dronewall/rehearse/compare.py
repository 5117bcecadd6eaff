"""Two walls on the same nights: the difference of every metric, night by night, so that what is common cancels."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dronewall import SCHEMA_VERSION
from dronewall.errors import BadInput
from dronewall.records.metrics import metric
from dronewall.records.scorecard import MetricRow, Scorecard
from dronewall.rehearse.acceptance import plain
from dronewall.rehearse.folder import Folder
from dronewall.rehearse.plots import number
from dronewall.rehearse.run import SCORECARD
from dronewall.scoring.intervals import Estimate, mean_difference, share_difference
from dronewall.settings import check

SAME = ("scenario", "threat", "approver")


def compared(a: Path, b: Path) -> dict[str, Any]:
    """Metric by metric: both values, b less a with its bounds, and in how many nights b was better, worse, the same.

    Only the nights that both have count, told by their seeds.

    Raises
    ------
    BadInput
        A folder holds no finished run, the runs are not of one scenario, load and duty, or share no night.
    """
    cards = [_card(path) for path in (a, b)]
    told = [Folder(path).stored() or {} for path in (a, b)]
    other = next((key for key in SAME if told[0].get(key) != told[1].get(key)), None)
    if other is not None:
        raise BadInput(f"{a} and {b} were played with another {other}; the same nights can be compared only", key=other)
    seeds = [range(card.seed, card.seed + card.nights) for card in cards]
    both = range(max(seeds[0].start, seeds[1].start), min(seeds[0].stop, seeds[1].stop))
    if not both:
        raise BadInput(
            f"{a} has the nights of seeds {seeds[0].start} to {seeds[0].stop - 1} and {b} those of {seeds[1].start} to "
            f"{seeds[1].stop - 1}; they have none in common",
            key="seed",
        )
    metrics = {}
    for name in sorted(cards[0].metrics.keys() & cards[1].metrics.keys()):
        rows = [_of(card.metrics[name], seeds[k], both) for k, card in enumerate(cards)]
        metrics[name] = _difference(name, *rows)
    return {
        "schema_version": SCHEMA_VERSION,
        "scenario": cards[0].scenario,
        "walls": [card.wall for card in cards],
        "invented_sites": all(card.run.get("invented_sites", False) for card in cards),
        "nights": len(both),
        "seed": both.start,
        "metrics": metrics,
        "acceptance": _lines(cards),
    }


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """What differs, as a person reads it; what does not is counted."""
    yield f"{found['scenario']}: {found['walls'][1]} beside {found['walls'][0]}, {found['nights']} nights of both"
    same = 0
    for name, row in found["metrics"].items():
        if row["difference"] is None or (not row["better"] and not row["worse"] and row["difference"] == 0.0):
            same += 1
            continue
        bounds = f" ({number(row['low'])} to {number(row['high'])})" if row["low"] is not None else ""
        yield (f"{name}: {number(row['a'])} -> {number(row['b'])}, {_signed(row['difference'])}{bounds}{_counted(row)}")
    yield f"{same} metrics are the same on every night, or say nothing"


def _counted(row: Mapping[str, Any]) -> str:
    return "" if row["better"] is None else f"; better in {row['better']} nights, worse in {row['worse']}"


def _signed(value: float) -> str:
    return ("+" if value >= 0 else "-") + number(abs(value))


def _card(path: Path) -> Scorecard:
    file = path / SCORECARD
    try:
        return check(Scorecard, json.loads(file.read_bytes()), str(file))
    except (FileNotFoundError, NotADirectoryError):
        raise BadInput(f"{path} holds no finished run; dronewall rehearse run -o {path} makes one") from None
    except (OSError, ValueError) as error:
        raise BadInput(f"{file} cannot be read: {error}", file=str(file)) from None


def _of(row: MetricRow, seeds: range, both: range) -> tuple[np.ndarray, np.ndarray | None]:
    """Values and trials of the nights of `both`."""
    part = slice(both.start - seeds.start, both.stop - seeds.start)
    values = np.array([np.nan if value is None else value for value in row.values[part]], float)
    return values, None if row.trials is None else np.array(row.trials[part], float)


def _difference(
    name: str, a: tuple[np.ndarray, np.ndarray | None], b: tuple[np.ndarray, np.ndarray | None]
) -> dict[str, Any]:
    found: Estimate
    if a[1] is not None and b[1] is not None:
        hits = [(np.nan_to_num(values) * trials, trials) for values, trials in ((a[0], a[1]), (b[0], b[1]))]
        found = share_difference(*hits)
        values = [float(h.sum() / n.sum()) if n.sum() else np.nan for h, n in hits]
    else:
        found = mean_difference(a[0], b[0])
        pair = np.isfinite(a[0]) & np.isfinite(b[0])
        values = [float(side[pair].mean()) if pair.any() else np.nan for side in (a[0], b[0])]
    known = metric(name)
    good = known.good if known is not None else "none"
    step = np.nan_to_num(b[0] - a[0]) * (-1.0 if good == "low" else 1.0)
    return {
        "a": plain(values[0]),
        "b": plain(values[1]),
        "difference": plain(found.value),
        "low": plain(found.low),
        "high": plain(found.high),
        "better": None if good == "none" else int((step > 0.0).sum()),
        "worse": None if good == "none" else int((step < 0.0).sum()),
    }


def _lines(cards: list[Scorecard]) -> list[dict[str, Any]]:
    """The lines of acceptance of both, as each run judged them over all of its own nights."""
    after = {line.line: line for line in cards[1].acceptance}
    return [
        {"line": line.line, "a": line.passed, "b": after[line.line].passed}
        for line in cards[0].acceptance
        if line.line in after
    ]
