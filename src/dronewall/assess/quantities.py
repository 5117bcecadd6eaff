"""Figures of a sentence with what they count: also where the noun is left out ("57 were shot down")."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from dronewall.assess.elided import elided_unit
from dronewall.assess.foreign import foreign
from dronewall.assess.language.numbers import SMALL, Figure, closing, figures, masks
from dronewall.assess.language.places import by_name
from dronewall.assess.language.spans import Span
from dronewall.assess.language.things import HEADS
from dronewall.assess.language.units import MONEY, NAMESAKES, VOLUMES, Counted, counted, event, object_class, per
from dronewall.assess.shares import shares
from dronewall.assess.talk import BALLOON_WORDS, DRONE_WORDS, Quantity, Talk

_YEAR_BEFORE = re.compile(
    r"\b(?:in|since|by|until|during|of|from|to|and|late|early|mid|before|after|year|summer|winter|spring|autumn|fall|January|February|March|April|May|June|July|August|September|October|November|December)[-\s]*$",
    re.IGNORECASE,
)
# "Sweden has confirmed three drones, Denmark one"
# "7,500 Tern 3 quadcopters": the second number is the model's
_COUNTS_MODELS = re.compile(
    r"(?:\d|\b(?:hundred|thousand|million|dozen|\w+teen|\w+ty|" + "|".join(list(SMALL)[1:13]) + r"))\s+$"
)
_MODEL_NOUN = re.compile(
    r"\s+(?:[a-z][\w-]*\s+){0,2}?(?:[\w-]*drones?|UAVs?|[\w-]*copters?|unmanned|units|aircraft|airframes|systems)\b"
)
_CALENDAR = frozenset([*calendar.month_name[1:], *calendar.month_abbr[1:], *calendar.day_name])
# "when one asks how many drones fell"
# "three Shaheds in four could be stopped"
_RATIO = re.compile(
    r"\s+(?:[\w-]+\s+){0,2}?(?:drones|Shaheds|UAVs|balloons|Gerans)\s+(?:in|out\s+of)(?:\s+every)?\s+(?:two|three|four|five|six|seven|eight|nine|ten|\d{1,2})"
    r"(?=\s*[,.;)]|\s+(?:could|can|would|were|was|is|are|gets?|reach(?:es)?|hits?|crash(?:es)?|fails?|comes?|fell|got)\b)"
)
_SOMEBODY = re.compile(r"\b(?:when|if|as|what|how|because|that|where|once|which)\s+$", re.IGNORECASE)
_ACTS = re.compile(
    r"\s+(?:asks|believes|knows|sees|hears|wonders|thinks|counts|looks|reads|adds|takes|can|could|must|should|would|may|might|has\s+to)\b"
)
_PIECES = re.compile(r"\s*(?:pieces|pcs|units|items|objects|devices)$", re.IGNORECASE)
# "The auditors visited 9 units": places, not things
_SITES = re.compile(r"\s*(?:[a-z]+\s+)?units$")
_VISITED = re.compile(
    r"\b(?:visit|inspect|audit|interview)(?:ed|ing|s)?\s+(?:all\s+|the\s+)?$|\b(?:among|across|at)\s+(?:all\s+|the\s+)?$",
    re.IGNORECASE,
)
_NUMBER_OF = re.compile(
    r"\b(?:number|count|total|tally)\s+of\s+(?:[a-z-]+\s+)?(?P<noun>[a-z-]+s)\b[^.;]{0,40}\s(?:at|is|was|to|reached|stands\s+at|stood\s+at)\s+$"
)
_OF_THEM = re.compile(
    r"\s+of\s+(?:them|these|those|which)\s*(?:[-–—,:]|were|are|being)\s*[\"“«'‘]?(?P<words>(?:[\w-]+\s+){0,2}?[\w-]+)",
    re.IGNORECASE,
)
_OF_KIND = re.compile(
    r"\s+of\s+(?:an?\s+)?(?P<words>(?:[\w-]+\s+){1,3}?)(?:type|construction|kind|design|origin)\b", re.IGNORECASE
)


def quantities(sentence: str, masked: Sequence[Span], talk: Talk) -> list[Quantity]:
    """Every figure of a sentence that counts something of ours; `talk` is updated with what they count."""
    found: list[Quantity] = []
    all_masks = [*masked, *masks(sentence)]
    raw = figures(sentence, all_masks)
    shared = shares(sentence, raw)
    about = talk.about_drones or bool(DRONE_WORDS.search(sentence))
    for index, figure in enumerate(raw):
        if _is_year(sentence, figure) or _is_name(sentence, figure) or _is_age(sentence, figure):
            continue
        if _SOMEBODY.search(sentence[: figure.start]) and _ACTS.match(sentence, figure.end):
            continue
        if figure.value <= 9 and _RATIO.match(sentence, figure.end):
            continue
        if index and found and _spelled_again(sentence, found[-1], figure):
            continue
        noun = counted(sentence, figure.end, figure.currency, about_drones=about)
        elided = False
        if noun is None and figure.core_start in shared.place:
            noun, elided = _of_the_same(sentence, figure, raw, found, about=about), True
        if noun is None:
            noun = elided_unit(sentence, figure, raw, found, talk, about=about)
            elided = True
        if noun is None or (_SITES.match(noun.words) and _VISITED.search(sentence[: figure.start])):
            continue
        if noun.unit in ("km", "kg") or figure.vague:
            continue
        if noun.unit in MONEY and sentence[figure.core_start : figure.core_end].lower() in ("one", "a"):
            continue
        if _PIECES.search(noun.words) and talk.unit == "balloons" and not DRONE_WORDS.search(sentence):
            noun = replace(noun, unit="balloons")
        one = _quantity(sentence, figure, noun, talk, elided=elided)
        if (
            elided
            and one.object_class in ("any", talk.object_class)
            and (before := [other for other in found if other.unit == one.unit])
        ):
            one.object_class = before[-1].object_class
        one.share = shared.place.get(figure.core_start)
        one.others_places = frozenset() if one.share else shared.named_at
        found.append(one)
    for one in found:
        if one.unit in VOLUMES:
            talk.unit, talk.object_class = one.unit, one.object_class
    if not any(one.unit in VOLUMES for one in found) and DRONE_WORDS.search(sentence):
        talk.unit = (
            "balloons"
            if BALLOON_WORDS.search(sentence) and not re.search(r"\bdrones?\b|\bUAVs?\b", sentence)
            else "drones"
        )
        talk.object_class = "balloon" if talk.unit == "balloons" else "any"
    if raw:
        talk.foreign = not any(one.unit in VOLUMES for one in found) and any(
            other.unit not in VOLUMES and other.unit != "percent"
            if (other := counted(sentence, one.end, one.currency, about_drones=False)) is not None
            else foreign(sentence, one.end) or _number_of_others(sentence, one)
            for one in raw
        )
    talk.age = 0 if any(one.unit in VOLUMES for one in found) else talk.age + 1
    talk.passed(sentence)
    _totals(sentence, found)
    return found


def _number_of_others(sentence: str, figure: Figure) -> bool:
    """Whether a figure is "the number of incursions", or of anything else that is none of ours."""
    match = _NUMBER_OF.search(sentence[: figure.start])
    return match is not None and HEADS.get(match["noun"], "") not in VOLUMES


def _of_the_same(
    sentence: str, figure: Figure, raw: Sequence[Figure], found: Sequence[Quantity], *, about: bool
) -> Counted | None:
    """What a figure counts that is a share of a count by place: what the sentence counts before it."""
    if figure.currency or foreign(sentence, figure.end) or re.match(r"\s*(?:%|per\s?cent)", sentence[figure.end :]):
        return None
    before = [one for one in found if one.unit in VOLUMES]
    earlier = [one for one in raw if one.end <= figure.start]
    if not before or (earlier and earlier[-1].core_start != found[-1].figure.core_start):
        return None
    return Counted(unit=before[-1].unit, words="", end=figure.end)


def _quantity(sentence: str, figure: Figure, noun: Counted, talk: Talk, *, elided: bool) -> Quantity:
    period, end = per(sentence, 0, figure.start, noun.end)
    if period is None and noun.unit in VOLUMES and event(sentence, noun.end):
        period = "event"
    if noun.unit in MONEY or noun.unit in ("percent", "people", "countries"):
        period, end = None, noun.end
    figure, closed = closing(sentence, figure, end)
    told = _OF_THEM.match(sentence, figure.end) or _OF_KIND.match(sentence, figure.end)
    named = (
        object_class(told["words"] if told else noun.words, "", noun.unit) if told or (elided and noun.words) else "any"
    )
    kind = (
        named
        if named not in ("any", "unknown")
        else talk.object_class
        if elided and noun.unit == talk.unit
        else object_class(noun.words, sentence[noun.end : noun.end + 90], noun.unit)
    )
    return Quantity(
        figure=figure,
        unit=noun.unit,
        object_class=kind,
        per=period,
        start=figure.start,
        end=max(closed, end),
        elided=elided,
    )


def _is_year(sentence: str, figure: Figure) -> bool:
    """A bare 1900 to 2099 after a preposition of time, or with no noun of ours behind it, is a year."""
    words = sentence[figure.core_start : figure.core_end]
    if not figure.plain or not re.fullmatch(r"(?:19|20)\d\d", words):
        return False
    following = re.match(
        r"\s+(?:[\w-]+\s+){0,2}?(?:drones|UAVs|balloons|Shaheds|units|people|quadcopters)\b",
        sentence[figure.core_end :],
    )
    if not following:
        return True
    return bool(_YEAR_BEFORE.search(sentence[: figure.core_start])) and not words.endswith("00")


def _is_name(sentence: str, figure: Figure) -> bool:
    """A number after a capitalised name that is no place and no first word is part of that name."""
    if not figure.plain:
        return False
    before = re.search(r"(?P<gap>^|[\s(“\"])(?P<word>[A-ZÀ-Ž][^\W\d_]+)[\s\u00a0]$", sentence[: figure.core_start])
    if before is None or before.start("word") == 0 or figure.start < figure.core_start:
        return False
    word = before["word"]
    if word in _CALENDAR or (by_name(word) and not NAMESAKES.match(word)):
        # "On 14 March 40 drones came"; "Bryansk 12 drones, Kursk 9"
        return False
    if _COUNTS_MODELS.search(sentence[: before.start("word")]) and _MODEL_NOUN.match(sentence, figure.core_end):
        return True
    if word.isupper() and len(word) > 4:
        return False
    if re.fullmatch(
        r"(?:On|In|At|Of|The|And|By|Some|About|Over|Only|Another|All|Its|Their|For|From|With|Russia|Ukraine|Belarus|Poland|Lithuania|Latvia|Estonia|Finland|Iran|Moscow|Kyiv|Minsk|Air|Force|Ministry|Forces|Guard|Command|Today|Yesterday|January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Shot|Down|Lost|Launched|Shaheds|Gerans|Drones)",
        word,
    ):
        return False
    after = sentence[figure.core_end : figure.core_end + 24]
    value = sentence[figure.core_start : figure.core_end]
    return len(value) <= 3 and (
        bool(
            re.match(r"\s*(?:drones?|UAVs?|unmanned|quadcopters?|attack|strike|systems?|type|kamikaze|[,.;)]|$)", after)
        )
        and bool(NAMESAKES.match(word) or not DRONE_WORDS.match(after.strip()))
    )


def _is_age(sentence: str, figure: Figure) -> bool:
    """ "Ivanov, 57, said": an age."""
    return (
        figure.plain
        and bool(re.search(r"[A-Z]\w+,\s$", sentence[: figure.core_start]))
        and bool(re.match(r",\s", sentence[figure.core_end :]))
    )


def _spelled_again(sentence: str, last: Quantity, figure: Figure) -> bool:
    """ "45 (forty-five) drones": the same number in brackets."""
    return figure.value == last.figure.value and sentence[last.figure.core_end : figure.core_start].strip() in (
        "(",
        "- (",
    )


def _totals(sentence: str, found: list[Quantity]) -> None:
    """Mark the whole of "57 of 81 drones": verbs after it belong to the part."""
    for first, second in pairwise(found):
        gap = sentence[first.figure.core_end : second.figure.start]
        if re.fullmatch(
            r"\s*(?:drones|UAVs|balloons|Shaheds)?\s*(?:out\s+)?of\s+(?:the\s+|a\s+total\s+of\s+|all\s+|some\s+)?(?:[\w-]+\s+)?",
            gap,
            re.IGNORECASE,
        ):
            second.partitive_total = True
            first.end = max(first.figure.end, first.start)
            if first.elided or first.object_class == "any":
                first.object_class = second.object_class
            first.unit = second.unit
    for one in found:
        if (
            re.match(r"\s*(?:of|out\s+of)\b", sentence[one.figure.end :])
            and one.end > one.figure.end
            and any(other.partitive_total and one.start < other.start < one.end for other in found)
        ):
            one.end = one.figure.end
