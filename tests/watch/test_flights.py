"""Authorised flights in a watch: a folder and what is posted, a track that is known, what stays in the vault."""

import copy
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dronewall.units import SECOND_NS, utc_text
from dronewall.watch.roles import Role, Tokens
from dronewall.watch.station import Station
from tests.formats.samples import SERIAL
from tests.formats.test_flights import ID, INTENT, OPERATOR, OTHER, PLAN
from tests.watch.test_app import serving
from tests.watch.test_feeds import until, watching

WAIT_S = 120.0


def around(said: dict[str, Any], *, hours: float = 1.0, **more: Any) -> dict[str, Any]:
    """A sample moved to now, and to where the drone of these tests flies."""
    moved = copy.deepcopy(said)
    volumes = moved["details"]["volumes"] if "details" in moved else moved["basic_information"]["area"]
    for volume in volumes:
        volume["time_start"]["value"] = utc_text(time.time_ns() - 60 * SECOND_NS)
        volume["time_end"]["value"] = utc_text(time.time_ns() + round(hours * 3_600 * SECOND_NS))
        volume["volume"]["altitude_upper"]["value"] = 5_000.0
        volume["volume"]["altitude_lower"]["value"] = -500.0
    return {**moved, **more}


def named(serial: str) -> dict[str, Any]:
    plan = around(PLAN)
    plan["uspace_flight_authorisation"]["uas_serial_number"] = serial
    return {"flight_plan": plan, "flight_plan_id": ID}


def lines(identity: str | None) -> bytes:
    """The last eight seconds of a drone that stands over a field."""
    rows = [
        {
            "time_ns": time.time_ns() - (8 - k) * SECOND_NS,
            "latitude_deg": 56.5,
            "longitude_deg": 27.3,
            "altitude_hae_m": 230.0,
            **({} if identity is None else {"identity": identity}),
        }
        for k in range(8)
    ]
    return b"\n".join(json.dumps(row).encode() for row in rows)


def flights(station: Station) -> dict[str, Any]:
    found: dict[str, Any] = station.health().result(WAIT_S)["flights"]
    return found


def rows(station: Station) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = station.tracks().result(WAIT_S)["tracks"]
    return found


def logged(station: Station, kind: str) -> list[dict[str, Any]]:
    return [row for row in station.events(0, 100_000)["events"] if row["kind"] == kind]


class Open:
    """A live watch with a folder of flights, its address and its tokens."""

    def __init__(self, station: Station, data: Path, folder: Path, address: str) -> None:
        self.station, self.data, self.folder, self.address = station, data, folder, address
        self._tokens = Tokens(data / "tokens.json", now_ns=0)

    def post(self, said: Any, role: Role = Role.INTEGRATOR) -> httpx.Response:
        token = self._tokens.issue(f"the {role}", role, now_ns=time.time_ns())
        head = {"Authorization": f"Bearer {token}"}
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        return httpx.post(f"{self.address}/api/flights", content=body, headers=head, timeout=WAIT_S, trust_env=False)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Open]:
    folder = tmp_path / "authorised"
    folder.mkdir()
    with watching(tmp_path / "data", "push:", "jsonl", "rid", flights=folder) as station, serving(station) as address:
        yield Open(station, tmp_path / "data", folder, address)


def test_a_file_that_comes_changes_and_goes_is_followed(house: Open) -> None:
    file = house.folder / "one.json"
    file.write_text(json.dumps(around(INTENT)))
    until(lambda: flights(house.station)["known"] == 1, WAIT_S)
    file.write_text("{ half a fi")
    until(lambda: "one.json is not JSON" in flights(house.station)["why"], WAIT_S)
    assert flights(house.station)["known"] == 1
    assert logged(house.station, "flights.unread")
    file.write_text(json.dumps([around(INTENT), around(INTENT) | {"reference": {"id": OTHER, "state": "Accepted"}}]))
    until(lambda: flights(house.station)["known"] == 2, WAIT_S)
    until(lambda: flights(house.station)["why"] == "", WAIT_S)
    file.unlink()
    until(lambda: flights(house.station)["known"] == 0, WAIT_S)
    said = logged(house.station, "flights.changed")
    assert [sorted(one["payload"]["drop"]) for one in said] == [[], [], sorted([ID, OTHER])]


