"""What an attribution is, and those that `speakers` does not see: any noun phrase where the sentence's shape alone says that it speaks.

"The plant makes 900 a month, workers say"; "says the farmer's wife"; "by the count of the union"; "air force figures
show"; "Berg, head of the guard: ..."; "if one believes its director". Each shape is tried only where no voice was found.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dronewall.assess.language.names import APPOSED_NAME, is_body, tidy
from dronewall.assess.language.places import places
from dronewall.assess.language.saying import CUT, NOT_LABEL, PRONOUNS, ROLE_FIRST, ROLES

_SAYS = (
    r"says?|said|reports?|reported|writes?|wrote|states?|stated|adds?|added|confirms?|confirmed|claims?|claimed|estimates?|estimated|reckons?|reckoned|"
    r"believes?|believed|thinks?|notes?|noted|explains?|explained|insists?|insisted|recalls?|recalled|recount(?:s|ed)?|announce[sd]?|warn(?:s|ed)?|"
    r"complain(?:s|ed)?|argues?|argued|admit(?:s|ted)?|inform(?:s|ed)?|repl(?:y|ies|ied)|repeats?|repeated|predict(?:s|ed)?|guess(?:es|ed)?|calculate[sd]?|specif(?:ies|ied)|"
    r"emphasi[sz]e[sd]?|stress(?:es|ed)?|underlin(?:es|ed)|clarif(?:ies|ied)|concede[sd]?|conclude[sd]?|suggest(?:s|ed)?|jokes?|joked|shrugs?|sighs?|maintains?|finds?|found(?=\s+that)|remarks?|remarked|observes?"
)
_COUNTS = r"counts?|counted|names?|named|lists?|listed|cites?|cited|promises?|promised|pledges?|pledged|mentions?|mentioned|doubts?|doubted|expects?|foresees?|sees|threatens?|threatened"
_KEEPS = r"(?:documented|verified|confirmed)(?:\s+the\s+(?:seizure|loss|arrival|use|launch|transfer|delivery|presence)\s+of)?|recorded|registered|logged|tallied"
_WORD = r"[\w.'’/&-]+"
_NP = rf"(?:{_WORD}\s+){{0,9}}?{_WORD}"
_FIGURE = r"(?:(?:of|only|some|about|around|up|to|at|least|more|less|fewer|than|nearly|almost|over|roughly|just|no|between|another|a\s+total\s+of)\s+)*(?:\d|one\b|two\b|three\b|four\b|five\b|six\b|seven\b|eight\b|nine\b|ten\b|eleven\b|twelve\b|\w+teen\b|\w+ty\b|a\s+dozen|dozens\b|hundreds?\b|a\s+hundred|a\s+thousand)"
_AFTER = re.compile(
    rf"(?:[,;”\"»]|\s[-–—])\s*(?:as\s+)?(?P<who>{_NP})\s+(?:(?:has|have|had|also|now|later)\s+)*(?:{_SAYS})"
    r"(?=\s*(?:[.,;)”\"]|$)|\s+(?:on|in|at|to|this|yesterday|today|last|earlier|via|here)\b)",
)
_INVERTED = re.compile(
    rf"(?P<mark>[,”\"»])\s*[-–—]?\s*(?P<verb>{_SAYS})\s+(?:(?:in|on)\s+(?:his|her|its|the|their|a)\s+(?:[\w-]+\s+)?(?:channel|Telegram|blog|post|message|statement)\s+|in\s+)?(?P<who>{_NP})"
    r"(?=\s*(?:[,.;:(]|$)|\s+[-–—]\s|\s+(?:who|which|on|in|at|from|near|to)\b)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"^(?:[^,]{{0,60}},\s+)?(?P<who>{_NP})(?:,\s+(?:an?|the|its|one)\s[^,]{{3,60}},)?\s+(?:(?:has|have|had|also|now|even)\s+)*(?:{_SAYS}|{_COUNTS}|(?P<keeps>{_KEEPS}))"
    rf"(?:\s+(?:us|him|her|them|it|this\s+paper))?\s*(?=that\b|[\"“«:]|{_FIGURE})"
)
_VIEW = re.compile(
    r"\b(?:[Ii]n|[Bb]y|[Oo]n|[Ff]rom)\s+(?:the\s+)?(?:\w+\s+)?(?:view|opinion|estimates?|estimation|count|reckoning|words|judge?ment|calculations?|assessment|account|data|figures?|tally)"
    rf"\s+of\s+(?P<of>{_NP})(?=\s*[,.;:]|$)|"
    rf"\b[Bb]y\s+(?P<own>{_NP})['’]s?\s+(?:own\s+)?(?:count|estimates?|reckoning|figures|data|account|tally)\b|"
    rf"\bif\s+(?:one|you|we)\s+(?:are\s+to\s+)?(?:believes?|trusts?)\s+(?P<if>{_NP})(?=\s*[,.;]|$)|"
    rf"\b[Ff]or\s+(?P<for>{_NP}),?\s+it\s+is\s+(?:clear|certain|plain)\b"
)
_FIGURES = re.compile(
    rf"^(?:[^,]{{0,50}},\s+)?(?P<own>{_NP})(?:['’]s?)?\s+(?:figures|data|statistics|numbers|records|logs)\s+(?:show|suggest|say|give|put|indicate)\w*\b|"
    rf"\b(?:[Ff]igures|[Dd]ata|[Ss]tatistics|[Nn]umbers|[Rr]ecords|[Tt]ally)\s+(?:from|of|by|(?:compiled|kept|published|collected|released)\s+by)\s+(?P<of>{_NP})\s+(?:show|suggest|say|give|put|indicate)\w*\b"
)
# "according to data that the city's administration shared with researchers"
_SHARED = re.compile(
    rf"\b(?:data|figures|numbers|documents|records|statistics|tables|files)\s+(?:that|which)?\s*(?P<who>{_NP})\s+(?:has\s+|have\s+|had\s+)?(?:shared|provided|gave|published|released|collected|passed|handed|showed|sent|supplied)\b"
)
_QUOTED_AS = re.compile(
    rf"(?:^|[.;,]\s+)(?P<who>{_NP})\s+(?:is|was|are|were)\s+(?:also\s+|further\s+)?(?:quoted|cited|reported)\s+as\s+saying\b"
)
_NAMED_LABEL = re.compile(
    r"^\W{0,3}(?:\d{1,2}[:.]\d{2}\W{1,4})?(?P<who>(?:[A-ZÀ-ÞŁŚŻ][\w.'’-]*\s+(?:(?:minister|chief|governor|mayor|spokes\w+|director|general)\s+)?){0,3}[A-ZÀ-ÞŁŚŻ][\w.'’-]*),\s+(?P<role>[^:.;!?\"“]{2,70}):\s"
)
# "Colonel Berg, who heads the brigade, told the paper"
_WHO = re.compile(
    rf"(?:^|[,”\"»]\s*)(?P<who>{_NP}),\s+(?:who|which|whose)\s[^,]{{3,80}},\s+(?:(?:also|later|now|then|has|have|had)\s+)*(?:{_SAYS}|tells?|told)\b"
)
# "says the chief of staff, Tone Berg": the name is the better one
_APPOSED = re.compile(APPOSED_NAME)
# "A source who requested anonymity because ... said four had got through"
_WHO_ASKED = re.compile(
    rf"^\W*(?P<who>(?:An?|One|Two|Another|The|Several)\s+{_NP}),?\s+(?:who|which)\s+(?:requested|asked|spoke|declined|wished|wants?|wanted|did\s+not|didn['’]t|does\s+not|was\s+not|were\s+not|is\s+not|insisted|refused|preferred|requests|asks)\b[^.;\"“]{{3,160}}?\s(?:said|says|told|added|confirmed)\b"
)
_END = re.compile(r"(?:\s[-–—]|:)\s*(?P<who>(?:the\s+)?[\w'’]+(?:\s+[\w'’]+){0,4})\.?$")
# "Berg was more precise: 12"
_WAS_PLAIN = re.compile(
    r"^\W*(?P<who>(?:[A-ZÀ-ÞŁŚŻ][\w'’-]+\s+){1,3}?)(?:was|is)\s+(?:(?:more|less|even|rather|quite|very)\s+)?(?:precise|specific|blunt|clear|frank|cautious|careful|plain|open|adamant|exact|categorical|brief)\b[^:.;]{0,40}:\s"
)
_MADE = re.compile(
    rf"(?:^|[,”\"»]\s*)(?P<who>{_NP})\s+made\s+(?:this|the|these|such\s+an?)\s+(?:\w+\s+)?(?:statement|announcement|remarks?|comments?|disclosure)s?\b"
)
_CITES = re.compile(rf"\b(?:which|who)\s+(?:cites?|quotes?|quoted)\s+(?P<who>{_NP})(?=\s*[,.;]|$)")
_OUTLET = re.compile(
    rf"(?:^|[,”\"»]\s*)(?P<outlet>(?:[Tt]he\s+)?(?:[A-ZÀ-Þ][\w.'’-]*\s+){{0,3}}[A-ZÀ-Þ][\w.'’-]*)\s+(?:quotes?|quoted|cites?|cited)\s+(?P<who>{_NP})(?=\s+as\b|\s*[.,;]|$)"
)
# "4 drones hit a depot (mayor)"
_BRACKETED = re.compile(
    r"\((?:per\s+|source:\s*|says\s+)?(?P<who>(?:the\s+)?[\w'’]+(?:\s+[\w'’]+){0,3})\)\s*[.;,]?$", re.IGNORECASE
)
_NO_PARTY = re.compile(
    r"^(?:(?:i|we|they|he|she|you)['’]|and|but|while|who|which|that|because|if|when|where|though|although|so|nor|or|as|to|of|in|on|at|by|for|from|with|than|there|this|these|those|it|what|how|nobody|no\s+one|everyone|somebody|someone|people|not|only|just|even|also|then|now|still|according)\b|"
    r"\b(?:were|was|is|are|has|have|had|will|would|could|can|may|might|shot|downed|drones?|UAVs|balloons|that|which|who|when|where|it\s+is|makes?|built|lost|sent|said|says|say|reported|told)\b|\d",
    re.IGNORECASE,
)
_LED_BY = re.compile(
    r"^(?:the|an?|its|their|his|her|one\s+of|some|several|two|three|many|most|both|another)\s", re.IGNORECASE
)
_PRONOUN = re.compile(r"^(?:he|she|they|we|i|you)$", re.IGNORECASE)
_LEADS = re.compile(
    r"^(?:since|over|during|in|on|at|by|for|throughout|after|before|within|until|between|last|this|so\s+far)\b(?:\s+[\w'’-]+){0,8}?\s+"
    r"(?:years?|months?|weeks?|days?|nights?|weekend|quarter|half|morning|evening|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|\d{4}|January|February|March|April|May|June|July|August|September|October|November|December)"
    r"\s+(?!of\b|to\b|and\b|in\b|until\b)(?=\S)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Who speaks in a stretch of a sentence. `who` is None for a pronoun that nothing resolves."""

    who: str | None
    start: int
    end: int
    verb: str
    media: bool = False
    relay_for: str | None = None
    relays: tuple[str, ...] = ()


