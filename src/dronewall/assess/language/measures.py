"""What a figure measures, and how sure its sentence sounds.

Capacity, plan, goal and output are never one; launched, shot down, lost, hit and crossed are never one. The verb (or noun)
that governs the figure is the nearest trigger, counted in words, with a price for each clause and each other figure on
the way. How sure it sounds is `modality`'s business.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from dronewall.assess.language.conditions import conditioned
from dronewall.assess.language.denials import denied_at
from dronewall.assess.language.modality import alleged_here, could_then, hearsay, inverted_if, judged, soft_words
from dronewall.assess.language.sentences import clause_cuts
from dronewall.assess.language.spans import Span
from dronewall.assess.language.triggers import PRODUCTION, Trigger, triggers

# "Without it we would have reached 3,900": it never came
_NEVER_CAME = re.compile(
    r"(?:\bwould|\bmight|\bcould|['’]d)\s+(?:\w+ly\s+|easily\s+|already\s+)?have\s+(?:been\s+)?\w+[^.;]{0,50}$"
)
# "54,000 drones of all kinds launched": the words between are part of the noun
_KINDS = re.compile(
    r"\bof\s+(?:all|any|every|various|different|several|unknown|other)\s+(?:kinds?|types?|sorts?|classes|sizes|makes)\b"
)
# "to raise output from today's 4,000 to 6,000"
_TODAYS = re.compile(r"\b(?:today['’]s|(?:the\s+|its\s+)?(?:current|present))\s+(?:[\w-]+\s+){0,2}$", re.IGNORECASE)
_GROWS_FROM = re.compile(
    r"\b(?:grow|rise|increase|climb|jump|go(?:\s+up)?|expand|double|treble|raise|boost|lift|bring|step\s+up|scale\s+up)\s+[^.;,]{0,60}?\bfrom\s+(?:[a-z]+\s+){0,2}$"
)
_TO_NEXT = re.compile(
    r"\s+(?:[a-z]+\s+){0,4}?to\s+(?:[a-z]+\s+){0,3}(?=\d|one|two|three|four|five|six|seven|eight|nine|ten|a\s)"
)
_OBJECT = re.compile(
    r"\s+(?:all\s+|the\s+|its\s+|their\s+)?(?!(?:by|over|in|on|at|near|above|from|during|with|since|last|this|so|as|for|to|and|or|while|into|off|between|within|after|before|under|per|"
    r"overnight|yesterday|today|each|every|monthly|weekly|daily|along|across|around|outside|inside|using|when|where|but|then|only|too|early|late|earlier|later|that|was|were|was|had|have|has)\b)[a-z]{3,}"
)
# "90, of which it had downed 76": what follows is told of the part
_OF_WHICH = re.compile(r",\s+(?:out\s+)?of\s+(?:which|them|these|those)\b")
_PREDICATED = re.compile(
    r"\s+(?:is|are|was|were)\s+(?:\w+ly\s+|now\s+|still\s+)?(?:expected|planned|scheduled|due|foreseen|promised|envisaged|to\s+(?:be|follow|arrive|come)|set\s+to)\b|"
    r"\s+(?:will|shall)\s+(?:then\s+|soon\s+)?(?:be|follow|arrive|come|go)\b"
)
# "40 of the 400 drones that it was promised"
_PROMISED = re.compile(
    r"\s+(?:(?:that|which)\s+)?(?:(?:it|they|he|she|the\s+\w+)\s+)?(?:(?:was|were|had|has|have|is|are)\s+)?(?:been\s+)?(?:promised|ordered|planned|contracted|foreseen|expected|agreed|pledged)\b"
)
_SUPPOSED = re.compile(r"\W*(?:Suppose|Supposing|Assume|Assuming|Imagine|Let\s+us\s+say|What\s+if|Hypothetically)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a figure is to be taken. `trigger` is None where nothing governs it; `cost` is how far that lies."""

    measure: str
    modality: str
    polarity: str
    hedges: tuple[str, ...]
    retracted: bool
    trigger: Trigger | None
    cost: float


