"""The review file: what people decided about claims, grades, roots and factors, with who and when.

It is a list of acts that only grows, so it is its own log, and it survives every re-run: acts are laid over what the
grammar found, in their order. An act about a claim that is gone is kept and told in one sentence.
"""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from dronewall.assess.claims import BOUNDS, CLASSES, MEASURES, MODALITIES, PERIODS, STATUSES, Claim
from dronewall.assess.language.edtf import is_edtf
from dronewall.assess.model import Chain, FactorSpec
from dronewall.settings import FileModel, check, read_toml

_WORDS = {
    "measure": MEASURES,
    "bound": BOUNDS,
    "per": PERIODS,
    "object_class": CLASSES,
    "modality": MODALITIES,
    "status": STATUSES,
    "item_grade": ("1", "2", "3", "4", "5", "6"),
    "source_grade": ("A", "B", "C", "D", "E", "F"),
}
_NEVER_NONE = ("measure", "bound", "object_class", "modality", "item_grade", "source_grade", "unit")
_FREE = ("low", "high", "unit", "place", "time_edtf", "speaker", "relays", "hedges", "polarity")


class Act(FileModel):
    """One `[[act]]`: who decided what, when and why.

    `accept`, `reject` and `correct` take `claim` (a mention's id, or the id that its mentions share); `correct` sets
    the keys of `set`. `grade` takes `file` or `publisher` with `source_grade`. `merge` takes `roots` (two or more
    become the first), `separate` takes `claim` and gives it a root of its own. `sign` takes `factor` and its
    distribution.
    """

    kind: Literal["accept", "reject", "correct", "grade", "merge", "separate", "sign"]
    who: Annotated[str, Field(min_length=1)]
    when: datetime | date
    why: str = ""
    claim: str | None = None
    set: dict[str, Any] = Field(default_factory=dict)
    file: str | None = None
    publisher: str | None = None
    source_grade: Annotated[str | None, Field(pattern=r"^[A-F]$")] = None
    roots: list[str] = Field(default_factory=list)
    factor: str | None = None
    distribution: Literal["point", "uniform", "triangular", "pert", "shares"] | None = None
    low: float | None = None
    mode: float | None = None
    high: float | None = None
    shares: dict[str, list[float]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        needs = {
            "accept": "claim",
            "reject": "claim",
            "correct": "claim",
            "separate": "claim",
            "grade": "source_grade",
            "merge": "roots",
            "sign": "factor",
        }[self.kind]
        if not getattr(self, needs):
            raise ValueError(f"an act of kind {self.kind} needs '{needs}'")
        if self.kind == "merge" and len(self.roots) < 2:
            raise ValueError("merge needs two or more roots")
        if self.kind == "grade" and not (self.file or self.publisher):
            raise ValueError("grade needs 'file' or 'publisher'")
        if self.kind == "sign" and not self.why:
            raise ValueError("a signature needs 'why': what the judgement rests on")
        for key, value in self.set.items():
            if key in _WORDS and value not in (*_WORDS[key], ""):
                raise ValueError(f"set.{key} = {value!r}; it is one of: {', '.join(_WORDS[key])}")
            if key not in _WORDS and key not in _FREE:
                raise ValueError(
                    f"set.{key}: a claim has no such field to correct; it takes: {', '.join([*_WORDS, *_FREE])}"
                )
            if key == "time_edtf" and value and not is_edtf(str(value)):
                raise ValueError(f"set.time_edtf = {value!r}; write it as EDTF")
            if (
                key in ("low", "high")
                and value != ""
                and (isinstance(value, bool) or not isinstance(value, int | float))
            ):
                raise ValueError(f'set.{key} = {value!r}; write a number, or "" for none')
            if key in ("relays", "hedges") and not (isinstance(value, list) and all(isinstance(v, str) for v in value)):
                raise ValueError(f"set.{key} = {value!r}; write a list of texts")
            if key == "polarity" and value not in ("positive", "negative"):
                raise ValueError(f"set.polarity = {value!r}; it is one of: positive, negative")
            if key in ("unit", "place", "speaker") and not isinstance(value, str):
                raise ValueError(f'set.{key} = {value!r}; write a text, or "" for none')
            if value == "" and key in _NEVER_NONE:
                raise ValueError(f"set.{key} is empty; a claim has always one")
        return self


class Review(FileModel):
    """The whole review file."""

    schema_version: Literal[1]
    act: list[Act] = Field(default_factory=list)


def load_review(path: Path | None) -> Review:
    """The review in a TOML file; none is an empty one."""
    return Review(schema_version=1) if path is None else check(Review, read_toml(path), str(path))


def ends_fault(bound: str, low: float | None, high: float | None) -> str | None:
    """One sentence where a bound and its ends contradict each other, by the conventions of `claims.jsonl`."""
    if bound == "at_most" and (low is not None or high is None):
        return "a bound of at_most has a high end and no low one"
    if bound == "at_least" and (high is not None or low is None):
        return "a bound of at_least has a low end and no high one"
    if bound in ("point", "approximately") and (low is None or low != high):
        return f"a bound of {bound} has the same number at both ends"
    if bound == "range" and (low is None or high is None or low >= high):
        return "a bound of range has a low end below its high one"
    if any(end is not None and end < 0 for end in (low, high)):
        return "a figure is not below zero"
    return None


def grade_sources(claims: Sequence[Claim], review: Review, publishers: dict[str, str | None]) -> list[str]:
    """Set the source grades that people gave; a sentence for each act that met nothing."""
    said = []
    for act in review.act:
        if act.kind != "grade":
            continue
        hit = [
            claim
            for claim in claims
            if act.file in (claim.name, claim.file) or (act.publisher and publishers.get(claim.name) == act.publisher)
        ]
        if not hit:
            said.append(
                f"the review grades {act.file or act.publisher}, of which there is no claim here; the act is kept"
            )
        for claim in hit:
            _set(claim, act, "source_grade", act.source_grade)
    return said


def correct(claims: Sequence[Claim], review: Review) -> list[str]:
    """Lay corrections over the claims, before their lineage is traced; a sentence for each act whose claim is gone."""
    by_id: dict[str, list[Claim]] = {}
    for claim in claims:
        by_id.setdefault(claim.id, []).append(claim)
        if claim.claim != claim.id:
            by_id.setdefault(claim.claim, []).append(claim)
    said = []
    for act in review.act:
        if act.kind not in ("accept", "reject", "correct", "separate"):
            continue
        found = by_id.get(act.claim or "")
        if not found:
            said.append(
                f"the review of {_day(act.when)} by {act.who} is about claim {act.claim}, which is gone; "
                "the act is kept"
            )
            continue
        for claim in found:
            if act.kind in ("accept", "reject"):
                claim.rejected = act.kind == "reject"
            if act.kind in ("accept", "reject"):
                claim.history.append({"act": act.kind, "who": act.who, "when": _day(act.when), "why": act.why})
            for key, value in act.set.items():
                _set(claim, act, key, None if value == "" else value)
    return said


def reroot(claims: Sequence[Claim], review: Review) -> list[str]:
    """Merge and separate roots as people decided; a sentence for each act that met nothing."""
    said = []
    renamed: dict[str, str] = {}
    for act in review.act:
        if act.kind == "merge":
            here = {claim.root for claim in claims}
            names = [renamed.get(name, name) for name in act.roots]
            if not any(name in here for name in names[1:]) or names[0] not in here:
                said.append(
                    f"the review of {_day(act.when)} by {act.who} merges {', '.join(act.roots)}, "
                    "of which some are gone; the act is kept"
                )
                continue
            for claim in claims:
                if claim.root in names[1:]:
                    _set(claim, act, "root", names[0])
            renamed |= dict.fromkeys(names[1:], names[0])
        elif act.kind == "separate":
            for claim in claims:
                if act.claim in (claim.id, claim.claim):
                    _set(claim, act, "root", f"r-{claim.claim[2:]}")
    return said


def signed(chain: Chain, review: Review) -> tuple[Chain, list[str]]:
    """The chain with the factors that people signed; the last signature of each counts."""
    said = []
    factors = {factor.name: factor for factor in chain.factor}
    for act in review.act:
        if act.kind != "sign":
            continue
        held = factors.get(act.factor or "")
        if held is None:
            said.append(
                f"the review signs factor '{act.factor}', which the chain has not; it has: {', '.join(factors)}"
            )
            continue
        data = held.model_dump(by_alias=True) | {"judge": act.who, "reason": act.why, "signed": _day(act.when)}
        if act.distribution:
            data |= {
                "from": None,
                "distribution": act.distribution,
                "low": act.low,
                "mode": act.mode,
                "high": act.high,
                "shares": act.shares,
            }
        elif held.from_ == "claims":
            data |= {"signed": None}
        factors[held.name] = check(FactorSpec, data, f"the review's signature of {held.name}")
    return Chain(schema_version=1, factor=list(factors.values())), said


def _set(claim: Claim, act: Act, key: str, value: Any) -> None:
    before = getattr(claim, key)
    if before != value:
        setattr(claim, key, float(value) if key in ("low", "high") and value is not None else value)
        claim.history.append(
            {
                "act": act.kind,
                "who": act.who,
                "when": _day(act.when),
                "why": act.why,
                "field": key,
                "before": before,
                "after": value,
            }
        )


def _day(when: datetime | date) -> str:
    return when.isoformat()
