"""Whose words a report goes on with: who spoke last, whom "she" means, and whom a later sentence names."""

import re
from collections.abc import Iterable, Sequence

from dronewall.assess.claims import Claim
from dronewall.assess.document import named_in
from dronewall.assess.language.attributing import Attribution, introduced
from dronewall.assess.language.names import is_body
from dronewall.assess.language.sourcing import closes, one_person, refers_back, source_of

_SINGULAR = re.compile(r"\b(?:he|she|his|her|him)\b", re.IGNORECASE)


def _subject(sentence: str) -> str | None:
    """The person whom a sentence is about, by a name alone."""
    who = introduced(sentence)
    return who if one_person(who) else None


_CAPITAL = re.compile(r"[A-ZÀ-ÞŁŚŻ][\w'’-]+$")
_ROLE_AND_NAME = re.compile(r"(?:(?:[A-Z]?[a-z]+\.?|[A-Z][a-z]+-[A-Z][a-z]+)\s+){0,3}(?P<last>[A-ZÀ-ÞŁŚŻ][\w'’-]+)")


def in_full(names: Iterable[str]) -> dict[str, str]:
    """The full name of each speaker whom a report also names shorter: "Minister Liepa" is "Agris Liepa".

    Only where one full name ends so: two Petrenkos stay apart.
    """
    full: dict[str, set[str]] = {}
    listed = list(dict.fromkeys(names))
    for name in listed:
        words = name.split()
        if len(words) >= 2 and all(_CAPITAL.match(word) for word in words[-2:]) and not _ROLE.match(words[-2].lower()):
            full.setdefault(words[-1], set()).add(" ".join(words[-2:]))
    found = {}
    for name in listed:
        match = _ROLE_AND_NAME.fullmatch(name)
        whole = full.get(match["last"], set()) if match else set()
        if match and len(whole) == 1 and not name.endswith(next(iter(whole))) and not is_body(name):
            roles = [word.rstrip(".").lower() for word in name.split()[:-1]]
            if all(_ROLE.match(word) for word in roles):
                found[name] = next(iter(whole))
    return found


_ROLE = re.compile(
    r"(?:mr|mrs|ms|dr|sir|dame|lord|lady|prof|professor|gen|general|col|colonel|maj|major|capt|captain|lt|lieutenant|adm|admiral|sen|senator|rep|gov|"
    r"governor|mayor|president|minister|secretary|chairman|chair|director|spokes\w+|commander|deputy|prime|vice|rear|brigadier|sergeant|chief|head|"
    r"ambassador|commissioner|defen[cs]e|interior|foreign)$"
)


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
