"""What a figure counts, of which class, and per what.

"1,000 Russian drones" counts drones, "20 drone operators" people, "six-nation coalition" countries. Only a plural or a
name that stands for the thing ("45 Shahed-136") makes a volume; "drone" before another noun belongs to that noun.
"""

import re
from dataclasses import dataclass

from dronewall.assess.language.phrase_ends import OTHER_HEADS, STOP
from dronewall.assess.language.things import GENERIC, HEADS

# Names that stand for the thing where no noun follows: "three Shahed-136 downed"
NAMESAKES = re.compile(
    r"(?:shahed|shahid|geran|gerbera|lancet|orlan|mavic|fpv|supercam|zala|parodiya|italmas|molniya|mohajer|ababil|harop|"
    r"bayraktar|tb2|tb3|akinci|switchblade|warmate|merlin|garpiya|bober|lyutyi|liutyi)(?:[-‑–/][\w/]+)*s?$",
    re.IGNORECASE,
)
# "24 more Bayraktars", not "24 more than"; "eleven flying objects"
_MORE_OF = re.compile(
    r"\s+(?:[a-z-]+\s+)?[A-Z][a-z]+s\b|\s+(?:[a-z-]+\s+){0,2}(?:drones|UAVs|balloons|interceptors|quadcopters)\b"
)
_FLYING = re.compile(r"\s+(?:objects?|apparatus|vehicles?|devices?|machines?)\b")
CURRENCIES = {"$": "usd", "€": "eur", "£": "gbp", "₽": "rub", "₴": "uah", "USD": "usd", "EUR": "eur", "GBP": "gbp",
              "RUB": "rub", "UAH": "uah", "PLN": "pln", "US$": "usd", "U.S.$": "usd"}  # fmt: skip
