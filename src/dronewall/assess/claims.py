"""A claim: what one stretch of one report says, in the fields of `claims.jsonl`.

A line is a mention; mentions of one claim in a report share `claim`. `derived_from` names the mention in another report
from which this one came. Numbers follow their bound: at_most has no low end, at_least no high one.
"""

import hashlib
from dataclasses import dataclass, field, fields
from typing import Any

from dronewall.records.threat import Citation, Threat

PRODUCTION = frozenset({"capacity", "plan", "goal", "output"})
"""The measures of what is made."""
FLIGHT = frozenset({"launched", "shot_down", "lost", "hit", "crossed"})
"""The measures of what flies."""

MEASURES = (
    "capacity",
    "plan",
    "goal",
    "output",
    "delivered",
    "launched",
    "shot_down",
    "lost",
    "hit",
    "crossed",
    "price",
    "other",
)
BOUNDS = ("point", "at_most", "at_least", "approximately", "range")
PERIODS = ("year", "quarter", "month", "week", "day", "event")
CLASSES = (
    "any",
    "agricultural",
    "multirotor",
    "fpv",
    "fixed_wing_piston",
    "reconnaissance",
    "balloon",
    "decoy",
    "unknown",
)
MODALITIES = ("did", "does", "can", "plans", "wants", "alleged", "denied", "conditional")
STATUSES = ("rumoured", "studied", "announced", "building", "producing", "verified", "retracted")
PER_YEAR = {"year": 1.0, "quarter": 4.0, "month": 12.0, "week": 52.0, "day": 365.0}
VOLUME_UNITS = frozenset({"drones", "balloons", "objects"})


@dataclass(slots=True, kw_only=True)
class Claim:
    """One mention. Filled in order: grammar, context, lineage, review."""

    id: str
    claim: str
    file: str
    start: int
    end: int
    quote: str
    quote_sha256: str
    text_sha256: str
    measure: str
    low: float | None
    high: float | None
    bound: str
    unit: str
    per: str | None
    object_class: str
    place: str | None
    time_edtf: str | None
    speaker: str | None
    relays: list[str]
    hedges: list[str]
    modality: str
    status: str | None
    source_grade: str
    item_grade: str
    root: str
    polarity: str = "positive"
    time_role: str | None = None
    time_words: str | None = None
    time_anchor: str | None = None
    statement_edtf: str | None = None
    statement: bool = False
    """True for what is told of a facility without a figure of its own."""
    in_title: bool = False
    name: str = ""
    """The report's name among the reports."""
    sentence_start: int = 0
    sentence_end: int = 0
    sentence: str = ""
    text_start: int = 0
    """Where the quote begins in the article's text; the same as `start` but for HTML."""
    parties: list[str] = field(default_factory=list)
    """Countries named beside a facility: who builds it for whom, which tells two projects at one place apart."""
    derived_from: list[str] = field(default_factory=list)
    rejected: bool = False
    notes: list[str] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)

    @property
    def value(self) -> float:
        """One number to compare by."""
        if self.low is not None and self.high is not None:
            return (self.low + self.high) / 2.0
        return self.low if self.low is not None else (self.high or 0.0)

    @property
    def volume(self) -> bool:
        """Whether it counts things that fly unmanned."""
        return self.unit in VOLUME_UNITS and not self.statement

    @property
    def live(self) -> bool:
        """Whether it counts: not denied, retracted or rejected."""
        return self.modality != "denied" and self.status != "retracted" and not self.rejected

    def line(self) -> dict[str, Any]:
        """The object written in `claims.jsonl`: whole numbers without a fraction."""
        row = {one.name: getattr(self, one.name) for one in fields(self)}
        for key in ("low", "high"):
            if row[key] is not None and float(row[key]).is_integer():
                row[key] = int(row[key])
        return row


def sha256(text: str) -> str:
    """The digest of a text's UTF-8 bytes."""
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()


def identify(name: str, quote: str, sentence: str, seen: dict[str, int]) -> str:
    """A mention's id: of the report's name, its words and its sentence, so that other edits of the text keep it."""
    key = sha256(f"{name}\n{quote}\n{sentence}")[:12]
    seen[key] = seen.get(key, 0) + 1
    return f"c-{key}" if seen[key] == 1 else f"c-{key}-{seen[key]}"


def figure_text(claim: Claim) -> str:
    """The figure in words: "up to 100,000 drones per year"."""

    def number(value: float) -> str:
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"

    if claim.bound == "range" and claim.low is not None and claim.high is not None:
        words = f"{number(claim.low)} to {number(claim.high)}"
    else:
        lead = {"at_most": "up to ", "at_least": "at least ", "approximately": "about "}.get(claim.bound, "")
        words = lead + number(claim.value)
    unit = claim.unit if not claim.statement else ("facility" if claim.value == 1 else "facilities")
    return f"{words} {unit}" + (f" per {claim.per}" if claim.per else "")


def cite(claim: Claim) -> Citation:
    """The citation of a claim."""
    return Citation(
        claim=claim.id,
        file=claim.file,
        start=claim.start,
        end=claim.end,
        quote=claim.quote,
        quote_sha256=claim.quote_sha256,
        root=claim.root,
    )


def cited_by(threat: Threat) -> set[str]:
    """The ids of the claims on which a threat rests: its factors' and its stress levels'."""
    cited = [factor.citations for factor in threat.factors] + [level.citations for level in threat.stress_levels]
    return {citation.claim for citations in cited for citation in citations}