def resolved(words: str, last: str | None) -> str | None:
    """Who a pronoun or a definite noun stands for."""
    noun = re.sub(r"^the\s+", "", words.strip(), flags=re.IGNORECASE).lower()
    noun = re.sub(r"\s+of\s+the\s+[a-z]+$", "", noun)
    if noun in PRONOUNS:
        return last
    if last is not None and (noun in last.lower() or noun in ROLES):
        return last
    return tidy(words)


def without_time(words: str) -> str:
    """A subject without the time that was put before it: "Since last Tuesday the guards" are the guards."""
    before = None
    while before != words:
        before, words = words, _LEADS.sub("", words)
    return words


def owner(words: str) -> str:
    """Whose figures speak: "air force data" are the air force's."""
    return re.sub(r"(?<=\w)(?:['’]s)?\s+(?:own\s+)?(?:figures|data|statistics|records|numbers|tallies)$", "", words)


def _party(words: str, *, strict: bool) -> str | None:
    """A noun phrase that can speak, tidied; None where it cannot."""
    words = without_time(words.strip())
    if re.search(r"['’]s?$", words):
        return None
    if _NO_PARTY.search(words) or _PRONOUN.match(words) or len(words) < 2:
        return None
    capital = bool(re.search(r"(?:^|\s)[A-ZÀ-ÞŁŚŻ]", words))
    led = bool(_LED_BY.match(words))
    plural = words.islower() and words.split()[-1].endswith("s") and len(words.split()) <= 3
    role = bool(ROLE_FIRST.search(words.lower()))
    if strict and not (role or is_body(words.title()) or led or capital):
        return None
    return tidy(words) if capital or led or plural or role or is_body(words.title()) else None


