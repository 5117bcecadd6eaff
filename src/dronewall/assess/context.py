"""Where and when a figure is told of: the place and the time that its sentence gives it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dronewall.assess.language.measures import Reading
from dronewall.assess.language.numbers import words_value
from dronewall.assess.language.places import Mention, places
from dronewall.assess.language.sentences import clause_cuts, clause_of
from dronewall.assess.language.spans import Span
from dronewall.assess.language.speakers import Attribution
from dronewall.assess.language.whens import When

PRODUCTION = frozenset({"capacity", "plan", "goal", "output"})
FLIGHT = frozenset({"launched", "shot_down", "lost", "hit", "crossed"})
MOST_PLACES = 24
REACH = 400
"""How many characters around a place can tell what it is to a figure."""
_IN = re.compile(
    r"\b(?:in|over|into|near|at|inside|across|within|on|above|around|off|outside|entered|entering|crossed|crossing|reaching|violating|violated|against|hit|struck|attacked|targeting|reached|onto)\s+(?:the\s+)?(?:(?:[\w-]+-(?:controlled|held|occupied|run)\s+)?(?:areas?|parts?)\s+of\s+(?:the\s+)?)?(?:(?:city|town|village|region|airspace|territory|port|vicinity|outskirts|skies|north|south|east|west|northern|southern|eastern|western|central|neighbou?ring|nearby|capital|special economic zone|district)\s+(?:of\s+|,?\s*)?(?:the\s+)?)?$",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\b(?:from|via|through|to|towards|with|by|for|between)\s+(?:the\s+)?(?:(?:directions?|areas?|regions?|territory|airfields?|bases?)\s+of\s+(?:the\s+)?)?$",
    re.IGNORECASE,
)
_LIST = re.compile(r"(?:,|\band|\bor|/|–|-)\s*(?:the\s+)?$")
_AIRSPACE = re.compile(
    r"^(?:['’]s?)?\s+(?:[\w-]+\s+)?(?:airspace|territory|border|borders|skies|soil|waters|region|regions|oblast|side|cities|city|coast|air space|sky)\b",
    re.IGNORECASE,
)
_INDUSTRY = re.compile(
    r"^(?:['’]s?)?\s+(?:[\w-]+\s+){0,2}(?:industry|factor(?:y|ies)|production|manufactur\w+|compan(?:y|ies)|plants?|producers?|output|capacity|enterprises?|firms?|defen[cs]e\s+industry|makers?|workshops?|facilit(?:y|ies)|site)\b",
    re.IGNORECASE,
)


_FORCES = re.compile(
    r"^\s+(?:(?:state|border|air|armed|ground|national|anti-aircraft)\s+){0,2}(?:guards?|forces?|defen[cs]es?|defenders|"
    r"army|military|police|soldiers|troops|jets|fighters|radars?|gunners|units)\b(?!\s+(?:said|says|reported|claimed))",
    re.IGNORECASE,
)


_REST = re.compile(r"\bthe\s+(?:rest|others?|remainder|remaining\s+\w+)\b[^,;]{0,30}$", re.IGNORECASE)
_JOINED = re.compile(r"\s*(?:,|,?\s+and|/|-|–)\s+(?:the\s+)?")
# "said in Kyiv on Tuesday": where it was said
_SAID_IN = re.compile(
    r"\b(?:said|says|told\s+\w+|announced|spoke|speaking|added|stated)\s+(?:\w+ly\s+)?(?:in|at|from)\s+$"
)
_WORKS = re.compile(
    r"\s+(?:(?:drone|UAV|aircraft|assembly|production|tractor|[A-Z]\w+)\s+)?(?:plant|factory|works|facility|site|line|workshop)s?\b"
)
_SELLER = re.compile(
    r"\bfrom\s+(?:an?\s+|the\s+|its\s+)?(?:[\w-]+\s+){0,3}(?:makers?|firms?|company|companies|manufacturers?|suppliers?|producers?|start-ups?)\s+in\s+$"
)
_COUNTED = re.compile(
    r"\s+(?:(?:has|have|had|also|now)\s+)*(?:confirmed|reported|counted|recorded|registered|detected|logged|noted)\s+"
    r"(?:the\s+(?:arrival|entry|detection|discovery|loss|downing)\s+of\s+)?",
    re.IGNORECASE,
)
_THERE = re.compile(r"\s*(?:[-–—:]\s*|\(\s*)(?:over|in|above|on|near|at)\b", re.IGNORECASE)


_ORIGIN = re.compile(r"\bfrom\s+(?:the\s+)?(?:direction\s+of\s+(?:the\s+)?)?$", re.IGNORECASE)
_DURING = re.compile(
    r"\b(?:during|amid|after|following|in|as\s+part\s+of)\s+(?:an?\s+|the\s+|its\s+|Russia['’]s\s+|another\s+)?(?:[\w-]+\s+){0,4}?"
    r"(?:attacks?|raids?|strikes?|assaults?|barrages?|bombardments?|shelling)\s+(?:on|against|of)\s+(?:the\s+)?(?:[a-z]+\s+){0,2}$",
    re.IGNORECASE,
)
_BASES = re.compile(
    r"\s+(?:(?:military|air|naval|civilian|army|commercial|regional|international)\s+){0,2}(?:city|cities|capital|region|province|exclave|county|bases?|airbases?|airports?|airfields?|ports?|harbours?|villages?|towns?|fields?|farmland|installations?|power\s+(?:plants?|stations?)|refiner(?:y|ies))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """The time of a claim, and of the statement in which it was made."""

    edtf: str | None
    words: str | None
    role: str | None
    statement_edtf: str | None


def place_of(
    sentence: str,
    span: Span,
    others: Sequence[Span],
    reading: Reading,
    said: Sequence[Attribution],
    *,
    each: bool,
    fallback: str | None,
    taken: frozenset[int] = frozenset(),
) -> str | None:
    """The place that the figure at `span` is told of, or None; those at `taken` belong to other figures."""
    mentions = [mention for mention in _nearest(places(sentence), span) if mention.start not in taken]
    if not mentions:
        return fallback
    if _THERE.match(sentence, span.end):
        # "42 - over the Bryansk region, 21 - over the Smolensk region"
        own = next((m for m in mentions if m.start >= span.end), None)
        if own is not None and not any(span.end <= one.start < own.start for one in others):
            return own.place.name
    for mention in mentions:
        gap = sentence[mention.end : span.start]
        # "Denmark one", and before it "Sweden has confirmed three drones"
        if gap.isspace() and not mention.adjective and re.search(r"[,;]\s*(?:and\s+)?$", sentence[: mention.start]):
            return mention.place.name
        if mention.place.kind == "country" and not mention.adjective and _COUNTED.fullmatch(gap):
            return mention.place.name
    cuts = clause_cuts(sentence)
    clause = clause_of(cuts, span.start, len(sentence))
    scored: list[tuple[float, Mention]] = []
    for mention in mentions:
        score = _score(sentence, span, clause, reading, said, mention, mentions)
        if score is not None:
            # a place beyond another figure is told of that one
            beyond = any(span.end <= one.start and one.end <= mention.start for one in others)
            score -= 2.5 * beyond
            if mention.start >= span.end and ";" in sentence[span.end : mention.start]:
                score -= 4.0
            scored.append((score, mention))
    if not scored:
        return fallback
    best, chosen = max(scored, key=lambda pair: (pair[0], -abs(pair[1].start - span.start)))
    if best < (3.0 if reading.measure == "facility" else 1.0):
        return fallback
    if each:
        both = [m.place.name for score, m in scored if score >= best - 2.0 and m.place.kind == chosen.place.kind]
        if len(dict.fromkeys(both)) > 1:
            return "; ".join(dict.fromkeys(both))
    return chosen.place.name


def _nearest(mentions: Sequence[Mention], span: Span) -> Sequence[Mention]:
    """The places nearest to a figure, in the order of the text: no list without end is weighed for each of its figures."""
    if len(mentions) <= MOST_PLACES:
        return mentions
    near = sorted(mentions, key=lambda one: max(one.start - span.end, span.start - one.end))[:MOST_PLACES]
    return sorted(near, key=lambda one: one.start)


def _opened(sentence: str, mention: Mention, mentions: Sequence[Mention]) -> str:
    """The words before the list of places in which one stands: "from Kursk, Oryol and Bryansk" are all from."""
    before = sentence[: mention.start]
    for other in reversed([one for one in mentions if one.end <= mention.start]):
        if not _JOINED.fullmatch(sentence[other.end : len(before)]):
            break
        before = sentence[: other.start]
    return before


def _score(
    sentence: str,
    span: Span,
    clause: Span,
    reading: Reading,
    said: Sequence[Attribution],
    mention: Mention,
    mentions: Sequence[Mention],
) -> float | None:
    before = sentence[max(mention.start - REACH, 0) : mention.start]
    after = sentence[mention.end : mention.end + REACH]
    if span.start <= mention.start < span.end and mention.adjective:
        return None
    if after.startswith(("-based", "-led", "-backed", "-made", "-built")):
        return None
    if _SAID_IN.search(before) or (reading.measure in FLIGHT and re.search(r"\bbased\s+(?:in|at|near)\s+$", before)):
        return None
    if _ORIGIN.search(before) and (airspace_after := _AIRSPACE.match(after)) and reading.measure not in PRODUCTION:
        # "from the Belarusian side", "from Russian territory"
        return None if airspace_after else 0.0
    if _DURING.search(before) and reading.measure not in ("launched", "hit"):
        # "entered its airspace during an attack on Ukraine"
        return None
    if _REST.search(before):
        # "20 fell near Kyiv and the rest near Sumy"
        return None
    score = 0.0
    if reading.measure in PRODUCTION | {"facility"} and _WORKS.match(after) and not mention.adjective:
        # "The Izhevsk plant makes 700"
        score += 3.0
    if (
        reading.measure in PRODUCTION
        and mention.place.kind == "country"
        and not mention.adjective
        and not re.search(r"\w", before)
        and re.match(r"\s+(?:has|have|had|plans?|wants?|will|intends?|hopes?|announced)\b", after)
        and not re.search(r"\b(?:in|at|near)\s+(?:the\s+)?[A-Z]", after)
    ):
        # "Belarus has announced, but not begun, a plant for 100,000 a year"
        score += 4.0
    if reading.measure not in FLIGHT and _SELLER.search(before):
        return None
    located = bool(_IN.search(before))
    if not located and _LIST.search(before):
        # "in Poland and Lithuania": the second shares the first one's preposition
        # ... but "flew into Poland, Brussels wants" is no list
        listed = re.search(r"(?:and|or|/|–|-)\s*(?:the\s+)?$", before) or re.match(r"\s*(?:[,;.)]|and\b|or\b|$)", after)
        located = bool(listed) and any(
            other.end <= mention.start
            and mention.start - other.end <= 11
            and _IN.search(sentence[max(other.start - REACH, 0) : other.start])
            for other in mentions
        )
    works = reading.measure in PRODUCTION and bool(_WORKS.match(after))
    if located and not works and any(one.start <= mention.start < one.end for one in said):
        return None
    if not re.search(r"\w", before) and not mention.adjective and re.match(r"\s*:\s", after):
        # "Lithuania: 52 balloons, two drones"
        score += 4.0
    airspace = bool(_AIRSPACE.match(after))
    possessive = bool(re.match(r"['’]s?\b", after))
    if located and not possessive and not mention.adjective:
        score += 3.0
    if airspace and (mention.adjective or possessive or located):
        score += 3.0
    if mention.adjective and not airspace:
        if reading.measure in PRODUCTION and _INDUSTRY.match(after):
            score += 2.0
        elif reading.measure in ("shot_down", "crossed", "lost") and _FORCES.match(after) and mention.end <= span.start:
            score += 0.2
        elif located and _BASES.match(after):
            score += 3.0
        else:
            return None
    if not mention.adjective and not possessive and reading.measure in FLIGHT and _BASES.match(after):
        # "Vilnius airport was shut while 71 balloons drifted past"
        score += 1.0
    if possessive and located and _BASES.match(after.removeprefix("'s").removeprefix("’s")):
        # "hung over Aalborg's air base"
        return 5.0
    if possessive and not airspace:
        if (
            reading.measure not in PRODUCTION | {"delivered"}
            or not _INDUSTRY.match(after)
            or re.match(r"['’]s?\s+(?:\w+\s+)?(?:drone\s+)?(?:production\s+)?capacity", after)
        ):
            return None
        score += 1.0
    if re.match(r"\s+(?:war|conflict|crisis|invasion)\b", after) or re.search(
        r"\b(?:war|invasion|conflict|offensive|aggression)\s+(?:in|of|on|against|with)\s+$|\bamid(?:st)?\s+(?:the\s+)?$",
        before,
    ):
        return None
    if re.match(
        r"\s+(?:is\s+open\s+to\s+|would\s+|will\s+|to\s+|could\s+|agreed\s+to\s+|said[^.;]{0,40}?\s|has\s+announced\s+its\s+willingness\s+to\s+)?host(?:ing|s)?\b",
        after,
    ):
        score += 3.0
    if _FROM.search(_opened(sentence, mention, mentions)):
        direction = re.search(r"\b(?:to)\s+(?:the\s+)?$", before, re.IGNORECASE)
        score += (
            (-1.0 if direction else -3.0)
            if reading.measure in FLIGHT
            else (
                1.0
                if re.search(r"\bfrom\s+(?:the\s+)?$", before, re.IGNORECASE) and reading.measure in PRODUCTION
                else -1.5
            )
        )
    if mention.start >= span.end:
        score += 1.0
    score += 1.5 if clause.start <= mention.start < clause.end else -1.0
    score += {"city": 1.0, "site": 1.0, "region": 0.7, "water": -0.5}.get(mention.place.kind, 0.0)
    if any(one.start <= mention.start < one.end for one in said) and not works:
        score -= 2.5 if reading.measure not in PRODUCTION else 1.5
    trigger = reading.trigger
    if (
        trigger is not None
        and span.end <= mention.start
        and mention.end <= trigger.start
        and re.match(r"\s+(?:that|which)\s", sentence[span.end :])
    ):
        # "two drones that Russia launched at Odesa crashed in Romania"
        score -= 4.0
    if trigger is not None and not mention.adjective and not possessive and mention.end <= trigger.start:
        gap = sentence[mention.end : trigger.start]
        # the subject of a verb of production is where it is made; of launching, who did it
        if (
            reading.measure in PRODUCTION | {"delivered", "other"}
            and not re.search(r"[,;]", gap)
            and not any(one.start <= mention.start < one.end for one in said)
        ):
            score += 1.5
        elif (
            reading.measure in PRODUCTION
            and re.search(r"\b(?:it|its|they|it's|it’s|the country)\b", gap)
            and mention.place.kind == "country"
        ):
            score += 3.0
        elif reading.measure == "crossed" and re.fullmatch(r"(?:\s+(?:has|have|had|also|again|itself|alone))*\s+", gap):
            score += 2.5
        elif reading.measure == "launched" and not located:
            score -= 1.5
    if (
        trigger is not None
        and reading.measure == "launched"
        and mention.start >= trigger.start
        and mention.end <= span.start
        and not mention.adjective
    ):
        score += 2.0
    if re.match(r"['’]?s?\s*(?:,\s*)?(?:[A-Z])", after) and re.match(r",\s+[A-Z]", after):
        score += 0.2
    return score


def time_of(
    sentence: str, span: Span, whens: Sequence[When], said: Sequence[Attribution], others: Sequence[Span] = ()
) -> Timed:
    """The time of what the figure at `span` tells; where there is none, that of the statement."""
    if not whens:
        return Timed(edtf=None, words=None, role=None, statement_edtf=None)
    spoken = [when for when in whens if _of_statement(sentence, when, said)]
    told = [when for when in whens if when not in spoken]
    told = [when for when in told if when.start < span.end or ";" not in sentence[span.end : when.start]]
    # "60 were seen, twice as many as in September": what it is held against
    told = [when for when in told if when.start < span.end or not _COMPARED.search(sentence[span.end : when.start])]
    told = (
        [when for when in told if not _of_another(sentence, when, span, others)] if 1 < len(others) <= _MANY else told
    )
    statement = spoken[0].edtf if spoken else None
    if told:
        cuts = clause_cuts(sentence)
        clause = clause_of(cuts, span.start, len(sentence))

        def far(when: When) -> float:
            outside = 0.0 if clause.start <= when.start < clause.end else 60.0
            if outside and (when.start < 4 or _LEAD.fullmatch(sentence[: when.start])):
                outside = 25.0
            if len(told) > 1 and _AS_OF.search(sentence[: when.start]):
                outside += 100.0
            if _aside(sentence, when.start) and not _aside(sentence, span.start):
                outside = 80.0
            if any(span.end <= other.start and other.end <= when.start for other in others):
                # "6,297, after 5,438 in June": a time beyond another figure is that one's
                outside += 25.0
            if sentence[when.start : when.end].lower().startswith(("the same", "that same")) and len(told) > 1:
                # "40 % more than in the same period of the year before": what it is held against
                outside += 200.0
            distance = when.start - span.end if when.start >= span.end else (span.start - when.end) * 1.3
            return outside + max(distance, 0.0)

        own = next(
            (
                when
                for when in told
                if when.start >= span.end and _RIGHT_AFTER.fullmatch(sentence, span.end, when.start)
            ),
            None,
        )
        chosen = own or min(told, key=far)
        edtf = chosen.edtf
        inside = sentence[clause.start : clause.end]
        if _NOW.search(inside) and chosen.end <= clause.start:
            # "a year ago it made 90; now it makes 190"
            return Timed(edtf=None, words=None, role=None, statement_edtf=statement)
        began = re.search(r"\bsince\b[^,]*$", sentence[: chosen.start])
        if began and edtf and edtf.endswith("/..") and _WHEN.match(sentence, chosen.end):
            # "the worst raid since 12 February, when 450 drones came"
            edtf = edtf.removesuffix("/..") if span.start > chosen.end else edtf
        if edtf and len(edtf) == 10 and (shift := _SHIFT.search(sentence[: chosen.start])):
            edtf = shifted(edtf, shift)
        return Timed(edtf=edtf, words=sentence[chosen.start : chosen.end], role=chosen.role, statement_edtf=statement)
    if not spoken:
        return Timed(edtf=None, words=None, role=None, statement_edtf=None)
    first = spoken[0]
    return Timed(edtf=first.edtf, words=sentence[first.start : first.end], role="statement", statement_edtf=statement)


def _of_another(sentence: str, when: When, span: Span, others: Sequence[Span]) -> bool:
    """Whether a time stands right before another figure, in a clause that follows this one: "300, and from May 1,000"."""
    if any(
        span.end <= other.start and other.end <= when.start and _WHICH_DID.search(sentence[other.end : when.start])
        for other in others
    ):
        # "36 of the 60 drones it bought in 2023"
        return True
    if when.start < span.end or not _NEXT_PART.search(sentence[span.end : when.start]):
        return False
    return any(
        when.end <= other.start
        and re.fullmatch(r",?\s*(?:(?:it|only|some|about|up\s+to|another)\s+){0,2}", sentence[when.end : other.start])
        for other in others
    )


# "2,000 in 2023, 6,500 in 2024": each has its own
_RIGHT_AFTER = re.compile(
    r"\s+(?:of\s+them\s+)?(?:(?:already|only|just|alone)\s+)?(?:in|during|for|over|on|by)?\s*(?:the\s+)?"
)
# "300, and from May 1,000": the time opens the next part; in "413 drones and 37 missiles overnight, 7 dead" it closes one
_NEXT_PART = re.compile(r"(?:[,;]\s+|\band\s+)(?:[a-z]+\s+){0,3}$")
_WHICH_DID = re.compile(r"\b(?:it|they|he|she|which|that)\s+(?:had\s+|was\s+|were\s+)?\w+\s+(?:\w+\s+)?$")
# A sentence of more figures than this is a table without its lines; looking at all pairs of them would take minutes
_MANY = 40
_NOW = re.compile(r"\b(?:now|today|at\s+present|currently|these\s+days)\b", re.IGNORECASE)
# "as of today 4 have come in May": the day on which it was counted
_AS_OF = re.compile(r"\bas\s+(?:of|at)\s+(?:\d{1,2}[:.]\d\d\s+(?:on\s+)?)?$", re.IGNORECASE)
_COMPARED = re.compile(
    r"\b(?:as\s+(?:many|much|high)\s+as|than|compared\s+(?:to|with)|versus)\s+(?:in\s+|during\s+|over\s+)?(?:the\s+|all\s+of\s+|the\s+whole\s+of\s+)?$",
    re.IGNORECASE,
)
_WHEN = re.compile(r",?\s*(?:when|on\s+which|the\s+day)\b")
_LEAD = re.compile(
    r"\W*(?:On|In|During|Over|By|At|As of|For|From|Overnight|Between|Throughout|Late|Early)\b[\w\s,'’-]{0,26}",
    re.IGNORECASE,
)
_SHIFT = re.compile(
    r"\b(?:(?P<eve>on\s+the\s+eve\s+of)|(?:(?P<n>\d+|a|one|two|three|four|five|six|seven|ten)\s+(?P<u>day|week)s?|the\s+day)\s+(?P<dir>before|after))"
    r"\s+(?:[\w'’-]+\s+){0,7}?$",
    re.IGNORECASE,
)


def _aside(sentence: str, place: int) -> bool:
    """Whether a place lies in brackets."""
    return sentence.count("(", 0, place) > sentence.count(")", 0, place)


def shifted(day: str, shift: re.Match[str]) -> str:
    """A day before or after the one that is named: "three days after the raid of 10 September"."""
    from datetime import date, timedelta

    words = (shift["n"] or "one").lower()
    count = int(words) if words.isdigit() else int(words_value(words) or 1)
    days = count * (7 if (shift["u"] or "").lower() == "week" else 1)
    back = bool(shift["eve"]) or shift["dir"].lower() == "before"
    return (date.fromisoformat(day) + timedelta(days=-days if back else days)).isoformat()


def _of_statement(sentence: str, when: When, said: Sequence[Attribution]) -> bool:
    """Whether a time tells when somebody spoke: "said on Thursday that", "On Monday, the ministry said"."""
    for one in said:
        if one.verb.startswith("count"):
            continue
        if one.verb in (":", "according", "by", "citing"):
            if one.verb == "according" and 0 <= when.start - one.end < 8 and "," not in sentence[one.end : when.start]:
                return True
            continue
        after = sentence[one.end : when.start]
        if (
            one.end <= when.start
            and len(after) < 34
            and re.fullmatch(
                r"\s*(?:(?:in|at|on|from|during|late|early|via|to)\b[^,.;:“\"]{0,26}|[a-z]+ly)?\s*(?:on|in|at|late|early|this|earlier|back in|last)?\s*(?:on|in)?\s*",
                after,
            )
            and not re.search(r"\b(?:that|it|had|have|was|were)\b", after)
        ):
            return True
        before = sentence[when.end : one.start]
        if when.start < 14 and when.end <= one.start and re.fullmatch(r"\s*,?\s*(?:the\s+)?[^,;]{0,10}", before):
            return True
    return False
