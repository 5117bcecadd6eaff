"""Reports as they come: bytes to text, and what stands beside them (publisher, date, address, grade).

A report's text is that of its bytes, newlines untouched, so that a claim's place counts its code points. For HTML the text
is the article that trafilatura finds in the page; the claim's words decide, and their place is where they stand in the page.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator

from dronewall.assess.datelines import head_date
from dronewall.assess.language.edtf import anchor_of, is_edtf
from dronewall.errors import BadInput
from dronewall.settings import FileModel, check, read_toml

LARGEST_BYTES = 8_000_000
GRADES = ("A", "B", "C", "D", "E", "F")
_HTML = re.compile(r"<!doctype\s+html|<html[\s>]|<body[\s>]|<head[\s>]|<article[\s>]", re.IGNORECASE)


class Beside(FileModel):
    """What a person says of a report, in `x.toml` beside `x.txt` or in a table of the sources file."""

    schema_version: int = 1
    file: str | None = None
    publisher: str | None = None
    published: str | None = None
    url: str | None = None
    source_grade: Annotated[str | None, Field(pattern=r"^[A-F]$")] = None

    @field_validator("published", mode="before")
    @classmethod
    def _dated(cls, value: Any) -> Any:
        """TOML's own dates are taken as well as EDTF text."""
        text = value.isoformat() if hasattr(value, "isoformat") else value
        if isinstance(text, str) and not is_edtf(text):
            raise ValueError("write the date as EDTF: 2025-03-07, 2025-03 or 2025")
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report. `file` is its path as given, `name` its name among the reports, `text_sha256` that of the bytes."""

    file: str
    name: str
    text: str
    text_sha256: str
    publisher: str | None = None
    published: str | None = None
    published_from: str | None = None
    """Where the date was found: beside, dateline, or the page's metadata."""
    url: str | None = None
    source_grade: str = "F"
    title: str | None = None
    places: tuple[int, ...] | None = None
    """HTML only: where each code point of `text` stands in the page; -1 where it stands nowhere."""


def names(paths: Iterable[Path]) -> list[str]:
    """A name for each path: its last part, with as many folders before it as tell two apart."""
    given = list(paths)
    parts = [path.parts for path in given]
    count = dict.fromkeys(range(len(given)), 1)
    while True:
        shown = ["/".join(part[-count[i] :]) for i, part in enumerate(parts)]
        twice: dict[str, list[int]] = {}
        for index, name in enumerate(shown):
            twice.setdefault(name, []).append(index)
        grown = [i for same in twice.values() if len(same) > 1 for i in same if count[i] < len(parts[i])]
        if not grown:
            return shown
        for index in grown:
            count[index] += 1


def read_sources(path: Path | None) -> dict[str, Beside]:
    """The sources file: a `[[report]]` table each with `file`, or a table named after the file."""
    if path is None:
        return {}
    tables = read_toml(path)
    tables.pop("schema_version", None)
    listed = tables.pop("report", tables.pop("source", []))
    found: dict[str, Beside] = {}
    rows = listed if isinstance(listed, list) else [listed]
    for row in rows:
        beside = check(Beside, row, str(path))
        if not beside.file:
            raise BadInput(
                f"{path}: a [[report]] has no 'file'; name the report that it is about", file=str(path), key="file"
            )
        found[beside.file] = beside
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise BadInput(
                f"{path}: '{name}' is no table; write [[report]] with file, publisher, published, url, source_grade",
                file=str(path),
                key=name,
            )
        found[name] = check(Beside, table, str(path))
    return found


def beside(path: Path, sources: Mapping[str, Beside]) -> Beside:
    """What was said of one report: the sources file first, then the file beside it."""
    said = next((sources[key] for key in (str(path), path.name, path.stem) if key in sources), None)
    own = path.with_suffix(".toml")
    if not own.exists():
        return said or Beside()
    try:
        near = check(Beside, read_toml(own), str(own))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{own} is not TOML: {error}", file=str(own)) from None
    if said is None:
        return near
    return near.model_copy(update={key: value for key, value in said.model_dump().items() if value is not None})


