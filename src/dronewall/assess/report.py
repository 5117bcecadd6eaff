"""The report page: one self-contained HTML file in which every figure leads to its words.

Reports are untrusted text: they reach the page as JSON that cannot end its script element, and the page's own script
only ever writes them as text nodes. A policy in the page forbids every request.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from dronewall.assess.claims import Claim, cited_by, figure_text
from dronewall.assess.document import Document
from dronewall.assess.review import Review
from dronewall.records.threat import Threat

WHOLE_TEXTS = 3_000_000
MOST_CLAIMS = 4_000
_OF_DOCUMENT = (
    "file",
    "name",
    "text_sha256",
    "publisher",
    "published",
    "published_from",
    "url",
    "source_grade",
    "root",
    "derived_from",
    "derivation",
    "resemblance",
    "shared_figures",
)
"""What the page shows of a document, as `sources.json` has it."""
_OF_CLAIM = (
    "id",
    "claim",
    "name",
    "start",
    "end",
    "quote",
    "quote_sha256",
    "measure",
    "unit",
    "per",
    "object_class",
    "place",
    "time_edtf",
    "time_words",
    "time_anchor",
    "speaker",
    "relays",
    "hedges",
    "modality",
    "status",
    "source_grade",
    "item_grade",
    "root",
    "derived_from",
    "rejected",
    "notes",
    "history",
    "text_start",
    "in_title",
    "statement",
    "bound",
    "low",
    "high",
    "polarity",
)
"""What the page shows of a claim."""


def _segments(document: Document, claims: Sequence[Claim], *, whole: bool) -> list[list[Any]]:
    """Stretches of the report's text with their offsets: all of it, or the sentences that hold claims."""
    text = document.report.text
    if whole:
        return [[0, text]]
    found: list[list[Any]] = []
    for claim in sorted(claims, key=lambda c: c.text_start):
        start = max(0, claim.text_start - 260)
        end = min(len(text), claim.text_start + len(claim.quote) + 260)
        if found and start <= found[-1][0] + len(found[-1][1]):
            found[-1][1] = text[found[-1][0] : end]
        else:
            found.append([start, text[start:end]])
    return found


def page_data(
    documents: Sequence[Document], claims: Sequence[Claim], sources: Mapping[str, Any], threat: Threat, acts: Review
) -> dict[str, Any]:
    """What the page shows, as JSON."""
    shown = _shown(claims, threat)
    whole = sum(len(document.report.text) for document in documents) <= WHOLE_TEXTS
    used = {claim.root for claim in shown}
    return {
        "documents": _documents(documents, shown, sources, whole=whole),
        "claims": [
            {**{key: getattr(claim, key) for key in _OF_CLAIM}, "figure": figure_text(claim), "volume": claim.volume}
            for claim in shown
        ],
        "all_claims": len(claims),
        "all_documents": len(documents),
        "whole": whole,
        "roots": [root for root in sources["roots"] if root["id"] in used],
        "conflicts": sources["conflicts"],
        "changes": sources["changes"],
        "notes": sources["notes"],
        "threat": {**threat.model_dump(mode="json", exclude={"roots", "claims"})},
        "acts": [act.model_dump(mode="json", exclude_defaults=True) | {"when": str(act.when)} for act in acts.act],
    }


def _shown(claims: Sequence[Claim], threat: Threat) -> list[Claim]:
    """The claims that the page has room for: all, or those that the threat cites, then those that count drones."""
    if len(claims) <= MOST_CLAIMS:
        return list(claims)
    cited = cited_by(threat)

    def rank(claim: Claim) -> tuple[bool, bool, bool]:
        return claim.id not in cited, not claim.volume, not claim.statement

    kept = {claim.id for claim in sorted(claims, key=rank)[:MOST_CLAIMS]}
    return [claim for claim in claims if claim.id in kept]


def _documents(
    documents: Sequence[Document], shown: Sequence[Claim], sources: Mapping[str, Any], *, whole: bool
) -> list[dict[str, Any]]:
    """Each document with the stretches of its text that the page holds; without whole texts only those with claims."""
    own: dict[str, list[Claim]] = defaultdict(list)
    for claim in shown:
        own[claim.name].append(claim)
    rows = {row["name"]: row for row in sources["documents"]}
    listed = []
    for document in documents:
        name = document.report.name
        if whole or own[name]:
            segments = _segments(document, own[name], whole=whole)
            furniture = rows[name]["furniture"] if whole else []
            listed.append(
                {**{key: rows[name][key] for key in _OF_DOCUMENT}, "segments": segments, "furniture": furniture}
            )
    return listed


def write_report(
    documents: Sequence[Document], claims: Sequence[Claim], sources: Mapping[str, Any], threat: Threat, acts: Review
) -> str:
    """The page."""
    data = json.dumps(page_data(documents, claims, sources, threat, acts), ensure_ascii=False)
    # "</script>" and "<!--" may not stand inside a script element
    safe = data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    folder = files("dronewall.assess").joinpath("page")
    shell = folder.joinpath("report.html").read_text("utf-8")
    style = folder.joinpath("report.css").read_text("utf-8")
    script = folder.joinpath("report.js").read_text("utf-8")
    return shell.replace("/*STYLE*/", style).replace("/*SCRIPT*/", script).replace("/*DATA*/", safe)
