"""What a figure counts that is none of ours: another noun behind it, or a sentence about something else."""

import re
from collections.abc import Sequence

from dronewall.assess.bare import Bare
from dronewall.assess.elisions import ELIDED_AFTER, FOREIGN, LARGEST, NOT_PLURAL, OTHER_TALK, WHOM
from dronewall.assess.language.numbers import Figure
from dronewall.assess.language.phrase_ends import STOP
from dronewall.assess.language.things import GENERIC, HEADS
from dronewall.assess.language.units import NAMESAKES, VOLUMES, counted

_OTHER_CRAFT = re.compile(r"\s+un(?:manned|crewed)\s+(?:surface|ground|underwater|sea|naval|maritime)\b")
_ONE = re.compile(r"(?:an?|one|a\s+single|single)", re.IGNORECASE)
_WORD_AFTER = re.compile(r"\s+([a-z]{3,})")
_OPTIONS = re.compile(r"\boptions?\s+(?:for|on)\s+(?:a\s+further\s+|another\s+)?$")
_WERE_WHO = re.compile(r"\s+(?:were|was|are|is)\s+(?:all\s+)?(?P<noun>[a-z]+)")
_LABEL = re.compile(r"\W*(?P<label>[^:;.,]{2,60}):")


def foreign(sentence: str, end: int) -> bool:
    """Whether a plural, or a model's name, follows."""
    if _OTHER_CRAFT.match(sentence, end):
        return True
    match = FOREIGN.match(sentence, end)
    if match is None:
        return False
    if match["model"]:
        return not NAMESAKES.match(match["model"])
    one = match["one"]
    if _plural(one):
        return True
    adjective = _noun(one) and not one.endswith(("ed", "ly", "ing")) and not ELIDED_AFTER.match(sentence[end:])
    return adjective and _plural(match["two"])


def _noun(word: str | None) -> bool:
    return bool(word) and word not in STOP and word not in NOT_PLURAL and word not in GENERIC


def _plural(word: str | None) -> bool:
    return _noun(word) and str(word).endswith("s") and not str(word).endswith(("ss", "ous"))


def named_later(sentence: str, end: int) -> bool:
    """Whether a plural that counts none of ours follows within four words: "more mobile fire groups"."""
    for word in re.findall(r"[a-z][a-z-]*|[^\sa-z]", sentence[end:])[:4]:
        if word in STOP or not word[0].isalpha():
            return False
        if HEADS.get(word) in VOLUMES or word in GENERIC:
            return False
        if word.endswith("s") and not word.endswith(("ss", "ous")) and word not in NOT_PLURAL:
            return True
    return False


def counts_other(sentence: str, figure: Figure) -> bool:
    """Whether a figure has a noun of its own that is none of ours."""
    if _ONE.fullmatch(sentence, figure.core_start, figure.core_end):
        return False
    noun = counted(sentence, figure.end, figure.currency, about_drones=False)
    return noun.unit not in VOLUMES and noun.unit != "percent" if noun is not None else foreign(sentence, figure.end)


def last_counts_other(sentence: str, earlier: Sequence[Figure]) -> bool:
    """Whether the last of the figures before counts what is none of ours."""
    return bool(earlier) and foreign(sentence, earlier[-1].end)


def of_something_else(one: Bare) -> bool:
    """Whether a figure has a noun that is none of ours, or goes on about what the sentence counts before it."""
    if foreign(one.sentence, one.figure.end) or WHOM.search(one.before) or _one_of_another_noun(one):
        return True
    if one.volumes or one.names_drones or one.made or _OPTIONS.search(one.before):
        return False
    return (
        _said_to_be_others(one)
        or _labelled_as_others(one)
        or bool(OTHER_TALK.search(one.before))
        or any(counts_other(one.sentence, other) for other in one.earlier)
    )


def _one_of_another_noun(one: Bare) -> bool:
    """ "One guard": a noun in the singular, which no plural betrays."""
    if one.sentence[one.figure.core_start : one.figure.core_end].lower() != "one":
        return False
    nearby = _WORD_AFTER.match(one.after)
    return nearby is not None and nearby[1] not in STOP and not ELIDED_AFTER.match(one.after)


def _said_to_be_others(one: Bare) -> bool:
    """ "Four were civilians"."""
    who = _WERE_WHO.match(one.after)
    return who is not None and _head_of_others(who["noun"])


def _labelled_as_others(one: Bare) -> bool:
    """ "Missiles: 12"."""
    label = _LABEL.match(one.sentence)
    return (
        label is not None
        and not LARGEST.search(label["label"])
        and any(_head_of_others(word) for word in re.findall(r"[a-z]+", label["label"].lower()))
    )


def _head_of_others(word: str) -> bool:
    return HEADS.get(word, "drones") not in VOLUMES