def parties(sentence: str) -> Iterator[tuple[str, int, int, str]]:
    """Who speaks by the shape of the sentence: name, start, end and how (":", "said", "according" or "citing")."""
    label = _NAMED_LABEL.match(sentence)
    if label and not NOT_LABEL.match(label["who"]):
        role = label["role"]
        if ROLE_FIRST.search(role.lower()) or is_body(role) or re.match(r"(?:on|via|in\s+(?:an?|his|her))\s", role):
            yield tidy(label["who"]), 0, label.end(), ":"
            return
    for pattern, how, strict in (
        (_WHO_ASKED, "said", False),
        (_QUOTED_AS, "said", False),
        (_SHARED, "according", True),
        (_VIEW, "according", False),
        (_FIGURES, "according", True),
        (_WHO, "said", False),
        (_WAS_PLAIN, "said", True),
        (_MADE, "said", True),
        (_BEFORE, "said", True),
        (_INVERTED, "said", False),
        (_AFTER, "said", False),
        (_END, "according", True),
        (_BRACKETED, "according", True),
    ):
        for match in pattern.finditer(sentence):
            words = next(
                value for key, value in match.groupdict().items() if value and key not in ("verb", "mark", "keeps")
            )
            who = _party(words, strict=strict)
            if who is None or (match.groupdict().get("keeps") and not is_body(words.title())):
                continue
            if pattern is _INVERTED and match["mark"] == "," and not (_LED_BY.match(words) or words[0].isupper()):
                continue
            if pattern in (_END, _BRACKETED) and not (is_body(who.title()) or ROLE_FIRST.fullmatch(who.lower())):
                continue
            end = match.end()
            if pattern is _INVERTED and (apposed := _APPOSED.match(sentence, match.end("who"))):
                who, end = tidy(apposed["name"]), apposed.end()
            yield who, match.start(), end, how
            return


