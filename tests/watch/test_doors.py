"""The doors: every route and every role against the table, limits, origins, tokens over HTTP, what is logged."""

import itertools
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from dronewall.eventlog import verify
from dronewall.watch.doors import MESSAGE_RATE, SAY_AGAIN_S, WRONG_RATE, Doors, Refused, Shut
from dronewall.watch.limits import Buckets, Rate
from dronewall.watch.rights import ANSWERS_ANYBODY, TABLE
from dronewall.watch.roles import Person, Role
from tests.watch.small import Watch
from tests.watch.test_app import serving

SHUT = {401, 403}
FILLED = {
    "layer": "none",
    "z": "0",
    "x": "0",
    "y": "0",
    "track": "t-1",
    "sensor": "x",
    "scan": "1",
    "alert": "a-9999",
    "act": "approve",
    "partner": "LT",
    "key": "nobody",
}


class House:
    """A watch, its address, and a token of each role (`the viewer`, ...)."""

    def __init__(self, watch: Watch, address: str, client: httpx.Client) -> None:
        self.watch, self.address, self.client = watch, address, client
        self.tokens = {role: watch.token(role) for role in Role}

    def ask(self, route: str, token: str | None, **more: Any) -> httpx.Response:
        method, path = route.split(" ", 1)
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        headers |= more.pop("headers", {})
        return self.client.request(method, re.sub(r"{(\w+)}", lambda m: FILLED[m[1]], path), headers=headers, **more)

    def listen(self, token: str, **more: Any) -> ClientConnection:
        return connect(f"{self.address.replace('http', 'ws')}/ws?token={token}", proxy=None, open_timeout=120.0, **more)

    def logged(self, kind: str) -> list[dict[str, Any]]:
        return [row for row in self.watch.rows() if row["kind"] == kind]

    def refused(self, knock: Callable[[], Any], fits: Callable[[dict[str, Any]], bool]) -> None:
        """Knock until the log has it: after sixty refusals at once it takes one a second, and what it did not take it
        takes with the next knock."""

        def stands() -> bool:
            knock()
            time.sleep(0.5)
            return any(fits(row) for row in self.logged("door.refused"))

        self.watch.until(stands)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with Watch(tmp_path_factory.mktemp("doors")) as watch:
        watch.until(watch.at_end)
        with (
            serving(watch.station) as address,
            httpx.Client(base_url=address, trust_env=False, timeout=180.0) as client,
        ):
            yield House(watch, address, client)


def routes(house: House) -> list[str]:
    """Every route that the application says it has."""
    paths = house.ask("GET /openapi.json", None).json()["paths"]
    return [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods]


def test_every_route_has_a_row_and_every_row_a_route(house: House) -> None:
    elsewhere = {route for route in TABLE if " /ws" in route or " /api/assess" in route}
    assert set(routes(house)) == set(TABLE) - elsewhere


def test_every_role_enters_where_the_table_says_and_nowhere_else(house: House) -> None:
    wrong = []
    for route, role in itertools.product(routes(house), Role):
        shut = house.ask(route, house.tokens[role]).status_code in SHUT
        may = role in TABLE[route] and (role is not Role.SENSOR)  # the feed that is asked for is another sensor's
        if shut == (may or route in ANSWERS_ANYBODY):
            wrong.append((route, role))
    assert not wrong


def test_nobody_enters_without_a_token(house: House) -> None:
    open_to_all = {route for route in routes(house) if house.ask(route, None).status_code != 401}
    assert open_to_all == {"GET /api/health"}


def test_the_page_and_the_reference_open_without_a_token_and_with_any(house: House) -> None:
    for route, token in itertools.product(
        ("GET /", "GET /docs", "GET /openapi.json"), (None, "wrong", *house.tokens.values())
    ):
        assert house.ask(route, token).status_code in {200, 503}


def test_a_route_without_a_row_is_nobodys() -> None:
    doors = Doors(lambda token: Person(user="anna", role=Role.ADMIN), lambda one: None)
    with pytest.raises(Shut, match="no row in the table") as shut:
        doors.admit("GET /api/forgotten", "x", "1.2.3.4", {})
    assert shut.value.status == 403


