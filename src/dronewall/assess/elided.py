"""Figures whose noun is left out: "81 were launched, 57 shot down", "of these, 40 fell", "Sweden three, Denmark one".

A figure alone counts something of ours only where its sentence, or the talk before it, says what: a verb that governs it,
a whole of which it is a part, a list that it goes on with. Everything else is left alone.
"""

import re
from collections.abc import Sequence

from dronewall.assess.language.measures import PRODUCTION, triggers
from dronewall.assess.language.numbers import Figure
from dronewall.assess.language.phrase_ends import STOP
from dronewall.assess.language.places import places
from dronewall.assess.language.things import GENERIC, HEADS
from dronewall.assess.language.units import NAMESAKES, VOLUMES, Counted, counted, per
from dronewall.assess.talk import BALLOON_WORDS, DRONE_WORDS, Quantity, Talk

_ELIDED_AFTER = re.compile(
    r"\s*(?:(?:of\s+(?:them|these|those|which|the\s+(?:total|latter|devices|objects))|others?|more|further|additional|out of)\b|"
    r"(?:were|was|have been|had been|has been|are|is being|are being)\b|(?:fell|crashed|disappeared|vanished|failed|reached|hit|crossed|entered|returned|flew|landed|struck|went|got|did|do|does|did not|didn['’]t|violated|made it|came|penetrated|strayed|remained|drifted|carried|exploded|detonated|circled|burned|bore|contained|passed)\b|"
    r"(?:shot down|downed|lost|destroyed|intercepted|launched|neutrali[sz]ed|suppressed|delivered|produced|built|jammed|detected|fired|hit|landed|confirmed)\b)",
    re.IGNORECASE,
)
_ELIDED_BEFORE = re.compile(
    r"(?:shot\s+down|downed|downing|intercept(?:ed|ing)|destroy(?:ed|ing)|launch(?:ed|ing)|lost(?:\s+track\s+of|\s+contact\s+with)?|losing|neutrali[sz](?:ed|ing)|suppressed|shooting\s+down|knocked\s+out|fired|brought\s+down|jammed|detected|recorded|counted|produced|built|building|producing|"
    r"delivered|received|made|making|supplied|sent|bought|used|ordered|expects|expected|forecasts?|predicts|envisages|targets|build|produce|manufacture|assemble|deliver|launch|buy|send|"
    r"supply|make|use|flown|flew|flies|fields|operates|(?:to|will|would)\s+reach|put(?:s|ting)?\s+(?:(?:it|(?:the|its|their|that|this)\s+(?:[\w-]+\s+){1,4}?)\s*)?at|showed|shows|numbered|lose|loses|downs|launches|produces|builds|makes|fired|found|seized|registered|another|a\s+further|a\s+total\s+of|the\s+other|the\s+remaining|confirm(?:s|ed)|of\s+which|of\s+them)\s+$",
    re.IGNORECASE,
)
_DRONE_NOUN = re.compile(
    r"\b(?:(?:drone|UAV|quadcopter|Shahed|Geran|FPV|unmanned aircraft)s?(?:[-\s][\w-]+)?[\s-]+(?:production|output|manufactur\w+|deliver(?:y|ies)|launches|capacity|fleet|stock(?:pile)?|target|goal|purchases?|losses|incursions|flights|numbers?|procurement|plan|count|tally)|"
    r"(?:production|output|capacity|deliver(?:y|ies)|launches|losses|number|total|tally|count|fleet|supply|stock|quantity|amount|assembly|manufactur\w+|figure)\s+(?:\w+\s+){0,3}?(?:of|for)\s+(?:(?!million|thousand)[\w'’/-]+\s+){0,5}?(?:drones|UAVs|Shaheds?(?:-\d+)?|Gerans?(?:-\d+)?|FPVs?|quadcopters|balloons|unmanned\s+(?:aerial\s+)?(?:vehicles|aircraft|systems)|drone))\b",
    re.IGNORECASE,
)
# "Of these, 71 were multicopters, 18 of fixed-wing construction and 7 of unknown type"
_PARTITION = re.compile(
    r"\W*(?:Of|Among|Out\s+of|From)\s+(?:these|them|those|which|that\s+number|this\s+number|the\s+total|all\s+of\s+(?:these|them))\b",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\s*(?:[,;.)]|$|(?:and|of|were|was|are|had|have|has|remain\w*|could|did|came|got|in|over|on|by|from|to|as)\b)",
    re.IGNORECASE,
)
_PREDICATE = re.compile(
    r"(?:\s+of\s+(?:them|these|those|which))?\s+(?:were|are|was|is)\s+(?:classified\s+as\s+|identified\s+as\s+)?(?P<words>(?:[\w-]+\s+){0,2}?(?:[\w-]*copters|[\w-]*drones|UAVs|decoys|balloons|quadcopters|Shaheds|Gerberas|FPVs))\b",
    re.IGNORECASE,
)
_AS = re.compile(
    r"\s+as\s+(?:[\w-]+\s+){0,2}?(?:[\w-]*copters|[\w-]*drones|UAVs|decoys|balloons|Shaheds)\b", re.IGNORECASE
)
_UNKNOWN = re.compile(
    r"\s+(?:remain(?:s|ed)?|stay(?:s|ed)?|are|were)\s+(?:still\s+)?(?:unidentified|unknown|unclear|unclassified)\b",
    re.IGNORECASE,
)
# "Close to 25 could not be named": a subject without its noun at the head of a sentence
_BEGINS = re.compile(
    r"\s+(?:could|can|cannot|may|might|remain(?:s|ed)?|stayed)\b(?!\s+not\s+be\s+(?:reached|contacted)|\s+not\s+(?:attend|comment))",
    re.IGNORECASE,
)
_VALUE_IS = re.compile(
    r"\b(?:figure|number|count|total|tally|value|result|actual|record|peak|maximum|mean|average)\b(?:[^,;]{0,40}|,[^,;]{0,40},)"
    r"\s(?:is|was|were|had\s+been|reached|stands\s+at|stood\s+at)\s*$",
    re.IGNORECASE,
)
# "I would say between 25 and 30", "It will be fewer than 60,000", "a little over 600 at Odesa alone"
_BARE_AFTER = re.compile(
    r"\s*(?:[.,;)”\"]|$|(?:in|over|by|from|on|since|last|this|during|and|or|but|while|at|against|for|alone|as|because|so|near|above|towards?|"
    r"annually|monthly|weekly|daily|next)\b)",
    re.IGNORECASE,
)
# "34 were brought down by jamming, two by other means": the verb is left out, too
_VERB_LEFT_OUT = re.compile(
    r"(?:,|;|\band|\bincl\.)\s+(?:and\s+)?(?:another\s+|the\s+other\s+|a\s+further\s+|only\s+|just\s+)?$"
)
_MANNER = re.compile(r"\s+(?:by|with|over|in|near|off|above|around|outside|from|along|to|towards|inside)\b(?!\s+\d)")
_IN_THE_AIR = re.compile(r"\b(?:in\s+the\s+(?:air|sky)|airborne|aloft)\b", re.IGNORECASE)
_PLUS = re.compile(r"(?:^|\s)\+\s?$")
_GAPPED = re.compile(r"(?:[,;]|\band)\s+(?:and\s+)?[A-ZÀ-Ž][\w'’-]+(?:\s+[A-ZÀ-Ž][\w'’-]+)?\s+$")
# "Deliveries of the first 300 are due"; "made 2,738 drones; in 2024, 5,760"
_ORDINAL = re.compile(r"\bthe\s+(?:first|last|next|remaining|other)\s+$", re.IGNORECASE)
_WHEN_BEFORE = re.compile(
    r"[;,]\s*(?:and\s+|but\s+)?(?:in|by|for|during)\s+(?:(?:early|late|all\s+of)\s+)?(?:(?:19|20)\d\d|[A-Z][a-z]+(?:\s+(?:19|20)\d\d)?)\s*,?\s*(?:about\s+|some\s+|only\s+)?$"
)
_NO_NOUN = re.compile(
    r"\s*(?:[,.;)”\"]|$|(?:in|over|by|from|on|since|last|this|during|and|or|but|while|to|a|per|each|every|were|was|had|have|has|turned|got|at\s+(?:best|worst|most|present|once|first|last)|of\s+(?:them|these|those|which))\b|\w+ed\b)",
    re.IGNORECASE,
)
_NUMBER_OF = re.compile(
    r"\b(?:page|chapter|article|paragraph|line|no|number|nr|section|table|figure|aged?|at|on)\.?\s+$", re.IGNORECASE
)
_TURNED = re.compile(
    r"\s+(?:turned|crossed|returned|vanished|disappeared|crashed|landed|circled|entered|reached|strayed|drifted|veered|exploded|detonated|passed|"
    r"approached|failed|missed|flew|fell|got\s+(?:through|away)|went\s+(?:missing|down)|came\s+down|made\s+it|broke)\b"
)
# "lost two brothers", "sent 19 F-16s": the noun is there, and it is none of ours
_FOREIGN = re.compile(r"\s+(?P<one>[a-z][a-z-]+)(?:\s+(?P<two>[a-z][a-z-]+))?|\s+(?P<model>[A-Z][A-Za-z]*-?\d+\w*)")
_WHOM = re.compile(r"\bof\s+whom\b|\bwho\b[^,;]{0,24}$")
_NOT_PLURAL = frozenset(
    [
        "was",
        "is",
        "has",
        "this",
        "its",
        "less",
        "plus",
        "as",
        "across",
        "versus",
        "towards",
        "besides",
        "perhaps",
        "always",
        "others",
        "thus",
        "yes",
        "us",
        "does",
        "goes",
        "vs",
        "times",
    ]
)
_OTHER_TALK = re.compile(
    r"\b(?:prices?|costs?|shares|temperatures?|speeds?|altitudes?|heights?|fines?|salar(?:y|ies)|budgets?|tax(?:es)?|scores?|votes?|voted|goals?|inflation)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\s*(?:,|(?:in|last|this)\s+[A-Z]?\w+(?:\s+\d{4})?)?\s*(?:to|then|and\s+then|and\s+in\s+[A-Z]\w+)\s+(?:only\s+|just\s+)?",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"\s+(?:(?:for|of|from|by|to|at|rose|fell|grew|another|further|only|just|some|about|the|a|total|average|reached|stood|was|is|in\s+\w+)\s+){0,4}",
    re.IGNORECASE,
)
# "... and killed 4"
_HARMED = re.compile(
    r"\b(?:kill|wound|injur|hurt|arrest|detain|evacuat|displac|employ|hospitali[sz])(?:ed|es|e|s|ing)?\s+(?:another\s+)?$",
    re.IGNORECASE,
)
# "100 thousand is quite enough"
_ENOUGH = re.compile(
    r"\s+(?:is|are|was|were|would\s+be|will\s+be|would|will)\s+(?:\w+\s+){0,2}(?:enough|sufficient|plenty|too\s+(?:many|few|much)|needed|required)\b",
    re.IGNORECASE,
)
# "Not ten, as we wrote, but two drones"
_BUT = re.compile(
    r"[^.;]{0,60}\bbut\s+(?:only\s+|just\s+)?(?:\d[\d,.]*|[a-z-]+)\s+(?:[\w-]+\s+){0,2}?(?:drones?|UAVs?|balloons?|quadcopters?|Shaheds?)\b"
)
_THERE_WERE = re.compile(
    r"\b(?:(?:it|there)\s+(?:was|were|is|are)|(?:we|they)\s+(?:have\s+|had\s+)?(?:had|have|saw|see|seen|got)|(?:we|they|it|he|she|which)\s+(?:will|shall|would|should)\s+(?:then\s+|soon\s+)?(?:have|get|own|field)|(?:sure|certain|kn[eo]wn?|knows|aware|talk(?:s|ed|ing)?|speak(?:s|ing)?|heard)\s+(?:about|of))\s+(?:only\s+|just\s+|even\s+|already\s+)?$",
    re.IGNORECASE,
)
# "42 - over the Bryansk region, 21 - over the Smolensk region"; "a quarter, or about 52"; "half a million the year after"
_SHARED_OUT = re.compile(r"\s*[-–—]\s+(?:over|in|above|on|near)\b", re.IGNORECASE)
_PERIOD_AFTER = re.compile(
    r"\s+(?:(?:in|by|for|during)\s+)?(?:(?:the|that|this|a)\s+)?(?:year|month|week|day|night)\s+(?:after|before|later|earlier)\b|\s+(?:in|by|for)\s+(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_SHARE_BEFORE = re.compile(
    r"\b(?:half|thirds?|quarters?|fifths?|per\s?cent|%|share|majority|most|rest)\s*,\s*or\s*$", re.IGNORECASE
)
_PER_HEAD = re.compile(r"\s*of\s+(?:[\w-]+\s+){0,2}?(?:people|persons|regions|cities|days|hours)\b", re.IGNORECASE)


