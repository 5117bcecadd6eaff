"""Who may do what: one row for each route, act and message of the watch. What has no row is nobody's.

The table is read in one place, `doors.Doors.admit`. Two people must do together what one alone should not: who hands
out tokens (admin) approves no alert, and who approves alerts hands out no tokens. A supervisor may shut anybody out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dronewall.watch.roles import Person, Role

READERS: Final = frozenset({Role.VIEWER, Role.OPERATOR, Role.SUPERVISOR, Role.PLANNER, Role.INTEGRATOR, Role.ADMIN})
DECIDERS: Final = frozenset({Role.OPERATOR, Role.SUPERVISOR})
OVERSEERS: Final = frozenset({Role.SUPERVISOR, Role.ADMIN})
PLANNERS: Final = frozenset({Role.PLANNER})
POSTERS: Final = frozenset({Role.SENSOR, Role.INTEGRATOR})
INTEGRATORS: Final = frozenset({Role.INTEGRATOR})
ADMINS: Final = frozenset({Role.ADMIN})
FRAMES: Final = frozenset({Role.SUPERVISOR, Role.INTEGRATOR, Role.ADMIN})
"""Who is shown how a refused message began: rubbish may hold anything, so nobody else is."""

TABLE: Final[Mapping[str, frozenset[Role]]] = {
    "GET /api/health": READERS,
    "GET /api/wall": READERS,
    "GET /api/tracks": READERS,
    "GET /api/tracks/{track}": READERS,
    "GET /api/detections/{sensor}/{scan}": READERS,
    "GET /api/alerts": READERS,
    "GET /api/replay": READERS,
    "GET /api/timeline": READERS,
    "GET /api/history": READERS,
    "GET /api/events": READERS,
    "GET /api/nations": READERS,
    "GET /ws": READERS,
    "SAY /ws shown": DECIDERS,
    "POST /api/alerts/{alert}/{act}": DECIDERS,
    "POST /api/calls": DECIDERS,
    "POST /api/replay": DECIDERS,
    "POST /api/nations/{partner}/line": DECIDERS,
    "POST /api/nations/alerts/{alert}/acknowledge": DECIDERS,
    "GET /api/assess": READERS,
    "GET /api/assess/state": READERS,
    "POST /api/assess/acts": DECIDERS,
    "POST /api/feeds/{sensor}": POSTERS,
    "GET /api/flights": READERS,
    "POST /api/flights": INTEGRATORS,
    "GET /api/holes": PLANNERS,
    "GET /api/coverage": PLANNERS,
    "GET /api/coverage/at": PLANNERS,
    "GET /api/coverage/{layer}/{z}/{x}/{y}": PLANNERS,
    "GET /api/people": OVERSEERS,
    "GET /api/audit": OVERSEERS,
    "GET /api/tokens": OVERSEERS,
    "DELETE /api/tokens/{key}": OVERSEERS,
    "POST /api/tokens": ADMINS,
}

ANSWERS_ANYBODY: Final = frozenset({"GET /api/health", "GET /", "GET /docs"})
"""Answered without a token too: with no more than whether the service runs, and with pages that hold nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why not: one word for the count, one sentence for the one who asked, the HTTP status."""

    why: str
    sentence: str
    status: int


def refusal(who: Person, route: str, asked: Mapping[str, str]) -> Refusal | None:
    """Why this person may not use this row of the table; None where they may.

    Parameters
    ----------
    asked : mapping
        The parts of the path: a sensor posts to the feed of its own name only.
    """
    allowed = TABLE.get(route)
    if allowed is None:
        return Refusal(
            why="no such right", sentence=f"nobody may: {route} has no row in the table of rights", status=403
        )
    if who.role in allowed and (who.role is not Role.SENSOR or asked.get("sensor") == who.user):
        return None
    if route.startswith("POST /api/feeds/"):
        issue = f"dronewall token issue DATA {asked.get('sensor', 'SENSOR')} --role sensor"
        return Refusal(why="role", sentence=f"this takes the token of that sensor; type: {issue}", status=403)
    if who.role is Role.SENSOR:
        sentence = f"the token of {who.user} is a sensor's: it may post to /api/feeds/{who.user}, no more"
        return Refusal(why="role", sentence=sentence, status=403)
    needed = " or ".join(role for role in Role if role in allowed)
    sentence = f"this takes the role {needed}; the token of {who.user} has the role {who.role}"
    return Refusal(why="role", sentence=sentence, status=403)
