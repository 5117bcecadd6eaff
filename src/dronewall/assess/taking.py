"""How a figure is to be taken: by its sentence, and where that says nothing by what stands around it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from dronewall.assess.claims import FLIGHT, PRODUCTION, Claim
from dronewall.assess.language.measures import Reading, reading
from dronewall.assess.language.spans import Span
from dronewall.assess.language.units import MONEY, VOLUMES
from dronewall.assess.line import Line
from dronewall.assess.talk import Quantity, Talk

_PRICED = re.compile(
    r"\b(?:to|per|for|against)\s+(?:one|a|the|each)\s+(?:US\s+|U\.S\.\s+)?(?:dollar|euro|drone|unit|piece)\b|\beach\b|\bapiece\b|"
    r"\bper\s+(?:unit|drone|piece)\b",
    re.IGNORECASE,
)
# "The daily mean stands at 170 drones": of what was counted before
_STATISTIC = re.compile(
    r"\b(?:mean|average|median|peak|record|maximum|minimum|figure|number|total|tally|count)\b[^.;]{0,40}?\s(?:is|was|stands|stood|were|are)(?:\s+at)?\s*$",
    re.IGNORECASE,
)


# "The army owns around 2,000": a stock, whatever was counted before
_OWNS = re.compile(r"\b(?:owns?|possess(?:es)?|holds?|keeps?|operates?)\b[^.;,]{0,30}$")
_HAS = re.compile(r"\b(?:has|have)\s+$")


def _owned(words: str, measure: str) -> bool:
    """Whether the words before a figure make it a stock, which does not go on with what was planned or lost."""
    return bool(_OWNS.search(words)) or (measure in (*PRODUCTION, "lost") and bool(_HAS.search(words)))


def read_figure(line: Line, one: Quantity, others: Sequence[Span], talk: Talk, claims: Sequence[Claim]) -> Reading:
    """Measure and modality of a figure from its sentence; else from its list's head, its question, the claim before."""
    span = Span(one.figure.start, one.end)
    rest = [other for other in others if other.start != one.figure.start]
    read = reading(line.text, span, rest, one.unit, partitive_total=one.partitive_total)
    if read.trigger is None and line.lead:
        joined, by = f"{line.lead} {line.text}", len(line.lead) + 1
        again = reading(joined, span.moved(by), (), one.unit)
        read = replace(again, trigger=None) if again.trigger else read
    if read.trigger is None and one.elided and talk.question:
        asked = reading(f"{talk.question} 1", Span(len(talk.question) + 1, len(talk.question) + 2), (), one.unit)
        read = replace(asked, trigger=None, modality="did") if asked.measure in FLIGHT else read
    if one.partitive_total and read.trigger is not None and read.measure in ("shot_down", "lost", "hit"):
        parts = [other for other in others if other.end <= one.figure.start] or [others[0]]
        part = reading(line.text, parts[-1], (), one.unit)
        if part.trigger == read.trigger and (read.trigger.start >= one.end or read.trigger.end <= parts[-1].start):
            # "90 of 100 drones were shot down": so many came
            read = replace(read, measure="launched", modality="did")
    if read.trigger is None and one.partitive_total and read.measure == "other":
        part = reading(line.text, others[0], (), one.unit)
        if part.measure in ("shot_down", "lost", "hit"):
            read = replace(read, measure="launched", modality="did")
    if read.measure == "other" and one.unit in VOLUMES and (one.elided or _STATISTIC.search(line.text[: one.start])):
        before = next((claim for claim in reversed(claims) if claim.volume), None)
        if before is not None and not _owned(line.text[: one.start], before.measure):
            read = replace(read, measure=before.measure)
            one.place = before.place
    if one.unit in MONEY:
        return replace(read, measure="price" if read.measure == "price" or _PRICED.search(line.text) else "other")
    return read if one.unit in VOLUMES else replace(read, measure="other")
