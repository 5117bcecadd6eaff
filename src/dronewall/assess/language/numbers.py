"""Numerals, number words, ranges and bounds, with the hedges that make them.

A `Figure` is an interval and the words it stands in. "Up to 100,000" has no low end, "more than 500" no high one, "3 to
4 million" has both, "about 1,000" is one number that nobody swears to. Dates, clock times, models ("Shahed-136") and
numbered things ("Resolution 2231") are not figures; the caller masks the first, `masks` knows the others.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dronewall.assess.language.spans import Span, overlaps

SMALL = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
TENS = {
    word: 10 * (n + 2)
    for n, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"])
}
MAGNITUDES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "k": 1e3, "m": 1e6, "mn": 1e6,
    "mln": 1e6, "mio": 1e6, "bn": 1e9, "bln": 1e9, "b": 1e9, "tn": 1e12, "thsd": 1e3, "dozen": 12.0,
}  # fmt: skip
VAGUE = {
    "dozens": 24.0, "scores": 40.0, "hundreds": 200.0, "thousands": 2e3, "tens of thousands": 2e4,
    "hundreds of thousands": 2e5, "millions": 2e6, "tens of millions": 2e7,
}  # fmt: skip

AT_MOST = (
    r"up to", r"as many as", r"as much as", r"at (?:the )?most", r"(?:no|not) more than", r"a maximum of", r"maximum(?: of)?",
    r"max\.?", r"(?:fewer|less|lower) than", r"under", r"below", r"not exceeding", r"capped at", r"limited to",
    r"a ceiling of", r"≤", r"<=?", r"not (?:to )?exceed(?:ing)?", r"to a maximum of", r"a limit of",
)  # fmt: skip
AT_LEAST = (
    r"at (?:the )?least", r"no (?:fewer|less) than", r"not (?:fewer|less) than", r"a minimum of", r"minimum(?: of)?",
    r"min\.", r"(?:more|greater|higher) than", r"over", r"above", r"exceed(?:s|ed|ing)?", r"(?:in|an) excess of",
    r"upwards? of", r"well over", r"north of", r"surpass(?:es|ed|ing)?", r"topp(?:ed|ing)", r"≥", r">=?",
    r"as few as", r"not just", r"upward of", r"beyond",
)  # fmt: skip
ABOUT = (
    r"about", r"around", r"some", r"approximately", r"approx\.?", r"roughly", r"nearly", r"almost", r"close to",
    r"in the (?:region|order|vicinity|neighbou?rhood) of", r"on the order of", r"an? estimated", r"estimated(?: at)?",
    r"circa", r"ca?\.", r"ok\.", r"abt\.?", r"~", r"≈", r"just (?:over|under|above|below|shy of)", r"an average of", r"averag(?:ed|ing|es?)",
    r"on average", r"slightly (?:more|less|fewer) than", r"more or less", r"practically", r"virtually", r"just about",
    r"little more than", r"something like", r"perhaps", r"maybe", r"not quite", r"not far (?:off|from)", r"probably", r"as good as", r"a little over", r"a little under", r"an approximate",
)  # fmt: skip
NEUTRAL = (r"a total of", r"in total", r"a record(?: of)?", r"a combined", r"exactly", r"only", r"just", r"another", r"a further",
           r"an additional", r"an unprecedented", r"a whopping", r"a staggering", r"precisely", r"even", r"already")  # fmt: skip
AFTER = {
    "at_least": r"or more|or above|at (?:the )?least|at a minimum|minimum|and counting|or higher|-plus|-odd plus|\+",
    "at_most": r"or fewer|or less|at (?:the )?most|at a maximum|maximum|max\.?|tops",
    "approximately": r"or so|-odd|give or take|approximately|or thereabouts|-ish",
}

_BEFORE = re.compile(
    r"(?<![\w-])(?:(?P<at_most>" + "|".join(sorted(AT_MOST, key=len, reverse=True)) + r")|(?P<at_least>"
    + "|".join(sorted(AT_LEAST, key=len, reverse=True)) + r")|(?P<approximately>"
    + "|".join(sorted(ABOUT, key=len, reverse=True)) + r")|(?P<neutral>" + "|".join(NEUTRAL) + r"))\s*(?:the\s+|an?\s+)?\(?$",
    re.IGNORECASE,
)  # fmt: skip
_AFTER = {bound: re.compile(rf"\s*[,(]?\s*(?:{words})(?![\w])\)?", re.IGNORECASE) for bound, words in AFTER.items()}
# "ramped up to 300 a month" says where it ended, not how far it may go
# "They never built more than three": a ceiling
_NEVER = re.compile(
    r"\b(?:never|cannot|can['’]t|do(?:es)?\s+not|did\s+not|do(?:es)?n['’]t|didn['’]t|will\s+not|won['’]t|has\s+not|have\s+not|nowhere)\s+(?:[\w-]+\s+){0,3}$",
    re.IGNORECASE,
)
_RAMP = re.compile(r"(?:ramp|step|scal|pick|speed|go|mov)(?:p?ed|d|ing|ped|e|es|s)?\s+up\s+to\s*$", re.IGNORECASE)
# "we are certain about two drones": there the word bounds nothing
_OF_TOPIC = re.compile(
    r"\b(?:certain|sure|sorry|concern(?:ed|s)?|worr(?:y|ied|ies)|questions?|doubts?|clarity|know[ns]?|knew|talk(?:s|ed|ing)?|speak(?:s|ing)?|spoke|"
    r"ask(?:s|ed|ing)?|inform(?:ed|ation)?|reports?|articles?|story|news|warn(?:ed|ing|ings)?|think|thought|say|something)\s+about$|"
    # "handed over 1,200 drones", "flew over 20 towns"
    r"\b(?:hand(?:s|ed|ing)?|turn(?:s|ed|ing)?|tak(?:e|en|es|ing)|took|giv(?:e|en|es|ing)|gave|sign(?:s|ed|ing)?|pass(?:es|ed|ing)?)\s+over$",
    re.IGNORECASE,
)
_CHOICE = re.compile(r"\b(?:is|was|be|it's|it’s)\s+up\s+to\s*$", re.IGNORECASE)

_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:[\u00a0\u202f\u2009'’ ]\d{3})+(?![\d])|\d+(?:[.,]\d+)?"
_ONES = "|".join([*SMALL, *TENS])
_WORDS = (
    rf"(?:(?:{'|'.join(TENS)})[-\s](?:{'|'.join(list(SMALL)[1:10])})|{_ONES})"
    rf"(?:\s+(?:and\s+)?a\s+half)?"
)
_MAGNITUDE = r"(?:\s+and\s+a\s+half)?(?:[\s\u00a0\u202f-]*(?:hundred|thousand|million|billion|trillion|dozen|mln|mio|bln|bn|mn|tn|thsd)\b\.?|[kKmMbB]\b)"
_COMPOUND = rf"(?:{_WORDS}|an?)\s+(?:hundred|thousand|million|billion)(?:\s+(?:thousand|million|billion))?(?:\s+(?:and\s+)?(?:{_WORDS})(?:\s+(?:hundred|thousand|million)){{0,2}})*"
_CURRENCY = r"(?:US|U\.S\.|AU|C)?[$€£₽₴]\s?"
ATOM = re.compile(
    rf"(?P<currency>{_CURRENCY}|(?:USD|EUR|GBP|RUB|UAH|PLN)\s)?"
    rf"(?:(?P<digits>(?<![\w.,])(?:{_DIGITS})|(?<=[$€£₽₴])(?:{_DIGITS})|(?<=[~≈<>≤≥(=:/])(?:{_DIGITS}))(?P<magnitude>(?:{_MAGNITUDE}){{0,2}}(?:(?<=thousand)\s+(?P<rest>\d{{1,3}})(?![\d.,/-]))?)"
    rf"|(?P<half>\bhalf\s+(?:a|of a)\s+(?:million|billion|dozen|thousand)\b|\ba\s+quarter\s+of\s+a\s+(?:million|billion)\b)"
    rf"|(?P<vague>\b(?:(?:tens|hundreds)\s+of\s+(?:thousands|millions)|dozens|scores|hundreds|thousands|millions)(?=\s+(?:more\s+)?(?:of\b|more\b)))"
    rf"|(?P<several>\b(?:several|a\s+few|many|multiple)\s+(?:hundred|thousand|dozen|million)\b)"
    rf"|(?P<couple>(?<!not )(?<!Not )\b(?:a\s+(?:couple|pair)\s+of|a\s+single|a\s+dozen|a\s+score)\b)"
    rf"|(?P<words>\b(?:{_COMPOUND}|(?:{_WORDS})(?:{_MAGNITUDE}){{0,2}})(?![\w])))",
    re.IGNORECASE,
)
_MODEL = re.compile(
    r"\b(?:[A-Z][A-Za-z]*[a-z]|[A-Z]{1,6})[-‑–‐]\d+(?:[-/][A-Z\d]+)?[A-Za-z]{0,2}\b|\b[A-Z]{1,5}\d+[A-Za-z]{0,3}\b|\bGPT-?\d\b"
)
_NAMED = re.compile(
    r"\b(?:Shahed|Geran|Gerans?|Gerbera|Mavic|Lancet|Orlan|Mohajer|Ababil|Matrice|Phantom|Zala|ZALA|Molniya|Molnia|Boeing|Airbus|"
    r"Resolution|Article|Articles|Chapter|Section|Protocol|Annex|No\.?|Nr\.?|№|Number|Highway|Route|Flight|Unit|Phase|Group|"
    r"Block|Mark|Mk\.?|Type|Model|Version|Page|Figure|Table|Room|Apollo|Formula|Channel|Tier|Level|Category|Class|Step|"
    r"Day|Part|Volume|Vol\.?|Issue|Season|Episode|Telegram|Law|Decree|Order|Directive|Regulation|Point|Pier|Gate|Terminal|"
    r"Tranche|Round|Brigade|Battalion|Regiment|Ramstein|Oblast|Hill|Area|Zone|Sector|Facility|Workshop|Plant|Iskander|"
    r"Shahid|Supercam|Forpost|Merlin|Eleron|Inokhodets|Lyutyi|Bober|UJ|AN|Paliychuk|Switchblade|Hero|Harop|Bayraktar)"
    r"[\s\u00a0]+(?P<number>\d[\d./-]*[A-Za-z]?)(?![\d,]*\d)\b"
)
_NUMBERED = re.compile(
    r"\b\d+(?:st|nd|rd|th)\b|\b\d{1,2}/\d{1,2}\b|\b24/7\b|\b\d+(?:\.\d+){2,}\b|[+]\d[\d\s()-]{6,}\d|\b\d{3}-\d{3}-\d{4}\b|(?:\b[Tt]el|\b[Pp]hone|\b[Cc]all|\b[Ff]ax)\b[^.;\d]{0,20}\d{3}-\d{3,4}\b|"
    r"\b\d+(?:\.\d+)?\s?°|https?://\S+|\bwww\.\S+|\b[\w.]+@[\w.]+\b|[#@]\w*\d\w*|\bG[-\s]?(?:7|8|20)\b|\bE3\b|\b\d+-?(?:year|yr|day|month|week|hour|minute)s?-old\b|"
    r"\b(?:aged?|age of)\s+\d+\b|\b\d+\s?(?:km|kilomet(?:re|er)s?|mph|knots?|kph)\s?(?:/|per |an )\s?h(?:our)?\b|\b\d+x\b|\b\d+-fold\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number as a text gives it. `start` to `end` with its hedges, `core_start` to `core_end` the numerals alone."""

    start: int
    end: int
    core_start: int
    core_end: int
    low: float | None
    high: float | None
    bound: str
    hedges: tuple[str, ...] = ()
    currency: str | None = None
    vague: bool = False
    plain: bool = False
    """Digits alone, without separator or magnitude: it might be a year."""

    @property
    def value(self) -> float:
        """One number to compare by: the middle of a range, else whichever end there is."""
        if self.low is not None and self.high is not None:
            return (self.low + self.high) / 2
        return self.low if self.low is not None else self.high or 0.0