def elided_unit(
    sentence: str, figure: Figure, raw: Sequence[Figure], found: Sequence[Quantity], talk: Talk, *, about: bool
) -> Counted | None:
    """The unit of a figure whose noun is left out, from its sentence or from the talk."""
    if figure.currency:
        return None
    after, before = sentence[figure.end :], sentence[: figure.start]
    if _HARMED.search(before):
        return None
    if (
        re.match(r"\s*(?:%|per\s?cent|degrees|°)", after)
        or (re.match(r"[-–/:]\w", after) and not per(sentence, 0, figure.start, figure.end)[0])
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
    if not total and _of_something_else(sentence, figure, raw, volumes):
        return None
    if total and not re.search(r"[;.]\s", before[-110:][total.end() :]):
        named = "balloons" if BALLOON_WORDS.search(total[0]) else "drones"
        return Counted(unit=named, words=total[0], end=figure.end)
    rate = per(sentence, 0, figure.start, figure.end)[0]
    unit = volumes[-1].unit if volumes else talk.unit or ("drones" if DRONE_WORDS.search(sentence) else None)
    # "Out of 57, 40": the noun may come later in the same sentence
    later = re.search(
        r"^\s*(?:of|out of)\s+(?:the\s+)?(?:\w+\s+)?[\d,]+\s+(?:[\w-]+\s+){0,4}?(?:drones|UAVs|balloons|Shaheds)", after
    )
    if later:
        return Counted(unit="balloons" if "balloon" in later[0] else "drones", words=later[0], end=figure.end)
    if unit is None and talk.named <= 1 and (_THERE_WERE.search(before) or _ENOUGH.match(after)):
        unit = "drones"
    if unit is None or any(end is not None and end != int(end) for end in (figure.low, figure.high)):
        return None
    recent = bool(volumes) or (talk.unit in VOLUMES and talk.age <= 1) or bool(DRONE_WORDS.search(sentence))
    predicate = _PREDICATE.match(after)
    if predicate:
        of_balloons = bool(BALLOON_WORDS.search(predicate["words"]))
        return Counted(unit="balloons" if of_balloons else "drones", words=predicate["words"], end=figure.end)
    if volumes and (named_as := _AS.match(after)):
        of_balloons = bool(BALLOON_WORDS.search(named_as[0]))
        return Counted(unit="balloons" if of_balloons else "drones", words=named_as[0], end=figure.end)
    if talk.unit == "objects" and _UNKNOWN.match(after):
        return Counted(unit="objects", words="", end=figure.end)
    if recent and not before.strip() and _BEGINS.match(after):
        return Counted(unit=unit, words="", end=figure.end)
    if volumes and _GAPPED.search(before) and places(before[-40:]) and re.match(r"\s*(?:[.,;)]|$)", after):
        return Counted(unit=unit, words="", end=figure.end)
    if recent and _ORDINAL.search(before) and _PART.match(after) and not _PER_HEAD.match(after):
        return Counted(unit=unit, words="", end=figure.end)
    if volumes and _WHEN_BEFORE.search(before) and re.match(r"\s*(?:[.,;)]|$)", after):
        return Counted(unit=unit, words="", end=figure.end)
    lately = recent or (talk.unit in VOLUMES and talk.age <= 3 and _made(sentence, figure))
    if lately and _by_its_verb(sentence, figure, found):
        return Counted(unit=unit, words="", end=figure.end)
    if recent and _PARTITION.match(sentence) and _PART.match(after) and not _PER_HEAD.match(after):
        return Counted(unit=unit, words="", end=figure.end)
    if (volumes and (_SHARED_OUT.match(after) or _PERIOD_AFTER.match(after))) or _SHARE_BEFORE.search(before):
        return Counted(unit=unit, words="", end=figure.end)
    if recent and _hedged_alone(sentence, figure, found, talk):
        return Counted(unit=unit, words="", end=figure.end)
    if volumes and _VERB_LEFT_OUT.search(before) and _MANNER.match(after):
        earlier = [one for one in raw if one.end <= figure.start]
        if earlier and earlier[-1].core_start == found[-1].figure.core_start and found[-1].unit in VOLUMES:
            return Counted(unit=unit, words="", end=figure.end)
    on_subject = recent or talk.named <= 1
    if on_subject and _ENOUGH.match(after):
        return Counted(unit=unit, words="", end=figure.end)
    if on_subject and _THERE_WERE.search(before) and re.match(r"\s*(?:[.,;)”\"]|$)", after):
        return Counted(unit=unit, words="", end=figure.end)
    if (other := _BUT.match(after)) and re.search(r"\b[Nn]ot\s+$", before):
        return Counted(unit="balloons" if "balloon" in other[0] else "drones", words="", end=figure.end)
    if recent and _PLUS.search(before) and _MANNER.match(after):
        return Counted(unit=unit, words="", end=figure.end)
    follows = _ELIDED_AFTER.match(after)
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
            if near and not re.search(r"\b(?:all|these|those|both)\s+(?:the\s+)?$", before, re.IGNORECASE)
            else None
        )
    governed = bool(follows) or bool(_ELIDED_BEFORE.search(before))
    if (
        not governed
        and volumes
        and re.match(
            r"\s*(?:[,.;)]|$|and\b|in\b|over\b|by\b|from\b|on\b|at\b|as\b|last\b|a\b|the\b|of\s+(?:the|last|a)\b|\()",
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
    if not governed and volumes and _VALUE_IS.search(before):
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
        and re.match(r"\s*(?:[.,;(|]|$|\(|of\b|out\b|in\b|over\b|[^\w\s%°])", after)
        and (triggers(label["label"]) or (recent and _IN_THE_AIR.search(label["label"])))
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
    if not governed and not rate:
        return None
    if rate and not governed and not (volumes or talk.unit or about):
        return None
    return Counted(unit=unit, words="", end=figure.end)


def _of_something_else(sentence: str, figure: Figure, raw: Sequence[Figure], volumes: Sequence[Quantity]) -> bool:
    """Whether a figure has a noun that is none of ours, or goes on about what the sentence counts before it."""
    if _foreign(sentence, figure.end) or _WHOM.search(sentence[: figure.start]):
        return True
    if (
        sentence[figure.core_start : figure.core_end].lower() == "one"
        and (nearby := re.match(r"\s+([a-z]{3,})", sentence[figure.end :]))
        and nearby[1] not in STOP
        and not _ELIDED_AFTER.match(sentence[figure.end :])
    ):
        return True
    if volumes or DRONE_WORDS.search(sentence) or _made(sentence, figure):
        return False
    people = re.match(r"\s+(?:were|was|are|is)\s+(?:all\s+)?(?P<noun>[a-z]+)", sentence[figure.end :])
    if people and HEADS.get(people["noun"], "drones") not in VOLUMES:
        return True
    label = re.match(r"\W*(?P<label>[^:;.,]{2,60}):", sentence)
    if label and any(HEADS.get(w, "drones") not in VOLUMES for w in re.findall(r"[a-z]+", label["label"].lower())):
        return True
    earlier = [one for one in raw if one.end <= figure.start]
    return bool(_OTHER_TALK.search(sentence[: figure.start])) or any(_counts_other(sentence, one) for one in earlier)


def _made(sentence: str, figure: Figure) -> bool:
    """Whether a figure stands right behind a verb of making: "given 400 workers, the hall may turn out 8,000"."""
    return any(
        one.measure == PRODUCTION
        and one.kind == "t"
        and one.end < figure.start
        and sentence[one.end : figure.start].isspace()
        for one in triggers(sentence)
    )


def _counts_other(sentence: str, figure: Figure) -> bool:
    noun = counted(sentence, figure.end, figure.currency, about_drones=False)
    return noun.unit not in VOLUMES and noun.unit != "percent" if noun is not None else _foreign(sentence, figure.end)


def _foreign(sentence: str, end: int) -> bool:
    """Whether a plural, or a model's name, follows."""
    match = _FOREIGN.match(sentence, end)
    if match is None:
        return False
    if match["model"]:
        return not NAMESAKES.match(match["model"])

    def noun(word: str | None) -> bool:
        return bool(word) and word not in STOP and word not in _NOT_PLURAL and word not in GENERIC

    def plural(word: str | None) -> bool:
        return noun(word) and str(word).endswith("s") and not str(word).endswith(("ss", "ous"))

    one, two = match["one"], match["two"]
    if plural(one):
        return True
    adjective = noun(one) and not one.endswith(("ed", "ly", "ing")) and not _ELIDED_AFTER.match(sentence[end:])
    return adjective and plural(two)


def _named_later(sentence: str, end: int) -> bool:
    """Whether a plural that counts none of ours follows within four words: "more mobile fire groups"."""
    for word in re.findall(r"[a-z][a-z-]*|[^\sa-z]", sentence[end:])[:4]:
        if word in STOP or not word[0].isalpha():
            return False
        if HEADS.get(word) in VOLUMES or word in GENERIC:
            return False
        if word.endswith("s") and not word.endswith(("ss", "ous")) and word not in _NOT_PLURAL:
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
        and bool(_BARE_AFTER.match(sentence, figure.end))
        and not _NUMBER_OF.search(sentence[: figure.start])
        and not _OTHER_TALK.search(sentence[: figure.start])
    )


def _by_its_verb(sentence: str, figure: Figure, found: Sequence[Quantity]) -> bool:
    """Whether a figure without a noun stands right at a verb of ours, or goes on from one that does.

    "has built 12,000 of them", "launches rose from 4,400 in December to 5,100", "a dozen or so turned back"; only where
    the talk is of drones already, and nothing follows that could be another noun.
    """
    before, after = sentence[: figure.start], sentence[figure.end :]
    words = sentence[figure.core_start : figure.core_end].lower()
    if words in ("one", "a single") or _NO_NOUN.match(after) is None or _NUMBER_OF.search(before):
        return False
    if (not before.strip() or before.rstrip().endswith((";", ":"))) and _TURNED.match(after):
        return True
    if found and found[-1].unit in VOLUMES and _GOES_ON.fullmatch(sentence[found[-1].end : figure.start]):
        return True
    for trigger in triggers(sentence):
        gap = sentence[trigger.end : figure.start]
        if trigger.measure != "price" and trigger.end <= figure.start and _SHORT.fullmatch(gap):
            return True
    return bool(_THERE_WERE.search(before))
