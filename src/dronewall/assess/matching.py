"""Whether two claims of two documents are one claim.

The figure, the thing counted, the period, the place and the time must agree as far as both give them; the verb may have
changed on the way within production (a plan becomes a capability) when the documents are kin. Different named voices
make two claims, unless the number is so particular, or the documents so near, that one was taken for the other.
"""

import re
from collections.abc import Sequence
from functools import cache

from dronewall.assess.claims import FLIGHT, PRODUCTION, Claim
from dronewall.assess.language.edtf import span_days
from dronewall.assess.language.names import is_media
from dronewall.assess.language.places import agree, by_name, places, within

_COMMON = frozenset(
    [
        "the",
        "of",
        "a",
        "an",
        "and",
        "for",
        "in",
        "at",
        "by",
        "to",
        "from",
        "his",
        "her",
        "its",
        "their",
        "on",
        "with",
        "service",
        "services",
        "office",
        "press",
        "center",
        "centre",
        "national",
        "state",
        "official",
        "officials",
        "representatives",
        "authorities",
        "government",
        "exhibition",
        "spokesman",
        "spokeswoman",
        "spokesperson",
        "statement",
    ]
)
_GENERIC = re.compile(
    r"^(?:[\w'-]+\s+)?(?:officials?|representatives|authorities|government|side|leadership|administration)\b",
    re.IGNORECASE,
)
_ALIASES = {
    "white house": "united states",
    "biden administration": "united states",
    "trump administration": "united states",
    "washington": "united states",
    "kremlin": "russia",
    "moscow": "russia",
    "kyiv": "ukraine",
    "minsk": "belarus",
    "tehran": "iran",
    "pentagon": "united states",
    "vilnius": "lithuania",
    "warsaw": "poland",
    "riga": "latvia",
    "tallinn": "estonia",
}


