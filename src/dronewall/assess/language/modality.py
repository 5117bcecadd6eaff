"""How sure a figure's sentence sounds: what is, was, can be, is planned, wanted, alleged, or hangs on a condition.

Operators round the trigger that governs the figure ("able to", "plans to", "wants to", "reportedly") make the modality,
and with it what is measured: what a plant that plans to make 600 makes is a plan.
"""

import re

from dronewall.assess.language.sentences import clause_cuts
from dronewall.assess.language.spans import Span
from dronewall.assess.language.triggers import PRODUCTION, Trigger

_WANTS = re.compile(
    r"(?<![\w-])(?:want(?:s|ed|ing)?|ask(?:s|ed|ing)?\s+(?:(?!about|whether|if|how|what|why)[\w'’]+\s+){0,4}?for|request(?:s|ed|ing)|requests?(?=\s+(?:is|was|are|for)\b)|(?:our|their|his|her|the\s+president['’]s)\s+demand(?=\s+is\b)|aim(?:s|ed|ing)?|goals?|hop(?:e|es|ed|ing)|seek(?:s|ing)?|sought|target(?:ed|ing)?\s+(?:of|is|to|for|a|at)|(?:its|the|a|their|his)\s+target|targets\s+(?=\d)|ambitions?|ambitious|aspir\w+|objectives?|"
    r"striv\w+|would\s+like|desir\w+|wish(?:es)?|dream\w*|needs(?=\s)|demand(?:s|ed|ing)|call(?:s|ed|ing)\s+for|in\s+need\s+of)(?![\w])",
    re.IGNORECASE,
)
_PLANS = re.compile(
    r"(?<![\w-])(?:plan(?:s|ned|ning)?|inten(?:d|ds|ded|ding|tion|tions)|will|shall|['’]ll|would|(?<!confirmed\s)(?<!believed\s)(?<!thought\s)(?<!found\s)(?<!known\s)(?<!seems\s)(?<!seem\s)(?<!seemed\s)(?<!appear\s)(?<!appears\s)(?<!appeared\s)(?<!proved\s)(?<!said\s)(?<!likely\s)to\s+be(?!\s+(?:able|the))|is\s+to|are\s+to|was\s+to|were\s+to|set\s+to|due\s+to(?=\s+(?:\w+ly\s+)?(?:be|build|make|produce|deliver|launch|start|open|receive|get|supply|roll))|scheduled|slated|expect(?:s|ed|ing|ations?)?|"
    r"prepar(?:e|es|ing|ed)\s+(?:to|for)|gear(?:ing|ed)\s+up|going\s+to|propos(?:e|es|ed|al|als|ing)|project(?:ed|s|ions?)|forecast(?:s|ed)?|anticipat(?:ed|es)|promis(?:ed|es|e)|pledg(?:ed|es|e)|vow(?:ed|s)?|"
    r"commit(?:ted|s)?\s+to|on\s+track\s+to|poised\s+to|ready\s+to|look(?:s|ing)?\s+to|schedule|envisag\w+|fores(?:ee[ns]?|aw)|estimated\s+to\s+(?:reach|produce)|agreed\s+to|order(?:ed|s)?\s+for|about\s+to|supposed\s+to\s+(?:get|have|receive|build|make|deliver|be|buy|come|arrive)|provides?\s+for|wait(?:s|ing)?\s+for|awaits?|awaiting|budgeted\s+for)(?![\w])",
    re.IGNORECASE,
)
_NOTHING = ("",)
_BACK_THEN = re.compile(
    r"\b(?:ago|in\s+those\s+days|back\s+then|at\s+(?:that|the)\s+time|last\s+(?:year|month|week|spring|summer|autumn|winter)|used\s+to|once|formerly)\b[^.;]*\bwould\b[^.;]*$",
    re.IGNORECASE,
)
# "With thirty interceptors we could close the gap"
_WITH_COULD = re.compile(r"\W*(?:With|Given|Had)\b[^;.]{0,120}?\b(?:could|would|might)\b")
_IF_WANTED = re.compile(r"\bif\b[^,;]*\b(?:want|wish|like|choose)", re.IGNORECASE)
_INFINITIVE = re.compile(
    r"(?<![\w-])to\s+(?:\w+ly\s+)?(?:build|make|produce|deliver|launch|assemble|manufacture|supply|receive|buy|send|ship|hand|provide|acquire|purchase)\s*$",
    re.IGNORECASE,
)
_CAN = re.compile(
    r"(?<![\w-])(?:can|cannot|(?:designed|rated|dimensioned|laid\s+out)\s+(?:for|to)|built\s+to(?=\s+(?:produce|make|build|assemble|turn))|able\s+to|capable\s+of|capab(?:le|ility|ilities)|capacit(?:y|ies)|enough\s+(?:to|for)|enables?|(?<!not\s)(?<!be\s)allow(?:s|ing|ed)?|has\s+the\s+means)(?![\w])",
    re.IGNORECASE,
)
_COULD = re.compile(
    r"(?<![\w-])(?:could|might|would\s+have\s+to|it\s+would\s+(?:take|need|require)|may(?=\s+(?:\w+ly\s+|also\s+|well\s+|soon\s+|even\s+)*(?:be|have|\w+e|\w+[^s\s]))|potentially|possibly|perhaps|if|unless|provided\s+that|should\s+(?:the|it|they))(?![\w])",
    re.IGNORECASE,
)
_MAY_MONTH = re.compile(
    r"(?:in|of|since|by|until|during|last|this|from|late|early|mid)[-\s]+May\b|\bMay\s+\d|\d\s+May\b"
)
_ALLEGED = re.compile(
    r"(?<![\w-])(?:reportedly|allegedly|alleg(?:ed|es|ing)|purport(?:s|ed|edly)?|supposed(?:ly)?(?!\s+to\b)|claim(?:s|ed|ing)?(?:\s+(?:that|to|it|they|he|she|responsibility))?|unconfirmed|unverified|rumou?r(?:s|ed)?|apparently|seemingly|ostensibly|"
    r"(?:is|are|was|were)\s+said\s+to|(?:is|are|was|were)\s+believed\s+to|is\s+thought\s+to|are\s+thought\s+to|so-called|anonymous\s+sources?|suggest(?:s|ed)?(?!\s+(?:an?|the)\s+(?:\w+\s+)?(?:goal|target|aim|plan|programme|purchase|order)\b))(?![\w])",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s+(?:had\s+|have\s+|has\s+)?(?:reportedly|allegedly|supposedly|apparently|purportedly)\b", re.IGNORECASE
)
# "asked about reports that 40 of them had ended up in Russia"
_OF_REPORTS = re.compile(
    r"\b(?:asked\s+about|amid|despite|following|after|unconfirmed|conflicting|media|press|citing|there\s+(?:are|were))\s+(?:\w+\s+)?(?:reports|rumou?rs|allegations|claims|suggestions)\s+that\s+(?:(?!\b(?:said|told|confirmed)\b)[^.;,]){0,40}$",
    re.IGNORECASE,
)
# "which promised 3,500 and delivered 1,900"
_AND_DID = re.compile(
    r"\b(?:promised|planned|pledged|ordered|foresaw|expected)\b[^.;]*\band\s+(?:then\s+|has\s+|had\s+)?$"
)
# "Iran sent 600 drones to Russia": handed over; "Russia sent 60 to Odesa": flown
_HEARSAY = re.compile(
    r"\b(?:believed|said|thought|reported|alleged|claimed|known|understood|estimated|reckoned|rumoured|rumored)\s+to\s+(?:now\s+|already\s+)?(?:be\s+|have\s+(?:been\s+)?)?$",
    re.IGNORECASE,
)
_TO_COUNTRY = re.compile(r"\s+to\s+(?:the\s+)?(?=[A-Z]|north|south|east|west|front|army|troops|units)")
_ATTACKER = re.compile(r"\b(?:Russians?|Moscow|enemy|Kremlin|Houthis?|attackers?|overnight|night)\b", re.IGNORECASE)
# "Were China to close its border, output would fall": no if, and yet conditional
_INVERTED_IF = re.compile(
    r"(?:^\W*|[;,:]\s+|\b(?:and|but)\s+)(?:[Ww]ere\s+(?:[\w'’-]+\s+){1,5}?to\s+[a-z]|[Hh]ad\s+(?:[\w'’-]+\s+){1,4}?(?:\w+ed|been|had|got|built|bought)\b[^.;]*\bwould\b|Should\s+(?:the\s+)?(?:[\w'’-]+\s+){1,4}?[a-z]+\b[^.;]*,)"
)
# "told parliament that the works could turn out 20 a month": can, told in the past
_COULD_THEN = re.compile(
    r"\b(?:said|told|stated|wrote|announced|boasted|declared|explained|claimed|reported)\b[^.;]*\b(?:that|:|,)\s[^.;]*\bcould\s+(?:\w+ly\s+|already\s+|then\s+)?\w+(?:\s+out)?\s*(?:[^.;]{0,30})$"
)
_CONDITION = re.compile(
    r"\b(?:if|unless|provided|were|would|might|by\s+(?:20\d\d|then|next|the\s+end)|next|in\s+future|soon|should|with\s+more|later|one\s+day|20(?:2[7-9]|3\d))\b",
    re.IGNORECASE,
)
_SOFT = re.compile(
    r"\b(?:typically|usually|likely|probably|expected|anticipated|would|plans?|aims?|wants?|unclear|estimated)\b",
    re.IGNORECASE,
)


