"""What nats-server says of those who were refused at the door, as one sentence each.

Its log is the only place where it says so. A connection is followed by its number (`lid:8`); one that we dialled is
known by the account that it was made for: a partner's, or the hub's.
"""

import re
from dataclasses import dataclass, field
from typing import Final

CALLER: Final = (
    ("expired or is not yet valid", "its certificate has ended, or has not begun"),
    ("unknown authority", "its certificate is neither pinned here nor of the authority that this node trusts"),
    ("didn't provide a certificate", "it showed no certificate"),
    ("remote error: tls", "it does not accept our certificate"),
    ("incompatible key usage", "its certificate is not one of a node"),
    ("authentication error", "its certificate is of no nation that is a partner here"),
    ("TLS leafnode handshake error", "it did not speak TLS as it should"),
)
"""What the log holds, and what it means where somebody dials us; the first that fits."""
DIALLED: Final = (
    ("expired or is not yet valid", "the certificate there has ended, or has not begun"),
    ("unknown authority", "who answers there has no certificate that we trust"),
    ("cannot validate certificate for", "the certificate there does not name the address that we dial"),
    ("certificate is valid for", "the certificate there does not name the address that we dial"),
    ("Authorization Violation", "who answers there does not know our certificate as one of a partner"),
    ("remote error: tls", "who answers there does not accept our certificate"),
    ("TLS leafnode handshake error", "who answers there does not speak TLS as it should"),
)
MADE: Final = re.compile(r"lid:(\d+) - Leafnode connection created for account: (?:LINE_)?(HUB|[A-Z]{2})\b")
NUMBER: Final = re.compile(r"\[(ERR|INF)\].* - lid:(\d+) - (.*)")
PLAIN: Final = "Leafnode connection closed: TLS Handshake Failure"
MOST: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One refusal at the door: of somebody who called, or, with `partner` (a nation, or HUB), of a call of ours."""

    reason: str
    partner: str | None = None


@dataclass(slots=True)
class Handshakes:
    """Reads one server's log, line by line."""

    _dialled: dict[str, str] = field(default_factory=dict)
    _said: dict[str, str] = field(default_factory=dict)

    def read(self, text: str) -> Refused | None:
        """The refusal that a line of the log tells of; None: it tells of none, or of one that was told already."""
        made = MADE.search(text)
        if made is not None:
            self._dialled[made[1]] = made[2]
            _bound(self._dialled)
            return None
        found = NUMBER.search(text)
        if found is None:
            return None
        level, number, said = found.groups()
        partner = self._dialled.get(number)
        if level == "INF":
            if said != PLAIN or number in self._said or partner is not None:
                return None
            return Refused(reason=CALLER[-1][1])
        for words, reason in CALLER if partner is None else DIALLED:
            if words in said:
                self._said[number] = reason
                _bound(self._said)
                return Refused(reason=reason, partner=partner)
        return None


def _bound(known: dict[str, str]) -> None:
    while len(known) > MOST:
        del known[next(iter(known))]
