"""Which track is known to be an authorised flight, and which is only where one may be."""

from typing import Any

import pytest

from dronewall.picture.act import Act, ActKind
from dronewall.picture.desk import Desk
from dronewall.picture.flights import Flights
from dronewall.records.event import Event
from dronewall.records.flight import Flight, FlightsChange, FlightState, FlightVolume
from tests.picture.scenes import at_s, circle, desk, kinds, place, track

ID, OTHER = "2f8343be-6482-4d1b-a474-16847e01af1e", "9a1b6f0c-0d9f-4f6c-b9d5-6f1f4b3a2c11"
DRONE = "rid:0123456789abcdef"
EAST_M = 20_000.0


def flight(
    name: str = ID,
    *,
    state: FlightState = FlightState.ACTIVATED,
    identity: str | None = None,
    east_m: float = EAST_M,
    floor_m: float = 250.0,
    from_s: float = 0.0,
    to_s: float = 3_600.0,
    listed: bool = False,
) -> Flight:
    """A flight within 1 km round a point east of the town."""
    volume = FlightVolume(
        ring=circle(*place(east_m, 0.0), 1_000.0),
        floor_hae_m=floor_m,
        ceiling_hae_m=floor_m + 100.0,
        begins_ns=at_s(from_s),
        ends_ns=at_s(to_s),
    )
    return Flight(flight=name, state=state, volumes=(volume,), identity=identity, listed=listed)


def says(**changed: Any) -> dict[str, Any]:
    """A drone that says who it is, in the middle of the volume."""
    return {
        "east_m": EAST_M,
        "identity": DRONE,
        "identity_status": "cooperative",
        "label": "agricultural_drone",
        "place_sd_m": 10.0,
        **changed,
    }


def word(one: Flight | list[Flight], row: dict[str, Any], *, at: float = 10.0) -> str | None:
    flights = Flights()
    flights.change(FlightsChange(put=tuple([one] if isinstance(one, Flight) else one)), at_s(0.0), "anna")
    standing = flights.standing(track(**row), 0, at_s(at))
    return None if standing is None else str(standing.word)


def test_one_that_says_who_it_is_in_an_activated_flights_volume_and_time_is_known() -> None:
    assert word(flight(), says()) == "known"
    assert word(flight(identity=DRONE), says()) == "known"


@pytest.mark.parametrize(
    ("one", "row", "said"),
    [
        (flight(), says(identity=None, identity_status="unknown"), "says_nothing"),
        (flight(identity=DRONE), says(identity=None, identity_status="unknown"), "says_nothing"),
        (flight(), says(identity_status="conflicting"), "contradicted"),
        (flight(identity=DRONE), says(identity_status="conflicting"), "contradicted"),
        (flight(identity="rid:another"), says(), "another"),
        (flight(state=FlightState.ACCEPTED), says(), "not_begun"),
        (flight(state=FlightState.OFF_PLAN), says(), "off_plan"),
        (flight(east_m=EAST_M + 3_000.0), says(), None),
        (flight(east_m=EAST_M + 3_000.0, identity=DRONE), says(), "astray"),
        (flight(floor_m=500.0), says(), None),
        (flight(floor_m=0.0), says(), None),
        (flight(from_s=11.0), says(), None),
        (flight(to_s=10.0), says(), None),
        (flight(from_s=11.0, identity=DRONE), says(), "astray"),
    ],
)
def test_nothing_else_is_known(one: Flight, row: dict[str, Any], said: str | None) -> None:
    assert word(one, row) == said


def test_the_edge_is_as_wide_as_the_track_is_known_and_no_wider_than_200_m() -> None:
    assert word(flight(), says(east_m=EAST_M + 1_040.0, place_sd_m=10.0)) is None
    assert word(flight(), says(east_m=EAST_M + 1_040.0, place_sd_m=50.0)) == "known"
    assert word(flight(), says(east_m=EAST_M + 1_260.0, place_sd_m=5_000.0)) is None