@pytest.mark.parametrize("role", list(Role))
def test_the_websocket_opens_for_those_who_read(house: House, role: Role) -> None:
    with house.listen(house.tokens[role]) as socket:
        if role in TABLE["GET /ws"]:
            assert json.loads(socket.recv(timeout=120.0))["role"] == role
        else:
            with pytest.raises(ConnectionClosed, match="4403"):
                socket.recv(timeout=120.0)


def test_a_viewers_page_cannot_say_that_it_was_shown(house: House) -> None:
    before = len(house.logged("alert.shown"))
    with house.listen(house.tokens[Role.VIEWER]) as socket:
        house.refused(
            lambda: socket.send(json.dumps({"type": "shown", "alerts": ["a-0001"]})),
            lambda row: row["payload"]["route"] == "SAY /ws shown",
        )
    assert len(house.logged("alert.shown")) == before


def test_a_refused_role_is_in_the_log_by_name_once_and_counted(house: House) -> None:
    token = house.watch.tokens.issue("peter", Role.PLANNER, now_ns=time.time_ns())
    for _ in range(3):
        assert house.ask("POST /api/tokens", token).status_code == 403
    house.refused(lambda: house.ask("POST /api/tokens", token), lambda row: row["actor"] == "peter")
    rows = [row for row in house.logged("door.refused") if row["actor"] == "peter"]
    assert [row["payload"]["why"] for row in rows] == ["role"]
    refused = house.ask("GET /api/people", house.tokens[Role.SUPERVISOR]).json()["refused"]
    assert refused["role"] >= 3


def test_a_strangers_address_is_not_in_the_log(house: House) -> None:
    assert house.ask("GET /api/tracks", "wrong").status_code == 401
    house.refused(lambda: house.ask("GET /api/tracks", "wrong"), lambda row: row["payload"]["why"] == "unknown token")
    assert "127.0.0.1" not in json.dumps(house.logged("door.refused"))


def test_an_admin_gives_a_token_and_a_supervisor_takes_it_back_out_of_an_open_page(house: House) -> None:
    body = {"user": "berta", "role": "viewer", "days": 1}
    given = house.ask("POST /api/tokens", house.tokens[Role.ADMIN], json=body).json()
    with house.listen(given["token"]) as socket:
        assert json.loads(socket.recv(timeout=120.0))["user"] == "berta"
        people = house.ask("GET /api/people", house.tokens[Role.ADMIN]).json()["listening"]
        assert [row["key"] for row in people if row["user"] == "berta"] == [given["key"]]
        gone = house.ask(f"DELETE /api/tokens/{given['key']}", house.tokens[Role.SUPERVISOR]).json()
        assert [row["user"] for row in gone["revoked"]] == ["berta"]
        with pytest.raises(ConnectionClosed, match="4401"):
            hear_out(socket)
    assert house.ask("GET /api/tracks", given["token"]).status_code == 401
    acts = [(row["kind"], row["actor"]) for row in house.watch.rows() if row["payload"].get("key") == given["key"]]
    assert acts == [("token.issued", "the admin"), ("token.revoked", "the supervisor")]
    assert given["token"] not in json.dumps(house.watch.rows())
    assert given["token"] not in house.ask("GET /api/tokens", house.tokens[Role.ADMIN]).text


@pytest.mark.parametrize(
    "body", [{"user": "x", "role": "king"}, {"user": "system", "role": "viewer"}, {"user": "x\n", "role": "viewer"}, {}]
)
def test_a_token_that_cannot_be_given_is_one_sentence(house: House, body: dict[str, str]) -> None:
    answer = house.ask("POST /api/tokens", house.tokens[Role.ADMIN], json=body)
    assert answer.status_code == 422
    assert isinstance(answer.json()["detail"], str)


def test_a_token_that_has_run_out_opens_nothing(house: House) -> None:
    token = house.watch.tokens.issue("late", Role.VIEWER, now_ns=time.time_ns(), lifetime_ns=1)
    answer = house.ask("GET /api/tracks", token)
    assert (answer.status_code, "has run out" in answer.json()["detail"]) == (401, True)