def hearsay(sentence: str, span: Span, end: int) -> list[str]:
    """Words by which what stands before `end`, or round the figure, is only told."""
    found = [m[0].lower() for m in _ALLEGED.finditer(sentence[:end] + " ")]
    after, reports = _AFTER.match(sentence, span.end), _OF_REPORTS.search(sentence[: span.start])
    return found + [m[0].strip().lower() for m in (after, reports) if m]


def soft_words(region: str) -> list[str]:
    """Words of a clause that leave it open: first those of what could be, then those of what is likely or meant."""
    could = [
        m[0].lower()
        for m in _COULD.finditer(region)
        if not _MAY_MONTH.search(region[max(0, m.start() - 8) : m.end() + 4])
    ]
    return could + [m[0].lower() for m in _SOFT.finditer(region)]


def judged(trigger: Trigger | None, region: str, sentence: str, span: Span) -> tuple[str, str]:
    """Measure and modality from the governing trigger and the operators in its clause."""
    clean = _MAY_MONTH.sub(" ", region)
    wants, plans, can, could = (bool(p.search(clean)) for p in (_WANTS, _PLANS, _CAN, _COULD))
    if trigger is None:
        later = _WITH_COULD.match(sentence)
        if (could or (later is not None and later.end() > span.end)) and (not wants or _IF_WANTED.search(clean)):
            return ("capacity" if can else "other"), "conditional"
        if wants:
            return "goal", "wants"
        if plans:
            return "plan", "plans"
        return ("capacity", "can") if can else ("other", "does" if _present(sentence, span) else "did")
    measure = trigger.measure
    if measure == "launched" and trigger.words.startswith("sen") and _TO_COUNTRY.match(sentence, span.end):
        measure = "delivered" if not _ATTACKER.search(sentence[: trigger.start]) else measure
    upto = sentence[: trigger.end]
    if _AND_DID.search(sentence[: trigger.start]) and trigger.words.endswith(
        ("ed", "built", "made", "sent", "got", "sold", "bought")
    ):
        plans = False
    if re.fullmatch(r"would", (_PLANS.search(clean) or _NOTHING)[0]) and _BACK_THEN.search(sentence[: trigger.start]):
        # "A year ago they would launch 400 and rest for two days"
        return measure, "did"
    if _HEARSAY.search(sentence[: trigger.start]) or re.search(r"\bused\s+to\s+$", sentence[: trigger.start]):
        # "is believed to make": told, not planned
        plans = wants = False
    else:
        plans = plans or (bool(_INFINITIVE.search(upto)) and not can and not wants)
    conditional = could and not (can and re.search(r"\b(?:is|was|are|be)\s+able", clean))
    if measure in ("price", "shot_down", "lost", "hit", "crossed"):
        if conditional:
            return measure, "conditional"
        if wants:
            return measure, "wants"
        if plans:
            return measure, "plans"
        if can:
            return measure, "can"
        return measure, _tense(trigger, sentence)
    if measure == "goal" or wants:
        return "goal", "wants"
    if measure == "capacity":
        if (
            plans
            and re.match(r"\s+of\b", sentence[trigger.end :])
            and re.search(r"\b(?:with|has|have|had)\s+(?:an?\s+|the\s+)?(?:[\w-]+\s+){0,2}$", sentence[: trigger.start])
        ):
            # a plant that is planned "with a capacity of": planned, and a capacity
            return "capacity", "plans"
        if plans:
            return "plan", "plans"
        return "capacity", "conditional" if conditional else "can"
    if can and measure == "plan":
        return "plan", "conditional" if conditional else "plans"
    if can:
        outer = _PLANS.search(clean)
        inner = _CAN.search(clean)
        would = bool(outer and re.fullmatch(r"would|will", outer[0], re.IGNORECASE))
        if outer and inner and outer.start() < inner.start() and not would:
            return "plan", "plans"
        return "capacity", "conditional" if conditional else "can"
    if conditional and measure != "plan":
        return ("capacity", "conditional") if measure in (PRODUCTION, "launched") else (measure, "conditional")
    if plans or measure == "plan":
        return "plan", "conditional" if conditional else "plans"
    return measure, _tense(trigger, sentence)


