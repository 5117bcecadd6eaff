"""The event log: what verify finds, what a kill leaves, and who may write."""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dronewall.errors import BadInput, Corrupt
from dronewall.eventlog import HEAD_DAMAGED, TAIL_MISSING, EventLog, Head, verify
from dronewall.eventlog.chain import SignedHead
from dronewall.records.event import Event


def event(number: int, **payload: object) -> Event:
    return Event(time_ns=number * 1_000, kind="alert.drafted", actor="system", payload={"n": number, **payload})


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A folder with a log of fifty events."""
    with EventLog(tmp_path / "events.sqlite") as log:
        log.append_many([event(n, text="ērģeles") for n in range(1, 51)])
    return tmp_path


def tampered(folder: Path, *statements: str) -> None:
    """What somebody does who owns the file and knows SQL."""
    with sqlite3.connect(folder / "events.sqlite") as connection:
        connection.execute("DROP TRIGGER events_stay")
        connection.execute("DROP TRIGGER events_last")
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_events_come_back_in_order_with_their_numbers(written: Path) -> None:
    with EventLog(written / "events.sqlite") as log:
        found = list(log.events(after_seq=48))
    assert found == [(49, event(49, text="ērģeles")), (50, event(50, text="ērģeles"))]


def test_events_of_one_kind_are_found(written: Path) -> None:
    with EventLog(written / "events.sqlite") as log:
        log.append(Event(time_ns=1, kind="alert.approved", actor="anna", payload={}))
        assert [seq for seq, _ in log.events(kinds=["alert.approved"])] == [51]


def test_an_untouched_log_is_whole_and_its_head_confirms_it(written: Path) -> None:
    verdict = verify(written)
    assert (verdict.whole, verdict.witnessed, verdict.events, verdict.head.seq) == (True, True, 50, 50)


def test_the_chain_is_that_of_the_documentation(written: Path) -> None:
    """Recomputed here from the stored rows by nothing but json and hashlib."""
    chain = hashlib.sha256(b"dronewall event log, schema 1").digest()
    with sqlite3.connect(written / "events.sqlite") as connection:
        for seq, time_ns, kind, actor, payload in connection.execute(
            "SELECT seq, time_ns, kind, actor, payload FROM events ORDER BY seq"
        ):
            record = {"seq": seq, "time_ns": time_ns, "kind": kind, "actor": actor, "payload": json.loads(payload)}
            text = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            chain = hashlib.sha256(chain + text.encode()).digest()
    connection.close()
    assert verify(written).head.hash == chain


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE events SET payload = '{\"n\":18}' WHERE seq = 17", "event 17 (alert.drafted) is not what was written"),
        ("UPDATE events SET actor = 'anna' WHERE seq = 17", "event 17 (alert.drafted) is not what was written"),
        ("UPDATE events SET time_ns = time_ns + 1 WHERE seq = 1", "event 1 (alert.drafted) is not what was written"),
        ("UPDATE events SET kind = 'alert.cancelled' WHERE seq = 50", "event 50 (alert.cancelled) is not what was"),
        ("DELETE FROM events WHERE seq = 17", "event 17 is missing"),
        ("DELETE FROM events WHERE seq BETWEEN 17 AND 19", "events 17 to 19 are missing"),
        ("DELETE FROM events WHERE seq <= 3", "events 1 to 3 are missing"),
        ("DELETE FROM events WHERE seq > 47", "the tail is cut: the head stands at event 50, the log ends at 47"),
        ("DELETE FROM events", "the tail is cut: the head stands at event 50, the log ends at 0"),
    ],
)
def test_what_was_done_to_a_log_is_found_at_its_place(written: Path, statement: str, said: str) -> None:
    tampered(written, statement)
    assert any(finding.startswith(said) for finding in verify(written).findings)


def test_two_events_that_changed_places_are_found(written: Path) -> None:
    tampered(
        written,
        "UPDATE events SET seq = -1 WHERE seq = 20",
        "UPDATE events SET seq = 20 WHERE seq = 21",
        "UPDATE events SET seq = 21 WHERE seq = -1",
    )
    assert any("event 20" in finding for finding in verify(written).findings)


def test_a_chain_computed_anew_does_not_pass_the_signed_head(written: Path) -> None:
    rewritten = written / "rewritten"
    with EventLog(rewritten / "events.sqlite") as log:
        log.append_many([event(n, text="something else") for n in range(1, 51)])
    for name in ("events.sqlite", "events.sqlite-wal", "events.sqlite-shm"):
        (written / name).unlink(missing_ok=True)
    shutil.copy(rewritten / "events.sqlite", written / "events.sqlite")
    assert verify(written).findings == ("event 50 (alert.drafted) is not the one that the head was written for",)


def test_a_witness_finds_a_cut_tail_without_any_key(written: Path) -> None:
    with EventLog(written / "events.sqlite") as log:
        noted = log.head()
    tampered(written, "DELETE FROM events WHERE seq > 10")
    (written / "events.sqlite.key").unlink()
    assert verify(written, head=noted).findings == ("the tail is cut: the head stands at event 50, the log ends at 10",)


def test_a_forged_head_is_found(written: Path) -> None:
    head = written / "events.sqlite.head"
    found = json.loads(head.read_text())
    head.write_text(json.dumps({**found, "seq": 10}))
    assert "was not signed" in verify(written).findings[0]


def test_a_cut_tail_stays_known_after_the_service_went_on(written: Path) -> None:
    tampered(written, "DELETE FROM events WHERE seq > 47")
    with EventLog(written / "events.sqlite") as log:
        log.append(event(51))
        assert [found.kind for _, found in log.events(after_seq=47)] == [TAIL_MISSING, "alert.drafted"]
    assert not verify(written).whole


def test_a_damaged_head_does_not_stop_the_service_and_is_noted(written: Path) -> None:
    (written / "events.sqlite.head").write_text("")
    with EventLog(written / "events.sqlite") as log:
        assert [found.kind for _, found in log.events(after_seq=50)] == [HEAD_DAMAGED]


@pytest.mark.parametrize("name", ["events.sqlite.head", "events.sqlite.key"])
def test_a_missing_head_or_key_is_found(written: Path, name: str) -> None:
    (written / name).unlink()
    assert verify(written).findings == (f"{written / name} is missing, so nothing confirms the end of the log",)


def test_a_head_that_somebody_deleted_is_noted_at_the_next_start(written: Path) -> None:
    (written / "events.sqlite.head").unlink()
    with EventLog(written / "events.sqlite") as log:
        assert [found.kind for _, found in log.events(after_seq=50)] == [HEAD_DAMAGED]


def test_an_empty_log_is_whole(tmp_path: Path) -> None:
    EventLog(tmp_path / "events.sqlite").close()
    verdict = verify(tmp_path)
    assert (verdict.whole, verdict.witnessed, verdict.events) == (True, True, 0)


def test_a_key_may_lie_elsewhere(tmp_path: Path) -> None:
    with EventLog(tmp_path / "data" / "events.sqlite", key_path=tmp_path / "stick.key") as log:
        log.append(event(1))
    assert verify(tmp_path / "data", key_path=tmp_path / "stick.key").whole
    assert not (tmp_path / "data" / "events.sqlite.key").exists()


def test_a_log_cannot_be_changed_or_deleted_from_by_its_own_program(written: Path) -> None:
    connection = sqlite3.connect(written / "events.sqlite")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("UPDATE events SET actor = 'x'")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("DELETE FROM events WHERE seq = 3")
    connection.close()


def test_a_payload_that_is_no_json_is_refused_and_nothing_of_its_batch_is_written(tmp_path: Path) -> None:
    with EventLog(tmp_path / "events.sqlite") as log:
        with pytest.raises(BadInput, match=r"alert\.drafted: its payload is not JSON"):
            log.append_many([event(1), event(2, bad=float("nan"))])
        assert list(log.events()) == []


def test_a_file_that_is_no_log_is_refused(tmp_path: Path) -> None:
    (tmp_path / "events.sqlite").write_text("this is no database, but it is long enough to be looked at\n" * 20)
    with pytest.raises(BadInput, match="is not an event log"):
        EventLog(tmp_path / "events.sqlite")
    with pytest.raises(Corrupt, match="cannot be read"):
        verify(tmp_path)


def test_a_log_of_a_later_schema_is_refused(written: Path) -> None:
    with sqlite3.connect(written / "events.sqlite") as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(BadInput, match="of schema 9; this dronewall reads 2"):
        EventLog(written / "events.sqlite")


def test_a_missing_log_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not there"):
        verify(tmp_path)


def test_threads_write_one_chain_and_read_while_they_write(tmp_path: Path) -> None:
    with EventLog(tmp_path / "events.sqlite") as log:
        lengths: list[int] = []

        def write() -> None:
            for n in range(20):
                log.append(event(n))

        def read() -> None:
            lengths.extend(len(list(log.events())) for _ in range(20))

        threads = [threading.Thread(target=act) for act in (write, write, write, read)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(list(log.events())) == 60
        assert lengths == sorted(lengths)
    assert verify(tmp_path).whole


def test_two_processes_write_one_chain(tmp_path: Path) -> None:
    with EventLog(tmp_path / "events.sqlite") as one, EventLog(tmp_path / "events.sqlite") as other:
        for n in range(10):
            (one if n % 2 else other).append(event(n))
    verdict = verify(tmp_path)
    assert verdict.whole
    assert verdict.events == 10


WRITER = """
import sys
from pathlib import Path
from dronewall.eventlog import EventLog
from dronewall.records.event import Event

