"""Who speaks by a verb of saying: "the ministry, which runs the works, said", '"Yes," says the mayor', "he added"."""

import re

from dronewall.assess.language.attributing import Attribution, owner, resolved, without_time
from dronewall.assess.language.names import APPOSED_NAME, is_media, tidy
from dronewall.assess.language.saying import (
    ADVERBIAL,
    AGED,
    CUT,
    FROM,
    NOUNISH,
    PARTICIPLES,
    PRONOUN,
    PRONOUN_SUBJECT,
    PRONOUNS,
    ROLE_FIRST,
    START,
    TAIL,
)

# "says the head of the watch, Ida Holm": the name is the better one
APPOSED = re.compile(rf"(?:\s+(?:of|for|at|in)\s+[^,.;:”\"]{{2,50}})?{APPOSED_NAME}")
_DATELINE = re.compile(r"^[A-ZÀ-Þ][\w.,'’ ]{1,40}?\s[-–—]\s+(?=\S)")
_FINITE = re.compile(
    r"\s(?:lost|has|have|had|was|were|is|are|will|would|can|could|built|makes?|made|produce[sd]?|launched|sent|shot|used|uses|wants?|plans?|crossed|entered|needs?|received|counted|fell|flew|bought)\b"
)
# What follows a word like "reports" where it is a verb
_SAYS_WHAT = re.compile(
    r"\s*(?:that\b|:|[\"“«]|the\s+(?:number|figure|total)|at\s|in\b|on\b|\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty|dozens|hundreds)\b|up to|about|more|some|just\b|almost|close to|fewer|less|no\s+(?:more|fewer|less)|between|a\s+total|it\b|there\b|Iran|Russia|Belarus|Ukrain|to\s+have\b|its?\b|they\b|he\b|an?\b|the\b|,|\.|$|as\s+saying|around|at least|nearly|over|(?:its|their|his|her)\s+(?:\w+\s+)?(?:figures?|count|tally|estimates?|numbers?|toll|total)\b|(?:[\w-]+\s+){0,8}?at\s)"
)
_ANOTHER = re.compile(r"\s+(?:another\s+|a\s+further\s+|some\s+|about\s+)?\d")
_SO_MANY = re.compile(r"(?:\d|\b(?:hundred|thousand|million|dozen|many|few|several|more))\s+$")
_BEFORE_NOUN = re.compile(
    r"\b(?:to|of|a|an|the|this|these|those|its|their|his|such|no|any|which|other|(?<!had\s)(?<!has\s)(?<!have\s)(?:earlier|previous)|said)\s+$",
    re.IGNORECASE,
)
_BY = re.compile(r"(?:\s+(?:on|in|last|this|earlier)(?:\s+\w+){1,3}?)?\s+by\b")
_NOT_SAID = re.compile(r"\b(?:not|n['’]t|never)\s+(?:\w+\s+){0,2}$|\b(?:to|would|must|should)\s+$", re.IGNORECASE)
_WAS = re.compile(
    r"\b(?:was|were|been|being|be|is|am|are|have been|has been|reportedly)\s+(?:\w+ly\s+)?$", re.IGNORECASE
)
_QUOTE_ENDS = re.compile(r"[,.?!]?[”\"»’']\s*$|,\s*$")
# "..., says the governor of Sumy", "says the mayor", "says one of the engineers"
_INVERTED = (
    re.compile(r"\s+(?P<who>(?:the\s+|a\s+|an\s+)?(?:[a-z]+\s+){0,3}[A-ZÀ-ÞŠŽČ][^,.;:”\"]*)"),
    re.compile(rf"\s+(?P<who>the\s+{ROLE_FIRST.pattern})(?=\s*[,.;:]|\s+\w|\s*$)"),
    re.compile(r"\s+(?P<who>(?:an?|one\s+of)\s+[^,.;:”\"]{3,60}?)(?=\s+(?:who|which|that|from|in|at|on)\b|\s*[,.;])"),
)
_PREPOSITION = re.compile(r"(?:that|in|on|at|by|from|with|to|for|of|as|since|during|after|before)\b")
_PART_BREAK = re.compile(r"[”\"»]\s*,?\s*|[;:]\s|\bthat\s|\.\s+(?=[A-Z])")
_ASIDE = re.compile(
    r"(?P<np>.*?)(?:,\s|\s[—–]\s|\s\()(?:(?:who|which|the|a|an|head|chief|deputy|commander|spokes\w+|minister|director|whose|[a-z])[^,]*(?:,[^,]*)?)$"
)
_CLAUSE_BREAK = re.compile(
    r"(?:^|,\s|\s)(?:and|but|while|though|although|because|where|when|as)\s+(?=[A-Z]|the\s|he\b|she\b|it\b|they\b)(?=[^,]*$)"
)
_OFFICE = re.compile(r"(?:the|a|an|head|chief|deputy|commander|spokes\w+|minister|director|governor|[a-z])")
_NO_NAME_FIRST = re.compile(r"(?:On|In|At|By|The)\b")
_NO_NAME_WITHIN = re.compile(r"\d|\b(?:has|have|had|was|were|is|are|will|would)\b")
_CONJUNCTION = re.compile(r"^(?:while|whereas|although|though|but|and)\s+(?=[A-Z])")
# "Later they admitted", "What he said was that"
_LATER = re.compile(
    r"^(?:[Ll]ater|[Tt]hen|[Nn]ow|[Ss]till|[Aa]fterwards|[Ee]ventually|[Ff]inally|[Tt]oday|[Yy]esterday|[Ww]hat)\s+(?=(?:he|she|they|it|we|I|the)\b|[A-Z])"
)
_AS = re.compile(r"^(?:[Aa]s|[Ww]hen|[Ii]f|[Ww]henever)\s+(?=the\s|[A-Z]|its?\s|he\b|she\b|they\b)")
_MARKS = re.compile(r"^[^\w\"“«]+")
_SEEN_BY = re.compile(r"\s+(?:seen|obtained|reviewed)\s+by\s.*$")
# "Latvia's army said it counted": the outer voice
_SAID_IT = re.compile(r"\s+(?:said|says|told\s+\w+)\s+(?:that\s+)?(?:it|they|he|she)$")
_VERB_WITHIN = re.compile(r"\b(?:were|was|is|are|has|have|will|would|shot|downed)\b")
_DENIES = re.compile(r"\b(?:dismissed|rejected|denied)\b|^(?:I|[Ww]e|[Tt]hey|[Hh]e|[Ss]he|[Yy]ou)['’]")
_NO_SUBJECT = re.compile(r"(?:In|On|At|By|From|For|say|says|said|told|adds?|added)\s")
_FIRST_PERSON = re.compile(r"(?:I|[Ww]e|[Yy]ou)\s")
_OWNER = re.compile(r"['’]s$")
_NOBODY = re.compile(
    r"(?:there|this|that|these|those(?!\s+(?:familiar|close|briefed))|which|what|(?:some|every|no|any)(?:body|one)|(?:some\s+)?people(?!\s+(?:familiar|close|briefed|with)\b))\b",
    re.IGNORECASE,
)


