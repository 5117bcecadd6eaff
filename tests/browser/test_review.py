"""The page on which claims are reviewed, by keyboard alone, before the real command and its review file.

With DRONEWALL_PICTURES set to a folder, the picture of the documentation is written there.
"""

import os
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import Chromium
from tests.browser.conftest import PAGE
from tests.browser.looks import CONTRAST, OVERFLOW

REPORTS = {
    "agency.txt": (
        "Minsk ready to host drone plant\n\n"
        "MINSK, March 7, 2025 (BelWire) - Belarus said on Thursday that it is ready to host a plant that can build "
        "up to 100,000 drones a year.\n\n"
        "The plant would first make 2,000 drones for agriculture, Belarusian officials at the exhibition in Minsk "
        "said.\n\nUkraine's air force says it shoots down about 1,000 Russian drones a week.\n"
    ),
    "rewrite.txt": (
        "Massive factory to build 100,000 drones\n\n"
        "A giant facility in Belarus will be capable of turning out 100,000 drones annually. It is to start with "
        "2,000 agricultural drones, Russian representatives announced. Each week, some 1,000 drones are downed over "
        "Ukraine.\n"
    ),
    "engineer.txt": (
        "Published: 20 March 2025\n\nEngineer doubts the Minsk plant\n\n"
        "The plant in Belarus can build at most 30,000 drones a year, the former chief engineer Pavel Novik told "
        "Nordic Post <script>document.title = 'taken over'</script>.\n"
    ),
}
LIVE = "document.querySelector('.line').dataset.state === 'live'"


HEARS_NOTHING = """(() => {
  const ask = window.fetch.bind(window);
  let open;
  const decided = new Promise((done) => { open = done; });
  window.fetch = (what, how) => {
    if (how?.method !== "POST") return decided.then(() => ask(what, how));
    window.fetch = ask;
    open();
    return ask(what, how);
  };
})()"""
"""What changes at the service does not reach the page before its next decision, however slowly that comes."""


@pytest.fixture
def review(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of `dronewall assess --serve`, and its review file."""
    assert PAGE.with_name("review.html").exists(), "the page is not built; run `make page`"
    for name, text in REPORTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "dronewall", "assess", *(str(tmp_path / name) for name in REPORTS)]
    options = ["-o", str(tmp_path / "out"), "--serve", "--who", "A. Analyst", "--port", "0", "--no-browser"]
    process = subprocess.Popen(
        [*command, *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    said: list[str] = []
    for line in process.stdout:
        said.append(line)
        found = re.search(r"http://127\.0\.0\.1:\S+", line)
        if found:
            break
    else:
        raise AssertionError("".join(said))
    rest = threading.Thread(target=process.stdout.read, daemon=True)
    rest.start()
    yield found[0], tmp_path / "out" / "review.toml"
    process.terminate()
    process.wait(60)
    rest.join(60)
    process.stdout.close()


def acts(file: Path) -> list[dict[str, object]]:
    return list(tomllib.loads(file.read_text("utf-8"))["act"])


def settled(browser: Chromium, words: str) -> None:
    """Wait until so many are reviewed and the estimate has caught up."""
    browser.wait(f"document.querySelector('.progress').textContent.startsWith({words!r}) && {LIVE}")


def test_claims_are_accepted_corrected_and_merged_by_keyboard(
    browser: Chromium, review: tuple[str, Path], tmp_path: Path
) -> None:
    address, file = review
    browser.open(address)
    browser.wait("document.querySelectorAll('.claim-row').length > 5")
    assert "token" not in browser.ask("location.href")
    browser.wait("document.querySelector('mark.here')?.textContent.startsWith('up to 100,000 drones')")

    browser.key("a")
    settled(browser, "1 of")
    browser.key("/")
    browser.call("Input.insertText", text="30,000")
    browser.wait("document.querySelectorAll('.claim-row').length === 1")
    browser.key("Escape")
    browser.key("j")
    browser.wait("document.querySelector('.decide-head h2').textContent.startsWith('up to 30,000')")
    assert browser.ask("document.title") == "dronewall: review of claims"
    browser.key("e")
    browser.ask("document.querySelector('[name=high]').select()")
    browser.call("Input.insertText", text="many")
    browser.wait("document.querySelector('[name=high]').hasAttribute('aria-invalid')")
    assert browser.ask("document.querySelector('.act').disabled")
    browser.ask("document.querySelector('[name=high]').select()")
    browser.call("Input.insertText", text="60,000")
    browser.call("Input.dispatchKeyEvent", type="keyDown", key="Enter", text="\r", windowsVirtualKeyCode=13)
    settled(browser, "2 of")
    browser.wait("document.querySelector('.moved')?.textContent.includes('Capacity a year')")

    browser.key("m")
    browser.wait("document.querySelector('dialog.merge[open]')")
    browser.call("Input.insertText", text="Belarus")
    for _ in range(2):
        browser.call("Input.dispatchKeyEvent", type="keyDown", key="Enter", text="\r", windowsVirtualKeyCode=13)
    browser.wait("document.querySelector('.moved')?.textContent.includes('Roots')")

    kinds = [str(act["kind"]) for act in acts(file)]
    assert kinds == ["accept", "correct", "merge"]
    assert {act["who"] for act in acts(file)} == {"A. Analyst"}
    assert acts(file)[1]["set"] == {"high": 60_000.0, "bound": "at_most", "low": ""}
    look(browser, Path(os.environ.get("DRONEWALL_PICTURES", str(tmp_path / "pictures"))).resolve())
    assert browser.complaints == []


def look(browser: Chromium, pictures: Path) -> None:
    """Contrast and width by night and day, on a desk and on a phone, and a picture."""
    browser.resize(1400, 900)
    browser.key("c")
    browser.picture(pictures / "review.png")
    assert 20_000 < (pictures / "review.png").stat().st_size < 400_000
    for width, height in ((1400, 900), (1000, 700), (390, 844)):
        browser.resize(width, height, mobile=width < 400)
        for tab in ("claims", "words", "decide") if width < 400 else ("",):
            if tab:
                browser.click(f"#tabs [data-tab={tab}]")
            for _ in ("night", "day"):
                browser.key("D", shift=True)
                assert browser.ask(CONTRAST) == []
                assert browser.ask(OVERFLOW) == []
    browser.resize(1440, 900)


def test_a_page_that_fell_behind_says_so_and_shows_what_is(browser: Chromium, review: tuple[str, Path]) -> None:
    address, file = review
    browser.open(address)
    browser.wait("document.querySelectorAll('.claim-row').length > 5")
    claim = browser.wait("new URLSearchParams(location.hash.slice(1)).get('sel')")
    browser.ask(HEARS_NOTHING)
    file.write_text(
        "schema_version = 1\n[[act]]\nkind = 'reject'\nwho = 'B. Other'\nwhen = 2026-11-22\n" + f"claim = '{claim}'\n"
    )
    browser.key("a")
    browser.wait("document.querySelector('#trouble').textContent.startsWith('B. Other decided about the same thing')")
    browser.wait("document.querySelector('.claim-row[data-verdict=rejected]')")
    assert [act["who"] for act in acts(file)] == ["B. Other"]
