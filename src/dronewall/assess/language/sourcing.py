"""Attributions that reach beyond their own words: a sentence that only says where the one before came from, and voices that
give way to another of the same sentence.

"Eleven drones were shot down. This was reported by the air force" is how agencies of half of Europe write; in English it
is rare, and in translations everywhere.
"""

import re

from dronewall.assess.language.names import APPOSED_NAME, is_body, is_media, tidy
from dronewall.assess.language.saying import CUT, ROLE_FIRST

_TOLD = (
    r"(?:reported|stated|announced|said|written|confirmed|published|given|communicated|told|shared|disclosed|released|posted|"
    r"made\s+public|provided|voiced|emphasi[sz]ed|noted|revealed|declared|issued|indicated|cited|named|specified|mentioned|conveyed|"
    r"contained\s+in\s+a\s+(?:report|statement|message|post))"
)
_THAT = (
    r"(?:[Tt]his|[Ii]t|[Tt]hat|[Tt]hese|[Ss]uch(?:\s+\w+)?|[Aa]s\s+much|(?:[Tt]he|[Tt]his|[Tt]hat|[Tt]hese|[Ss]uch)\s+(?:corresponding\s+|relevant\s+|above\s+|same\s+)?"
    r"(?:information|news|data|figures?|numbers?|announcement|statement|reports?|facts?|details?|count|tally|estimates?|incident))"
)
_WHO = r"(?P<who>(?:the\s+|an?\s+)?[\w'’.-]+(?:\s+[\w'’.-]+){0,11})"
# "This was reported on Telegram by the air force", "The figures come from the ministry"
_PASSIVE = re.compile(
    rf"^\W*{_THAT}\s+(?:(?:was|were|is|are|has\s+been|have\s+been|had\s+been)\s+(?:also\s+|earlier\s+|later\s+|first\s+)*{_TOLD}(?:[^.;“\"]{{0,70}}?)\s+(?:by|from|in\s+a\s+(?:statement|post|report|message)\s+(?:by|of|from))|"
    rf"(?:comes?|came|stems?|derives?)\s+from|(?:is|are|was|were)\s+according\s+to|follows\s+from\s+(?:the\s+)?(?:data|report|statement)s?\s+(?:of|by|from))\s+{_WHO}"
)
# "Governor Petrenko said this on television", "Petrenko wrote about it"
_ACTIVE = re.compile(
    r"^\W*(?P<who>(?:[Tt]he\s+|[Aa]n?\s+)?[\w'’.-]+(?:\s+[\w'’.-]+){0,9}?)(?:,\s[^,]{3,70},)?\s+(?:(?:has|have|had|also|later|earlier)\s+)*"
    r"(?:(?:said|reported|stated|announced|wrote|confirmed|shared|disclosed|told\s+[\w'’]+(?:\s+[\w'’]+){0,3})\s+(?:about\s+)?(?:this|so|it|as\s+much)(?=\s*(?:[.,;]|$|on\b|in\b|at\b|during\b|to\b|via\b|late\b|early\b))|"
    r"(?:wrote|spoke|informed|reported)\s+(?:about|of)\s+(?:this|it)\b|"
    r"made\s+(?:this|the|these|such\s+an?|the\s+corresponding)\s+(?:\w+\s+)?(?:statement|announcement|remarks?|comments?|disclosure)s?\b)"
)
_LINE = re.compile(
    r"^\W*(?:Sources?(?:\s+of\s+(?:the\s+)?information)?|Quelle)\s*:\s*(?P<who>[A-Z][^:;]{2,90}?)\s*[.;]?\s*$"
)
# "... to confirm these figures, Tusk said": the figures before are his
_THESE = re.compile(
    r"\b(?:these|those|the|this|that)\s+(?:preliminary\s+|latest\s+|final\s+)?(?:figures?|numbers?|data|count|tally|totals?|estimates?)\b"
)
_APPOSED = re.compile(APPOSED_NAME)
_CLOSING = re.compile(r",\s+[^,.;]{3,80}\s(?:said|says|reported|added|wrote|noted|announced|stated)\s*\.?\s*$")
_NOBODY = re.compile(r"^(?:this|that|these|it|he|she|they|we|i|nobody|everyone|who|which|there)\b|\d", re.IGNORECASE)
# Verbs that tell what somebody does or awaits as much as what he says
_SOFT = ("propos", "promis", "pledg", "expect", "fear", "doubt")
_SAYS_THAT = re.compile(r"\s*(?:that\b|:|,?\s*[\"“«])", re.IGNORECASE)
# "senior official of the regional administration", "engineer at the plant": one person, though nobody is named
_ONE_ROLE = re.compile(
    r"(?:(?:[a-z]+(?:ly)?|[A-Z]\w+(?:ian|ish|ese|an|'s))\s+){0,4}(?:official|officer|spokesman|spokeswoman|spokesperson|engineer|resident|diplomat|commander|soldier|worker|manager|"
    r"villager|farmer|driver|paramedic|doctor|analyst|expert|source|aide|adviser|advisor|trader|dealer|pilot|witness|lawyer|prosecutor|guard|mayor|governor|minister|director|researcher|deputy|employee|insider|fisherman|teacher|nurse|pensioner|mechanic|student|colonel|general|captain|major|lieutenant|sergeant)\b(?!s)"
)
_FIRST_PERSON = re.compile(r"\b(?:we|i)\b", re.IGNORECASE)


def source_of(sentence: str) -> str | None:
    """Who told what stands before a sentence that says only where it came from; None for any other sentence."""
    for pattern in (_LINE, _PASSIVE, _ACTIVE):
        match = pattern.match(sentence)
        if match is None:
            continue
        words = match["who"].strip()
        who = tidy(words if pattern is _LINE else CUT.sub("", words))
        if apposed := _APPOSED.match(sentence, match.start("who") + len(CUT.sub("", words))):
            who = tidy(apposed["name"])
        if not who or _NOBODY.match(who) or (pattern is _LINE and not (is_body(who) or ROLE_FIRST.search(who.lower()))):
            return None
        if pattern is _PASSIVE and (who[0].islower() and not (ROLE_FIRST.search(who.lower()) or is_body(who.title()))):
            return None
        return who
    return None


def refers_back(sentence: str) -> bool:
    """Whether a sentence speaks of figures that it does not give itself."""
    return bool(_THESE.search(sentence))


def closes(sentence: str) -> bool:
    """Whether a sentence ends with who says it, and quotes nobody: "..., Governor Petrenko said."."""
    return bool(_CLOSING.search(sentence)) and not re.search(r"[\"“«]", sentence)


def gives_way(verb: str, after: str) -> bool:
    """Whether a verb's subject does something rather than speaks, so that another voice of its sentence counts."""
    return verb.startswith(_SOFT) and not _SAYS_THAT.match(after)


def first_person(words: str) -> bool:
    """Whether who speaks is "we" or "I": in a quotation, whoever is quoted."""
    return bool(_FIRST_PERSON.search(words))


def one_person(who: str | None) -> bool:
    """Whether "he" or "she" can stand for a speaker: no authority, no medium, not several."""
    if who is None or is_media(who):
        return False
    return bool(_ONE_ROLE.match(who)) or (not is_body(who) and bool(re.search(r"[A-ZÀ-Þ]", who)))
