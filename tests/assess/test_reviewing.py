"""The page's routes: who may, what is refused, what is written down, and what the estimate makes of it."""

import contextlib
import threading
import time
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from dronewall.assess.claims import MEASURES
from dronewall.assess.review import Act, load_review
from dronewall.assess.review_file import append, version, written
from dronewall.assess.reviewing import Job, Reviewing
from dronewall.assess.router import review_router
from dronewall.assess.run import assess
from dronewall.cli import app
from dronewall.errors import BadInput
from dronewall.watch.doors import somebody
from dronewall.watch.pages import make_page_app
from dronewall.watch.roles import Role, Tokens
from dronewall.watch.server import listening

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
FIRST = """Plant in Gomel

MINSK, March 7, 2025 (BelWire) - The plant in Gomel can build up to 5,000 drones a year, the ministry said on Thursday.

Three balloons entered Lithuania in May 2025, the border guard said.
"""
OTHER = """Published: 20 March 2025

Engineer doubts it

The plant in Gomel can build at most 300 drones a year, the engineer Pavel Novik told Nordic Post.
"""


class Page:
    """One page of one person: it has seen some version, and decides on that."""

    def __init__(self, client: httpx.Client, token: str) -> None:
        self.client, self.headers = client, {"Authorization": f"Bearer {token}"}
        self.seen = str(self.whole()["version"])

    def whole(self) -> dict[str, Any]:
        answer = self.client.get("/api/assess", headers=self.headers)
        assert answer.status_code == 200
        return dict(answer.json())

    def settled(self) -> dict[str, Any]:
        """Everything, once the estimate has caught up."""
        ends = time.monotonic() + 240.0
        while True:
            state = self.client.get("/api/assess/state", headers=self.headers).json()
            if not state["running"] and not state["behind"]:
                return self.whole()
            assert time.monotonic() < ends, "the estimate did not catch up"
            time.sleep(0.02)

    def claim(self, words: str) -> dict[str, Any]:
        return next(dict(one) for one in self.whole()["claims"] if words in one["quote"])

    def post(self, **said: Any) -> Any:
        body = {"seen": self.seen, **said}
        return self.client.post("/api/assess/acts", headers=self.headers, json=body)

    def decide(self, **said: Any) -> dict[str, Any]:
        answer = self.post(**said)
        assert answer.status_code == 200, answer.text
        self.seen = answer.json()["version"]
        return dict(answer.json())


class Desk:
    """An assessment of two reports under review, and pages of people."""

    def __init__(self, folder: Path, client: httpx.Client, tokens: Tokens) -> None:
        self.folder, self.client, self.tokens = folder, client, tokens

    @property
    def file(self) -> Path:
        return self.folder / "out" / "review.toml"

    def page(self, user: str = "A. Analyst", role: Role = Role.OPERATOR) -> Page:
        return Page(self.client, self.tokens.issue(user, role, now_ns=0))


@contextlib.contextmanager
def served(made: FastAPI) -> Iterator[str]:
    """The application behind a real server on a free port; its address."""
    line = listening("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(made, log_level="warning", access_log=False, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [line]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{line.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=60.0)
        line.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "a.txt").write_text(FIRST)
    (tmp_path / "b.txt").write_text(OTHER)
    reviewing = Reviewing(Job(reports=[tmp_path / "a.txt", tmp_path / "b.txt"], output=tmp_path / "out"))
    router = review_router(reviewing, viewer=somebody, operator=somebody, now=lambda: NOW)
    tokens = Tokens(tmp_path / "tokens.json", now_ns=0)
    made = make_page_app(router, "review.html", tokens=tokens, host="127.0.0.1", now_ns=lambda: 1)
    with served(made) as address, httpx.Client(base_url=address, trust_env=False, timeout=180.0) as client:
        yield Desk(tmp_path, client, tokens)


def test_a_decision_is_in_the_file_with_who_and_when_before_the_answer(desk: Desk) -> None:
    page = desk.page("Anna Šulc")
    claim = page.claim("5,000 drones")["claim"]
    page.decide(kind="accept", claim=claim, why='she said "yes"\nand meant it')
    (act,) = load_review(desk.file).act
    assert (act.kind, act.who, act.when, act.claim) == ("accept", "Anna Šulc", NOW, claim)
    assert act.why == 'she said "yes"\nand meant it'