def reading(sentence: str, span: Span, others: Sequence[Span], unit: str, *, partitive_total: bool = False) -> Reading:
    """Measure, modality and polarity of the figure at `span`; `others` are the sentence's other figures."""
    chosen, cost = _governing(sentence, span, others, unit, partitive_total=partitive_total)
    cuts = clause_cuts(sentence)
    begin = min(span.start, chosen.start) if chosen else span.start
    left = max((cut.end for cut in cuts if cut.end <= begin), default=0)
    inner = [m.end() for m in re.finditer(r"\b(?:that|because|so|after)\s", sentence[left:begin])]
    # "said that it plans": the clause after "that" holds the verb
    left += inner[-1] if inner else 0
    region = sentence[left : max(span.start, chosen.end if chosen else span.start)]
    if chosen and chosen.start > span.end:
        region = sentence[left : chosen.end]
    hedges = hearsay(sentence, span, max(span.end, chosen.end if chosen else 0))
    measure, modality = judged(chosen, region, sentence, span)
    if measure in ("plan", "goal") and _TODAYS.search(sentence[: span.start]):
        measure, modality = PRODUCTION, "does"
    if measure == "plan" and _GROWS_FROM.search(sentence[: span.start]) and _TO_NEXT.match(sentence, span.end):
        # "capacity will grow from 300 to 1,000": the first is what there is
        of_capacity = chosen is not None and chosen.measure == "capacity"
        measure, modality = ("capacity", "can") if of_capacity else (PRODUCTION, "does")
    if partitive_total and _PROMISED.match(sentence, span.end):
        measure, modality = "plan", "plans"
    if (
        _PREDICATED.match(sentence, span.end)
        and measure not in ("goal", "price")
        and (not chosen or chosen.end <= span.start)
    ):
        # "A first batch of 50 drones is expected in April"
        measure, modality = ("plan" if measure in ("other", "delivered", PRODUCTION) else measure), "plans"
    denied, retracted = denied_at(sentence, span, chosen)
    if modality not in ("denied",) and hedges and alleged_here(sentence, span, chosen):
        modality = "alleged"
    elif hedges and not alleged_here(sentence, span, chosen):
        hedges = []
    hedges += soft_words(region)
    if denied:
        modality = "denied"
    elif _SUPPOSED.match(sentence) or inverted_if(sentence, span) or _NEVER_CAME.search(sentence[left : span.start]):
        modality = "conditional"
    elif modality == "conditional" and measure == "capacity" and chosen and could_then(sentence, span):
        modality = "can"
    elif (modality == "plans" or (modality == "can" and re.search(r"\bwould\b", region))) and conditioned(
        sentence, span
    ):
        modality = "conditional"
    return Reading(
        measure=measure, modality=modality, polarity="negative" if denied else "positive", retracted=retracted,
        hedges=tuple(dict.fromkeys(hedges)), trigger=chosen, cost=cost,
    )  # fmt: skip


def _governing(
    sentence: str, span: Span, others: Sequence[Span], unit: str, *, partitive_total: bool
) -> tuple[Trigger | None, float]:
    """The trigger that lies nearest to a figure, and how far that is; none lies farther than 30 words."""
    best: tuple[float, Trigger | None] = (30.0, None)
    for trigger in triggers(sentence):
        if _governs_no_figure(trigger, sentence, span, others, unit):
            continue
        if trigger.end <= span.start:
            cost = _cost_before(trigger, sentence, span, others)
        else:
            cost = _cost_after(trigger, sentence, span, others, partitive_total=partitive_total)
        if cost < best[0]:
            best = (cost, trigger)
    return best[1], best[0]


def _governs_no_figure(trigger: Trigger, sentence: str, span: Span, others: Sequence[Span], unit: str) -> bool:
    """Whether a trigger cannot govern a figure: it lies in it, prices what is no money, or has a figure of its own."""
    if trigger.start < span.end and span.start < trigger.end:
        return True
    if trigger.measure == "price" and unit not in ("usd", "eur", "gbp", "rub", "uah", "pln", "rials"):
        return True
    if trigger.start >= span.end and _OF_WHICH.match(sentence, span.end):
        return True
    if trigger.words == "down" and sentence[span.end : trigger.start].strip(" (!)"):
        return True
    # "promised 3,500 and delivered 1,900"
    return (
        _active(trigger)
        and bool(re.fullmatch(r",?\s+and\s+", sentence[span.end : trigger.start]))
        and any(0 <= other.start - trigger.end <= 14 for other in others)
    )