# "one in five drones" is a share; "57 out of 81 drones" are two counts
_SMALL_WORD = "(?:one|two|three|four|five|six|seven|eight|nine|ten)"
_SHARE = re.compile(
    rf"\b(?:one|1)\s+(?:in|out\s+of)\s+(?:every\s+)?(?:{_SMALL_WORD}|twelve|twenty|fifty|a\s+hundred|\d{{1,3}})\b"
    r"(?!\s+(?:of\b|(?:consecutive\s+|different\s+)?(?:days|nights|weeks|months|years|hours|minutes|regions|places|cities|countries)\b))|"
    rf"\b{_SMALL_WORD}\s+(?:in|out\s+of)\s+(?:every\s+)?{_SMALL_WORD}\b(?!\s+(?:days|nights|weeks|months|years|hours|minutes|regions|places|cities|countries)\b)|"
    r"\b\d\s+(?:in|out\s+of)\s+(?:every\s+)?(?:10|ten|100)\b(?!\s+(?:drones|UAVs|balloons))|"
    r"\b(?:cost|price|value)\s+of\s+(?:one|a\s+single)\b|\bone\s+such\b|\b(?:not|no)\s+(?:one|a\s+single)\b",
    re.IGNORECASE,
)


# "on Monday evening between eight and ten"
_HOURS = re.compile(
    rf"\b(?:morning|evening|afternoon|night|midday|noon)\s+(?:between|from|at|around|about)\s+(?:{_SMALL_WORD}|\d{{1,2}}|eleven|twelve)(?:\s+(?:and|to|or)\s+(?:{_SMALL_WORD}|\d{{1,2}}|eleven|twelve))?(?=\s*[,.;:)]|\s*$)|"
    rf"\b(?:between\s+)?(?:{_SMALL_WORD}|eleven|twelve)(?:\s+(?:and|to|or)\s+(?:{_SMALL_WORD}|eleven|twelve))?\s+(?:o['’]clock|in\s+the\s+(?:morning|evening|afternoon))\b",
    re.IGNORECASE,
)


