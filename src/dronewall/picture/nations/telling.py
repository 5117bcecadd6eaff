"""What one partner has been told so far, and what is to be told next: each change once, no track oftener than due."""

from collections.abc import Iterable, Mapping
from typing import Any

from dronewall.picture.nations.facts import AlertFacts, TrackFacts
from dronewall.picture.nations.messages import SharedAlert, SharedGone, SharedTrack
from dronewall.picture.nations.release import Releaser


class Telling:
    """The owner's side of one line. `saved` and `restore` carry it over a restart."""

    def __init__(self, releaser: Releaser, partner: str) -> None:
        self._releaser, self.partner = releaser, partner
        self._due: dict[str, int] = {}
        self._alerts: dict[str, int] = {}

    @property
    def known(self) -> frozenset[str]:
        """Shared ids of the tracks that the partner has and that are not gone."""
        return frozenset(self._due)

    def tracks(self, facts: Iterable[TrackFacts], time_ns: int) -> list[SharedTrack | SharedGone]:
        """What is new of the tracks. A track that is not among them, or no longer released, is gone."""
        said: list[SharedTrack | SharedGone] = []
        still: set[str] = set()
        for one in facts:
            name = self._releaser.shared_id(one.track)
            grant = self._releaser.grant_track(self.partner, one)
            if not grant:
                continue
            still.add(name)
            turn = one.time_ns // grant.every_ns
            if self._due.get(name) == turn:
                continue
            message = self._releaser.track(self.partner, one, grant)
            if message is not None:
                self._due[name] = turn
                said.append(message)
        for name in [name for name in self._due if name not in still]:
            del self._due[name]
            said.append(SharedGone(id=name, time_ns=time_ns))
        return said

    def alerts(self, facts: Iterable[AlertFacts]) -> list[SharedAlert]:
        """Approved revisions that the partner has not been told of, in order."""
        said = []
        for one in sorted(facts, key=lambda one: (one.alert, one.revision)):
            if one.revision <= self._alerts.get(one.alert, 0):
                continue
            message = self._releaser.alert(self.partner, one, self.known)
            if message is not None:
                self._alerts[one.alert] = one.revision
                said.append(message)
        return said

    def saved(self) -> dict[str, Any]:
        """As JSON."""
        return {"due": self._due, "alerts": self._alerts}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """As it was saved: what was told before the restart is not told again, and what went meanwhile is gone."""
        self._due = {str(name): int(turn) for name, turn in saved["due"].items()}
        self._alerts = {str(name): int(revision) for name, revision in saved["alerts"].items()}
