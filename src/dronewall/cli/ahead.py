"""Times that lie ahead of the clock here, in words: of a message that keeps its rules and may be of a wrong clock."""

from collections.abc import Iterable
from typing import Final

from dronewall.units import SECOND_NS, utc_text

CLOCK_NS: Final = 10 * SECOND_NS  # clocks of a feed may be so far apart
LAST_NS: Final = 253_402_300_800 * SECOND_NS  # the end of the year 9999
STEPS: Final = ((86_400, "days"), (3_600, "hours"), (60, "minutes"), (1, "seconds"))


class Ahead:
    """Tells what lies ahead of an instant; of None nothing does."""

    def __init__(self, now_ns: int | None) -> None:
        self._now_ns = now_ns

    def warnings(self, said: Iterable[tuple[str, int]]) -> tuple[dict[str, str], ...]:
        """A field and a sentence for each instant that is more than ten seconds ahead."""
        now_ns = self._now_ns
        if now_ns is None:
            return ()
        late = ((field, time_ns) for field, time_ns in said if time_ns > now_ns + CLOCK_NS)
        return tuple({"field": field, "said": _sentence(time_ns, now_ns)} for field, time_ns in late)


def _sentence(time_ns: int, now_ns: int) -> str:
    seconds = (time_ns - now_ns) // SECOND_NS
    step, word = next((step, word) for step, word in STEPS if seconds >= 2 * step or step == 1)
    told = utc_text(time_ns) if time_ns < LAST_NS else "a time after the year 9999"
    return (
        f"{told} is {seconds // step:,} {word} ahead of the clock here ({utc_text(now_ns)}): the sender's clock may be "
        "wrong, or its local time be told as UTC"
    )
