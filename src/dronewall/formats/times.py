"""Times as JSON lines give them."""

from collections.abc import Mapping
from typing import Any, Final

from dronewall.formats.lexical import date_time, rfc_3339

LATEST_NS: Final = 2**63 - 1 - 10**18  # room for what is added to it


def time_of(said: Mapping[str, Any], key: str = "time") -> int | None:
    """`time_ns`, or `time` as RFC 3339 has it, as nanoseconds; None where neither is given.

    Raises
    ------
    ValueError
        With the reason in words: it comes off a wire, so the caller counts it.
    """
    exact = said.get(f"{key}_ns")
    if exact is not None:
        if not isinstance(exact, int) or isinstance(exact, bool) or not 0 <= exact <= LATEST_NS:
            raise ValueError(f"{key}_ns is no time")
        return exact
    text = said.get(key)
    if text is None:
        return None
    if not isinstance(text, str):
        raise ValueError(f"{key} is no text")
    moment = rfc_3339(text)
    if moment is None:
        bare = date_time(text)
        without = bare is not None and not bare.zone
        raise ValueError(f"{key} does not say its offset from UTC" if without else f"{key} is not ISO 8601")
    if not 0 <= moment.time_ns <= LATEST_NS:
        raise ValueError(f"{key} is no time")
    return moment.time_ns
