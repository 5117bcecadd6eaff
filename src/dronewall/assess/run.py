"""The verb: reports in, `claims.jsonl`, `sources.json`, `threat.json`, `report.html` and the exports out.

Reading is per report and kept in a cache, keyed by the report's bytes, by what stands beside it and by the grammar
itself; lineage, conflicts and estimate are made anew over all claims, which takes seconds.
"""

import json
import os
import shutil
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from dronewall import __version__
from dronewall.assess.claims import Claim
from dronewall.assess.conflicts import Finding, changes, conflicts
from dronewall.assess.document import Document, freeze, thaw
from dronewall.assess.estimate import assess_threat
from dronewall.assess.exports import provenance, stix
from dronewall.assess.extract import read_document
from dronewall.assess.language.edtf import span_days
from dronewall.assess.lineage import Lineage, trace
from dronewall.assess.model import load_chain
from dronewall.assess.report import write_report
from dronewall.assess.reports import Beside, beside, names, read_report, read_sources
from dronewall.assess.review import Review, correct, grade_sources, load_review, reroot, signed
from dronewall.errors import BadInput
from dronewall.records.threat import Threat, load_threat
from dronewall.regular import refuse_special

CACHE = ".cache"
PARALLEL_FROM = 40


@dataclass(slots=True, kw_only=True)
class Assessment:
    """Everything that was found, as it is written."""

    documents: list[Document]
    claims: list[Claim]
    lineage: Lineage
    conflicts: list[Finding]
    changes: list[Finding]
    threat: Threat
    notes: list[str]
    read: int
    """How many reports were read anew; the others came from the cache."""


@cache
def grammar_version() -> str:
    """A digest of this package's own files: a changed grammar reads every report anew."""
    digest = sha256(__version__.encode())
    folder = Path(__file__).parent
    for file in sorted([*folder.rglob("*.py"), *folder.rglob("*.tsv")]):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _key(path: Path, name: str, said: Beside) -> str | None:
    try:
        data = path.read_bytes() if path.stat().st_size <= 64_000_000 else str(path.stat().st_size).encode()
    except OSError:
        return None
    digest = sha256(data)
    digest.update(f"\0{path}\0{name}\0{said.model_dump_json()}\0{grammar_version()}".encode())
    return digest.hexdigest()


def _read(job: tuple[str, str, Beside, str | None, str | None]) -> tuple[Document | None, list[str], bool]:
    """One report: from the cache, or read and put there."""
    file, name, said, key, folder = job
    stored = Path(folder, key[:2], key) if folder and key else None
    if stored is not None and stored.exists():
        try:
            document, notes = thaw(zlib.decompress(stored.read_bytes()))
            return document, notes, False
        except (zlib.error, ValueError, TypeError, KeyError):
            stored.unlink(missing_ok=True)
    report, notes = read_report(Path(file), name, said)
    document = read_document(report) if report is not None else None
    if stored is not None:
        stored.parent.mkdir(parents=True, exist_ok=True)
        part = stored.with_suffix(f".{os.getpid()}")
        part.write_bytes(zlib.compress(freeze(document, notes), 1))
        part.replace(stored)
    return document, notes, True


def read_all(
    paths: Sequence[Path],
    sources: dict[str, Beside],
    folder: Path | None,
    *,
    workers: int,
    progress: Callable[[float], None],
) -> tuple[list[Document], list[str], int]:
    """Every report that can be read, in the order given; what there is to say; how many were read anew."""
    jobs = []
    for path, name in zip(paths, names(paths), strict=True):
        if not path.exists():
            raise BadInput(f"{path} is not there; give text or HTML files", file=str(path))
        said = beside(path, sources)
        jobs.append((str(path), name, said, _key(path, name, said), str(folder) if folder else None))
    documents: list[Document] = []
    notes: list[str] = []
    anew = 0
    for index, (document, said_of_it, fresh) in enumerate(_results(jobs, workers)):
        notes += said_of_it
        anew += fresh
        if document is not None:
            documents.append(document)
            notes += document.notes
        progress((index + 1) / len(jobs))
    return documents, notes, anew


