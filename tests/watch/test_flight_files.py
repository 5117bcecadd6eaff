"""The folder of authorised flights: what is wrong with one file is said, and is nobody else's trouble."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from dronewall.errors import BadInput
from dronewall.formats import PersonalData
from dronewall.picture.act import Act
from dronewall.records.event import Event
from dronewall.records.flight import Flight
from dronewall.watch import flights as ways_in
from dronewall.watch.flights import FlightsIn
from tests.formats.test_flights import INTENT, PLAN, changed
from tests.watch.test_feeds import until

FULL = OSError(28, "No space left on device")


class Desk:
    """Stands for engine and desk: takes what it is given at once."""

    alive, now_ns = True, 0

    def __init__(self) -> None:
        self.held: dict[str, Flight] = {}
        self.acts: list[Act] = []
        self.refuses: Exception | None = None
        self._lock = threading.RLock()

    @property
    def desk(self) -> Any:
        return SimpleNamespace(flights=tuple(self.held.values()))

    def ask(self, what: Callable[[], Any]) -> "Future[Any]":
        future: Future[Any] = Future()
        with self._lock:
            try:
                future.set_result(what())
            except Exception as error:
                future.set_exception(error)
        return future

    def act(self, act: Act) -> None:
        if self.refuses is not None:
            raise self.refuses
        assert act.flights is not None
        self.acts.append(act)
        self.held |= {flight.flight: flight for flight in act.flights.put}
        for name in act.flights.drop:
            self.held.pop(name, None)


class House:
    """A folder that is looked at fifty times a second."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.desk = folder, Desk()
        self.events: list[Event] = []
        self.vault: list[PersonalData] = []
        self.vault_fails: Exception | None = None
        engine: Any = self.desk
        self.flights = FlightsIn(engine=engine, path=folder, salt=b"s", keep=self.keep, tell=self.events.append)

    def keep(self, item: PersonalData) -> None:
        if self.vault_fails is not None:
            raise self.vault_fails
        self.vault.append(item)

    def why(self) -> str:
        return str(self.flights.health(0)["why"])

    def known(self, *numbers: int) -> bool:
        return set(self.desk.held) == {name(number) for number in numbers}

    def write(self, file: str, *numbers: int) -> None:
        said = [changed(INTENT, "reference", "id", to=name(number)) for number in numbers]
        at_once(self.folder / f"{file}.json", json.dumps(said))

    def looked(self) -> None:
        """Wait until the folder was looked at once more."""
        number = 900 + len(self.desk.acts)
        self.write("last", number)
        until(lambda: name(number) in self.desk.held)
        (self.folder / "last.json").unlink()
        until(lambda: name(number) not in self.desk.held)


def at_once(file: Path, text: str) -> None:
    """Write a file that no look finds half written."""
    part = file.with_name("being.written")
    part.write_text(text)
    part.replace(file)


def name(number: int) -> str:
    return str(UUID(int=number))


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(ways_in, "LOOK_S", 0.02)
    (tmp_path / "authorised").mkdir()
    opened = House(tmp_path / "authorised")
    opened.write("a", 1)
    opened.write("m", 2)
    opened.flights.start()
    until(lambda: opened.known(1, 2))
    yield opened
    opened.flights.stop()


def half_a_character(folder: Path) -> None:
    at_once(folder / "b.json", json.dumps(changed(PLAN, "uas", to={"serial_number": "SER\ud800"})))