def test_a_correction_reaches_the_estimate_and_survives_a_run_of_the_command(desk: Desk) -> None:
    page = desk.page()
    before = page.whole()["now"]["capacity_per_year"]["p90"]
    claim = page.claim("5,000 drones")["claim"]
    page.decide(kind="correct", claim=claim, set={"bound": "at_most", "low": "", "high": 50_000.0})
    whole = page.settled()
    assert whole["now"]["capacity_per_year"]["p90"] > 2 * before
    assert whole["effect"]["before"]["capacity_per_year"]["p90"] == before
    assert whole["effect"]["after"] == whole["now"]
    again = assess([desk.folder / "a.txt", desk.folder / "b.txt"], desk.folder / "out", workers=1)
    assert next(one.high for one in again.claims if one.claim == claim) == 50_000.0


def test_a_rejected_claim_counts_no_more_until_it_is_accepted(desk: Desk) -> None:
    page = desk.page()
    claim = page.claim("300 drones")["claim"]
    page.decide(kind="reject", claim=claim)
    assert page.settled()["now"]["claims_that_count"] == page.whole()["effect"]["before"]["claims_that_count"] - 1
    page.decide(kind="accept", claim=claim)
    assert page.settled()["now"]["claims_that_count"] == page.whole()["effect"]["before"]["claims_that_count"] + 1


def test_roots_are_merged_and_separated(desk: Desk) -> None:
    page = desk.page()
    one, other = page.claim("5,000 drones"), page.claim("300 drones")
    assert one["root"] != other["root"]
    page.decide(kind="merge", roots=[one["root"], other["root"]], why="one engineer")
    page.settled()
    assert page.claim("300 drones")["root"] == one["root"]
    page.decide(kind="separate", claim=other["claim"])
    page.settled()
    assert page.claim("300 drones")["root"] not in (one["root"], other["root"])


def test_two_people_decide_beside_one_another(desk: Desk) -> None:
    anna, ben = desk.page("Anna"), desk.page("Ben")
    anna.decide(kind="accept", claim=anna.claim("5,000 drones")["claim"])
    ben.decide(kind="accept", claim=ben.claim("300 drones")["claim"])
    assert [act.who for act in load_review(desk.file).act] == ["Anna", "Ben"]


def test_a_stale_page_is_refused_in_one_sentence_and_nothing_is_written(desk: Desk) -> None:
    anna, ben = desk.page("Anna"), desk.page("Ben")
    claim = anna.claim("5,000 drones")["claim"]
    anna.decide(kind="reject", claim=claim)
    text = desk.file.read_text()
    answer = ben.post(kind="accept", claim=claim)
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("Anna decided about the same thing (reject, 2026-11-22T03:00:00+00:00)")
    assert "\n" not in answer.json()["detail"]
    assert desk.file.read_text() == text
    ben.seen = ben.settled()["version"]
    ben.decide(kind="accept", claim=claim)


def test_two_merges_of_one_root_are_not_done_on_one_look(desk: Desk) -> None:
    anna, ben = desk.page("Anna"), desk.page("Ben")
    roots = [anna.claim(words)["root"] for words in ("5,000 drones", "300 drones", "balloons")]
    anna.decide(kind="merge", roots=roots[:2])
    assert ben.post(kind="merge", roots=roots[1:]).status_code == 409


def test_a_file_changed_by_hand_is_heeded_and_the_page_is_told(desk: Desk) -> None:
    page = desk.page()
    claim = page.claim("5,000 drones")["claim"]
    page.decide(kind="accept", claim=claim)
    page.settled()
    desk.file.write_text("# my own words\n" + desk.file.read_text().replace("accept", "reject"))
    assert "changed by hand" in page.post(kind="accept", claim=claim).json()["detail"]
    assert page.settled()["claims"][0]["rejected"]
    page.seen = page.whole()["version"]
    page.decide(kind="accept", claim=claim)
    assert desk.file.read_text().startswith("# my own words\n")


