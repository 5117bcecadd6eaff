"""What became of a conversion, for a person and for a machine."""

from dataclasses import dataclass, field

from dronewall.formats import TABLE
from dronewall.formats.about import about
from dronewall.units import SECOND_NS, utc_text

AHEAD_NS = 86_400 * SECOND_NS
ASIDE = "gave no detection by themselves, or not as they say"
ACROSS = "left aside, or not as they say"
ASSUMED = "No wall was given, so what was written is of an exercise; --wall FILE of a live wall says otherwise."


def untaken(name: str) -> tuple[str, ...]:
    """What the messages of a format may say and no detection does, as a sentence; none where there is nothing."""
    said = about(TABLE.part(name))
    if said is None or not said.untaken:
        return ()
    return (f"Not taken from {name}, where messages say it: {', '.join(said.untaken)}.",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was converted. `faults` and `unread` count by reason; `notes` are sentences that a person should read.

    From carrier to carrier no detection is made: `written` counts the messages that went across. `exercise` says
    whether what was written is of an exercise; None where nothing in it could say so.
    """

    source_format: str
    target_format: str
    messages: int
    detections: int = 0
    identities: int = 0
    first_ns: int
    last_ns: int
    written: int = 0
    personal_left_out: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    exercise: bool | None = None

    def text(self) -> str:
        """A few lines for a terminal."""
        what = f"{_count(self.detections, 'detection')} of {_count(self.identities, 'identity', 'identities')}"
        if self.written:
            what = f"{self.written} written"
        span = f", {utc_text(self.first_ns)} to {utc_text(self.last_ns)}" if self.last_ns or not self.written else ""
        lines = [f"{self.source_format} to {self.target_format}: {_count(self.messages, 'message')}, {what}{span}"]
        for words, counts in (("malformed", self.faults), (ACROSS if self.written else ASIDE, self.unread)):
            if counts:
                lines.append(f"{words}: " + ", ".join(f"{n} {reason}" for reason, n in sorted(counts.items())))
        if self.personal_left_out:
            left = self.personal_left_out
            lines.append(f"{_count(left, 'item')} of personal data {'was' if left == 1 else 'were'} left out")
        if self.exercise and not any("an exercise" in note for note in self.notes):
            lines.append("It is of an exercise, as its wall says.")
        return "\n".join([*lines, *self.notes])


class Ahead:
    """Counts times more than a day ahead of the instant of asking; of None nothing is."""

    def __init__(self, now_ns: int | None) -> None:
        self._now_ns = now_ns
        self.count, self.latest_ns = 0, 0

    def add(self, time_ns: int) -> None:
        """One message's time."""
        if self._now_ns is not None and time_ns > self._now_ns + AHEAD_NS:
            self.count, self.latest_ns = self.count + 1, max(self.latest_ns, time_ns)

    def notes(self, of: int, what: str) -> tuple[str, ...]:
        """A sentence where there are any: how many of how many, and the latest."""
        if not self.count or self._now_ns is None:
            return ()
        return (ahead_note(self.count, of, what, self.latest_ns, self._now_ns),)


def ahead_note(count: int, of: int, what: str, latest_ns: int, now_ns: int) -> str:
    """That so many are of a day that has not come yet."""
    return (
        f"{count} of {of} {what} are of times more than a day ahead of {utc_text(now_ns)}, the latest of "
        f"{utc_text(latest_ns)}: the clock of the sensor, or --date, may be wrong."
    )


def _count(count: int, one: str, more: str = "") -> str:
    return f"{count} {one if count == 1 else more or one + 's'}"
