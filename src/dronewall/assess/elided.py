"""Figures whose noun is left out: "81 were launched, 57 shot down", "of these, 40 fell", "Sweden three, Denmark one".

A figure alone counts something of ours only where its sentence, or the talk before it, says what: a verb that governs it,
a whole of which it is a part, a list that it goes on with. Everything else is left alone.
"""

import re
from collections.abc import Sequence

from dronewall.assess.alone import has_noun, stands_alone
from dronewall.assess.elisions import (
    ALL_OF_THEM,
    ALONE,
    ANSWERING,
    AS,
    AUXILIARY,
    BARE_AFTER,
    BEGINS,
    BUT,
    DRONE_NOUN,
    ELIDED_AFTER,
    ELIDED_BEFORE,
    ENOUGH,
    FOREIGN,
    FRAGMENT,
    FROM_TO,
    FRONTED,
    GAPPED,
    GOES_ON,
    HARMED,
    HELD_AGAINST,
    HOW_MANY,
    IN_ALL,
    IN_ALL_BEFORE,
    IN_THE_AIR,
    IT_WAS,
    LARGEST,
    MANNER,
    MANY_OF,
    NO_NOUN,
    NOT_PLURAL,
    NUMBER_OF,
    NUMBER_ROSE,
    OF_WHICH,
    OF_YEAR,
    ORDINAL,
    OTHER_TALK,
    OUT_OF_OTHERS,
    OUTPUT_IS,
    PART,
    PARTITION,
    PER_HEAD,
    PERIOD_AFTER,
    PLUS,
    PREDICATE,
    SAID,
    SAYS,
    SENDS,
    SHARE_BEFORE,
    SHARED_OUT,
    SHORT,
    STILL,
    SUM,
    THE_PROMISED,
    THERE_WERE,
    TIMES,
    TURNED,
    UNKNOWN,
    VALUE_IS,
    VERB_LEFT_OUT,
    WE_COULD,
    WERE_TO,
    WHEN_BEFORE,
    WHOM,
    WITH_SO_MANY,
)
from dronewall.assess.language.numbers import Figure
from dronewall.assess.language.phrase_ends import STOP
from dronewall.assess.language.places import places
from dronewall.assess.language.things import GENERIC, HEADS
from dronewall.assess.language.triggers import PRODUCTION, triggers
from dronewall.assess.language.units import NAMESAKES, VOLUMES, Counted, counted, per
from dronewall.assess.talk import BALLOON_WORDS, DRONE_WORDS, Quantity, Talk


