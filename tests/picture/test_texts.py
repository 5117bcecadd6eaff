"""What people read, in every language, at every level, for every message."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dronewall.errors import BadInput
from dronewall.picture.broadcast import PAGES, fit
from dronewall.picture.phrases import KEYS, LANGUAGES
from dronewall.picture.texts import headline, place_names, text, texts
from dronewall.records.alert import Level, Message
from tests.picture.scenes import wall
from tests.picture.words import FORBIDDEN

EVERY = list(itertools.product(sorted(LANGUAGES), Level, Message))
LONG = ("Daugavpils un Augšdaugavas novads",) * 4


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_has_every_phrase_and_one_place_for_the_places(language: str) -> None:
    assert set(LANGUAGES[language]) == set(KEYS)
    for key in ("information", "precaution", "warning", "all_clear", "cancel"):
        assert LANGUAGES[language][key].count("{places}") == 1


@pytest.mark.parametrize(("language", "level", "message"), EVERY)
def test_every_text_fits_a_cell_broadcast_with_four_long_names(language: str, level: Level, message: Message) -> None:
    whole = text(language, level=level, message=message, places=LONG, exercise=True)
    assert fit(whole).pages <= PAGES


@pytest.mark.parametrize(("language", "level", "message"), EVERY)
def test_an_exercise_says_so_first_and_a_live_text_never(language: str, level: Level, message: Message) -> None:
    mark = LANGUAGES[language]["exercise"]
    practice = text(language, level=level, message=message, places=["Town"], exercise=True)
    live = text(language, level=level, message=message, places=["Town"], exercise=False)
    assert practice.startswith(mark)
    assert mark.split()[0] not in live
    assert headline(language, message, exercise=True).startswith(mark.split()[0])


def test_a_live_text_leads_with_what_to_do() -> None:
    assert text("en", level=Level.WARNING, message=Message.ALERT, places=["Town"], exercise=False).startswith(
        "Take cover"
    )
    assert text("en", level=Level.WARNING, message=Message.ALL_CLEAR, places=[], exercise=False).startswith("You may")


def test_an_update_says_what_it_replaces() -> None:
    new = text("en", level=Level.WARNING, message=Message.UPDATE, places=["Town"], exercise=False)
    assert new.endswith("This replaces our earlier message.")


def test_where_the_area_holds_no_named_zone_the_text_says_here() -> None:
    assert "Area: where you are." in text("en", level=Level.WARNING, message=Message.ALERT, places=[], exercise=False)


def test_names_are_read_as_names_and_no_more_than_four() -> None:
    assert place_names(["vecais-rezekne", "b", "c", "d", "e"]) == ("Vecais Rezekne", "B", "C", "D")


def test_a_language_without_phrases_is_refused_with_the_list() -> None:
    with pytest.raises(BadInput, match=r"'xx'.*it has: en, et, fi, lt, lv, nb, pl, ru"):
        texts(["xx"], level=Level.WARNING, message=Message.ALERT, places=[], exercise=True)


def test_a_text_that_does_not_fit_is_refused() -> None:
    with pytest.raises(BadInput, match="shorten it"):
        text("lv", level=Level.WARNING, message=Message.ALERT, places=["ļoti garš nosaukums " * 40], exercise=True)


@given(
    st.sampled_from(sorted(LANGUAGES)),
    st.sampled_from(list(Level)),
    st.sampled_from(list(Message)),
    st.booleans(),
    st.lists(st.sampled_from([z.id for z in wall().zone]), max_size=4),
)
def test_no_text_names_a_nation_or_calls_anything_hostile(
    language: str, level: Level, message: Message, exercise: bool, zones: list[str]
) -> None:
    said = text(language, level=level, message=message, places=place_names(zones), exercise=exercise)
    assert not FORBIDDEN.search(said + " " + headline(language, message, exercise=exercise))
