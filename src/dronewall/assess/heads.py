"""Lines that tell nothing themselves, and yet say where or by whom the lines after them are told.

A newsletter's "Estonia", an item that begins "Murmansk.", the dateline "POLTAVA, Ukraine (ANW) -", and in minutes the
line "Mr Pryce", under which Mr Pryce has the floor.
"""

import re
from collections.abc import Sequence

from dronewall.assess.language.names import is_body, tidy
from dronewall.assess.language.places import Place, by_name, places

_WORDS_AROUND = re.compile(
    r"\b(?:the|region|oblast|county|district|province|voivodeship|republic|city|of|and|in|on|area|front|border|obl)\b|[^\w]|[\d_]",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    r"^\W{0,3}(?P<city>[A-ZÀ-Þ][A-ZÀ-Þ'’.-]{2,}(?:\s[A-ZÀ-Þ'’.-]{2,}){0,3})(?:\s*/\s*[A-ZÀ-Þ ]+)?"
    r"(?:\s*[,(][^:\n]{0,60}?)?\s*(?:\([^)]{2,30}\)\s*)?(?:[—–:]|\s-\s|-\s|\./|\.\s+/)",
)
# "Wilhelmshaven (ots) - On Tuesday"
_AGENCY = re.compile(r"^\W{0,3}(?P<city>[A-ZÀ-Þ][\w'’-]+(?:\s[A-ZÀ-Þ][\w'’-]+){0,2})\s+\([\w/ -]{2,12}\)\s*[-–—]\s")
CAPITALS = frozenset(
    [
        "Amman", "Ankara", "Astana", "Athens", "Baghdad", "Baku", "Beijing", "Beirut", "Belgrade", "Berlin",
        "Bratislava", "Brussels", "Bucharest", "Budapest", "Cairo", "Chisinau", "Copenhagen", "Damascus", "Doha",
        "Dublin", "Helsinki", "Jerusalem", "Kyiv", "Lisbon", "London", "Madrid", "Minsk", "Moscow", "Oslo", "Paris",
        "Prague", "Pyongyang", "Riga", "Riyadh", "Rome", "Sana'a", "Seoul", "Sofia", "Stockholm", "Tallinn",
        "Tbilisi", "Tehran", "The Hague", "Tokyo", "Vienna", "Vilnius", "Warsaw", "Washington", "Yerevan", "Zagreb",
    ]
)  # fmt: skip
_HONORIFIC = (
    r"(?:Mr|Mrs|Ms|Miss|Dr|Sir|Dame|Lord|Lady|Baroness|Baron|Prof|Professor|Gen|General|Col|Colonel|Maj|Major|Capt|Captain|Adm|Admiral|"
    r"Rear\s+Admiral|Vice-Admiral|Sen|Senator|Rep|Representative|Congress(?:man|woman)|Minister|Secretary|President|Chair(?:man|woman|person)?|Speaker|"
    r"Commissioner|Ambassador|Deputy|State\s+Secretary|Under-Secretary|Director|MP|MEP|Brigadier|Lieutenant|Marshal)"
)
_FLOOR = re.compile(
    rf"^(?:The\s+)?{_HONORIFIC}\b\.?(?:[\w\s.,'’-]*)(?:\([^)]*\)\s*)*:?$|^[A-ZÀ-Þ][\w'’-]+(?:\s+[A-ZÀ-Þ][\w'’.-]+){{1,3}}\s*(?:\([^)]{{2,40}}\)\s*)+:?$"
)
_IN_BRACKETS = re.compile(rf"\((?P<name>(?:{_HONORIFIC}\.?\s+)?[A-ZÀ-Þ][\w'’-]+(?:\s+[A-ZÀ-Þ][\w'’-]+)+)\)", re.UNICODE)
_TITLED = re.compile(rf"^(?:The\s+)?{_HONORIFIC}\b\.?")


def place_alone(words: str) -> Place | None:
    """The one place that a line or a sentence names and says nothing else: "Estonia", "Kharkiv region.", "🔻Narva"."""
    if len(words) > 48 or words.rstrip().endswith("?"):
        return None
    named = places(words)
    if not named or named[0].adjective or len({one.place.name for one in named}) != 1:
        return None
    rest = words[: named[0].start] + words[named[-1].end :]
    return named[0].place if not _WORDS_AROUND.sub("", rest) else None


def item_place(words: str) -> Place | None:
    """The place that an item's first sentence is ("Murmansk."); a capital stands for its country."""
    place = place_alone(words)
    return by_name(place.country) if place is not None and place.name in CAPITALS else place


def heading(words: str) -> bool:
    """Whether a line is a heading: short, without the full stop of a sentence or the mark of a list."""
    return (
        len(words) < 60
        and not re.search(r"[|\t]", words)
        and not re.search(r"[.!?:;,…][\"”’»)]*$", words)
        and not re.match(r"\W*\d|[•*▪◦●‣–—-]", words)
    )


def dateline_place(words: str) -> Place | None:
    """The town from which a story is dated: "POLTAVA, Ukraine (ANW) -", "VILNIUS, October 28. /TASS/."."""
    match = _DATELINE.match(words) or _AGENCY.match(words)
    if match is None:
        return None
    named = [one.place for one in places(f"in {match['city']}") if one.place.kind != "country"]
    return named[0] if len(named) == 1 else None


def floors(words: Sequence[str]) -> dict[int, str]:
    """Who has the floor after each line that is only a name, by the line's index; "Mr Pryce" is the Pryce named before.

    A body's name before a colon at the end of its line ("Russian Ministry of Defence:") has it, too; a single line in
    the form of a name is none, so that headings stay headings.
    """
    found: dict[int, str] = {}
    known: dict[str, str] = {}
    for index, line in enumerate(words):
        text = line.strip()
        if index and len(text) < 90 and _FLOOR.match(text) and not re.search(r"[.!?]$", text):
            bracketed = _IN_BRACKETS.search(text)
            name = tidy(bracketed["name"] if bracketed else re.sub(r"\s*\([^)]*\)|:$", "", text))
            if len(name.split()) > 7:
                continue
            bare = _TITLED.sub("", name).strip()
            last = bare.split()[-1] if bare else ""
            found[index] = known.get(last, name) if len(bare.split()) <= 1 else name
            if len(bare.split()) >= 2:
                known[last] = name
    if len(found) < 2:
        found = {}
    for index, line in enumerate(words):
        text = line.strip()
        if re.fullmatch(r"[A-ZÀ-Þ][^.;!?:\d]{3,60}:", text) and is_body(text) and len(text.split()) <= 8:
            found[index] = tidy(text.rstrip(":"))
    return found
