"""Who said it, and through whom it came.

"Reuters reported, citing the ministry" has the ministry as speaker and Reuters as relay. A pronoun or "the ministry"
stands for whoever spoke last; a claim without any attribution has no speaker (or the issuing body, in its own release).
"""

import re
from collections.abc import Iterator, Sequence

from dronewall.assess.language.attributing import Attribution, cited, owner, parties, resolved
from dronewall.assess.language.names import is_body, is_media, tidy
from dronewall.assess.language.places import by_name
from dronewall.assess.language.saying import (
    ACCORDING,
    ACCORDING_SIGNS,
    CITING,
    CITING_SIGNS,
    COUNT,
    CUT,
    HIS_WORDS,
    LABEL,
    LABEL_ON,
    NOT_LABEL,
    PRONOUN,
    PRONOUN_SIGNS,
    QUOTED,
    REPORT_BY,
    REPORT_SIGNS,
    ROLE_FIRST,
    VERB,
)
from dronewall.assess.language.sourcing import first_person, gives_way
from dronewall.assess.language.subjects import APPOSED, subject_of

# Who is told is an outlet where it is one name of its own: not a person in full, not a body or its members
_OUTLET = re.compile(
    r"(?!(?:Parliament|Congress|Seimas|Saeima|Riigikogu|Sejm|Bundestag|Duma|Rada|MPs|NATO|Putin|Zelensky|Zelenskyy|Trump|Lukashenko|EU|UN)\b)[A-ZÀ-Þ][\w.-]*\d?"
)


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
_SHORT = re.compile(r"(?:the\s+)?(?:MoD|[A-Z]{2,5})(?:\s+[A-Z]{2,3})?")
_VERBAL = re.compile(r"\b(?:is|are|was|were|has|have|had)\b")
_LONG_NUMBER = re.compile(r"\d{3,}")
_A_TIME = re.compile(r"\d|(?:end|start|beginning|middle|close|next|then|now)\b")
_TOLD = re.compile(
    r"\b(?:told|tells)\s+(?P<who>(?:the\s+)?(?:[A-Z][\w'’.-]*|state|media|news|local|public|national|radio|television|TV|newspaper|journalists|reporters|agency)(?:\s+(?:[A-Z][\w'’.-]*|media|news|agency|newspaper|TV|radio|broadcaster|state|television|daily))*)"
)
_PRESS = re.compile(r"\b(?:journalists|reporters)\b")


def _any(sentence: str, signs: tuple[str, ...]) -> bool:
    return any(sign in sentence for sign in signs)


def attributions(sentence: str, last: str | None) -> list[Attribution]:
    """Who speaks in a sentence, in order; `last` is who spoke before, for pronouns."""
    sentence = _QUOTED_NAME.sub(_unquoted, sentence)
    found = list(_labelled(sentence))
    for match in VERB.finditer(sentence):
        spoken = subject_of(sentence, match, last)
        if spoken is not None:
            found.append(spoken)
            # "Motolko doubts this: the hall, he said, ..."
            last = spoken.who if spoken.who and not spoken.media else last
    found += _according(sentence, last)
    found += _citing(sentence)
    found += _quoted(sentence)
    found += _who_told(sentence, found)
    found += _in_his_words(sentence, last)
    found += _reported_by(sentence, found)
    found += _told_outlet(sentence)
    _by_shape(sentence, found, last)
    return sorted(_heard(sentence, found), key=lambda one: one.start)


def _at(match: re.Match[str], who: str, verb: str) -> Attribution:
    """The attribution that a whole match makes."""
    return Attribution(who=who, start=match.start(), end=match.end(), verb=verb, media=is_media(who))


def _labelled(sentence: str) -> Iterator[Attribution]:
    """Who speaks behind a label: "Border guard: 14 drones"."""
    label = LABEL_ON.match(sentence) or LABEL.match(sentence)
    if label and _is_speaker(label) and not _heading(sentence, label):
        yield _at(label, tidy(label["name"] or re.sub(r"^From\s+", "", label["who"])), ":")


def _is_speaker(label: re.Match[str]) -> bool:
    """Whether a label is a name, an abbreviation or an office, and no heading."""
    who = label["who"]
    return (
        not NOT_LABEL.match(who)
        and len(who.split()) <= 6
        and not _LONG_NUMBER.search(who)
        and not _VERBAL.search(who)
        and (who.isupper() or bool(_SHORT.fullmatch(who)) or label.re is LABEL_ON or _title_like(who))
    )