with EventLog(Path(sys.argv[1])) as log:
    n = 0
    while True:
        batch = [Event(time_ns=n + i, kind="k.k", actor="a", payload={"n": n + i}) for i in range(n % 7 + 1)]
        print(log.append_many(batch)[-1], flush=True)
        n += len(batch)
"""


def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path, root: Path) -> None:
    file = tmp_path / "events.sqlite"
    rng = np.random.default_rng(9)
    acknowledged = 0
    for _ in range(6):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(file)], stdout=subprocess.PIPE, text=True, cwd=root, env=dict(os.environ)
        )
        assert child.stdout is not None
        for _ in range(int(rng.integers(1, 40))):
            acknowledged = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read().split()
        child.wait()
        child.stdout.close()
        # A last number may be cut in half by the kill; the line before it is whole.
        acknowledged = max([acknowledged, *(int(line) for line in rest[:-1])])
        verdict = verify(tmp_path)
        assert verdict.whole
        assert verdict.events >= acknowledged


payloads = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=40)
@given(st.lists(st.tuples(words, words, st.dictionaries(words, payloads, max_size=3)), max_size=5))
def test_any_event_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, many: list[tuple[str, str, dict[str, object]]]
) -> None:
    folder = tmp_path_factory.mktemp("log")
    events = [Event(time_ns=n, kind=kind, actor=actor, payload=load) for n, (kind, actor, load) in enumerate(many)]
    with EventLog(folder / "events.sqlite") as log:
        log.append_many(events)
        assert [found for _, found in log.events()] == events
    assert verify(folder).whole


def test_a_head_is_made_of_a_number_and_a_hash(written: Path) -> None:
    with EventLog(written / "events.sqlite") as log:
        assert log.head() == Head(seq=50, hash=verify(written).head.hash)


FIRST_SCHEMA = """
CREATE TABLE events (
    seq INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL, kind TEXT NOT NULL, actor TEXT NOT NULL,
    payload TEXT NOT NULL, hash BLOB NOT NULL
) STRICT;
CREATE INDEX events_kind ON events (kind, seq);
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TRIGGER events_last BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TABLE scans (seq INTEGER PRIMARY KEY AUTOINCREMENT, received_ns INTEGER NOT NULL, scan BLOB NOT NULL) STRICT;
PRAGMA user_version = 1;
"""
"""As the first version wrote it (its commit f275a71), with a table that later versions left out."""


def test_a_log_of_the_first_schema_is_taken_on_with_every_event_and_its_chain(tmp_path: Path) -> None:
    file, chain = tmp_path / "events.sqlite", hashlib.sha256(b"dronewall event log, schema 1").digest()
    with contextlib.closing(sqlite3.connect(file)) as old, old:
        old.executescript(FIRST_SCHEMA)
        for seq in range(1, 51):
            payload = f'{{"input":{seq}}}'
            text = f'{{"actor":"anna","kind":"x","payload":{payload},"seq":{seq},"time_ns":{seq}}}'
            chain = hashlib.sha256(chain + text.encode()).digest()
            old.execute("INSERT INTO events VALUES (?, ?, 'x', 'anna', ?, ?)", (seq, seq, payload, chain))
        old.execute("INSERT INTO scans (received_ns, scan) VALUES (1, x'00')")
    signed = SignedHead(file, None)
    signed.make_key()
    signed.write(Head(seq=50, hash=chain))
    with EventLog(file) as log:
        assert log.newest_input() == 50
        assert log.append(Event(time_ns=51, kind="y", actor="anna", payload={})) == 51
        assert [seq for seq, _ in log.events()] == list(range(1, 52))
    assert verify(tmp_path).whole
    with contextlib.closing(sqlite3.connect(file)) as new:
        assert new.execute("PRAGMA user_version").fetchone() == (2,)
        assert new.execute("SELECT COUNT(*) FROM scans").fetchone() == (1,)


def test_a_log_that_is_being_written_to_is_opened_without_a_false_alarm(written: Path) -> None:
    file, over = written / "events.sqlite", threading.Event()

    def write() -> None:
        with EventLog(file) as running:
            while not over.is_set():
                running.append(event(1))

    writer = threading.Thread(target=write)
    writer.start()
    for number in range(20):
        with EventLog(file) as beside:
            beside.append(event(number))
    over.set()
    writer.join()
    assert verify(written).whole


def test_the_newest_input_is_found_by_an_index(written: Path) -> None:
    with contextlib.closing(sqlite3.connect(written / "events.sqlite")) as connection:
        query = "SELECT COALESCE(MAX(CAST(json_extract(payload, '$.input') AS INTEGER)), 0) FROM events"
        plan = connection.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
    assert "events_input" in str(plan)
