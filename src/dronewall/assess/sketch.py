"""A small sketch of a text by which copies are found: the least hashes of its five-word runs (bottom-k MinHash).

Cohen and Kaplan, "Summarizing data using bottom-k sketches", PODC 2007. A rewrite shares no run of five words; for that
see `lineage`, which aligns claims.
"""

import re
import zlib

SIZE = 96
_WORD = re.compile(r"[^\W_]+")
_QUOTE = re.compile(r"[“\"«](?P<words>[^”\"»“]{24,400})[”\"»]")


def _hash(words: list[str]) -> int:
    return zlib.crc32(" ".join(words).encode("utf-8"))


def sketch(text: str) -> tuple[int, ...]:
    """The `SIZE` least hashes of the runs of five words, sorted."""
    words = _WORD.findall(text.lower())
    runs = {_hash(words[i : i + 5]) for i in range(max(len(words) - 4, 0))}
    return tuple(sorted(runs)[:SIZE])


def quotes(text: str) -> tuple[int, ...]:
    """A hash of each quotation of at least five words."""
    found = set()
    for match in _QUOTE.finditer(text):
        words = _WORD.findall(match["words"].lower())
        if len(words) >= 5:
            found.add(_hash(words))
    return tuple(sorted(found))


def resemblance(first: tuple[int, ...], second: tuple[int, ...]) -> float:
    """An estimate of the Jaccard similarity of two texts' five-word runs."""
    if not first or not second:
        return 0.0
    least = sorted(set(first) | set(second))[: min(SIZE, max(len(first), len(second)))]
    both = set(first) & set(second)
    return sum(1 for one in least if one in both) / len(least)
