"""The estimate: the chain of factors by Monte Carlo, and the stress levels beside it.

Roots are pooled by mixture, each with the same weight (linear opinion pool, Stone 1961), never multiplied. "Up to N"
is a ceiling: PERT on 0 to N. As long as one factor is neither cited nor signed, there is no estimate. Each factor has
a stream of random numbers of its own, keyed by its name, so that nothing but its own distribution moves it.
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dronewall import __version__
from dronewall.assess.claims import PER_YEAR, Claim, cite
from dronewall.assess.distributions import Samples, claim_distribution, quantile, quantiles, streams
from dronewall.assess.language.places import by_name
from dronewall.assess.lineage import label
from dronewall.assess.model import PRODUCT, Chain, FactorSpec
from dronewall.assess.stress import stress_levels
from dronewall.assess.words import confidence, likelihood
from dronewall.records.threat import (
    Component,
    CrossCheck,
    Distribution,
    Driver,
    Factor,
    Influence,
    Quantiles,
    Root,
    Threat,
)

SAMPLES = 20_000
_CARE = {"at_most": 0, "at_least": 1, "range": 2, "approximately": 3, "point": 4}
NONE_SUPPORTED = "none supported; stress levels only"


def _missing(factors: Sequence[Factor]) -> str:
    """Which factors carry nothing, those of one reason together."""
    by_note: dict[str, list[str]] = {}
    for factor in factors:
        by_note.setdefault(factor.note or "", []).append(factor.name)
    return "; ".join(f"{', '.join(names)} ({note})" for note, names in by_note.items())


def _country(claim: Claim) -> str:
    place = by_name((claim.place or "").split("; ")[0]) if claim.place else None
    return place.country if place else "no place"


def capacity_claims(claims: Sequence[Claim], spec: FactorSpec) -> dict[str, dict[str, Claim]]:
    """Country -> root -> its claim. Plants count; a nation's total only where its plants are told of."""
    fit = [
        claim
        for claim in claims
        if claim.live
        and claim.unit == "drones"
        and not claim.statement
        and claim.measure in spec.measures
        and (claim.per is not None or _yearly(claim, claims))
        and claim.object_class != "balloon"
        and claim.per != "event"
    ]
    if spec.places:
        fit = [claim for claim in fit if claim.place in spec.places or _country(claim) in spec.places]
        scope = {_country(claim) for claim in fit}
    else:
        scope = {_country(claim) for claim in fit if claim.status is not None} or {_country(claim) for claim in fit}
    chosen: dict[str, dict[str, Claim]] = defaultdict(dict)
    for claim in sorted(fit, key=_rank):
        if _country(claim) in scope:
            chosen[_country(claim)].setdefault(claim.root, claim)
    return {country: chosen[country] for country in sorted(chosen)}


def _rank(claim: Claim) -> tuple[object, ...]:
    """Upstream first, then the most careful wording, then by content alone, so that copies change nothing."""
    return (bool(claim.derived_from), _CARE[claim.bound], claim.in_title, claim.text_sha256, claim.text_start)


def _yearly(claim: Claim, claims: Sequence[Claim]) -> bool:
    """Whether another mention of the same root and number gives the period that this one leaves out."""
    return any(
        other.root == claim.root and other.value == claim.value and other.per == "year" and other is not claim
        for other in claims
    )


def pooled(claims: Sequence[Claim], spec: FactorSpec, *, without: str | None = None) -> Distribution | None:
    """The capacity: a sum over countries of mixtures over roots; None where no claim gives one."""
    places = []
    for country, roots in capacity_claims(claims, spec).items():
        kept = {root: claim for root, claim in roots.items() if root != without}
        if not kept:
            continue
        parts = [
            Component(
                name=claim.name,
                weight=1.0 / len(kept),
                distribution=claim_distribution(claim, spec.ceiling_mode_share),
                roots=[root],
                citations=[cite(claim)],
            )
            for root, claim in sorted(kept.items(), key=lambda item: (item[1].value, item[1].bound, _rank(item[1])))
        ]
        places.append(
            Component(
                name=country,
                weight=1.0,
                distribution=Distribution(kind="mixture", components=parts),
                roots=sorted(kept),
            )
        )
    return Distribution(kind="sum", components=places) if places else None