_INTRODUCES = re.compile(
    r"^\W{0,2}(?P<who>(?:[\w'’.-]+\s+){0,8}?[\w'’.-]+)(?:,\s[^,.;]{3,80},)?\s+(?:has|had|have|was|is|were|are|does|did|do|[a-z]+(?:ed|es|ks|ts|ns|ds|ps|ght|ew|ook|old|ent|ave|ung|ood|oke))\b"
)


# A capital at the head of a sentence makes no name of these
_NO_NAME = re.compile(
    r"(?:Neither|Either|Both|None|All|Some|Most|Many|Few|Each|Several|Others?|Another|Half|Much|More|Less|Fewer|Nothing|Everything|Something|"
    r"Drones|Shaheds|Balloons|Gerans|UAVs|Debris|Sirens|Explosions|Fires|Damage|Residents|People|Schools|Flights|Airports?|"
    r"One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Eleven|Twelve|Today|Yesterday|Tomorrow|Now|Then|Here|Night|Deliveries|Production|Output)"
)


def introduced(sentence: str) -> str | None:
    """Whom a sentence without a voice is about, if a quotation right after it can only be theirs: "Berg shook her head."."""
    match = _INTRODUCES.match(sentence)
    if match is None or re.match(r"[\"“«]", sentence.strip()):
        return None
    who = _party(CUT.sub("", match["who"]), strict=True)
    if who is None or not (ROLE_FIRST.search(who.lower()) or re.fullmatch(r"(?:[A-ZÀ-ÞŁŚŻ][\w'’-]+\s?){1,4}", who)):
        return None
    if _NO_NAME.fullmatch(who):
        return None
    return None if places(who) and not ROLE_FIRST.search(who.lower()) else who


def cited(sentence: str) -> Iterator[tuple[str, int, int, str]]:
    """Whom an outlet cites ("which cites a report", "Bild quotes an official"), and the outlet."""
    for match in _CITES.finditer(sentence):
        if who := _party(match["who"], strict=False):
            yield who, match.start(), match.end(), "citing"
    for match in _OUTLET.finditer(sentence):
        if who := _party(match["who"], strict=False):
            yield tidy(match["outlet"]), match.start("outlet"), match.start("who"), "said"
            yield who, match.start("who"), match.end(), "citing"