def test_of_several_flights_the_one_that_tells_most_is_told_whatever_their_order() -> None:
    own, unnamed = flight(OTHER, identity=DRONE), flight(ID)
    for both in ([own, unnamed], [unnamed, own]):
        flights = Flights()
        flights.change(FlightsChange(put=tuple(both)), 0, "anna")
        standing = flights.standing(track(**says()), 0, at_s(10.0))
        assert standing is not None
        assert (standing.flight, standing.named) == (OTHER, True)


def test_a_flight_that_is_off_its_plan_is_told_though_another_is_authorised_there() -> None:
    both = [flight(OTHER, identity=DRONE, state=FlightState.OFF_PLAN), flight(ID)]
    assert word(both, says()) == "off_plan"


# ------------------------------------------------------------------ on the desk


def desk_with(*flights: Flight, row: dict[str, Any], seconds: int = 12) -> tuple[Desk, list[Event]]:
    made, told = desk()
    events = list(made.act(act(FlightsChange(put=flights))))
    for second in range(10, 10 + seconds):
        told.rows = [track(**{**row, "now_s": float(second)})]
        events += made.tick(at_s(second))
    return made, events


def act(change: FlightsChange) -> Act:
    return Act(time_ns=at_s(1.0), kind=ActKind.FLIGHTS, actor="anna", flights=change)


def test_a_known_flights_silence_says_so() -> None:
    _, events = desk_with(flight(identity=DRONE), row=says())
    (silence,) = [event for event in events if event.kind.startswith("silence.")]
    assert silence.kind == "silence.authorised"
    assert silence.payload["flight"]["flight"] == ID
    assert silence.payload["flight"]["words"] == "flies as authorised"
    assert DRONE not in str(silence.payload)


def test_one_that_says_nothing_in_the_same_volume_is_warned_of_and_the_draft_says_that_a_flight_is_authorised() -> None:
    silent = {"east_m": EAST_M, "place_sd_m": 10.0}
    made, events = desk_with(flight(identity=DRONE), row=silent)
    assert "alert.drafted" in kinds(events)
    assert "silence.authorised" not in kinds(events)
    without, plain = desk_with(row=silent)
    assert [a.level for a in made.alerts] == [a.level for a in without.alerts]
    assert kinds(events)[1:] == kinds(plain)
    (alert,) = made.alerts
    assert "says_nothing" in str(alert.evidence)
    assert "says_nothing" not in str(without.alerts[0].evidence)


def test_a_contradicted_one_is_warned_of_too() -> None:
    row = {"east_m": EAST_M, "place_sd_m": 10.0, "identity": DRONE, "identity_status": "conflicting"}
    _, events = desk_with(flight(identity=DRONE), row=row)
    assert "alert.drafted" in kinds(events)


def test_a_change_is_one_event_without_the_drone_and_the_same_again_is_none() -> None:
    made, _ = desk()
    (event,) = made.act(act(FlightsChange(put=(flight(identity=DRONE),))))
    assert (event.kind, event.actor, event.payload["put"][0]["named"]) == ("flights.changed", "anna", True)
    assert DRONE not in str(event.payload)
    assert made.act(act(FlightsChange(put=(flight(identity=DRONE),), drop=(OTHER,)))) == []
    (gone,) = made.act(act(FlightsChange(drop=(ID,))))
    assert (gone.payload["drop"], made.flights) == ([ID], ())


def test_a_flight_is_forgotten_an_hour_after_its_end_unless_it_stands_in_a_file() -> None:
    made, _ = desk()
    made.act(act(FlightsChange(put=(flight(to_s=60.0), flight(OTHER, to_s=60.0, listed=True)))))
    made.tick(at_s(3_600.0))
    assert len(made.flights) == 2
    made.tick(at_s(3_661.0))
    assert [one.flight for one in made.flights] == [OTHER]


def test_flights_stand_in_a_snapshot() -> None:
    made, _ = desk_with(flight(identity=DRONE), row=says())
    again, _ = desk()
    again.take_up(made.save())
    assert again.flights == made.flights
