"""Corrections that stand in two sentences: the one tells what was printed, the next sets it right.

"An article of 27 January said that 420 balloons had been intercepted. The correct number is 240." A sentence that
withdraws its own figure ("an earlier version wrongly gave 420") is read by `measures`; here the figures of a sentence
about what the publisher itself printed are taken back where the words after it say that this was wrong.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from dronewall.assess.claims import Claim

# What the publisher itself printed
_PRINTED = re.compile(
    r"\b(?:(?:an?|the|our|this|that|in|yesterday['’]s|\w+day['’]s|last\s+\w+['’]s)\s+(?:[\w'’-]+\s+){0,4}?(?:article|report|story|headline|caption|item|post|entry|dispatch|piece|graphic|infographic|chart|graph|figure|bulletin|"
    r"edition|issue|text|newsletter|table|map)|we|this\s+(?:newspaper|paper|page|site|channel))\b[^.;]{0,160}?"
    r"\b(?:said|stated|wrote|reported|gave|put|claimed|published|quoted|had|according\s+to\s+which|read)\b",
    re.IGNORECASE,
)
# ... and that it was wrong
_SET_RIGHT = re.compile(
    r"^\W*(?:(?:the\s+)?(?:correct|right|actual|true|real|accurate)\s+(?:figure|number|count|total|tally|value|sum)|in\s+(?:fact|reality|truth)\b|actually\b|"
    r"(?:it|this|that|the\s+\w+)\s+should\s+(?:have|be|read)\b|rather\b|(?:this|that|which|the\s+\w+)\s+(?:is|was|were)\s+(?:wrong|incorrect|false|untrue|inaccurate|"
    r"not\s+(?:true|correct|right|accurate)|a\s+mistake|an\s+error|transposed|mistaken)|it\s+(?:is|was)\s+(?:in\s+fact|actually)\b|it\s+(?:is|was)\s+(?:only\s+|just\s+)?\d[\d,.]*\W*(?:drones|UAVs|balloons|a\s+(?:year|month|day|week))?\W*$)|"
    r"\b(?:has|have)\s+since\s+(?:withdrawn|retracted|been\s+(?:withdrawn|disproved|retracted)|taken\s+back|established|found|shown)\b|\bwe\s+(?:misheard|misread|mistyped|miscounted|erred|were\s+wrong|got\s+it\s+wrong|apologi[sz]e|regret|retract|withdraw)\b",
    re.IGNORECASE,
)
# "This does not correspond to reality": what the sentence before tells is denied, whoever told it
_UNTRUE = re.compile(
    r"\W*(?:This|That|It|All\s+this|(?:The|This|That)\s+(?:claim|report|information|statement|figure|number|allegation)s?)\s+(?:(?:is|was|are|were)\s+(?:simply\s+|just\s+|completely\s+|entirely\s+)?"
    r"(?:not\s+(?:true|correct|so|the\s+case)|untrue|false|a\s+lie|lies|fake|nonsense|invented|made\s+up|fiction|baseless|unfounded)|"
    r"(?:does|do|did)\s+not\s+correspond\s+(?:to|with)|has\s+nothing\s+to\s+do\s+with)\b",
    re.IGNORECASE,
)
# A fact-check's claim, and its verdict
_CHECKED = re.compile(r"\W*(?:the\s+)?claims?\s*[:—–-]", re.IGNORECASE)
_VERDICT = re.compile(
    r"\W*(?:(?:our\s+)?(?:verdict|rating|conclusion|result|assessment|ruling)\s*[:—–-]\s*\W*(?:this\s+is\s+|mostly\s+|completely\s+)?(?:false|fake|untrue|not\s+true|wrong|misleading|unfounded|fabricated|incorrect)|(?:false|fake)\s*[.!]?\s*$)",
    re.IGNORECASE,
)
_WITHDRAWN = re.compile(
    r"\bwe\s+(?:hereby\s+)?(?:retract|withdraw|take\s+back)\b|\b(?:retracts|withdraws)\s+(?:its|the|an?)\s+(?:story|report|article|claim)",
    re.IGNORECASE,
)


def withdraw(sentences: Sequence[str], claims: Sequence[Claim]) -> None:
    """Deny the figures of a paragraph that the publisher printed and now takes back.

    `claims` are those of the paragraph; each knows its sentence. What stands in or after the correcting sentence holds.
    """
    for place, words in enumerate(sentences):
        if place + 1 < len(sentences) and _UNTRUE.match(sentences[place + 1]):
            for claim in claims:
                if claim.sentence == words and claim.volume:
                    claim.modality, claim.polarity = "denied", "negative"
        if not _PRINTED.search(words) and not _WITHDRAWN.search(words):
            continue
        later = sentences[place + 1 : place + 3]
        if not (_WITHDRAWN.search(words) or any(_SET_RIGHT.search(line) for line in later)):
            continue
        for claim in claims:
            if claim.sentence == words and claim.volume:
                claim.modality, claim.polarity, claim.status = "denied", "negative", "retracted"


def checked(paragraphs: Sequence[tuple[int, str]], claims: Sequence[Claim]) -> None:
    """Deny the figures of what a fact-check takes up ("CLAIM: ...") and judges false ("VERDICT: False").

    `paragraphs` are those of the text with where each begins; verdict and claim stand next to one another.
    """
    for (start, words), (later, verdict) in pairwise(paragraphs):
        if not (_CHECKED.match(words) and _VERDICT.match(verdict)):
            continue
        for claim in claims:
            if start <= claim.text_start < later and claim.volume:
                claim.modality, claim.polarity = "denied", "negative"