def elided_unit(
    sentence: str, figure: Figure, raw: Sequence[Figure], found: Sequence[Quantity], talk: Talk, *, about: bool
) -> Counted | None:
    """The unit of a figure whose noun is left out, from its sentence or from the talk."""
    if figure.currency:
        return None
    after, before = sentence[figure.end :], sentence[: figure.start]
    if HARMED.search(before) or TIMES.match(after):
        return None
    if (whole := OUT_OF_OTHERS.match(after)) and not DRONE_WORDS.search(whole["words"]):
        return None
    if re.search(r"\bfrom\s+(?:[a-z]+\s+){0,2}$", before) and (upto := FROM_TO.match(after)):
        # "to grow from 300 to 1,000 machines a month"
        onward = [one for one in raw if one.start >= figure.end + upto.end() - 1]
        noun = counted(sentence, onward[0].end, onward[0].currency, about_drones=about) if onward else None
        if noun is not None and noun.unit in VOLUMES:
            return Counted(unit=noun.unit, words="", end=figure.end)
    if (many := HOW_MANY.match(after)) and len(before) < 8:
        return Counted(unit="balloons" if many["noun"] == "balloons" else "drones", words="", end=figure.end)
    if (of := IN_ALL_BEFORE.search(before)) and IN_ALL.match(after):
        return Counted(unit="balloons" if "balloons" in of[0] else "drones", words="", end=figure.end)
    if SUM.search(before) and any(one.unit not in VOLUMES for one in found):
        return None
    if talk.foreign and not found and not DRONE_WORDS.search(sentence) and IT_WAS.search(before):
        # "22 countries have a command. In 2022 it was 3."
        return None
    if (
        re.match(r"\s*(?:%|per\s?cent|degrees|°)", after)
        or (re.match(r"[-–/:]\w", after) and not per(sentence, 0, figure.start, figure.end)[0])
        or re.search(r"[\w][-–/:.]$", before)
    ):
        return None
    total = (
        DRONE_NOUN.search(before[-110:])
        if re.search(
            r"(?:of|to|at|reached|reaching|was|is|are|were|totall?ed|stood at|hit|exceeded|exceeding|by|from|around|over|about|nearly|[:=–—(]|amount(?:s|ed)?\s+to|than|up to|between|units?|and|but|pieces|numbered|will be|would be|be|equal|rose|total|totals|averages?|averaged|grew)\s*(?:roughly|about|some|around|almost|nearly|just|only|an?)?\s*$",
            before,
            re.IGNORECASE,
        )
        else None
    )
    volumes = [one for one in found if one.unit in VOLUMES]
    if (
        not volumes
        and not ELIDED_BEFORE.search(before)
        and HELD_AGAINST.search(f"{before}\0{after[:14]}")
        and _last_counts_other(sentence, figure, raw)
    ):
        # "39 sightings of drones, 12 of them over Aalborg, against 9 a year ago"
        return None
    if (
        not volumes
        and OF_WHICH.search(before)
        and not MANY_OF.search(before)
        and _last_counts_other(sentence, figure, raw)
    ):
        # "More than 200 firms develop drones, of which almost 60 have orders"
        return None
    if not total and _of_something_else(sentence, figure, raw, volumes):
        return None
    if total and not re.search(r"[;.]\s", before[-110:][total.end() :]):
        named = "balloons" if BALLOON_WORDS.search(total[0]) else "drones"
        return Counted(unit=named, words=total[0], end=figure.end)
    rate = per(sentence, 0, figure.start, figure.end)[0]
    unit = volumes[-1].unit if volumes else _named_here(sentence) or talk.unit
    # "Out of 57, 40": the noun may come later in the same sentence
    later = re.search(
        r"^\s*(?:of|out of)\s+(?:the\s+)?(?:\w+\s+)?[\d,]+\s+(?:[\w-]+\s+){0,4}?(?:drones|UAVs|balloons|Shaheds)", after
    )
    if later:
        return Counted(unit="balloons" if "balloon" in later[0] else "drones", words=later[0], end=figure.end)
    if unit is None and talk.named <= 1 and (THERE_WERE.search(before) or ENOUGH.match(after)):
        unit = "drones"
    if unit is None or any(end is not None and end != int(end) for end in (figure.low, figure.high)):
        return None
    recent = bool(volumes) or (talk.unit in VOLUMES and talk.age <= 1) or bool(DRONE_WORDS.search(sentence))
    predicate = PREDICATE.match(after)
    if predicate:
        of_balloons = bool(BALLOON_WORDS.search(predicate["words"]))
        return Counted(unit="balloons" if of_balloons else "drones", words=predicate["words"], end=figure.end)
    if volumes and (named_as := AS.match(after)):
        of_balloons = bool(BALLOON_WORDS.search(named_as[0]))
        return Counted(unit="balloons" if of_balloons else "drones", words=named_as[0], end=figure.end)
    if talk.listed and BARE_AFTER.match(after) and not NUMBER_OF.search(before):
        # "4 drones came in May: - on 3 May one from Belarus"
        return Counted(unit=unit, words="", end=figure.end)
    if recent and NUMBER_ROSE.search(before) and BARE_AFTER.match(after):
        return Counted(unit=unit, words="", end=figure.end)
    if recent and figure.value > 1 and WITH_SO_MANY.search(before) and WE_COULD.match(after):
        return Counted(unit=unit, words="", end=figure.end)
    if recent and figure.value > 1 and WERE_TO.match(after) and not foreign(sentence, figure.end):
        return Counted(unit=unit, words="", end=figure.end)
    if recent and re.search(r"\b[Tt]he\s+$", before) and figure.value >= 10 and THE_PROMISED.match(after):
        return Counted(unit=unit, words="", end=figure.end)
    opens = not before.strip(' "“') or bool(talk.question and ANSWERING.match(before))
    if recent and opens and FRAGMENT.match(after):
        return Counted(unit=unit, words="", end=figure.end)
    quoted = before.rstrip()[-1:] in ('"', "“", "«")
    if recent and ((quoted and ALONE.match(after)) or ((opens or before.rstrip()[-1:] == ";") and SAYS.match(after))):
        return Counted(unit=unit, words="", end=figure.end)
    if recent and OUTPUT_IS.search(before) and BARE_AFTER.match(after):
        return Counted(unit=unit, words="", end=figure.end)
    if recent and opens and STILL.match(after):
        return Counted(unit=unit, words="", end=figure.end)
    if recent and opens and FRONTED.match(after):
        return Counted(unit=unit, words="", end=figure.end)
    if volumes and OF_YEAR.search(before) and after.startswith(")"):
        return Counted(unit=unit, words="", end=figure.end)
    if recent and SAID.search(before) and re.match(r"\s*(?:[.,;”\"]|$)", after):
        return Counted(unit=unit, words="", end=figure.end)
    if recent and talk.question and opens and AUXILIARY.match(after):
        return Counted(unit=unit, words="", end=figure.end)
    if talk.unit == "objects" and UNKNOWN.match(after):
        return Counted(unit="objects", words="", end=figure.end)
    if recent and not before.strip() and BEGINS.match(after):
        return Counted(unit=unit, words="", end=figure.end)
    if volumes and GAPPED.search(before) and places(before[-40:]) and re.match(r"\s*(?:[.,;)]|$)", after):
        return Counted(unit=unit, words="", end=figure.end)
    if recent and ORDINAL.search(before) and PART.match(after) and not PER_HEAD.match(after):
        return Counted(unit=unit, words="", end=figure.end)
    if volumes and WHEN_BEFORE.search(before) and re.match(r"\s*(?:[.,;)]|$)", after):
        return Counted(unit=unit, words="", end=figure.end)
    lately = recent or (talk.unit in VOLUMES and talk.age <= 3 and _made(sentence, figure))
    if lately and _by_its_verb(sentence, figure, found):
        return Counted(unit=unit, words="", end=figure.end)
    if talk.named <= 3 and SENDS.search(before) and BARE_AFTER.match(after) and not NUMBER_OF.search(before):
        return Counted(unit=unit, words="", end=figure.end)
    if recent and PARTITION.match(sentence) and PART.match(after) and not PER_HEAD.match(after):
        return Counted(unit=unit, words="", end=figure.end)
    if (volumes and (SHARED_OUT.match(after) or PERIOD_AFTER.match(after))) or SHARE_BEFORE.search(before):
        return Counted(unit=unit, words="", end=figure.end)
    if recent and _hedged_alone(sentence, figure, found, talk):
        return Counted(unit=unit, words="", end=figure.end)
    if volumes and VERB_LEFT_OUT.search(before) and MANNER.match(after):
        earlier = [one for one in raw if one.end <= figure.start]
        if earlier and earlier[-1].core_start == found[-1].figure.core_start and found[-1].unit in VOLUMES:
            return Counted(unit=unit, words="", end=figure.end)
    on_subject = recent or talk.named <= 1
    if on_subject and ENOUGH.match(after):
        return Counted(unit=unit, words="", end=figure.end)
    if on_subject and THERE_WERE.search(before) and re.match(r"\s*(?:[.,;)”\"]|$)", after):
        return Counted(unit=unit, words="", end=figure.end)
    if (other := BUT.match(after)) and re.search(r"\b[Nn]ot\s+$", before):
        return Counted(unit="balloons" if "balloon" in other[0] else "drones", words="", end=figure.end)
    if recent and PLUS.search(before) and MANNER.match(after):
        return Counted(unit=unit, words="", end=figure.end)
    follows = ELIDED_AFTER.match(after)
    if follows and re.match(r"\s*(?:others?|more|further|additional)\b", after):
        # "10 more mobile fire groups": the noun is there
        more = re.match(r"\s*\w+(?=\s)", after)
        follows = None if more and _named_later(sentence, figure.end + more.end()) else follows
    if follows and re.match(r"\s*(?:were|was|have|had|has|are|is|got)\b", after):
        # "all three are members" counts no drones: the verb itself must be one of theirs
        near = [
            t
            for t in triggers(sentence)
            if 0 <= t.start - figure.end < 45 and len(re.findall(r"\w+", sentence[figure.end : t.start])) <= 4
        ]
        follows = (
            follows
            if near
            and (figure.value >= 10 or not ALL_OF_THEM.search(before))
            and not re.search(r"\b(?:these|those|both)\s+(?:the\s+)?$", before, re.IGNORECASE)
            else None
        )
    governed = bool(follows) or bool(ELIDED_BEFORE.search(before))
    if (
        not governed
        and volumes
        and re.match(
            r"\s*(?:[,.;)]|$|and\b|in\b|over\b|by\b|from\b|on\b|at\b|as\b|so\s+far\b|last\b|a\b|the\b|of\s+(?:the|last|a)\b|\()",
            after,
        )
    ):
        # "81 were launched, 57 shot down", "rose from 300 to 1,000"
        near = [t for t in triggers(sentence) if 0 <= figure.start - t.end <= 2 or 0 <= t.start - figure.end <= 2]
        governed = bool(near) or bool(
            re.search(
                r"\b(?:from|to|after|compared (?:to|with)|up from|down from|against|than|including|and|or|not|but)\s+(?:[\w-]+\s+){0,2}$",
                before,
            )
        )
        if re.search(r"\b(?:on|page|at)\s+$", before):
            governed = False
    if not governed and volumes and re.search(r"\(\s*(?:about\s+|around\s+)?$", before) and re.match(r"\s*\)", after):
        governed = True
    if not governed and volumes and VALUE_IS.search(before):
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
        and re.search(r"\b(?:drones|UAVs|balloons)\s*[:–—-]?\s*$", before, re.IGNORECASE)
        and re.match(r"\s*(?:[;,.)]|$)", after)
    ):
        return Counted(
            unit="balloons" if before.rstrip(" :–—-").lower().endswith("balloons") else "drones",
            words="",
            end=figure.end,
        )
    label = re.search(r"^\W*(?P<label>[A-Za-z][\w /()-]{2,60}?)\s*[:=–—|-]\s*(?:about\s+|over\s+)?$", before)
    if (
        not governed
        and label
        and re.match(r"\s*(?:[.,;(|]|$|\(|of\b|out\b|in\b|over\b|[^\w\s%°])", after)
        and (
            triggers(label["label"]) or LARGEST.search(label["label"]) or (recent and IN_THE_AIR.search(label["label"]))
        )
    ):
        governed = True
        if BALLOON_WORDS.search(label["label"]) and not re.search(
            r"\bdrones?\b|\bUAVs?\b", label["label"], re.IGNORECASE
        ):
            unit = "balloons"
    if not governed and not (rate and (volumes or about)):
        same = [other for other in raw if other.start > figure.end]
        nxt = same[0] if same else None
        governed = bool(
            nxt
            and re.fullmatch(r"\s+(?:to|and)\s+", sentence[figure.end : nxt.start])
            and re.search(r"\bfrom\s+(?:[\w'’-]+\s+){0,2}$", before)
            and about
        )
    if not governed and not rate and recent and _alone(sentence, figure, raw, talk):
        governed = True
    if not governed and not rate:
        return None
    if rate and not governed and not (volumes or talk.unit or about):
        return None
    return Counted(unit=unit, words="", end=figure.end)