def test_an_integrator_posts_for_any_sensor_and_decides_nothing(house: House) -> None:
    assert house.ask("POST /api/feeds/{sensor}", house.tokens[Role.INTEGRATOR], content=b"{}").status_code not in SHUT
    assert house.ask("POST /api/replay", house.tokens[Role.INTEGRATOR], json={"paused": True}).status_code == 403


def test_a_planner_reads_the_holes_and_that_is_in_the_log(house: House) -> None:
    ask = "GET /api/holes"
    assert house.ask(ask, house.tokens[Role.PLANNER]).status_code == 404
    file = house.watch.station.folder / "holes.geojson"
    file.write_text('{"type": "FeatureCollection", "features": []}')
    assert house.ask(ask, house.tokens[Role.PLANNER]).json()["features"] == []
    assert [row["actor"] for row in house.logged("holes.read")] == ["the planner"]
    file.write_text("{")
    assert "is not JSON" in house.ask(ask, house.tokens[Role.PLANNER]).json()["detail"]


def test_the_supervisor_sees_that_the_log_is_whole(house: House) -> None:
    assert house.ask("GET /api/audit", house.tokens[Role.SUPERVISOR]).json()["whole"]
    assert verify(house.watch.station.folder).whole


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_another_sites_page_is_refused_with_a_right_token_too(house: House, origin: str) -> None:
    token = house.tokens[Role.OPERATOR]
    for route in ("GET /api/tracks", "POST /api/calls", "DELETE /api/tokens/x"):
        assert house.ask(route, token, headers={"Origin": origin}).status_code == 403
    with pytest.raises(InvalidStatus), house.listen(token, additional_headers={"Origin": origin}):
        pass


def test_the_services_own_page_may_act(house: House) -> None:
    answer = house.ask("GET /api/tracks", house.tokens[Role.VIEWER], headers={"Origin": house.address})
    assert answer.status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "", "localhost.evil"])
def test_a_rebound_name_reaches_neither_the_api_nor_the_websocket(house: House, host: str) -> None:
    assert house.ask("GET /api/health", None, headers={"Host": host}).status_code == 421
    with pytest.raises(InvalidStatus), house.listen("x", additional_headers={"Host": host}):
        pass


def test_a_refusal_carries_the_security_headers_as_well(house: House) -> None:
    for answer in (house.ask("GET /api/tracks", None), house.ask("GET /api/health", None, headers={"Host": "evil"})):
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers


def test_a_body_that_is_too_long_is_refused_in_one_sentence(house: House) -> None:
    answer = house.ask("POST /api/calls", house.tokens[Role.OPERATOR], content=b"x" * 70_000)
    assert (answer.status_code, "64 KiB" in answer.json()["detail"]) == (413, True)


def test_wrong_tokens_are_slowed_down_and_the_right_one_beside_them_is_not(house: House) -> None:
    # The bucket fills a little all the while, so not every one beyond its burst is slowed down.
    answers = [house.ask("GET /api/tracks", f"wrong-{i}") for i in range(WRONG_RATE.burst + 5)]
    slowed = next(answer for answer in answers if answer.status_code == 429)
    assert 1 <= int(slowed.headers["retry-after"]) <= 6
    assert "ask again in" in slowed.json()["detail"]
    assert house.ask("GET /api/tracks", house.tokens[Role.VIEWER]).status_code == 200
    assert 4429 in [closing(house, "wrong") for _ in range(WRONG_RATE.burst + 5)]


def test_a_page_that_says_too_much_is_closed(house: House) -> None:
    token = house.watch.tokens.issue("loud", Role.OPERATOR, now_ns=time.time_ns())
    with house.listen(token) as socket:
        threading.Thread(target=flood, args=(socket,), daemon=True).start()
        with pytest.raises(ConnectionClosed, match="1008"):
            hear_out(socket)


def closing(house: House, token: str) -> int | None:
    """The code with which a page of that token is closed at once."""
    with house.listen(token) as socket, pytest.raises(ConnectionClosed):
        socket.recv(timeout=120.0)
    return socket.close_code


