"""Whose words a report goes on with: who spoke last, whom "she" means, and whom a later sentence names."""

import re
from collections.abc import Sequence

from dronewall.assess.claims import Claim
from dronewall.assess.document import named_in
from dronewall.assess.language.attributing import introduced
from dronewall.assess.language.sourcing import closes, one_person, refers_back, source_of
from dronewall.assess.language.speakers import Attribution

_SINGULAR = re.compile(r"\b(?:he|she|his|her|him)\b", re.IGNORECASE)


def _subject(sentence: str) -> str | None:
    """The person whom a sentence is about, by a name alone."""
    who = introduced(sentence)
    return who if one_person(who) else None


class Voices:
    """Who has spoken so far in one report."""

    def __init__(self, body: str | None) -> None:
        self.last: str | None = None
        """Who spoke last; a medium only where nobody else did."""
        self._person: str | None = None
        self._silent = self._was_silent = True
        self._told: list[str] = []
        self._unsaid: Sequence[Claim] = ()
        self._body = body

    def meant(self, text: str) -> str | None:
        """Whom a pronoun of this sentence means: who spoke last; "he" or "she" a person, no ministry."""
        before, self._told = self._told, [*self._told[-2:], text]
        if not _SINGULAR.search(text):
            return self.last
        if self._silent and before and (nearer := named_in(before[-1]) or _subject(before[-1])):
            # nobody spoke in the sentence before, and it is about somebody: "More sober was Ida Holm. By her count ..."
            return nearer
        if one_person(self.last):
            return self.last
        named = next((who for sentence in reversed(before) if (who := named_in(sentence))), None)
        return named or self._person or self.last

    def heard(self, named: Sequence[Attribution]) -> None:
        """Keep who speaks in a sentence."""
        self._was_silent, self._silent = self._silent, not named
        if named:
            self.last = ([one for one in named if not one.media] or list(named))[-1].who
            self._person = next((one.who for one in reversed(named) if one_person(one.who)), self._person)

    def quoted(self, text: str, before: str) -> str | None:
        """Whose quotation a sentence is whom the one before only speaks of: "Berg shook her head. 'We saw 12.'"."""
        if not re.match(r"[\"“«]", text) or not self._was_silent:
            return None
        who = introduced(before)
        if who is not None and re.match(r"(?:He|She)\b", before):
            return self.last
        return who

    def sourced(self, text: str, told: Sequence[Claim], *, speaks: bool, alone: bool = False) -> str | None:
        """Who told the sentence before, by one that says only so: "This was reported by the air force".

        The claims of the paragraph so far (`told`), else those of the paragraph before, become theirs where nobody is
        named for them. "He will confirm these figures, Berg said" (`speaks`) makes the paragraph's figures Berg's; so
        does any ", Berg said." at the end of a paragraph in which nobody else speaks (`alone`).
        """
        source = source_of(text)
        who = source or (self.last if speaks and (refers_back(text) or (alone and closes(text))) else None)
        if who is not None:
            for claim in told or (self._unsaid if source else ()):
                if claim.speaker in (None, self._body) and not claim.in_title:
                    claim.speaker = who
        self.last = source or self.last
        return source

    def ends(self, told: Sequence[Claim]) -> None:
        """A paragraph with claims is over."""
        self._unsaid = told
