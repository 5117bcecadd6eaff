"""The real service behind the page: the Rezekne night until a person approves and the gateway has received.

With DRONEWALL_PICTURES set to a folder, the pictures of the documentation are written there:
`DRONEWALL_PICTURES=docs/pictures pytest tests/browser/test_demo.py`.
"""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import Chromium
from tests.browser.conftest import PAGE, READY
from tests.browser.looks import FORBIDDEN, OVERFLOW, PAINTED

PREPARED_S = 240.0  # a cold machine compiles the kernels first; the page is open meanwhile
DRAFT = ".alert[data-state=draft]"
ALERTED = "...document.querySelectorAll('.track-row[data-alerted]')"
MOST_BYTES = 400_000


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[str]:
    """The address of `dronewall demo`, with the operator's token."""
    assert PAGE.exists(), "the page is not built; run `make page`"
    command = [sys.executable, "-m", "dronewall", "demo", "--no-browser", "--port", "0", "--speed", "60"]
    process = subprocess.Popen(
        [*command, "--data", str(tmp_path / "data")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
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
    yield found[0]
    process.terminate()
    process.wait(120)
    rest.join(10)
    process.stdout.close()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where the pictures go."""
    return Path(os.environ.get("DRONEWALL_PICTURES", str(tmp_path / "pictures"))).resolve()


def test_a_person_approves_the_draft_of_the_night_and_the_gateway_receives_it(
    browser: Chromium, demo: str, pictures: Path
) -> None:
    browser.open(demo)
    browser.wait(READY, PREPARED_S)
    browser.wait(f"document.querySelector('{DRAFT}') && document.querySelector('.track-row[data-alerted]')", 300)
    speed(browser, 2)
    pause(browser)  # a draft that is revised asks anew, a track may end, and a slow machine takes its time
    shoot_night(browser, pictures)
    browser.click(f"{DRAFT} [data-act=approve]")
    shoot(browser, pictures / "warning.png")
    browser.hold(f"{DRAFT} .hold")
    speed(browser, 30)
    browser.click(".play[data-paused]")
    browser.wait("document.querySelector('.alert[data-state=received]')", 240)
    done = "[...document.querySelectorAll('.alert[data-state=received] .stages li[data-done]')].map(e => e.innerText)"
    stages = " ".join(browser.ask(done))
    for word in ("First evidence", "Drafted", "Shown", "Acknowledged", "Approved", "Sent", "Accepted", "Received"):
        assert word in stages
    speed(browser, 1)
    shoot_day_and_phone(browser, pictures)
    words = browser.words()
    assert "EXERCISE" in words
    assert "INVENTED SITES" in words
    assert [word for word in FORBIDDEN if word in words.lower()] == []
    assert browser.complaints == []


def speed(browser: Chromium, times: int) -> None:
    change = f"const s = document.querySelector('.speed'); s.value = '{times}'; s.dispatchEvent(new Event('change'))"
    browser.ask(f"(() => {{ {change} }})()")
    browser.wait(f"document.querySelector('.speed').value === '{times}'")


def pause(browser: Chromium) -> None:
    browser.click(".play:not([data-paused])")
    browser.wait("document.querySelector('.play[data-paused]')")


def shoot(browser: Chromium, file: Path) -> None:
    browser.picture(file, settle_s=1.2)
    assert 20_000 < file.stat().st_size < MOST_BYTES, f"{file.name} has {file.stat().st_size} bytes"


def shoot_night(browser: Chromium, pictures: Path) -> None:
    """The track behind the draft, opened: its card, its place on the map."""
    track = browser.wait(f"[{ALERTED}].map((e) => e.dataset.key).find((key) => dronewallProbe.tracks[key])")
    browser.wait(f"{PAINTED % json.dumps(track)} > 40")  # the list may be a frame ahead of the map
    browser.click(f".track-row[data-key={track}]")
    browser.wait("document.querySelectorAll('.evidence-row').length > 3")
    browser.wait("document.querySelectorAll('.chart').length === 2")
    shoot(browser, pictures / "night.png")
    browser.key("c")


def shoot_day_and_phone(browser: Chromium, pictures: Path) -> None:
    browser.key("y")
    browser.wait("document.querySelectorAll('.timeline .entries li').length > 8")
    browser.wait("document.body.innerText.includes('up to about 13 minutes, if detected at the border')")
    assert "Computed from the reports: up to about 13 minutes, if detected at the border" in browser.words()
    shoot(browser, pictures / "timeline.png")
    browser.ask("document.querySelector('dialog[open]').close()")
    browser.key("D", shift=True)
    shoot(browser, pictures / "day.png")
    browser.key("D", shift=True)
    browser.resize(390, 844, mobile=True)
    browser.click("#tabs [data-tab=warnings]")
    browser.wait("document.querySelector('#right').offsetHeight > 300")
    assert browser.ask(OVERFLOW) == []
    shoot(browser, pictures / "phone.png")
    browser.resize(1440, 900)
