"""Each format's page is what the registry gives, and whoever is said to have judged it is in the test that is named."""

import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from dronewall.formats import PARTS, TABLE
from dronewall.formats.about import about

NAMES = sorted(PARTS)


@pytest.fixture
def script(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("format_pages", root / "scripts" / "format_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_those_of_the_registry(root: Path) -> None:
    command = [sys.executable, str(root / "scripts" / "format_pages.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}run scripts/format_pages.py"


def test_a_page_changes_with_what_a_format_says_of_itself(
    root: Path, script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed = (root / "docs" / "formats" / "reference" / "sbs.md").read_text("utf-8")
    assert script.page("sbs") == committed
    said = about(TABLE.part("sbs"))
    assert said is not None
    monkeypatch.setattr(type(TABLE.part("sbs")), "about", replace(said, deviations=("Another.",), judges=()))
    changed = script.page("sbs")
    assert changed != committed
    assert "- Another." in changed
    assert "Nobody but its own tests" in changed


@pytest.mark.parametrize("name", NAMES)
def test_a_format_says_where_it_comes_from_and_more_stands_where_it_says(root: Path, name: str) -> None:
    said = about(TABLE.part(name))
    assert said is not None
    assert said.sources
    assert (root / "docs" / said.page).exists()
    assert said.tables[0] in PARTS[name]


@pytest.mark.parametrize("name", NAMES)
def test_who_judged_a_format_is_in_the_test_that_is_named(root: Path, name: str) -> None:
    said = about(TABLE.part(name))
    assert said is not None
    for judge in said.judges:
        program = judge.program.split()[0].split("-")[0].lower()
        assert program in (root / judge.test).read_text("utf-8").lower(), f"{judge.test} has no {judge.program}"