def _according(sentence: str, last: str | None) -> Iterator[Attribution]:
    """ "According to the minister, Rustem Orlov", "as cited by", "per the ministry"."""
    for match in ACCORDING.finditer(sentence) if _any(sentence, ACCORDING_SIGNS) else ():
        who = _source(sentence, match)
        if _NO_SOURCE.fullmatch(who) or not who or not _can_be_source(match, who):
            continue
        bare = who[0].islower() and not re.match(r"an?\s", match["who"])
        if bare and (PRONOUN.fullmatch(who) or PRONOUN.fullmatch("the " + who)):
            who = resolved(who, last) or who
        yield _at(match, who, "by" if match[0].split()[0].lower() in ("cited", "quoted") else "according")


def _source(sentence: str, match: re.Match[str]) -> str:
    """Whom "according to" names: "an analysis of satellite images by the institute" is the institute's."""
    words = CUT.sub("", _WORK_BY.sub("", match["who"].strip()))
    who = owner(tidy(words))
    apposed = APPOSED.match(sentence, sentence.find(words, match.start("who")) + len(words))
    if apposed and ROLE_FIRST.search(who.lower()):
        # "according to the minister, Rustem Orlov"
        return tidy(apposed["name"])
    return who


def _can_be_source(match: re.Match[str], who: str) -> bool:
    """Whether what stands behind "according to" is someone, and no time, plan or rate ("per month")."""
    capital = who[:1].isupper()
    if match[0].lower().startswith("per ") and not (
        (capital and match["who"].strip()[:3].lower() == "the") or is_media(who)
    ):
        return False
    return not _A_TIME.match(who) and (
        capital
        or " " in who
        or "-" in who
        or bool(ROLE_FIRST.fullmatch(who.lower()))
        or bool(_THE_SPEAKERS.match(match["who"]))
        or who.lower() in ("officials", "sources", "analysts", "experts", "authorities", "media")
    )


def _citing(sentence: str) -> Iterator[Attribution]:
    """ "Citing the customs"."""
    for match in CITING.finditer(sentence) if _any(sentence, CITING_SIGNS) else ():
        if who := tidy(CUT.sub("", match["who"].strip())):
            yield _at(match, who, "citing")


def _quoted(sentence: str) -> Iterator[Attribution]:
    """ "The minister was quoted by the agency as saying"."""
    for match in QUOTED.finditer(sentence):
        if who := tidy(CUT.sub("", match["who"] or match["who2"] or match["who3"])):
            yield _at(match, who, "citing" if match["who2"] else "by")


def _who_told(sentence: str, found: Sequence[Attribution]) -> Iterator[Attribution]:
    """ "Confirmed the words of Olha Berg, who announced plans for a million"."""
    for match in _WHO_TOLD.finditer(sentence) if ", who " in sentence else ():
        who = tidy(match["who"])
        if not is_media(who) and not any(one.start <= match.start("who") < one.end for one in found):
            yield Attribution(who=who, start=match.start(), end=match.end(), verb="said")


def _in_his_words(sentence: str, last: str | None) -> Iterator[Attribution]:
    """ "By his count"."""
    for match in HIS_WORDS.finditer(sentence) if _any(sentence, PRONOUN_SIGNS) else ():
        yield Attribution(who=last, start=match.start(), end=match.end(), verb="according")


def _reported_by(sentence: str, found: Sequence[Attribution]) -> list[Attribution]:
    """ "A report by Reuters": each outlet once."""
    reported: list[Attribution] = []
    for match in REPORT_BY.finditer(sentence) if _any(sentence, REPORT_SIGNS) else ():
        who = tidy(match["who"] or match["quoting"])
        if is_media(who) and not any(one.who == who for one in (*found, *reported)):
            reported.append(_at(match, who, "by"))
    return reported


def _told_outlet(sentence: str) -> Iterator[Attribution]:
    """ "Told Reuters", "told TVN24": a medium, or one name that is no place."""
    told = _TOLD.search(sentence)
    if told is None:
        return
    medium = is_media(told["who"]) and not _PRESS.search(told["who"])
    if medium or (_OUTLET.fullmatch(told["who"]) and not by_name(told["who"])):
        yield Attribution(who=tidy(told["who"]), start=told.start(), end=told.end(), verb="by", media=True)


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
            name = resolved(who, last)
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
