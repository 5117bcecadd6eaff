"""Which place a figure gets where its sentence names none: the plant's, the talk's, the country's, the title's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dronewall.assess.claims import FLIGHT, PRODUCTION
from dronewall.assess.heads import CAPITALS
from dronewall.assess.language.attributing import Attribution
from dronewall.assess.language.measures import Reading
from dronewall.assess.language.places import Mention, Place, by_name, of_people, places
from dronewall.assess.language.spans import Span
from dronewall.assess.talk import Quantity
from dronewall.assess.whereabouts import place_of

# "over the region", "had come down there": the region or town named last
_REGION = r"(?:region|district|oblast|city|province|county|town|republic|port|village)\b(?!\s+of\b|['’])"
_THAT_REGION = re.compile(
    rf"\b(?:[Ii]n|[Oo]ver|[Aa]cross|[Aa]bove|into|near|around|outside|towards?|at|on|circl(?:ed|ing)|attack(?:ed|ing)|target(?:ed|ing)|hit|struck|approach(?:ed|ing)|reach(?:ed|ing))\s+"
    rf"(?:the|this|that|his|her|its|their)\s+(?:whole\s+|entire\s+)?{_REGION}|\bthere\b(?!\s+(?:is|are|was|were|had|have|has|will|would|may|could)\b)"
)
# "the region had been targeted by 1,400 drones": what was done to it
_REGION_SUFFERED = re.compile(
    rf"\b[Tt]he\s+{_REGION}\s+(?:(?:has|have|had)\s+)?(?:been\s+|was\s+|came\s+under\s+)?(?:targeted|attacked|hit|struck|attack|shelled|bombarded)\b"
)
# "the governor of Krasnodar", "Lviv's mayor", "police in Utah": they tell of their own town or region
_OFFICE = r"(?:governor|mayor|police|administration|authorities|prosecutors?|council(?:lors?)?|residents|head|chief|sheriff|officials)"
_OFFICE_OF = re.compile(
    rf"\b{_OFFICE}\s+(?:of|in|for)\s+(?:the\s+)?(?:(?:city|town|region|port|district)\s+of\s+)?$", re.IGNORECASE
)
_ITS_OFFICE = re.compile(
    rf"(?:['’]s)?\s+(?:(?:regional|region|city|oblast|military|district|county|local|airport|deputy|acting|town|port)\s+){{0,3}}{_OFFICE}\b",
    re.IGNORECASE,
)
# "The Germans have 200", "what the Poles are buying"
_PEOPLE = re.compile(
    r"\b[Tt]he\s+(?P<who>[A-Z][a-z]+s)\s+(?:\w+ly\s+|now\s+|themselves\s+)?(?:have|had|own|possess|buy|bought|build|built|make|made|produce|produced|field|fly|operate|want|lost|count|order|ordered|got)\b"
)
_WITHIN = re.compile(
    r"\b(?:in|over|above|near|across|inside)\s+(?:the\s+)?(?:(?:south|north|east|west|central)\w*\s+|(?:north|south)[- ](?:east|west)\w*\s+)?$",
    re.IGNORECASE,
)
# What is seen where one is; who launched it, and from where, is another thing
_SEEN = frozenset({"crossed", "hit", "other", "lost", "shot_down"})
_AT = re.compile(r"\b(?:in|at|near|outside)\s+(?:the\s+)?(?:(?:city|town|village)\s+of\s+)?$", re.IGNORECASE)
_IT_MAKES = re.compile(
    r"\b(?:it|they|which|the\s+(?:\w+\s+)?(?:plant|factory|works|hall|workshop|company|firm|line|facility|site|enterprise))\b",
    re.IGNORECASE,
)
# "have crashed on its soil", "in the country's sky": the country named last
_ITS_SOIL = re.compile(
    r"\b(?:its|their|our|the\s+country['’]s|the\s+republic['’]s)\s+(?:own\s+)?(?:soil|airspace|territory|sky|skies|ground|waters)\b|"
    r"\b(?:in|into|over|across|entered)\s+(?:the|this|that)\s+(?:whole\s+|entire\s+)?(?:country|republic)\b(?!['’])",
    re.IGNORECASE,
)
# "entered its airspace", "fell on our territory": not "from its territory"
_OWN_SKY = re.compile(
    r"\b(?:in|into|over|on|inside|across|above|entered|entering|enter|violated|violating|violate|crossed|breached|penetrated)\s+(?P<whose>its|their|our)\s+(?:own\s+)?"
    r"(?:airspace|air\s+space|territory|soil|sky|skies|waters|side\s+of\s+the\s+border)\b",
    re.IGNORECASE,
)
# Such a count has a period of its own, so the time of the sentence before is not its time
OVERALL = re.compile(r"\b(?:since|so far|in total|overall|altogether|in all|to date|until now|ever)\b", re.IGNORECASE)


@dataclass(slots=True)
class Scene:
    """The places that the talk has been about so far."""

    site: str | None = None
    """Where the plant stands."""
    pair: tuple[str, str] | None = None
    """The two countries that "both" means."""
    sky: str | None = None
    """The country over which the report's drones fly, for a sentence that names no place."""
    country: str | None = None
    """The country named last, or in which the place named last lies."""
    near: str | None = None
    """The region or town named last."""
    titled: str | None = None
    """The one town, region or plant that the title names."""
    section: str | None = None
    """The place that heads what is told: a newsletter's "Estonia", an item that begins "Murmansk."."""
    asked: str | None = None
    """The one place that the question at hand names."""
    made_at: str | None = None
    """The one town where the sentence before, of the same paragraph, puts something."""

    dated: Place | None = None
    """The town from which the paragraph at hand is dated."""
    told_in: str | None = None
    """The one place in or over which the title tells of something."""

    def headed(self, place: Place | None) -> None:
        """A new section, about one place or none."""
        self.section = place.name if place else None
        if place is not None:
            self.near = place.name if place.kind != "country" else None
            self.country, self.sky, self.site, self.titled = place.country, None, None, None

    def asks(self, text: str) -> None:
        """Keep the place that a question names, if it names just one."""
        named = {m.place.name for m in places(text) if not m.adjective}
        self.asked = next(iter(named)) if len(named) == 1 else None

    def title(self, text: str) -> None:
        """Take the place that a title names, if it names just one and that is no country."""
        named = {m.place.name: m.place.kind for m in places(text)}
        self.titled = next(iter(named)) if len(named) == 1 and "country" not in named.values() else None
        within = [m for m in places(text) if not m.adjective and _WITHIN.search(text[: m.start])]
        self.told_in = within[0].place.name if len(named) == 1 and within else None

    def passed(self, text: str) -> None:
        """Keep the country of the place that a sentence named last."""
        named = [m.place for m in places(text) if not m.adjective]
        self.country = named[-1].country if named else self.country
        if any(place.name != self.told_in for place in named):
            self.told_in = None
        self.near = next((place.name for place in reversed(named) if place.kind != "country"), self.near)
        towns = {
            m.place.name
            for m in places(text)
            if not m.adjective and m.place.kind in ("city", "site") and _AT.search(text[: m.start])
        }
        self.made_at = next(iter(towns)) if len(towns) == 1 else None if named else self.made_at
        if any(place.kind != "country" and place.name != self.titled for place in named):
            # a title that puts a works "near Moscow" is not where it stands
            self.titled = None


