"""What a format says of itself, from which `scripts/format_pages.py` makes its page: nothing in it is written twice.

The field table is the docstring of each module in `tables`; here stands what a docstring does not hold by parts.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """A program that we did not write and that judged this format: what was compared, and the test that does it."""

    program: str
    compared: str
    test: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Where a format comes from.

    Attributes
    ----------
    tables : tuple of str
        Modules under `dronewall.formats` whose docstrings are its field table, in the order of reading.
    sources : tuple of str
        Document and section, one a line.
    untaken : tuple of str
        What messages say and a detection has no room for, or must not say; empty: nothing. `dronewall convert` says it.
    deviations : tuple of str
        Where we do otherwise than the document says, and why; empty: nowhere that we know of.
    judges : tuple of Judge
        Empty: nobody but us has judged it, and its page says so.
    page : str
        A page under `docs` with more to say.
    """

    tables: tuple[str, ...]
    sources: tuple[str, ...]
    untaken: tuple[str, ...] = ()
    deviations: tuple[str, ...] = ()
    judges: tuple[Judge, ...] = ()
    page: str = "formats.md"


def about(part: Any) -> About | None:
    """What a registered part says of itself; None of a plug-in that says nothing."""
    found = getattr(part, "about", None)
    return found if isinstance(found, About) else None
