"""What became of a conversion, for a person and for a machine."""

from dataclasses import dataclass, field

from dronewall.units import utc_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was converted. `faults` and `unread` count by reason; `notes` are sentences that a person should read.

    From carrier to carrier no detection is made: `written` counts the messages that went across.
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

    def text(self) -> str:
        """A few lines for a terminal."""
        what = f"{self.detections} detections of {self.identities} identities"
        if self.written:
            what = f"{self.written} written"
        span = f", {utc_text(self.first_ns)} to {utc_text(self.last_ns)}" if self.last_ns or not self.written else ""
        lines = [f"{self.source_format} to {self.target_format}: {self.messages} messages, {what}{span}"]
        for words, counts in (("malformed", self.faults), ("not read", self.unread)):
            if counts:
                lines.append(f"{words}: " + ", ".join(f"{n} {reason}" for reason, n in sorted(counts.items())))
        if self.personal_left_out:
            lines.append(f"{self.personal_left_out} items of personal data were left out")
        return "\n".join([*lines, *self.notes])
