"""Who said it, and through whom it came.

"Reuters reported, citing the ministry" has the ministry as speaker and Reuters as relay. A pronoun or "the ministry"
stands for whoever spoke last; a claim without any attribution has no speaker (or the issuing body, in its own release).
"""

import re
from dataclasses import dataclass

from dronewall.assess.language.attributing import cited, owner, parties, without_time
from dronewall.assess.language.names import APPOSED_NAME, is_body, is_media, tidy
from dronewall.assess.language.places import by_name
from dronewall.assess.language.saying import (
    ACCORDING,
    ACCORDING_SIGNS,
    ADVERBIAL,
    AGED,
    CITING,
    CITING_SIGNS,
    COUNT,
    CUT,
    FROM,
    HIS_WORDS,
    LABEL,
    LABEL_ON,
    NOT_LABEL,
    NOUNISH,
    PAPER,
    PARTICIPLES,
    PRONOUN,
    PRONOUN_SIGNS,
    PRONOUN_SUBJECT,
    PRONOUNS,
    QUOTED,
    REPORT_BY,
    REPORT_SIGNS,
    ROLE_FIRST,
    ROLES,
    START,
    TAIL,
    VERB,
)
from dronewall.assess.language.sourcing import first_person, gives_way

# Who is told is an outlet where it is one name of its own: not a person in full, not a body or its members
_OUTLET = re.compile(
    r"(?!(?:Parliament|Congress|Seimas|Saeima|Riigikogu|Sejm|Bundestag|Duma|Rada|MPs|NATO|Putin|Zelensky|Zelenskyy|Trump|Lukashenko|EU|UN)\b)[A-ZÀ-Þ][\w.-]*\d?"
)