def _none_read(notes: Sequence[str]) -> str:
    """Why there is nothing to assess: what is wrong with the reports, the first three by name."""
    if len(notes) == 1:
        return notes[0]
    more = f"; and {len(notes) - 3} more" if len(notes) > 3 else ""
    return f"none of the {len(notes)} reports can be read: {'; '.join(notes[:3])}{more}"


def _results(jobs: Sequence[Any], workers: int) -> Iterator[tuple[Document | None, list[str], bool]]:
    if workers <= 1 or len(jobs) < PARALLEL_FROM:
        yield from map(_read, jobs)
        return
    with ProcessPoolExecutor(max_workers=workers) as pool:
        yield from pool.map(_read, jobs, chunksize=16)


def assess(
    paths: Sequence[Path],
    output: Path,
    *,
    sources: Path | None = None,
    review: Path | None = None,
    model: Path | None = None,
    seed: int = 1,
    workers: int | None = None,
    today: date | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> Assessment:
    """Assess reports and write everything into `output`.

    Parameters
    ----------
    paths : sequence of Path
        Text or HTML files. A folder stands for the .txt, .html and .htm files in it.
    sources, review, model : Path, optional
        TOML files. A `review.toml` in the output folder is taken where no other is named.

    today : date, optional
        With it, a report whose day of publication lies ahead is named; nothing else hangs on it.

    Raises
    ------
    BadInput
        A file is not there, or says what it may not, or no report at all can be read; one sentence.
    """
    given = _expanded(paths)
    if not given:
        raise BadInput("there is no report; give text or HTML files")
    own = output / "review.toml"
    review_path = review if review is not None else own if os.path.exists(own) else None
    acts = load_review(review_path)
    chain, said = signed(load_chain(model), acts)
    told = read_sources(sources)
    try:
        if output.exists() and not output.is_dir():
            raise BadInput(f"{output} is a file; give a folder", file=str(output))
        output.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise BadInput(f"{output} cannot be the folder of an assessment: {why}", file=str(output)) from None
    documents, notes, anew = read_all(
        given, told, output / CACHE, workers=workers or min(2, os.cpu_count() or 1), progress=progress
    )
    if not documents:
        raise BadInput(_none_read(notes), file=str(given[0]))
    if today is not None:
        notes += _ahead(documents, today)
    claims = [claim for document in documents for claim in document.claims]
    publishers = {document.report.name: document.report.publisher for document in documents}
    notes += said + grade_sources(claims, acts, publishers) + correct(claims, acts)
    lineage = trace(documents, claims)
    notes += reroot(claims, acts)
    found = conflicts(claims, lineage)
    changed = changes(claims, lineage)
    grade_items(claims, found)
    threat = assess_threat(claims, chain, seed=seed, previous=_previous(output / "threat.json"))
    whole = Assessment(
        documents=documents,
        claims=claims,
        lineage=lineage,
        conflicts=found,
        changes=changed,
        threat=threat,
        notes=notes,
        read=anew,
    )
    write(whole, output, acts)
    return whole


def _ahead(documents: Sequence[Document], today: date) -> list[str]:
    """A sentence for each report that says it was published on a day that is still to come."""
    dated = ((document.report, span_days(document.report.published)) for document in documents)
    return [
        f"{report.file}: its day of publication, {report.published}, lies ahead; its relative dates count from there, "
        "so correct it beside the report if it is wrong"
        for report, span in dated
        if span is not None and span[0] > today
    ]


def _expanded(paths: Sequence[Path]) -> list[Path]:
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            for file in sorted(
                file for file in path.rglob("*") if file.suffix.lower() in (".txt", ".html", ".htm", ".md")
            ):
                found[file] = None
        elif path.suffix.lower() == ".toml":
            continue
        else:
            found[path] = None
    for path in found:
        refuse_special(path)
    return list(found)


def _previous(path: Path) -> Threat | None:
    if not path.exists():
        return None
    try:
        return load_threat(path)
    except BadInput:
        return None


def grade_items(claims: Sequence[Claim], found: Sequence[Finding]) -> None:
    """The item's grade by the Admiralty scale (AJP-2.1), from roots alone, where no person gave one.

    1 two or more other roots tell the same; 2 one other root does; 4 another root contradicts it; 5 it is denied or
    retracted; 6 nothing can be judged. Support is told by roots, so a hundred copies leave it at 6.
    """
    support: dict[tuple[object, ...], set[str]] = {}
    for claim in claims:
        if claim.live:
            support.setdefault(_item(claim), set()).add(claim.root)
    against = {key for one in found if one.kind in ("value", "status") for key in one.claims}
    for claim in claims:
        if any(act.get("field") == "item_grade" for act in claim.history):
            continue
        others = len(support.get(_item(claim), set()) - {claim.root})
        if not claim.live:
            claim.item_grade = "5"
        elif claim.id in against:
            claim.item_grade = "4"
        else:
            claim.item_grade = "1" if others >= 2 else "2" if others == 1 else "6"


def _item(claim: Claim) -> tuple[object, ...]:
    return (
        claim.measure,
        claim.unit,
        claim.value,
        claim.per,
        claim.object_class,
        claim.place,
        claim.time_edtf,
        claim.status if claim.statement else None,
    )


def sources_file(whole: Assessment) -> dict[str, Any]:
    """`sources.json`: documents, how they derive, and roots."""
    derived = {one.document: one for one in whole.lineage.derivations}
    rows = []
    for index, document in enumerate(whole.documents):
        report, one = document.report, derived.get(index)
        source = whole.documents[one.source].report.name if one else None
        rows.append(
            {
                "file": report.file,
                "name": report.name,
                "text_sha256": report.text_sha256,
                "title": report.title,
                "publisher": report.publisher,
                "published": report.published,
                "published_from": report.published_from,
                "url": report.url,
                "source_grade": next((c.source_grade for c in document.claims), report.source_grade),
                "root": whole.lineage.document_roots[index],
                "derived_from": source,
                "derivation": one.kind if one else None,
                "resemblance": one.resemblance if one else None,
                "shared_figures": one.shared if one else None,
                "evidence": [list(pair) for pair in one.evidence[:20]] if one else [],
                "claims": len(document.claims),
                "furniture": [{"start": a, "end": b, "why": why} for a, b, why in document.furniture[:200]],
            }
        )
    return {
        "schema_version": 1,
        "program": f"dronewall {__version__}",
        "documents": rows,
        "roots": [root.model_dump() for root in whole.threat.roots],
        "conflicts": [one.line() for one in whole.conflicts],
        "changes": [one.line() for one in whole.changes],
        "notes": whole.notes,
    }


def write(whole: Assessment, output: Path, acts: Review) -> None:
    """Write every file, each whole or not at all."""
    reports = [document.report for document in whole.documents]
    lines = "".join(json.dumps(claim.line(), ensure_ascii=False) + "\n" for claim in whole.claims)
    _put(output / "claims.jsonl", lines)
    _put(output / "sources.json", json.dumps(sources_file(whole), ensure_ascii=False, indent=1) + "\n")
    _put(output / "threat.json", json.dumps(whole.threat.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n")
    grades = {claim.name: claim.source_grade for claim in whole.claims}
    _put(
        output / "provenance.json",
        json.dumps(provenance(reports, whole.claims, whole.lineage, whole.threat), ensure_ascii=False) + "\n",
    )
    _put(output / "stix.json", json.dumps(stix(reports, whole.claims, grades), ensure_ascii=False) + "\n")
    _put(output / "report.html", write_report(whole.documents, whole.claims, sources_file(whole), whole.threat, acts))


def _put(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    part.replace(path)


def forget(output: Path) -> None:
    """Drop the cache of an output folder."""
    shutil.rmtree(output / CACHE, ignore_errors=True)


__all__ = ["Assessment", "assess", "forget"]
