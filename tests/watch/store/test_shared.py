"""The shared store as it is lived with: a server that is killed, other versions, roles without rights, full disks."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from dronewall.cli import app
from dronewall.cli.storing import store_at
from dronewall.errors import BadInput, Unavailable
from dronewall.eventlog import EventLog, verify, verify_rows
from dronewall.records.event import Event
from dronewall.units import SECOND_NS
from dronewall.watch.store import carrier as carrying
from dronewall.watch.store.address import Address, Away
from dronewall.watch.store.asking import EVER, About, Area
from dronewall.watch.store.carrier import Carrier
from dronewall.watch.store.local import LocalPaths
from dronewall.watch.store.migrate import grant, migrate, migrations
from dronewall.watch.store.postgres import SharedStore
from tests.watch.store.pictures import cut, looked_up, seconds
from tests.watch.store.server import PASSWORD, Postgres

SMALL = About("Small", "its feeds", False)
EVERYWHERE = Area(west_deg=-180, south_deg=-90, east_deg=180, north_deg=90)


def until(what: Callable[[], bool], wait_s: float = 120.0) -> None:
    ends = time.monotonic() + wait_s
    while not what():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.05)


@dataclass
class Watch:
    """The files of a watch, and its carrier."""

    data: Path
    about: About = SMALL
    notes: list[tuple[str, Any]] = field(default_factory=list)

    def __enter__(self) -> "Watch":
        self.log, self.paths = (
            EventLog(self.data / "events.sqlite"),
            LocalPaths(self.data / "paths.sqlite", about=SMALL),
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.paths.close()
        self.log.close()

    def say(self, count: int = 1, actor: str = "anna") -> None:
        self.log.append_many([Event(time_ns=n, kind="k.k", actor=actor, payload={"n": n}) for n in range(count)])

    def carrier(self, uri: str) -> Carrier:
        def note(kind: str, payload: Any) -> None:
            self.notes.append((kind, payload))
            self.log.append(Event(time_ns=1, kind=kind, actor="system", payload=dict(payload)))

        return Carrier(Address(uri), log=self.log, paths=self.paths, about=self.about, note=note)


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    with Watch(tmp_path) as one:
        yield one


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A carrier that looks and tries again often."""
    monkeypatch.setattr(carrying, "IDLE_S", 0.02)
    monkeypatch.setattr(carrying, "FIRST_WAIT_S", 0.05)
    monkeypatch.setattr(carrying, "LONGEST_WAIT_S", 0.2)


def stored(uri: str) -> list[tuple[int, bytes]]:
    with SharedStore(Address(uri)) as store:
        return [(row.seq, row.hash) for site in store.sites() for row in store.events(site.site)]


@pytest.mark.usefixtures("soon")
def test_a_server_that_is_killed_again_and_again_loses_nothing_and_has_nothing_twice(
    server: Postgres, uri: str, watch: Watch
) -> None:
    pictures, carrier = seconds(240, np.random.default_rng(1)), watch.carrier(uri)
    carrier.start()
    for part in range(4):
        for step in range(3):
            at = part * 60 + step * 20
            watch.say(200)
            watch.paths.add(cut(pictures[at : at + 20]), part * 3 + step)
        server.kill()
        try:
            until(lambda: carrier.health()["state"] == "away")
            watch.say(50)  # nobody waits for the server
            assert carrier.health()["events_waiting"] >= 50
        finally:
            server.start()
        until(lambda: carrier.health()["state"] == "ok" and not carrier.health()["events_waiting"])
    carrier.stop()
    assert stored(uri) == [(row.seq, row.hash) for row in watch.log.rows(0, 10_000)]
    with SharedStore(Address(uri)) as store:
        found = {one.track: (one.first_ns, one.last_ns) for one in store.visits(EVERYWHERE, *EVER)}
        assert found == looked_up(pictures, EVERYWHERE, *EVER)
        assert store.sites()[0].pieces == watch.paths.numbered()
    assert [kind for kind, _ in watch.notes].count("store.away") == 4


@pytest.mark.usefixtures("soon")
def test_a_full_disk_over_there_is_said_and_waits(server: Postgres, watch: Watch) -> None:
    name = server.database()
    full = (
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not extend "
        "file: No space left on device' USING ERRCODE = 'disk_full'; END $$"
    )
    server.sql(name, full, "CREATE TRIGGER full_disk BEFORE INSERT ON dronewall.event EXECUTE FUNCTION full_disk()")
    carrier = watch.carrier(server.uri(name))
    watch.say(3)
    carrier.start()
    until(lambda: carrier.health()["state"] == "away")
    assert "No space left on device" in carrier.health()["why"]
    server.sql(name, "DROP TRIGGER full_disk ON dronewall.event")
    until(lambda: carrier.health()["state"] == "ok")
    carrier.stop()
    assert len(stored(server.uri(name))) >= 3
    assert [kind for kind, _ in watch.notes].count("store.away") == 1  # not once a try


