"""Authorised flights: samples that InterUSS' uas-standards takes too, and what becomes of each."""

import copy
import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from implicitdict import ImplicitDict
from uas_standards.astm.f3548.v21.api import OperationalIntent
from uas_standards.interuss.automated_testing.flight_planning.v1.api import FlightPlan

from dronewall.errors import BadInput
from dronewall.formats.flights import ReadFlights, read_flights, write_flights
from dronewall.formats.personal import pseudonym
from dronewall.geo.frames import ground_distance_m
from dronewall.records.flight import FlightState

SALT = b"salt"
ID = "2f8343be-6482-4d1b-a474-16847e01af1e"
OTHER = "9a1b6f0c-0d9f-4f6c-b9d5-6f1f4b3a2c11"
SERIAL, OPERATOR, PERSON = "1581F5BKD223Q00A520F", "FIN87astrdge12k8", "Matti Virtanen"


def moment(text: str) -> dict[str, str]:
    return {"value": text, "format": "RFC3339"}


def height(metres: float) -> dict[str, Any]:
    return {"value": metres, "reference": "W84", "units": "M"}


SQUARE = {"vertices": [{"lng": x, "lat": y} for x, y in ((27.2, 56.4), (27.4, 56.4), (27.4, 56.6), (27.2, 56.6))]}
VOLUME = {
    "volume": {"outline_polygon": SQUARE, "altitude_lower": height(100.0), "altitude_upper": height(220.0)},
    "time_start": moment("2026-05-07T00:00:00Z"),
    "time_end": moment("2026-05-07T01:00:00Z"),
}
ROUND = {
    **VOLUME,
    "volume": {
        "outline_circle": {"center": {"lng": 27.3, "lat": 56.5}, "radius": {"value": 500.0, "units": "M"}},
        "altitude_lower": height(100.0),
        "altitude_upper": height(220.0),
    },
}
INTENT = {
    "reference": {
        "id": ID,
        "manager": "uss-1",
        "uss_availability": "Normal",
        "version": 1,
        "state": "Activated",
        "time_start": moment("2026-05-07T00:00:00Z"),
        "time_end": moment("2026-05-07T01:00:00Z"),
        "uss_base_url": "https://uss.example/f3548",
        "subscription_id": OTHER,
    },
    "details": {"volumes": [VOLUME, ROUND], "off_nominal_volumes": [], "priority": 0},
}
PLAN = {
    "basic_information": {
        "usage_state": "InUse",
        "uas_state": "Nominal",
        "area": [VOLUME],
        "description": f"roof of {PERSON}",
    },
    "operator": {"registration_numbers": [{"identifier": PERSON}], "location": {"lng": 27.31, "lat": 56.51}},
    "uspace_flight_authorisation": {
        "uas_serial_number": SERIAL,
        "operation_mode": "Vlos",
        "operation_category": "Open",
        "uas_class": "C2",
        "identification_technologies": ["ASTMNetRID"],
        "connectivity_methods": ["cellular"],
        "endurance_minutes": 30,
        "emergency_procedure_url": "https://uss.example/emergency",
        "operator_id": OPERATOR,
    },
}


def read(said: Any) -> ReadFlights:
    return read_flights(json.dumps(said).encode(), "f.json", salt=SALT, received_ns=7)


def changed(said: dict[str, Any], *path: Any, to: Any) -> dict[str, Any]:
    copied = copy.deepcopy(said)
    at: Any = copied
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = to
    return copied


def test_the_samples_are_of_the_standards() -> None:
    assert ImplicitDict.parse(copy.deepcopy(INTENT), OperationalIntent).reference.id == ID
    plan = ImplicitDict.parse(copy.deepcopy(PLAN), FlightPlan)
    assert plan.uspace_flight_authorisation.uas_serial_number == SERIAL


