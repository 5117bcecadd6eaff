"""A sentence in its company, and the time that its company lends a figure of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dronewall.assess.claims import FLIGHT, Claim
from dronewall.assess.language.attributing import Attribution
from dronewall.assess.language.dates import dates
from dronewall.assess.language.edtf import Anchor
from dronewall.assess.language.measures import Reading
from dronewall.assess.language.sentences import in_quotation
from dronewall.assess.language.spans import Span
from dronewall.assess.language.speakers import attributions
from dronewall.assess.language.voicing import voice
from dronewall.assess.language.whens import When
from dronewall.assess.placing import OVERALL
from dronewall.assess.talk import Quantity
from dronewall.assess.timing import Timed, time_of

Voice = tuple[str | None, tuple[str, ...]]
# An entry of a live blog begins with the time of day
STAMPED = re.compile(r"\W{0,4}(?:[01]?\d|2[0-3])[:.][0-5]\d\b")
# "Investigators found six drones": what they found is not told by whoever spoke before
_OWN_FINDING = re.compile(
    r"^(?:The\s+)?(?:[\w'’-]+\s+){0,3}(?:[Ii]nvestigators|[Pp]olice|[Oo]fficers|[Gg]uards?|[Ii]nspectors|[Aa]uditors|[Ss]oldiers|[Rr]escuers|[Ss]appers|[Pp]rosecutors|[Rr]esidents)\s+"
    r"(?:have\s+|had\s+|also\s+|later\s+)*(?:found|seized|recovered|discovered|collected|confiscated)\b"
)
NOTHING = Timed(edtf=None, words=None, role=None, statement_edtf=None)


@dataclass(slots=True, kw_only=True)
class Line:
    """A sentence with its company."""

    span: Span
    text: str
    said: Sequence[Attribution]
    before: str | None
    """Who spoke last, for pronouns."""
    inherited: Voice | None
    """Whose words this sentence goes on with."""
    carried: Timed | None
    """The time that the paragraph is about."""
    title: bool
    lead: str
    """The line that opened the list in which it stands."""
    whens: Sequence[When] = ()
    entry: bool = False
    """Whether it stands in a list of figures, as a bullet or behind a label."""
    stamped: bool = False
    """Whether its paragraph is a live blog's entry with the time of day."""

    def time(self, span: Span, others: Sequence[Span] = ()) -> Timed:
        """The time that the sentence itself gives the figure at `span`."""
        return time_of(self.text, span, self.whens, self.said, others)


def of_lead(line: Line, anchor: Anchor | None) -> Timed | None:
    """The time of the head of the list in which a sentence stands."""
    whens, _ = dates(line.lead, anchor)
    return time_of(line.lead, Span(0, len(line.lead)), whens, ()) if whens else None


def lent_time(line: Line, one: Quantity, read: Reading, anchor: Anchor | None, last: Claim | None) -> Timed | None:
    """The time of a figure whose sentence has none: of the list's head, of the sentence before in the same paragraph,
    or of the claim before, which a figure without its noun goes on with ("Fifteen were shot down")."""
    if line.whens:
        return None
    if line.lead and (timed := of_lead(line, anchor)):
        return timed
    if read.measure not in FLIGHT or OVERALL.search(line.text):
        return None
    if line.carried is not None and line.carried.role != "statement":
        return line.carried
    part = one.elided and one.per is None and last is not None and last.measure in (*FLIGHT, "other")
    if part and last is not None and last.time_role == "at" and last.time_edtf and "/.." not in last.time_edtf:
        return Timed(edtf=last.time_edtf, words=last.time_words, role="at", statement_edtf=last.statement_edtf)
    return None


_NIGHT = re.compile(r"(\d{4}-\d\d-\d\d)/(\d{4}-\d\d-\d\d)")


def one_night(timed: Timed, anchor: Anchor | None) -> bool:
    """Whether a time is the night of which news is told: it ended within two days before publication."""
    match = _NIGHT.fullmatch(timed.edtf or "")
    if match is None or timed.role != "at" or anchor is None or anchor.exact is None:
        return False
    last = date.fromisoformat(match[2])
    return timedelta(0) <= anchor.exact - last <= timedelta(2) and last - date.fromisoformat(match[1]) <= timedelta(1)


def of_raid(line: Line, one: Quantity, read: Reading) -> bool:
    """Whether a figure without a time can be of the night that the paragraph before told of: flown, done, and no rate."""
    return (
        read.measure in FLIGHT
        and read.modality == "did"
        and one.per is None
        and not line.whens
        and not line.title
        and not line.entry
        and not _ELSEWHEN.search(line.text)
    )


