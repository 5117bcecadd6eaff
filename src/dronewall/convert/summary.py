"""What became of a conversion, for a person and for a machine."""

from dataclasses import dataclass, field

from dronewall.units import utc_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was converted. `faults` and `unread` count by reason; `notes` are sentences that a person should read."""

    source_format: str
    target_format: str
    messages: int
    detections: int
    identities: int
    first_ns: int
    last_ns: int
    personal_left_out: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def text(self) -> str:
        """A few lines for a terminal."""
        span = f"{utc_text(self.first_ns)} to {utc_text(self.last_ns)}"
        lines = [
            f"{self.source_format} to {self.target_format}: {self.messages} messages, {self.detections} detections "
            f"of {self.identities} identities, {span}"
        ]
        for words, counts in (("malformed", self.faults), ("not read", self.unread)):
            if counts:
                lines.append(f"{words}: " + ", ".join(f"{n} {reason}" for reason, n in sorted(counts.items())))
        if self.personal_left_out:
            lines.append(f"{self.personal_left_out} items of personal data were left out")
        return "\n".join([*lines, *self.notes])
