"""Write docs/formats/reference: a page for every registered format, made from the registry. `--check` only compares.

The field table is the docstring of the modules that a format names; sources, deviations and judges are its `about`;
what it gives is measured by decoding its sample of the tests. So a page says what the code does, and a test fails where
it does not any more (`tests/test_format_pages.py`).
"""

import importlib
import inspect
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from dronewall.formats import PARTS, TABLE, WRITERS  # noqa: E402
from dronewall.formats.about import About, about  # noqa: E402
from dronewall.records.columns import FILE_NAMES  # noqa: E402
from tests.formats.samples import SAMPLES, read  # noqa: E402

FOLDER = ROOT / "docs" / "formats" / "reference"
MADE = "<!-- Made by scripts/format_pages.py from the registry: change the code, then run it. -->"


def pages() -> dict[str, str]:
    """Every page by its file's name, and the list of them."""
    made = {f"{name}.md": page(name) for name in sorted(PARTS)}
    return {"README.md": index(), **made}


def index() -> str:
    """The list of formats, read and written."""
    lines = [MADE, "# The formats, one by one", "", "| format | what | judged by |", "|---|---|---|"]
    for name in sorted(PARTS):
        said = _about(name)
        judges = ", ".join(dict.fromkeys(judge.program for judge in said.judges)) or "nobody but its own tests"
        lines.append(f"| [`{name}`]({name}.md) | {_title(said.tables[0])} | {judges} |")
    for name, module in sorted(WRITERS.items()):
        title = _first(inspect.getdoc(importlib.import_module(module)) or "")
        lines.append(f"| [`{name}`](../../formats.md#geojson-and-kml) | {title} | pyogrio (GDAL) |")
    return "\n".join(
        [*lines, "", "How they are used, and what holds for all of them: [wire formats](../../formats.md).", ""]
    )


def page(name: str) -> str:
    """One format's page."""
    said, part = _about(name), TABLE.part(name)
    times = (
        "yes, or the time of reception"
        if name.endswith("jsonl")
        else "yes"
        if part.timed
        else "no: `--date` gives the day"
    )
    rows = [
        ("part", f"`{PARTS[name]}`"),
        ("messages bring their own time", times),
        *_measured(name),
        ("more", f"[{said.page}](../../{said.page})"),
    ]
    parts = [MADE, f"# `{name}`", "", _title(said.tables[0]), "", "| | |", "|---|---|"]
    parts += [f"| {left} | {right} |" for left, right in rows]
    parts += ["", "## Fields", ""]
    for module in said.tables:
        if len(said.tables) > 1:
            parts += [f"### `dronewall.formats.{module}`", ""]
        parts += [*_table(module), ""]
    parts += ["## Source and section", "", *(f"- {source}" for source in said.sources), ""]
    parts += ["## Not taken", "", "What messages say and a detection has no room for, or must not say:", ""]
    parts += [*(f"- {one}" for one in said.untaken or ("nothing",)), ""]
    parts += ["## Deviations", "", *(f"- {one}" for one in said.deviations or ("None that we know of.",)), ""]
    parts += ["## Proved by", ""]
    if said.judges:
        parts += ["| program | what was compared | test |", "|---|---|---|"]
        parts += [f"| {judge.program} | {judge.compared} | `{judge.test}` |" for judge in said.judges]
    else:
        parts.append("Nobody but its own tests: no other program of this format has been put beside it.")
    return "\n".join([*parts, ""])


def _about(name: str) -> About:
    said = about(TABLE.part(name))
    if said is None:
        raise SystemExit(f"{PARTS[name]} has no `about`; docs/how-to-add/format.md says what belongs in it")
    return said


def _measured(name: str) -> Iterator[tuple[str, str]]:
    """What the sample of the tests gives: columns that are not null, labels, identities, what goes to the vault."""
    found, one = read(name, SAMPLES[name])
    rows = found.detections
    columns = [FILE_NAMES[column] for column in FILE_NAMES if not np.isnan(rows.values[:, column]).all()]
    yield "its sample gives", f"{len(rows)} detections of {one.faults.messages} messages"
    yield "columns", ", ".join(f"`{column}`" for column in columns)
    yield "labels", _words(sorted({str(label) for label in rows.label} - {"None"}))
    yield "identities", _words(sorted({f"{str(one).split(':')[0]}:" for one in rows.identity if one is not None}))
    yield "to the vault", _words(sorted({item.kind for item in found.personal}))
    yield "sound, and of no use here", _words(sorted(one.faults.unread))


def _words(words: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words) or "none in the sample"


def _doc(module: str) -> str:
    return inspect.getdoc(importlib.import_module(f"dronewall.formats.{module}")) or ""


def _title(module: str) -> str:
    return _first(_doc(module))


def _first(doc: str) -> str:
    """The first sentence, which stands on the first line."""
    return _plain(doc.split("\n\n", 1)[0].replace("\n", " "))


def _table(module: str) -> list[str]:
    """A docstring without its title: paragraphs as they are, what is indented as a block."""
    lines: list[str] = []
    for block in _doc(module).split("\n\n")[1:]:
        if block.startswith("    "):
            lines += ["```text", *textwrap.dedent(block).split("\n"), "```", ""]
        else:
            lines += [_plain(block), ""]
    return lines[:-1]


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return text.replace("<", "&lt;").replace("*8D", "\\*8D")


def main() -> int:
    """Write the pages, or say which differ."""
    made = pages()
    there = {file.name: file.read_text("utf-8") for file in FOLDER.glob("*.md")} if FOLDER.is_dir() else {}
    if "--check" in sys.argv[1:]:
        wrong = sorted(name for name in made.keys() | there.keys() if made.get(name) != there.get(name))
        for name in wrong:
            print(f"docs/formats/reference/{name} is not what the registry gives")
        return 1 if wrong else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in there.keys() - made.keys():
        (FOLDER / name).unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
