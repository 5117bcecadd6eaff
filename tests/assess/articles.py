"""Invented articles with their answers written into them, and the score of what was found against what was meant.

An article begins with `=== name | publisher | published | shape`. A figure is marked where it stands:
`⟦up to 100 drones⟧{high=100 b=at_most m=capacity per=year place=Belarus by=the ministry}`. Keys: `v` (both ends) or
`low`,
`high`; `b` bound (point), `m` measure, `u` unit (drones), `cls` object_class, `per`, `place`, `time`, `by` speaker,
`via` relay, `mod` modality, `st` status, `root`. A key that is left out is not scored, `none` means null, `{skip}` is
not scored at all. What is not marked counts no drones, balloons or objects.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dronewall.assess.claims import Claim
from dronewall.assess.extract import read_document
from dronewall.assess.reports import Beside, from_bytes

FOLDER = Path(__file__).parent / "articles"
_MARK = re.compile(r"⟦(?P<words>[^⟧]*)⟧\{(?P<keys>[^}]*)\}")
_KEY = re.compile(r"(?P<key>\w+)=(?P<value>.*?)(?=\s+\w+=|$)")
FIELDS = {
    "m": "measure",
    "b": "bound",
    "u": "unit",
    "cls": "object_class",
    "per": "per",
    "place": "place",
    "time": "time_edtf",
    "by": "speaker",
    "via": "relays",
    "mod": "modality",
    "st": "status",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One marked figure."""

    start: int
    end: int
    words: str
    keys: dict[str, str]

    @property
    def ends(self) -> tuple[float | None, float | None]:
        """What `low` and `high` must be, by the conventions of claims.jsonl."""
        low, high = self.keys.get("low", self.keys.get("v")), self.keys.get("high", self.keys.get("v"))
        bound = self.keys.get("b", "point")
        return (
            None if low is None or bound == "at_most" else float(low),
            None if high is None or bound == "at_least" else float(high),
        )


@dataclass(frozen=True, slots=True)
class Article:
    """One invented article."""

    name: str
    publisher: str
    published: str | None
    shape: str
    text: str
    answers: tuple[Answer, ...]

    def claims(self) -> list[Claim]:
        """What the grammar finds in it."""
        said = Beside(publisher=self.publisher, published=self.published)
        name = f"{self.name}.{'html' if 'html' in self.shape else 'txt'}"
        report, _ = from_bytes(self.text.encode("utf-8"), name, name, said)
        assert report is not None
        return read_document(report).claims


def articles(pattern: str = "*.txt") -> list[Article]:
    """Every article in the files that match."""
    return [article for file in sorted(FOLDER.glob(pattern)) for article in parse(file.read_text("utf-8"))]


def parse(text: str) -> Iterator[Article]:
    """The articles of one file."""
    for part in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        head, _, body = part.partition("\n")
        name, publisher, published, shape = (word.strip() for word in head.split("|"))
        plain, answers, cursor = "", [], 0
        for match in _MARK.finditer(body):
            plain += body[cursor : match.start()]
            keys = {m["key"]: m["value"].strip() for m in _KEY.finditer(match["keys"])}
            if "skip" in match["keys"]:
                keys = {"skip": "yes"}
            answers.append(Answer(len(plain), len(plain) + len(match["words"]), match["words"], keys))
            plain += match["words"]
            cursor = match.end()
        plain += body[cursor:]
        yield Article(name, publisher, None if published == "none" else published, shape, plain, tuple(answers))


@dataclass
class Score:
    """Counts of what was found, missed and made up, and of each field's right and wrong values."""

    found: int = 0
    missed: int = 0
    made_up: int = 0
    right: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)
    absent: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def precision(self) -> float:
        return self.found / max(1, self.found + self.made_up)

    def recall(self) -> float:
        return self.found / max(1, self.found + self.missed)

    def field_recall(self, key: str) -> float:
        """Of all figures whose answer names this field, how many were found with it right."""
        right = self.right.get(key, 0)
        return right / max(1, right + self.wrong.get(key, 0) + self.absent.get(key, 0))

    def field_precision(self, key: str) -> float:
        """Of all that were found or made up, how many have this field right."""
        return self.right.get(key, 0) / max(1, self.right.get(key, 0) + self.wrong.get(key, 0) + self.made_up)

    def table(self) -> str:
        rows = [f"{'figures':14} precision {self.precision():.3f} recall {self.recall():.3f} ({self.found} found)"]
        for key in ("value", *FIELDS):
            count = self.right.get(key, 0) + self.wrong.get(key, 0)
            if count:
                name = FIELDS.get(key, key)
                rows.append(
                    f"{name:14} precision {self.field_precision(key):.3f} recall {self.field_recall(key):.3f} ({count})"
                )
        return "\n".join(rows)


