"""Where claims disagree, and what was lost or changed on the way. Listed, never averaged away.

A *change* stands between two tellings of one claim (a hedge that is gone, a plan that became a capability). A
*conflict* stands between claims that cannot both hold, or that nobody can tell apart yet.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from dronewall.assess.claims import FLIGHT, PRODUCTION, Claim, figure_text
from dronewall.assess.language.edtf import span_days
from dronewall.assess.language.places import agree, by_name, within
from dronewall.assess.lineage import Lineage
from dronewall.assess.matching import same_speaker, times_agree

LADDER = ("rumoured", "studied", "announced", "building", "producing", "verified")
# Bounds and modalities from most careful to most certain
_CARE = {"at_most": 2, "at_least": 2, "approximately": 1, "range": 1, "point": 0}
_SURE = {"denied": 0, "conditional": 1, "alleged": 1, "wants": 2, "plans": 3, "can": 4, "does": 5, "did": 5}
MOST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One conflict or change: its kind, a sentence, and the claims it is between (for a change: before, after)."""

    kind: str
    sentence: str
    claims: tuple[str, ...]

    def line(self) -> dict[str, Any]:
        """As it is written."""
        return asdict(self)


def changes(claims: Sequence[Claim], lineage: Lineage) -> list[Finding]:
    """What each telling of a claim lost or changed against the one before it, wherever both are at hand."""
    found: dict[tuple[str, ...], Finding] = {}
    pairs = [(claims[source], claims[here]) for source, here in lineage.matches]
    pairs += list(_titles(claims))
    for before, after in pairs:
        for one in _changed(before, after):
            # one sentence for each claim of a document, however often it is told there
            found.setdefault((one.kind, before.claim, after.claim), one)
    return list(found.values())[:MOST]


def _titles(claims: Sequence[Claim]) -> Iterator[tuple[Claim, Claim]]:
    """A title against the text below it."""
    by_claim: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_claim[claim.claim].append(claim)
    for group in by_claim.values():
        body = [claim for claim in group if not claim.in_title]
        for claim in group:
            if claim.in_title and body:
                yield max(body, key=lambda c: _CARE[c.bound]), claim


def _changed(before: Claim, after: Claim) -> Iterator[Finding]:
    where = "its own title" if before.name == after.name else after.name
    pair = (before.id, after.id)
    if _CARE[before.bound] > _CARE[after.bound] and before.unit == after.unit and not before.statement:
        yield Finding(
            kind="hedge lost",
            claims=pair,
            sentence=f'{before.name} has "{before.quote}", {where} has "{after.quote}": the bound is gone',
        )
    lost = [hedge for hedge in before.hedges if hedge in _HEARSAY]
    marks = f" ({', '.join(lost)})" if lost else ""
    if before.modality == "alleged" and after.modality in ("did", "does", "can", "plans") and before.name != after.name:
        yield Finding(
            kind="hedge lost",
            claims=pair,
            sentence=f"{before.name} tells it as hearsay{marks}, {where} as a fact",
        )
    if before.measure != after.measure and {before.measure, after.measure} <= PRODUCTION | FLIGHT | {"delivered"}:
        yield Finding(
            kind="verb changed",
            claims=pair,
            sentence=f"{figure_text(before)}: {before.measure} in {before.name}, {after.measure} in {where}",
        )
    elif (
        before.measure == after.measure
        and _SURE[before.modality] < _SURE[after.modality]
        and before.modality not in ("denied", "alleged")
        and before.name != after.name
    ):
        yield Finding(
            kind="surer than before",
            claims=pair,
            sentence=f'{figure_text(before)}: "{before.modality}" in {before.name}, "{after.modality}" in {where}',
        )
    if (
        before.speaker
        and after.speaker is None
        and before.name != after.name
        and not before.in_title
        and not after.in_title
    ):
        yield Finding(
            kind="speaker lost",
            claims=pair,
            sentence=f'{before.name} names {before.speaker}, {where} nobody, for "{_short(after.quote)}"',
        )
    if (
        before.time_edtf
        and after.time_edtf
        and before.time_role != after.time_role
        and {before.time_role, after.time_role} == {"at", "by"}
    ):
        yield Finding(
            kind="time changed",
            claims=pair,
            sentence=f"{before.time_words} in {before.name}, by {after.time_words} in {where}"
            if after.time_role == "by"
            else f"by {before.time_words} in {before.name}, in {after.time_words} in {where}",
        )


_HEARSAY = frozenset(
    {
        "reportedly",
        "allegedly",
        "alleged",
        "claimed",
        "claims",
        "claim",
        "claimed that",
        "claims that",
        "unconfirmed",
        "purportedly",
        "supposedly",
        "apparently",
        "seemingly",
        "suggested",
        "suggests",
    }
)


def conflicts(claims: Sequence[Claim], lineage: Lineage) -> list[Finding]:
    """Claims that disagree: speakers, values, bounds, status, time; and retractions."""
    found: dict[tuple[str, ...], Finding] = {}
    for one in (*_speakers(claims, lineage), *_values(claims), *_status(claims), *_outliers(claims), *_gone(claims)):
        found.setdefault((one.kind, *one.claims), one)
    return list(found.values())[:MOST]


