"""A rule of a standard that a message breaks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One broken rule.

    Attributes
    ----------
    field : str
        Where, as the standard names it, places in lists from 0: `info[0].severity`, `location.latitude`. Empty where it
        is the whole message.
    rule : str
        Which, in a word.
    said : str
        What was found and what would be right, in words.
    """

    field: str
    rule: str
    said: str