def _agree(key: str, wanted: str, came: Any) -> bool:
    if wanted == "none":
        return came in (None, [], "")
    if key == "via":
        return any(_words(wanted) == _words(name) for name in came)
    if came is None:
        return False
    if key == "by":
        one, other = _words(wanted), _words(str(came))
        return one <= other or other <= one
    return wanted == str(came)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower().replace("'s", ""))) - {"the", "a", "an", "of"}


def score(sample: Iterable[Article]) -> Score:
    """Precision and recall over some articles, the figures first and then each field."""
    total = Score()
    for article in sample:
        claims = [claim for claim in article.claims() if claim.volume]
        taken: set[int] = set()
        for answer in article.answers:
            near = [
                index
                for index, claim in enumerate(claims)
                if index not in taken and claim.start < answer.end and answer.start < claim.end
            ]
            if "skip" in answer.keys:
                taken.update(near)
                continue
            best = min(near, key=lambda i: abs(claims[i].start - answer.start), default=None)
            if best is None:
                total.missed += 1
                for key in _checked(answer):
                    total.absent[key] = total.absent.get(key, 0) + 1
                total.errors.append(f"{article.name}: missed '{answer.words}'")
                continue
            taken.add(best)
            total.found += 1
            _fields(total, article, answer, claims[best])
        for index, claim in enumerate(claims):
            if index not in taken:
                total.made_up += 1
                total.errors.append(f"{article.name}: made up '{claim.quote}' in '{claim.sentence[:90]}'")
    return total


def _checked(answer: Answer) -> list[str]:
    """The fields that this answer is scored by."""
    keys = {"b": "point", "u": "drones", **answer.keys}
    return ["value", *(key for key in FIELDS if key in keys)]


def _fields(total: Score, article: Article, answer: Answer, claim: Claim) -> None:
    keys = {"b": "point", "u": "drones", **answer.keys}
    checks = [("value", str(answer.ends), str((claim.low, claim.high)))]
    checks += [(key, keys[key], getattr(claim, name)) for key, name in FIELDS.items() if key in keys]
    for key, wanted, came in checks:
        good = wanted == came if key == "value" else _agree(key, wanted, came)
        held = total.right if good else total.wrong
        held[key] = held.get(key, 0) + 1
        if not good:
            total.errors.append(f"{article.name}: '{answer.words}' {FIELDS.get(key, key)}: {came!r}, not {wanted!r}")


@dataclass
class Merges:
    """Pairs of marked figures of different articles: rightly one root, rightly two, wrongly one, wrongly two."""

    together: int = 0
    apart: int = 0
    false_merges: list[str] = field(default_factory=list)
    missed_merges: list[str] = field(default_factory=list)


def merges(sample: Iterable[Article], folder: Path) -> Merges:
    """Hold the roots that lineage finds against those that the articles name."""
    from dronewall.assess.run import assess

    listed = list(sample)
    paths = []
    for article in listed:
        path = folder / f"{article.name}.txt"
        path.write_text(article.text, encoding="utf-8")
        keys = {"publisher": article.publisher, "published": article.published}
        lines = [f'{key} = "{value}"' for key, value in keys.items() if value not in (None, "none")]
        path.with_suffix(".toml").write_text("\n".join(lines), encoding="utf-8")
        paths.append(path)
    claims = assess(paths, folder / "out", workers=1).claims
    marked: list[tuple[str, str, str, str]] = []
    for article in listed:
        own = [claim for claim in claims if claim.name == f"{article.name}.txt"]
        for answer in article.answers:
            hit = next((c for c in own if c.start < answer.end and answer.start < c.end and not c.statement), None)
            if hit is not None and "root" in answer.keys:
                marked.append((article.name, answer.words, answer.keys["root"], hit.root))
    found = Merges()
    for index, (name, words, root, came) in enumerate(marked):
        for other, other_words, other_root, other_came in marked[:index]:
            if other == name:
                continue
            said = f"{other} '{other_words}' and {name} '{words}'"
            if root == other_root:
                found.together += came == other_came
                if came != other_came:
                    found.missed_merges.append(said)
            else:
                found.apart += came != other_came
                if came == other_came:
                    found.false_merges.append(said)
    return found