def test_an_operational_intent_is_read_with_each_volume_and_names_no_drone() -> None:
    said = read(INTENT)
    (flight,) = said.change.put
    assert (flight.flight, flight.state, flight.identity) == (ID, FlightState.ACTIVATED, None)
    square, circle = flight.volumes
    assert square.ring == ((27.2, 56.4), (27.4, 56.4), (27.4, 56.6), (27.2, 56.6))
    assert (square.floor_hae_m, square.ceiling_hae_m) == (100.0, 220.0)
    assert (square.ends_ns - square.begins_ns) == 3_600_000_000_000
    centre = math.radians(56.5), math.radians(27.3)
    for longitude, latitude in circle.ring:
        away = float(ground_distance_m(*centre, math.radians(latitude), math.radians(longitude)))
        assert away == pytest.approx(500.0, abs=0.1)
    assert (said.personal, said.lost) == ([], {})


@pytest.mark.parametrize(
    ("state", "word"),
    [("Accepted", "accepted"), ("Activated", "activated"), ("Nonconforming", "off_plan"), ("Contingent", "off_plan")],
)
def test_each_state_of_an_intent_is_told_apart(state: str, word: str) -> None:
    assert read(changed(INTENT, "reference", "state", to=state)).change.put[0].state == word


@pytest.mark.parametrize(
    ("use", "uas", "word"),
    [
        ("Planned", "Nominal", "accepted"),
        ("InUse", "Nominal", "activated"),
        ("InUse", None, "activated"),
        ("InUse", "OffNominal", "off_plan"),
        ("InUse", "Contingent", "off_plan"),
    ],
)
def test_each_state_of_a_plan_is_told_apart(use: str, uas: str | None, word: str) -> None:
    plan = changed(changed(PLAN, "basic_information", "usage_state", to=use), "basic_information", "uas_state", to=uas)
    assert read(plan).change.put[0].state == word


def test_a_plan_names_its_drone_by_the_pseudonym_that_remote_id_gets() -> None:
    said = read(PLAN)
    assert said.change.put[0].identity == pseudonym("rid", SERIAL, SALT)
    (kept,) = said.personal
    assert (kept.identity, kept.data["serial"], kept.data["operator_id"]) == (
        said.change.put[0].identity,
        SERIAL,
        OPERATOR,
    )


def test_nothing_personal_is_in_a_flight_or_in_what_is_written() -> None:
    said = read({"flight_plan": PLAN, "flight_plan_id": ID})
    for text in (repr(said.change), write_flights(said.change.put).decode()):
        for word in (SERIAL, OPERATOR, PERSON, "27.31", "roof"):
            assert word not in text
    assert PERSON not in repr(said.personal)


def test_what_is_written_is_read_again_and_is_of_the_standards_shape() -> None:
    first = read([INTENT, PLAN]).change.put
    again = read(json.loads(write_flights(first))).change.put
    assert [(f.flight, f.state) for f in again] == [(f.flight, f.state) for f in first]
    for one, other in zip(again, first, strict=True):
        assert one.volumes == other.volumes
    volume = json.loads(write_flights(first))[0]["details"]["volumes"][0]
    assert set(volume) == set(VOLUME)


def test_envelopes_lists_and_withdrawals_are_read() -> None:
    assert read({"operational_intent": INTENT}).change.put[0].flight == ID
    note = {"operational_intent_id": ID, "subscriptions": []}
    assert read(note).change.drop == (ID,)
    assert read({**note, "operational_intent": INTENT}).change.put[0].flight == ID
    assert read({"flights": [INTENT, note]}).change == read([note]).change
    closed = changed(PLAN, "basic_information", "usage_state", to="Closed")
    assert read({"flight_plan": closed, "flight_plan_id": ID.upper()}).change.drop == (ID,)
    assert read(closed).lost == {"closed flights without an id": 1}


def test_a_plan_without_an_id_gets_one_that_stays_while_its_state_changes() -> None:
    one = read(PLAN).change.put[0].flight
    assert one.startswith("plan-")
    assert read(changed(PLAN, "basic_information", "usage_state", to="Planned")).change.put[0].flight == one
    assert read(changed(PLAN, "uspace_flight_authorisation", "uas_serial_number", to="X1")).change.put[0].flight != one