def _speakers(claims: Sequence[Claim], lineage: Lineage) -> Iterator[Finding]:
    told: set[tuple[str, str]] = set()
    for source, here in lineage.matches:
        a, b = claims[source], claims[here]
        if a.speaker and b.speaker and not same_speaker(a.speaker, b.speaker) and (a.claim, b.claim) not in told:
            told.add((a.claim, b.claim))
            yield Finding(
                kind="speaker",
                claims=(a.id, b.id),
                sentence=f"{figure_text(a)}: said by {a.speaker} in {a.name}, by {b.speaker} in {b.name}",
            )


def _short(words: str) -> str:
    """Words cut at a word's end."""
    return words if len(words) <= 80 else words[:80].rsplit(" ", 1)[0].rstrip(" ,.;:") + " …"


def _apart(a: Claim, b: Claim) -> bool:
    """Whether two figures of one thing exclude one another, a tenth of tolerance apart."""
    low_a, high_a = a.low if a.low is not None else 0.0, a.high if a.high is not None else float("inf")
    low_b, high_b = b.low if b.low is not None else 0.0, b.high if b.high is not None else float("inf")
    slack = 0.1 if "approximately" in (a.bound, b.bound) else 0.0
    return low_a > high_b * (1 + slack) or low_b > high_a * (1 + slack)


def _values(claims: Sequence[Claim]) -> Iterator[Finding]:
    topics: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.volume and claim.live and claim.measure != "other":
            topics[claim.unit, claim.measure, claim.per, claim.object_class].append(claim)
    for group in topics.values():
        group = list({(c.name, c.claim): c for c in group}.values())[:80]
        for place, second in enumerate(group):
            for first in group[:place]:
                if first.root == second.root and first.name == second.name:
                    continue
                if not _apart(first, second) or not (
                    first.place and second.place and within(first.place, second.place)
                ):
                    continue
                when = times_agree(first.time_edtf, second.time_edtf, 0)
                if when is False or (when is None and (first.measure in FLIGHT or first.place != second.place)):
                    continue
                yield Finding(
                    kind="value",
                    claims=(first.id, second.id),
                    sentence=f"{first.measure.replace('_', ' ')}, {first.place}: {figure_text(first)} in {first.name}, "
                    f"{figure_text(second)} in {second.name}",
                )


def _status(claims: Sequence[Claim]) -> Iterator[Finding]:
    sites: dict[str, list[Claim]] = defaultdict(list)
    # A claim's mentions may name several places: "in Belarus and Russia", then "in Yelabuga"
    listed = [c for c in claims if c.statement and c.live and c.status in LADDER]
    for told in {(c.name, c.claim, c.place): c for c in listed}.values():
        for country in dict.fromkeys(
            known.country for name in (told.place or "").split("; ") if (known := by_name(name))
        ):
            sites[country].append(told)
    for group in sites.values():
        said: set[tuple[str | None, ...]] = set()
        for place, second in enumerate(group[:60]):
            for first in group[:place]:
                if first.status == second.status or not agree(first.place, second.place):
                    continue
                if len(set(first.parties) & set(second.parties)) < 2:
                    continue
                steps = abs(LADDER.index(str(first.status)) - LADDER.index(str(second.status)))
                key = (first.name, first.status, second.name, second.status)
                if key in said:
                    continue
                if steps >= 2 and times_agree(first.time_edtf, second.time_edtf, 400) is not False:
                    said.add(key)
                    yield Finding(
                        kind="status",
                        claims=(first.id, second.id),
                        sentence=f"factory in {first.place}: {first.status} in {first.name}; "
                        f"in {second.place}: {second.status} in {second.name}",
                    )


def _outliers(claims: Sequence[Claim]) -> Iterator[Finding]:
    """A date that lies more than 18 months from every other date of its story."""
    roots: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.statement and claim.time_edtf:
            roots[claim.root].append(claim)
            for name in (claim.place or "").split("; "):
                roots[f"place {name}"].append(claim)
    for group in roots.values():
        group = list({claim.id: claim for claim in group}.values())
        dated = [(claim, span) for claim in group if (span := span_days(claim.time_edtf)) is not None]
        if len({claim.time_edtf for claim, _ in dated}) < 3:
            continue
        for claim, span in dated:
            others = [other for one, other in dated if one is not claim and one.time_edtf != claim.time_edtf]
            if others and min(_gap(span, other) for other in others) > 540:
                nearest = min(others, key=lambda other: _gap(span, other))
                yield Finding(
                    kind="time",
                    claims=(claim.id,),
                    sentence=f"{claim.name}: {claim.time_words or claim.time_edtf} lies "
                    f"{_gap(span, nearest) / 30.4:.0f} months from every other date of this story",
                )


def _gap(first: tuple[date, date], second: tuple[date, date]) -> int:
    return max(0, (max(first[0], second[0]) - min(first[1], second[1])).days)


def _gone(claims: Iterable[Claim]) -> Iterator[Finding]:
    listed = list(claims)
    for claim in listed:
        if claim.live or claim.rejected or not (claim.volume or claim.statement):
            continue
        others = [
            one
            for one in listed
            if one.live and one.root == claim.root and one.unit == claim.unit and one.value == claim.value
        ]
        verb = "retracted" if claim.status == "retracted" else "denied"
        also = f"; still told in {', '.join(dict.fromkeys(one.name for one in others))}" if others else ""
        yield Finding(
            kind=verb,
            claims=(claim.id, *(one.id for one in others[:4])),
            sentence=f"{figure_text(claim)} {verb} in {claim.name}{also}",
        )