def inverted_if(sentence: str, span: Span) -> bool:
    """Whether an inverted condition stands before the figure, with no full stop between."""
    return any(
        match.start() < span.start and not re.search(r"[.;]\s", sentence[match.start() + 2 : span.start])
        for match in _INVERTED_IF.finditer(sentence)
    )


def could_then(sentence: str, span: Span) -> bool:
    """Whether "could" only repeats a "can" that was said in the past."""
    return bool(_COULD_THEN.search(sentence[: span.start])) and not _CONDITION.search(sentence)


def _tense(trigger: Trigger, sentence: str) -> str:
    before = sentence[max(0, trigger.start - 26) : trigger.start].lower()
    words = trigger.words.split()[0]
    if words in ("down", "were", "was", "had", "has", "have"):
        return "did"
    if words in ("in", "inside"):
        return "does" if re.search(r"\b(?:is|are)\s+(?:\w+\s+){0,2}$", before) else "did"
    if re.search(r"\b(?:had|has|have)\s+(?:\w+\s+)?$", before) and not words.endswith("ing"):
        return "did"
    if re.search(r"\b(?:is|are)\s+(?:\w+ly\s+|now\s+|currently\s+|already\s+)*$", before):
        # "12 drones are shot down": in headlines and translations it is over
        over = trigger.measure in ("shot_down", "lost", "hit") and words.endswith(("ed", "shot"))
        return "did" if over else "does"
    if trigger.kind == "n":
        after = sentence[trigger.start : trigger.end + 30].lower()
        return "does" if re.search(r"\b(?:is|are|stands|currently|now)\b", after) else "did"
    if (
        re.search(
            r"(?:ed|shot|downed|built|made|sent|flew|fell|struck|hit|brought|took|lost|came|gave|got|sold|bought|entered|found|seen)$",
            words,
        )
        or trigger.passive
    ):
        return "did"
    if words.endswith("ing"):
        return "did" if re.search(r"\b(?:was|were|been|after|by)\s+(?:\w+\s+)?$", before) else "does"
    return "does"


