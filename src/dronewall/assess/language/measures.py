"""What a figure measures, and how sure its sentence sounds.

Capacity, plan, goal and output are never one; launched, shot down, lost, hit and crossed are never one. The verb (or noun)
that governs the figure is the nearest trigger, counted in words, with a price for each clause and each other figure on
the way. Around it, operators ("able to", "plans to", "wants to", "reportedly", "denied") make measure and modality.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from dronewall.assess.language.conditions import conditioned
from dronewall.assess.language.denials import denied_at
from dronewall.assess.language.sentences import clause_cuts
from dronewall.assess.language.spans import Span
from dronewall.assess.language.triggers import PRODUCTION, Trigger, triggers

_WANTS = re.compile(
    r"(?<![\w-])(?:want(?:s|ed|ing)?|ask(?:s|ed|ing)?\s+(?:(?!about|whether|if|how|what|why)[\w'’]+\s+){0,4}?for|request(?:s|ed|ing)|requests?(?=\s+(?:is|was|are|for)\b)|(?:our|their|his|her|the\s+president['’]s)\s+demand(?=\s+is\b)|aim(?:s|ed|ing)?|goals?|hop(?:e|es|ed|ing)|seek(?:s|ing)?|sought|target(?:ed|ing)?\s+(?:of|is|to|for|a|at)|(?:its|the|a|their|his)\s+target|targets\s+(?=\d)|ambitions?|ambitious|aspir\w+|objectives?|"
    r"striv\w+|would\s+like|desir\w+|wish(?:es)?|dream\w*|needs(?=\s)|demand(?:s|ed|ing)|call(?:s|ed|ing)\s+for|in\s+need\s+of)(?![\w])",
    re.IGNORECASE,
)
_PLANS = re.compile(
    r"(?<![\w-])(?:plan(?:s|ned|ning)?|inten(?:d|ds|ded|ding|tion|tions)|will|shall|['’]ll|would|(?<!confirmed\s)(?<!believed\s)(?<!thought\s)(?<!found\s)(?<!known\s)(?<!seems\s)(?<!seem\s)(?<!seemed\s)(?<!appear\s)(?<!appears\s)(?<!appeared\s)(?<!proved\s)(?<!said\s)(?<!likely\s)to\s+be(?!\s+(?:able|the))|is\s+to|are\s+to|was\s+to|were\s+to|set\s+to|due\s+to(?=\s+(?:\w+ly\s+)?(?:be|build|make|produce|deliver|launch|start|open|receive|get|supply|roll))|scheduled|slated|expect(?:s|ed|ing|ations?)?|"
    r"prepar(?:e|es|ing|ed)\s+(?:to|for)|gear(?:ing|ed)\s+up|going\s+to|propos(?:e|es|ed|al|als|ing)|project(?:ed|s|ions?)|forecast(?:s|ed)?|anticipat(?:ed|es)|promis(?:ed|es|e)|pledg(?:ed|es|e)|vow(?:ed|s)?|"
    r"commit(?:ted|s)?\s+to|on\s+track\s+to|poised\s+to|ready\s+to|look(?:s|ing)?\s+to|schedule|envisag\w+|fores(?:ee[ns]?|aw)|estimated\s+to\s+(?:reach|produce)|agreed\s+to|order(?:ed|s)?\s+for|about\s+to|supposed\s+to\s+(?:get|have|receive|build|make|deliver|be|buy|come|arrive)|provides?\s+for|wait(?:s|ing)?\s+for|awaits?|awaiting|budgeted\s+for)(?![\w])",
    re.IGNORECASE,
)
_NOTHING = ("",)
_BACK_THEN = re.compile(
    r"\b(?:ago|in\s+those\s+days|back\s+then|at\s+(?:that|the)\s+time|last\s+(?:year|month|week|spring|summer|autumn|winter)|used\s+to|once|formerly)\b[^.;]*\bwould\b[^.;]*$",
    re.IGNORECASE,
)
# "With thirty interceptors we could close the gap"
_WITH_COULD = re.compile(r"\W*(?:With|Given|Had)\b[^;.]{0,120}?\b(?:could|would|might)\b")
# "Without it we would have reached 3,900": it never came
_NEVER_CAME = re.compile(
    r"(?:\bwould|\bmight|\bcould|['’]d)\s+(?:\w+ly\s+|easily\s+|already\s+)?have\s+(?:been\s+)?\w+[^.;]{0,50}$"
)
_IF_WANTED = re.compile(r"\bif\b[^,;]*\b(?:want|wish|like|choose)", re.IGNORECASE)
# "54,000 drones of all kinds launched": the words between are part of the noun
_KINDS = re.compile(
    r"\bof\s+(?:all|any|every|various|different|several|unknown|other)\s+(?:kinds?|types?|sorts?|classes|sizes|makes)\b"
)
_INFINITIVE = re.compile(
    r"(?<![\w-])to\s+(?:\w+ly\s+)?(?:build|make|produce|deliver|launch|assemble|manufacture|supply|receive|buy|send|ship|hand|provide|acquire|purchase)\s*$",
    re.IGNORECASE,
)
_CAN = re.compile(
    r"(?<![\w-])(?:can|cannot|(?:designed|rated|dimensioned|laid\s+out)\s+(?:for|to)|built\s+to(?=\s+(?:produce|make|build|assemble|turn))|able\s+to|capable\s+of|capab(?:le|ility|ilities)|capacit(?:y|ies)|enough\s+(?:to|for)|enables?|(?<!not\s)(?<!be\s)allow(?:s|ing|ed)?|has\s+the\s+means)(?![\w])",
    re.IGNORECASE,
)
_COULD = re.compile(
    r"(?<![\w-])(?:could|might|would\s+have\s+to|it\s+would\s+(?:take|need|require)|may(?=\s+(?:\w+ly\s+|also\s+|well\s+|soon\s+|even\s+)*(?:be|have|\w+e|\w+[^s\s]))|potentially|possibly|perhaps|if|unless|provided\s+that|should\s+(?:the|it|they))(?![\w])",
    re.IGNORECASE,
)
_MAY_MONTH = re.compile(
    r"(?:in|of|since|by|until|during|last|this|from|late|early|mid)[-\s]+May\b|\bMay\s+\d|\d\s+May\b"
)
_ALLEGED = re.compile(
    r"(?<![\w-])(?:reportedly|allegedly|alleg(?:ed|es|ing)|purport(?:s|ed|edly)?|supposed(?:ly)?(?!\s+to\b)|claim(?:s|ed|ing)?(?:\s+(?:that|to|it|they|he|she|responsibility))?|unconfirmed|unverified|rumou?r(?:s|ed)?|apparently|seemingly|ostensibly|"
    r"(?:is|are|was|were)\s+said\s+to|(?:is|are|was|were)\s+believed\s+to|is\s+thought\s+to|are\s+thought\s+to|so-called|anonymous\s+sources?|suggest(?:s|ed)?(?!\s+(?:an?|the)\s+(?:\w+\s+)?(?:goal|target|aim|plan|programme|purchase|order)\b))(?![\w])",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s+(?:had\s+|have\s+|has\s+)?(?:reportedly|allegedly|supposedly|apparently|purportedly)\b", re.IGNORECASE
)
# "asked about reports that 40 of them had ended up in Russia"
_OF_REPORTS = re.compile(
    r"\b(?:asked\s+about|amid|despite|following|after|unconfirmed|conflicting|media|press|citing|there\s+(?:are|were))\s+(?:\w+\s+)?(?:reports|rumou?rs|allegations|claims|suggestions)\s+that\s+(?:(?!\b(?:said|told|confirmed)\b)[^.;,]){0,40}$",
    re.IGNORECASE,
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
# "which promised 3,500 and delivered 1,900"
_AND_DID = re.compile(
    r"\b(?:promised|planned|pledged|ordered|foresaw|expected)\b[^.;]*\band\s+(?:then\s+|has\s+|had\s+)?$"
)
# "90, of which it had downed 76": what follows is told of the part
_OF_WHICH = re.compile(r",\s+(?:out\s+)?of\s+(?:which|them|these|those)\b")
_PREDICATED = re.compile(
    r"\s+(?:is|are|was|were)\s+(?:\w+ly\s+|now\s+|still\s+)?(?:expected|planned|scheduled|due|foreseen|promised|envisaged|to\s+(?:be|follow|arrive|come)|set\s+to)\b|"
    r"\s+(?:will|shall)\s+(?:then\s+|soon\s+)?(?:be|follow|arrive|come|go)\b"
)
# "Iran sent 600 drones to Russia": handed over; "Russia sent 60 to Odesa": flown
_HEARSAY = re.compile(
    r"\b(?:believed|said|thought|reported|alleged|claimed|known|understood|estimated|reckoned|rumoured|rumored)\s+to\s+(?:now\s+|already\s+)?(?:be\s+|have\s+(?:been\s+)?)?$",
    re.IGNORECASE,
)
# "40 of the 400 drones that it was promised"
_PROMISED = re.compile(
    r"\s+(?:(?:that|which)\s+)?(?:(?:it|they|he|she|the\s+\w+)\s+)?(?:(?:was|were|had|has|have|is|are)\s+)?(?:been\s+)?(?:promised|ordered|planned|contracted|foreseen|expected|agreed|pledged)\b"
)
_TO_COUNTRY = re.compile(r"\s+to\s+(?:the\s+)?(?=[A-Z]|north|south|east|west|front|army|troops|units)")
_ATTACKER = re.compile(r"\b(?:Russians?|Moscow|enemy|Kremlin|Houthis?|attackers?|overnight|night)\b", re.IGNORECASE)
# "Were China to close its border, output would fall": no if, and yet conditional
_INVERTED_IF = re.compile(
    r"(?:^\W*|[;,:]\s+|\b(?:and|but)\s+)(?:[Ww]ere\s+(?:[\w'’-]+\s+){1,5}?to\s+[a-z]|[Hh]ad\s+(?:[\w'’-]+\s+){1,4}?(?:\w+ed|been|had|got|built|bought)\b[^.;]*\bwould\b|Should\s+(?:the\s+)?(?:[\w'’-]+\s+){1,4}?[a-z]+\b[^.;]*,)"
)
# "told parliament that the works could turn out 20 a month": can, told in the past
_COULD_THEN = re.compile(
    r"\b(?:said|told|stated|wrote|announced|boasted|declared|explained|claimed|reported)\b[^.;]*\b(?:that|:|,)\s[^.;]*\bcould\s+(?:\w+ly\s+|already\s+|then\s+)?\w+(?:\s+out)?\s*(?:[^.;]{0,30})$"
)
_CONDITION = re.compile(
    r"\b(?:if|unless|provided|were|would|might|by\s+(?:20\d\d|then|next|the\s+end)|next|in\s+future|soon|should|with\s+more|later|one\s+day|20(?:2[7-9]|3\d))\b",
    re.IGNORECASE,
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
    hedges = [m[0].lower() for m in _ALLEGED.finditer(sentence[: max(span.end, chosen.end if chosen else 0)] + " ")]
    hedges += [
        m[0].strip().lower()
        for m in (_AFTER.match(sentence, span.end), _OF_REPORTS.search(sentence[: span.start]))
        if m
    ]
    measure, modality = _judged(chosen, region, sentence, span)
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
    if modality not in ("denied",) and hedges and _alleged_here(sentence, span, chosen):
        modality = "alleged"
    elif hedges and not _alleged_here(sentence, span, chosen):
        hedges = []
    for pattern in (_COULD,):
        hedges += [
            m[0].lower()
            for m in pattern.finditer(region)
            if not _MAY_MONTH.search(region[max(0, m.start() - 8) : m.end() + 4])
        ]
    hedges += [
        m[0].lower()
        for m in re.finditer(
            r"\b(?:typically|usually|likely|probably|expected|anticipated|would|plans?|aims?|wants?|unclear|estimated)\b",
            region,
            re.IGNORECASE,
        )
    ]
    if denied:
        modality = "denied"
    elif _SUPPOSED.match(sentence) or _inverted_if(sentence, span) or _NEVER_CAME.search(sentence[left : span.start]):
        modality = "conditional"
    elif modality == "conditional" and measure == "capacity" and chosen and _could_then(sentence, span):
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


def _judged(trigger: Trigger | None, region: str, sentence: str, span: Span) -> tuple[str, str]:
    """Measure and modality from the governing trigger and the operators in its clause."""
    clean = _MAY_MONTH.sub(" ", region)
    wants, plans, can, could = (bool(p.search(clean)) for p in (_WANTS, _PLANS, _CAN, _COULD))
    if trigger is None:
        later = _WITH_COULD.match(sentence)
        if (could or (later is not None and later.end() > span.end)) and (not wants or _IF_WANTED.search(clean)):
            return ("capacity" if can else "other"), "conditional"
        if wants:
            return "goal", "wants"
        if plans:
            return "plan", "plans"
        return ("capacity", "can") if can else ("other", "does" if _present(sentence, span) else "did")
    measure = trigger.measure
    if measure == "launched" and trigger.words.startswith("sen") and _TO_COUNTRY.match(sentence, span.end):
        measure = "delivered" if not _ATTACKER.search(sentence[: trigger.start]) else measure
    upto = sentence[: trigger.end]
    if _AND_DID.search(sentence[: trigger.start]) and trigger.words.endswith(
        ("ed", "built", "made", "sent", "got", "sold", "bought")
    ):
        plans = False
    if re.fullmatch(r"would", (_PLANS.search(clean) or _NOTHING)[0]) and _BACK_THEN.search(sentence[: trigger.start]):
        # "A year ago they would launch 400 and rest for two days"
        return measure, "did"
    if _HEARSAY.search(sentence[: trigger.start]) or re.search(r"\bused\s+to\s+$", sentence[: trigger.start]):
        # "is believed to make": told, not planned
        plans = wants = False
    else:
        plans = plans or (bool(_INFINITIVE.search(upto)) and not can and not wants)
    conditional = could and not (can and re.search(r"\b(?:is|was|are|be)\s+able", clean))
    if measure in ("price", "shot_down", "lost", "hit", "crossed"):
        if conditional:
            return measure, "conditional"
        if wants:
            return measure, "wants"
        if plans:
            return measure, "plans"
        if can:
            return measure, "can"
        return measure, _tense(trigger, sentence)
    if measure == "goal" or wants:
        return "goal", "wants"
    if measure == "capacity":
        if (
            plans
            and re.match(r"\s+of\b", sentence[trigger.end :])
            and re.search(r"\b(?:with|has|have|had)\s+(?:an?\s+|the\s+)?(?:[\w-]+\s+){0,2}$", sentence[: trigger.start])
        ):
            # a plant that is planned "with a capacity of": planned, and a capacity
            return "capacity", "plans"
        if plans:
            return "plan", "plans"
        return "capacity", "conditional" if conditional else "can"
    if can and measure == "plan":
        return "plan", "conditional" if conditional else "plans"
    if can:
        outer = _PLANS.search(clean)
        inner = _CAN.search(clean)
        would = bool(outer and re.fullmatch(r"would|will", outer[0], re.IGNORECASE))
        if outer and inner and outer.start() < inner.start() and not would:
            return "plan", "plans"
        return "capacity", "conditional" if conditional else "can"
    if conditional and measure != "plan":
        return ("capacity", "conditional") if measure in (PRODUCTION, "launched") else (measure, "conditional")
    if plans or measure == "plan":
        return "plan", "conditional" if conditional else "plans"
    return measure, _tense(trigger, sentence)


def _inverted_if(sentence: str, span: Span) -> bool:
    """Whether an inverted condition stands before the figure, with no full stop between."""
    return any(
        match.start() < span.start and not re.search(r"[.;]\s", sentence[match.start() + 2 : span.start])
        for match in _INVERTED_IF.finditer(sentence)
    )


def _could_then(sentence: str, span: Span) -> bool:
    """Whether "could" only repeats a "can" that was said in the past."""
    return bool(_COULD_THEN.search(sentence[: span.start])) and not _CONDITION.search(sentence)


def _tense(trigger: Trigger, sentence: str) -> str:
    before = sentence[max(0, trigger.start - 26) : trigger.start].lower()
    words = trigger.words.split()[0]
    if words in ("down", "were", "was", "had", "has", "have"):
        return "did"
    if words in ("in", "inside"):
        return "does" if re.search(r"\b(?:is|are)\s+(?:\w+\s+){0,2}$", before) else "did"
    if re.search(r"\b(?:had|has|have)\s+(?:\w+\s+)?$", before) and not words.endswith("ing"):
        return "did"
    if re.search(r"\b(?:is|are)\s+(?:\w+ly\s+|now\s+|currently\s+|already\s+)*$", before):
        # "12 drones are shot down": in headlines and translations it is over
        over = trigger.measure in ("shot_down", "lost", "hit") and words.endswith(("ed", "shot"))
        return "did" if over else "does"
    if trigger.kind == "n":
        after = sentence[trigger.start : trigger.end + 30].lower()
        return "does" if re.search(r"\b(?:is|are|stands|currently|now)\b", after) else "did"
    if (
        re.search(
            r"(?:ed|shot|downed|built|made|sent|flew|fell|struck|hit|brought|took|lost|came|gave|got|sold|bought|entered|found|seen)$",
            words,
        )
        or trigger.passive
    ):
        return "did"
    if words.endswith("ing"):
        return "did" if re.search(r"\b(?:was|were|been|after|by)\s+(?:\w+\s+)?$", before) else "does"
    return "does"


def _present(sentence: str, span: Span) -> bool:
    around = sentence[max(0, span.start - 60) : span.end + 40]
    if re.search(
        r"\b(?:has|have)\s+(?:\w+ly\s+|already\s+|also\s+|so\s+far\s+|since\s+)?\w+(?:ed|wn|lt|nt|ung|one|een)\b",
        around,
    ):
        # "24,000 have barrelled towards the towns"
        return False
    return bool(
        re.search(
            r"\b(?:is|are|has|have|possess(?:es)?|owns?|holds?|flies|fly|stands|work|works|operate|operates|serve|patrol)\b",
            sentence[max(0, span.start - 60) : span.end + 40],
        )
    )


def _alleged_here(sentence: str, span: Span, trigger: Trigger | None) -> bool:
    """Whether a hedge of hearsay stands over the figure: in its clause, or as the verb of saying before it."""
    cuts = [
        cut
        for cut in clause_cuts(sentence)
        if not re.fullmatch(r":\s|\s[—–]\s|\s\(|\)\s", sentence[cut.start : cut.end])
    ]
    begin = min(span.start, trigger.start) if trigger else span.start
    left = max((cut.end for cut in cuts if cut.end <= begin), default=0)
    right = max(span.end, trigger.end if trigger else span.end)
    match = list(_ALLEGED.finditer(sentence[left:right] + " "))
    tail = re.search(r",\s*(?:reportedly|allegedly)\b|\b(?:claimed|alleged)\b[^,;]{0,40}$", sentence[right:])
    reports = _OF_REPORTS.search(sentence[: span.start])
    return bool(match) or bool(tail) or bool(_AFTER.match(sentence, span.end)) or bool(reports)
