"""What every store must do, asked of the file beside the log and of a real PostgreSQL: one suite, both places."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from dronewall.errors import BadInput
from dronewall.eventlog import EventLog, Row, Verdict, verify, verify_rows
from dronewall.eventlog.chain import SignedHead
from dronewall.records.event import Event
from dronewall.units import SECOND_NS
from dronewall.watch.store import asking
from dronewall.watch.store.address import Address
from dronewall.watch.store.asking import EVER, About, Area, Paths
from dronewall.watch.store.carrier import Carrier
from dronewall.watch.store.local import LocalPaths
from dronewall.watch.store.pieces import LONGEST_NS
from dronewall.watch.store.postgres import SharedStore
from tests.outputs.rows import tracks
from tests.watch.store.pictures import START_NS, cut, looked_up, seconds
from tests.watch.store.server import Postgres

SMALL = About("Small", "a night", True)
EVERYWHERE = Area(west_deg=-180, south_deg=-90, east_deg=180, north_deg=90)


@dataclass
class Place:
    """A store that can be written to and asked; `settle` brings what was written to where it is asked."""

    log: EventLog
    local: LocalPaths
    asked: Paths
    settle: Callable[[], None]
    verdict: Callable[[], Verdict]
    rows: Callable[[], list[Row]]
    tamper: Callable[..., None]


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with ExitStack() as stack:
        log = stack.enter_context(EventLog(tmp_path / "events.sqlite"))
        local = stack.enter_context(LocalPaths(tmp_path / "paths.sqlite", about=SMALL))
        if request.param == "sqlite":

            def in_file(*statements: str) -> None:
                import sqlite3

                with sqlite3.connect(tmp_path / "events.sqlite") as connection:
                    connection.execute("DROP TRIGGER events_stay")
                    connection.execute("DROP TRIGGER events_last")
                    for statement in statements:
                        connection.execute(statement.replace("event ", "events "))
                connection.close()

            yield Place(log, local, local, lambda: None, lambda: verify(tmp_path), lambda: log.rows(0, 10_000), in_file)
            return
        server: Postgres = request.getfixturevalue("server")
        name = server.database()
        address = Address(server.uri(name))
        store = stack.enter_context(SharedStore(address))
        carrier = Carrier(address, log=log, paths=local, about=SMALL, note=lambda kind, payload: None)

        def at_server(*statements: str) -> None:
            server.sql(name, "ALTER TABLE dronewall.event DISABLE TRIGGER ALL", *[
                statement.replace("event ", "dronewall.event ") for statement in statements
            ])  # fmt: skip

        def verdict() -> Verdict:
            (site,) = store.sites()
            signed = SignedHead(tmp_path / "events.sqlite", None)
            assert site.head is not None
            return verify_rows(store.events(site.site), [signed.confirmed(site.head, "the head")])

        yield Place(
            log,
            local,
            store,
            lambda: carrier.carry_once(store),
            verdict,
            lambda: list(store.events(store.sites()[0].site)),
            at_server,
        )


def fifty(place: Place) -> None:
    place.log.append_many(
        [Event(time_ns=n, kind="alert.drafted", actor="ērģeles\t\\", payload={"n": n, "ō": "\0\n"}) for n in range(50)]
    )
    place.settle()


# ---------------------------------------------------------------------- the log


def test_events_stand_there_to_the_byte_and_their_chain_is_whole(place: Place) -> None:
    fifty(place)
    chain = hashlib.sha256(b"dronewall event log, schema 1").digest()
    for row in place.rows():
        record = {"seq": row.seq, "time_ns": row.time_ns, "kind": row.kind, "actor": row.actor}
        record["payload"] = json.loads(row.payload)
        text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        chain = hashlib.sha256(chain + text.encode()).digest()
    verdict = place.verdict()
    assert (verdict.whole, verdict.witnessed, verdict.events, verdict.head.hash) == (True, True, 50, chain)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE event SET payload = '{\"n\":18}' WHERE seq = 17", "event 17 (alert.drafted) is not what was written"),
        ("UPDATE event SET actor = 'anna' WHERE seq = 17", "event 17 (alert.drafted) is not what was written"),
        ("UPDATE event SET time_ns = time_ns + 1 WHERE seq = 1", "event 1 (alert.drafted) is not what was written"),
        ("DELETE FROM event WHERE seq BETWEEN 17 AND 19", "events 17 to 19 are missing"),
        ("DELETE FROM event WHERE seq > 47", "the tail is cut: the head stands at event 50, the log ends at 47"),
    ],
)
def test_what_was_done_to_the_log_is_found_at_its_place(place: Place, statement: str, said: str) -> None:
    fifty(place)
    place.tamper(statement)
    assert any(finding.startswith(said) for finding in place.verdict().findings)


def test_two_events_that_changed_places_are_found(place: Place) -> None:
    fifty(place)
    place.tamper(
        "UPDATE event SET seq = -1 WHERE seq = 20",
        "UPDATE event SET seq = 20 WHERE seq = 21",
        "UPDATE event SET seq = 21 WHERE seq = -1",
    )
    assert any("event 20" in finding for finding in place.verdict().findings)


# ---------------------------------------------------------------------- the paths


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_who_was_in_an_area_and_when_is_what_looking_at_every_row_says(place: Place, seed: int) -> None:
    rng = np.random.default_rng(seed)
    pictures = seconds(240, rng)  # over midnight, so over two partitions
    for number, part in enumerate((pictures[:70], pictures[70:180], pictures[180:]), 1):
        place.local.add(cut(part), number)
    place.settle()
    for _ in range(15):
        west, south = rng.uniform(27.15, 27.5), rng.uniform(56.35, 56.6)
        east, north = west + rng.exponential(0.1), south + rng.exponential(0.05)
        area = Area(west_deg=west, south_deg=south, east_deg=east, north_deg=north)
        from_ns, to_ns = sorted((START_NS + rng.integers(-20, 260, 2) * SECOND_NS).tolist())
        found = {one.track: (one.first_ns, one.last_ns) for one in place.asked.visits(area, from_ns, to_ns)}
        assert found == looked_up(pictures, area, from_ns, to_ns)


def test_a_track_comes_back_position_by_position(place: Place) -> None:
    pictures = seconds(130, np.random.default_rng(4), many=3)
    place.local.add(cut(pictures[:60]), 1)
    place.local.add(cut(pictures[60:]), 2)
    place.settle()
    wanted = [
        (np.degrees(p.longitude_rad[i]), np.degrees(p.latitude_rad[i]), p.altitude_hae_m[i], t / SECOND_NS)
        for t, p in pictures
        for i in np.flatnonzero(p.track == "t-001")
    ]
    ((site, points),) = place.asked.positions("t-001", *EVER)
    assert site == "Small"
    assert (np.abs(points - wanted).max(axis=0) < (1e-8, 1e-8, 0.008, 1e-9)).all()


def test_what_was_said_last_of_a_track_within_the_time_is_told(place: Place) -> None:
    pictures = seconds(120, np.random.default_rng(5), many=20)
    place.local.add(cut(pictures[:40]), 1)
    place.local.add(cut(pictures[40:]), 2)
    place.settle()
    by_label = {one.label for one in place.asked.visits(EVERYWHERE, START_NS, START_NS + 39 * SECOND_NS)}
    assert by_label == {"fpv"}
    late = place.asked.visits(EVERYWHERE, START_NS + 60 * SECOND_NS, START_NS + 119 * SECOND_NS)
    assert {one.label for one in late} == {"bird"}
    assert {one.identity for one in late} > {None}
    assert {one.site for one in late} == {SMALL}


def test_a_moment_and_a_point_are_asked_for_exactly(place: Place) -> None:
    place.local.add(cut([(START_NS, tracks({"lat": 56.5, "lon": 27.25}, time_ns=START_NS))]), 1)
    place.settle()

    def there(west: float, east: float, at_ns: int) -> bool:
        area = Area(west_deg=west, south_deg=56.5, east_deg=east, north_deg=56.5)
        return bool(place.asked.visits(area, at_ns, at_ns))

    assert there(27.25, 27.25, START_NS)
    assert not there(27.25, 27.25, START_NS + 1)
    assert not there(27.2500001, 27.3, START_NS)  # closer than boxes in single precision tell apart


def test_the_answer_is_cut_at_the_most_that_was_asked_for(place: Place) -> None:
    place.local.add(cut(seconds(60, np.random.default_rng(6), many=9)), 1)
    place.settle()
    everything = place.asked.visits(EVERYWHERE, *EVER)
    assert place.asked.visits(EVERYWHERE, *EVER, most=4) == everything[:4]


def test_an_answer_that_is_looked_up_in_batches_is_the_same(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = seconds(90, np.random.default_rng(8), many=9)
    for number in range(3):
        place.local.add(cut(pictures[30 * number : 30 * number + 30]), number + 1)
    place.settle()
    everything = place.asked.visits(EVERYWHERE, START_NS + SECOND_NS, EVER[1])
    monkeypatch.setattr(asking, "BATCH", 2)
    assert place.asked.visits(EVERYWHERE, START_NS + SECOND_NS, EVER[1], pieces=1_000) == everything
    with pytest.raises(BadInput, match="a smaller area or a shorter time"):
        place.asked.visits(EVERYWHERE, START_NS + SECOND_NS, EVER[1], pieces=2)
    assert place.asked.visits(EVERYWHERE, START_NS + SECOND_NS, EVER[1]) == everything


def test_what_is_dropped_is_gone_also_where_it_had_been_carried(place: Place) -> None:
    pictures = seconds(180, np.random.default_rng(7))
    place.local.add(cut(pictures[:60]), 10)
    place.local.add(cut(pictures[60:120]), 20)
    place.settle()
    place.local.drop(10, pictures[60][0])
    place.local.add(cut(pictures[60:150]), 30)
    place.settle()
    found = {one.track: (one.first_ns, one.last_ns) for one in place.asked.visits(EVERYWHERE, *EVER)}
    assert found == looked_up(pictures[:150], EVERYWHERE, *EVER)
    for name in found:
        ((_, points),) = place.asked.positions(name, *EVER)
        assert (np.diff(points[:, 3]) > 0).all()  # no second twice


def test_a_journal_that_begins_anew_takes_nothing_back(place: Place) -> None:
    pictures = seconds(120, np.random.default_rng(8))
    place.local.add(cut(pictures[:60]), 900)
    place.local.drop(0, pictures[60][0])
    place.local.add(cut(pictures[60:]), 5)
    place.settle()
    found = {one.track: (one.first_ns, one.last_ns) for one in place.asked.visits(EVERYWHERE, *EVER)}
    assert found == looked_up(pictures, EVERYWHERE, *EVER)


def test_an_unbroken_hour_is_kept_in_pieces_that_a_store_takes(place: Place) -> None:
    hour = [(START_NS + s * 2 * SECOND_NS, tracks({}, time_ns=START_NS + s * 2 * SECOND_NS)) for s in range(1_800)]
    pieces = cut(hour)
    assert max(piece.to_ns - piece.from_ns for piece in pieces) < LONGEST_NS
    place.local.add(pieces, 1)
    place.settle()
    ((_, points),) = place.asked.positions("t-000001", *EVER)
    assert len(points) == 1_800


@pytest.mark.parametrize("text", ["", "1,2,3", "a,b,c,d", "28,56,27,57", "27,57,28,56", "nan,1,2,3", "0,0,999,1"])
def test_an_area_that_is_none_is_one_sentence(text: str) -> None:
    with pytest.raises(BadInput, match="is no area; give WEST,SOUTH,EAST,NORTH"):
        Area.of(text)
