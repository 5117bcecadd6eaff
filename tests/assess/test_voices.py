"""Who speaks: pronouns after a quotation, quotations of several sentences, conversations without a label."""

import pytest

from dronewall.assess.document import asked_in
from tests.assess.test_corrections import claims

QUESTIONS = """Tea with a general

Retired general Tomasz Bielak, 61, commanded the air operations centre. He spoke to us in Lublin.

How many did you see?

I saw 21 drones. The staff says 19 drones came in. I do not believe it. We shot down four drones.

And what could you do about the rest?

We followed 12 drones by radar.
"""


def test_who_is_questioned_speaks_in_the_answers() -> None:
    assert [claim.speaker for claim in claims(QUESTIONS)] == [
        "Tomasz Bielak",
        "staff",
        "Tomasz Bielak",
        "Tomasz Bielak",
    ]


def test_headings_that_ask_make_no_conversation() -> None:
    assert asked_in(["Drones", "President Andrei Popa spoke.", "What is known?", "Five fell.", "What next?"]) == []


def test_a_quotation_goes_on_until_it_is_closed() -> None:
    told = claims(
        'Director Ina Berg said: "We sold 40 drones in May. It was a good month. Nobody had hoped for it. '
        'In June we sold 60 drones." In July a rival sold 90 drones.'
    )
    assert [claim.speaker for claim in told] == ["Director Ina Berg", "Director Ina Berg", None]


@pytest.mark.parametrize(
    "words",
    ['"We build 300 drones a month", she said.', "They build 300 drones a month, she said, and want to build more."],
)
def test_a_pronoun_stands_for_who_spoke_before(words: str) -> None:
    told = claims(f"Director Ina Berg said that the plant was busy. {words}")
    assert told[0].speaker == "Director Ina Berg"


def test_a_possessive_before_a_participle_does_not_speak() -> None:
    told = claims("Moscow's stated goal of 500 drones a day remains out of reach.")
    assert told[0].speaker is None


def test_a_town_before_a_colon_does_not_speak() -> None:
    told = claims("Kharkiv: explosions heard, 12 drones overhead.")
    assert told[0].speaker is None


def test_an_agency_that_cites_a_document_relays_whoever_it_quotes() -> None:
    (told,) = claims("Military intelligence believes that 300 drones were sent, Ukrinform reported, citing a document.")
    assert (told.speaker, told.relays) == ("Military intelligence", ["Ukrinform"])


def test_a_pronoun_after_a_name_in_its_sentence_is_that_name() -> None:
    told = claims(
        "The border guard counted 17 drones. Anton Motolko doubts the number: in May, he said, 4 drones came."
    )
    assert told[-1].speaker == "Anton Motolko"


def test_an_abbreviation_in_brackets_after_a_name_leaves_the_name() -> None:
    (told,) = claims("- Vadym Skibitskyi (GUR): Russia planned 70,000 drones for 2026.")
    assert told.speaker == "Vadym Skibitskyi"


def test_a_word_of_capitals_without_end_is_read_in_time_that_grows_with_it() -> None:
    """Each of these took hours when a name's words could be cut anywhere; the whole suite would not end."""
    for words in ("A report by " + "A" * 2000, "quoted by " + "Ab" * 1000, "According to " + "A" * 2000):
        assert len(claims(f"{words} 40 drones came.")) == 1