def _named_here(sentence: str) -> str | None:
    """What a sentence names that counts nothing in it: drones, or balloons where it names no drones."""
    if not DRONE_WORDS.search(sentence):
        return None
    of_balloons = BALLOON_WORDS.search(sentence) and not re.search(r"\bdrones?\b|\bUAVs?\b", sentence, re.IGNORECASE)
    return "balloons" if of_balloons else "drones"


def _alone(sentence: str, figure: Figure, raw: Sequence[Figure], talk: Talk) -> bool:
    """Whether a number without any noun can only go on with what was counted just before."""
    others = [one for one in raw if one.core_start != figure.core_start]
    if any(
        re.fullmatch(r"\s*[,;/]\s*", sentence[min(one.end, figure.end) : max(one.start, figure.start)])
        for one in others
    ):
        # "7, 12, 19, 33": a list of numbers is no count
        return False
    return (
        not talk.foreign
        and stands_alone(sentence, figure)
        and not any(_counts_other(sentence, one) or has_noun(sentence, one) for one in others)
    )


def _of_something_else(sentence: str, figure: Figure, raw: Sequence[Figure], volumes: Sequence[Quantity]) -> bool:
    """Whether a figure has a noun that is none of ours, or goes on about what the sentence counts before it."""
    if foreign(sentence, figure.end) or WHOM.search(sentence[: figure.start]):
        return True
    if (
        sentence[figure.core_start : figure.core_end].lower() == "one"
        and (nearby := re.match(r"\s+([a-z]{3,})", sentence[figure.end :]))
        and nearby[1] not in STOP
        and not ELIDED_AFTER.match(sentence[figure.end :])
    ):
        return True
    if volumes or DRONE_WORDS.search(sentence) or _made(sentence, figure):
        return False
    if re.search(r"\boptions?\s+(?:for|on)\s+(?:a\s+further\s+|another\s+)?$", sentence[: figure.start]):
        return False
    people = re.match(r"\s+(?:were|was|are|is)\s+(?:all\s+)?(?P<noun>[a-z]+)", sentence[figure.end :])
    if people and HEADS.get(people["noun"], "drones") not in VOLUMES:
        return True
    label = re.match(r"\W*(?P<label>[^:;.,]{2,60}):", sentence)
    if (
        label
        and not LARGEST.search(label["label"])
        and any(HEADS.get(w, "drones") not in VOLUMES for w in re.findall(r"[a-z]+", label["label"].lower()))
    ):
        return True
    earlier = [one for one in raw if one.end <= figure.start]
    return bool(OTHER_TALK.search(sentence[: figure.start])) or any(_counts_other(sentence, one) for one in earlier)


