"""Numbers that stand alone: "He has eleven", "The plan said sixty, then came the budget".

Where drones were counted just before, such a number goes on with them, unless it is a time, an age, a page, a sum, a row's
number, or counts what its own sentence names.
"""

import re

from dronewall.assess.elisions import OTHER_TALK
from dronewall.assess.language.names import is_body
from dronewall.assess.language.numbers import Figure
from dronewall.assess.language.things import HEADS
from dronewall.assess.language.units import VOLUMES

# A number with nothing that it could count: "He has eleven.", "The plan said sixty, then came the budget"
_BARE = re.compile(
    r"\s*(?:[.,;!?)”\"]|$|\s[-–—]\s|(?:or\s+so|out\s+of|and|or|but|while|in(?!\s+favou?r)|over|since|this|last|by|from|each|altogether|already|today|yesterday|tonight|overnight|myself|ourselves|himself|herself)\b)"
)
_NO_COUNT = re.compile(
    r"(?:\b(?:at|or|p|pp|tel|phone|telephone|fax|account|page|no|nr|number|aged?|chapter|article|paragraph|room|channel|hall|item|sector|phase|level|grade|line|gate|runway|highway|route|past|to|till|until|between|and|after|before|by|past|around|about|from|since|of|half|quarter|on|block|unit|version|mark|type|season|round|group|day|week|section|point|part|step|option|file|minutes?|form|lot|rule|part|for|score[ds]?|versus|against|times)\.?|[A-Z][\w-]*\s|[#№§&/+=<>~-])\s*$"
)
_VERB_IN_S = re.compile(
    r"(?:was|is|has|says|counts|makes|sees|does|builds|reports|claims|names|owns|holds|needs|wants|hopes|thinks|believes|reckons|expects|gives|puts|shows|others|as|perhaps|this|thus|always|times|plus|loses|sends|gets|becomes|means|buys|uses|it['’]s|that['’]s|there['’]s)"
)
_NO_SENTENCE = re.compile(
    r"\b(?:age|aged|years?[- ]old|o['’]clock|a\.?m\.?\b|p\.?m\.?\b|minutes|hours|degrees|km|kilomet(?:re|er)s|met(?:re|er)s|per\s?cent|killed|wounded|injured|died|dead|votes?|points|goals\s+to|euros?|dollars|roubles|rubles|zlotys?|hryvnias?)\b|%",
    re.IGNORECASE,
)


# "Prosecutors charged four": persons, who need no noun
_OF_PERSONS = re.compile(
    r"\b(?:arrest|detain|charg|question|fin|evacuat|rescu|jail|sentenc|hir|appoint|elect|free|convict|expel|treat|hospitali[sz]|interview|employ|recruit|train|mobili[sz]|welcom|invit|nam)(?:s|ed|es|led|ing)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
# "Turnout: 62"; a speaker's label is in capitals, or a name in full, or an authority
_LABEL = re.compile(r"^\W*(?P<label>(?:The\s+)?[A-Z][a-z'’-]+(?:\s+[a-z'’-]+){0,3}):\s*$")


def stands_alone(sentence: str, figure: Figure) -> bool:
    """Whether nothing stands by a number that it could count."""
    before, after = sentence[: figure.start], sentence[figure.end :]
    if figure.value < 2 or not _BARE.match(after) or _NO_COUNT.search(before):
        return False
    if OTHER_TALK.search(before) or _NO_SENTENCE.search(sentence) or _numbered(before, after):
        return False
    if _OF_PERSONS.search(before) or ((label := _LABEL.search(before)) and not is_body(label["label"].title())):
        return False
    last = re.search(r"(?P<word>[a-z][a-z'’-]*)\W{0,3}$", before)
    if last and last["word"].endswith("s") and not _VERB_IN_S.fullmatch(last["word"]):
        # "artillery systems 41"
        return False
    return last is None or HEADS.get(last["word"], "drones") in VOLUMES


def _numbered(before: str, after: str) -> bool:
    """Whether a number only numbers a line, or is one group of a longer one: "4. ...", "640 0012", "1 h 40"."""
    return bool(
        (not before.strip(" (") and re.match(r"[.)]\s+\S", after))
        or re.search(
            r"\d\s(?:h\s?)?$|\b(?:[Ww]e\s+are|(?:[Hh]e|[Ss]he|who)\s+(?:is|was|turned|turns)|I\s+am)\s+$", before
        )
        or re.match(r"\s\d", after)
        # "Sensors in use: 140"
        or re.search(r"^\W*(?!(?:[Dd]rones|UAVs|[Bb]alloons|Shaheds)\b)[A-Z][a-z]+s\b[\w ]{0,40}:\s*$", before)
    )


def has_noun(sentence: str, figure: Figure) -> bool:
    """Whether another number of the sentence is money, a share, a time or a measure."""
    return bool(figure.currency or re.match(r"\s*(?:%|per\s?cent|[-–:/.]\d|km\b|m\b)", sentence[figure.end :]))
