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


SHAPES = [
    ("The works build 900 drones a month, welders say.", "welders"),
    ('"We saw six drones," says the miller\'s son, who would not give his name.', "miller's son"),
    ('"Six drones are certain," says the head of the watch, Ida Holm.', "Ida Holm"),
    ('"There were 40 drones," Major Ida Holm, who commands the post, told the paper.', "Major Ida Holm"),
    ("By the reckoning of the watchers' union, 40 drones came.", "watchers' union"),
    ("In the opinion of the institute, 40 drones came.", "institute"),
    ("Navy figures show that 40 drones came.", "Navy"),
    ("IDA HOLM, head of the watch: We had 44 drones in May.", "IDA HOLM"),
    ("Watchers on the dunes count some 60 drones.", "Watchers on the dunes"),
    ("As the mayor stated, 40 drones came.", "mayor"),
    ("40 drones were shot down, informed in the Ministry of Roads.", "Ministry of Roads"),
    ("The council promises 500 drones by 2028.", "council"),
    ("Its chief, General Ole Dahl, says the army counted 400 drones.", "General Ole Dahl"),
    ("Since last Sunday the watchers have counted 14 drones.", "watchers"),
    ("Police had earlier spoken of 50 drones.", "Police"),
    ("Belarus: MoD says 3 drones fell.", "MoD"),
    ("Six drones hit a barn (mayor).", "mayor"),
    ("Seven thousand drones, guesses Ole Dahl.", "Ole Dahl"),
    ("A study by the Baltic Centre finds that 50 drones came.", "study by the Baltic Centre"),
    ('Holm, in her evening address: "This week alone 90 drones came."', "Holm"),
    ("Riga - On Sunday Latvia's navy said it had counted 4 drones.", "Latvia's navy"),
    ("Coast Command reminded that 19 drones came.", "Coast Command"),
    ("Prime minister Ida Holm, on X: four drones came.", "Prime minister Ida Holm"),
    ("Ida Holm is quoted as saying that 40 drones came.", "Ida Holm"),
]


@pytest.mark.parametrize(("words", "speaker"), SHAPES, ids=[speaker for _, speaker in SHAPES])
def test_the_shape_of_a_sentence_says_who_speaks(words: str, speaker: str) -> None:
    told = claims(f"Talk of the lake\n\nPeople at the lake talk of drones.\n\n{words}")
    assert [claim.speaker for claim in told if claim.volume][:1] == [speaker]


def test_what_an_outlet_is_told_came_through_it() -> None:
    (told,) = claims("Major Ida Holm told Bymkanal that 40 drones came.")
    assert (told.speaker, told.relays) == ("Major Ida Holm", ["Bymkanal"])


def test_a_paper_quotes_an_official() -> None:
    (told,) = claims('"They build 900 drones a month," the Harbour Times quotes a Danish official.')
    assert (told.speaker, told.relays) == ("Danish official", ["Harbour Times"])


def test_a_quotation_belongs_to_whoever_closes_it() -> None:
    told = claims('"We need 500 drones. And soon," said Major Ida Holm.')
    assert told[0].speaker == "Major Ida Holm"


def test_he_is_the_person_named_before_anybody_spoke() -> None:
    told = claims("The head of the county Ole Dahl opened a hall on Monday. As he stated, it makes 300 drones a month.")
    assert told[-1].speaker == "Ole Dahl"


def test_what_the_police_found_is_not_told_by_who_spoke_before() -> None:
    told = claims("Forty parcels went east, judge Ida Holm said. Investigators found six drones in a barn.")
    assert told[-1].speaker is None


SAID = [  # one drone figure each, and who speaks
    ('"We counted 12 drones," said Ina Berg, a major of the border guard.', "Ina Berg"),
    ("Some 12 drones were shot down. This was reported by the Air Force on Telegram.", "Air Force"),
    (
        "Some 12 drones fell.\n\nThis was reported on Facebook by the press service of the army.",
        "press service of the army",
    ),
    ("Some 12 drones were shot down.\n\nSource: Air Force of Ukraine", "Air Force of Ukraine"),
    ("Some 12 drones were shot down. Governor Ivan Petrenko said this on television.", "Governor Ivan Petrenko"),
    ("Some 12 drones came. The corresponding figures were published by the defence ministry.", "defence ministry"),
    ("Some 12 drones came. The army is checking these figures, Minister Olga Berg said.", "Minister Olga Berg"),
    ("Minister Olga Berg came. The ministry said it was quiet. She added that 12 drones fell.", "Minister Olga Berg"),
    ("Based on air force data, Russia launched 12 drones.", "air force"),
    ("As reported, at a meeting on 3 March, President Andrei Popa said 12 drones came.", "President Andrei Popa"),
    ("Asked about the night, the minister, Olga Berg, replied that 12 drones had come.", "Olga Berg"),
    ("Russia has proposed buying 12 drones, the president's press office reported.", "president's press office"),
    ("The army expects 12 drones in May, Minister Olga Berg said.", "Minister Olga Berg"),
    ("Documents seen by Reuters show that 12 drones were lost.", "Documents"),
    ("A study published on Monday by the Polar Institute found that 12 drones came.", "Polar Institute"),
    ("Some 12 drones came. Nobody was hurt, Governor Ivan Petrenko said.", "Governor Ivan Petrenko"),
    ("The mayor said 12 drones came. Nobody was hurt, Governor Ivan Petrenko said.", "mayor"),
    ("It was reported by Ukraine's minister, Rustem Orlov. Some 12 drones came.", "Rustem Orlov"),
    ("Some 12 drones came, according to an analysis of films by the Polar Institute.", "Polar Institute"),
    ("Police, who first denied it, later admitted to 12 drones.", "Police"),
    ('Berg had come from the front. "We counted 12 drones," she said.', "Berg"),
    ('Major Ina Berg shook her head. "They sent 12 drones."', "Major Ina Berg"),
    ('A farmer in the second row had the last word. "I saw 12 drones."', "farmer"),
    (
        "Jan Kos said it was late. More sober was Ida Holm of the Polar Institute. By her count 12 drones came.",
        "Ida Holm",
    ),
    ("Kyiv's air force gave the night's total as 12 drones.", "Kyiv's air force"),
    ("As was told at the meeting by the director Jan Kos, the plant made 12 drones.", "director Jan Kos"),
    ('The governor of Kursk on his channel: "12 drones fell."', "governor of Kursk"),
    ('The police first denied it. Later they admitted to "12 drones".', "police"),
    ("Senator Kos asked whether 12 drones had come.", "Senator Kos"),
    ("Karl Stein was more precise: 12 drones were lost.", "Karl Stein"),
    ("Minister Olga Berg was in Riga on Monday. 12 drones came in the night.", None),
    ("The air force reported nothing. This was confirmed by nobody. 12 drones came.", None),
]


@pytest.mark.parametrize(("text", "speaker"), SAID, ids=[text for text, _ in SAID])
def test_a_figure_has_its_speaker(text: str, speaker: str | None) -> None:
    (claim,) = [claim for claim in claims(f"A night in brief\n\n{text}\n") if claim.unit == "drones"]
    assert claim.speaker == speaker


def test_a_source_named_after_a_paragraph_takes_no_figure_that_somebody_else_told() -> None:
    told = claims(
        "The mayor said 12 drones came. Another 30 drones fell in the fields. This was reported by the Air Force."
    )
    assert [claim.speaker for claim in told] == ["mayor", "mayor"]