V = ("details", "volumes", 0)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (changed(INTENT, *V, "time_end", to=None), "a volume without times or heights"),
        (changed(INTENT, *V, "volume", "altitude_upper", to=None), "a volume without times or heights"),
        (
            changed(INTENT, *V, "volume", "altitude_upper", "reference", to="SFC"),
            "heights that are not in metres over WGS-84",
        ),
        (
            changed(INTENT, *V, "volume", "altitude_upper", "units", to="FT"),
            "heights that are not in metres over WGS-84",
        ),
        (changed(INTENT, *V, "time_end", "value", to="2026-05-06T00:00:00Z"), "a volume that ends before it begins"),
        (changed(INTENT, *V, "time_end", "value", to="2026-05-07T01:00:00"), "times that are none"),
        (changed(INTENT, *V, "volume", "outline_polygon", to=None), "a volume with no outline or two"),
        (
            changed(INTENT, *V, "volume", "outline_polygon", "vertices", to=SQUARE["vertices"][:2]),
            "an outline without an area, or with too many corners",
        ),
        (
            changed(
                INTENT, *V, "volume", "outline_polygon", "vertices", to=[SQUARE["vertices"][k] for k in (0, 2, 1, 3)]
            ),
            "an outline that crosses itself",
        ),
        (changed(INTENT, *V, "volume", "outline_polygon", "vertices", 0, "lat", to=91), "a place that there is not"),
        (changed(INTENT, "details", "volumes", to=[]), "no volume"),
        (changed(INTENT, "reference", "state", to="Ended"), "a state that there is not"),
        (changed(INTENT, "reference", "id", to="../../etc"), "an id that is no UUID"),
        (
            {**PLAN, "uas": {"serial_number": "ANOTHER1"}},
            "more than one serial number, or one that is too long",
        ),
        (changed(INTENT, *V, "volume", "altitude_upper", "value", to=1e308), "heights that are none"),
        (changed(INTENT, *V, "volume", "altitude_lower", "value", to=-1e300), "heights that are none"),
        (
            changed(
                INTENT,
                *V,
                "volume",
                "outline_polygon",
                "vertices",
                to=[{"lng": 27.0 + k, "lat": 56.0} for k in range(3)],
            ),
            "an outline without an area, or with too many corners",
        ),
        (
            changed(PLAN, "uspace_flight_authorisation", "uas_serial_number", to="SER\ud800IAL"),
            "a number that is no text",
        ),
        (changed(PLAN, "uspace_flight_authorisation", "operator_id", to="FIN\udfff"), "a number that is no text"),
        ({"features": []}, "neither an operational intent nor a flight plan"),
        (7, "flights that cannot be read"),
    ],
)
def test_a_flight_that_cannot_be_used_is_counted_by_its_reason_and_spoils_no_other(said: Any, why: str) -> None:
    other = changed(INTENT, "reference", "id", to=OTHER)
    found = read([said, other])
    assert [flight.flight for flight in found.change.put] == [OTHER]
    assert found.lost == {why: 1}


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"7", b'"x"', b'{"flights": 7}', b"[" * 100_000])
def test_what_is_no_such_file_is_one_sentence(data: bytes) -> None:
    with pytest.raises(BadInput, match=r"f\.json"):
        read_flights(data, "f.json", salt=SALT, received_ns=0)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(
    said=st.sampled_from([INTENT, PLAN]),
    steps=st.lists(st.integers(0, 30), min_size=1, max_size=7),
    value=JSON,
)
def test_a_flight_with_anything_anywhere_in_it_is_read_or_counted(said: Any, steps: list[int], value: Any) -> None:
    broken = copy.deepcopy(said)
    at: Any = broken
    for step in steps:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        key = keys[step % len(keys)]
        if not isinstance(at[key], dict | list) or not at[key] or step == steps[-1]:
            at[key] = value
            break
        at = at[key]
    found = read([broken])
    assert len(found.change.put) + len(found.change.drop) + found.lost.total() == 1
