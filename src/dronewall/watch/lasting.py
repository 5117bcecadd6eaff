"""How long a certificate lasts: what the page, the log and `/api/health` say of it, in time to make another."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

WARNED: Final = timedelta(days=14)
"""So long before its end a certificate is spoken of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """One certificate; `of` is a nation, or `https` for that of the page's own door."""

    of: str
    until: datetime
    now: datetime

    @property
    def state(self) -> str:
        """ok, ends_soon (within 14 days) or ended."""
        if self.now > self.until:
            return "ended"
        return "ends_soon" if self.until - self.now <= WARNED else "ok"

    def row(self) -> dict[str, str | int]:
        """As the API says it; `days` are whole ones that are left."""
        until = self.until.astimezone(UTC)
        days = max(0, (self.until - self.now).days)
        return {"of": self.of, "until": f"{until:%Y-%m-%dT%H:%M:%SZ}", "days": days, "state": self.state}
