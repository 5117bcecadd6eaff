"""HTTP and WebSocket over the small night: roles, acts, headers, and what the page is told."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from dronewall.watch import past
from dronewall.watch.app import make_app
from dronewall.watch.hub import Hub
from dronewall.watch.roles import Role, Tokens
from dronewall.watch.server import listening
from dronewall.watch.station import Station
from dronewall.watch.wallview import wall_view
from tests.watch.small import Watch, night


@contextlib.contextmanager
def serving(station: Station) -> Iterator[str]:
    """The station behind a real server on a free port; its address."""
    line = listening("127.0.0.1", 0)
    config = uvicorn.Config(
        make_app(station, "127.0.0.1"), log_level="warning", access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [line]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{line.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=60.0)
        line.close()


class Served:
    """A watch at the end of the small night, and tokens of each role."""

    def __init__(self, watch: Watch, address: str, client: httpx.Client) -> None:
        self.watch, self.address, self.client = watch, address, client
        self.tokens = {role: watch.token(role) for role in Role}

    def get(self, path: str, role: Role | None = Role.VIEWER) -> httpx.Response:
        return self.client.get(path, headers=self._headers(role))

    def post(self, path: str, body: Any, role: Role | None = Role.OPERATOR) -> httpx.Response:
        return self.client.post(path, json=body, headers=self._headers(role))

    def raw(self, path: str, body: bytes) -> httpx.Response:
        headers = {**self._headers(Role.OPERATOR), "content-type": "application/json"}
        return self.client.post(path, content=body, headers=headers)

    def socket(self, role: Role | None, origin: Any = None) -> ClientConnection:
        token = "" if role is None else f"?token={self.tokens[role]}"
        return connect(f"{self.address.replace('http', 'ws')}/ws{token}", origin=origin, proxy=None, open_timeout=120.0)

    def _headers(self, role: Role | None) -> dict[str, str]:
        return {} if role is None else {"Authorization": f"Bearer {self.tokens[role]}"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with Watch(tmp_path_factory.mktemp("app")) as watch:
        watch.until(watch.at_end)
        with (
            serving(watch.station) as address,
            httpx.Client(base_url=address, trust_env=False, timeout=180.0) as client,
        ):
            yield Served(watch, address, client)


READ = ("/api/wall", "/api/tracks", "/api/alerts", "/api/replay", "/api/timeline", "/api/events")


@pytest.mark.parametrize("path", READ)
def test_a_viewer_reads_and_nobody_else_does(served: Served, path: str) -> None:
    assert served.get(path).status_code == 200
    assert served.get(path, None).status_code == 401


def test_health_without_a_token_says_only_that_it_runs(served: Served) -> None:
    assert set(served.get("/api/health", None).json()) == {"status", "version"}
    assert served.get("/api/health").json()["sensors"]


def test_a_viewer_may_not_act(served: Served) -> None:
    answer = served.post("/api/alerts/a-0001/approve", {"revision": 1}, Role.VIEWER)
    assert answer.status_code == 403
    assert "operator" in answer.json()["detail"]


def test_a_cookie_opens_nothing(served: Served) -> None:
    token = served.tokens[Role.OPERATOR]
    answer = served.client.get("/api/tracks", headers={"Cookie": f"token={token}; Authorization=Bearer {token}"})
    assert answer.status_code == 401


def test_every_answer_carries_the_policy_and_its_kin(served: Served) -> None:
    headers = served.get("/api/tracks").headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "worker-src 'self' blob:" in policy
    assert "unsafe-eval" not in policy.replace("wasm-unsafe-eval", "")
    assert "http:" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_another_host_name_is_not_answered(served: Served) -> None:
    assert served.client.get("/api/health", headers={"Host": "evil.example"}).status_code == 421


def test_another_sites_page_may_not_listen(served: Served) -> None:
    with pytest.raises(InvalidStatus), served.socket(Role.VIEWER, origin="http://evil.example"):
        pass


def test_a_socket_without_a_token_is_closed(served: Served) -> None:
    with served.socket(None) as socket, pytest.raises(ConnectionClosed, match="4401"):
        socket.recv(timeout=120.0)


def test_the_socket_says_hello_with_the_wall_and_then_draws_pictures(served: Served) -> None:
    with served.socket(Role.VIEWER, origin=served.address) as socket:
        hello = json.loads(socket.recv(timeout=120.0))
        said = (json.loads(socket.recv(timeout=120.0)) for _ in range(100))
        picture = next(one for one in said if one["type"] != "event")
    assert (hello["type"], hello["role"], hello["wall"]["name"]) == ("hello", "viewer", "Small")
    assert picture["type"] == "picture"
    assert picture["t"] == night().end_ns / 1e9
    assert {"tracks", "presences", "sensors", "alerts", "replay", "sent", "made"} <= set(picture)


def test_an_operators_screen_puts_shown_on_the_clock(served: Served) -> None:
    with served.socket(Role.OPERATOR) as socket:
        socket.send("no json")
        socket.send(json.dumps({"type": "shown", "alerts": ["a-0001", "a-9999"]}))
        served.watch.until(lambda: "shown" in served.get("/api/alerts").json()["alerts"][0]["clock"])


def test_a_call_is_evidence_and_its_words_stay_in_the_vault(served: Served) -> None:
    call = {
        "text": "a moped in the sky",
        "latitude_deg": 56.0,
        "longitude_deg": 27.0,
        "radius_m": 2_000.0,
        "seen_at": night().end_ns / 1e9,
        "contact": "+371 2000 0000",
    }
    assert served.post("/api/calls", call).status_code == 200
    rows = [row for row in served.get("/api/events").json()["events"] if row["kind"] == "call.received"]
    assert rows[0]["payload"]["digest"]
    assert "moped" not in json.dumps(rows)
    assert "2000 0000" not in json.dumps(rows)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/alerts/a-0001/approve", {}, 422),
        ("/api/alerts/a-0001/approve", {"revision": 0}, 422),
        ("/api/alerts/a-0001/approve", {"revision": 1, "really": True}, 422),
        ("/api/alerts/a-0001/explode", {"revision": 1}, 422),
        ("/api/alerts/a-9999/approve", {"revision": 1}, 422),
        ("/api/calls", {"text": "x"}, 422),
        ("/api/replay", {"speed": -1}, 422),
    ],
)
def test_a_bad_request_is_refused_with_words(served: Served, path: str, body: Any, status: int) -> None:
    answer = served.post(path, body)
    assert answer.status_code == status
    assert isinstance(answer.json()["detail"], str)


@pytest.mark.parametrize("body", [b'{"speed": 1e999, "t": "x"}', b"{bad", b"[1, 2]", b'{"speed": NaN}', b"\xff\xfe"])
def test_a_body_that_is_no_request_is_refused_in_one_sentence_that_does_not_repeat_it(
    served: Served, body: bytes
) -> None:
    answer = served.raw("/api/replay", body)
    assert answer.status_code == 422
    assert isinstance(answer.json()["detail"], str)
    assert "x" not in answer.json()["detail"].split()


def test_what_a_caller_left_does_not_come_back_in_a_refusal(served: Served) -> None:
    answer = served.post("/api/calls", {"contact": "+371 2000 0000", "latitude_deg": 95, "text": "x"})
    assert answer.status_code == 422
    assert "2000" not in answer.text


def test_events_after_a_negative_number_are_refused(served: Served) -> None:
    assert served.get("/api/events?after=-5").status_code == 422
    assert served.get(f"/api/events?after={2**63}").status_code == 422
    assert served.get(f"/api/events?after={2**63 - 1}").json()["events"] == []


def test_what_is_not_there_is_404(served: Served) -> None:
    assert served.get("/api/tracks/t-999999").status_code == 404
    assert served.get("/api/detections/radar/999999").status_code == 404


def test_an_acknowledged_approval_is_in_the_log_with_the_users_name(served: Served) -> None:
    drafts = [row for row in served.get("/api/alerts").json()["alerts"] if row["state"] == "draft"]
    answer = served.post(f"/api/alerts/{drafts[0]['id']}/approve", {"revision": drafts[0]["revision"]})
    assert answer.json()["alert"]["approved_by"] == "the operator"
    rows = served.get("/api/events").json()["events"]
    assert [row["actor"] for row in rows if row["kind"] == "alert.approved"] == ["the operator"]


def test_the_reference_is_a_page_without_scripts_or_anything_from_outside(served: Served) -> None:
    answer = served.client.get("/docs")
    assert "/api/alerts/{alert}/{act}" in answer.text
    assert "<script" not in answer.text
    assert "https://" not in answer.text


def test_no_symbol_and_no_word_says_more_than_unknown(served: Served) -> None:
    text = served.get("/api/tracks").text.lower()
    assert not any(word in text for word in ("hostile", "suspect", "enemy", "threat"))
    assert {row["sidc"][3] for row in served.get("/api/tracks").json()["tracks"]} <= {"0", "1", "4"}


def test_before_the_desk_is_ready_the_page_is_told_how_far_it_is(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path / "tokens.json", now_ns=time.time_ns())
    headers = {"Authorization": f"Bearer {tokens.issue('anna', Role.VIEWER, now_ns=time.time_ns())}"}
    station = Station(wall_view=wall_view(night().wall), exercise=True, hub=Hub(), tokens=tokens)
    station.progress("compiling kernels", 1, 3)
    with (
        serving(station) as address,
        httpx.Client(base_url=address, trust_env=False, headers=headers, timeout=180.0) as client,
    ):
        answer = client.get("/api/tracks")
        assert answer.status_code == 503
        assert "compiling kernels (1 of 3)" in answer.json()["detail"]
        assert client.get("/api/wall").status_code == 200


def test_time_of_day_is_in_seconds(served: Served) -> None:
    rows = served.get("/api/events").json()["events"]
    assert all(1.7e9 < row["t"] < time.time() + 1.0 for row in rows)


def test_the_past_is_asked_by_area_and_time(served: Served) -> None:
    begins = night().start_ns / 1e9
    found = served.get(f"/api/history?area=27,56,29,57&since={begins}").json()
    assert {"id", "label", "identity", "first_t", "last_t"} == set(found["tracks"][0])
    assert begins < found["up_to"] <= night().end_ns / 1e9
    assert served.get("/api/history?area=0,0,1,1").json()["tracks"] == []
    first = served.get(f"/api/history?area=27,56,29,57&since={begins}&limit=1").json()
    assert (first["tracks"], first["more"], found["more"]) == (found["tracks"][:1], len(found["tracks"]) > 1, False)


def test_questions_about_the_past_are_bounded_in_size_and_in_number(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = f"/api/history?area=-180,-90,180,90&since={night().start_ns / 1e9}"
    asked, answered = threading.Barrier(3), threading.Event()
    store = served.watch.station.history.store
    assert store is not None
    visits = store.paths.visits

    def slow(*given: Any, **more: Any) -> Any:
        asked.wait(120.0)
        assert answered.wait(120.0)
        return visits(*given, **more)

    monkeypatch.setattr(store.paths, "visits", slow)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(served.get, question) for _ in range(2)]
        asked.wait(120.0)
        third = served.get(question)
        answered.set()
        assert [one.result().status_code for one in both] == [200, 200]
    assert third.status_code == 503
    assert "ask again in a moment" in third.json()["detail"]
    monkeypatch.setattr(store.paths, "visits", visits)
    monkeypatch.setattr(past, "MOST_PIECES", 0)
    refused = served.get(question)
    assert refused.status_code == 422
    assert "a smaller area or a shorter time" in refused.json()["detail"]


@pytest.mark.parametrize("query", ["area=27,56", "area=27,56,29,57&since=9&to=5"])
def test_a_question_about_the_past_that_makes_no_sense_is_refused(served: Served, query: str) -> None:
    assert served.get(f"/api/history?{query}").status_code == 422
