"""Whether what a sentence tells hangs on a condition: "would build 300 a month if the ministry paid".

A condition may stand before or after its consequence; English marks it by a conjunction ("if", "unless", "provided that",
"as long as"), a preposition ("without", "depending on", "subject to") or a supposed case ("in the worst case").
"""

import re

from dronewall.assess.language.spans import Span

_IF = re.compile(
    r"(?<!\bas\s)(?<!\beven\s)(?<!\bsee\s)(?<!\basked\s)(?<!\bwonder\s)(?<!\bknow\s)(?<!\bor\s)\bif\b(?!\s+(?:not|any|so|only|anything|one\s+(?:believes|is\s+to\s+believe|trusts)|you\s+believe|we\s+believe|confirmed|true)\b)|"
    r"\bunless\b|\bprovided\s+(?:that\s+)?(?!by|for|with|to|the\s+(?:army|front))(?=[a-z])|\bproviding\s+(?:that|the)\b|\b(?:so|as)\s+long\s+as\b|\bon\s+(?:the\s+)?condition\s+that\b|\bin\s+case\b|\bin\s+the\s+event\s+(?:of|that)\b|"
    r"\bdepending\s+on\b|\bdepends?\s+on\b|\bsubject\s+to\b|\bassuming\b|\bonce\s+(?:funding|money|parliament|the\s+money)\b",
    re.IGNORECASE,
)
_CASE = re.compile(
    r"\b(?:in|under)\s+(?:the|an?)\s+(?:\w+\s+)?(?:worst|best|extreme|hypothetical|unlikely)(?:\s+|-)(?:case|scenario|event)\b|\bin\s+theory\b|\btheoretically\b|\bhypothetically\b",
    re.IGNORECASE,
)
_WITHOUT = re.compile(
    r"\b(?:without|but\s+for|failing)\s+(?!(?:a\s+)?(?:warheads?|damage|explosives|warning))[^,;.]{3,80}", re.IGNORECASE
)
_WOULD = re.compile(r"\b(?:would|could|might)\b", re.IGNORECASE)
_STOP = re.compile(r"[;]\s|[.!?][\"”»]?\s+(?=[A-Z\"“])")


def conditioned(sentence: str, span: Span) -> bool:
    """Whether the figure at `span`, told as to come or as possible, hangs on a condition of its own sentence."""
    left = max((m.end() for m in _STOP.finditer(sentence, 0, span.start)), default=0)
    stop = _STOP.search(sentence, span.end)
    part = sentence[left : stop.start() if stop else len(sentence)]
    if _IF.search(part) or _CASE.search(part):
        return True
    return bool(_WITHOUT.search(part) and _WOULD.search(part))
