"""The journal of inputs and the packing of scans in it."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dronewall.errors import Corrupt
from dronewall.records.detection import Column, Detections, empty
from dronewall.records.packing import packed, unpacked
from dronewall.records.scan import Scan
from dronewall.watch.journal import Journal, Snapshot

number = st.floats(width=64, allow_nan=True, allow_infinity=True)
name = st.none() | st.text("a:é𝛼", max_size=4)
time_ns = st.integers(min_value=-(2**62), max_value=2**62)


@st.composite
def scans(draw: st.DrawFn) -> Scan:
    n = draw(st.integers(min_value=0, max_value=4))
    rows = empty(n)
    for i in range(n):
        rows.time_ns[i], rows.received_ns[i] = draw(time_ns), draw(time_ns)
        rows.values[i, draw(st.sampled_from(list(Column)))] = draw(number)
        rows.label[i], rows.identity[i] = draw(name), draw(name)
    return Scan(
        sensor=draw(st.text("ab-é", max_size=4)),
        scan=draw(time_ns),
        time_ns=draw(time_ns),
        end_ns=draw(time_ns),
        received_ns=draw(time_ns),
        first_row=draw(st.integers(min_value=0, max_value=9)),
        detections=rows,
    )


def same(a: Detections, b: Detections) -> bool:
    return (
        a.values.tobytes() == b.values.tobytes()
        and np.array_equal(a.time_ns, b.time_ns)
        and np.array_equal(a.received_ns, b.received_ns)
        and a.label.tolist() == b.label.tolist()
        and a.identity.tolist() == b.identity.tolist()
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(scans(), max_size=3))
def test_scans_come_back_to_the_bit(given_scans: list[Scan]) -> None:
    back = unpacked(packed(given_scans))
    heads = [(s.sensor, s.scan, s.time_ns, s.end_ns, s.received_ns, s.first_row) for s in given_scans]
    assert [(s.sensor, s.scan, s.time_ns, s.end_ns, s.received_ns, s.first_row) for s in back] == heads
    assert all(same(a.detections, b.detections) for a, b in zip(given_scans, back, strict=True))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=64))
def test_bytes_that_are_not_scans_are_one_sentence(body: bytes) -> None:
    with pytest.raises(Corrupt):
        unpacked(body)


def journal(folder: Path, wall: str = "w", source: str = "s") -> Journal:
    return Journal(folder / "journal.sqlite", wall=wall, source=source)


def test_inputs_come_back_in_order_after_a_restart(tmp_path: Path) -> None:
    with journal(tmp_path) as first:
        numbers = [first.write(10 * i, "scans", bytes([i])) for i in range(3)]
    with journal(tmp_path) as again:
        assert [(i.seq, i.body) for i in again.inputs(after=numbers[0])] == [
            (numbers[1], b"\x01"),
            (numbers[2], b"\x02"),
        ]


def test_setting_back_abandons_later_inputs_and_snapshots(tmp_path: Path) -> None:
    with journal(tmp_path) as one:
        for t in (10, 20, 30):
            seq = one.write(t, "scans", b"")
            one.save(Snapshot(seq=seq, time_ns=t, body=str(t).encode()))
        one.abandon(after_ns=20)
        newest = one.newest()
        assert newest is not None
        assert newest.body == b"20"
        assert list(one.inputs(after=newest.seq)) == []


def test_the_number_of_an_abandoned_input_is_never_given_again(tmp_path: Path) -> None:
    with journal(tmp_path) as one:
        last = one.write(30, "scans", b"")
        one.abandon(after_ns=0)
        assert one.write(10, "scans", b"") > last


def test_a_journal_of_another_wall_or_source_is_refused(tmp_path: Path) -> None:
    journal(tmp_path).close()
    with pytest.raises(Corrupt, match="another wall"):
        journal(tmp_path, wall="x")
    with pytest.raises(Corrupt, match="another source"):
        journal(tmp_path, source="x")


def test_a_file_that_is_no_journal_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(Corrupt, match="is not a journal"):
        journal(tmp_path)


def test_pruning_keeps_what_the_newest_snapshots_need(tmp_path: Path) -> None:
    with journal(tmp_path) as one:
        for t in range(6):
            seq = one.write(t, "scans", b"")
            one.save(Snapshot(seq=seq, time_ns=t, body=b""))
        one.prune(keep=2)
        kept = sqlite3.connect(tmp_path / "journal.sqlite")
        assert kept.execute("SELECT COUNT(*) FROM snapshots").fetchone() == (2,)
        assert kept.execute("SELECT COUNT(*) FROM inputs").fetchone() == (1,)
        kept.close()
