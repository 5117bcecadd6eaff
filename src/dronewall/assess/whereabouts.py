"""Where a figure is told of: the place that its own sentence gives it.

Every place that the sentence names is weighed; the heaviest one holds, where it is heavy enough.
"""

import re
from collections.abc import Sequence

from dronewall.assess.language.attributing import Attribution
from dronewall.assess.language.measures import Reading
from dronewall.assess.language.places import Mention, places
from dronewall.assess.language.sentences import clause_cuts, clause_of
from dronewall.assess.language.spans import Span
from dronewall.assess.place_weights import candidate, weight_of

MOST_PLACES = 24
_COUNTED = re.compile(
    r"\s+(?:(?:has|have|had|also|now)\s+)*(?:confirmed|reported|counted|recorded|registered|detected|logged|noted)\s+"
    r"(?:the\s+(?:arrival|entry|detection|discovery|loss|downing)\s+of\s+)?",
    re.IGNORECASE,
)
_THERE = re.compile(r"\s*(?:[-–—:]\s*|\(\s*)(?:over|in|above|on|near|at)\b", re.IGNORECASE)
_NEXT_OF_LIST = re.compile(r"[,;]\s*(?:and\s+)?$")


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
    if beside := _right_beside(sentence, span, others, mentions):
        return beside.place.name
    scored = _weighed(sentence, span, others, reading, said, mentions)
    if not scored:
        return fallback
    best, chosen = max(scored, key=lambda pair: (pair[0], -abs(pair[1].start - span.start)))
    if best < (3.0 if reading.measure == "facility" else 1.0):
        return fallback
    if each:
        both = [m.place.name for score, m in scored if score >= best - 2.0 and m.place.kind == chosen.place.kind]
        return "; ".join(dict.fromkeys(both))
    return chosen.place.name


def _right_beside(sentence: str, span: Span, others: Sequence[Span], mentions: Sequence[Mention]) -> Mention | None:
    """The place to which a figure belongs by where it stands alone."""
    if _THERE.match(sentence, span.end):
        # "42 - over the Bryansk region, 21 - over the Smolensk region"
        own = next((m for m in mentions if m.start >= span.end), None)
        if own is not None and not any(span.end <= one.start < own.start for one in others):
            return own
    for mention in mentions:
        gap = sentence[mention.end : span.start]
        # "Denmark one", and before it "Sweden has confirmed three drones"
        if gap.isspace() and not mention.adjective and _NEXT_OF_LIST.search(sentence[: mention.start]):
            return mention
        if mention.place.kind == "country" and not mention.adjective and _COUNTED.fullmatch(gap):
            return mention
    return None


def _weighed(
    sentence: str,
    span: Span,
    others: Sequence[Span],
    reading: Reading,
    said: Sequence[Attribution],
    mentions: Sequence[Mention],
) -> list[tuple[float, Mention]]:
    """The weight of every place that the figure can be told of."""
    clause = clause_of(clause_cuts(sentence), span.start, len(sentence))
    scored: list[tuple[float, Mention]] = []
    for mention in mentions:
        weight = weight_of(candidate(sentence, span, clause, reading, said, mention, mentions))
        if weight is None:
            continue
        # a place beyond another figure is told of that one
        weight -= 2.5 * any(span.end <= one.start and one.end <= mention.start for one in others)
        if mention.start >= span.end and ";" in sentence[span.end : mention.start]:
            weight -= 4.0
        scored.append((weight, mention))
    return scored


def _nearest(mentions: Sequence[Mention], span: Span) -> Sequence[Mention]:
    """The places nearest to a figure, in the order of the text: no list without end is weighed for each of its figures."""
    if len(mentions) <= MOST_PLACES:
        return mentions
    near = sorted(mentions, key=lambda one: max(one.start - span.end, span.start - one.end))[:MOST_PLACES]
    return sorted(near, key=lambda one: one.start)