_ELSEWHEN = re.compile(
    r"\b(?:since|so\s+far|to\s+date|until\s+now|before|earlier|previous(?:ly)?|record|average|usually|typically|then|once|another\s+time|ever|never|first\s+time|already|past|recent|ago|war|campaign|when|period|week|month|day)\b",
    re.IGNORECASE,
)
ENTRY = re.compile(r"^\W*(?:[A-Za-z][^.!?]{2,70}?[:=–—-]\s*\W{0,3}(?:about\s+|over\s+)?\d|[•*▪◦●‣→➤➔▶►✔✅–—-]\s)")
_PERIOD = re.compile(r"\d{4}(?:-\d\d)?|\d{4}-\d\d/\d{4}-\d\d|\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d")


def period_of(head: Sequence[str], anchor: Anchor | None) -> Timed | None:
    """The period that the head of a list of figures names: "February in numbers", "the week from 9 to 15 March"."""
    for line in head:
        told = [when for when in dates(line, anchor)[0] if when.edtf and when.role == "at"]
        if len(line) <= 160 and len(told) == 1 and _PERIOD.fullmatch(str(told[0].edtf)):
            return Timed(edtf=told[0].edtf, words=line[told[0].start : told[0].end], role="at", statement_edtf=None)
    return None


def of_stamp(line: Line, anchor: Anchor | None) -> Timed | None:
    """The day of publication, on which an entry of a live blog was written."""
    if not line.stamped or anchor is None or anchor.exact is None:
        return None
    day = anchor.exact.isoformat()
    return Timed(edtf=day, words=None, role="statement", statement_edtf=day)


def foreseen(read: Reading, timed: Timed, anchor: Anchor | None) -> Reading:
    """What a sentence in the present tense tells of a time after publication is planned: "Deliveries begin in 2028"."""
    if anchor is None or timed.edtf is None or timed.role == "statement" or read.modality not in ("did", "does"):
        return read
    begins = timed.edtf.split("/")[0].rstrip("~")
    today = "-".join(f"{part:02}" for part in (anchor.year, anchor.month, anchor.day) if part)
    short = min(len(begins), len(today))
    if not begins[:4].isdigit() or begins[:short] <= today[:short] or "-2" in begins[4:6]:
        return read
    plan = "plan" if read.measure in ("other", "output", "delivered") else read.measure
    return replace(read, measure=plan, modality="plans")


def past(read: Reading, timed: Timed, one: Quantity, text: str, anchor: Anchor | None) -> Reading:
    """A figure in brackets of a year gone by is what came of a plan then: "expects to ship 18,000 (2025: 11,500)"."""
    if (
        anchor is None
        or timed.edtf is None
        or read.modality != "plans"
        or not re.search(r"\([^()]*$", text[: one.start])
    ):
        return read
    if not timed.edtf[:4].isdigit() or int(timed.edtf[:4]) >= anchor.year:
        return read
    kept = read.trigger.measure if read.trigger and read.trigger.measure not in ("plan", "goal") else "other"
    return replace(read, measure=kept, modality="did")


def gone_by(read: Reading, timed: Timed, anchor: Anchor | None) -> Reading:
    """What is told of a time that had ended before publication was done, whatever its verb: "output more than doubling in 2024"."""
    if anchor is None or anchor.month is None or timed.role != "at" or read.modality != "does":
        return read
    ends = (timed.edtf or "").split("/")[-1]
    today = "-".join(f"{part:02}" for part in (anchor.year, anchor.month, anchor.day) if part)
    if not re.fullmatch(r"\d{4}(?:-[01]\d(?:-\d\d)?)?", ends):
        return read
    # a night or a week that ends on the day of publication is over, that day itself is not
    over = ends < today[: len(ends)] or ("/" in str(timed.edtf) and ends == today)
    return replace(read, modality="did") if over else read


def quoted_by(texts: Sequence[str], place: int, last: str | None) -> Voice | None:
    """Who speaks a sentence in a quotation that a later one closes and attributes: "We need 500. Now," said Berg."""
    so_far = " ".join(texts[: place + 1])
    if not in_quotation(so_far):
        return None
    for text in texts[place + 1 : place + 5]:
        before, so_far = so_far, f"{so_far} {text}"
        closing = re.search(r"[\"”»]", text)
        if in_quotation(before) and closing is not None:
            said = [one for one in attributions(text, last) if one.verb != "by" and one.start >= closing.start()]
            who, relays, named = voice(text, said, 0, last)
            return (who, relays) if named and who else None
    return None


def own_finding(text: str) -> bool:
    """Whether a sentence tells what somebody else found than who spoke before."""
    return bool(_OWN_FINDING.match(text))
