"""Cell broadcast: 15 pages of 82 octets, counted by hand from 3GPP TS 23.038 and 23.041."""

import pytest

from dronewall.errors import BadInput
from dronewall.picture.broadcast import fit


def test_a_message_in_the_gsm_alphabet_holds_1395_characters() -> None:
    assert fit("a" * 1_395).pages == 15
    with pytest.raises(BadInput, match="16 pages in gsm7"):
        fit("a" * 1_396)


def test_one_latvian_vowel_turns_the_message_to_ucs2_and_615_characters() -> None:
    assert fit("ē" + "a" * 614) == fit("ā" + "b" * 614)
    assert fit("ē" + "a" * 614).alphabet == "ucs2"
    with pytest.raises(BadInput, match="615 characters"):
        fit("ē" + "a" * 615)


@pytest.mark.parametrize("text", ["äöåÄÖÅñü", "øØæÆ", "éèùìò", "Δ Σ Ω", "@£$¥§¿¡"])
def test_finnish_norwegian_and_greek_capitals_stay_in_the_gsm_alphabet(text: str) -> None:
    assert fit(text).alphabet == "gsm7"


@pytest.mark.parametrize("text", ["õ", "ł", "ž", "Привет", "ğ", "\t"])
def test_estonian_polish_lithuanian_and_cyrillic_letters_do_not(text: str) -> None:
    assert fit(text).alphabet == "ucs2"


def test_a_character_of_the_extension_table_takes_two_septets() -> None:
    assert fit("€" * 46).pages == 1
    assert fit("€" * 47).pages == 2


def test_an_extension_character_is_not_torn_apart_by_the_end_of_a_page() -> None:
    assert fit("a" * 92 + "€").pages == 2
    # 93 septets a page, 46 pairs in each: the odd septet is lost on every page.
    assert fit("€" * (46 * 15)).pages == 15
    with pytest.raises(BadInput):
        fit("€" * (46 * 15 + 1))


def test_what_no_broadcast_carries_is_refused() -> None:
    with pytest.raises(BadInput, match="no cell broadcast carries"):
        fit("Take cover \U0001f6a8")
    with pytest.raises(BadInput, match="empty"):
        fit("")