MONEY = frozenset({"usd", "eur", "gbp", "rub", "uah", "pln", "rials"})
VOLUMES = frozenset({"drones", "balloons", "objects"})
CLASS_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(words, re.IGNORECASE))
    for name, words in (
        ("balloon", r"\bballoons?\b|\baerostats?\b"),
        ("decoy", r"\bdecoys?\b|\bdumm(?:y|ies)\b|\bimitat\w*|\bsimulators?\b|\bgerberas?\b|\bparod\w+|\bfake\b|\bfoam\b|\bplywood\b"),
        ("fpv", r"\bFPVs?\b|\bfirst[- ]person[- ]view\b|\bfirst[- ]person\b"),
        ("agricultural", r"\bagricultur\w*|\bagro\w*|\bcrop\b|\bspray\w*|\bfarm\w*"),
        ("reconnaissance", r"\breconn?aissance\b|\brecon\b|\bsurveillance\b|\bspy\b|\borlans?\b|\bzala\b|\bsupercams?\b|\bobservation\b|\bscout\w*|\bmonitoring\b|\bISR\b|\bMerlin\b"),
        ("multirotor", r"\bquadr?o?copters?\b|\bmulti-?(?:copters?|rotors?)\b|\bhexacopters?\b|\boctocopters?\b|\bmavics?\b|\bmatrice\b|\bcopters?\b|\bDJI\b|\bvampire\b|\bheavy bomber\b"),
        ("fixed_wing_piston", r"\bshah[ei]ds?\b|\bgerans?\b|\blong[- ]range\b|\bone[- ]way\b|\bharpiya?\b|\bgarpiya\b|\bababil\b|\bmohajer\b|\bfixed[- ]wing\b|\bpropeller\b|\bpiston\b|\blyutyi\b|\bbober\b"),
        ("unknown", r"\bunidentified\b|\bunknown\b|\bof unclear\b|\bundetermined\b"),
    )
)  # fmt: skip
_TOKEN = re.compile(r"[^\W\d_]+(?:[-‑'’/][^\W_]+)*|\d[\w./-]*|%|[^\w\s]")
_RATE = re.compile(
    r"\s*[,(]?\s*(?:(?:pieces|units)\s+)?(?:(?:of (?:this|these|its|them|such)\s+)?(?:a|an|per|each|every|in a|in(?=\s+(?:year|month|week)\b(?!\s*\d))|any given|one)\s+(?:single\s+|calendar\s+|given\s+|such\s+)?"
    r"(?P<noun>year|annum|quarter|month|week|day|night|24 hours|attack|raid|wave|salvo|strike|assault|incident|barrage|swarm)\b"
    r"|(?P<adverb>annually|yearly|quarterly|monthly|weekly|daily|nightly)\b|[/](?P<slash>year|yr|y|month|mo|week|wk|day|d|night)\b|p\.\s?(?P<short>a)\.)",
    re.IGNORECASE,
)
_SLASH_RATE = re.compile(r"(?<=\w)/(?:year|yr|month|mo|week|wk|day|night)$", re.IGNORECASE)
_PIECES = re.compile(
    r"\s+(?:pcs|pieces|units|items|copies)\.?\s+of\s+(?=(?:[\w-]+\s+){0,2}?(?:balloons|drones|UAVs|quadcopters|unmanned|FPVs?|Shaheds?)\b)",
    re.IGNORECASE,
)
_DURATION = re.compile(r"\s*[,(]?\s*in\s+a\s+(?:single\s+)?(?:year|month|week|day)\b", re.IGNORECASE)
_AGO = re.compile(
    r"\s+(?:earlier|ago|before|later|previously)\b(?!\s+(?:\d|the|that|this|it|they|an?|its|he|she|[A-Z]))"
)
_RATE_BEFORE = re.compile(
    r"\b(?P<adjective>annual(?:ly)?|yearly|quarterly|monthly|weekly|daily|nightly)\b(?!\s+(?:briefing|report|news|update|"
    r"press|bulletin|summary|statement|address|budget|conference|review|telegram|newspaper|post))(?P<gap>(?:\s+[^\s.;:]+){0,9}?)\s*[:=]?\s*$",
    re.IGNORECASE,
)
_RATE_FIRST = re.compile(
    r"^\W*(?:\([^)]{2,40}\)\s*)?(?:each|every|per)\s+(?:single\s+)?(?P<noun>year|quarter|month|week|day|night)\b",
    re.IGNORECASE,
)
_RATE_LATER = re.compile(
    r"\b(?:each|every|per|a)\s+(?P<noun>year|quarter|month|week|day|night)\b|"
    r"\b(?P<adverb>annually|yearly|quarterly|monthly|weekly|daily|nightly)(?=\s*[.,;)]|\s*$)",
    re.IGNORECASE,
)
PER = {
    "year": "year", "annum": "year", "a": "year", "yr": "year", "y": "year", "annual": "year", "annually": "year",
    "yearly": "year", "quarter": "quarter", "quarterly": "quarter", "month": "month", "mo": "month", "monthly": "month",
    "week": "week", "wk": "week", "weekly": "week", "day": "day", "d": "day", "daily": "day", "24 hours": "day",
    "night": "day", "nightly": "day", "attack": "event", "raid": "event", "wave": "event", "salvo": "event",
    "strike": "event", "assault": "event", "incident": "event", "barrage": "event", "swarm": "event",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The thing counted: its unit, the words of the noun phrase, and where they end."""

    unit: str
    words: str
    end: int
    partitive: bool = False


# "shot down one drone Friday morning"
_TIME_AFTER = re.compile(r"\s+(?:(?:early|late)\s+)?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b")
_ALSO = re.compile(
    r"\s+(?:and|or|as well as)\s+(?:(?:various|other|different)\s+)?(?:[\w-]+\s+){0,2}?"
    r"(?:decoys|dummies|simulators|imitators|decoy\s+(?:drones|UAVs)|drone\s+simulators|simulator\s+drones|imitator\s+drones)\b",
    re.IGNORECASE,
)


def counted(text: str, start: int, currency: str | None, *, about_drones: bool) -> Counted | None:
    """What the figure that ends at `start` counts; None where no noun phrase of ours follows."""
    if currency:
        code = CURRENCIES.get(currency.replace(" ", ""), "usd")
        return Counted(unit=code, words=currency, end=start)
    pieces = _PIECES.match(text, start)
    if pieces:
        start = pieces.end()
    hyphen = re.match(r"[-‑–]([a-z]+)\b", text[start:])
    if hyphen:
        unit = HEADS.get(hyphen[1])
        return Counted(unit=unit, words=hyphen[1], end=start + hyphen.end()) if unit else None
    namesake: Counted | None = None
    partitive = False
    mixed = False
    count = 0
    named = capital = False
    for match in _TOKEN.finditer(text, start):
        token, end = match[0], match.end()
        low = token.lower()
        count += 1
        named, capital = capital, token[0].isupper()
        if token in "\"“”«»‘’'" or (low in ("-", "–") and count > 1 and text[match.start() - 1 : match.start()] != " "):
            continue
        if low in ("of", "out") and (count == 1 or (count == 2 and partitive)):
            partitive = True
            continue
        if partitive and low in ("the", "its", "his", "their", "these", "those", "of", "such", "all", "a", "our"):
            continue
        if low == "%":
            return Counted(unit="percent", words="%", end=end)
        cent = re.compile(r"per\s+cent\b").match(text, match.start()) if low == "per" else None
        if cent:
            return Counted(unit="percent", words="per cent", end=cent.end())
        if token[0].isdigit():
            if named and re.match(r"\d{1,3}[A-Za-z]?$", token) and _continues(text, end):
                # "7,500 Tern 3 quadcopters": a model's number
                continue
            if partitive and count <= 4 and re.match(r"\d[\d,.]*$", token):
                continue
            break
        if low in ("and", "or", "/") and count > 1 and _continues(text, end):
            mixed = True
            continue
        if low in ("(", ",") and count > 1 and _continues(text, end) and low == ",":
            mixed = True
            continue
        if count == 1 and low in ("more", "further", "additional") and _MORE_OF.match(text, end):
            continue
        if not token[0].isalpha() or (low in STOP and not (low == "flying" and _FLYING.match(text, end))):
            break
        rate = _SLASH_RATE.search(token)
        if rate:
            # "2,500 Gerbera/month": the period is no part of the name
            token, end = token[: rate.start()], match.start() + rate.start()
            low = token.lower()
        head = _head(text, token, end, about_drones=about_drones)
        if head == "modifier":
            if NAMESAKES.match(token):
                namesake = Counted(unit="drones", words=text[start:end], end=end, partitive=partitive)
        elif head == "end":
            return namesake
        elif head is not None:
            more = _ALSO.match(text, end) if head == "drones" else None
            end = more.end() if more else end
            return Counted(unit=head, words=text[start:end], end=end, partitive=partitive)
        if NAMESAKES.match(token):
            namesake = Counted(unit="drones", words=text[start:end], end=end, partitive=partitive)
        if count > 12 + 4 * mixed:
            break
    return namesake


def _continues(text: str, end: int) -> bool:
    """Whether a co-ordination inside a noun phrase goes on to a drone noun: "strike and decoy drones"."""
    return bool(
        re.match(
            r"\s*(?:and\s+)?(?:(?:various|other|different|enemy|Russian|Iranian|Ukrainian)\s+)?(?:[\w-]+[- ]){0,3}?"
            r"(?:drones|UAVs|UAS|decoys|quadcopters|Shaheds|munitions|copters|unmanned)\b",
            text[end : end + 70],
        )
    ) and not re.match(r"\s*(?:\w+\s+)?(?:\d|two|three|four|five|six|seven|eight|nine|ten)\b", text[end : end + 20])


def _head(text: str, token: str, end: int, *, about_drones: bool) -> str | None:
    """The unit if the token is the head of its phrase, "modifier", "end" for a head that is none of ours, else None."""
    low = token.lower().replace("’", "'").removesuffix("'s")
    following = re.match(r"[\s\u00a0]+([A-Za-z][\w'’-]*)", text[end:])
    after = following[1].lower() if following else ""
    if low.endswith(("drones", "copters", "uavs")) and low not in HEADS:
        low = "drones"
    if low in ("aerial", "air", "aircraft", "unmanned", "uncrewed", "flying", "loitering", "weather", "kamikaze"):
        if low == "aircraft":
            return (
                "drones"
                if re.search(r"\b(?:un(?:manned|crewed)|pilotless|remotely piloted)\s+$", text[: end - len(token)])
                else "aircraft"
            )
        return "modifier"
    if low in ("vehicles", "vehicle", "systems", "system", "munitions", "munition", "craft", "apparatus"):
        before = text[max(0, end - 60) : end - len(token)].lower()
        if re.search(
            r"\b(?:un(?:manned|crewed)|aerial|drone|loitering|pilotless|remotely piloted|flying)[\s-]+(?:(?:air|aircraft|aerial|vehicle)\s+)?$",
            before,
        ):
            return "drones"
        if low not in GENERIC:
            return "end"
    unit = HEADS.get(low)
    if unit is not None:
        singular = not low.endswith("s") or low in ("uas", "rpas")
        # a noun as modifier of a further noun: drone operators, missile strikes, balloon flights
        if singular and (
            after in HEADS
            or after in OTHER_HEADS
            or after in GENERIC
            or (after.endswith(("ing",)) and after in ("manufacturing",))
        ):
            return "modifier"
        if (
            singular
            and unit == "drones"
            and after
            and after not in STOP
            and not _TIME_AFTER.match(text, end)
            and re.match(r"[\s\u00a0]", text[end:])
            and low in ("drone", "uav", "decoy")
        ):
            return "modifier"
        if (
            low in ("plant", "state", "police", "wounded", "killed", "injured")
            and after
            and after not in STOP
            and low in ("state", "police", "plant")
        ):
            return "modifier"
        if low in ("units", "systems"):
            return "drones" if about_drones else "end"
        if low == "targets":
            return "objects" if re.search(r"\b(?:air|aerial)\s+$", text[: end - len(token)], re.IGNORECASE) else "end"
        return unit
    if low in GENERIC and about_drones and low not in ("vehicles", "aircraft", "systems", "weapons"):
        return "drones"
    if low in (
        "iranians",
        "russians",
        "ukrainians",
        "poles",
        "belarusians",
        "lithuanians",
        "latvians",
        "estonians",
        "americans",
    ):
        return "people"
    if low in OTHER_HEADS or (f"{low}s" in OTHER_HEADS and after not in HEADS and after not in GENERIC):
        return "end"
    return None


def per(text: str, sentence_start: int, figure_start: int, noun_end: int) -> tuple[str | None, int]:
    """The period of a rate around a figure, and where its words end."""
    match = None if _DURATION.match(text, noun_end) else _RATE.match(text, noun_end)
    if match and _AGO.match(text, match.end()):
        # "against 4,400 a month earlier": a time, no rate
        match = None
    if match is None:
        # 1,000 drones - a mix of this and that - a week
        aside = re.compile(r"\s*[—–(-][^—–()]{3,90}[—–)-]").match(text, noun_end)
        if aside:
            match = _RATE.match(text, aside.end())
    if match:
        word = (match["noun"] or match["adverb"] or match["slash"] or match["short"]).lower()
        return PER[word], match.end()
    before = _RATE_BEFORE.search(text[sentence_start:figure_start])
    if before and not re.search(r"[;]|\d", before["gap"]):
        return PER[before["adjective"].lower()], noun_end
    first = _RATE_FIRST.match(text[sentence_start:])
    if first:
        return PER[first["noun"].lower()], noun_end
    tail = text[noun_end : noun_end + 60]
    late = _RATE_LATER.search(tail)
    if (
        late
        and not _AGO.match(tail, late.end())
        and not re.search(r"\d|[,.;:]|\b(?:and|but|while)\b", tail[: late.start()])
    ):
        return PER[(late["noun"] or late["adverb"]).lower()], noun_end
    return None, noun_end


def event(text: str, noun_end: int) -> bool:
    """Whether the figure is told of one event: in a single night, in one raid."""
    return bool(
        re.match(
            r"[^.;,]{0,40}?\b(?:in|during|within)\s+(?:just\s+)?(?:a\s+single|one|the\s+same)\s+(?:night|raid|attack|wave|strike|salvo|barrage|assault)\b",
            text[noun_end:],
            re.IGNORECASE,
        )
    )


def object_class(words: str, following: str, unit: str) -> str:
    """The class of drone that the noun phrase names; several of them, or none, are `any`."""
    if unit == "balloons":
        return "balloon"
    if unit not in ("drones", "objects"):
        return "unknown"
    named = {name for name, pattern in CLASS_WORDS if pattern.search(words)}
    purpose = re.match(
        r"\s*(?:designed |intended |meant |built )?(?:for|to be used (?:in|for))\s+([\w\s,]{4,50})", following
    )
    if not named and purpose:
        named = {name for name, pattern in CLASS_WORDS if pattern.search(purpose[1])} - {"fixed_wing_piston"}
    if not named and re.match(
        r"\s*(?:of (?:an )?(?:unknown|unidentified|undetermined|unclear) (?:type|origin|model))", following
    ):
        named = {"unknown"}
    if len(named) > 1 and "unknown" in named:
        named.discard("unknown")
    if named == {"fixed_wing_piston", "reconnaissance"} and re.search(r"long[- ]range", words):
        named = {"reconnaissance"}
    mix = re.match(r"\s*(?:[—–(,-]|of)\s*(?:a\s+mix|both|mostly|including|various)", following)
    if mix or (
        re.search(r"\b(?:various|different|all|mixed)\s+types\b|\btype\b.*\band\b", words + following[:30])
        and len(named) != 1
    ):
        return "any"
    if len(named) == 1:
        return named.pop()
    if not named:
        return "unknown" if unit == "objects" else "any"
    return "any"