def masks(text: str) -> list[Span]:
    """Spans whose digits count nothing: models, resolutions, units, telephone numbers, addresses, shares."""
    found = [Span(m.start(), m.end()) for pattern in (_MODEL, _NUMBERED, _SHARE) for m in pattern.finditer(text)]
    found += [Span(m.start(), m.end()) for m in _HOURS.finditer(text)]
    found += [Span(m.start("number"), m.end("number")) for m in _NAMED.finditer(text)]
    return found


def _digits(text: str) -> float | None:
    text = text.strip()
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        return float(text.replace(",", ""))
    if re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}", text):
        return float(text.replace(".", ""))
    if re.fullmatch(r"\d{1,3}(?:[\u00a0\u202f\u2009'’ ]\d{3})+", text):
        return float(re.sub(r"\D", "", text))
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def words_value(text: str) -> float | None:
    """The value of number words, "three hundred and fifty thousand" -> 350000; None where they are none."""
    total, group, seen = 0.0, 0.0, False
    words = re.split(r"[\s-]+", text.lower().strip())
    for place, word in enumerate(words):
        if word in SMALL or word in TENS:
            group += SMALL.get(word, TENS.get(word, 0))
        elif word == "half":
            group += 0.5
        elif word in ("a", "an"):
            if place + 1 < len(words) and words[place + 1] in MAGNITUDES:
                group += 1.0
        elif word in ("hundred", "dozen"):
            group = (group or 1.0) * MAGNITUDES[word]
        elif word in MAGNITUDES:
            total += (group or 1.0) * MAGNITUDES[word]
            group = 0.0
        elif word != "and":
            return None
        seen = True
    return total + group if seen else None


