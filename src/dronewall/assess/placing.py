"""Which place a figure gets where its sentence names none: the plant's, the talk's, the country's, the title's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dronewall.assess.context import FLIGHT, PRODUCTION, place_of
from dronewall.assess.language.measures import Reading
from dronewall.assess.language.places import by_name, places
from dronewall.assess.language.spans import Span
from dronewall.assess.language.speakers import Attribution
from dronewall.assess.talk import Quantity

# "over the region", "had come down there": the region or town named last
_THAT_REGION = re.compile(
    r"\b(?:in|over|across|above|into|near|around)\s+(?:the|this|that|his|her|its|their)\s+(?:whole\s+|entire\s+)?(?:region|district|oblast|city|province|"
    r"county|town|republic|port|village)\b(?!\s+of\b)|\bthere\b(?!\s+(?:is|are|was|were|had|have|has|will|would|may|could)\b)"
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

    def title(self, text: str) -> None:
        """Take the place that a title names, if it names just one and that is no country."""
        named = {m.place.name: m.place.kind for m in places(text)}
        self.titled = next(iter(named)) if len(named) == 1 and "country" not in named.values() else None

    def passed(self, text: str) -> None:
        """Keep the country of the place that a sentence named last."""
        named = [m.place for m in places(text) if not m.adjective]
        self.country = named[-1].country if named else self.country
        self.near = next((place.name for place in reversed(named) if place.kind != "country"), self.near)
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
        place = (before[-1] if before else scene.country) or place
    if place is None and _THAT_REGION.search(text[one.start :]):
        place = next((m.place.name for m in reversed(found) if m.start < one.start), None) or scene.near
    if place is None and read.measure in PRODUCTION and re.search(r"\b(?:domestic|national|country['’]s)\b", text):
        place = next((m.place.name for m in found if m.place.kind == "country"), None)
    if place is None and not found and read.measure in (*PRODUCTION, "other"):
        place = scene.titled
    return place
