"""Who said it, and through whom it came.

"Reuters reported, citing the ministry" has the ministry as speaker and Reuters as relay. A pronoun or "the ministry"
stands for whoever spoke last; a claim without any attribution has no speaker (or the issuing body, in its own release).
"""

import re
from dataclasses import dataclass

from dronewall.assess.language.names import is_body, is_media, tidy
from dronewall.assess.language.places import by_name

_SAY = (
    r"sa(?:id|ys?|ying)|t(?:old|ells?|elling)|report(?:ed|s)?|claim(?:ed|s)?|announc(?:ed|es|e)|stat(?:ed|es)|wr(?:ote|ites|ite)|confirm(?:ed|s)?|"
    r"add(?:ed|s)|not(?:ed|es)|warn(?:ed|s)?|estimat(?:ed|es|e)|reveal(?:ed|s)?|den(?:ied|ies|y)|acknowledg(?:ed|es)|admit(?:ted|s)|argu(?:ed|es|e)|"
    r"assert(?:ed|s)|insist(?:ed|s)?|explain(?:ed|s)|emphasi[sz](?:ed|es)|highlight(?:ed|s)|suggest(?:ed|s)|indicat(?:ed|es)|stress(?:ed|es)|"
    r"declar(?:ed|es)|disclos(?:ed|es)|believ(?:ed|es|e)|predict(?:ed|s)|assess(?:ed|es)|alleg(?:ed|es)|boast(?:ed|s)|"
    r"maintain(?:ed|s)|show(?:ed|s)|clarif(?:ied|ies)|specif(?:ied|ies)|recall(?:ed|s)|calculat(?:ed|es)|propos(?:ed|es)|forecast(?:s)?|reiterat(?:ed|es)|"
    r"repl(?:ied|ies)|answer(?:ed|s)(?=\s+that\b)|respond(?:ed|s)(?=\s+that\b)|tweeted|posted|comment(?:ed|s)|inform(?:ed|s)|quoted|cit(?:ed|es)|put|retract(?:ed|s)|withdrew|rejected|dismissed|corrected|promised|pledged|expressed|published|released|issued|expect(?:ed|s)|fear(?:ed|s)|conclud(?:ed|es)|thinks?|counted|counts|puts|(?:sp(?:eaks?|oke)|talk(?:s|ed)?)\s+(?:of|about)|revis(?:ed|es)|learned|doubt(?:s|ed)"
)
_VERB = re.compile(rf"(?<![\w-])(?P<verb>{_SAY})(?![\w-])", re.IGNORECASE)
# "put the number at", "reported attacks": only with a that-clause, a figure or a quotation near do these two say something
_NOUNISH = {
    "reports",
    "claims",
    "estimates",
    "notes",
    "states",
    "report",
    "claim",
    "estimate",
    "shows",
    "forecast",
    "cites",
    "comments",
    "put",
    "expects",
    "expected",
    "fears",
    "feared",
    "counted",
    "counts",
    "puts",
    "revised",
    "revises",
    "doubts",
    "doubted",
    "learned",
    "maintains",
    "maintained",
    "issued",
    "released",
    "published",
    "quoted",
}
_PRONOUN = re.compile(
    r"(?:he|she|they|it|we|i|who|the (?:official|minister|ministry|spokesman|spokeswoman|spokesperson|governor|general|president|statement|report|agency|centre|center|service|officer|commander|command|colonel|source|institute|company|department|office|expert|analyst|leader|newspaper|outlet|authors?|air force|director|chief|text|release|document|study))",
    re.IGNORECASE,
)
_PRONOUNS = frozenset({"he", "she", "they", "it", "we", "i", "who"})
_ROLES = frozenset(
    [
        "official",
        "minister",
        "spokesman",
        "spokeswoman",
        "spokesperson",
        "governor",
        "general",
        "president",
        "officer",
        "commander",
        "colonel",
        "source",
        "expert",
        "analyst",
        "leader",
        "director",
        "chief",
        "statement",
        "report",
        "text",
        "release",
        "document",
    ]
)
_ADVERBIAL = re.compile(
    r"^(?:(?:on|in|at|by|last|earlier|meanwhile|yesterday|today|however|also|but|and|then|later|still|since|during|after|before|though|although|while|as|for|when|separately|overall|according|speaking|asked|following|despite|for its part|so|yet|thus|nor|moreover|similarly|instead|again|nevertheless|previously|recently|this|these|under|with|since|until)\b[^,]*,\s*)+",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:\s+(?:has|have|had|also|later|recently|earlier|typically|already|officially|now|then|is|was|are|were|did|does|himself|herself|itself|still|publicly|repeatedly|subsequently|previously|initially|separately|today|yesterday|first|again|once|meanwhile|in turn|who|which|reportedly|to|would|will|could|not|been|on\s+\w+day|\w+ly))+$",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"^.*?\b(?:reports?|data|figures|statistics|statement|estimates?|information|a message|post|posts|briefing|bulletin|numbers|tallies|a letter|documents?)\s+(?:\w+\s+)?(?:from|of|by|released by|published by|provided by|compiled by)\s+(?=[A-Z]|the |its )",
    re.IGNORECASE,
)
_START = re.compile(
    r"^(?:[A-ZÀ-ÞŠŽČĒĀĪŪĶĻŅŁŚŻА-Я]|the\s|a\s|an\s|its?\s|one\s|some\s|several\s|two\s|officials?\b|sources?\b|media\b|experts?\b|authorities\b|analysts?\b|intelligence\b|residents\b|local\b|military\b|western\b|police\b|border\b|both\b|many\b)"
)
# "..., industry minister Andrei Kuznetsov said": a role in small letters, where it follows a comma or a quotation
_ROLE_FIRST = re.compile(
    r"(?:[a-z][\w-]*\s){0,4}(?:minister|president|chief|commander|governor|mayor|general|colonel|spokes\w+|director|head|officials?|"
    r"analysts?|experts?|police|officers?|inspectors?|economists?|professors?|academics?|lawyers?|diplomats?|envoy|strategists?|consultants?|"
    r"senator|journalists?|correspondents?|farmers?|doctors?|executives?|lecturer|campaigners?|authors?|advis[eo]r|leader|ministry|service|army|military|company|secretary|ambassador|chairman|engineers?|"
    r"researchers?|lawmaker|premier|marshal|admiral|captain|prosecutors?|agency|guard|command|blogger|activists?|sources?|residents|"
    r"rescuers|manager|boss|founder|owner|partisans|volunteers|soldier|pilot|witnesses|scientists?|historian|institute|forces|firm|group)\b"
)
_ACCORDING = re.compile(
    r"\b(?:according to|as reported by|as stated by|in the words of|reported by|announced by|confirmed by|published by|released by|estimated by|cited by|quoted by|provided by|per)\s+(?P<who>(?:the\s+|a\s+|an\s+)?[\w'’.-]+(?:\s+[\w'’.-]+){0,9})",
    re.IGNORECASE,
)
_CITING = re.compile(
    r"\b(?P<verb>citing|quoting|with reference to|referring to|relaying|who cited|which cited)\s+(?P<who>(?:the\s+|an?\s+)?[\w'’.-]+(?:\s+[\w'’.-]+){0,9})",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    r"\b(?:was|were|is)\s+(?:quoted|cited)\s+by\s+(?P<who>(?:the\s+)?[\w'’.-]+(?:\s+[\w'’.-]+){0,5}?)\s+as\b|\bquoted\s+(?P<who2>[\w'’.-]+(?:\s+[\w'’.-]+){0,7}?)\s+as\s+saying|\bin\s+an?\s+(?:interview|comment|briefing|statement|remarks)\s+(?:with|to|for)\s+(?P<who3>(?:the\s+)?[A-Z][\w'’.-]*(?:\s+[A-Z][\w'’.-]*){0,4})"
)
# "They build 300 a month, she said", "In 2026 we counted"
_PRONOUN_SUBJECT = re.compile(
    r"(?:[,;”\"»]\s*(?:and\s+|but\s+)?|^\W*(?:In|By|Since|On|At|During)\s+(?:\w+\s+){1,3}?)(?P<who>he|she|they|we|i)\s+(?:(?:also|later|then|further|had|has|have)\s+)*$",
    re.IGNORECASE,
)
_PAPER = re.compile(
    r"(?:\w+\s+)?(?:documents?|papers?|letters?|minutes|files?|memos?|sources?|reports?|statements?|data)",
    re.IGNORECASE,
)
_AGED = re.compile(r",\s*(?:aged\s+)?\d{1,3}\s*,\s*$")
# "Moscow's stated goal": a participle before its noun is no verb
_PARTICIPLES = frozenset(
    {
        "stated",
        "announced",
        "declared",
        "published",
        "reported",
        "claimed",
        "promised",
        "pledged",
        "estimated",
        "expected",
        "revised",
        "issued",
        "released",
    }
)
_HIS_WORDS = re.compile(
    r"\baccording\s+to\s+(?:him|her|them)\b|\b(?:according\s+to|by|in|as\s+per)\s+(?:his|her|their)\s+(?:own\s+)?(?:words|account|estimates?|count|calculations?|data|information)\b",
    re.IGNORECASE,
)
_REPORT_BY = re.compile(
    r"\b(?:reports?|article|story|dispatch|investigation|account)\s+(?:by|in|from|of)\s+(?P<who>(?:the\s+)?[A-Z][\w'’.-]*(?:\s+[A-Z][\w'’.-]*){0,4})(?=\s+(?:that|which|saying|claiming|about|of|according)\b)|"
    r"\b(?:quoted|cited)\s+by\s+(?P<quoting>(?:the\s+)?[A-Z][\w'’.-]*(?:\s+[A-Z][\w'’.-]*){0,3})(?=\s*[,.;]|\s+[a-z])"
)
# Patterns are tried only where a sign of them stands in the sentence: most have none
_PRONOUN_SIGNS = (" his", " her", " him", " their", " them")
_REPORT_SIGNS = ("report", "article", "story", "dispatch", "investigation", "account", "quoted by", "cited by")
_ACCORDING_SIGNS = ("ccording to", "d by", "words of", "per ", "Per ")
_CITING_SIGNS = ("iting", "uoting", "refer", "elaying", "cited")
_CUT = re.compile(
    r"\s+(?:on|in|at|that|which|who|and|but|about|during|after|before|as|this|last|said|says|over|since|while|when|has|have|had|by|for|with|were|was|is|are|told|shot|the\s+number|via|citing|published|released)\b.*$|\s+\d.*$"
)
_LABEL = re.compile(
    r"^\W{0,3}(?:\d{1,2}[:.]\d{2}\s*(?:[—–-]\s*|\|\s*)?)?(?P<who>[A-ZÀ-ÞŠŽČ][\w.'’/ -]{1,48}?)\s*(?:\((?:(?P<name>[A-Z][\w.'’-]+ [\w.'’ -]{2,40})|[\w.,'’ -]{2,40})\)\s*)?:\s+(?=\S)"
)
_NOT_LABEL = re.compile(
    r"^(?:update|updated|correction|clarification|note|editor|photo|image|source|sources|read|see|also|watch|shot down|lost|launched|downed|destroyed|intercepted|total|result|results|breaking|live|summary|date|published|retraction|[qa](?! \w)|question|answer|key|background|in brief|what|who|when|how|why|drones|losses|crossed|hit|hits|figures?|by the numbers|analysis|explainer|opinion|as it happened|delivered|produced|capacity|plan|goal|target|output|weekly|monthly|daily|annual|yesterday|today|overnight|january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|type|region|week|night|production|exclusive|interview|caption|video|recap|timeline|facts|fact check|conclusion|of these|of them|among them)\b",
    re.IGNORECASE,
)


