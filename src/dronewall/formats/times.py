"""Times as JSON lines give them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from dronewall.units import utc_ns

LATEST_NS: Final = 2**63 - 1 - 10**18  # room for what is added to it


def time_of(said: Mapping[str, Any], key: str = "time") -> int | None:
    """`time_ns`, or `time` as ISO 8601 with its offset from UTC, as nanoseconds; None where neither is given.

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
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{key} is not ISO 8601") from None
    if moment.tzinfo is None:
        raise ValueError(f"{key} does not say its offset from UTC")
    time_ns = utc_ns(moment)
    if not 0 <= time_ns <= LATEST_NS:
        raise ValueError(f"{key} is no time")
    return time_ns
