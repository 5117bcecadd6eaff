"""A figure whose noun is left out, with the words on both sides of it and what its text counts around it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dronewall.assess.elisions import ANSWERING
from dronewall.assess.language.numbers import Figure
from dronewall.assess.language.triggers import PRODUCTION, triggers
from dronewall.assess.language.units import VOLUMES, Counted
from dronewall.assess.talk import BALLOON_WORDS, DRONE_WORDS, Quantity, Talk

_DRONES = re.compile(r"\bdrones?\b|\bUAVs?\b", re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class Bare:
    """A figure without its noun. `raw` are all figures of its sentence, `found` those before it that have a noun."""

    sentence: str
    figure: Figure
    raw: Sequence[Figure]
    found: Sequence[Quantity]
    talk: Talk
    about: bool
    """Whether the text is about drones."""
    before: str
    after: str
    volumes: Sequence[Quantity]
    """Those of `found` that count drones, balloons or objects."""
    names_drones: bool
    """Whether the sentence names drones or balloons at all."""

    @property
    def recent(self) -> bool:
        """Whether ours were counted or named in this sentence or the one before."""
        return bool(self.volumes) or self.names_drones or self.talk_counts(within=1)

    def talk_counts(self, *, within: int) -> bool:
        """Whether the talk counted ours so few sentences ago."""
        return self.talk.unit in VOLUMES and self.talk.age <= within

    @property
    def opens(self) -> bool:
        """Whether the figure opens its sentence, or the answer to the question before."""
        return not self.before.strip(' "“') or bool(self.talk.question and ANSWERING.match(self.before))

    @property
    def earlier(self) -> list[Figure]:
        """The figures before this one."""
        return [one for one in self.raw if one.end <= self.figure.start]

    @property
    def made(self) -> bool:
        """Whether it stands right behind a verb of making: "given 400 workers, the hall may turn out 8,000"."""
        return any(
            one.measure == PRODUCTION
            and one.kind == "t"
            and one.end < self.figure.start
            and self.sentence[one.end : self.figure.start].isspace()
            for one in triggers(self.sentence)
        )

    def counts(self, unit: str, words: str = "") -> Counted:
        """The figure with a unit; `words` are those that name it, where any do."""
        return Counted(unit=unit, words=words, end=self.figure.end)


def bare(
    sentence: str, figure: Figure, raw: Sequence[Figure], found: Sequence[Quantity], talk: Talk, *, about: bool
) -> Bare:
    """A figure with its surroundings."""
    return Bare(
        sentence=sentence,
        figure=figure,
        raw=raw,
        found=found,
        talk=talk,
        about=about,
        before=sentence[: figure.start],
        after=sentence[figure.end :],
        volumes=[one for one in found if one.unit in VOLUMES],
        names_drones=bool(DRONE_WORDS.search(sentence)),
    )


def only_balloons(words: str) -> bool:
    """Whether words name balloons and no drones."""
    return bool(BALLOON_WORDS.search(words)) and not _DRONES.search(words)