def subject_of(sentence: str, verb: re.Match[str], last: str | None) -> Attribution | None:
    """The attribution that a verb of saying makes, or None where the word is none here."""
    word = verb["verb"].lower()
    # "Captain Plamen Dimitrov, 44, said"
    before, after = AGED.sub(" ", sentence[: verb.start()]), sentence[verb.end() :]
    if _no_saying(word, before, after):
        return None
    if inverted := _behind(word, before, after, verb, last):
        return inverted
    if spoken := PRONOUN_SUBJECT.search(before):
        return Attribution(
            who=last, start=spoken.start("who"), end=verb.end(), verb=word, media=bool(last and is_media(last))
        )
    stem = _stem(before)
    words = _noun_phrase(stem, closed=stem != before.rstrip())
    if _no_speaker(words, word, stem):
        return None
    bare = re.sub(r"^(?:[Tt]he)\s+", "", words.strip())
    stands_for = bare.lower() in PRONOUNS or (bare[:1].islower() and PRONOUN.fullmatch("the " + bare))
    who = resolved(words, last) if stands_for else tidy(words)
    return Attribution(
        who=who,
        start=max(0, verb.start() - len(words) - 1),
        end=verb.end(),
        verb=word,
        media=bool(who and is_media(who)),
    )


def _no_saying(word: str, before: str, after: str) -> bool:
    """Whether the word is a noun here, or tells what was not said, or was said by somebody named behind it."""
    return (
        (word in NOUNISH and bool(not _SAYS_WHAT.match(after) or _SO_MANY.search(before)))
        # "A second plant adds 1,000 drones a month"
        or (word in ("adds", "add") and bool(_ANOTHER.match(after)))
        or (word not in ("said", "told") and bool(_BEFORE_NOUN.search(before)))
        # "a study published on Monday by the institute"
        or bool(_BY.match(after))
        or bool(_NOT_SAID.search(before))
        or (word != "saying" and bool(_WAS.search(before)))
    )


