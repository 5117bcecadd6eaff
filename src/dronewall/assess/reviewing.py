"""An assessment under review: what a page shows, decisions put into the review file, and the estimate made anew.

Plain and synchronous: who decides and when come from the caller. Each decision says which acts its maker had seen. Acts
of others that came since are no matter, unless they are about the same thing: then the decision is refused in one
sentence, for it was made about something that is no longer so.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from dronewall.assess.claims import BOUNDS, CLASSES, MEASURES, MODALITIES, PERIODS, STATUSES, Claim
from dronewall.assess.report import page_data
from dronewall.assess.review import Act, Review, ends_fault, load_review
from dronewall.assess.review_file import alone, append, version
from dronewall.assess.run import assess, sources_file
from dronewall.errors import BadInput

KINDS = ("accept", "reject", "correct", "separate", "merge")
CHOICES = {
    "measure": MEASURES,
    "bound": BOUNDS,
    "per": ("", *PERIODS),
    "object_class": CLASSES,
    "modality": MODALITIES,
    "status": ("", *STATUSES),
    "polarity": ("positive", "negative"),
    "item_grade": ("1", "2", "3", "4", "5", "6"),
    "source_grade": ("A", "B", "C", "D", "E", "F"),
}
"""What a field of a claim may hold, for those that hold one of a few words; empty is none."""


class Stale(BadInput):
    """Somebody else decided about the same thing after the page was read."""


class Gone(BadInput):
    """What the decision is about is not in the assessment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What `assess` is called with."""

    reports: Sequence[Path]
    output: Path
    sources: Path | None = None
    review: Path | None = None
    model: Path | None = None
    seed: int = 1
    workers: int = 1
    today: date | None = None


class Reviewing:
    """One assessment, its review file, and what the last acts did to the estimate."""

    def __init__(self, job: Job, progress: Callable[[float], None] = lambda share: None) -> None:
        self._job = job
        self.file = job.review or job.output / "review.toml"
        self._running = threading.Lock()
        self._told: dict[str, Any] = {}
        self._seen: tuple[int, int] | None = None
        self.failure: str | None = None
        self.runs = 0
        self._shown = ""
        self.effect: dict[str, Any] | None = None
        self._assess(progress)

    def state(self) -> dict[str, Any]:
        """Where the review stands, in a few words: cheap enough to ask every second."""
        return {
            "runs": self.runs,
            "behind": self.behind,
            "failure": self.failure,
            "version": self._shown,
        }

    def whole(self) -> dict[str, Any]:
        """Everything that the page shows: claims in their words, roots, conflicts, estimate, acts, the last effect."""
        return {
            **self._told,
            **self.state(),
            "now": self._summary(),
            "effect": self.effect,
            "choices": {k: list(v) for k, v in CHOICES.items()},
        }

    @property
    def behind(self) -> bool:
        """Whether the review file says what the estimate does not yet heed."""
        return self._stamp() != self._seen

    def decide(self, act: Act, seen: str) -> dict[str, Any]:
        """Put an act into the review file; it is on disk when this returns.

        Parameters
        ----------
        act : Act
            accept, reject, correct, separate or merge.
        seen : str
            The `version` of the acts that the person had before them.

        Raises
        ------
        Stale
            Somebody decided about the same claim or root since, or the file was rewritten.
        Gone
            There is no such claim or root.
        BadInput
            A correction contradicts itself, or the file cannot be written.
        """
        with alone(self.file):
            review = load_review(self.file if self.file.exists() else None)
            self._check_seen(act, review, seen)
            mentions = self._mentions(act)
            if act.kind == "correct":
                self._check_ends(act, mentions)
            append(self.file, [act])
            acts = [*review.act, act]
        return {"version": version(acts), "acts": acts_told(acts)}

    def run(self) -> dict[str, Any]:
        """Make claims, roots and estimate anew; a faulty review file is told as `failure`, and all stays as it was."""
        with self._running:
            before = self._summary()
            stamp = self._stamp()
            try:
                self._assess()
            except BadInput as error:
                self.failure, self._seen = str(error), stamp
                return self.state()
            self.effect = {"before": before, "after": self._summary(), "said": self._told["threat"]["changes"]}
            return self.state()

    def _assess(self, progress: Callable[[float], None] = lambda share: None) -> None:
        stamp, job = self._stamp(), self._job
        # What comes into the file from here on has another stamp, and a run of its own
        acts = load_review(self.file if self.file.exists() else None)
        found = assess(
            job.reports,
            job.output,
            sources=job.sources,
            review=job.review if job.review is not None and job.review.exists() else None,
            model=job.model,
            seed=job.seed,
            workers=job.workers,
            today=job.today,
            progress=progress,
        )
        told = page_data(found.documents, found.claims, sources_file(found), found.threat, acts)
        self.found, self._claims = found, {claim.id: claim for claim in found.claims}
        self._told = told | {"acts": acts_told(acts.act)}
        self._shown, self.failure, self._seen = version(acts.act), None, stamp
        self.runs += 1

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self.file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size

    def _summary(self) -> dict[str, Any]:
        """What an act may move, in numbers."""
        threat = self.found.threat
        capacity = next((factor for factor in threat.factors if factor.name == "capacity"), None)
        quantiles = capacity.quantiles if capacity else None
        return {
            "capacity_per_year": quantiles.model_dump() if quantiles else None,
            "crossings_per_week": threat.crossings_per_week.model_dump() if threat.crossings_per_week else None,
            "reason": threat.reason,
            "claims_that_count": sum(1 for claim in self.found.claims if claim.live),
            "roots": len({claim.root for claim in self.found.claims}),
            "conflicts": len(self.found.conflicts),
            "stress_levels_per_week": {level.level: level.rate_per_week for level in threat.stress_levels},
        }

    def _mentions(self, act: Act) -> list[Claim]:
        """The mentions that an act is about."""
        if act.kind == "merge":
            here = {claim.root for claim in self._claims.values()}
            gone = next((root for root in act.roots if root not in here), None)
            if gone is not None:
                raise Gone(f"there is no root {gone} in this assessment; read the page anew")
            if len(set(act.roots)) < 2:
                raise BadInput("merge needs two different roots")
            return []
        found = [claim for claim in self._claims.values() if act.claim in (claim.id, claim.claim)]
        if not found:
            raise Gone(f"there is no claim {act.claim} in this assessment; read the page anew")
        return found

    def _check_ends(self, act: Act, mentions: Sequence[Claim]) -> None:
        """Refuse a correction after which bound and ends, or a drone's class and its unit, contradict each other."""
        if not act.set:
            raise BadInput("a correction sets at least one field")
        for claim in mentions:
            ends = {key: act.set.get(key, getattr(claim, key)) for key in ("bound", "low", "high")}
            low, high = (None if ends[key] in ("", None) else float(ends[key]) for key in ("low", "high"))
            fault = ends_fault(ends["bound"], low, high)
            if fault and not claim.statement:
                raise BadInput(f"{fault}; it would have {_end(low)} and {_end(high)}")

    def _check_seen(self, act: Act, review: Review, seen: str) -> None:
        count = int(seen.split(".")[0]) if seen.split(".")[0].isdigit() else -1
        if count < 0 or version(review.act[:count]) != seen:
            raise Stale(f"{self.file.name} was changed by hand since this page read it; look again and decide anew")
        mine = self._topics(act)
        for later in review.act[count:]:
            if mine & self._topics(later):
                raise Stale(
                    f"{later.who} decided about the same thing ({later.kind}, {later.when.isoformat()}) after this "
                    "page was read; look again and decide anew"
                )

    def _topics(self, act: Act) -> set[str]:
        """What an act is about: claims by the id that their mentions share, and roots."""
        topics = {f"root {root}" for root in act.roots}
        if act.claim:
            claim = self._claims.get(act.claim)
            topics.add(f"claim {claim.claim if claim else act.claim}")
            if act.kind == "separate" and claim:
                topics.add(f"root {claim.root}")
        return topics


def acts_told(acts: Sequence[Act]) -> list[dict[str, Any]]:
    """Acts as the page lists them."""
    return [act.model_dump(mode="json", exclude_defaults=True) | {"when": act.when.isoformat()} for act in acts]


def _end(value: float | None) -> str:
    return "none" if value is None else f"{value:,.15g}"