def no_text(folder: Path) -> None:
    at_once(folder / os.fsdecode(b"\xff.json"), "{")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (half_a_character, ""),
        (no_text, r"\xff.json is not JSON"),
        (lambda folder: os.mkfifo(folder / "b.json"), "b.json is not a regular file"),
        (lambda folder: (folder / "b.json").symlink_to("/dev/zero"), "b.json is not a regular file"),
        (lambda folder: (folder / "b.json").symlink_to("nowhere"), "b.json: No such file"),
        (lambda folder: (folder / "b.json").symlink_to("b.json"), "b.json: Too many levels"),
        (lambda folder: (folder / "b.json").mkdir(), "b.json"),
    ],
)
def test_one_bad_file_is_said_once_and_the_others_go_on(house: House, spoil: Callable[[Path], None], why: str) -> None:
    spoil(house.folder)
    until(lambda: why in house.why() and (why or house.flights.health(0)["left_out"]))
    house.looked()
    assert house.known(1, 2)
    assert why in house.why()
    assert len(house.events) == bool(why)
    json.dumps(house.flights.health(0), ensure_ascii=False).encode()
    json.dumps([event.payload for event in house.events], ensure_ascii=False).encode()
    house.write("m", 3)
    until(lambda: house.known(1, 3))


def test_a_file_that_goes_takes_its_own_flights_only(house: House) -> None:
    (house.folder / "b.json").symlink_to("nowhere")
    (house.folder / "a.json").unlink()
    until(lambda: house.known(2))


def test_a_vault_or_a_journal_that_fails_is_said_and_tried_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways_in, "AGAIN_S", 0.05)
    house.vault_fails = house.desk.refuses = FULL
    at_once(house.folder / "p.json", json.dumps({"flight_plan": PLAN, "flight_plan_id": name(7)}))
    until(lambda: "p.json: No space left" in house.why())
    house.write("m", 3)
    until(lambda: "the flights cannot be taken: OSError" in house.why())
    assert house.known(1, 2)
    house.vault_fails = house.desk.refuses = None
    until(lambda: house.known(1, 3, 7))
    until(lambda: house.why() == "")
    assert len(house.vault) == 1


def test_a_bad_file_is_parsed_once_until_it_is_written_anew(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def counted(data: bytes, file: str, **rest: Any) -> Any:
        parsed.append(file)
        raise BadInput(f"{file} is odd")

    monkeypatch.setattr(ways_in, "read_flights", counted)
    house.write("m", 3)
    until(lambda: "m.json is odd" in house.why())
    house.write("a", 4)
    until(lambda: "a.json is odd" in house.why())
    assert sorted(parsed) == ["a.json", "m.json"]
    assert house.known(1, 2)


def test_too_many_flights_are_said_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways_in, "MOST_FLIGHTS", 3)
    house.write("z", 3, 4)
    until(lambda: "more than the 3" in house.why())
    seen = [house.why() for _ in range(2_000)]
    assert set(seen) == {seen[0]}
    assert len(house.events) == 1


def test_a_thread_that_ended_shows_in_health(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Desk, "alive", False)
    monkeypatch.setattr(house.desk, "ask", lambda _: Future())
    until(lambda: "no longer looked at" in house.why())


def test_what_a_file_lists_is_not_withdrawn_by_a_post_and_the_answer_says_so(house: House) -> None:
    posted = json.dumps([changed(INTENT, "reference", "id", to=name(5))]).encode()
    house.flights.take(posted, "x").result()
    gone = [{"operational_intent_id": name(number)} for number in (1, 5, 6)]
    answer = house.flights.take(json.dumps(gone).encode(), "x").result()
    assert (answer["withdrawn"], answer["left_out"]) == (1, {ways_in.IN_FILES: 1})
    assert house.known(1, 2)


def test_a_post_that_has_no_room_leaves_nothing_in_the_vault_and_one_that_makes_room_is_taken(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways_in, "MOST_FLIGHTS", 3)
    plans = [{"flight_plan": PLAN, "flight_plan_id": name(number)} for number in (5, 6)]
    with pytest.raises(BadInput, match="more than the 3"):
        house.flights.take(json.dumps(plans).encode(), "x")
    assert house.vault == []
    house.flights.take(json.dumps(plans[:1]).encode(), "x").result()
    exchange = [{"operational_intent_id": name(5)}, plans[1]]
    assert house.flights.take(json.dumps(exchange).encode(), "x").result()["taken"] == 1
    assert house.known(1, 2, 6)
