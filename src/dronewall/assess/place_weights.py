"""What a place of a sentence weighs for a figure of it.

Rules say where it is told of: what stands before and after the place, whether it lies in the figure's clause, what the
governing verb makes of it. Some rule it out, the others add to its weight or take from it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dronewall.assess.claims import FLIGHT, PRODUCTION
from dronewall.assess.language.attributing import Attribution
from dronewall.assess.language.measures import Reading
from dronewall.assess.language.places import Mention
from dronewall.assess.language.spans import Span

REACH = 400
"""How many characters around a place can tell what it is to a figure."""
_IN = re.compile(
    r"\b(?:in|over|into|near|at|inside|across|within|on|above|around|off|outside|entered|entering|crossed|crossing|reaching|violating|violated|against|hit|struck|attacked|targeting|reached|onto)\s+(?:the\s+)?(?:(?:[\w-]+-(?:controlled|held|occupied|run)\s+)?(?:areas?|parts?)\s+of\s+(?:the\s+)?)?(?:(?:city|town|village|region|airspace|territory|port|vicinity|outskirts|skies|north|south|east|west|northern|southern|eastern|western|central|neighbou?ring|nearby|capital|special economic zone|district)\s+(?:of\s+|,?\s*)?(?:the\s+)?)?$",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\b(?:from|via|through|to|towards|with|by|for|between)\s+(?:the\s+)?(?:(?:directions?|areas?|regions?|territory|airfields?|bases?)\s+of\s+(?:the\s+)?)?$",
    re.IGNORECASE,
)
_LIST = re.compile(r"(?:,|\band|\bor|/|–|-)\s*(?:the\s+)?$")
_AIRSPACE = re.compile(
    r"^(?:['’]s?)?\s+(?:[\w-]+\s+)?(?:airspace|territory|border|borders|skies|soil|waters|region|regions|oblast|side|cities|city|coast|air space|sky)\b",
    re.IGNORECASE,
)
_INDUSTRY = re.compile(
    r"^(?:['’]s?)?\s+(?:[\w-]+\s+){0,2}(?:industry|factor(?:y|ies)|production|manufactur\w+|compan(?:y|ies)|plants?|producers?|output|capacity|enterprises?|firms?|defen[cs]e\s+industry|makers?|workshops?|facilit(?:y|ies)|site)\b",
    re.IGNORECASE,
)
_FORCES = re.compile(
    r"^\s+(?:(?:state|border|air|armed|ground|national|anti-aircraft)\s+){0,2}(?:guards?|forces?|defen[cs]es?|defenders|"
    r"army|military|police|soldiers|troops|jets|fighters|radars?|gunners|units)\b(?!\s+(?:said|says|reported|claimed))",
    re.IGNORECASE,
)
_REST = re.compile(r"\bthe\s+(?:rest|others?|remainder|remaining\s+\w+)\b[^,;]{0,30}$", re.IGNORECASE)
_JOINED = re.compile(r"\s*(?:,|,?\s+and|/|-|–)\s+(?:the\s+)?")
# "said in Kyiv on Tuesday": where it was said
_SAID_IN = re.compile(
    r"\b(?:said|says|told\s+\w+|announced|spoke|speaking|added|stated)\s+(?:\w+ly\s+)?(?:in|at|from)\s+$"
)
_WORKS = re.compile(
    r"\s+(?:(?:drone|UAV|aircraft|assembly|production|tractor|[A-Z]\w+)\s+)?(?:plant|factory|works|facility|site|line|workshop)s?\b"
)
_SELLER = re.compile(
    r"\bfrom\s+(?:an?\s+|the\s+|its\s+)?(?:[\w-]+\s+){0,3}(?:makers?|firms?|company|companies|manufacturers?|suppliers?|producers?|start-ups?)\s+in\s+$"
)
_ORIGIN = re.compile(r"\bfrom\s+(?:the\s+)?(?:direction\s+of\s+(?:the\s+)?)?$", re.IGNORECASE)
_DURING = re.compile(
    r"\b(?:during|amid|after|following|in|as\s+part\s+of)\s+(?:an?\s+|the\s+|its\s+|Russia['’]s\s+|another\s+)?(?:[\w-]+\s+){0,4}?"
    r"(?:attacks?|raids?|strikes?|assaults?|barrages?|bombardments?|shelling)\s+(?:on|against|of)\s+(?:the\s+)?(?:[a-z]+\s+){0,2}$",
    re.IGNORECASE,
)
_BASES = re.compile(
    r"\s+(?:(?:military|air|naval|civilian|army|commercial|regional|international)\s+){0,2}(?:city|cities|capital|region|province|exclave|county|bases?|airbases?|airports?|airfields?|ports?|harbours?|villages?|towns?|fields?|farmland|installations?|power\s+(?:plants?|stations?)|refiner(?:y|ies))\b",
    re.IGNORECASE,
)
_BASED = re.compile(r"\bbased\s+(?:in|at|near)\s+$")
_PLANS_IT = re.compile(r"\s+(?:has|have|had|plans?|wants?|will|intends?|hopes?|announced)\b")
_PUT_ELSEWHERE = re.compile(r"\b(?:in|at|near)\s+(?:the\s+)?[A-Z]")
_LISTED = re.compile(r"(?:and|or|/|–|-)\s*(?:the\s+)?$")
_LIST_GOES_ON = re.compile(r"\s*(?:[,;.)]|and\b|or\b|$)")
_ITS_CAPACITY = re.compile(r"['’]s?\s+(?:\w+\s+)?(?:drone\s+)?(?:production\s+)?capacity")
_WAR_AFTER = re.compile(r"\s+(?:war|conflict|crisis|invasion)\b")
_WAR_IN = re.compile(
    r"\b(?:war|invasion|conflict|offensive|aggression)\s+(?:in|of|on|against|with)\s+$|\bamid(?:st)?\s+(?:the\s+)?$"
)
_HOSTS = re.compile(
    r"\s+(?:is\s+open\s+to\s+|would\s+|will\s+|to\s+|could\s+|agreed\s+to\s+|said[^.;]{0,40}?\s|has\s+announced\s+its\s+willingness\s+to\s+)?host(?:ing|s)?\b"
)
_TO = re.compile(r"\b(?:to)\s+(?:the\s+)?$", re.IGNORECASE)
_FROM_IT = re.compile(r"\bfrom\s+(?:the\s+)?$", re.IGNORECASE)
_THAT = re.compile(r"\s+(?:that|which)\s")
_IT = re.compile(r"\b(?:it|its|they|it's|it’s|the country)\b")
_HAS_ITSELF = re.compile(r"(?:\s+(?:has|have|had|also|again|itself|alone))*\s+")
_POSSESSIVE = re.compile(r"['’]s?\b")
_NAME_AFTER = re.compile(r"['’]?s?\s*(?:,\s*)?(?:[A-Z])")
_NAME_APPOSED = re.compile(r",\s+[A-Z]")
_KINDS = {"city": 1.0, "site": 1.0, "region": 0.7, "water": -0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A place of the sentence, held against one figure of it."""

    sentence: str
    span: Span
    clause: Span
    reading: Reading
    said: Sequence[Attribution]
    mention: Mention
    mentions: Sequence[Mention]
    before: str
    after: str
    located: bool
    """Whether something is said to be in, at or over it."""
    airspace: bool
    possessive: bool

    @property
    def makes(self) -> bool:
        """Whether the figure is of production."""
        return self.reading.measure in PRODUCTION

    @property
    def works(self) -> bool:
        """ "The Izhevsk plant": a works of production that is named by its town."""
        return self.makes and bool(_WORKS.match(self.after))

    @property
    def spoken(self) -> bool:
        """Whether the place stands within the words that say who speaks."""
        return any(one.start <= self.mention.start < one.end for one in self.said)

    @property
    def opens(self) -> bool:
        """Whether nothing stands before it."""
        return not re.search(r"\w", self.before)