def test_a_file_that_is_no_toml_is_told_and_the_last_assessment_stays(desk: Desk) -> None:
    page = desk.page()
    desk.file.write_text("schema_version = 1\n[[act]\n")
    whole = page.settled()
    assert "is not TOML" in whole["failure"]
    assert len(whole["claims"]) == 3
    assert page.post(kind="accept", claim=page.claim("300")["claim"]).status_code == 422
    desk.file.unlink()
    assert page.settled()["failure"] is None


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        ({"kind": "accept"}, 422, "needs 'claim'"),
        ({"kind": "accept", "claim": "c-gone"}, 404, "there is no claim c-gone"),
        ({"kind": "merge", "roots": ["r-1"]}, 422, "two or more"),
        ({"kind": "merge", "roots": ["r-1", "r-2"]}, 404, "there is no root r-1"),
        ({"kind": "correct", "claim": "CLAIM"}, 422, "at least one field"),
        ({"kind": "correct", "claim": "CLAIM", "set": {"measure": "guess"}}, 422, "it is one of: capacity"),
        ({"kind": "correct", "claim": "CLAIM", "set": {"measure": ""}}, 422, "has always one"),
        ({"kind": "correct", "claim": "CLAIM", "set": {"start": 3}}, 422, "no such field"),
        ({"kind": "correct", "claim": "CLAIM", "set": {"high": "many"}}, 422, "write a number"),
        ({"kind": "correct", "claim": "CLAIM", "set": {"low": 7}}, 422, "no low one"),
        ({"kind": "correct", "claim": "CLAIM", "set": {"bound": "range"}}, 422, "below its high one"),
        ({"kind": "correct", "claim": "CLAIM", "set": {"time_edtf": "in May"}}, 422, "EDTF"),
        ({"kind": "correct", "claim": "CLAIM", "set": {"relays": "AP"}}, 422, "list of texts"),
        ({"kind": "sign", "claim": "CLAIM"}, 422, "'accept', 'reject', 'correct', 'separate' or 'merge'"),
        ({"kind": "accept", "claim": "CLAIM", "who": "somebody else"}, 422, "who"),
        ({"kind": "accept", "claim": "CLAIM", "seen": "none"}, 409, "look again"),
    ],
)
def test_what_cannot_be_decided_is_refused_and_not_written(
    desk: Desk, said: dict[str, Any], status: int, words: str
) -> None:
    page = desk.page()
    claim = page.claim("5,000 drones")["claim"]
    answer = page.post(**{key: claim if value == "CLAIM" else value for key, value in said.items()})
    assert answer.status_code == status, answer.text
    assert words in answer.json()["detail"]
    assert not desk.file.exists()


def test_a_viewer_looks_and_does_not_decide(desk: Desk) -> None:
    page = desk.page("Vera", Role.VIEWER)
    answer = page.post(kind="accept", claim=page.claim("300")["claim"])
    assert answer.status_code == 403
    assert not desk.file.exists()
    assert page.whole()["role"] == "viewer"


def test_without_a_token_nothing_is_told(desk: Desk) -> None:
    for path in ("", "/state"):
        assert desk.client.get(f"/api/assess{path}").status_code == 401
    assert desk.client.post("/api/assess/acts", json={"kind": "accept", "seen": "0"}).status_code == 401
    assert desk.client.get("/api/assess", headers={"host": "evil.example"}).status_code == 421


TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)


@given(why=TEXTS, who=TEXTS.filter(bool), speaker=TEXTS, relays=st.lists(TEXTS, max_size=3), high=st.floats(0, 1e12))
def test_an_act_is_read_back_as_it_was_written(
    why: str, who: str, speaker: str, relays: list[str], high: float
) -> None:
    changes = {"speaker": speaker, "relays": relays, "high": high, "measure": MEASURES[0]}
    act = Act.model_validate({"kind": "correct", "claim": "c-1", "who": who, "when": NOW, "why": why, "set": changes})
    text = "schema_version = 1\n\n" + written(act)
    assert [Act.model_validate(one) for one in tomllib.loads(text)["act"]] == [act]


def test_acts_that_stand_in_one_list_are_not_added_to(tmp_path: Path) -> None:
    file = tmp_path / "review.toml"
    file.write_text('schema_version = 1\nact = [{kind = "accept", claim = "c-1", who = "A", when = 2026-11-22}]\n')
    before = file.read_text()
    act = Act.model_validate({"kind": "accept", "claim": "c-2", "who": "A", "when": NOW})
    with pytest.raises(BadInput, match=r"write each as \[\[act\]\]"):
        append(file, [act])
    assert file.read_text() == before


def test_the_version_tells_acts_and_their_order_apart() -> None:
    one, other = (
        Act.model_validate({"kind": "accept", "claim": claim, "who": "A", "when": NOW}) for claim in ("c-1", "c-2")
    )
    assert len({version([]), version([one]), version([one, other]), version([other, one])}) == 4


@pytest.mark.parametrize(
    ("options", "words"),
    [(["--serve", "--json"], "give one of them"), (["--who", "Anna"], "give --serve with it")],
)
def test_options_that_do_not_fit_are_refused(tmp_path: Path, options: list[str], words: str) -> None:
    report = tmp_path / "a.txt"
    report.write_text(FIRST)
    done = CliRunner().invoke(app, ["assess", str(report), "-o", str(tmp_path / "out"), *options])
    assert isinstance(done.exception, BadInput)
    assert words in str(done.exception)