def _made(sentence: str, figure: Figure) -> bool:
    """Whether a figure stands right behind a verb of making: "given 400 workers, the hall may turn out 8,000"."""
    return any(
        one.measure == PRODUCTION
        and one.kind == "t"
        and one.end < figure.start
        and sentence[one.end : figure.start].isspace()
        for one in triggers(sentence)
    )


def _last_counts_other(sentence: str, figure: Figure, raw: Sequence[Figure]) -> bool:
    """Whether the figure before this one in the sentence counts what is none of ours."""
    earlier = [one for one in raw if one.end <= figure.start]
    return bool(earlier) and foreign(sentence, earlier[-1].end)


def _counts_other(sentence: str, figure: Figure) -> bool:
    if re.fullmatch(r"(?:an?|one|a\s+single|single)", sentence[figure.core_start : figure.core_end], re.IGNORECASE):
        return False
    noun = counted(sentence, figure.end, figure.currency, about_drones=False)
    return noun.unit not in VOLUMES and noun.unit != "percent" if noun is not None else foreign(sentence, figure.end)


def foreign(sentence: str, end: int) -> bool:
    """Whether a plural, or a model's name, follows."""
    if re.compile(r"\s+un(?:manned|crewed)\s+(?:surface|ground|underwater|sea|naval|maritime)\b").match(sentence, end):
        return True
    match = FOREIGN.match(sentence, end)
    if match is None:
        return False
    if match["model"]:
        return not NAMESAKES.match(match["model"])

    def noun(word: str | None) -> bool:
        return bool(word) and word not in STOP and word not in NOT_PLURAL and word not in GENERIC

    def plural(word: str | None) -> bool:
        return noun(word) and str(word).endswith("s") and not str(word).endswith(("ss", "ous"))

    one, two = match["one"], match["two"]
    if plural(one):
        return True
    adjective = noun(one) and not one.endswith(("ed", "ly", "ing")) and not ELIDED_AFTER.match(sentence[end:])
    return adjective and plural(two)