def candidate(
    sentence: str,
    span: Span,
    clause: Span,
    reading: Reading,
    said: Sequence[Attribution],
    mention: Mention,
    mentions: Sequence[Mention],
) -> Candidate:
    """A place with the words around it."""
    before = sentence[max(mention.start - REACH, 0) : mention.start]
    after = sentence[mention.end : mention.end + REACH]
    return Candidate(
        sentence=sentence,
        span=span,
        clause=clause,
        reading=reading,
        said=said,
        mention=mention,
        mentions=mentions,
        before=before,
        after=after,
        located=_located(sentence, before, after, mention, mentions),
        airspace=bool(_AIRSPACE.match(after)),
        possessive=bool(_POSSESSIVE.match(after)),
    )


def _located(sentence: str, before: str, after: str, mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether a place stands behind "in", "over" and the like, of its own or of the list in which it stands."""
    if _IN.search(before):
        return True
    # "in Poland and Lithuania": the second shares the first one's preposition; "flew into Poland, Brussels wants" is no list
    if not _LIST.search(before) or not (_LISTED.search(before) or _LIST_GOES_ON.match(after)):
        return False
    return any(
        other.end <= mention.start
        and mention.start - other.end <= 11
        and _IN.search(sentence[max(other.start - REACH, 0) : other.start])
        for other in mentions
    )


def weight_of(one: Candidate) -> float | None:
    """How much a place weighs for the figure; None where it cannot be the figure's."""
    if any(rule(one) for rule in _ELSE):
        return None
    if _its_base(one):
        return 5.0
    if _its_people(one) or _its_war(one):
        return None
    weight = 0.0
    for rule in _WEIGHTS:
        weight += rule(one)
    return weight


def _kind_of_thing(one: Candidate) -> bool:
    """ "1,000 Russian drones": whose they are."""
    return one.span.start <= one.mention.start < one.span.end and one.mention.adjective


def _maker(one: Candidate) -> bool:
    """ "A Kyiv-based firm"."""
    return one.after.startswith(("-based", "-led", "-backed", "-made", "-built"))


def _where_it_was_said(one: Candidate) -> bool:
    """ "Said in Kyiv on Tuesday", "a unit based near Pskov"."""
    return bool(_SAID_IN.search(one.before) or (one.reading.measure in FLIGHT and _BASED.search(one.before)))


def _where_it_came_from(one: Candidate) -> bool:
    """ "From the Belarusian side", "from Russian territory"."""
    return one.airspace and not one.makes and bool(_ORIGIN.search(one.before))


def _attacked_meanwhile(one: Candidate) -> bool:
    """ "Entered its airspace during an attack on Ukraine"."""
    return one.reading.measure not in ("launched", "hit") and bool(_DURING.search(one.before))


def _of_the_rest(one: Candidate) -> bool:
    """ "20 fell near Kyiv and the rest near Sumy"."""
    return bool(_REST.search(one.before))


def _seller(one: Candidate) -> bool:
    """ "Bought from a maker in Latvia"."""
    return one.reading.measure not in FLIGHT and bool(_SELLER.search(one.before))


def _office_of_speaker(one: Candidate) -> bool:
    """ "Officials in Warsaw said"."""
    return one.located and one.spoken and not one.works


def _nation_alone(one: Candidate) -> bool:
    """ "Polish jets" where nothing says that it happened there."""
    return one.mention.adjective and not one.airspace and not _nation(one)


_ELSE: tuple[Callable[[Candidate], bool], ...] = (
    _kind_of_thing,
    _maker,
    _where_it_was_said,
    _where_it_came_from,
    _attacked_meanwhile,
    _of_the_rest,
    _seller,
    _office_of_speaker,
    _nation_alone,
)
"""Rules by which a place is something else than where the figure is told of."""


def _its_base(one: Candidate) -> bool:
    """ "Hung over Aalborg's air base"."""
    return one.possessive and one.located and bool(_BASES.match(one.after.removeprefix("'s").removeprefix("’s")))


def _its_people(one: Candidate) -> bool:
    """ "Poland's president": a place that owns neither a sky nor an industry of which the figure is."""
    if not one.possessive or one.airspace:
        return False
    industry = one.reading.measure in PRODUCTION | {"delivered"} and _INDUSTRY.match(one.after)
    return not industry or bool(_ITS_CAPACITY.match(one.after))


def _its_war(one: Candidate) -> bool:
    """ "The war in Ukraine"."""
    return bool(_WAR_AFTER.match(one.after) or _WAR_IN.search(one.before))


def _plant(one: Candidate) -> float:
    """ "The Izhevsk plant makes 700"."""
    made = one.reading.measure in PRODUCTION | {"facility"} and not one.mention.adjective
    return 3.0 if made and _WORKS.match(one.after) else 0.0


def _country_plans(one: Candidate) -> float:
    """ "Belarus has announced, but not begun, a plant for 100,000 a year"."""
    plans = (
        one.makes
        and one.mention.place.kind == "country"
        and not one.mention.adjective
        and one.opens
        and _PLANS_IT.match(one.after)
        and not _PUT_ELSEWHERE.search(one.after)
    )
    return 4.0 if plans else 0.0


def _heads(one: Candidate) -> float:
    """ "Lithuania: 52 balloons, two drones"."""
    return 4.0 if not one.mention.adjective and re.match(r"\s*:\s", one.after) and one.opens else 0.0


def _in_it(one: Candidate) -> float:
    """ "Over Kyiv"."""
    return 3.0 if one.located and not one.possessive and not one.mention.adjective else 0.0


def _its_airspace(one: Candidate) -> float:
    """ "Polish airspace", "Latvia's border"."""
    return 3.0 if one.airspace and (one.mention.adjective or one.possessive or one.located) else 0.0


def _nation(one: Candidate) -> float:
    """ "Iranian factories", "Ukrainian air defences shot down", "at Polish bases"."""
    if not one.mention.adjective or one.airspace:
        return 0.0
    if one.makes and _INDUSTRY.match(one.after):
        return 2.0
    acts = one.reading.measure in ("shot_down", "crossed", "lost") and one.mention.end <= one.span.start
    if acts and _FORCES.match(one.after):
        return 0.2
    return 3.0 if one.located and _BASES.match(one.after) else 0.0


def _airport(one: Candidate) -> float:
    """ "Vilnius airport was shut while 71 balloons drifted past"."""
    flies = one.reading.measure in FLIGHT and not one.mention.adjective and not one.possessive
    return 1.0 if flies and _BASES.match(one.after) else 0.0


def _its_industry(one: Candidate) -> float:
    """ "Russia's factories": what owns neither a sky nor an industry is out before."""
    return 1.0 if one.possessive and not one.airspace else 0.0


def _hosts(one: Candidate) -> float:
    """ "Latvia is open to hosting"."""
    return 3.0 if _HOSTS.match(one.after) else 0.0


def _opened(sentence: str, mention: Mention, mentions: Sequence[Mention]) -> str:
    """The words before the list of places in which one stands: "from Kursk, Oryol and Bryansk" are all from."""
    before = sentence[: mention.start]
    for other in reversed([one for one in mentions if one.end <= mention.start]):
        if not _JOINED.fullmatch(sentence[other.end : len(before)]):
            break
        before = sentence[: other.start]
    return before


def _on_the_way(one: Candidate) -> float:
    """ "From Kursk, Oryol and Bryansk", "to Odesa", "with Iran"."""
    if not _FROM.search(_opened(one.sentence, one.mention, one.mentions)):
        return 0.0
    if one.reading.measure in FLIGHT:
        return -1.0 if _TO.search(one.before) else -3.0
    return 1.0 if one.makes and _FROM_IT.search(one.before) else -1.5


def _after_the_figure(one: Candidate) -> float:
    """ "40 drones over Sumy"."""
    return 1.0 if one.mention.start >= one.span.end else 0.0


def _in_its_clause(one: Candidate) -> float:
    """Whether the place stands in the clause of the figure."""
    return 1.5 if one.clause.start <= one.mention.start < one.clause.end else -1.0


def _exact(one: Candidate) -> float:
    """A town says more than a country, a sea less."""
    return _KINDS.get(one.mention.place.kind, 0.0)


def _of_speaker(one: Candidate) -> float:
    """ "Ukraine's air force said"."""
    if not one.spoken or one.works:
        return 0.0
    return -1.5 if one.makes else -2.5


def _told_in_passing(one: Candidate) -> float:
    """ "Two drones that Russia launched at Odesa crashed in Romania"."""
    trigger = one.reading.trigger
    aside = (
        trigger is not None
        and one.span.end <= one.mention.start
        and one.mention.end <= trigger.start
        and _THAT.match(one.sentence, one.span.end)
    )
    return -4.0 if aside else 0.0


def _subject(one: Candidate) -> float:
    """The subject of a verb of production is where it is made; of launching, who did it."""
    trigger, measure = one.reading.trigger, one.reading.measure
    if trigger is None or one.mention.adjective or one.possessive or one.mention.end > trigger.start:
        return 0.0
    gap = one.sentence[one.mention.end : trigger.start]
    if measure in PRODUCTION | {"delivered", "other"} and not re.search(r"[,;]", gap) and not one.spoken:
        return 1.5
    if one.makes and one.mention.place.kind == "country" and _IT.search(gap):
        return 3.0
    if measure == "crossed" and _HAS_ITSELF.fullmatch(gap):
        return 2.5
    return -1.5 if measure == "launched" and not one.located else 0.0


def _target(one: Candidate) -> float:
    """ "Attacked Kyiv with 400 drones"."""
    trigger = one.reading.trigger
    aimed = (
        trigger is not None
        and one.reading.measure == "launched"
        and one.mention.start >= trigger.start
        and one.mention.end <= one.span.start
        and not one.mention.adjective
    )
    return 2.0 if aimed else 0.0


def _apposed(one: Candidate) -> float:
    """ "Kharkiv, Ukraine"."""
    return 0.2 if _NAME_AFTER.match(one.after) and _NAME_APPOSED.match(one.after) else 0.0


_WEIGHTS: tuple[Callable[[Candidate], float], ...] = (
    _plant,
    _country_plans,
    _heads,
    _in_it,
    _its_airspace,
    _nation,
    _airport,
    _its_industry,
    _hosts,
    _on_the_way,
    _after_the_figure,
    _in_its_clause,
    _exact,
    _of_speaker,
    _told_in_passing,
    _subject,
    _target,
    _apposed,
)
"""What each reading of a place adds to its weight, for or against."""
