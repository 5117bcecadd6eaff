"""The search area in the scorecard is the one that the log gave: the last `track.lost` about a track of the thing."""

from types import SimpleNamespace

import numpy as np
import pytest

from dronewall.records.event import Event
from dronewall.rehearse.figures import Share
from dronewall.rehearse.outcome import end_of
from dronewall.rehearse.things import LOST_NS, Thing, lost
from tests.rehearse.alerts import box
from tests.rehearse.night import smooth_night

NIGHT = smooth_night(duration_s=2_400.0)
TARGET = NIGHT.targets[0]
END = (end_of(TARGET).x, end_of(TARGET).y)
THING = Thing(
    index=0, in_reach_ns=0, detected_ns=0, tracked_ns=0, found_ns=0, drafted_ns=0, said="fixed_wing_piston"
)  # of which only the index counts here


def said(track: str, ring, *, km2: float = 300.0, last_ns: int = 1) -> Event:
    payload = {
        "track": track,
        "last_ns": last_ns,
        "search_area": [list(corner) for corner in ring],
        "search_area_km2": km2,
        "circle_km2": 3_000.0,
    }
    return Event(time_ns=last_ns, kind="track.lost", actor="system", payload=payload)


def figures(*events: Event, held_ns: int = 2 * LOST_NS, tracks=(7,)) -> dict:
    """Of one thing whose tracks of these numbers were matched, for the last time so long before its end."""
    shown = SimpleNamespace(time_ns=np.full(len(tracks), TARGET.path.end_ns - held_ns), who=np.array(tracks, np.int64))
    matches = np.zeros(len(tracks), np.int64), np.arange(len(tracks))
    return lost(NIGHT, [THING], SimpleNamespace(matches=matches, shown=shown), events)


def test_a_thing_that_came_down_in_the_area_of_the_log_is_held() -> None:
    told = figures(said("t-000007", box(*END)[0]))
    assert (told["search_area_contains"], told["search_area_told"]) == (Share(1, 1), Share(1, 1))
    assert told["search_area_km2"] == 300.0
    assert told["search_area_of_circle"] == pytest.approx(0.1)


def test_one_that_came_down_beside_it_is_not() -> None:
    assert figures(said("t-000007", box(END[0] + 1.0, END[1])[0]))["search_area_contains"] == Share(0, 1)


def test_a_thing_of_which_the_log_says_nothing_is_not_told_of_and_has_no_area() -> None:
    told = figures(said("t-000008", box(*END)[0]))
    assert (told["search_area_told"], told["search_area_contains"]) == (Share(0, 1), Share(0, 0))
    assert told["search_area_km2"] is None


def test_of_several_tracks_of_one_thing_the_area_said_last_counts() -> None:
    first = said("t-000007", box(END[0] + 1.0, END[1])[0], last_ns=1)
    then = said("t-000009", box(*END)[0], km2=500.0, last_ns=2)
    told = figures(then, first, tracks=(7, 9))
    assert (told["search_area_contains"], told["search_area_km2"]) == (Share(1, 1), 500.0)


def test_what_was_held_until_it_came_down_was_not_lost() -> None:
    assert figures(said("t-000007", box(*END)[0]), held_ns=LOST_NS - 1)["search_area_told"] == Share(0, 0)
