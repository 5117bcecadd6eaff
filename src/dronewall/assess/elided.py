"""Figures whose noun is left out: "81 were launched, 57 shot down", "of these, 40 fell", "Sweden three, Denmark one".

A figure alone counts something of ours only where its sentence, or the talk before it, says what: a verb that governs it,
a whole of which it is a part, a list that it goes on with. Everything else is left alone.
"""

import re
from collections.abc import Sequence

from dronewall.assess.bare import Bare, bare, only_balloons
from dronewall.assess.elisions import (
    AS,
    BUT,
    DRONE_NOUN,
    ELIDED_BEFORE,
    ENOUGH,
    FROM_TO,
    HARMED,
    HELD_AGAINST,
    HOW_MANY,
    IN_ALL,
    IN_ALL_BEFORE,
    IT_WAS,
    MANY_OF,
    OF_WHICH,
    OUT_OF_OTHERS,
    PREDICATE,
    SUM,
    THERE_WERE,
    TIMES,
    UNKNOWN,
)
from dronewall.assess.foreign import last_counts_other, of_something_else
from dronewall.assess.going_on import goes_on
from dronewall.assess.governed import governed
from dronewall.assess.language.numbers import Figure
from dronewall.assess.language.units import VOLUMES, Counted, counted, per
from dronewall.assess.talk import BALLOON_WORDS, DRONE_WORDS, Quantity, Talk

_FROM = re.compile(r"\bfrom\s+(?:[a-z]+\s+){0,2}$")
_NOT = re.compile(r"\b[Nn]ot\s+$")
_MEASURE_SIGN = re.compile(r"\s*(?:%|per\s?cent|degrees|°)")
_JOINED_AFTER = re.compile(r"[-–/:]\w")
_JOINED_BEFORE = re.compile(r"[\w][-–/:.]$")
# Words between a noun of amounts and its figure: "drone production rose to about 4,000"
_AMOUNTS_TO = re.compile(
    r"(?:of|to|at|reached|reaching|was|is|are|were|totall?ed|stood at|hit|exceeded|exceeding|by|from|around|over|about|nearly|[:=–—(]|amount(?:s|ed)?\s+to|than|up to|between|units?|and|but|pieces|numbered|will be|would be|be|equal|rose|total|totals|averages?|averaged|grew)\s*(?:roughly|about|some|around|almost|nearly|just|only|an?)?\s*$",
    re.IGNORECASE,
)
_AMOUNT_REACH = 110
"""How many characters before a figure its noun of amounts may stand."""
_PART_ENDS = re.compile(r"[;.]\s")
# "Out of 57, 40": the noun may come later in the same sentence
_OF_SO_MANY = re.compile(
    r"^\s*(?:of|out of)\s+(?:the\s+)?(?:\w+\s+)?[\d,]+\s+(?:[\w-]+\s+){0,4}?(?:drones|UAVs|balloons|Shaheds)"
)


def elided_unit(
    sentence: str, figure: Figure, raw: Sequence[Figure], found: Sequence[Quantity], talk: Talk, *, about: bool
) -> Counted | None:
    """The unit of a figure whose noun is left out, from its sentence or from the talk."""
    if figure.currency:
        return None
    one = bare(sentence, figure, raw, found, talk, about=about)
    if _of_others(one):
        return None
    if noun := _noun_nearby(one):
        return noun
    if _no_count(one):
        return None
    amount = _amount_before(one)
    if _part_of_others(one) or (not amount and of_something_else(one)):
        return None
    if amount and not _PART_ENDS.search(one.before[-_AMOUNT_REACH:], amount.end()):
        return one.counts("balloons" if BALLOON_WORDS.search(amount[0]) else "drones", amount[0])
    if later := _OF_SO_MANY.search(one.after):
        return one.counts("balloons" if "balloon" in later[0] else "drones", later[0])
    return _by_the_talk(one)


def _by_the_talk(one: Bare) -> Counted | None:
    """What a figure counts by what is talked about, where its words let it go on with that."""
    unit = _unit_of_talk(one)
    if unit is None or _broken(one.figure):
        return None
    if said := _said_to_be(one):
        return said
    if one.talk.unit == "objects" and UNKNOWN.match(one.after):
        return one.counts("objects")
    if goes_on(one):
        return one.counts(unit)
    if (other := BUT.match(one.after)) and _NOT.search(one.before):
        return one.counts("balloons" if "balloon" in other[0] else "drones")
    by_its_words = governed(one, unit)
    return one.counts(by_its_words) if by_its_words else None


