"""Lines and beginnings that say where, or by whom, the lines after them are told."""

import pytest

from dronewall.assess.heads import dateline_place, floors, heading, item_place, place_alone
from tests.assess.test_corrections import claims


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("The week\n\nEstonia\n\nTwo drones were logged.\n\nLatvia\n\nFive drones came in on Sunday.", "Latvia"),
        ("In brief\n\nMurmansk. Sixteen drones were destroyed in the night.", "Murmansk"),
        ("In brief\n\nTbilisi. Two drones crossed the line.", "Georgia"),
        ("SUMY, Ukraine (NW) - Nobody slept.\n\nAn official said 9 drones struck a depot outside the city.", "Sumy"),
        ("VILNIUS, March 1. /TASS/. Nobody slept.\n\nOver the city 9 drones were seen.", "Vilnius"),
        ("The region's governor spoke in Sumy. Since May the region has been hit by 90 drones.", "Sumy"),
        ("The governor of Krasnodar said that 4 drones had set fire to a tank.", "Krasnodar"),
        ("Police in Tulcea said that 3 drones had been seen.", "Tulcea"),
        ("Everybody buys drones. The Poles have 350 drones.", "Poland"),
        ("Everybody buys drones. The Germans ordered 200 drones.", "Germany"),
        ("A hall was shown in Orsha. A manager said that it makes 320 drones every week.", "Orsha"),
        ("Latvia has announced, but not begun, a plant for 900 drones a year.", "Latvia"),
        ("Vilnius airport was shut while 71 balloons drifted past.", "Vilnius"),
        ("A talk about drones\n\nHow many fell in Estonia? I know of 14 drones.", "Estonia"),
    ],
)
def test_a_figure_takes_the_place_that_heads_it(text: str, place: str) -> None:
    assert claims(text)[-1].place == place


@pytest.mark.parametrize(
    "text",
    [
        "In brief\n\nMurmansk. Nobody slept.\n\nRecipes\n\nThe navy bought 16 drones.",
        "Estonia buys radars.\n\nThe navy lost 16 drones.",
        "A week of drones\n\nWarsaw has put a price on its wall. It buys 700 drones.",
    ],
)
def test_a_place_that_heads_something_else_is_not_lent(text: str) -> None:
    assert claims(text)[-1].place is None


def test_lines_are_told_apart_by_their_form() -> None:
    assert place_alone("Kharkiv region:") == place_alone("Kharkiv")
    assert place_alone("Kharkiv under fire") is None
    assert place_alone("Kharkiv?") is None
    assert item_place("Oslo.") == place_alone("Norway")
    assert dateline_place("RIYADH: The coalition said") == place_alone("Riyadh")
    assert dateline_place("NATO: the alliance said") is None
    assert heading("What we know so far")
    assert not heading("Two drones came.")


MINUTES = """Drones in the county

Dame Ruth Okafor (Norwich West) (Lab)
How many drones were seen?

The Minister for the Armed Forces (Mr Alan Pryce)
In May 26 drones were reported.

Dame Ruth Okafor
I was told that it was 31 drones.

Mr Pryce
I can confirm 26 drones and no more.
"""


def test_who_has_the_floor_speaks() -> None:
    told = claims(MINUTES)
    assert [claim.speaker for claim in told] == ["Mr Alan Pryce", "Dame Ruth Okafor", "Mr Alan Pryce"]


def test_a_body_before_a_colon_speaks_what_stands_under_it() -> None:
    told = claims("Ministry of Defence of Latvia:\nLast night 21 drones were shot down.")
    assert [claim.speaker for claim in told] == ["Ministry of Defence of Latvia"]


def test_a_single_line_like_a_name_gives_nobody_the_floor() -> None:
    assert floors(["A night", "President Zelensky", "He slept."]) == {}
