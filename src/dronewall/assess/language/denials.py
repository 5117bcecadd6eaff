"""Whether a sentence denies a figure, or takes back what was printed before.

"No evidence of 50 drones" denies; "an earlier version gave 50" retracts, and the figure that it puts in place holds.
"""

import re
from typing import TYPE_CHECKING

from dronewall.assess.language.spans import Span

if TYPE_CHECKING:
    from dronewall.assess.language.triggers import Trigger

_DENIED = re.compile(
    r"(?<![\w-])(?:den(?:y|ies|ied|ying)(?!\s+(?:responsibility|comment))|reject(?:s|ed|ing)?(?=\s+(?:\w+\s+){0,3}(?:claims?|reports?|allegations?|figures?|numbers?|suggestions?|accusations?|assertions?|that|as|the))|dismiss(?:es|ed|ing)?|refut(?:es|ed|ing|e)|disput(?:es|ed|ing|e)|debunk(?:ed|s)?|"
    r"no\s+evidence|(?:nobody|no\s+one)\s+(?:saw|has\s+seen|had\s+seen|counted|heard)|no\s+truth|nor\s+is\s+it\s+(?:true|so)|(?:not|never)\s+(?:been\s+)?true|not\s+the\s+case|a\s+lie|untrue|false(?:ly)?(?!\s+(?:alarm|target))|fake\s+news|(?:is|was|were|are)\s+(?:wrong|incorrect|inaccurate)|rebutt?(?:ed|s)|contradict(?:ed|s))(?![\w])",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"(?<![\w-])(?:not|never|n['’]t|neither|nor|without)(?!\s+(?:only|just|more|less|fewer|yet\s+confirmed|exceed))\b\s*(?:\w+\s+){0,3}$|\b(?:did|does|do|was|were|is|are|has|have|had|will|would|can|could)(?:n['’]t|\s+not)\s+(?:\w+\s+){0,3}$",
    re.IGNORECASE,
)
_RETRACTED = re.compile(
    r"\b(?:retract(?:ed|s|ing|ion)?|withdr(?:ew|awn|aws?)(?=\s+(?:\w+\s+){0,4}(?:claim|figure|number|statement|report|estimate))|(?:an?|the|its|our|this)\s+(?:earlier|previous|original|first|initial)\s+(?:version|report|figure|article|story|count|tally|number|edition|post|statement|entry|update|headline|dispatch|item|text|estimate)|"
    r"(?:incorrectly|wrongly|erroneously|mistakenly|previously)\s+(?:said|stated|reported|gave|put|cited|listed|claimed|given|described|attributed|quoted|translated|printed|wrote)|misstated|should\s+have\s+(?:read|said|been)|in\s+error|as\s+(?:\w+\s+)?(?:given|reported|stated|said|announced|written|told)\s+(?:at\s+\d|earlier|before|previously|above|first)|(?:has|have|had|was|were)\s+(?:since\s+)?been\s+(?:corrected|revised|retracted|withdrawn))",
    re.IGNORECASE,
)
_RIGHT = re.compile(
    r"\b(?:(?:the\s+)?(?:correct|right|actual|true|revised|updated|corrected|real|new)\s+(?:figure|number|count|total|tally|value)|should\s+(?:have\s+)?(?:read|be|been|say|said)|but\s+(?:in\s+fact|actually|rather)?|in\s+fact|actually|corrected\s+to|revised\s+(?:\w+\s+)?to|instead|the\s+(?:figure|number)\s+is|it\s+(?:is|was|said)\b|were\s+in\s+fact|lowered\s+to|amended\s+to)",
    re.IGNORECASE,
)


# "Not ten, as we wrote yesterday, but two"
_AS_WE_SAID = re.compile(
    r",?\s+as\s+(?:we|this\s+(?:paper|newspaper|site|page)|(?:was\s+)?(?:previously|earlier|first|initially))\s+(?:\w+\s+)?(?:wrote|reported|said|stated|published|announced)\b",
    re.IGNORECASE,
)
_CORRECTED = re.compile(r"\bcorrect(?:ion|ions|ed|s)\b|\brevis(?:ed|es|ion)\b|\bclarif\w+", re.IGNORECASE)
_CONTRARY = re.compile(
    r"\b(?:contrary\s+to|despite|unlike|notwithstanding)\s+(?:\w+\s+){0,3}(?:reports?|claims?|figures?|rumou?rs?|statements?|assertions?)\s+(?:of|that|about)\s+(?:\w+\s+)?$|"
    r"\bcorrect(?:ing|s|ed)\s+(?:an?|the|its|their)\s+(?:earlier\s+|previous\s+|wrong\s+)?(?:figure|number|count|total|tally)\s+of\s*$",
    re.IGNORECASE,
)
# "There are no plans for 25,000 drones"
_NO_PLANS = re.compile(
    r"\bno\s+(?:\w+\s+)?(?:plans?|intentions?|talk|question|trace|signs?|proof|order|contract|agreement)\s+(?:for|of|to|about|on)\s+(?:[\w'’-]+\s+){0,4}$",
    re.IGNORECASE,
)

