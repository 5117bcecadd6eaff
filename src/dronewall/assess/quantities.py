"""Figures of a sentence with what they count: also where the noun is left out ("57 were shot down")."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dronewall.assess.language.measures import triggers
from dronewall.assess.language.numbers import Figure, closing, figures, masks
from dronewall.assess.language.spans import Span
from dronewall.assess.language.units import MONEY, NAMESAKES, VOLUMES, Counted, counted, event, object_class, per

DRONE_WORDS = re.compile(
    r"\b(?:drones?|UAVs?|UAS|unmanned|uncrewed|quadcopters?|Shah[ei]ds?(?:-\d+)?|Gerans?(?:-\d+)?|balloons?|FPVs?|agro-drones?|copters?|Gerberas?|loitering munitions?|БПЛА)\b",
    re.IGNORECASE,
)
BALLOON_WORDS = re.compile(r"\bballoons?\b|\baerostats?\b", re.IGNORECASE)
_ELIDED_AFTER = re.compile(
    r"\s*(?:(?:of\s+(?:them|these|those|which|the\s+(?:total|latter|devices|objects))|others?|more|further|additional|out of)\b|"
    r"(?:were|was|have been|had been|has been|are|is being|are being)\b|(?:fell|crashed|disappeared|vanished|failed|reached|hit|crossed|entered|returned|flew|landed|struck|went|got|did|do|does|did not|didn['’]t|violated|made it|came|penetrated|strayed|remained|drifted)\b|"
    r"(?:shot down|downed|lost|destroyed|intercepted|launched|neutrali[sz]ed|suppressed|delivered|produced|built|jammed|detected|fired|hit|landed|confirmed)\b)",
    re.IGNORECASE,
)
_ELIDED_BEFORE = re.compile(
    r"(?:shot\s+down|downed|downing|intercept(?:ed|ing)|destroy(?:ed|ing)|launch(?:ed|ing)|lost(?:\s+track\s+of|\s+contact\s+with)?|losing|neutrali[sz](?:ed|ing)|suppressed|shooting\s+down|knocked\s+out|fired|brought\s+down|jammed|detected|recorded|counted|produced|built|building|producing|"
    r"delivered|received|made|making|supplied|sent|bought|used|ordered|build|produce|manufacture|assemble|deliver|launch|buy|send|"
    r"supply|make|use|lose|loses|downs|launches|produces|builds|makes|fired|found|seized|registered|another|a\s+further|a\s+total\s+of|the\s+other|the\s+remaining|of\s+which|of\s+them)\s+$",
    re.IGNORECASE,
)
_DRONE_NOUN = re.compile(
    r"\b(?:(?:drone|UAV|quadcopter|Shahed|Geran|FPV|unmanned aircraft)s?(?:[-\s][\w-]+)?[\s-]+(?:production|output|manufactur\w+|deliver(?:y|ies)|launches|capacity|fleet|stock(?:pile)?|target|goal|purchases?|losses|incursions|flights|numbers?|procurement|plan|count|tally)|"
    r"(?:production|output|capacity|deliver(?:y|ies)|launches|losses|number|total|tally|count|fleet|supply|stock|quantity|amount|assembly|manufactur\w+|figure)\s+(?:\w+\s+){0,3}?(?:of|for)\s+(?:(?!million|thousand)[\w'’/-]+\s+){0,5}?(?:drones|UAVs|Shaheds?(?:-\d+)?|Gerans?(?:-\d+)?|FPVs?|quadcopters|balloons|unmanned\s+(?:aerial\s+)?(?:vehicles|aircraft|systems)|drone))\b",
    re.IGNORECASE,
)
_YEAR_BEFORE = re.compile(
    r"\b(?:in|since|by|until|during|of|from|to|and|late|early|mid|before|after|year|summer|winter|spring|autumn|fall|January|February|March|April|May|June|July|August|September|October|November|December)[-\s]*$",
    re.IGNORECASE,
)
_HALF_DIGIT = re.compile(r"\d")


@dataclass(slots=True, kw_only=True)
class Quantity:
    """A figure, its unit and class, its rate, and the span of the words that say so."""

    figure: Figure
    unit: str
    object_class: str
    per: str | None
    start: int
    end: int
    elided: bool
    partitive_total: bool = False
    place: str | None = None
    """Lent by the claim before, where the figure stands alone ("The correct figure is 19")."""

    @property
    def span(self) -> Span:
        """The words of the figure with its noun and rate."""
        return Span(self.start, self.end)


@dataclass(slots=True)
class Talk:
    """What the last sentences were about, for figures whose noun is left out."""

    unit: str | None = None
    object_class: str = "any"
    about_drones: bool = False


def quantities(sentence: str, masked: Sequence[Span], talk: Talk) -> list[Quantity]:
    """Every figure of a sentence that counts something of ours; `talk` is updated with what they count."""
    found: list[Quantity] = []
    all_masks = [*masked, *masks(sentence)]
    raw = figures(sentence, all_masks)
    about = talk.about_drones or bool(DRONE_WORDS.search(sentence))
    for index, figure in enumerate(raw):
        if _is_year(sentence, figure) or _is_name(sentence, figure) or _is_age(sentence, figure):
            continue
        if index and found and _spelled_again(sentence, found[-1], figure):
            continue
        noun = counted(sentence, figure.end, figure.currency, about_drones=about)
        elided = False
        if noun is None:
            noun = _elided(sentence, figure, raw, found, talk, about=about)
            elided = True
        if noun is None:
            continue
        if noun.unit in ("km", "kg") or figure.vague:
            continue
        if noun.unit in MONEY and sentence[figure.core_start : figure.core_end].lower() in ("one", "a"):
            continue
        one = _quantity(sentence, figure, noun, talk, elided=elided)
        if elided and (before := [other for other in found if other.unit == one.unit]):
            one.object_class = before[-1].object_class
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
    _totals(sentence, found)
    return found


def _quantity(sentence: str, figure: Figure, noun: Counted, talk: Talk, *, elided: bool) -> Quantity:
    period, end = per(sentence, 0, figure.start, noun.end)
    if period is None and noun.unit in VOLUMES and event(sentence, noun.end):
        period = "event"
    if noun.unit in MONEY or noun.unit in ("percent", "people", "countries"):
        period, end = None, noun.end
    figure, closed = closing(sentence, figure, end)
    kind = (
        talk.object_class
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
    before = re.search(r"(?P<gap>^|[\s(“\"])(?P<word>[A-Z][A-Za-z]+)[\s\u00a0]$", sentence[: figure.core_start])
    if before is None or before.start("word") == 0 or figure.start < figure.core_start:
        return False
    word = before["word"]
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


def _elided(
    sentence: str, figure: Figure, raw: Sequence[Figure], found: Sequence[Quantity], talk: Talk, *, about: bool
) -> Counted | None:
    """The unit of a figure whose noun is left out, from its sentence or from the talk."""
    if figure.currency:
        return None
    after, before = sentence[figure.end :], sentence[: figure.start]
    if (
        re.match(r"\s*(?:%|per\s?cent|degrees|°)", after)
        or re.match(r"[-–/:]\w", after)
        or re.search(r"[\w][-–/:.]$", before)
    ):
        return None
    total = (
        _DRONE_NOUN.search(before[-110:])
        if re.search(
            r"(?:of|to|at|reached|reaching|was|is|are|were|totall?ed|stood at|hit|exceeded|exceeding|by|from|around|over|about|nearly|[:=–—(]|amount(?:s|ed)?\s+to|than|up to|between|units?|and|but|pieces|numbered|will be|would be|be|equal|rose|total|totals|averages?|averaged|grew)\s*(?:roughly|about|some|around|almost|nearly|just|only|an?)?\s*$",
            before,
            re.IGNORECASE,
        )
        else None
    )
    volumes = [one for one in found if one.unit in VOLUMES]
    if total and not re.search(r"[;.]\s", before[-110:][total.end() :]):
        named = "balloons" if BALLOON_WORDS.search(total[0]) else "drones"
        return Counted(unit=named, words="", end=figure.end)
    rate = per(sentence, 0, figure.start, figure.end)[0]
    unit = volumes[-1].unit if volumes else talk.unit or ("drones" if DRONE_WORDS.search(sentence) else None)
    # "Out of 57, 40": the noun may come later in the same sentence
    later = re.search(
        r"^\s*(?:of|out of)\s+(?:the\s+)?(?:\w+\s+)?[\d,]+\s+(?:[\w-]+\s+){0,4}?(?:drones|UAVs|balloons|Shaheds)", after
    )
    if later:
        return Counted(unit="balloons" if "balloon" in later[0] else "drones", words=later[0], end=figure.end)
    if unit is None or figure.value != int(figure.value):
        return None
    follows = _ELIDED_AFTER.match(after)
    if follows and re.match(r"\s*(?:were|was|have|had|has|are|is|got)\b", after):
        # "all three are members" counts no drones: the verb itself must be one of theirs
        near = [
            t
            for t in triggers(sentence)
            if 0 <= t.start - figure.end < 45 and len(re.findall(r"\w+", sentence[figure.end : t.start])) <= 4
        ]
        follows = (
            follows
            if near and not re.search(r"\b(?:all|these|those|both)\s+(?:the\s+)?$", before, re.IGNORECASE)
            else None
        )
    governed = bool(follows) or bool(_ELIDED_BEFORE.search(before))
    if (
        not governed
        and volumes
        and re.match(r"\s*(?:[,.;)]|$|and\b|in\b|over\b|by\b|from\b|on\b|at\b|last\b|a\b|the\b|\()", after)
    ):
        # "81 were launched, 57 shot down", "rose from 300 to 1,000"
        near = [t for t in triggers(sentence) if 0 <= figure.start - t.end <= 2 or 0 <= t.start - figure.end <= 2]
        governed = bool(near) or bool(
            re.search(
                r"\b(?:from|to|compared (?:to|with)|up from|down from|against|than|including|and|or|not)\s+(?:[\w-]+\s+){0,2}$",
                before,
            )
        )
        if re.search(r"\b(?:on|page|at)\s+$", before):
            governed = False
    if not governed and volumes and re.search(r"\(\s*(?:about\s+|around\s+)?$", before) and re.match(r"\s*\)", after):
        governed = True
    if not governed and re.search(
        r"\b(?:correct|right|actual|true|real|exact|final|revised|corrected|updated|average|total|figure|number|count|toll|tally)\s+"
        r"(?:(?:figure|number|count|total|tally)\s+)?(?:is|was|stands\s+at|stood\s+at|should\s+(?:be|read|have\s+been)|:|of)\s*$",
        before,
        re.IGNORECASE,
    ):
        governed = True
    if (
        not governed
        and re.search(r"\b(?:drones|UAVs|balloons)\s*[:–—-]?\s*$", before)
        and re.match(r"\s*(?:[;,.)]|$)", after)
    ):
        return Counted(
            unit="balloons" if before.rstrip(" :–—-").endswith("balloons") else "drones", words="", end=figure.end
        )
    label = re.search(r"^\W*(?P<label>[A-Za-z][\w /()-]{2,60}?)\s*[:=–—|-]\s*(?:about\s+|over\s+)?$", before)
    if (
        not governed
        and label
        and re.match(r"\s*(?:[.,;(|]|$|\(|of\b|out\b|in\b|over\b)", after)
        and triggers(label["label"])
    ):
        governed = True
    if not governed and not (rate and (volumes or about)):
        same = [other for other in raw if other.start > figure.end]
        nxt = same[0] if same else None
        governed = bool(
            nxt
            and re.fullmatch(r"\s+(?:to|and)\s+", sentence[figure.end : nxt.start])
            and re.search(r"\bfrom\s+(?:[\w-]+\s+){0,2}$", before)
            and about
        )
    if not governed and not rate:
        return None
    if rate and not governed and not (volumes or talk.unit or about):
        return None
    return Counted(unit=unit, words="", end=figure.end)


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
