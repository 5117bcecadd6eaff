"""What is told of a factory without a figure: where it stands, how far it is, since when.

The ladder: rumoured, studied, announced, building, producing, verified. A sentence that names a place where drones are
made, and a rung, is a claim about that number of facilities.
"""

import re
from dataclasses import dataclass

from dronewall.assess.language.places import places
from dronewall.assess.language.spans import Span
from dronewall.assess.talk import DRONE_WORDS

_NOUN = r"(?:factor(?:y|ies)|plants?(?!\s+protection)|facilit(?:y|ies)|production\s+lines?|assembly\s+lines?|workshops?|production\s+sites?|joint\s+ventures?|manufacturing\s+sites?|production\s+bases?|assembly\s+shops?)"
FACILITY = re.compile(
    rf"(?<![\w-])(?P<before>(?:(?:a|an|the|its|their|local|new|second|third|first|planned|proposed|shared|joint|large|huge|drone|UAV|unmanned|kamikaze|Shahed|Geran|aerial|vehicle|manufacturing|production|assembly|Russian|Iranian|Belarusian|[A-Z][\w-]+)\s+){{0,6}}){_NOUN}\b",
    re.IGNORECASE,
)
_MAKES = re.compile(
    r"\b(?:produc\w+|build\w*|make|making|manufactur\w+|assembl\w+)\b[^.;]{0,60}?\b(?:drones?|UAVs?|unmanned|Shaheds?|Gerans?|copters?)\b|\b(?:drone|UAV|Shahed|Geran|unmanned)[\w\s-]{0,40}?(?:factor|plant|facilit|production|manufactur|assembl|workshop)",
    re.IGNORECASE,
)
# In this order: "studying whether to convert a plant to produce drones" is studied, not producing
_STATUS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"(?<![\w-])(?:{words})(?![\w])", re.IGNORECASE))
    for name, words in (
        ("rumoured", r"rumou?rs?|rumou?red|unconfirmed\s+reports?|speculat\w+|there\s+is\s+talk"),
        (
            "studied",
            r"study(?:ing)?|studied|studies|evaluat\w+|explor(?:e|es|ed|ing)|consider(?:s|ed|ing)?|feasib\w+|look(?:ed|s|ing)?\s+into|assess(?:ed|es|ing)?\s+(?:the\s+)?(?:possib\w+|option|site|whether)|possibility\s+of|weigh(?:s|ed|ing)?|survey(?:ed|ing)|scout(?:ed|ing)",
        ),
        (
            "verified",
            r"satellite\s+(?:images?|imagery|photos?|pictures?)\s+(?:\w+\s+){0,4}?(?:show|confirm|reveal|verif)\w*|verified|visually\s+confirmed|inspect(?:ors?|ed)\s+(?:found|confirmed|saw)|geolocated",
        ),
        (
            "building",
            r"(?:is|are|was|were|has\s+been|have\s+been|began|begun|started|starts|start)\s+(?:\w+\s+)?(?:building|constructing|being\s+built|converting|expanding|erecting|setting\s+up)|under\s+construction|help(?:ed|s|ing)?\s+(?:\w+\s+){0,2}?(?:to\s+)?(?:build|construct|set\s+up|establish)|construction\s+(?:\w+\s+){0,3}?(?:began|started|is\s+under\s+way|underway|continues|has\s+begun|began)|broke\s+ground|building\s+(?:\w+\s+){0,3}?"
            + _NOUN
            + r"|being\s+(?:built|constructed|converted|equipped)|laid\s+the\s+foundation",
        ),
        (
            "announced",
            r"plan(?:s|ned|ning)?|propos(?:e|es|ed|al|als)|announc\w+|agree(?:d|ment)|set\s+to|prepar(?:e|es|ing|ed)|gear(?:ing|ed)\s+up|intend\w*|open\s+to|willing\w*|will\s+(?:be\s+)?(?:build|built|open|host|set|appear|launch|construct)|signed|initiat(?:e|es|ed|ing)|to\s+(?:build|be\s+built|host|construct|open|set\s+up)|aims?\s+to|wants?\s+to|would\s+(?:build|host|be\s+built)|going\s+to|slated|expected|decision\s+to|collaborat\w+|scheduled",
        ),
        (
            "producing",
            r"open(?:ed|s)|produc(?:es|ed|ing)|launched\s+(?:production|a|the|its)|in\s+operation|operat(?:es|ing|ional)|started\s+production|began\s+(?:production|producing|operat\w+)|up\s+and\s+running|running|inaugurat\w+|works|working|makes|made|manufactures|assembles|assembling|rolled\s+off|turns?\s+out|is\s+home\s+to|already\s+exists|commissioned",
        ),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility:
    """A facility as a sentence tells of it."""

    span: Span
    plural: bool
    status: str
    parties: tuple[str, ...]
    """Countries named beside it: who builds it for whom, which tells two projects at one place apart."""


def status_of(sentence: str) -> str | None:
    """The rung of the ladder that a sentence tells of, or None."""
    for name, pattern in _STATUS:
        # "Institute for the Study of War" studies nothing here
        if any(match[0][0].islower() or match.start() == 0 for match in pattern.finditer(sentence)):
            return name
    return None


def facility(sentence: str, *, about_drones: bool) -> Facility | None:
    """The facility where drones are made that a sentence tells of, or None."""
    match = FACILITY.search(sentence)
    if match is None or sentence.rstrip().endswith("?"):
        return None
    if re.search(
        r"\b(?:did|does|do|has|have)(?:n['’]t|\s+not)\s+(?:\w+\s+)?(?:say|said|specify|confirm\w*|name|comment)\b",
        sentence[: match.start()],
    ):
        return None
    if re.search(
        r"\b(?:power|nuclear|chemical|steel|oil|gas|repair|water|storage|detention|medical|training)\s*$",
        match[0].rsplit(None, 1)[0],
        re.IGNORECASE,
    ):
        return None
    made = bool(_MAKES.search(sentence)) or (
        about_drones
        and bool(
            DRONE_WORDS.search(sentence)
            or re.search(r"\b(?:this|the|planned|proposed)\s", match[0] + " ", re.IGNORECASE)
        )
    )
    status = status_of(sentence)
    if not made or status is None:
        return None
    parties = tuple(sorted({m.place.country for m in places(sentence)}))
    plural = bool(re.search(r"(?:ies|plants|lines|workshops|sites|ventures|bases|shops)$", match[0], re.IGNORECASE))
    return Facility(span=Span(match.start(), match.end()), plural=plural, status=status, parties=parties)