def _of_others(one: Bare) -> bool:
    """Whether the words right beside a figure count persons, times, or a part of other things."""
    if HARMED.search(one.before) or TIMES.match(one.after):
        return True
    whole = OUT_OF_OTHERS.match(one.after)
    return whole is not None and not DRONE_WORDS.search(whole["words"])


def _noun_nearby(one: Bare) -> Counted | None:
    """The noun that a figure shares with the next one, or that stands before it or in the sentence after."""
    if _FROM.search(one.before) and (upto := FROM_TO.match(one.after)):
        # "to grow from 300 to 1,000 machines a month"
        onward = [other for other in one.raw if other.start >= one.figure.end + upto.end() - 1]
        noun = counted(one.sentence, onward[0].end, onward[0].currency, about_drones=one.about) if onward else None
        if noun is not None and noun.unit in VOLUMES:
            return one.counts(noun.unit)
    if (many := HOW_MANY.match(one.after)) and len(one.before) < 8:
        return one.counts("balloons" if many["noun"] == "balloons" else "drones")
    if (of := IN_ALL_BEFORE.search(one.before)) and IN_ALL.match(one.after):
        return one.counts("balloons" if "balloons" in of[0] else "drones")
    return None


def _no_count(one: Bare) -> bool:
    """Whether a figure is a sum, a measure, a piece of a longer number, or goes on with what was none of ours."""
    return (
        bool(SUM.search(one.before) and any(other.unit not in VOLUMES for other in one.found))
        # "22 countries have a command. In 2022 it was 3."
        or bool(one.talk.foreign and not one.found and not one.names_drones and IT_WAS.search(one.before))
        or bool(_MEASURE_SIGN.match(one.after))
        or bool(_JOINED_AFTER.match(one.after) and not _rate(one))
        or bool(_JOINED_BEFORE.search(one.before))
    )


def _rate(one: Bare) -> str | None:
    return per(one.sentence, 0, one.figure.start, one.figure.end)[0]


def _amount_before(one: Bare) -> re.Match[str] | None:
    """The noun of amounts that leads up to a figure: "drone production rose to 4,000"."""
    return DRONE_NOUN.search(one.before[-_AMOUNT_REACH:]) if _AMOUNTS_TO.search(one.before) else None


def _part_of_others(one: Bare) -> bool:
    """Whether a figure is part of, or held against, a count of what is none of ours."""
    if one.volumes:
        return False
    # "39 sightings of drones, 12 of them over Aalborg, against 9 a year ago"
    held = not ELIDED_BEFORE.search(one.before) and HELD_AGAINST.search(f"{one.before}\0{one.after[:14]}")
    # "More than 200 firms develop drones, of which almost 60 have orders"
    part = held or (OF_WHICH.search(one.before) and not MANY_OF.search(one.before))
    return bool(part) and last_counts_other(one.sentence, one.earlier)


def _unit_of_talk(one: Bare) -> str | None:
    """What the sentence counted last, or names, or else the talk before it counted."""
    if one.volumes:
        return one.volumes[-1].unit
    if one.names_drones:
        return "balloons" if only_balloons(one.sentence) else "drones"
    if one.talk.unit is None and one.talk.named <= 1 and (THERE_WERE.search(one.before) or ENOUGH.match(one.after)):
        return "drones"
    return one.talk.unit


def _broken(figure: Figure) -> bool:
    """Whether a figure is no whole number."""
    return any(end is not None and end != int(end) for end in (figure.low, figure.high))


def _said_to_be(one: Bare) -> Counted | None:
    """What the words after a figure say that it was: "18 were decoys", "12 as multicopters"."""
    if predicate := PREDICATE.match(one.after):
        return one.counts("balloons" if BALLOON_WORDS.search(predicate["words"]) else "drones", predicate["words"])
    if one.volumes and (named := AS.match(one.after)):
        return one.counts("balloons" if BALLOON_WORDS.search(named[0]) else "drones", named[0])
    return None
