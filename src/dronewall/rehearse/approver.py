"""The people of a night, as models: who looks at drafts, how long they take, and how long a message takes to arrive.

All figures are assumptions with their reason, so that nobody takes them for measurements.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from dronewall.units import SECOND_NS, nanoseconds

Presence = Literal["present", "slow", "absent"]
APPROVERS: Final[tuple[Presence, ...]] = ("present", "slow", "absent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Approver:
    """How the people on duty act.

    `sees_s` is from a draft on the screen to its acknowledgement, `decides_s` from the same moment to approval.
    `deputy_s` is from escalation to the deputy's approval. None: nobody does.
    """

    name: str
    sees_s: float | None
    decides_s: float | None
    deputy_s: float
    why: str


def approver(presence: str) -> Approver:
    """The model of that name; `KeyError` is the caller's mistake."""
    return _MODELS[presence]


_MODELS: Final[dict[str, Approver]] = {
    "present": Approver(
        name="present",
        sees_s=10.0,
        decides_s=60.0,
        deputy_s=60.0,
        why="assumption: an operator at the desk hears the sound, reads the draft and approves a minute after it came",
    ),
    "slow": Approver(
        name="slow",
        sees_s=60.0,
        decides_s=300.0,
        deputy_s=300.0,
        why="assumption: an operator who first telephones; five minutes",
    ),
    "absent": Approver(
        name="absent",
        sees_s=None,
        decides_s=None,
        deputy_s=60.0,
        why="assumption: nobody is at the desk; the deputy approves a minute after the escalation",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """From approval to people's phones: (median, factor of one standard deviation) of log-normal delays.

    Accepted is the gateway's answer; received is the first phones, over cell broadcast.
    """

    accepted_s: tuple[float, float] = (1.0, 1.5)
    received_s: tuple[float, float] = (10.0, 1.6)
    kind: str = "assumption"
    source: str = (
        "no measured delays are public for the networks concerned; ETSI TS 102 900 asks that the cell broadcast centre "
        "begin to send at once, and phones show a message within the repetition period, taken as some 10 s"
    )

    def draw_ns(self, rng: np.random.Generator) -> tuple[int, int]:
        """From sending to acceptance, and from acceptance to reception."""
        return (
            nanoseconds(self.accepted_s[0] * self.accepted_s[1] ** float(rng.standard_normal())),
            nanoseconds(self.received_s[0] * self.received_s[1] ** float(rng.standard_normal())),
        )

    def described(self) -> dict[str, object]:
        """For the outcome: what was assumed and why."""
        return {
            "model": "log-normal, (median s, factor)",
            "accepted_s": list(self.accepted_s),
            "received_s": list(self.received_s),
            "kind": self.kind,
            "source": self.source,
        }


ALL_CLEAR_AFTER_NS: Final = 30 * 60 * SECOND_NS
"""How long after the last impact or track the person on duty gives the all-clear, where the desk proposes one."""