def test_what_the_carrier_did_not_bring_goes_with_the_next_start(uri: str, watch: Watch) -> None:
    watch.say(7_000)
    with SharedStore(Address(uri)) as store:
        watch.carrier(uri).carry_once(store)
    watch.say(10)
    with SharedStore(Address(uri)) as store:
        watch.carrier(uri).carry_once(store)
    assert [seq for seq, _ in stored(uri)] == list(range(1, 7_011))


def test_a_backup_that_was_put_back_is_carried_beside_what_is_there_and_changes_none_of_it(
    uri: str, watch: Watch, tmp_path: Path
) -> None:
    other = tmp_path / "restored"
    other.mkdir()
    watch.say(20)
    with SharedStore(Address(uri)) as store:
        watch.carrier(uri).carry_once(store)
        for file in [*watch.data.glob("events.sqlite*"), *watch.data.glob("paths.sqlite*")]:
            (other / file.name).write_bytes(file.read_bytes())
        watch.say(5)
        watch.carrier(uri).carry_once(store)
        with Watch(other) as restored:
            restored.say(30, "bruno")
            restored.carrier(uri).carry_once(store)
            assert [kind for kind, _ in restored.notes] == ["store.forked"]
        first, second = store.sites()
        assert (first.events, second.events > 50) == (25, True)
        assert all(verify_rows(store.events(site.site), []).whole for site in (first, second))


def test_two_that_carry_for_the_same_site_at_once_are_found(uri: str, watch: Watch) -> None:
    watch.say(5)
    one, other = watch.carrier(uri), watch.carrier(uri)
    with SharedStore(Address(uri)) as store:
        one._join(store)
        other._join(store)
        one._events(store)
        with pytest.raises(Exception, match="another watch carries for the same site"):
            other._events(store)


# ---------------------------------------------------------------------- versions and rights


def test_the_tables_are_made_once_whoever_comes_at_once(server: Postgres) -> None:
    uri, failures = server.uri(server.database(empty=True)), []

    def make() -> None:
        try:
            with Address(uri).connect() as connection:
                migrate(connection, "x")
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with Address(uri).connect() as connection:
        assert migrate(connection, "x") == []


def test_migrations_are_numbered_without_gaps() -> None:
    assert [one.version for one in migrations()] == list(range(1, len(migrations()) + 1))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("INSERT INTO dronewall.schema_migration VALUES (99, 'x', 'x')", "of schema 99, made by a later dronewall"),
        ("DELETE FROM dronewall.schema_migration", "holds no store yet; its owner types: dronewall store migrate"),
        ("UPDATE dronewall.schema_migration SET sha256 = 'x' WHERE version = 1", "is not the one of this dronewall"),
        ("DROP SCHEMA dronewall CASCADE", "holds no store yet"),
    ],
)
def test_another_version_is_refused_in_one_sentence(server: Postgres, change: str, said: str) -> None:
    name = server.database()
    server.sql(name, change)
    with pytest.raises(BadInput, match=said) as error:
        store_at(server.uri(name))
    assert error.value.exit_code == 2


