"""From the rows of nights to a scorecard: every metric with its bounds and values, verdicts, the nights to look at."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dronewall.records.scorecard import MetricRow, Miss, Scorecard, WorstNight
from dronewall.records.threat import Citation
from dronewall.rehearse.acceptance import Nights, estimate, is_share, plain, value_of, verdict
from dronewall.rehearse.figures import Figure, Share, from_json
from dronewall.rehearse.night import Stage
from dronewall.rehearse.order import Order

WORST: Final = 5


def scorecard(order: Order, standing: Stage, rows: Sequence[Mapping[str, Any]], run: Mapping[str, Any]) -> Scorecard:
    """The scorecard of an order's nights, their rows in the order of seeds."""
    nights = figures_of(rows)
    return Scorecard(
        scenario=standing.scenario.scenario.name,
        wall=standing.wall.wall.name,
        nights=len(rows),
        seed=order.seed,
        metrics={name: metric_row(name, nights) for name in sorted({name for night in nights for name in night})},
        acceptance=[verdict(spec, nights) for spec in standing.scenario.accept],
        worst_nights=_worst(order, rows, nights),
        citations=_citations(standing),
        run=dict(run),
    )


def figures_of(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Figure]]:
    """Each row's figures. A pair of labels that was not confused in a night that had things of the first counts 0."""
    nights = [
        {name: from_json(value, f"night {row['seed']}, {name}") for name, value in row["metrics"].items()}
        for row in rows
    ]
    pairs = {name for night in nights for name in night if name.startswith("confusion:")}
    for night in nights:
        for name in pairs:
            true = night.get(f"labelled_right:{name.split(':')[1]}")
            if isinstance(true, Share) and true.trials:
                night.setdefault(name, 0.0)
    return nights


def metric_row(name: str, nights: Nights) -> MetricRow:
    """One metric over the nights."""
    found = estimate(name, nights)
    figures = [night.get(name) for night in nights]
    trials = [figure.trials if isinstance(figure, Share) else 0 for figure in figures] if is_share(name) else None
    return MetricRow(
        mean=plain(found.value),
        low=plain(found.low),
        high=plain(found.high),
        values=[plain(value_of(figure)) for figure in figures],
        trials=trials,
    )


def to_json(card: Scorecard) -> dict[str, Any]:
    """The scorecard as it is written: `trials` and the figures that a line does not ask are left out, never null."""
    told: dict[str, Any] = card.model_dump(mode="json", by_alias=True)
    for row in told["metrics"].values():
        if row["trials"] is None:
            del row["trials"]
    for line in told["acceptance"]:
        for key in ("at_least", "at_most", "share_of_nights"):
            if line[key] is None:
                del line[key]
    return told


def _worst(order: Order, rows: Sequence[Mapping[str, Any]], nights: Nights) -> list[WorstNight]:
    """The nights with most misses, then most nuisance, then most people warned in vain; the first if all was well."""
    told = [
        WorstNight(
            seed=row["seed"],
            missed=[Miss.model_validate(miss) for miss in row["missed"]],
            nuisance_alerts=_number(night.get("nuisance_alerts")),
            people_warned_in_vain=_number(night.get("people_warned_in_vain")),
            replay=order.replay(row["seed"]),
        )
        for row, night in zip(rows, nights, strict=True)
    ]
    told.sort(key=lambda n: (-len(n.missed), -n.nuisance_alerts, -n.people_warned_in_vain, n.seed))
    bad = [night for night in told if night.missed or night.nuisance_alerts]
    return (bad or told[:1])[:WORST]


def _number(figure: Figure) -> float:
    value = value_of(figure)
    return value if value == value else 0.0


def _citations(standing: Stage) -> list[Citation]:
    """The words that the load rests on, where a threat file gave it."""
    return [] if standing.load is None else list(standing.load.citations)