def test_a_drone_whose_flight_names_it_is_known_and_another_is_not(house: Open) -> None:
    answer = house.post(named(SERIAL))
    assert answer.json() == {"taken": 1, "withdrawn": 0, "left_out": {}, "flights": 1}
    house.station.push("rid", lines(f"rid:{SERIAL}"))
    (track,) = until(lambda: [row for row in rows(house.station) if row["identity_status"] == "cooperative"], WAIT_S)
    assert (track["flight"]["flight"], track["flight"]["word"], track["flight"]["named"]) == (ID, "known", True)
    until(lambda: logged(house.station, "silence.authorised"), WAIT_S)
    house.post(named("1581F0000000000XXXXX"))
    assert [row["flight"]["word"] for row in rows(house.station) if row["id"] == track["id"]] == ["another"]
    gone = house.post({"operational_intent_id": ID, "subscriptions": []})
    assert (gone.json()["withdrawn"], gone.json()["flights"]) == (1, 0)
    assert "flight" not in rows(house.station)[0]


def test_nothing_personal_of_a_flight_leaves_the_vault(house: Open) -> None:
    house.post(named(SERIAL))
    held = house.station.engine.ask(lambda: house.station.engine.desk.save()).result(WAIT_S)
    assert b"rid:" in held
    texts = [held, json.dumps(house.station.events(0, 100_000)).encode(), json.dumps(rows(house.station)).encode()]
    texts += [file.read_bytes() for file in house.data.rglob("*") if file.is_file()]
    for text in texts:
        for word in (SERIAL, OPERATOR, "Virtanen"):
            assert word.encode() not in text
    house.post({"operational_intent_id": ID, "subscriptions": []})


@pytest.mark.parametrize("body", [b"", b"{", b'{"flights": 1}', b"\xff"])
def test_what_is_posted_and_is_no_flight_is_one_sentence(house: Open, body: bytes) -> None:
    answer = house.post(body)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("the request is")


def test_a_flight_that_cannot_be_used_is_counted_with_its_reason(house: Open) -> None:
    bad = around(INTENT)
    bad["details"]["volumes"][0]["time_end"] = None
    assert house.post([bad]).json()["left_out"] == {"a volume without times or heights": 1}
    assert flights(house.station)["left_out"]["a volume without times or heights"] == 1


@pytest.mark.parametrize("role", [Role.SENSOR, Role.VIEWER, Role.OPERATOR, Role.ADMIN])
def test_nobody_but_an_integrator_says_which_flights_are_authorised(house: Open, role: Role) -> None:
    assert house.post(around(INTENT), role).status_code == 403


def test_the_flights_that_are_known_are_told_without_their_drone(house: Open) -> None:
    house.post(named(SERIAL))
    token = Tokens(house.data / "tokens.json", now_ns=0).issue("v", Role.VIEWER, now_ns=time.time_ns())
    head = {"Authorization": f"Bearer {token}"}
    answer = httpx.get(f"{house.address}/api/flights", headers=head, timeout=WAIT_S, trust_env=False)
    (one,) = answer.json()["flights"]
    assert (one["id"], one["state"], one["named"]) == (ID, "activated", True)
    assert len(one["volumes"][0]["polygon"]) == 4
    assert "rid:" not in answer.text
    house.post({"operational_intent_id": ID, "subscriptions": []})


def test_a_restart_knows_what_was_posted_and_lets_go_of_what_is_in_no_file_any_more(tmp_path: Path) -> None:
    folder = tmp_path / "authorised"
    folder.mkdir()
    (folder / "one.json").write_text(json.dumps(around(INTENT)))
    posted = {**named(SERIAL), "flight_plan_id": OTHER}
    with watching(tmp_path / "data", "push:", "jsonl", "rid", flights=folder) as station:
        until(lambda: flights(station)["known"] == 1, WAIT_S)
        assert station.flights is not None
        station.flights.take(json.dumps(posted).encode(), "anna").result(WAIT_S)
        before = station.engine.ask(lambda: station.engine.desk.flights).result(WAIT_S)
    (folder / "one.json").unlink()
    with watching(tmp_path / "data", "push:", "jsonl", "rid", flights=folder) as station:
        until(lambda: flights(station)["known"] == 1, WAIT_S)
        after = station.engine.ask(lambda: station.engine.desk.flights).result(WAIT_S)
    assert after == tuple(flight for flight in before if flight.flight == OTHER)
