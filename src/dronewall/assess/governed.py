"""What governs a figure without a noun: its own verb, the noun or label before it, the figure that it goes on from."""

import re
from collections.abc import Callable

from dronewall.assess.alone import has_noun, stands_alone
from dronewall.assess.bare import Bare, only_balloons
from dronewall.assess.elisions import ALL_OF_THEM, ELIDED_AFTER, ELIDED_BEFORE, IN_THE_AIR, LARGEST, VALUE_IS
from dronewall.assess.foreign import counts_other, named_later
from dronewall.assess.language.triggers import triggers
from dronewall.assess.language.units import per

_MORE = re.compile(r"\s*(?:others?|more|further|additional)\b")
_MORE_WORD = re.compile(r"\s*\w+(?=\s)")
_AUXILIARY = re.compile(r"\s*(?:were|was|have|had|has|are|is|got)\b")
_THESE = re.compile(r"\b(?:these|those|both)\s+(?:the\s+)?$", re.IGNORECASE)
_PART_AFTER = re.compile(
    r"\s*(?:[,.;)]|$|and\b|in\b|over\b|by\b|from\b|on\b|at\b|as\b|so\s+far\b|last\b|a\b|the\b|of\s+(?:the|last|a)\b|\()"
)
_LINK = re.compile(
    r"\b(?:from|to|after|compared (?:to|with)|up from|down from|against|than|including|and|or|not|but)\s+(?:[\w-]+\s+){0,2}$"
)
_ON_PAGE = re.compile(r"\b(?:on|page|at)\s+$")
_BRACKET = re.compile(r"\(\s*(?:about\s+|around\s+)?$")
_BRACKET_ENDS = re.compile(r"\s*\)")
_RIGHT_FIGURE = re.compile(
    r"\b(?:correct|right|actual|true|real|exact|final|revised|corrected|updated|average|total|figure|number|count|toll|tally)\s+"
    r"(?:(?:figure|number|count|total|tally)\s+)?(?:is|was|stands\s+at|stood\s+at|should\s+(?:be|read|have\s+been)|:|of)\s*$",
    re.IGNORECASE,
)
_NOUN_BEFORE = re.compile(r"\b(?:drones|UAVs|balloons)\s*[:–—-]?\s*$", re.IGNORECASE)
_ENTRY_ENDS = re.compile(r"\s*(?:[;,.)]|$)")
_LABEL = re.compile(r"^\W*(?P<label>[A-Za-z][\w /()-]{2,60}?)\s*[:=–—|-]\s*(?:about\s+|over\s+)?$")
_LABELLED_ENDS = re.compile(r"\s*(?:[.,;(|]|$|\(|of\b|out\b|in\b|over\b|[^\w\s%°])")
_TO_NEXT = re.compile(r"\s+(?:to|and)\s+")
_FROM = re.compile(r"\bfrom\s+(?:[\w'’-]+\s+){0,2}$")
_NUMBERS_JOINED = re.compile(r"\s*[,;/]\s*")


def governed(one: Bare, unit: str) -> str | None:
    """The unit of a figure that something governs: `unit`, or that of the noun or label which does; else None."""
    if any(rule(one) for rule in _RULES):
        return unit
    if _NOUN_BEFORE.search(one.before) and _ENTRY_ENDS.match(one.after):
        # "Drones: 14; missiles: 3"
        return "balloons" if one.before.rstrip(" :–—-").lower().endswith("balloons") else "drones"
    if label := _label(one):
        return "balloons" if only_balloons(label) else unit
    if per(one.sentence, 0, one.figure.start, one.figure.end)[0]:
        # "300 a month"
        return unit if one.volumes or one.talk.unit or one.about else None
    return unit if _range_begins(one) or (one.recent and _only_goes_on(one)) else None


def _verb_after(one: Bare) -> bool:
    """ "57 shot down", "40 of them", "10 more"."""
    if not ELIDED_AFTER.match(one.after):
        return False
    if _MORE.match(one.after):
        # "10 more mobile fire groups": the noun is there
        more = _MORE_WORD.match(one.after)
        return not (more and named_later(one.sentence, one.figure.end + more.end()))
    return not _AUXILIARY.match(one.after) or _verb_of_ours_after(one)


def _verb_of_ours_after(one: Bare) -> bool:
    """Whether the verb behind "were" or "have" is one of theirs: "all three are members" counts no drones."""
    end = one.figure.end
    return (
        any(
            0 <= trigger.start - end < 45 and len(re.findall(r"\w+", one.sentence[end : trigger.start])) <= 4
            for trigger in triggers(one.sentence)
        )
        and (one.figure.value >= 10 or not ALL_OF_THEM.search(one.before))
        and not _THESE.search(one.before)
    )


def _verb_before(one: Bare) -> bool:
    """ "Launched 81"."""
    return bool(ELIDED_BEFORE.search(one.before))


def _linked(one: Bare) -> bool:
    """ "81 were launched, 57 shot down", "rose from 300 to 1,000"."""
    if not one.volumes or not _PART_AFTER.match(one.after) or _ON_PAGE.search(one.before):
        return False
    start, end = one.figure.start, one.figure.end
    near = any(0 <= start - verb.end <= 2 or 0 <= verb.start - end <= 2 for verb in triggers(one.sentence))
    return near or bool(_LINK.search(one.before))


def _in_brackets(one: Bare) -> bool:
    """ "Fewer drones than in May (about 300)"."""
    return bool(one.volumes and _BRACKET.search(one.before) and _BRACKET_ENDS.match(one.after))


def _value_is(one: Bare) -> bool:
    """ "The record is 810"."""
    return bool(one.volumes and VALUE_IS.search(one.before))


def _right_figure(one: Bare) -> bool:
    """ "The correct figure is 19"."""
    return bool(_RIGHT_FIGURE.search(one.before))


_RULES: tuple[Callable[[Bare], bool], ...] = (
    _verb_after,
    _verb_before,
    _linked,
    _in_brackets,
    _value_is,
    _right_figure,
)


def _label(one: Bare) -> str | None:
    """The label that says what a figure counts: "Shot down: 40", "Largest raid: 216"."""
    found = _LABEL.search(one.before)
    if not found or not _LABELLED_ENDS.match(one.after):
        return None
    label = found["label"]
    counts = triggers(label) or LARGEST.search(label) or (one.recent and IN_THE_AIR.search(label))
    return label if counts else None


def _range_begins(one: Bare) -> bool:
    """ "From 300 to 1,000" in a text about drones."""
    following = next((other for other in one.raw if other.start > one.figure.end), None)
    return (
        one.about
        and following is not None
        and bool(_TO_NEXT.fullmatch(one.sentence, one.figure.end, following.start))
        and bool(_FROM.search(one.before))
    )


def _only_goes_on(one: Bare) -> bool:
    """Whether a number without any noun can only go on with what was counted just before."""
    figure = one.figure
    others = [other for other in one.raw if other.core_start != figure.core_start]
    # "7, 12, 19, 33": a list of numbers is no count
    if any(
        _NUMBERS_JOINED.fullmatch(one.sentence[min(other.end, figure.end) : max(other.start, figure.start)])
        for other in others
    ):
        return False
    return (
        not one.talk.foreign
        and stands_alone(one.sentence, figure)
        and not any(counts_other(one.sentence, other) or has_noun(one.sentence, other) for other in others)
    )
