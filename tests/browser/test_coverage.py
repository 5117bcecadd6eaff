"""A planner's page: the coverage of a plan as layers of the map, from the real service; no other page asks for it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio

from dronewall.geo.shading import REASON_COLOURS
from dronewall.plan.conditions import Conditions
from dronewall.plan.run import coverage as plan_coverage
from dronewall.watch.roles import Role
from tests.browser.chromium import Chromium
from tests.browser.conftest import PAGE, READY
from tests.browser.looks import CONTRAST, FORBIDDEN, OVERFLOW
from tests.watch.small import Watch, wall_file
from tests.watch.test_app import serving
from tests.watch.test_feeds import until

ASKED = Conditions(
    labels=("multirotor", "fixed_wing_piston"),
    heights_m=(50.0, 200.0),
    cell_m=150.0,
    bounds_deg=(27.78, 56.47, 27.98, 56.57),
)
TAB = "#left > .tabs button:nth-child(4)"
DRAWN = "dronewallProbe.coverage === '%s' && dronewallProbe.coverageDrawn()"
SLOW_S = 120.0


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Watch, str]]:
    """A watch with a coverage in its data folder, and its address."""
    assert PAGE.exists(), "the page is not built; run `make page`"
    folder = tmp_path_factory.mktemp("planned")
    plan_coverage(wall_file(folder), folder / "data" / "coverage", ASKED)
    with Watch(folder / "data", speed=1.0) as watch:
        watch.until(watch.begun, 240.0)
        with serving(watch.station) as address:
            yield watch, address


def opened(browser: Chromium, house: tuple[Watch, str], role: Role, view: str = "") -> None:
    watch, address = house
    browser.open(f"{address}/?token={watch.token(role)}{view}")
    browser.wait(READY, SLOW_S)


def pixels_like(browser: Chromium, colour: tuple[int, int, int], folder: Path) -> int:
    """How many pixels of the map's right half, where no panel lies, have that colour."""
    file = folder / "page.png"
    browser.picture(file)
    with rasterio.open(file) as data:
        seen = data.read()[:3, 100:, 400:1000].astype(int)
    return int((np.abs(seen - np.array(colour)[:, None, None]).max(axis=0) <= 4).sum())


def test_a_planner_goes_through_the_layers_and_reads_figures_with_their_interval(
    browser: Chromium, house: tuple[Watch, str], tmp_path: Path
) -> None:
    opened(browser, house, Role.PLANNER, "#c=56.5200,27.8800,11.00&cov=ends,multirotor,200,value,100&rings=0")
    browser.wait(DRAWN % "ends_multirotor_200m", SLOW_S)
    until(lambda: pixels_like(browser, REASON_COLOURS[0], tmp_path) > 2_000, SLOW_S)
    words = browser.words()
    for word in ("RESTRICTED", "link budget", "smooth", "calm", "1.33 of the earth", "multirotor", "200 m"):
        assert word in words
    assert [word for word in FORBIDDEN if word in words.lower()] == []
    browser.key("v")
    browser.wait("dronewallProbe.coverage === null")
    until(lambda: pixels_like(browser, REASON_COLOURS[0], tmp_path) < 200, SLOW_S)
    for keys, layer in (
        ("vv", "p_look_multirotor_200m"),
        ("vg", "p_detect_fixed_wing_piston_200m"),
        ("t[", "p_detect_fixed_wing_piston_50m_high"),
        ("[ttg", "p_detect_multirotor_50m"),
    ):
        for key in keys:
            browser.key(key)
        browser.wait(DRAWN % layer, SLOW_S)
    browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=760, y=480)
    browser.wait("/% \\([^)]* to [^)]*%\\)/.test(document.querySelector('.coverage-figures')?.innerText)", SLOW_S)
    shoot(browser, tmp_path)
    assert browser.complaints == []


def shoot(browser: Chromium, folder: Path) -> None:
    """The page by night and by day, for the documentation; every word of it legible."""
    pictures = Path(os.environ.get("DRONEWALL_PICTURES", str(folder))).resolve()
    for name in ("coverage", "coverage-day"):
        assert browser.ask(CONTRAST) == []
        assert browser.ask(OVERFLOW) == []
        browser.picture(pictures / f"{name}.png")
        browser.key("D", shift=True)
        browser.wait("dronewallProbe.coverageDrawn()", SLOW_S)


def test_a_viewers_page_neither_has_it_nor_asks_for_it(browser: Chromium, house: tuple[Watch, str]) -> None:
    opened(browser, house, Role.VIEWER, "#cov=ends,multirotor,200")
    assert browser.ask(f"document.querySelector('{TAB}').hidden")
    browser.key("v")
    assert browser.ask("dronewallProbe.coverage") is None
    assert "RESTRICTED" not in browser.words()
    assert not [asked for asked in browser.requests if "/api/coverage" in asked]


def test_a_coverage_that_cannot_be_shown_is_said_in_a_sentence(
    browser: Chromium, house: tuple[Watch, str], tmp_path: Path
) -> None:
    folder = house[0].station.folder / "coverage"
    shutil.move(folder, tmp_path / "away")
    opened(browser, house, Role.PLANNER)
    browser.click(TAB)
    browser.wait("document.querySelector('.coverage')?.innerText.includes('there is no coverage to show')", SLOW_S)
