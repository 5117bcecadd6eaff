"""Whether a text fits a cell broadcast: 15 pages of 82 octets, in the GSM 7-bit alphabet or in UCS-2.

3GPP TS 23.041 section 9.4.2.2 gives a page 82 octets and a message 15 pages; TS 23.038 sections 6.1.2.2 and 6.2 give
the alphabets. 82 octets hold 93 septets or 41 UCS-2 characters, so 1,395 or 615 in all. A character of the extension
table takes two septets, which may not be torn apart by the end of a page. One character outside the GSM alphabet (every
long vowel of Latvian, for one) turns the whole message to UCS-2.
"""

from dataclasses import dataclass
from typing import Final

from dronewall.errors import BadInput

PAGES: Final = 15
SEPTETS_A_PAGE: Final = 82 * 8 // 7
UCS2_A_PAGE: Final = 82 // 2

GSM_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION: Final = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How a text goes on the air: `gsm7` or `ucs2`, and how many pages it takes of `PAGES`."""

    alphabet: str
    pages: int
    characters: int


def fit(text: str, *, what: str = "the text") -> Fit:
    """How a text goes on the air.

    Raises
    ------
    BadInput
        It does not fit, is empty, or holds a character that no cell broadcast carries (an emoji, for one).
    """
    if not text:
        raise BadInput(f"{what} is empty; a warning says what to do")
    if all(c in GSM_BASIC or c in GSM_EXTENSION for c in text):
        pages = _gsm_pages(text)
        found = Fit(alphabet="gsm7", pages=pages, characters=len(text))
        most = PAGES * SEPTETS_A_PAGE
    else:
        wide = next((c for c in text if ord(c) > 0xFFFF or 0xD800 <= ord(c) <= 0xDFFF), None)
        if wide is not None:
            raise BadInput(f"{what} holds {wide!r}, which no cell broadcast carries; leave it out")
        found = Fit(alphabet="ucs2", pages=-(-len(text) // UCS2_A_PAGE), characters=len(text))
        most = PAGES * UCS2_A_PAGE
    if found.pages > PAGES:
        raise BadInput(
            f"{what} takes {found.pages} pages in {found.alphabet} ({len(text)} characters); a cell broadcast has "
            f"{PAGES} pages, {most} characters: shorten it"
        )
    return found


def _gsm_pages(text: str) -> int:
    pages, used = 1, 0
    for character in text:
        need = 2 if character in GSM_EXTENSION else 1
        if used + need > SEPTETS_A_PAGE:
            pages, used = pages + 1, 0
        used += need
    return pages