_FEW = {"single": 1.0, "dozen": 12.0, "score": 20.0}


@dataclass(frozen=True, slots=True)
class _Atom:
    start: int
    end: int
    value: float
    scale: float
    currency: str | None
    vague: bool
    plain: bool
    hedges: tuple[str, ...] = ()
    bound: str = "point"


def _scale(text: str) -> float:
    scale = 1.0
    for word in re.findall(r"[a-z]+", text.lower()):
        scale *= MAGNITUDES.get(word, 1.0)
    return scale


def _atom(match: re.Match[str]) -> _Atom | None:
    currency = match["currency"].strip() if match["currency"] else None
    span = match.start(), match.end()
    if match["digits"]:
        value = _digits(match["digits"])
        if value is None:
            return None
        # "3 thousand 200", as figures are written in Russian
        rest = float(match["rest"]) if match["rest"] else 0.0
        extra = 0.5 if re.match(r"\s+and\s+a\s+half", match["magnitude"] or "", re.IGNORECASE) else 0.0
        scale = _scale(re.sub(r"and\s+a\s+half|\d+$", "", match["magnitude"] or ""))
        plain = match["digits"].isdigit() and scale == 1.0
        # 1.400 with a thing counted after it is fourteen hundred; nobody counts to the thousandth
        if re.fullmatch(r"\d{1,3}\.\d{3}", match["digits"]) and scale == 1.0 and match["digits"][0] != "0":
            value *= 1000.0
        return _Atom(*span, (value + extra) * scale + rest, scale, currency, False, plain)
    if match["half"]:
        words = match["half"].lower()
        value = (0.25 if "quarter" in words else 0.5) * MAGNITUDES[words.split()[-1]]
        return _Atom(*span, value, 1.0, currency, False, False)
    if match["vague"]:
        words = re.sub(r"\s+", " ", match["vague"].lower())
        return _Atom(*span, VAGUE[words], 1.0, currency, True, False, (words,), "at_least")
    if match["several"]:
        words = re.sub(r"\s+", " ", match["several"].lower())
        return _Atom(*span, 2.0 * MAGNITUDES[words.split()[-1]], 1.0, currency, True, False, (words,), "at_least")
    if match["couple"]:
        words = match["couple"].lower()
        value = next((value for word, value in _FEW.items() if word in words), 2.0)
        return _Atom(*span, value, 1.0, currency, False, False)
    value = words_value(match["words"])
    if value is None:
        return None
    scale = _scale(" ".join(re.findall(r"hundred|thousand|million|billion|dozen", match["words"].lower())))
    return _Atom(*span, value, scale, currency, False, False)


