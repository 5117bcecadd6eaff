"""What can be registered, typed or written is documented, and the pages point at things that are there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from dronewall.formats import PARTS as FORMATS
from dronewall.outputs import PARTS as OUTPUTS
from dronewall.records.metrics import METRICS
from dronewall.scoring import PARTS as MEASURES
from dronewall.sensors import PARTS as SENSORS

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_the_schemas_in_docs_are_those_of_the_code(root: Path) -> None:
    command = [sys.executable, str(root / "scripts" / "schemas.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}run scripts/schemas.py"


@pytest.mark.parametrize(
    ("page", "name"),
    [("sensors.md", name) for name in sorted(SENSORS)]
    + [("formats.md", name) for name in sorted(FORMATS)]
    + [("warning.md", name) for name in sorted(OUTPUTS)]
    + [("scoring.md", name) for name in sorted(MEASURES)]
    + [("rehearse.md", metric.name) for metric in METRICS],
)
def test_every_registered_part_has_its_place_in_a_page(root: Path, page: str, name: str) -> None:
    assert re.search(rf"\b{re.escape(name)}\b", (root / "docs" / page).read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_points_at_a_file_that_is_not_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text)
    missing = [link for link in links if not (page.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_named_in_a_page_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`((?:docs|tests|src|scripts|design|benchmarks|examples|web)/[\w./-]+)`", text)
    missing = [name for name in named if not (ROOT / name).exists() and "page/" not in name]
    assert not missing
