"""One report to its claims: each sentence in turn, with what was said before it kept in mind."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from dronewall.assess.claims import FLIGHT, PRODUCTION, Claim, identify, sha256
from dronewall.assess.corrections import checked, withdraw
from dronewall.assess.document import Document, aliases, answering, asked_in, headed, interviewee, relays_of
from dronewall.assess.facilities import FACILITY, Facility, facility, status_of
from dronewall.assess.furniture import furniture, headline
from dronewall.assess.heads import dateline_place, floors, heading, item_place, place_alone
from dronewall.assess.language.attributing import Attribution
from dronewall.assess.language.dates import dates
from dronewall.assess.language.edtf import anchor_of
from dronewall.assess.language.measures import Reading, reading
from dronewall.assess.language.names import is_body, is_media, tidy
from dronewall.assess.language.places import by_name, places
from dronewall.assess.language.sentences import in_quotation, opening, paragraphs, sentences
from dronewall.assess.language.spans import Span
from dronewall.assess.language.speakers import attributions
from dronewall.assess.language.units import VOLUMES
from dronewall.assess.language.voicing import voice
from dronewall.assess.line import (
    ENTRY,
    STAMPED,
    Line,
    Voice,
    foreseen,
    gone_by,
    lent_time,
    of_raid,
    of_stamp,
    one_night,
    own_finding,
    past,
    period_of,
    quoted_by,
)
from dronewall.assess.placing import Scene, placed
from dronewall.assess.quantities import quantities
from dronewall.assess.reports import Report
from dronewall.assess.rows import in_cell
from dronewall.assess.settle import settle
from dronewall.assess.sketch import quotes, sketch
from dronewall.assess.tables import cells, is_row
from dronewall.assess.taking import read_figure
from dronewall.assess.talk import DRONE_WORDS, Quantity, Talk
from dronewall.assess.timing import Timed, time_of
from dronewall.assess.voices import Voices, in_full
from dronewall.assess.whereabouts import place_of

_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|"
    r"eighty|ninety|hundreds?|thousands?|millions?|billion|dozens?|couple|pair|single)\b",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^\s*(?:[•*▪◦●‣→➤➔▶►✔✅]|[–—-]\s|\d{1,2}[.)]\s)")
_ANSWER = re.compile(r"^\W*A(?:nswer)?\s*[:.]\s")
_THE_PLANT = re.compile(
    r"\b(?:the|this|that|its)\s+(?:new\s+|planned\s+|proposed\s+|future\s+)?(?:plant|factory|facility|site|enterprise|production\s+line)\b",
    re.IGNORECASE,
)


class _Reader:
    """Reads one report from its first sentence to its last."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.text = report.text
        self.anchor = anchor_of(report.published)
        self.talk = Talk(about_drones=len(DRONE_WORDS.findall(report.text[:20_000])) >= 2)
        self.claims: list[Claim] = []
        self.seen: dict[str, int] = {}
        self.speakers: dict[str, None] = {}
        self.whole: str | None = None
        self.relays = relays_of(report)
        self.body = tidy(report.publisher) if report.publisher and is_body(report.publisher) else None
        self.voices = Voices(self.body)
        self.scene = Scene()
        self.alias = aliases(report.text)
        self.interviewee: str | None = None
        self.floor: str | None = None
        """Who has the floor, where lines that are only a name say so."""
        self.unknown_dates = 0
        self.period: Timed | None = None
        self.raid: Timed | None = None
        """The night that the last two paragraphs are about."""
        self.raid_age = 9
        self.base: str | None = None
        """The time told last, from which "three days later" counts."""

    def read(self) -> Document:
        """Every claim, and what was passed over."""
        lines = paragraphs(self.text)
        words = [self.text[line.start : line.end] for line in lines]
        marked = furniture(self.text, lines)
        title = headline(words)
        questions = asked_in(words)
        self.interviewee = interviewee(words[:8]) or (answering(words[: questions[0]]) if questions else None)
        rows: list[Span] = []
        lead, asked = "", False
        heads = headed(words)
        floor = floors(words)
        self.scene.near = next((place.name for line in words[:8] if (place := dateline_place(line))), None)
        entries = [index for index, line in enumerate(words) if index not in marked and ENTRY.match(line)]
        self.period = period_of(words[: entries[0]][:4], self.anchor) if len(entries) >= 2 else None
        for index, line in enumerate(lines):
            self.floor = floor.get(index, self.floor)
            if index != title and heading(words[index]):
                self.scene.headed(place_alone(words[index]))
            if index in marked or index in floor:
                continue
            if is_row(words[index]):
                rows.append(line)
                if index + 1 == len(lines) or not is_row(words[index + 1]):
                    self._table(rows, lead or (words[title] if title is not None else ""))
                    rows = []
                continue
            if index in heads and index + 1 not in marked:
                # a heading that is a figure is one sentence with what tells of it
                line = Span(line.start, lines[index + 1].end)
            elif index - 1 in heads and index - 1 not in marked:
                continue
            item = bool(lead) and (
                bool(_BULLET.match(words[index])) or len(words[index]) < 120 or words[index][0].isdigit()
            )
            asked = asked or (bool(questions) and index >= questions[0] and self.interviewee is not None)
            self._paragraph(line, title=index == title, lead=lead if item else "", answers=asked)
            if words[index].rstrip().endswith(":") and len(words[index]) < 260:
                lead = words[index]
            elif not item:
                lead = ""
        checked([(line.start, words[place]) for place, line in enumerate(lines)], self.claims)
        settle(self.claims)
        known = in_full([*self.speakers, *(claim.speaker for claim in self.claims if claim.speaker)])
        for claim in self.claims:
            claim.speaker = known.get(claim.speaker or "", claim.speaker)
        kept = "\n".join(word for place, word in enumerate(words) if place not in marked)
        return Document(
            report=replace(self.report, places=None),
            claims=self.claims,
            furniture=[(lines[i].start, lines[i].end, why) for i, why in sorted(marked.items())],
            sketch=sketch(kept),
            quotes=quotes(kept),
            speakers=tuple(self.speakers),
            notes=self._notes(),
        )

    def _notes(self) -> list[str]:
        if not self.unknown_dates:
            return []
        stem = self.report.name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        return [
            f"{self.report.file}: {self.unknown_dates} relative dates stay unknown, as no day of publication is given; "
            f'write published = "YYYY-MM-DD" in {stem}.toml beside it'
        ]

    def _paragraph(self, line: Span, *, title: bool, lead: str, answers: bool) -> None:
        carried: Timed | None = None
        spoken: Voice | None = None
        age = 9
        whole_paragraph = False
        first = len(self.claims)
        spoke = False
        stamped = bool(STAMPED.match(self.text, line.start))
        entry = bool(ENTRY.match(self.text[line.start : line.end]))
        spans = list(sentences(self.text, line))
        if title:
            self.scene.title(self.text[line.start : line.end])
        section, self.scene.made_at = self.scene.section, None
        self.scene.dated = dateline_place(self.text[line.start : line.end])
        self.talk.listed = bool(DRONE_WORDS.search(lead) and _NUMBER.search(lead))
        if self.floor and not title:
            spoken, age, whole_paragraph = (self.floor, ()), 0, True
        for place, span in enumerate(spans):
            by = opening(self.text[span.start : span.end]) if place == 0 else 0
            if place == 0 and self.interviewee and (answers or _ANSWER.match(self.text[line.start : line.end])):
                spoken, age, whole_paragraph = (self.interviewee, ()), 0, True
            span = Span(span.start + by, span.end)
            text = self.text[span.start : span.end]
            if place == 0 and len(spans) > 1 and (item := item_place(text)):
                # "Murmansk. Sixteen drones were shot down."
                self.scene.headed(item)
                continue
            said = attributions(text, self.voices.meant(text))
            self.speakers |= dict.fromkeys(one.who for one in said if one.who and one.verb != "by")
            self._whole_source(said, title=title)
            before = self.voices.last
            named = [one for one in said if one.verb not in ("by", "citing") and one.who]
            self.voices.heard(named)
            alone, spoke = not spoke, spoke or bool(named)
            if source := self.voices.sourced(
                text, self.claims[first:], speaks=bool(named), alone=alone and place == len(spans) - 1
            ):
                spoken, age = (source, ()), 0
            if text.rstrip(' "”’»)').endswith("?") and not title:
                self.talk.asks(text)
                self.scene.asks(text)
                asked, _ = dates(text, self.anchor, self.base)
                carried = time_of(text, Span(0, 1), asked, ()) if asked else carried
                age += 1
                continue
            goes_on = age <= 1 or whole_paragraph or in_quotation(self.text[line.start : span.start])
            inherited = spoken if spoken is not None and goes_on else None
            if not any(one.verb != "by" for one in said):
                inherited = (
                    quoted_by([self.text[one.start : one.end] for one in spans], place, self.voices.last) or inherited
                )
            if (
                not said
                and place
                and (who := self.voices.quoted(text, self.text[spans[place - 1].start : spans[place - 1].end]))
            ):
                inherited = spoken = who, ()
                age = 0
            timed = self._sentence(
                Line(
                    span=span,
                    text=text,
                    said=said,
                    before=before,
                    inherited=inherited,
                    carried=carried,
                    title=title,
                    lead=lead,
                    stamped=stamped,
                    entry=entry,
                )
            )
            self._pairs(text)
            self.scene.passed(text)
            if named or any(one.verb == "citing" for one in said):
                who, relays, _ = voice(text, list(said), len(text), before)
                spoken, age = ((self.interviewee, ()) if answers else (who, relays)), 0
                # "Name: ..." speaks to the end of its paragraph
                labelled = any(one.verb == ":" and one.start == 0 for one in said) and len(named) == 1
                whole_paragraph = answers or labelled
            age += 1
            carried = timed or carried
        self.scene.section = section
        if carried is not None:
            self.raid, self.raid_age = (carried, 0) if one_night(carried, self.anchor) else (None, 9)
        self.raid_age += 1
        if len(self.claims) > first:
            self.voices.ends(self.claims[first:])
            withdraw([self.text[span.start : span.end] for span in spans], self.claims[first:])

    def _pairs(self, text: str) -> None:
        """The two countries that a following "both" means."""
        named = [m for m in places(text) if not m.adjective and m.place.kind == "country"]
        for first, second in pairwise(named):
            if re.fullmatch(r"\s+and\s+", text[first.end : second.start]):
                self.scene.pair = first.place.name, second.place.name

    def _whole_source(self, said: Sequence[Attribution], *, title: bool) -> None:
        """A medium or an institute that the title puts before a colon speaks for the whole text."""
        if title and self.whole is None:
            self.whole = next((one.who for one in said if one.who and one.media and one.verb == ":"), None)

    def _sentence(self, line: Line) -> Timed | None:
        made = FACILITY.search(line.text)
        whens, masked = dates(line.text, self.anchor, self.base)
        line.whens = whens
        self.base = next((when.edtf for when in reversed(whens) if when.edtf and when.role == "at"), self.base)
        if not _NUMBER.search(line.text) and not made:
            self.talk.passed(line.text)
            return line.time(Span(0, len(line.text))) if whens and whens[0].edtf else None
        self.unknown_dates += sum(1 for when in whens if when.edtf is None)
        found = quantities(line.text, masked, self.talk)
        others = [Span(one.figure.start, one.figure.end) for one in found]
        timed: Timed | None = None
        production = False
        for one in found:
            read = read_figure(line, one, others, self.talk, self.claims)
            timed = line.time(one.span, others)
            if timed.edtf is None:
                last = next((claim for claim in reversed(self.claims[-6:]) if claim.volume), None)
                lent = lent_time(line, one, read, self.anchor, last) or of_stamp(line, self.anchor)
                own = self.period if line.entry and not whens else None
                timed = (own if not line.lead else None) or lent or own or timed
            if timed.edtf is None and self.raid_age <= 2 and of_raid(line, one, read) and self.raid:
                timed = self.raid
            if one.unit in VOLUMES:
                read = past(foreseen(read, timed, self.anchor), timed, one, line.text, self.anchor)
                read = gone_by(read, timed, self.anchor)
            production = production or (one.unit == "drones" and read.measure in PRODUCTION)
            self._claim(line, one, read, timed, others, made=bool(made))
        if made and not production:
            told = facility(line.text, about_drones=self.talk.about_drones)
            if told is not None:
                self._facility(line, told)
        return timed if timed and timed.edtf else line.time(Span(0, 1)) if whens else None

    def _voice(self, line: Line, place: int) -> Voice:
        who, relays, named = voice(line.text, list(line.said), place, line.before)
        if (
            not named
            and line.inherited is not None
            and self.whole is None
            and not own_finding(line.text)
            and not is_media(line.inherited[0] or "")
        ):
            who, relays = line.inherited
        if who == "Both":
            who = " and ".join(self.scene.pair) if self.scene.pair else None
        who = who or self.whole or self.body
        chain = list(relays)
        for relay in ([self.whole] if self.whole else []) + self.relays:
            if not self._same_name(relay, who) and relay not in chain and tidy(relay) != self.report.publisher:
                chain.append(relay)
        return who, tuple(chain)

    def _same_name(self, first: str, second: str | None) -> bool:
        """Whether two names are one: also by the abbreviation that the text gives in brackets."""
        return second is not None and self.alias.get(first, first).lower() in (
            self.alias.get(second, second).lower(),
            second.lower(),
        )

    def _claim(
        self, line: Line, one: Quantity, read: Reading, timed: Timed, others: Sequence[Span], *, made: bool
    ) -> None:
        the_plant = bool(_THE_PLANT.search(line.text))
        volume = one.unit in VOLUMES
        place = None
        if volume or one.unit == "people":
            place = placed(self.scene, line.text, one, read, others, line.said, the_plant=the_plant)
        status = None
        if volume and read.measure in FLIGHT and place and (known := by_name(place.split("; ")[0])) is not None:
            self.scene.sky = known.country
        if volume and read.measure in PRODUCTION and (made or the_plant):
            self.scene.site = self.scene.site or place
            told = (c.status for c in self.claims if c.status and c.status != "retracted")
            status = status_of(line.text) or next(told, None)
        self._add(
            line,
            Span(one.start, one.end),
            timed,
            self._voice(line, one.start),
            measure=read.measure,
            low=one.figure.low,
            high=one.figure.high,
            bound=one.figure.bound,
            unit=one.unit,
            per=one.per,
            object_class=one.object_class,
            place=place,
            hedges=list(dict.fromkeys([*one.figure.hedges, *read.hedges])),
            modality=read.modality,
            polarity=read.polarity,
            status="retracted" if read.retracted else status,
        )

    def _facility(self, line: Line, told: Facility) -> None:
        read = reading(line.text, told.span, (), "factories")
        site = replace(read, measure="facility")
        place = place_of(line.text, told.span, (), site, line.said, each=told.plural, fallback=None)
        timed = line.time(told.span)
        if place is None and timed.edtf is None and not timed.words:
            return
        place = place or self.scene.site
        if self.scene.site is None or (place and self.scene.site in [m.place.country for m in places(line.text)]):
            self.scene.site = place
        began = re.search(r"\bopened|launched|started\b", line.text)
        usual = {"announced": "plans", "producing": "did" if began else "does"}.get(told.status, "does")
        self._add(
            line,
            Span(0, len(line.text)),
            timed,
            self._voice(line, told.span.start),
            measure="other",
            low=2.0 if told.plural else 1.0,
            high=None if told.plural else 1.0,
            bound="at_least" if told.plural else "point",
            unit="factories",
            per=None,
            object_class="unknown",
            place=place,
            hedges=list(read.hedges),
            modality=read.modality if read.modality in ("denied", "alleged", "conditional") else usual,
            polarity=read.polarity,
            status="retracted" if read.retracted else told.status,
            statement=True,
            parties=list(told.parties),
        )

    def _table(self, block: Sequence[Span], caption: str) -> None:
        said = attributions(caption, self.voices.last)
        for cell in cells(self.text, block):
            line = Line(
                span=cell.span,
                text=cell.text,
                said=said,
                before=self.voices.last,
                inherited=None,
                carried=None,
                title=False,
                lead=caption,
            )
            for one, read, timed, place in in_cell(cell, caption, self.talk, self.anchor):
                self._add(
                    line,
                    Span(one.start, one.end),
                    timed,
                    self._voice(replace(line, text=caption), 0),
                    measure=read.measure,
                    low=one.figure.low,
                    high=one.figure.high,
                    bound=one.figure.bound,
                    unit=one.unit,
                    per=one.per,
                    object_class=one.object_class,
                    place=place,
                    hedges=list(one.figure.hedges),
                    modality=read.modality,
                    polarity=read.polarity,
                    status=None,
                )

    def _add(self, line: Line, inner: Span, timed: Timed, spoken: Voice, **fields: Any) -> None:
        raw = line.text[inner.start : inner.end]
        words = raw.strip()
        start = line.span.start + inner.start + len(raw) - len(raw.lstrip())
        key = identify(self.report.name, words, line.text, self.seen)
        claim = Claim(
            id=key,
            claim=key,
            file=self.report.file,
            name=self.report.name,
            start=self._at(start),
            end=self._at(start + len(words) - 1) + 1,
            quote=words,
            quote_sha256=sha256(words),
            text_sha256=self.report.text_sha256,
            time_edtf=timed.edtf,
            time_role=timed.role,
            time_words=timed.words,
            time_anchor=self.report.published if timed.words and timed.edtf else None,
            statement_edtf=timed.statement_edtf,
            speaker=spoken[0],
            relays=list(spoken[1]),
            source_grade=self.report.source_grade,
            item_grade="6",
            root="",
            in_title=line.title,
            sentence_start=self._at(line.span.start),
            sentence_end=self._at(max(line.span.start, line.span.end - 1)) + 1,
            sentence=line.text,
            text_start=start,
            **fields,
        )
        self.claims.append(claim)

    def _at(self, place: int) -> int:
        """A place of the article as a place in the file; the same but for HTML."""
        if self.report.places is None:
            return place
        for step in range(40):
            for near in (place + step, place - step):
                if 0 <= near < len(self.report.places) and self.report.places[near] >= 0:
                    return self.report.places[near]
        return 0


def read_document(report: Report) -> Document:
    """Every claim of one report, with what was passed over and why."""
    return _Reader(report).read()