# "Claims of 300 drones are unfounded", "called reports of 300 drones nonsense": told of the claim, not of the drones
_CLAIM_OF = (
    r"(?:claims?|reports?|allegations?|accusations?|rumou?rs?|talk|stor(?:y|ies)|figures?|assertions?|posts?|news|suggestions?)\s+"
    r"(?:\w+\s+){0,3}?(?:of|that|about)\s"
)
_EMPTY = (
    r"(?:(?:an?\s+|pure\s+|complete\s+|utter\s+|outright\s+|simply\s+|entirely\s+|totally\s+)*"
    r"(?:unfounded|baseless|groundless|nonsense|nonsensical|absurd|untrue|false|fakes?|lies?|wrong|fiction|fabricat(?:ion|ions|ed)|invent(?:ion|ions|ed)|hoax(?:es)?|fantas(?:y|ies)|made\s+up|ducks?|canards?|disinformation|propaganda|provocation))\b"
)
# "did not say, as we quoted him, that 400 had come"; "it concerns 16 drones; we had 61"
_DID_NOT_SAY = re.compile(
    r"\b(?:did\s+not|didn['’]t|never|has\s+not|had\s+not)\s+(?:ever\s+)?(?:say|said|claim(?:ed)?|stated?|tell|told|speak|spoken|spoke|mention(?:ed)?|wr(?:ite|itten|ote))\b"
    r"(?:[^.;]{0,80}?\b(?:that|of)\s)(?:(?!\bbut\b)[^.;]){0,30}$",
    re.IGNORECASE,
)
_AS_PRINTED = re.compile(
    r"\bas\s+(?:we|this\s+(?:paper|newspaper|site)|(?:was\s+)?(?:reported|printed|quoted|published))\b", re.IGNORECASE
)
_WE_HAD = re.compile(
    r"[;,]\s+(?:where\s+|while\s+|but\s+)?we\s+(?:had|wrote|printed|gave|put|made\s+it|said)\s+(?:\w+\s+)?$"
)
_CALLED_EMPTY = re.compile(rf"\b{_CLAIM_OF}[^.;]{{0,70}}$", re.IGNORECASE)
_IS_EMPTY = re.compile(rf"[^.;]{{0,90}}?\b(?:is|are|was|were|as)\s+{_EMPTY}|[^.;,]{{0,12}}?\s{_EMPTY}", re.IGNORECASE)
_NEVER_WERE = re.compile(
    r"\b[Tt]here\s+(?:were|was|are|is|have\s+been|had\s+been)\s+(?:never|not)\s+(?:\w+\s+){0,3}$|\b[Tt]here\s+(?:weren|wasn|aren|isn)['’]t\s+(?:\w+\s+){0,3}$|\b[Nn]or\s+(?:did|does|do|were|was|are|is|have|has|had|will)\s+(?:[\w'’-]+\s+){0,5}$|\b[Ff]ar\s+from\s+$|^\W*[Nn]o\s+(?:orders?|contracts?|plans?|deliver(?:y|ies))\s+(?:for|of)\s+(?:\w+\s+){0,2}$"
)


def denied_at(sentence: str, span: Span, trigger: "Trigger | None") -> tuple[bool, bool]:
    """Whether the figure is denied or retracted."""
    back = _RETRACTED.search(sentence)
    if re.search(r"\b[Nn]ot\s+$", sentence[: span.start]) and _AS_WE_SAID.match(sentence, span.end):
        return True, True
    if back:
        right = [m for m in _RIGHT.finditer(sentence) if m.end() <= span.start + 1 and m.start() >= back.start() - 2]
        correct_first = (
            re.search(
                r"^[^.;]{0,80}\b(?:correct|actual|true|revised)\s+(?:figure|number)\b[^.;]*$",
                sentence[: span.start],
                re.IGNORECASE,
            )
            and back.start() > span.start
        )
        instead = re.search(
            r"\b(?:not|rather than|instead of)\s+(?:the\s+)?(?:\w+\s+){0,3}$", sentence[: span.start], re.IGNORECASE
        )
        if instead:
            return True, True
        from_to = re.search(r"\bto\s+(?:\w+\s+){0,2}$", sentence[: span.start]) and re.search(
            r"\b(?:revised|corrected|changed|amended|lowered)\b", sentence[: span.start]
        )
        if not right and not correct_first and not from_to:
            return True, True
        return False, False
    if re.search(
        r"(?:,|—|–|\()\s*(?:not|rather than|instead of)\s+(?:the\s+)?(?:\w+\s+){0,2}$|\bnot\s+$",
        sentence[: span.start],
        re.IGNORECASE,
    ) and re.search(r"\bbut\b|^", sentence[span.end :]):
        return True, bool(_CORRECTED.search(sentence[: span.start]))
    if _DID_NOT_SAY.search(sentence[: span.start]):
        return True, bool(_AS_PRINTED.search(sentence))
    if _WE_HAD.search(sentence[: span.start]):
        return True, True
    if _CALLED_EMPTY.search(sentence[: span.start]) and _IS_EMPTY.match(sentence, span.end):
        return True, False
    if _NEVER_WERE.search(sentence[: span.start]):
        return True, False
    if _CONTRARY.search(sentence[: span.start]) or _NO_PLANS.search(sentence[: span.start]):
        return True, False
    for match in _DENIED.finditer(sentence):
        if match.end() <= span.start:
            gap = sentence[match.end() : span.start]
            if not re.search(
                r"[;.]\s|\bbut\b|\bsaying\b|\band\s+said\b|\binsist|\bonly\b\s*$|, (?:putting|adding|stating)", gap
            ):
                return True, False
        elif re.search(r"^[^.;]{0,90}$", sentence[span.end : match.start()]) and match[0].lower() not in (
            "denied",
            "denies",
            "deny",
            "denying",
        ):
            if not re.search(r"\bbut\b|;", sentence[span.end : match.start()]):
                return True, False
        elif (
            re.search(r"\b(?:has|have|was|were|is|been)\s+$", sentence[span.end : match.start()])
            and match[0].lower() == "denied"
        ):
            return True, False
    if trigger and trigger.end <= span.start and _NOT.search(sentence[max(0, trigger.start - 40) : trigger.start]):
        return True, False
    if (
        trigger
        and trigger.start >= span.end
        and _NOT.search(sentence[span.end : trigger.start])
        and trigger.measure != "lost"
    ):
        return True, False
    return False, False