@cache
def _entity(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """The nations in a speaker's name, and its own words in lower case."""
    low = name.lower()
    nations = {alias for key, alias in _ALIASES.items() if key in low}
    kept = name
    for mention in places(name):
        nations.add(mention.place.country.lower())
        kept = kept.replace(name[mention.start : mention.end], " ")
    words = re.findall(r"[a-zà-ž]{3,}", kept.lower().replace("'s", ""))
    for key in _ALIASES:
        if key in low:
            words = [word for word in words if word not in key.split()]
    stems = {re.sub(r"(?:ies|es|s)$", "", word) for word in words if word not in _COMMON}
    return frozenset(nations), frozenset(stems)


def same_speaker(first: str | None, second: str | None) -> bool:
    """Whether two names can be one voice: equal words, or a nation and one of its bodies; an unnamed one agrees."""
    if first is None or second is None or first.lower() == second.lower():
        return True
    one, other = _entity(first), _entity(second)
    if one[0] and other[0] and not one[0] & other[0]:
        return False
    if one[1] and other[1]:
        return bool(one[1] & other[1]) and len(one[1] & other[1]) >= 0.5 * min(len(one[1]), len(other[1]))
    # a bare nation or its officials speak for any body of it
    return bool(one[0] & other[0]) if one[0] and other[0] else not (one[0] or other[0]) and bool(one[1] & other[1])


def speech_key(claim: Claim) -> tuple[str, str]:
    """Who spoke and on which occasion, for claims of one document."""
    speaker = claim.speaker or ""
    nations, words = _entity(speaker)
    who = "+".join(sorted(nations)) if nations and (not words or _GENERIC.match(speaker)) else speaker.lower()
    return who, claim.statement_edtf or ""


def particular(value: float) -> bool:
    """Whether a number is so particular that it is hardly met twice by chance: 57, 1,238; not 100 or 2,000."""
    if value < 11:
        return False
    digits = f"{value:.0f}".rstrip("0")
    return len(digits) >= 2 and not (len(digits) == 2 and digits[-1] == "5")


def _rare(value: float) -> bool:
    """Whether a number has three figures of its own or more: 6,297, not 12,000."""
    return len(f"{value:.0f}".rstrip("0")) >= 3


def same_plant(pairs: Sequence[tuple[Claim, Claim]]) -> bool:
    """Whether figures that two documents share are those of one plant: a rate at one named place, and more.

    For a rewrite that has but two figures in common with its source, and no name. Where both name somebody, it must be
    the same one.
    """
    if len({(one.unit, one.value) for one, _ in pairs if one.volume}) < 2:
        return False
    rate = False
    for one, other in pairs:
        if FLIGHT & {one.measure, other.measure}:
            return False
        if (
            one.speaker
            and other.speaker
            and not same_speaker(one.speaker, other.speaker)
            and not _unnamed(other.speaker)
        ):
            return False
        town = by_name(one.place) if one.place and one.place == other.place else None
        if town is not None and town.kind != "country" and one.per and one.per == other.per:
            rate = rate or {one.measure, other.measure} <= PRODUCTION
    return rate


def _unnamed(speaker: str) -> bool:
    """Whether a speaker is a role without a name: "its boss", "officials"."""
    return not any(word[:1].isupper() for word in speaker.split())


def times_agree(first: str | None, second: str | None, slack_days: int) -> bool | None:
    """Whether two times overlap within some days; None where one is unknown."""
    one, other = span_days(first), span_days(second)
    if one is None or other is None:
        return None
    return (max(one[0], other[0]) - min(one[1], other[1])).days <= slack_days


def alike(first: Claim, second: Claim, *, kin: bool) -> bool:
    """Whether two claims of different documents are one; `kin` where one document is known to come from the other."""
    if first.statement != second.statement or first.unit != second.unit:
        return False
    if first.statement:
        return _facilities(first, second, kin=kin)
    same = (first.low, first.high) == (second.low, second.high) or (
        first.value == second.value and "range" not in (first.bound, second.bound)
    )
    if not same or (first.per and second.per and first.per != second.per):
        return False
    if not _measures(first, second, kin=kin) or not _classes(first, second):
        return False
    near = agree(first.place, second.place) if first.place and second.place else None
    if near is False and not (kin and first.measure in PRODUCTION and particular(first.value)):
        return False
    production = first.measure in PRODUCTION or second.measure in PRODUCTION
    when = times_agree(first.time_edtf, second.time_edtf, 400 if production else 2)
    if when is False:
        return False
    if kin:
        return True
    return _independent(first, second, near=near, when=when, production=production)


def _independent(first: Claim, second: Claim, *, near: bool | None, when: bool | None, production: bool) -> bool:
    """The stricter test, for documents that are not known to be kin."""
    if first.unit not in ("drones", "balloons", "objects"):
        return (
            particular(first.value)
            and first.speaker is not None
            and second.speaker is not None
            and same_speaker(first.speaker, second.speaker)
        )
    voices = same_speaker(first.speaker, second.speaker)
    relayed = _relayed(first, second)
    named = first.speaker is not None and second.speaker is not None
    marks = (
        (near is True)
        + (when is True)
        + (named and voices)
        + 1.5 * relayed
        + particular(first.value)
        + (first.per is not None and first.per == second.per)
    )
    if named and not voices and not relayed:
        # two voices with one particular number of one day and place repeat one count
        return particular(first.value) and near is True and when is True and not production
    if {first.bound, second.bound} == {"at_least", "at_most"}:
        # a floor is no ceiling
        return False
    if production and near is not True and not (named and voices) and not relayed and not _rare(first.value):
        # two plans of one size, nothing else in common
        return False
    if not production and when is None and not (named and particular(first.value)):
        return False
    return marks >= 2.0


def _relayed(first: Claim, second: Claim) -> bool:
    """Whether one of them names the other's voice, or its publisher, among its relays."""
    one = {name.lower() for name in first.relays}
    other = {name.lower() for name in second.relays}
    return bool((first.speaker or "-").lower() in other or (second.speaker or "-").lower() in one)


def _measures(first: Claim, second: Claim, *, kin: bool) -> bool:
    pair = {first.measure, second.measure}
    if len(pair) == 1 or "other" in pair:
        return True
    if pair <= PRODUCTION | {"delivered"}:
        return (
            kin
            or particular(first.value)
            or (
                first.speaker is not None and second.speaker is not None and same_speaker(first.speaker, second.speaker)
            )
            or pair <= {"plan", "goal"}
            or "title" in (first.in_title and "title", second.in_title and "title")
        )
    return kin and pair <= FLIGHT and particular(first.value)


def _classes(first: Claim, second: Claim) -> bool:
    return len({first.object_class, second.object_class} - {"any", "unknown"}) <= 1


def _facilities(first: Claim, second: Claim, *, kin: bool) -> bool:
    """One factory: a town in common, or a country where the documents are kin; builders and years that agree."""
    if first.place is None or second.place is None:
        return False
    towns = set(first.place.split("; ")) & set(second.place.split("; "))
    one, other = set(first.parties), set(second.parties)
    exact = [name for name in towns if (place := by_name(name)) is not None and place.kind != "country"]
    if not exact and not kin:
        return False
    if not exact and not within(first.place.split("; ")[0], second.place.split("; ")[0]):
        return False
    if one and other and not one & other:
        return False
    when = times_agree(first.time_edtf, second.time_edtf, 400)
    if when is False and not kin:
        return False
    if kin:
        return True
    if (
        first.speaker
        and second.speaker
        and not same_speaker(first.speaker, second.speaker)
        and not _relayed(first, second)
    ):
        return False
    ladder = ("rumoured", "studied", "announced", "building", "producing", "verified")
    if (
        first.status in ladder
        and second.status in ladder
        and abs(ladder.index(first.status) - ladder.index(second.status)) > 1
    ):
        return False
    return not (first.speaker and is_media(first.speaker) and second.speaker and is_media(second.speaker))
