"""What a feed whose line is there is worth: in a word, and in a sentence that says why.

waiting   nothing has come on this line yet; or something has, and no look of it yet
unused    for a minute and more something comes and no look: records of other sources alone, plots without a turn
silent    nothing comes any more, for longer than the feed has paused before
ok        looks come
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from dronewall.units import SECOND_NS

PATIENCE_NS: Final = 60 * SECOND_NS
PAUSES: Final = 3  # as long as so many of its usual pauses is silence
MOST_SAID: Final = 3


class Come(NamedTuple):
    """What has come on a line.

    Attributes
    ----------
    since_ns, last_ns : int
        When the first and the last bytes came since the line is there; 0: none.
    look_ns : int
        When the last look was given, ever; 0: none.
    pause_ns : int
        The longest usual pause between bytes.
    messages : int
        Of the feed, so far.
    reasons : mapping
        Why messages gave nothing, with how often.
    hint : str
        What the decoder says that it waits for or leaves out; empty: nothing.
    """

    since_ns: int
    last_ns: int
    look_ns: int
    pause_ns: int
    messages: int
    reasons: Mapping[str, int]
    hint: str


def condition(come: Come, now_ns: int) -> tuple[str, str]:
    """State and sentence."""
    if not come.last_ns:
        return "waiting", "the line is there, and nothing came yet"
    quiet_ns = now_ns - come.last_ns
    if quiet_ns > max(PATIENCE_NS, PAUSES * come.pause_ns):
        return "silent", f"nothing came for {quiet_ns // SECOND_NS} s"
    dry_ns = now_ns - max(come.look_ns, come.since_ns)
    if come.look_ns and (not come.hint or dry_ns <= PATIENCE_NS):
        return "ok", ""
    return "unused" if dry_ns > PATIENCE_NS else "waiting", come.hint or _without_a_look(come)


def _without_a_look(come: Come) -> str:
    if not come.messages:
        return "bytes come, and no whole message of the format yet"
    most = sorted(come.reasons.items(), key=lambda one: (-one[1], one[0]))
    said = ", ".join(f"{count:,} {reason}" for reason, count in most[:MOST_SAID])
    more = f" and {len(most) - MOST_SAID} other reasons" if len(most) > MOST_SAID else ""
    return f"of {come.messages:,} messages none has given a detection" + (f": {said}{more}" if said else "")