# "says the head of the watch, Ida Holm": the name is the better one
_APPOSED = re.compile(rf"(?:\s+(?:of|for|at|in)\s+[^,.;:”\"]{{2,50}})?{APPOSED_NAME}")
# "Belarus: the ministry says ..." heads, the ministry speaks
_SAYS_SO = re.compile(
    r"(?:the\s+)?[\w'’ -]{2,40}?\s+(?:says?|said|reports?|reported|claims?|claimed|confirms?|confirmed)\b"
)
_WORK_BY = re.compile(
    r"^(?:an?\s+|the\s+)?(?:[\w-]+\s+){0,2}?(?:analys[ie]s|study|report|survey|estimates?|count|tally|investigation|review)\b[^,.;]*?\bby\s+(?=[A-Z]|the\s)",
    re.IGNORECASE,
)
# "according to the auditors", not "according to the plan"
_THE_SPEAKERS = re.compile(
    r"(?:the|an?)\s+(?!(?:plan|schedule|calendar|law|map|timetable|season|need|size|type|weight|contract|rules?|terms|programme|weather|wind|order|budget|range|time)\b)[a-z-]+\b",
)
# "according to preliminary information": whose, the sentence says elsewhere
_NO_SOURCE = re.compile(
    r"(?:preliminary|available|latest|initial|first|operational|updated|incoming|current|unconfirmed|some|these|this|that)\s+(?:information|data|reports?|figures|estimates?|assessments?|details)",
    re.IGNORECASE,
)
# "confirmed the words of Olha Berg, who announced plans for a million": the last voice before the figure
_WHO_TOLD = re.compile(
    r"(?<!^)\b(?P<who>[A-ZÀ-ÞŁŚŻ][\w'’-]+\s+[A-ZÀ-ÞŁŚŻ][\w'’-]+),\s+who\s+(?:had\s+|has\s+|later\s+|also\s+|earlier\s+)*(?:announced|said|claimed|stated|reported|promised|warned|estimated|confirmed|put)\b(?!\s+(?:nothing|no\b|he\b|she\b))"
)
# '"Olena", a bus driver, said': a name in quotation marks
_QUOTED_NAME = re.compile(
    r"^(\W*)[\"“«]([A-ZÀ-Þ][\w'’-]+)[\"”»](?=,\s|\s+(?:said|says|told|tells)\b)|^(\W*)[\"“«]([A-ZÀ-Þ][\w'’-]+),[\"”»]"
)
_DATELINE = re.compile(r"^[A-ZÀ-Þ][\w.,'’ ]{1,40}?\s[-–—]\s+(?=\S)")
_SHORT = re.compile(r"(?:the\s+)?(?:MoD|[A-Z]{2,5})(?:\s+[A-Z]{2,3})?")
_VERBAL = re.compile(r"\b(?:is|are|was|were|has|have|had)\b")
_FINITE = re.compile(
    r"\s(?:lost|has|have|had|was|were|is|are|will|would|can|could|built|makes?|made|produce[sd]?|launched|sent|shot|used|uses|wants?|plans?|crossed|entered|needs?|received|counted|fell|flew|bought)\b"
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
    sentence = _QUOTED_NAME.sub(_unquoted, sentence)
    label = LABEL_ON.match(sentence) or LABEL.match(sentence)
    if (
        label
        and not NOT_LABEL.match(label["who"])
        and len(label["who"].split()) <= 6
        and not re.search(r"\d{3,}", label["who"])
        and not _VERBAL.search(label["who"])
        and (
            label["who"].isupper()
            or _SHORT.fullmatch(label["who"])
            or label.re is LABEL_ON
            or _title_like(label["who"])
        )
        and not _heading(sentence, label)
    ):
        name = tidy(label["name"] or re.sub(r"^From\s+", "", label["who"]))
        found.append(Attribution(who=name, start=label.start(), end=label.end(), verb=":", media=is_media(name)))
    for match in VERB.finditer(sentence):
        spoken = _subject(sentence, match, last)
        if spoken is not None:
            found.append(spoken)
            # "Motolko doubts this: the hall, he said, ..."
            last = spoken.who if spoken.who and not spoken.media else last
    for match in ACCORDING.finditer(sentence) if _any(sentence, ACCORDING_SIGNS) else ():
        # "an analysis of satellite images by the institute" is the institute's
        words = CUT.sub("", _WORK_BY.sub("", match["who"].strip()))
        who = owner(tidy(words))
        apposed = _APPOSED.match(sentence, sentence.find(words, match.start("who")) + len(words))
        if apposed and ROLE_FIRST.search(who.lower()):
            # "according to the minister, Rustem Orlov"
            who = tidy(apposed["name"])
        if _NO_SOURCE.fullmatch(who):
            continue
        if match[0].lower().startswith("per ") and not (
            (who[:1].isupper() and match["who"].strip()[:3].lower() in ("the",)) or is_media(who)
        ):
            continue
        if (
            who
            and not re.match(r"\d|(?:end|start|beginning|middle|close|next|then|now)\b", who)
            and (
                who[0].isupper()
                or " " in who
                or "-" in who
                or ROLE_FIRST.fullmatch(who.lower())
                or _THE_SPEAKERS.match(match["who"])
                or who.lower() in ("officials", "sources", "analysts", "experts", "authorities", "media")
            )
        ):
            by = match[0].split()[0].lower() in ("cited", "quoted")
            if (
                who[0].islower()
                and not re.match(r"an?\s", match["who"])
                and (PRONOUN.fullmatch(who) or PRONOUN.fullmatch("the " + who))
            ):
                who = _resolved(who, last) or who
            found.append(
                Attribution(
                    who=who, start=match.start(), end=match.end(), verb="by" if by else "according", media=is_media(who)
                )
            )
    for match in CITING.finditer(sentence) if _any(sentence, CITING_SIGNS) else ():
        who = tidy(CUT.sub("", match["who"].strip()))
        if who:
            found.append(Attribution(who=who, start=match.start(), end=match.end(), verb="citing", media=is_media(who)))
    for match in QUOTED.finditer(sentence):
        who = tidy(CUT.sub("", match["who"] or match["who2"] or match["who3"]))
        if who:
            verb = "citing" if match["who2"] else "by"
            found.append(Attribution(who=who, start=match.start(), end=match.end(), verb=verb, media=is_media(who)))
    for match in _WHO_TOLD.finditer(sentence) if ", who " in sentence else ():
        who = tidy(match["who"])
        if not is_media(who) and not any(one.start <= match.start("who") < one.end for one in found):
            found.append(Attribution(who=who, start=match.start(), end=match.end(), verb="said"))
    for match in HIS_WORDS.finditer(sentence) if _any(sentence, PRONOUN_SIGNS) else ():
        found.append(Attribution(who=last, start=match.start(), end=match.end(), verb="according"))
    for match in REPORT_BY.finditer(sentence) if _any(sentence, REPORT_SIGNS) else ():
        who = tidy(match["who"] or match["quoting"])
        if is_media(who) and not any(one.who == who for one in found):
            found.append(Attribution(who=who, start=match.start(), end=match.end(), verb="by", media=True))
    told = re.search(
        r"\b(?:told|tells)\s+(?P<who>(?:the\s+)?(?:[A-Z][\w'’.-]*|state|media|news|local|public|national|radio|television|TV|newspaper|journalists|reporters|agency)(?:\s+(?:[A-Z][\w'’.-]*|media|news|agency|newspaper|TV|radio|broadcaster|state|television|daily))*)",
        sentence,
    )
    if told and is_media(told["who"]) and not re.search(r"\b(?:journalists|reporters)\b", told["who"]):
        found.append(Attribution(who=tidy(told["who"]), start=told.start(), end=told.end(), verb="by", media=True))
    elif told and _OUTLET.fullmatch(told["who"]) and not by_name(told["who"]):
        # "told TVN24": one name that is no place
        found.append(Attribution(who=tidy(told["who"]), start=told.start(), end=told.end(), verb="by", media=True))
    _by_shape(sentence, found, last)
    return sorted(_heard(sentence, found), key=lambda one: one.start)


def _unquoted(match: re.Match[str]) -> str:
    """The name without its quotation marks, as long as it was with them."""
    return (match[1] or match[3] or "") + " " + (match[2] or match[4]) + (" " if match[2] else ", ")


def _heard(sentence: str, found: list[Attribution]) -> list[Attribution]:
    """The voices without those that another of the same sentence stands for: "we" in its quotation, who only expects."""
    named = [one for one in found if one.who and one.verb != "by" and not first_person(sentence[one.start : one.end])]
    firm = [one for one in named if not one.media and not gives_way(one.verb, sentence[one.end :])]
    return [
        one
        for one in found
        if one.verb == "by"
        or one in firm
        or (one.media and one in named)
        or not any(other is not one for other in (firm if one in named else named))
    ]


def _by_shape(sentence: str, found: list[Attribution], last: str | None) -> None:
    """Add who speaks by the sentence's shape alone, where no verb of saying gave a voice."""
    if not any(one.verb == "citing" for one in found):
        for who, start, end, how in cited(sentence):
            if how == "said" and any(one.who == who for one in found):
                continue
            found.append(Attribution(who=who, start=start, end=end, verb=how, media=how == "said" or is_media(who)))
    if any(one.verb != "by" and one.who and not first_person(sentence[one.start : one.end]) for one in found):
        return
    for who, start, end, how in parties(sentence):
        name: str | None = who
        if who.islower() and PRONOUN.fullmatch("the " + who):
            name = _resolved(who, last)
        found.append(Attribution(who=name, start=start, end=end, verb=how, media=bool(name and is_media(name))))


def _heading(sentence: str, label: re.Match[str]) -> bool:
    """Whether a place before a colon heads what is told of it: "Lithuania: 52 balloons", "Kharkiv: explosions"."""
    place = by_name(label["who"].strip())
    if place is None:
        return False
    return bool(COUNT.match(sentence, label.end()) or _SAYS_SO.match(sentence, label.end())) or (
        place.kind != "country" and sentence[label.end() : label.end() + 1].islower()
    )


def _title_like(words: str) -> bool:
    tokens = [word for word in re.findall(r"[A-Za-zÀ-ž]+", words) if len(word) > 3]
    small = [word for word in tokens if word[0].islower()]
    if re.match(r"(?:An?|One)\s", words) and len(words.split()) <= 4:
        # "A Lithuanian guest: ..."
        return True
    # "Border guard: ..." speaks, "Air attacks on Ukraine: ..." is a heading
    body = is_body(words.title()) or bool(ROLE_FIRST.match(words[0].lower() + words[1:]))
    return bool(tokens) and (not small or (body and len(small) <= 3)) and words[0].isupper()


def _subject(sentence: str, verb: re.Match[str], last: str | None) -> Attribution | None:
    """The attribution that a verb of saying makes, or None where the word is none here."""
    word = verb["verb"].lower()
    # "Captain Plamen Dimitrov, 44, said"
    before, after = AGED.sub(" ", sentence[: verb.start()]), sentence[verb.end() :]
    if word in NOUNISH and not re.match(
        r"\s*(?:that\b|:|[\"“«]|the\s+(?:number|figure|total)|at\s|in\b|on\b|\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty|dozens|hundreds)\b|up to|about|more|some|just\b|almost|close to|fewer|less|no\s+(?:more|fewer|less)|between|a\s+total|it\b|there\b|Iran|Russia|Belarus|Ukrain|to\s+have\b|its?\b|they\b|he\b|an?\b|the\b|,|\.|$|as\s+saying|around|at least|nearly|over|(?:its|their|his|her)\s+(?:\w+\s+)?(?:figures?|count|tally|estimates?|numbers?|toll|total)\b|(?:[\w-]+\s+){0,8}?at\s)",
        after,
    ):
        return None
    if word in ("adds", "add") and re.match(r"\s+(?:another\s+|a\s+further\s+|some\s+|about\s+)?\d", after):
        # "A second plant adds 1,000 drones a month"
        return None
    if word in NOUNISH and re.search(r"(?:\d|\b(?:hundred|thousand|million|dozen|many|few|several|more))\s+$", before):
        # "received 500 reports in three weeks"
        return None
    if re.search(
        r"\b(?:to|of|a|an|the|this|these|those|its|their|his|such|no|any|which|other|(?<!had\s)(?<!has\s)(?<!have\s)(?:earlier|previous)|said)\s+$",
        before,
        re.IGNORECASE,
    ) and word not in ("said", "told"):
        return None
    if re.match(r"(?:\s+(?:on|in|last|this|earlier)(?:\s+\w+){1,3}?)?\s+by\b", after):
        # "a study published on Monday by the institute"
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
        or re.match(rf"\s+(?P<who>the\s+{ROLE_FIRST.pattern})(?=\s*[,.;:]|\s+\w|\s*$)", after)
        or re.match(
            r"\s+(?P<who>(?:an?|one\s+of)\s+[^,.;:”\"]{3,60}?)(?=\s+(?:who|which|that|from|in|at|on)\b|\s*[,.;])", after
        )
        if quote_ends
        else None
    )
    # "the director, Oleg Sidorov, told Nordwire": who is told does not speak
    if inverted and _FINITE.search(after[max(0, inverted.start("who") - 1) : inverted.end("who") + 12]):
        # "Its chief, General Kiril, says the army lost 400": the other way round
        inverted = None
    if inverted and word not in ("saying", "adding", "told", "tells", "tell") and not re.match(r"\s+by\b", after):
        found = tidy(CUT.sub("", inverted["who"]))
        if apposed := _APPOSED.match(after, inverted.end("who")):
            found = tidy(apposed["name"])
        if found and not re.match(r"(?:that|in|on|at|by|from|with|to|for|of|as|since|during|after|before)\b", found):
            if found.islower() and PRONOUN.fullmatch("the " + found):
                found = _resolved("the " + found, last) or found
            return Attribution(
                who=found, start=verb.start(), end=verb.end() + inverted.end(), verb=word, media=is_media(found)
            )
    spoken = PRONOUN_SUBJECT.search(before)
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
        told_of = ADVERBIAL.sub("", words)
        aside = re.match(
            r"(?P<np>.*?)(?:,\s|\s[—–]\s|\s\()(?:(?:who|which|the|a|an|head|chief|deputy|commander|spokes\w+|minister|director|whose|[a-z])[^,]*(?:,[^,]*)?)$",
            told_of,
        )
        if aside and START.match(ADVERBIAL.sub("", aside["np"]).strip()):
            words = aside["np"]
    # "Riga - On Sunday Latvia's air force said"
    words = ADVERBIAL.sub("", without_time(_DATELINE.sub("", words.strip())))
    words = TAIL.sub("", " " + words).strip()
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
            and START.match(parts[0])
            and len(parts) == 2
            and len(parts[0].split()) <= 6
            and parts[0].split()[0][0].isupper()
            and not re.match(r"(?:On|In|At|By|The)\b", parts[0])
            and not re.search(r"\d|\b(?:has|have|had|was|were|is|are|will|would)\b", parts[0])
        ):
            words = parts[0]
        else:
            words = parts[-1]
    words = re.sub(r"^(?:while|whereas|although|though|but|and)\s+(?=[A-Z])", "", words)
    # "Later they admitted", "What he said was that"
    words = re.sub(
        r"^(?:[Ll]ater|[Tt]hen|[Nn]ow|[Ss]till|[Aa]fterwards|[Ee]ventually|[Ff]inally|[Tt]oday|[Yy]esterday|[Ww]hat)\s+(?=(?:he|she|they|it|we|I|the)\b|[A-Z])",
        "",
        words,
    )
    words = without_time(
        re.sub(
            r"^(?:[Aa]s|[Ww]hen|[Ii]f|[Ww]henever)\s+(?=the\s|[A-Z]|its?\s|he\b|she\b|they\b)",
            "",
            re.sub(r"^[^\w\"“«]+", "", words),
        )
    )
    words = owner(words)
    words = FROM.sub("", re.sub(r"\s+(?:seen|obtained|reviewed)\s+by\s.*$", "", words))
    # "Latvia's army said it counted": the outer voice
    words = re.sub(r"\s+(?:said|says|told\s+\w+)\s+(?:that\s+)?(?:it|they|he|she)$", "", words)
    if (
        not words
        or len(words.split()) > 16
        or not (START.match(words) or words.lower() in PRONOUNS or (words != stem.strip() and ROLE_FIRST.match(words)))
        or re.search(r"\b(?:were|was|is|are|has|have|will|would|shot|downed)\b", words)
        or (word == "saying" and words.endswith(" as"))
        or re.search(r"\b(?:dismissed|rejected|denied)\b|^(?:I|[Ww]e|[Tt]hey|[Hh]e|[Ss]he|[Yy]ou)['’]", words)
        or re.match(r"(?:In|On|At|By|From|For|say|says|said|told|adds?|added)\s", words)
        or (re.search(r"['’]s$", words) and word in PARTICIPLES)
        or re.match(r"(?:I|[Ww]e|[Yy]ou)\s", words)
    ):
        return None
    if re.match(
        r"(?:there|this|that|these|those(?!\s+(?:familiar|close|briefed))|which|what|(?:some|every|no|any)(?:body|one)|(?:some\s+)?people(?!\s+(?:familiar|close|briefed|with)\b))\b",
        words,
        re.IGNORECASE,
    ):
        return None
    who: str | None = tidy(words)
    bare = re.sub(r"^(?:[Tt]he)\s+", "", words.strip())
    pronoun = bare.lower() in PRONOUNS
    if pronoun or (bare[:1].islower() and PRONOUN.fullmatch("the " + bare)):
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
    noun = re.sub(r"\s+of\s+the\s+[a-z]+$", "", noun)
    if noun in PRONOUNS:
        return last
    if last is not None and (noun in last.lower() or noun in ROLES):
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
        later = [one for one in own if one.start >= cited[-1].end]
        if later:
            # "citing the customs, he counts 4,800; enough, he reckons, for 1,200"
            return later[-1].who, tuple(dict.fromkeys(relays)), True
        if own and PAPER.fullmatch(cited[-1].who or ""):
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