_JOIN = re.compile(
    r"\s*(?:to|[-–—‑]|and|or|till|until|up to|through|,?\s+(?:or\s+)?(?:maybe|perhaps|possibly|even)|or\s+(?:even|maybe|perhaps))\s*",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(?:rose|risen|rise|rises|rising|grew|grow|grown|growing|increas\w*|expand\w*|rais\w*|boost\w*|jump\w*|climb\w*|doubl\w*|"
    r"tripl\w*|fell|fall|falling|fallen|drop\w*|declin\w*|decreas\w*|reduc\w*|cut|went|scal\w*|ramp\w*|revis\w*|up|down|soar\w*|surg\w*)\b",
    re.IGNORECASE,
)


def figures(text: str, masked: Sequence[Span] = ()) -> list[Figure]:
    """Every figure in a sentence that no mask covers, in order of place."""
    atoms = []
    for match in ATOM.finditer(text):
        atom = _atom(match)
        if atom is not None and not overlaps(Span(atom.start, atom.end), masked):
            atoms.append(atom)
    found: list[Figure] = []
    index = 0
    while index < len(atoms):
        first = atoms[index]
        second = atoms[index + 1] if index + 1 < len(atoms) else None
        joined = _joined(text, first, second) if second is not None else None
        if joined is not None:
            found.append(joined)
            index += 2
            continue
        found.append(_single(text, first))
        index += 1
    return found


def _joined(text: str, first: _Atom, second: _Atom) -> Figure | None:
    """A range of two numerals that stand next to one another, or None."""
    between = text[first.end : second.start]
    match = _JOIN.fullmatch(between)
    if match is None or first.vague or second.vague:
        return None
    word = between.strip().lower()
    low, high = first.value, second.value
    opened = re.search(r"\b(?P<word>between|from)\s+(?:[\w'’-]+\s+){0,2}$", text[: first.start], re.IGNORECASE)
    before = opened["word"].lower() if opened else ""
    if second.scale > first.scale and high / second.scale >= low:
        low *= second.scale / first.scale
    if not low < high or (first.currency or second.currency or None) != (second.currency or first.currency or None):
        return None
    if word == "and" and before != "between":
        return None
    if (word == "or" or word.endswith(("maybe", "perhaps", "possibly", "even"))) and not (high <= 2 * low + 2):
        return None
    if word in ("to", "up to") and before == "from" and _CHANGE.search(text[max(0, first.start - 60) : first.start]):
        return None
    start = opened.start() if opened else first.start
    hedges: tuple[str, ...] = ()
    if not opened:
        start, _, hedges = _hedged(text, first.start)
    return Figure(
        start=start, end=second.end, core_start=first.start, core_end=second.end, low=low, high=high, bound="range",
        hedges=hedges, currency=first.currency or second.currency,
    )  # fmt: skip


def _hedged(text: str, start: int) -> tuple[int, str | None, tuple[str, ...]]:
    """Where the hedges before `start` begin, the bound that they make, and they themselves."""
    bound: str | None = None
    hedges: list[str] = []
    while True:
        before = text[:start].rstrip(" \u00a0\t(")
        match = _BEFORE.search(before + " ")
        if match is None or _CHOICE.search(before) or _RAMP.search(before) or _OF_TOPIC.search(before):
            return start, bound, tuple(hedges)
        kind = match.lastgroup or "neutral"
        begin = match.start(kind)
        words = match[kind].lower()
        # "fewer than the 1,400 of the week before" compares, it bounds nothing
        compared = words.endswith("than") and bool(re.search(r"\bthan\s+the$", before, re.IGNORECASE))
        if compared:
            return start, bound, tuple(hedges)
        if kind == "at_least" and words.endswith("than") and _NEVER.search(before[:begin]):
            kind = "at_most"
        if kind != "neutral":
            hedges.insert(0, words)
            # "up to about 100" is a ceiling, "more than an estimated 100" a floor
            if bound is None or (bound == "approximately" and kind != "approximately"):
                bound = kind
        start = begin


def _single(text: str, atom: _Atom) -> Figure:
    start, bound, hedges = _hedged(text, atom.start)
    end = atom.end
    hedges = (*hedges, *atom.hedges)
    for after, pattern in _AFTER.items():
        match = pattern.match(text, end)
        if match and (bound is None or after != "approximately"):
            bound, end = bound or after, match.end()
            hedges = (*hedges, match[0].strip(" ,()").lower())
            break
    bound = bound or atom.bound
    figure = Figure(
        start=start, end=end, core_start=atom.start, core_end=atom.end, low=atom.value, high=atom.value, bound=bound,
        hedges=hedges, currency=atom.currency, vague=atom.vague, plain=atom.plain,
    )  # fmt: skip
    return bounded(figure, bound)


def bounded(figure: Figure, bound: str) -> Figure:
    """The figure under another bound: at_most has no low end, at_least no high one."""
    value = figure.high if figure.high is not None else figure.low
    low = None if bound == "at_most" else value
    high = None if bound == "at_least" else value
    return replace(figure, bound=bound, low=low, high=high)


def closing(text: str, figure: Figure, end: int) -> tuple[Figure, int]:
    """The figure with a bound that follows the thing counted ("20 drones or more"), and where the words now end."""
    if figure.bound != "point":
        return figure, end
    for bound, pattern in _AFTER.items():
        match = pattern.match(text, end)
        if match and not re.match(r"\s*,", match[0]):
            hedge = match[0].strip(" ,()").lower()
            return replace(bounded(figure, bound), hedges=(*figure.hedges, hedge)), match.end()
    return figure, end