# "Lithuania: 52 balloons" is a heading, "Lithuania: we saw 52" a speaker
_COUNT = re.compile(
    r"(?:(?:about|around|some|over|nearly|up\s+to|at\s+least|at\s+most|(?:no\s+)?(?:more|fewer|less)\s+than)\s+)?(?:\d|one\b|two\b|three\b|four\b|five\b|six\b|seven\b|eight\b|nine\b|ten\b|\w+teen\b|\w+ty\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Who speaks in a stretch of a sentence. `who` is None for a pronoun that nothing resolves."""

    who: str | None
    start: int
    end: int
    verb: str
    media: bool = False
    relay_for: str | None = None
    relays: tuple[str, ...] = ()


def _any(sentence: str, signs: tuple[str, ...]) -> bool:
    return any(sign in sentence for sign in signs)


def attributions(sentence: str, last: str | None) -> list[Attribution]:
    """Who speaks in a sentence, in order; `last` is who spoke before, for pronouns."""
    found: list[Attribution] = []
    label = _LABEL.match(sentence)
    if (
        label
        and not _NOT_LABEL.match(label["who"])
        and len(label["who"].split()) <= 6
        and not re.search(r"\d{3,}", label["who"])
        and (label["who"].isupper() or _title_like(label["who"]))
        and not _heading(sentence, label)
    ):
        name = tidy(label["name"] or label["who"])
        found.append(Attribution(who=name, start=label.start(), end=label.end(), verb=":", media=is_media(name)))
    for match in _VERB.finditer(sentence):
        spoken = _subject(sentence, match, last)
        if spoken is not None:
            found.append(spoken)
            # "Motolko doubts this: the hall, he said, ..."
            last = spoken.who if spoken.who and not spoken.media else last
    for match in _ACCORDING.finditer(sentence) if _any(sentence, _ACCORDING_SIGNS) else ():
        who = tidy(_CUT.sub("", match["who"].strip()))
        if match[0].lower().startswith("per ") and not (
            (who[:1].isupper() and match["who"].strip()[:3].lower() in ("the",)) or is_media(who)
        ):
            continue
        if (
            who
            and not re.match(r"\d", who)
            and (
                who[0].isupper()
                or " " in who
                or who.lower() in ("officials", "sources", "analysts", "experts", "authorities", "media")
            )
        ):
            by = match[0].split()[0].lower() in ("cited", "quoted")
            if who[0].islower() and (_PRONOUN.fullmatch(who) or _PRONOUN.fullmatch("the " + who)):
                who = _resolved(who, last) or who
            found.append(
                Attribution(
                    who=who, start=match.start(), end=match.end(), verb="by" if by else "according", media=is_media(who)
                )
            )
    for match in _CITING.finditer(sentence) if _any(sentence, _CITING_SIGNS) else ():
        who = tidy(_CUT.sub("", match["who"].strip()))
        if who:
            found.append(Attribution(who=who, start=match.start(), end=match.end(), verb="citing", media=is_media(who)))
    for match in _QUOTED.finditer(sentence):
        who = tidy(_CUT.sub("", match["who"] or match["who2"] or match["who3"]))
        if who:
            verb = "citing" if match["who2"] else "by"
            found.append(Attribution(who=who, start=match.start(), end=match.end(), verb=verb, media=is_media(who)))
    for match in _HIS_WORDS.finditer(sentence) if _any(sentence, _PRONOUN_SIGNS) else ():
        found.append(Attribution(who=last, start=match.start(), end=match.end(), verb="according"))
    for match in _REPORT_BY.finditer(sentence) if _any(sentence, _REPORT_SIGNS) else ():
        who = tidy(match["who"] or match["quoting"])
        if is_media(who) and not any(one.who == who for one in found):
            found.append(Attribution(who=who, start=match.start(), end=match.end(), verb="by", media=True))
    told = re.search(
        r"\b(?:told|tells)\s+(?P<who>(?:the\s+)?(?:[A-Z][\w'’.-]*|state|media|news|local|public|national|radio|television|TV|newspaper|journalists|reporters|agency)(?:\s+(?:[A-Z][\w'’.-]*|media|news|agency|newspaper|TV|radio|broadcaster|state|television|daily))*)",
        sentence,
    )
    if told and is_media(told["who"]) and not re.search(r"\b(?:journalists|reporters)\b", told["who"]):
        found.append(Attribution(who=tidy(told["who"]), start=told.start(), end=told.end(), verb="by", media=True))
    return sorted(found, key=lambda one: one.start)


def _heading(sentence: str, label: re.Match[str]) -> bool:
    """Whether a place before a colon heads what is told of it: "Lithuania: 52 balloons", "Kharkiv: explosions"."""
    place = by_name(label["who"].strip())
    if place is None:
        return False
    return bool(_COUNT.match(sentence, label.end())) or (
        place.kind != "country" and sentence[label.end() : label.end() + 1].islower()
    )


def _title_like(words: str) -> bool:
    tokens = [word for word in re.findall(r"[A-Za-zÀ-ž]+", words) if len(word) > 3]
    small = [word for word in tokens if word[0].islower()]
    if re.match(r"(?:An?|One)\s", words) and len(words.split()) <= 4:
        # "A Lithuanian guest: ..."
        return True
    # "Border guard: ..." speaks, "Air attacks on Ukraine: ..." is a heading
    body = is_body(words.title()) or bool(_ROLE_FIRST.match(words[0].lower() + words[1:]))
    return bool(tokens) and (not small or (body and len(small) <= 3)) and words[0].isupper()


def _subject(sentence: str, verb: re.Match[str], last: str | None) -> Attribution | None:
    """The attribution that a verb of saying makes, or None where the word is none here."""
    word = verb["verb"].lower()
    # "Captain Plamen Dimitrov, 44, said"
    before, after = _AGED.sub(" ", sentence[: verb.start()]), sentence[verb.end() :]
    if word in _NOUNISH and not re.match(
        r"\s*(?:that\b|:|[\"“«]|the\s+(?:number|figure|total)|at\s|in\b|on\b|\d|up to|about|more|some|just\b|almost|close to|fewer|less|no\s+(?:more|fewer|less)|between|a\s+total|it\b|there\b|Iran|Russia|Belarus|Ukrain|its?\b|they\b|he\b|an?\b|the\b|,|\.|$|as\s+saying|around|at least|nearly|over|(?:its|their|his|her)\s+(?:\w+\s+)?(?:figures?|count|tally|estimates?|numbers?|toll|total)\b|(?:[\w-]+\s+){0,8}?at\s)",
        after,
    ):
        return None
    if word in _NOUNISH and re.search(r"(?:\d|\b(?:hundred|thousand|million|dozen|many|few|several|more))\s+$", before):
        # "received 500 reports in three weeks"
        return None
    if re.search(
        r"\b(?:to|of|a|an|the|this|these|those|its|their|his|such|no|any|which|other|earlier|previous|said)\s+$",
        before,
        re.IGNORECASE,
    ) and word not in ("said", "told"):
        return None
    if re.match(r"\s+by\b", after):
        return None
    if re.search(r"\b(?:not|n['’]t|never)\s+(?:\w+\s+){0,2}$|\b(?:to|would|must|should)\s+$", before, re.IGNORECASE):
        return None
    if re.search(
        r"\b(?:was|were|been|being|be|is|am|are|have been|has been|reportedly)\s+(?:\w+ly\s+)?$", before, re.IGNORECASE
    ) and word not in ("saying",):
        return None
    quote_ends = bool(re.search(r"[,.?!]?[”\"»’']\s*$|,\s*$", before))
    inverted = (
        re.match(r"\s+(?P<who>(?:the\s+|a\s+|an\s+)?(?:[a-z]+\s+){0,3}[A-ZÀ-ÞŠŽČ][^,.;:”\"]*)", after)
        or re.match(rf"\s+(?P<who>the\s+{_ROLE_FIRST.pattern})(?=\s*[,.;:]|\s+\w|\s*$)", after)
        if quote_ends
        else None
    )
    # "the director, Oleg Sidorov, told Nordwire": who is told does not speak
    if inverted and word not in ("saying", "adding", "told", "tells", "tell") and not re.match(r"\s+by\b", after):
        found = tidy(_CUT.sub("", inverted["who"]))
        if found and not re.match(r"(?:that|in|on|at|by|from|with|to|for|of|as|since|during|after|before)\b", found):
            if found.islower() and _PRONOUN.fullmatch("the " + found):
                found = _resolved("the " + found, last) or found
            return Attribution(
                who=found, start=verb.start(), end=verb.end() + inverted.end(), verb=word, media=is_media(found)
            )
    spoken = _PRONOUN_SUBJECT.search(before)
    if spoken:
        return Attribution(
            who=last, start=spoken.start("who"), end=verb.end(), verb=word, media=bool(last and is_media(last))
        )
    stem = re.sub(r",\s*$", "", before.rstrip()) if before.rstrip().endswith((",", "—", "–", ")")) else before
    stem = stem.rstrip(" —–")
    closed = stem != before.rstrip()
    pieces = re.split(r"[”\"»]\s*,?\s*|[;:]\s|\bthat\s|\.\s+(?=[A-Z])", stem)
    words = pieces[-1] if pieces else ""
    if closed:
        aside = re.match(
            r"(?P<np>.*?)(?:,\s|\s[—–]\s|\s\()(?:(?:who|which|the|a|an|head|chief|deputy|commander|spokes\w+|minister|director|whose|[a-z])[^,]*(?:,[^,]*)?)$",
            words,
        )
        if aside and _START.match(_ADVERBIAL.sub("", aside["np"]).strip()):
            words = aside["np"]
    words = _ADVERBIAL.sub("", words.strip())
    words = _TAIL.sub("", " " + words).strip()
    words = (
        re.split(
            r"(?:^|,\s|\s)(?:and|but|while|though|although|because|where|when|as)\s+(?=[A-Z]|the\s|he\b|she\b|it\b|they\b)(?=[^,]*$)",
            words,
        )[-1]
        if len(words.split()) > 6
        else words
    )
    if "," in words:
        parts = [part.strip() for part in words.split(",")]
        if (
            re.match(r"(?:the|a|an|head|chief|deputy|commander|spokes\w+|minister|director|governor|[a-z])", parts[-1])
            and _START.match(parts[0])
            and len(parts) == 2
            and len(parts[0].split()) <= 6
            and parts[0].split()[0][0].isupper()
            and not re.match(r"(?:On|In|At|By|The)\b", parts[0])
        ):
            words = parts[0]
        else:
            words = parts[-1]
    words = re.sub(r"^(?:while|whereas|although|though|but|and)\s+(?=[A-Z])", "", words)
    words = _FROM.sub("", words)
    # "Latvia's army said it counted": the outer voice
    words = re.sub(r"\s+(?:said|says|told\s+\w+)\s+(?:that\s+)?(?:it|they|he|she)$", "", words)
    if (
        not words
        or len(words.split()) > 16
        or not (_START.match(words) or (words != stem.strip() and _ROLE_FIRST.match(words)))
        or re.search(r"\b(?:were|was|is|are|has|have|will|would|shot|downed)\b", words)
        or (re.search(r"['’]s$", words) and word in _PARTICIPLES)
    ):
        return None
    if re.match(
        r"(?:there|this|that|these|those|which|what|(?:some|every|no|any)(?:body|one)|(?:some\s+)?people)\b",
        words,
        re.IGNORECASE,
    ):
        return None
    who: str | None = tidy(words)
    bare = re.sub(r"^(?:[Tt]he)\s+", "", words.strip())
    pronoun = bare.lower() in _PRONOUNS
    if pronoun or (bare[:1].islower() and _PRONOUN.fullmatch("the " + bare)):
        who = _resolved(words, last)
    return Attribution(
        who=who,
        start=max(0, verb.start() - len(words) - 1),
        end=verb.end(),
        verb=word,
        media=bool(who and is_media(who)),
    )


def _resolved(words: str, last: str | None) -> str | None:
    """Who a pronoun or a definite noun stands for."""
    noun = re.sub(r"^the\s+", "", words.strip(), flags=re.IGNORECASE).lower()
    if noun in _PRONOUNS:
        return last
    if last is not None and (noun in last.lower() or noun in _ROLES):
        return last
    return tidy(words)


def voice(
    sentence: str, said: list[Attribution], place: int, last: str | None
) -> tuple[str | None, tuple[str, ...], bool]:
    """Speaker and relays of the words at `place`, and whether the sentence names any.

    A medium beside another voice relays it; of several voices the last before the words speaks, or the next after them
    in their own clause.
    """
    if not said:
        return None, (), False
    relays = [one.who for one in said if one.verb == "by" and one.who]
    cited = [one for one in said if one.verb == "citing" and one.who]
    voices = [one for one in said if one.verb not in ("by", "citing")]
    if cited:
        outlets = [one.who for one in voices if one.who]
        first = [one.who for one in cited[:-1] if one.who]
        own = [one for one in voices if one.who and not one.media and one.end <= place]
        if own and _PAPER.fullmatch(cited[-1].who or ""):
            # "Intelligence believes that ..., the agency reported, citing a document"
            relays = [name for name in outlets if name != own[-1].who] + relays
            return own[-1].who, tuple(dict.fromkeys(relays)), True
        return cited[-1].who, tuple(dict.fromkeys([*first, *outlets, *relays])), True
    if not voices:
        return (last, tuple(relays), bool(relays)) if relays else (None, (), False)
    others = [one for one in voices if not one.media]
    media = [one for one in voices if one.media]
    if others and media:
        relays += [one.who for one in media if one.who]
        voices = others
    cuts = [m.end() for m in re.finditer(r";\s|,?\s(?:while|whereas|but)\s|\.\s", sentence)]
    segment = sum(1 for cut in cuts if cut <= place)
    same = [one for one in voices if sum(1 for cut in cuts if cut <= one.start) == segment] or voices
    before = [one for one in same if one.end <= place]
    chosen = before[-1] if before else same[0]
    return chosen.who, tuple(dict.fromkeys(relay for relay in relays if relay != chosen.who)), True
