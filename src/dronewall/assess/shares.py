"""A count shared out by place: "42 over Bryansk, 21 over Kursk and 4 over Crimea"; "Latvia 3, Estonia 2".

Where at least two neighbouring pieces of a sentence each have one figure and a place, all on the same side of it, each
figure belongs to its own place, and figures without a noun count what the first one counts.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dronewall.assess.language.numbers import Figure
from dronewall.assess.language.places import Mention, places

_CUT = re.compile(r"[;,:]\s+(?:and\s+|while\s+|but\s+)?|\s+and\s+|\s+while\s+")
_ORIGIN = re.compile(r"\b(?:from|out\s+of|via|by|with)\s+(?:the\s+)?$")
_FILLER = frozenset(
    """in over at near above on off of the a an only just another about some around and to into for from region oblast
    district city county province territory republic area sea gulf one ones by were was shot down downed drones drone
    uavs uav balloons destroyed more further also those that it has had have counted reported""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """The place (its name, where it is named) of each figure, by where the figure's number begins."""

    place: dict[int, str]
    named_at: frozenset[int]


NONE = Shares(place={}, named_at=frozenset())


@dataclass(frozen=True, slots=True)
class _Piece:
    figure: Figure
    place: str
    named_at: int
    before: bool
    bare: bool


def shares(sentence: str, figures: Sequence[Figure]) -> Shares:
    """Which figure of a sentence belongs to which of its places, where they are shared out."""
    named = [mention for mention in places(sentence) if not mention.adjective]
    if len(named) < 2 or len(figures) < 2:
        return NONE
    ends = [match.start() for match in _CUT.finditer(sentence)] + [len(sentence)]
    starts = [0] + [match.end() for match in _CUT.finditer(sentence)]
    runs: list[list[_Piece]] = [[]]
    for start, end in zip(starts, ends, strict=True):
        piece = _piece(sentence, start, end, figures, named)
        if piece is None:
            runs.append([])
            continue
        if runs[-1] and (runs[-1][-1].before != piece.before or not piece.bare):
            runs.append([])
        runs[-1].append(piece)
    kept = [piece for run in runs if len(run) >= 2 for piece in run]
    return Shares(
        place={piece.figure.core_start: piece.place for piece in kept},
        named_at=frozenset(piece.named_at for piece in kept),
    )


def _piece(sentence: str, start: int, end: int, figures: Sequence[Figure], named: Sequence[Mention]) -> _Piece | None:
    """The one figure of a piece with its place; None where there are more of them, or none."""
    inside = [one for one in figures if start <= one.core_start < end]
    there = [
        mention for mention in named if start <= mention.start < end and not _ORIGIN.search(sentence[: mention.start])
    ]
    if len(inside) != 1 or not there:
        return None
    figure = inside[0]
    left = [mention for mention in there if mention.end <= figure.start]
    right = [mention for mention in there if mention.start >= figure.end]
    if not left and not right:
        return None
    before = bool(left)
    mention = left[-1] if before else right[0]
    words = sentence[start : mention.start] + " " + sentence[mention.end : end]
    rest = words.replace(sentence[figure.start : figure.end], " ")
    small = re.findall(r"[A-Za-z][\w'’-]*", rest)
    bare = len(small) <= 8 and all(word.lower() in _FILLER for word in small)
    return _Piece(figure, mention.place.name, mention.start, before, bare)
