"""What every test may rely on: no proxy, no home directory of the user's, a line about data that are not here."""

import gc
import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.shared import SHARED

# No test is timed: the first call of a kernel compiles it, and machines differ.
settings.register_profile("dronewall", deadline=None)
settings.load_profile("dronewall")

os.environ.setdefault("NO_COLOR", "1")
os.environ.setdefault("COLUMNS", "120")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests over an empty list of shared files are not run at all; pytest would otherwise count them as skipped."""
    if SHARED is not None:
        return
    gone = [
        item for item in items if any(mark.name == "skip" for mark in item.iter_markers()) and "NOTSET" in item.name
    ]
    if gone:
        config.hook.pytest_deselected(items=gone)
        items[:] = [item for item in items if item not in gone]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if SHARED is None:
        terminalreporter.write_line(
            "no folder 'shared' beside the checkout: tests on data that may not be committed were left out"
        )


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: a watch that gives memory back need not look through all of it anew."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def root() -> Path:
    """The checkout."""
    return Path(__file__).resolve().parents[1]
