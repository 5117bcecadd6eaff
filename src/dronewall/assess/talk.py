"""What the talk is about, and a quantity as it is found in it."""

import re
from dataclasses import dataclass

from dronewall.assess.language.numbers import Figure
from dronewall.assess.language.spans import Span

DRONE_WORDS = re.compile(
    r"\b(?:drones?|UAVs?|UAS|unmanned|uncrewed|quadcopters?|Shah[ei]ds?(?:-\d+)?|Gerans?(?:-\d+)?|balloons?|FPVs?|agro-drones?|copters?|Gerberas?|loitering munitions?|interceptors?(?!\s+(?:missiles?|aircraft|jets?|batter))|БПЛА)\b",
    re.IGNORECASE,
)
_DRONES = re.compile(r"\bdrones?\b|\bUAVs?\b", re.IGNORECASE)
BALLOON_WORDS = re.compile(r"\bballoons?\b|\baerostats?\b", re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class Quantity:
    """A figure, its unit and class, its rate, and the span of the words that say so."""

    figure: Figure
    unit: str
    object_class: str
    per: str | None
    start: int
    end: int
    elided: bool
    partitive_total: bool = False
    share: str | None = None
    """Its own place, where a count is shared out by place."""
    others_places: frozenset[int] = frozenset()
    """Where the sentence names places that belong to other figures."""
    place: str | None = None
    """Lent by the claim before, where the figure stands alone ("The correct figure is 19")."""

    @property
    def span(self) -> Span:
        """The words of the figure with its noun and rate."""
        return Span(self.start, self.end)


@dataclass(slots=True)
class Talk:
    """What the last sentences were about, for figures whose noun is left out."""

    unit: str | None = None
    object_class: str = "any"
    about_drones: bool = False
    age: int = 9
    """Sentences since drones were last counted."""
    foreign: bool = False
    """Whether the last sentence that counted anything counted what is none of ours."""
    asked: str = ""
    """The question before, whose verb an answer may leave out."""
    asked_age: int = 9
    """Sentences since then."""
    named: int = 9
    """Sentences since drones were last named."""
    listed: bool = False
    """Whether the sentence is an item of a list whose head counts drones or balloons."""

    @property
    def question(self) -> str:
        """The question that the sentence at hand answers; empty where there is none."""
        return self.asked if self.asked_age <= 1 else ""

    def asks(self, question: str) -> None:
        """Keep a question: what it names is what an answer counts."""
        self.passed(question)
        self.asked, self.asked_age = question.rstrip(' "”’»'), 0
        if self.named == 0:
            self.unit = "balloons" if BALLOON_WORDS.search(question) and not _DRONES.search(question) else "drones"
            self.age = 0

    def passed(self, sentence: str) -> None:
        """Keep whether a sentence names drones, and how long ago the last one did."""
        names = bool(DRONE_WORDS.search(sentence))
        self.about_drones |= names
        self.asked_age += 1
        # "Good morning." takes nobody off the subject
        self.named = 0 if names else self.named + (len(sentence.split()) > 3)
