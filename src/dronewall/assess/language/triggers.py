"""The verbs and nouns that can govern a figure, each with the measure that it makes of it."""

import re
from dataclasses import dataclass
from functools import lru_cache

PRODUCTION = "output"
# The kind says where a verb's thing stands: t takes it as its object, i has it as its subject, n is a noun
_TRIGGERS: tuple[tuple[str, str, str], ...] = (
    ("shot_down", "t", r"sh(?:ot|oots?|ooting)\s+(?:\w+\s+)?down|down(?:ed|ing(?!\s+Street)|s)|intercept(?:ed|s|ing)?|destroy(?:ed|s|ing)?|neutrali[sz](?:ed|es|ing|e)|"
     r"knock(?:ed|ing|s)?\s+(?:out|down)|liquidat(?:ed|es|ing)|stopp(?:ed|ing)|halt(?:ed|ing)|eliminat(?:ed|es|ing|e)|br(?:ought|ing|inging)\s+down|t(?:ook|ake|aking|aken)\s+down|forc(?:ed|es|ing)\s+down|felled|thwarted|"
     r"shot\s+out|took\s+out|repel(?:led|s)?|(?<=[\d)]\s)down(?=\s*(?:[.,;:)]|$|overnight|over\b|so\s+far|\())|kill(?:s|ed)?(?=\s+\d[\d,.]*\s+(?:\w+\s+)?(?:drones|UAVs))"),
    ("shot_down", "n", r"minus(?=\s+\d[\d,.]*\s+(?:[\w-]+\s+){0,2}(?:drones|UAVs|Shaheds?|mopeds)\b)"),
    ("shot_down", "n", r"(?:the\s+)?(?:downing|destruction|interception|shoot-?down)s?\s+of|kills?:"),
    ("lost", "i", r"(?:were|was|been|are|is)\s+(?:(?:also|locationally|likely|probably)\s+)*lost|lost\s+(?:from|on|off)\s+radar|(?:have|has|having|had|to|also)\s+(?:come\s+down|crash)|lost(?=\s*(?:[,.;:()]|$|from|over|in|due|after|without|to))|disappear(?:ed|s|ing)?|vanish(?:ed|es)?|"
     r"w[ea]nt\s+missing|crash(?:ed|es|ing)?|fell|fallen|(?:fail(?:ed|s|ing)?\s+to|did\s+not|didn['’]t|never)\s+(?:achieve[d]?\s+(?:its|their|the|any)\s+(?:\w+\s+)?(?:targets?|objectives?|goals?|aims?)|reach(?:ed)?)(?:\s+(?:its|their|the|any)\s+(?:\w+\s+)?(?:targets?|destinations?|objectives?|goals?))?|r[au]n(?:ning)?\s+out\s+of\s+(?:fuel|power|charge)|suppress(?:ed|es)?|jammed|location(?:al)?ly\s+lost|came\s+down|ditched|"
     r"gone\s+missing|burn(?:ed|t)(?:\s+(?:out|down))?|went\s+up\s+in\s+flames|unaccounted|missed\s+(?:its|their)\s+targets?"),
    ("lost", "t", r"lost(?=\s+(?:(?:about|some|around|up\s+to|(?:no\s+)?(?:more|fewer|less)\s+than|only|just|an\s+estimated|almost|at\s+least|nearly|over|track\s+of|contact\s+with)\s+)*(?:\d|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty(?:-\w+)?|dozens|hundreds|a\s+hundred))|losing|los(?:es|e)\b|wr(?:ote|itten|iting)\s+off"),
    ("lost", "n", r"loss(?:es)?\s+of|losses:|(?:wreck(?:age|s)?|debris|remains|remnants)\s+of"),
    ("hit", "n", r"hits?\s+of"),
    ("hit", "i", r"hits?\s+(?:by|from)|(?:were|was)\s+recorded\s+hitting|struck|strikes?\b(?!\s+(?:drones|UAVs|UAV|drone|and\s+decoy|[A-Z]))|hit(?:s|ting)?\b|reach(?:ed|ing)?\s+(?:its|their|the)?\s*(?:targets?|objectives?|Kyiv|city)|got\s+through|broke\s+through|impact(?:ed|s|ing)|slammed|made\s+it\s+through"),
    ("crossed", "i", r"cross(?:ed|es|ing)?(?!\s+section)|enter(?:ed|s|ing)?|violat(?:ed|es|ing|e)|fl(?:ew|y|ies|own|ying)\s+(?:into|over|across|from|in|through)|penetrat(?:ed|es|ing|e)|intrud(?:ed|ing|es|e)|stray(?:ed|s|ing)?|breach(?:ed|es|ing)?|"
     r"drift(?:ed|s|ing)?|(?:w[ea]nt|gone|goes|moved|passed|continued|proceeded|headed|veered)\s+(?:\w+\s+)?(?:into|across)(?!\s+(?:service|production|action|operation|use)\b)|arrivals?\s+of|incursions?\s+(?:by|of|involving)|c[ao]me\s+(?:in\s+)?(?:from|across|over\s+(?:the|our|its|their)\s+border)|coming\s+(?:from|across|in)|cross(?:ing)?s?\s+(?:of|by)|airspace\s+violations?\s+by|intrusions?\s+(?:by|of)|spilled\s+over|arriv(?:ed|ing)|overfl(?:ew|ow?n)|reached\s+(?:Lithuania|Latvia|Estonia|Poland|Finland|Romania|Moldova|Polish|Lithuanian|Latvian|Estonian|Finnish|Romanian|the\s+(?:airspace|territory|country))|illegally\s+in"),
    ("crossed", "s", r"detect(?:ed|s|ing)?|record(?:ed|ing)|(?<=to\s)record|records(?=\s+(?:\d|up\s+to))|register(?:ed|s|ing)?|track(?:ed|s|ing)?|spot(?:ted|s|ting)?|observ(?:ed|es|ing)|landed|found|discovered|recovered|seized|picked\s+up|seen|sighted|counted|logged|monitored|(?:in|inside)\s+(?:[\w'’]+\s+){0,3}?(?:airspace|sky|skies)\b"),
    ("launched", "t", r"launch(?:ed|es|ing)?(?!\s*(?:er|pad|site|point|ers))|fir(?:ed|es|ing)|attack(?:ed|s|ing)?\s+(?:\w+\s+){0,3}?(?:with|using|by)|(?:attack(?:ed|s|ing)?|pound(?:ed|s|ing)|hammer(?:ed|s)|struck|hit|bombard(?:ed|s|ing)|target(?:ed|s|ing)|pummel+(?:ed|s)|batter(?:ed|s))\s+(?:[\w'’-]+\s+){1,6}?(?:with|using)|"
     r"us(?:ed|es|ing)|use(?=\s+(?:about\s+|some\s+|up\s+to\s+|over\s+|around\s+|more\s+than\s+|at\s+least\s+|nearly\s+|between\s+)?\d)|deploy(?:ed|s|ing)?|unleash(?:ed|es|ing)?|sen(?:t|ds?|ding)|releas(?:ed|es|ing)|dispatched|hurl(?:ed|s|ing)|lobbed|employ(?:ed|s|ing)|sen(?:t|ding)\s+up|rained|involv(?:ed|ing|es)|flew(?=\s+(?:about\s+|some\s+|over\s+)?\d)|let\s+loose|directed"),
    ("launched", "i", r"attacked|attacking(?!\s+(?:drones|UAVs))"),
    ("launched", "n", r"(?<=-drone\s)(?:raid|attack|barrage|salvo|strike|assault|wave|swarm)|launch(?:es)?\s+of|(?:attack|raid|wave|salvo|barrage|swarm|strike|assault|onslaught|volley|group)s?\s+(?:of|with|by|involving|from|consisting\s+of)|use\s+of|(?:launches|launched):"),
    ("delivered", "t", r"deliver(?:ed|s|ing)?|suppl(?:y|ied|ies|ying)|hand(?:ed|s|ing)?\s+over|receiv(?:ed|es|e|ing)|ship(?:ped|s|ping)?(?!\s*yard)|transfer(?:red|s|ring)?|provid(?:ed|es|ing|e)|donat(?:ed|es|ing|e)|import(?:ed|s|ing)?|"
     r"export(?:ed|s|ing)?|acquir(?:ed|es|ing|e)|br(?:ought|ings?|inging)\s+in|bought|sold|sells?|handed|given(?!\s+(?:the\s+(?:name|nickname|code)|that|its|their|how)\b)|giving|gave(?!\s+(?:its|the|their|an?|his|her)\s+(?:\w+\s+)?(?:output|figure|number|capacity|total|toll|count|production|losses|tally)\b)|got\b|obtained|equipped\s+with|turned\s+over|entered\s+service"),
    ("delivered", "i", r"(?:have|has|had)\s+(?:already\s+)?gone\s+(?:there|to)\b|(?:go(?:es)?|went|came|put|placed|taken)\s+into\s+(?:service|use|operation)|go(?:es)?\s+to\s+(?:the\s+)?(?:front|army|troops|units|military|brigades|forces)|reach(?:ed|es)?\s+(?:the\s+)?(?:troops|front|army|units)"),
    ("delivered", "n", r"deliver(?:y|ies)\s+of|shipments?\s+of|supply\s+of|transfer\s+of|batch(?:es)?\s+of|consignments?\s+of|tranches?\s+of|imports?\s+of|exports?\s+of|deliver(?:y|ies)(?=\s+(?:reached|totalled|totaled|stood|rose|came|were|fell))"),
    (PRODUCTION, "t", r"produc(?:ed|es|e|ing)|creat(?:ed|es|e|ing)|mak(?:e|es|ing)|made|build(?:s|ing)?|built|manufactur(?:ed|es|e|ing)(?!\s+(?:facility|plant|site|center|centre|capacity))|assembl(?:ed|es|e|ing)|churn(?:ed|s|ing)?\s+out|turn(?:ed|s|ing)?\s+out|roll(?:ed|s|ing)?\s+(?:off|out)|"
     r"crank(?:ed|s|ing)?\s+out|lets?\s+out|put(?:s|ting)?\s+together|sp(?:its?|at|itting)\s+out|pump(?:ed|s|ing)?\s+out|complet(?:ed|es)|manag(?:es|ed)(?=\s+(?:about\s+|some\s+|only\s+|just\s+|up\s+to\s+)?\d)|(?:left|lea(?:ves?|ving))\s+(?:the|its)\s+(?:conveyor|hall|(?:assembly|production)\s+(?:line|hall)|workshop|factory|plant|works)|mass-produc\w+|3D-print(?:ed|s|ing)?|com(?:e|es|ing)\s+off|came\s+off|yield(?:ed|s|ing)?|at\s+the\s+(?:plant|factory|enterprise|works)\s+(?:are|were|is)\s+collected"),
    (PRODUCTION, "n", r"(?:production|output|manufactur(?:e|ing)|assembly)(?:\s+(?:rate|volume|level|run|figures?|numbers?|pace|line))?s?(?:\s+(?:of|at|to|reached|reaching|totalled|totaled|stood|stands|rose|hit|is|was|has|had|will|would|for|in|by|from|came|grew|amounted|exceeded|could|now|fell|[:=]))"),
    ("capacity", "n", r"(?:production\s+|annual\s+|monthly\s+|manufacturing\s+|output\s+|industrial\s+)*capacit(?:y|ies)|capabilit(?:y|ies)\s+(?:of|to)|production\s+potential|(?:projected|design|production|full)\s+power|(?:plants?|factor(?:y|ies)|works|production\s+lines?)\s+for(?=\s+(?:about\s+|some\s+|up\s+to\s+|around\s+|at\s+least\s+)?\d)|power\s+of\s+the\s+(?:plant|factory|enterprise|line|works|workshop|production)"),
    ("plan", "n", r"(?:contracts?|orders?|agreements?|deals?|tenders?|memorand(?:um|a))\s+(?:for|on)\s+(?:the\s+)?(?:joint\s+|serial\s+)?(?:production|supply|delivery|purchase|manufacture|procurement)\s+of"),
    ("plan", "n", r"(?:orders?|contracts?|ordered|contracted|options?\s+(?:for|on)|signed\s+(?:up\s+)?for|promises?\s+of|promise:|procure(?:d|ment)?|purchas(?:e|ed|ing|es)|tender|buy(?:s|ing)?|commission(?:ed)?|earmarked)\b"),
    ("plan", "n", r"(?:a\s+|the\s+)?(?:plans?|planned|proposal|schedule|programme|program|forecast|project(?:ed|ion)s?|expected|anticipated)\s+(?:for|of|output|production|is|was|calls?\s+for|foresees|envisages|provides\s+for|at|to\s+(?:reach|total|number))"),
    ("goal", "n", r"(?:goals?|(?<!air\s)targets?|aims?|ambitions?|objectives?)\s+(?:of|is|was|at|for|to|has|had|stands)|target:|goal:"),
    ("price", "n", r"pric(?:e|ed|es|ing|ey)|costs?|costing|worth|valued|exchange\s+rate|cheap(?:er)?|expensive"),
)  # fmt: skip
_ALL = tuple(
    (measure, kind, re.compile(rf"(?<![\w-])(?:{words})(?![\w])", re.IGNORECASE)) for measure, kind, words in _TRIGGERS
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A word that can govern a figure."""

    measure: str
    kind: str
    start: int
    end: int
    passive: bool
    words: str


@lru_cache(maxsize=4096)
def triggers(sentence: str) -> tuple[Trigger, ...]:
    """Every trigger of a sentence, in order; where two overlap, the longer one."""
    found: list[Trigger] = []
    for measure, kind, pattern in _ALL:
        for match in pattern.finditer(sentence):
            before = sentence[max(0, match.start() - 28) : match.start()]
            passive = bool(
                re.search(
                    r"\b(?:were|was|been|being|be|are|is|got|get)\s+(?:\w+ly\s+|also\s+|all\s+|then\s+|subsequently\s+)*$",
                    before,
                    re.IGNORECASE,
                )
            )
            found.append(
                Trigger(
                    measure=measure,
                    kind=kind,
                    start=match.start(),
                    end=match.end(),
                    passive=passive,
                    words=match[0].lower(),
                )
            )
    found.sort(key=lambda t: (t.start - t.end, t.start))
    kept: list[Trigger] = []
    for trigger in found:
        if not any(trigger.start < other.end and other.start < trigger.end for other in kept):
            kept.append(trigger)
    return tuple(sorted(kept, key=lambda t: t.start))
