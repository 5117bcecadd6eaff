"""Parts of a tracker that a researcher may exchange: one file and one line in the table of its package each.

`filters`, `association`, `motion` and `evidence` hold the tables; each package's docstring says what a part is. Parts
of other packages register under the entry points `dronewall.filters`, `.association`, `.motion`, `.evidence`. A part
may also be given as it is, without a name.

Motion models and evidence run in the compiled engine. A filter or an association of one's own runs on the path of numpy
(`generic.py`), look by look, some fifty times slower. Births, p_detect, clutter, presence areas, claims and
registration are not parts.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from dronewall.tracking.association import Shares
from dronewall.tracking.parts.association import TABLE as ASSOCIATIONS
from dronewall.tracking.parts.association import Association
from dronewall.tracking.parts.evidence import TABLE as EVIDENCE
from dronewall.tracking.parts.evidence import Evidence
from dronewall.tracking.parts.filters import TABLE as FILTERS
from dronewall.tracking.parts.filters import Filter
from dronewall.tracking.parts.generic import associate_with
from dronewall.tracking.parts.motion import models
from dronewall.tracking.settings import Motion, TrackerSettings

__all__ = ["Parts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Which parts a tracker runs; by name in the tables, or the part itself.

    Attributes
    ----------
    filter, association : None
        The compiled engine's own. With either of them given, every look takes the path of numpy; what is left out there
        is `ekf` and `loopy`.
    motion : tuple
        The bank of motion models; their shares are scaled to one. Empty: the settings'.
    evidence : tuple
        Evidence of class beside what is built in (speed, height, echo, tone, silence, identity).
    """

    filter: str | Filter | None = None
    association: str | Association | None = None
    motion: tuple[str | Motion, ...] = ()
    evidence: tuple[str | Evidence, ...] = ()

    def associate(self) -> Callable[..., Shares] | None:
        """What takes a look instead of the compiled engine, or None."""
        if self.filter is None and self.association is None:
            return None
        chosen, share = self.filter or "ekf", self.association or "loopy"
        return partial(
            associate_with,
            FILTERS.part(chosen) if isinstance(chosen, str) else chosen,
            ASSOCIATIONS.part(share) if isinstance(share, str) else share,
        )

    def evidences(self) -> tuple[Evidence, ...]:
        """The functions of further evidence."""
        return tuple(EVIDENCE.part(part) if isinstance(part, str) else part for part in self.evidence)

    def moved(self, settings: TrackerSettings) -> TrackerSettings:
        """The settings with these motion models."""
        return replace(settings, models=models(*self.motion)) if self.motion else settings
