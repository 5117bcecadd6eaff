"""The tutorials run as they stand: python and sh blocks of each page, in order, in an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DOCS = Path(__file__).parents[1] / "docs"
FOLDER = DOCS / "tutorial"
BESIDE = [DOCS / "how-to-add" / "format.md"]
PAGES = [page for page in [*sorted(FOLDER.glob("*.md")), *BESIDE] if BLOCK.search(page.read_text(encoding="utf-8"))]
SHELL = "import subprocess as _shell\n_shell.run(['sh', '-e', '-c', {text!r}], check=True)\n"


def script(page: str) -> str:
    """One program of a page's blocks: python as it is, sh as a call. Lines keep their numbers, for tracebacks."""
    lines = [""] * (page.count("\n") + 1)
    for block in BLOCK.finditer(page):
        at = page.count("\n", 0, block.start()) + 1
        if block[1] == "sh":
            lines[at] = SHELL.format(text=block[2]).strip().replace("\n", "; ")
        else:
            lines[at : at + block[2].count("\n")] = block[2].splitlines()
    return "\n".join(lines)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_tutorial_runs_as_it_stands(page: Path, tmp_path: Path) -> None:
    (tmp_path / "page.py").write_text(script(page.read_text(encoding="utf-8")), encoding="utf-8")
    beside = str(Path(sys.executable).parent)
    done = subprocess.run(
        [sys.executable, "-W", "error", "page.py"],
        cwd=tmp_path,
        env=os.environ | {"PATH": beside + os.pathsep + os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_there_is_a_tutorial_and_its_blocks_are_found() -> None:
    tracking = script((FOLDER / "tracking.md").read_text(encoding="utf-8"))
    assert "Tracker(wall)" in tracking
    assert "dronewall score" in tracking