def read_report(path: Path, name: str, said: Beside) -> tuple[Report | None, list[str]]:
    """The report, or None, and what there is to say about it, a sentence each."""
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= LARGEST_BYTES else None
    except FileNotFoundError:
        raise BadInput(f"{path} is not there; give text or HTML files", file=str(path)) from None
    except IsADirectoryError:
        raise BadInput(f"{path} is a folder; give its files", file=str(path)) from None
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read: {error.strerror}; give a file that may be read", file=str(path)
        ) from None
    if data is None:
        return None, [
            f"{path} has {size / 1e6:.0f} MB and was set aside: a report has at most {LARGEST_BYTES / 1e6:.0f} MB; cut the article out of it"
        ]
    return from_bytes(data, str(path), name, said)


def from_bytes(data: bytes, file: str, name: str, said: Beside) -> tuple[Report | None, list[str]]:
    """The report in these bytes, or None where they are none, and a sentence for whatever was odd."""
    notes: list[str] = []
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        return None, [f"{file} is empty and was set aside; give plain text or HTML"]
    for magic, kind in (
        (b"%PDF-", "a PDF"),
        (b"PK\x03\x04", "a ZIP or Office file"),
        (b"\x89PNG", "a picture"),
        (b"\xff\xd8\xff", "a picture"),
        (b"\xd0\xcf\x11\xe0", "an Office file"),
        (b"\x1f\x8b", "a gzip file"),
    ):
        if data[:1024].lstrip().startswith(magic):
            return None, [f"{file} is {kind}, whatever its name says, and was set aside; give its text"]
    text, odd = _decoded(data)
    if text is None:
        return None, [f"{file} is not text and was set aside; give plain text or HTML"]
    if odd:
        notes.append(f"{file} {odd}")
    report = Report(
        file=file,
        name=name,
        text=text,
        text_sha256=hashlib.sha256(data).hexdigest(),
        publisher=said.publisher,
        published=said.published,
        published_from="beside" if said.published else None,
        url=said.url,
        source_grade=said.source_grade or "F",
    )
    if _HTML.search(text[:4000]) or name.lower().endswith((".html", ".htm")):
        from dronewall.assess.pages import read_page

        report, said_too = read_page(report)
        notes += [f"{file} {sentence}" for sentence in said_too]
    else:
        report = replace(report, **_found_in(report))
    if _other_script(report.text):
        notes.append(f"{file} is mostly not in Latin letters; only what stands there in English is read")
    if report.published is not None and anchor_of(report.published) is None:
        notes.append(
            f"{file}: '{report.published}' is no single day, month or year, so its relative dates stay unknown"
        )
    return report, notes


def _decoded(data: bytes) -> tuple[str | None, str | None]:
    """The text of some bytes, and what was odd about them."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), "is UTF-16, not UTF-8; places count its characters"
        except UnicodeDecodeError:
            return None, None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", errors="replace")
        wrong = text.count("\ufffd")
        if wrong > len(text) // 200 + 3:
            text = data.decode("cp1252", errors="replace")
            return (None, None) if _no_text(text) else (text, "is not UTF-8; it was read as windows-1252")
        return text, f"has {wrong} bytes that are no UTF-8; each became one replacement character"
    return (None, None) if _no_text(text) else (text, None)


def _no_text(text: str) -> bool:
    """Whether control characters are too many for a text."""
    head = text[:20_000]
    return sum(1 for c in head if ord(c) < 32 and c not in "\t\n\r\f\v") > len(head) // 50 + 2


def _other_script(text: str) -> bool:
    """Whether most letters are of another script than Latin."""
    letters = [c for c in text[:20_000] if c.isalpha()]
    return len(letters) > 20 and sum(1 for c in letters if ord(c) > 0x24F) > len(letters) / 2


def _found_in(report: Report) -> dict[str, Any]:
    """Title, date and publisher that stand in the head of the text itself, where nobody gave them."""
    lines = [
        line.strip(" \t\u00a0\ufeff\r") for line in report.text.splitlines()[:40] if line.strip(" \t\u00a0\ufeff\r")
    ][:12]
    found: dict[str, Any] = {}
    for place, line in enumerate(lines):
        labelled = re.match(
            r"(?:source|publisher|issued by|outlet|agency)\s*:\s*(?P<who>[^|]{2,60})$", line, re.IGNORECASE
        )
        if labelled and report.publisher is None and place < 6:
            found["publisher"] = labelled["who"].strip()
    if report.published is not None:
        return found
    for place, line in enumerate(lines[:8]):
        day = head_date(line, first=place < 5)
        if day is not None:
            return {**found, "published": day, "published_from": "dateline"}
    return found