def _behind(word: str, before: str, after: str, verb: re.Match[str], last: str | None) -> Attribution | None:
    """Who speaks behind the verb that follows a quotation: "..., says the mayor"."""
    if word in ("saying", "adding", "told", "tells", "tell") or not _QUOTE_ENDS.search(before):
        # "the director, Oleg Sidorov, told Nordwire": who is told does not speak
        return None
    inverted = next((match for pattern in _INVERTED if (match := pattern.match(after))), None)
    if inverted is None or _FINITE.search(after[max(0, inverted.start("who") - 1) : inverted.end("who") + 12]):
        # "Its chief, General Kiril, says the army lost 400": the other way round
        return None
    who = tidy(CUT.sub("", inverted["who"]))
    if apposed := APPOSED.match(after, inverted.end("who")):
        who = tidy(apposed["name"])
    if not who or _PREPOSITION.match(who):
        return None
    if who.islower() and PRONOUN.fullmatch("the " + who):
        who = resolved("the " + who, last) or who
    return Attribution(who=who, start=verb.start(), end=verb.end() + inverted.end(), verb=word, media=is_media(who))


def _stem(before: str) -> str:
    """The words before a verb without the mark that closes an aside."""
    closed = before.rstrip()
    stem = re.sub(r",\s*$", "", closed) if closed.endswith((",", "—", "–", ")")) else before
    return stem.rstrip(" —–")


def _noun_phrase(stem: str, *, closed: bool) -> str:
    """The subject that the words before a verb end with; `closed` where an aside ends right before the verb."""
    words = _PART_BREAK.split(stem)[-1]
    if closed:
        aside = _ASIDE.match(ADVERBIAL.sub("", words))
        if aside and START.match(ADVERBIAL.sub("", aside["np"]).strip()):
            words = aside["np"]
    # "Riga - On Sunday Latvia's air force said"
    words = ADVERBIAL.sub("", without_time(_DATELINE.sub("", words.strip())))
    words = TAIL.sub("", " " + words).strip()
    if len(words.split()) > 6:
        words = _CLAUSE_BREAK.split(words)[-1]
    if "," in words:
        words = _named_or_last([part.strip() for part in words.split(",")])
    words = _LATER.sub("", _CONJUNCTION.sub("", words))
    words = owner(without_time(_AS.sub("", _MARKS.sub("", words))))
    return _SAID_IT.sub("", FROM.sub("", _SEEN_BY.sub("", words)))


def _named_or_last(parts: list[str]) -> str:
    """Of a name and its office the name: "Ida Holm, head of the watch"; of other parts the last."""
    name = parts[0]
    named = (
        len(parts) == 2
        and _OFFICE.match(parts[1])
        and START.match(name)
        and len(name.split()) <= 6
        and name.split()[0][0].isupper()
        and not _NO_NAME_FIRST.match(name)
        and not _NO_NAME_WITHIN.search(name)
    )
    return name if named else parts[-1]


def _no_speaker(words: str, word: str, stem: str) -> bool:
    """Whether the words before a verb of saying are no one who could speak."""
    return (
        not words
        or len(words.split()) > 16
        or not (START.match(words) or words.lower() in PRONOUNS or (words != stem.strip() and ROLE_FIRST.match(words)))
        or bool(_VERB_WITHIN.search(words))
        or (word == "saying" and words.endswith(" as"))
        or bool(_DENIES.search(words))
        or bool(_NO_SUBJECT.match(words))
        or (word in PARTICIPLES and bool(_OWNER.search(words)))
        or bool(_FIRST_PERSON.match(words))
        or bool(_NOBODY.match(words))
    )
