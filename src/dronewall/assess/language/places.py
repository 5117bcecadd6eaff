"""Places by any spelling in print, from two tables.

`gazetteer.tsv` (name, kind, country, other spellings) is made by hand: its names are places wherever they stand.
`cities.tsv` (name, country, other spellings) adds 3,300 towns from GeoNames, many of them surnames too: its names are
places only behind a preposition of place, or in a list that one opens.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

_FIRST = re.compile(r"[^\W_]+(?:\.[^\W_])*")
_SITUATED = re.compile(
    r"\b(?:in|at|near|over|outside|from|to|into|around|above|towards?|between|off|on|against|via|through|hit|struck|reach(?:ed|ing)|"
    r"inside|across|(?:city|town|village|port|region|district|outskirts|works|plant|factory|airport|base|north|south|east|west|miles|km|kilomet(?:re|er)s|direction)\s+of)"
    r"\s+(?:the\s+)?(?:(?:[a-z]+\s+){0,2}(?:city|town|village|port|district|airport|region)\s+of\s+)?$"
)
# "in Vilnius and Kaunas": what the last place shares its preposition with
_AND = re.compile(r"\s*(?:,|,?\s+and|,?\s+or|/|-|–)\s*(?:in\s+)?(?:the\s+)?")
_PART_OF_NAME = re.compile(
    r"\s+(?!(?:Region|Oblast|Airport|District|Province|County|Governorate|On|In)\b)[A-ZÀ-ÞŁŚŻ][a-zà-ž]+"
)
_CAPITAL = re.compile(r"(?<![\w-])[A-ZÀ-ÖØ-ÞĀ-Ž][^\W_]*(?:\.[^\W_])*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place by its one name here: `kind` is country, region, city, site or water."""

    name: str
    kind: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A place as a text names it."""

    place: Place
    start: int
    end: int
    adjective: bool


@cache
def gazetteer() -> tuple[dict[str, tuple[Place, bool]], dict[str, tuple[str, ...]], frozenset[str]]:
    """Every spelling, in lower case, with its place and whether it is the adjective; the spellings by first word; and
    those that need a preposition."""
    known: dict[str, tuple[Place, bool]] = {}
    folder = files("dronewall.assess.language")
    for line in folder.joinpath("gazetteer.tsv").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, kind, country, spellings = (*line.split("\t"), "")[:4]
        place = Place(name=name, kind=kind, country=country)
        known.setdefault(name.lower(), (place, False))
        for spelling in filter(None, spellings.split(";")):
            adjective = spelling.startswith("~")
            known.setdefault(spelling.lstrip("~").strip().lower(), (place, adjective))
    sure = set(known)
    for line in folder.joinpath("cities.tsv").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        name, country, spellings = (*line.split("\t"), "")[:3]
        place = Place(name=name, kind="city", country=country)
        for spelling in (name, *filter(None, spellings.split(";"))):
            known.setdefault(spelling.lower(), (place, False))
    by_first: dict[str, list[str]] = {}
    for spelling in sorted(known, key=len, reverse=True):
        by_first.setdefault(next(_FIRST.finditer(spelling))[0], []).append(spelling)
    return known, {word: tuple(spellings) for word, spellings in by_first.items()}, frozenset(set(known) - sure)


def normal(text: str) -> str:
    """The same length with straight apostrophes and spaces, so that one spelling serves."""
    return text.replace("’", "'").replace("\u00a0", " ").replace("‑", "-")


@lru_cache(maxsize=4096)
def places(text: str) -> tuple[Mention, ...]:
    """Every place that a text names, in order; "Russian" counts as Russia, marked as an adjective."""
    known, by_first, unsure = gazetteer()
    plain = normal(text)
    low = plain.lower()
    found: list[Mention] = []
    end = 0
    for match in _CAPITAL.finditer(plain):
        if match.start() < end:
            continue
        for spelling in by_first.get(low[match.start() : match.end()], ()):
            stop = match.start() + len(spelling)
            if low.startswith(spelling, match.start()) and not low[stop : stop + 1].isalnum():
                if spelling in unsure and not _situated(plain, match.start(), stop, found):
                    continue
                place, adjective = known[spelling]
                found.append(Mention(place=place, start=match.start(), end=stop, adjective=adjective))
                end = stop
                break
    return tuple(found)


def _situated(text: str, start: int, stop: int, found: list[Mention]) -> bool:
    """Whether a name that may be a person's stands where a place does."""
    if _PART_OF_NAME.match(text, stop):
        return False
    if found and not found[-1].adjective and _AND.fullmatch(text[found[-1].end : start]):
        return True
    return bool(_SITUATED.search(text[max(0, start - 60) : start]))


@cache
def by_name(name: str) -> Place | None:
    """The place of that spelling, if the table has it."""
    entry = gazetteer()[0].get(normal(name).lower())
    return entry[0] if entry else None


_PEOPLES = {"Poles": "Poland", "Danes": "Denmark", "Finns": "Finland", "Swedes": "Sweden", "Turks": "Turkey"}


def of_people(name: str) -> str | None:
    """The country of a people: "Germans", "Poles"; None for any other plural."""
    entry = gazetteer()[0].get(name.removesuffix("s").lower())
    return _PEOPLES.get(name) or (entry[0].name if entry and entry[1] else None)


def within(inner: str | None, outer: str | None) -> bool:
    """Whether one named place is the other or lies in it; an unnamed one agrees with anything."""
    if inner is None or outer is None or inner == outer:
        return True
    first, second = by_name(inner), by_name(outer)
    if first is None or second is None:
        return False
    return (first.country == second.name and second.kind == "country") or (
        second.country == first.name and first.kind == "country"
    )


def agree(first: str | None, second: str | None) -> bool:
    """Whether two places, each perhaps several ("Russia; Ukraine"), can be one; an unnamed one agrees."""
    if first is None or second is None:
        return True
    return any(within(one, other) for one in first.split("; ") for other in second.split("; "))