def _named_later(sentence: str, end: int) -> bool:
    """Whether a plural that counts none of ours follows within four words: "more mobile fire groups"."""
    for word in re.findall(r"[a-z][a-z-]*|[^\sa-z]", sentence[end:])[:4]:
        if word in STOP or not word[0].isalpha():
            return False
        if HEADS.get(word) in VOLUMES or word in GENERIC:
            return False
        if word.endswith("s") and not word.endswith(("ss", "ous")) and word not in NOT_PLURAL:
            return True
    return False


def _hedged_alone(sentence: str, figure: Figure, found: Sequence[Quantity], talk: Talk) -> bool:
    """Whether a figure under a bound of its own stands without a noun where drones were counted last."""
    counted_last = any(one.unit in VOLUMES for one in found) or (talk.unit in VOLUMES and talk.age <= 1)
    bounded = bool(figure.hedges) or (figure.bound == "range" and sentence[figure.start] in "bB")
    return (
        counted_last
        and bounded
        and not figure.plain * (figure.value < 10)
        and bool(BARE_AFTER.match(sentence, figure.end))
        and not NUMBER_OF.search(sentence[: figure.start])
        and not OTHER_TALK.search(sentence[: figure.start])
    )


def _by_its_verb(sentence: str, figure: Figure, found: Sequence[Quantity]) -> bool:
    """Whether a figure without a noun stands right at a verb of ours, or goes on from one that does.

    "has built 12,000 of them", "launches rose from 4,400 in December to 5,100", "a dozen or so turned back"; only where
    the talk is of drones already, and nothing follows that could be another noun.
    """
    before, after = sentence[: figure.start], sentence[figure.end :]
    words = sentence[figure.core_start : figure.core_end].lower()
    if words in ("one", "a single") or NO_NOUN.match(after) is None or NUMBER_OF.search(before):
        return False
    if (not before.strip() or before.rstrip().endswith((";", ":"))) and TURNED.match(after):
        return True
    if found and found[-1].unit in VOLUMES and GOES_ON.fullmatch(sentence[found[-1].end : figure.start]):
        return True
    for trigger in triggers(sentence):
        gap = sentence[trigger.end : figure.start]
        if trigger.measure != "price" and trigger.end <= figure.start and SHORT.fullmatch(gap):
            return True
    return bool(THERE_WERE.search(before))