def test_another_version_ends_a_command_with_exit_code_2(server: Postgres) -> None:
    command = [sys.executable, "-m", "dronewall", "store", "status", server.uri(server.database(empty=True))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.endswith("holds no store yet; its owner types: dronewall store migrate URI\n")


def test_a_watch_starts_while_the_store_is_away(capsys: pytest.CaptureFixture[str]) -> None:
    assert store_at("postgresql://a@127.0.0.1:9/d") is not None
    assert capsys.readouterr().out.endswith("; what is for it waits in the data folder\n")


def role(server: Postgres, name: str) -> str:
    server.sql("postgres", f"DROP ROLE IF EXISTS {name}", f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'")
    return name


def test_a_reader_may_ask_and_no_more_and_a_writer_may_carry_and_change_nothing(server: Postgres, watch: Watch) -> None:
    name = server.database()
    reader, writer = role(server, f"reader_{name}"), role(server, f"writer_{name}")
    with Address(server.uri(name)).connect() as connection:
        grant(connection, reader, write=False)
        grant(connection, writer, write=True)
    watch.say(5)
    pictures = seconds(120, np.random.default_rng(2))
    watch.paths.add(cut(pictures), 1)
    with SharedStore(Address(server.uri(name, writer))) as store:
        watch.carrier(server.uri(name, writer)).carry_once(store)
        watch.paths.drop(0, pictures[0][0])
        watch.carrier(server.uri(name, writer)).carry_once(store)
        assert store.expire(store.sites()[0], 2**62) == 0  # all of it was dropped
    with SharedStore(Address(server.uri(name, reader))) as store:
        assert len(list(store.events(1))) == 5
        assert store.visits(EVERYWHERE, *EVER) == []
        with pytest.raises(Unavailable, match="this role may not: permission denied"):
            watch.carrier(server.uri(name, reader)).carry_once(store)
    for who in (reader, writer):
        for statement in (
            "DELETE FROM dronewall.event",
            "UPDATE dronewall.event SET actor = 'x'",
            "DROP TABLE dronewall.path",
        ):
            with pytest.raises(Exception, match=r"permission denied|must be owner"):
                server.sql(name, statement, user=who)


def test_a_role_that_was_given_nothing_is_told_so(server: Postgres) -> None:
    name = server.database()
    with pytest.raises(Unavailable, match="this role may not: permission denied"):
        SharedStore(Address(server.uri(name, role(server, "nobody_at_all"))))


def test_the_owner_cannot_change_an_event_by_mistake(server: Postgres, watch: Watch) -> None:
    name = server.database()
    watch.say(2)
    with SharedStore(Address(server.uri(name))) as store:
        watch.carrier(server.uri(name)).carry_once(store)
    for statement in (
        "DELETE FROM dronewall.event",
        "UPDATE dronewall.event SET actor = 'x'",
        "TRUNCATE dronewall.event",
    ):
        with pytest.raises(Exception, match="append-only"):
            server.sql(name, statement)


# ---------------------------------------------------------------------- retention, addresses, the command line


def test_days_that_are_old_enough_go_and_those_of_other_sites_stay(server: Postgres, tmp_path: Path) -> None:
    name = server.database()
    pictures = seconds(240, np.random.default_rng(3))  # two days, at midnight
    midnight_ns = (pictures[-1][0] // (86_400 * SECOND_NS)) * 86_400 * SECOND_NS
    with SharedStore(Address(server.uri(name))) as store, ExitStack() as stack:
        for site, part in (("one", pictures), ("two", pictures[:60])):
            (tmp_path / site).mkdir()
            one = stack.enter_context(Watch(tmp_path / site, About(site, "", False)))
            one.say()
            one.paths.add(cut(part), 1)
            one.carrier(server.uri(name)).carry_once(store)
        assert [day for day, _ in store.sizes()] == ["20260506", "20260507"]
        first, second = store.sites()
        assert store.expire(first, midnight_ns - 1) == 0
        assert store.expire(first, midnight_ns) > 0
        assert {one.site.name for one in store.visits(EVERYWHERE, 0, midnight_ns - 1)} == {"two"}
        assert {one.site.name for one in store.visits(EVERYWHERE, midnight_ns, EVER[1])} == {"one"}
        assert store.expire(second, midnight_ns) > 0
        assert [day for day, _ in store.sizes()] == ["20260507"]


def test_a_wrong_password_is_not_repeated(server: Postgres) -> None:
    role(server, "anna")
    name = server.database()
    with pytest.raises(Away, match="password authentication failed") as error:
        Address(server.over_tcp(name, "anna", "wrong-" + PASSWORD)).connect()
    assert PASSWORD not in str(error.value)
    assert PASSWORD not in str(Address(server.over_tcp(name, "anna", PASSWORD)))


def test_a_store_that_does_not_answer_is_away_within_seconds() -> None:
    with pytest.raises(Away, match=r"postgresql://a@127\.0\.0\.1:9/d does not take it now"):
        SharedStore(Address("postgresql://a@127.0.0.1:9/d"))


def test_the_commands_make_the_tables_show_who_carries_verify_and_answer(
    server: Postgres, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = server.database(empty=True)
    uri, run = server.uri(name), CliRunner().invoke
    assert "applied 1 (first)" in run(app, ["store", "migrate", uri]).output
    assert "nothing to do" in run(app, ["store", "migrate", uri]).output
    assert "nobody has carried" in run(app, ["store", "status", uri]).output
    watch.say(40)
    watch.paths.add(cut(seconds(60, np.random.default_rng(9), many=3)), 1)
    with SharedStore(Address(uri)) as store:
        watch.carrier(uri).carry_once(store)
    monkeypatch.setenv("DRONEWALL_STORE", uri)
    assert "Small (its feeds): 40 events" in run(app, ["store", "status"]).output
    key = str(watch.data / "events.sqlite.key")
    done = run(app, ["audit", "verify", uri, "--key", key])
    assert (done.exit_code, done.output) == (0, "Small: whole: 40 events, the chain holds, its signed head agrees\n")
    shared = run(app, ["history", uri, "--area", "20,50,30,60", "--json"])
    local = run(app, ["history", str(watch.data), "--area", "20,50,30,60", "--json"])
    assert shared.output == local.output != "[]\n"
    server.sql(name, "ALTER TABLE dronewall.event DISABLE TRIGGER ALL", "DELETE FROM dronewall.event WHERE seq > 30")
    done = run(app, ["audit", "verify", uri, "--key", key])
    assert (done.exit_code, done.output) == (
        1,
        "Small: not whole: the tail is cut: the head stands at event 40, the log ends at 30\n",
    )


def test_the_log_beside_it_stays_whole(uri: str, watch: Watch) -> None:
    watch.say(10)
    with SharedStore(Address(uri)) as store:
        watch.carrier(uri).carry_once(store)
    assert verify(watch.data).whole
    assert os.environ.get("DRONEWALL_STORE") is None