def _whose_sky(text: str, span: Span, others: Sequence[Span], said: Sequence[Attribution]) -> str | None:
    """The country that "our territory" or "its airspace" after a figure means: the speaker's, or that of the subject before."""
    match = _OWN_SKY.search(text, span.end)
    if match is None or any(span.end <= one.start < match.start() for one in others):
        return None
    if re.search(r"[;]|\.\s", text[span.end : match.start()]):
        return None
    named = [m for m in places(text) if m.place.country and m.place.kind == "country"]
    speaking = [
        m
        for m in named
        if any(
            one.start - 2 <= m.start < one.end + len(one.who or "") for one in said if one.verb not in ("by", "citing")
        )
    ]
    if match["whose"].lower() == "our":
        return speaking[-1].place.country if speaking else None
    before = [m for m in named if m.end <= match.start() and not (m.adjective and m not in speaking)]
    owners = before or speaking
    return owners[-1].place.country if owners else None


def _of_office(text: str, found: Sequence[Mention]) -> str | None:
    """The town or region of the one office that a sentence names: "the governor of Krasnodar said that one drone ..."."""
    held = {
        m.place.name
        for m in found
        if m.place.kind in ("city", "region") and (_OFFICE_OF.search(text[: m.start]) or _ITS_OFFICE.match(text, m.end))
    }
    return next(iter(held)) if len(held) == 1 else None