def hear_out(socket: ClientConnection) -> None:
    """Hear whatever comes, for two minutes at most."""
    ends = time.monotonic() + 120.0
    while time.monotonic() < ends:
        socket.recv(timeout=120.0)


def flood(socket: ClientConnection) -> None:
    """Say more than one may."""
    for _ in range(3 * MESSAGE_RATE.burst):
        try:
            socket.send("{}")
        except ConnectionClosed:
            return


def again(what: Callable[[], object]) -> None:
    """Do something more often than anybody may."""
    for _ in range(10_000):
        what()


class Hand:
    """A clock that is set by hand, and what was told."""

    def __init__(self, *known: Person) -> None:
        self.now, self.told = 0.0, list[Refused]()
        self.doors = Doors({one.key: one for one in known}.get, self.told.append, clock=lambda: self.now)


def test_a_token_that_asks_too_often_is_told_when_to_ask_again_and_no_other_is() -> None:
    loud, quiet = (Person(user=name, role=Role.VIEWER, key=name) for name in ("loud", "quiet"))
    hand = Hand(loud, quiet)
    with pytest.raises(Shut) as shut:
        again(lambda: hand.doors.admit("GET /api/tracks", "loud", "a", {}))
    assert (shut.value.status, shut.value.headers) == (429, {"Retry-After": "1"})
    assert hand.doors.admit("GET /api/tracks", "quiet", "a", {}) is quiet
    hand.now += 1.0
    assert hand.doors.admit("GET /api/tracks", "loud", "a", {}) is loud


def test_an_address_that_asks_too_often_is_told_and_no_other_is() -> None:
    hand = Hand()
    with pytest.raises(Shut, match="too many requests from this address"):
        again(lambda: hand.doors.knock("a"))
    hand.doors.knock("b")


def test_a_flood_of_refusals_is_a_few_lines_in_the_log_and_all_of_them_in_the_count() -> None:
    hand = Hand()
    for i in range(500):
        hand.doors.note("unknown token", "", f"address {i % 5}", "GET /api/tracks")
    assert len(hand.told) == 5
    hand.now += SAY_AGAIN_S
    hand.doors.note("unknown token", "", "address 0", "GET /api/tracks")
    assert hand.told[-1].times == 100
    assert hand.doors.refused["unknown token"] == 501


@given(st.lists(st.floats(0.0, 3.0), max_size=60), st.integers(1, 5), st.floats(0.1, 5.0))
def test_no_bucket_ever_gives_more_than_its_rate(waits: list[float], burst: int, per_s: float) -> None:
    buckets, now, taken = Buckets(Rate(per_s=per_s, burst=burst)), 0.0, 0
    for wait in waits:
        now += wait
        taken += buckets.take("a", now) == 0
    assert taken <= burst + per_s * now + 1e-6


def test_what_a_bucket_says_to_wait_is_enough() -> None:
    buckets = Buckets(Rate(per_s=0.5, burst=1))
    assert buckets.take("a", 0.0) == 0
    wait = buckets.take("a", 0.5)
    assert buckets.take("a", 0.5 + wait) == 0


def test_addresses_that_come_and_go_do_not_fill_the_memory() -> None:
    buckets = Buckets(Rate(per_s=1.0, burst=1), names=10)
    for i in range(1_000):
        buckets.take(str(i), 0.0)
    assert len(buckets._left) == 10


def test_the_table_in_the_docs_is_the_table(root: Path) -> None:
    lines = (root / "docs" / "doors.md").read_text("utf-8").splitlines()
    (head,) = (line for line in lines if line.startswith("| | viewer"))
    roles = [Role(word.strip()) for word in head.split("|")[2:-1]]
    rows = [line.split("|")[1:-1] for line in lines if re.match(r"\| `(GET|POST|DELETE|SAY) ", line)]
    said = {
        name.strip(" `"): {role for role, cell in zip(roles, cells, strict=True) if cell.strip()}
        for name, *cells in rows
    }
    assert said == {route: set(allowed) for route, allowed in TABLE.items()}