def _active(trigger: Trigger) -> bool:
    """Whether a trigger is a verb that takes its thing as object."""
    return trigger.kind == "t" and not trigger.passive


def _words(gap: str) -> int:
    return len(re.findall(r"[\w'’-]+", _KINDS.sub("", gap)))


def _between(sentence: str, low: int, high: int, others: Sequence[Span]) -> float:
    """What stands between two places: words, and more for figures, clauses and full stops."""
    gap = sentence[low:high]
    figures = sum(1 for other in others if low <= other.start and other.end <= high)
    clauses = sum(1 for cut in clause_cuts(sentence) if low <= cut.start and cut.end <= high + 1)
    stop = "." in gap.strip(". ") and re.search(r"\.\s", gap)
    return _words(gap) + 4.0 * figures + 4.0 * clauses + (5.0 if stop else 0.0)


def _cost_before(trigger: Trigger, sentence: str, span: Span, others: Sequence[Span]) -> float:
    """How far a trigger lies before a figure."""
    gap = sentence[trigger.end : span.start]
    if _active(trigger) and _listed(gap, trigger.end, sentence, span):
        # "destroyed 33 missiles, among them Kalibrs, and 311 drones": one verb for all; a list has no full stop
        cost = 1.0
    else:
        cost = _between(sentence, trigger.end, span.start, others)
    if trigger.passive:
        return cost + (3.0 if re.match(r"\s*(?:by|with|in|at|including|about)?\s*$", gap) else 7.0)
    if trigger.kind == "t":
        # "Of the 61 drones delivered, 14 were written off"
        return cost + 3.0 if gap.startswith(",") else cost
    if trigger.kind == "i":
        return cost + (2.0 if _words(gap) < 1 else 4.0)
    return cost + 2.5 if trigger.kind == "s" else cost


def _cost_after(trigger: Trigger, sentence: str, span: Span, others: Sequence[Span], *, partitive_total: bool) -> float:
    """How far a trigger lies behind a figure; infinitely where it only tells which things are counted."""
    gap = sentence[span.end : trigger.start]
    words = _words(gap)
    reduced = words == 0 or (words <= 2 and not re.search(r"\b(?:that|who|which|and)\b", gap))
    if reduced and _active(trigger) and _object_of(sentence, span):
        # "shot down all 14 drones fired": fired tells which
        return math.inf
    if reduced and trigger.measure == "shot_down" and not trigger.passive and _OBJECT.match(sentence, trigger.end):
        # "71 balloons halted flights": they were not halted
        return math.inf
    cost = _between(sentence, span.end, trigger.start, others)
    if _active(trigger):
        participle = trigger.words.endswith(("ed", "down", "built", "made", "sent", "bought", "sold"))
        cost += 0.5 if reduced and participle else 6.0
    cost += {"n": 5.0, "s": 2.5}.get(trigger.kind, 0.0)
    if partitive_total and not (reduced and not trigger.passive):
        cost += 12.0
    return cost


def _listed(gap: str, begin: int, sentence: str, span: Span) -> bool:
    """Whether a verb and a figure have nothing between them but other things of the same verb."""
    if not re.search(r"\d", gap) or not re.search(r"(?:,|\band|\bplus|\bwith)\s+(?:[\w-]+\s+){0,2}$", gap):
        return False
    if re.search(r"[.;:()]|\b(?:that|who|while|but|when|after|before|of\s+(?:which|them|these))\b", gap):
        return False
    # "they flew 24 over the town, and two crashed": a verb of its own
    own = re.match(r"[^,;.]{0,40}", sentence[span.end :])
    end = span.end + (own.end() if own else 0)
    return not any(
        begin <= other.start < begin + len(gap) or (span.end <= other.start < end and other.kind != "s")
        for other in triggers(sentence)
    )


def _object_of(sentence: str, span: Span) -> bool:
    """Whether a verb stands right before a figure, so that the figure is its object."""
    return any(
        trigger.kind == "t"
        and not trigger.passive
        and trigger.end <= span.start
        and re.fullmatch(
            r"\s+(?:(?:all|the|another|some|these|those|its|their|only|just)\s+){0,2}",
            sentence[trigger.end : span.start],
        )
        for trigger in triggers(sentence)
    )