def placed(
    scene: Scene,
    text: str,
    one: Quantity,
    read: Reading,
    others: Sequence[Span],
    said: Sequence[Attribution],
    *,
    the_plant: bool,
) -> str | None:
    """The place of a figure: that of its sentence, or the one that the talk lends it."""
    if one.share is not None:
        return one.share
    each = bool(re.match(r"\s*(?:\w+\s+)?each\b", text[one.end :])) or bool(
        re.search(r"\bboth\b", text[: one.start], re.IGNORECASE)
    )
    found = places(text)
    named = [m for m in found if not m.adjective and not re.match(r"['’]", text[m.end :])]
    if not named and read.measure in PRODUCTION and scene.made_at and _IT_MAKES.search(text[: one.start]):
        return scene.made_at
    if not named and scene.section is not None and read.measure != "price":
        return scene.section
    alone = read.measure in PRODUCTION and not each and (the_plant or not named)
    sky = scene.sky if read.measure in FLIGHT and not found and not OVERALL.search(text) and not one.per else None
    lent = scene.site if alone else one.place or sky
    place = place_of(text, one.span, others, read, said, each=each, fallback=lent, taken=one.others_places)
    if place is None and each and scene.pair:
        return "; ".join(scene.pair)
    owner = _whose_sky(text, one.span, others, said)
    if owner is not None and (
        place is None or (known := by_name(place.split("; ")[0])) is None or known.country != owner
    ):
        return owner
    soil = _ITS_SOIL.search(text)
    if soil and (place is None or place == lent):
        before = [m.place.country for m in found if m.end <= soil.start() and not m.adjective]
        known = by_name(scene.near) if scene.near and re.search(r"republic", soil[0], re.IGNORECASE) else None
        # "over the republic" is over Mordovia, where that was told of
        place = known.name if known and known.kind == "region" else (before[-1] if before else scene.country) or place
    about = text if not named else text[one.start :]
    if place is None and (_THAT_REGION.search(about) or _REGION_SUFFERED.search(text)):
        place = next((m.place.name for m in reversed(found) if m.start < one.start), None) or scene.near
    if place is None and read.measure not in PRODUCTION:
        place = _of_office(text, found)
    if place is None and (people := _PEOPLE.search(text)) and people.start() < one.start:
        place = of_people(people["who"])
    if place is None and not named and read.measure != "launched" and read.modality != "conditional":
        place = scene.asked
    if place is None and not found and read.measure in _SEEN and one.per is None:
        place = (scene.dated.name if scene.dated and scene.dated.name not in CAPITALS else None) or scene.told_in
    if place is None and read.measure in PRODUCTION and re.search(r"\b(?:domestic|national|country['’]s)\b", text):
        place = next((m.place.name for m in found if m.place.kind == "country"), None)
    if place is None and not found and read.measure in (*PRODUCTION, "other"):
        place = scene.titled
    return place