def _present(sentence: str, span: Span) -> bool:
    around = sentence[max(0, span.start - 60) : span.end + 40]
    if re.search(
        r"\b(?:has|have)\s+(?:\w+ly\s+|already\s+|also\s+|so\s+far\s+|since\s+)?\w+(?:ed|wn|lt|nt|ung|one|een)\b",
        around,
    ):
        # "24,000 have barrelled towards the towns"
        return False
    return bool(
        re.search(
            r"\b(?:is|are|has|have|possess(?:es)?|owns?|holds?|flies|fly|stands|work|works|operate|operates|serve|patrol)\b",
            sentence[max(0, span.start - 60) : span.end + 40],
        )
    )


def alleged_here(sentence: str, span: Span, trigger: Trigger | None) -> bool:
    """Whether a hedge of hearsay stands over the figure: in its clause, or as the verb of saying before it."""
    cuts = [
        cut
        for cut in clause_cuts(sentence)
        if not re.fullmatch(r":\s|\s[—–]\s|\s\(|\)\s", sentence[cut.start : cut.end])
    ]
    begin = min(span.start, trigger.start) if trigger else span.start
    left = max((cut.end for cut in cuts if cut.end <= begin), default=0)
    right = max(span.end, trigger.end if trigger else span.end)
    match = list(_ALLEGED.finditer(sentence[left:right] + " "))
    tail = re.search(r",\s*(?:reportedly|allegedly)\b|\b(?:claimed|alleged)\b[^,;]{0,40}$", sentence[right:])
    reports = _OF_REPORTS.search(sentence[: span.start])
    return bool(match) or bool(tail) or bool(_AFTER.match(sentence, span.end)) or bool(reports)