def _factor(
    spec: FactorSpec, claims: Sequence[Claim], seed: int, samples: int
) -> tuple[Factor, Samples | None, dict[str, Samples]]:
    """A factor with its samples; for shares, those of each label too."""
    u, chooser = streams(seed, spec.name, samples)
    if spec.from_ == "claims" and spec.signed is None:
        distribution = pooled(claims, spec)
        if distribution is None:
            gap = "no claim gives a capacity per year; give a report that does, or sign one"
            return (
                Factor(
                    name=spec.name,
                    meaning=spec.meaning,
                    unit=spec.unit,
                    distribution=None,
                    quantiles=None,
                    supported=False,
                    note=gap,
                ),
                None,
                {},
            )
        values = quantile(distribution, u, chooser)
        cited = [
            citation
            for place in distribution.components
            for part in place.distribution.components
            for citation in part.citations
        ]
        return (
            Factor(
                name=spec.name,
                meaning=spec.meaning,
                unit=spec.unit,
                distribution=distribution,
                quantiles=quantiles(values),
                citations=cited,
                supported=True,
            ),
            values,
            {},
        )
    supported = bool(spec.judge and spec.reason and spec.signed)
    note = None if supported else "not supported by any source, and signed by nobody"
    by_label: dict[str, Samples] = {}
    if spec.distribution == "shares":
        distribution = Distribution(kind="shares", shares=dict(spec.shares))
        for label_name, (low, mode, high) in sorted(spec.shares.items()):
            part, _ = streams(seed, f"{spec.name} {label_name}", samples)
            by_label[label_name] = quantile(Distribution(kind="pert", low=low, mode=mode, high=high), part, part)
        values = np.sum(list(by_label.values()), axis=0)
        excess = np.maximum(values, 1.0)
        by_label = {name: part / excess for name, part in by_label.items()}
        values = values / excess
    else:
        distribution = Distribution(kind=spec.distribution or "point", low=spec.low, mode=spec.mode, high=spec.high)
        values = quantile(distribution, u, chooser)
    factor = Factor(
        name=spec.name,
        meaning=spec.meaning,
        unit=spec.unit,
        distribution=distribution,
        quantiles=quantiles(values),
        judge=spec.judge,
        reason=spec.reason,
        signed=spec.signed,
        supported=supported,
        note=note,
    )
    return factor, values, by_label


def assess_threat(
    claims: Sequence[Claim], chain: Chain, *, seed: int = 1, samples: int = SAMPLES, previous: Threat | None = None
) -> Threat:
    """The threat that the claims and the signed factors carry."""
    specs = {spec.name: spec for spec in chain.factor}
    factors: list[Factor] = []
    drawn: dict[str, Samples] = {}
    labels: dict[str, Samples] = {}
    for spec in chain.factor:
        factor, values, by_label = _factor(spec, claims, seed, samples)
        factors.append(factor)
        if values is not None:
            drawn[spec.name] = values
        labels |= by_label
    known = [factor for factor in factors if factor.name in PRODUCT]
    missing = [factor for factor in known if not factor.supported]
    crossings: Samples | None = None
    by_label_quantiles: dict[str, Quantiles] = {}
    if not missing:
        crossings = np.prod([drawn[name] for name in PRODUCT], axis=0) / 52.0
        without_class = np.prod([drawn[name] for name in PRODUCT if name != "share_by_class"], axis=0) / 52.0
        by_label_quantiles = {name: quantiles(without_class * share) for name, share in sorted(labels.items())}
    estimate = None if crossings is None else quantiles(crossings)
    reason = None
    if missing:
        reason = f"{NONE_SUPPORTED}: {_missing(missing)}"
    levels = stress_levels(claims)
    roots = _roots(claims)
    cited = next((factor for factor in factors if factor.name == "capacity"), None)
    behind = sorted({citation.root for citation in cited.citations}) if cited else []
    grades = sorted(claim.source_grade for claim in claims if claim.root in behind)
    judged = sum(1 for factor in known if factor.judge)
    return Threat(
        program=f"dronewall {__version__}",
        seed=seed,
        samples=samples,
        factors=factors,
        crossings_per_week=estimate,
        reason=reason,
        statements=_statements(crossings, levels),
        confidence=None if estimate is None else confidence(len(behind), grades[0] if grades else "F", judged),
        by_label=by_label_quantiles,
        drivers=_drivers(drawn) if not missing else [],
        influences=_influences(claims, specs["capacity"], drawn, seed, samples, whole=not missing),
        cross_checks=_cross_checks(claims, estimate),
        changes=_changes(previous, factors, estimate, roots),
        stress_levels=levels,
        roots=roots,
        claims=[claim.id for claim in claims],
    )


def _statements(crossings: Samples | None, levels: Sequence[object]) -> list[str]:
    """Likelihoods in words; never in one sentence with confidence."""
    if crossings is None:
        return []
    said = []
    for limit in (1.0, 10.0, 100.0, 1000.0):
        p = float(np.mean(crossings > limit))
        said.append(f"More than {limit:,.0f} a week meet this wall: {likelihood(p)} (p = {p:.2f}).")
    return said


def _drivers(drawn: dict[str, Samples]) -> list[Driver]:
    medians = {name: float(np.median(drawn[name])) for name in PRODUCT}
    bars = []
    for name in PRODUCT:
        rest = float(np.prod([medians[other] for other in PRODUCT if other != name])) / 52.0
        low, high = np.quantile(drawn[name], (0.1, 0.9))
        bars.append(Driver(factor=name, low=rest * float(low), high=rest * float(high)))
    return sorted(bars, key=lambda bar: (-(bar.high - bar.low), bar.factor))


def _influences(
    claims: Sequence[Claim], spec: FactorSpec, drawn: dict[str, Samples], seed: int, samples: int, *, whole: bool
) -> list[Influence]:
    """What each root behind the capacity does: the P50 with it and without it."""
    if spec.signed is not None or "capacity" not in drawn:
        return []
    u, chooser = streams(seed, spec.name, samples)
    rest = np.prod([drawn[name] for name in PRODUCT if name != "capacity"], axis=0) / 52.0 if whole else None
    found = []
    roots = sorted({root for by_root in capacity_claims(claims, spec).values() for root in by_root})
    for root in roots[:50]:
        without = pooled(claims, spec, without=root)
        left = quantile(without, u, chooser) if without is not None else None
        found.append(
            Influence(
                root=root,
                quantity="capacity",
                with_root=float(np.median(drawn["capacity"])),
                without_root=None if left is None else float(np.median(left)),
            )
        )
        if rest is not None:
            found.append(
                Influence(
                    root=root,
                    quantity="crossings_per_week",
                    with_root=float(np.median(drawn["capacity"] * rest)),
                    without_root=None if left is None else float(np.median(left * rest)),
                )
            )
    return found


def _cross_checks(claims: Sequence[Claim], estimate: Quantiles | None) -> list[CrossCheck]:
    """Field counts of what crossed, per week, beside the estimate."""
    from dronewall.assess.language.edtf import span_days

    found = []
    for claim in sorted(
        {c.claim: c for c in claims if c.live and c.volume and c.measure == "crossed"}.values(), key=_rank
    ):
        if claim.per in PER_YEAR:
            weekly = claim.value * PER_YEAR[claim.per or "year"] / 52.0
        else:
            span = span_days(claim.time_edtf)
            days = (span[1] - span[0]).days + 1 if span else 0
            if days < 6:
                continue
            weekly = claim.value * 7.0 / days
        agrees = None if estimate is None else estimate.p10 <= weekly <= estimate.p90
        word = "" if agrees is None else ", inside P10 to P90" if agrees else ", outside P10 to P90: a conflict"
        found.append(
            CrossCheck(
                sentence=f"{claim.place or 'no place'}: {claim.value:,.0f} {claim.unit} in "
                f"{claim.time_edtf or claim.per}, {weekly:,.1f} a week{word}",
                per_week=weekly,
                agrees=agrees,
                citation=cite(claim),
            )
        )
        if len(found) >= 40:
            break
    return found


def _changes(
    previous: Threat | None, factors: Sequence[Factor], estimate: Quantiles | None, roots: Sequence[Root]
) -> list[str]:
    """How the numbers moved since the last run into this folder, and which roots came or went."""
    if previous is None:
        return []
    said = []
    before = {factor.name: factor.quantiles for factor in previous.factors}
    for factor in factors:
        old, new = before.get(factor.name), factor.quantiles
        if old != new:
            said.append(f"{factor.name}: P50 {_told(old)} before, {_told(new)} now")
    if previous.crossings_per_week != estimate:
        said.append(f"crossings per week: P50 {_told(previous.crossings_per_week)} before, {_told(estimate)} now")
    old_cited = {citation.root: citation for factor in previous.factors for citation in factor.citations}
    new_cited = {citation.root: citation for factor in factors for citation in factor.citations}
    said += [
        f'because a root came: {new_cited[key].root}, "{new_cited[key].quote}" in {Path(new_cited[key].file).name}'
        for key in sorted(new_cited.keys() - old_cited.keys())
    ]
    said += [
        f'because a root went: {old_cited[key].root}, "{old_cited[key].quote}" in {Path(old_cited[key].file).name}'
        for key in sorted(old_cited.keys() - new_cited.keys())
    ]
    return said


def _told(three: Quantiles | None) -> str:
    if three is None:
        return "none"
    return f"{three.p50:,.0f}" if three.p50 >= 100.0 else f"{three.p50:.3g}"


def _merged(claim: Claim) -> bool:
    """Whether a person put the claim under its root: the root keeps the name that it had."""
    return any(act.get("field") == "root" for act in claim.history)


def _roots(claims: Sequence[Claim]) -> list[Root]:
    held: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        held[claim.root].append(claim)
    return [
        Root(
            id=root,
            label=label(sorted(group, key=lambda claim: (_merged(claim), *_rank(claim)))),
            documents=sorted({claim.name for claim in group}),
            claims=[claim.id for claim in group],
        )
        for root, group in sorted(held.items())
    ]
