"""Packed scans: back to the bit, and a sentence for bytes that are none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dronewall.errors import Corrupt
from dronewall.records.detection import Column, Detections
from dronewall.records.packing import packed, unpacked
from dronewall.records.scan import Scan

numbers = st.integers(-(2**63), 2**63 - 1)
texts = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@st.composite
def scans(draw: st.DrawFn) -> Scan:
    n = draw(st.integers(0, 4))
    rows = st.lists(texts, min_size=n, max_size=n)
    times = st.lists(numbers, min_size=n, max_size=n)
    values = draw(st.lists(st.floats(), min_size=n * len(Column), max_size=n * len(Column)))
    return Scan(
        sensor=draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=8)),
        scan=draw(numbers),
        time_ns=draw(numbers),
        end_ns=draw(numbers),
        received_ns=draw(numbers),
        first_row=draw(st.integers(0, 10**9)),
        detections=Detections(
            time_ns=np.array(draw(times), np.int64),
            received_ns=np.array(draw(times), np.int64),
            values=np.array(values, np.float64).reshape(n, len(Column)),
            label=np.array(draw(rows), object),
            identity=np.array(draw(rows), object),
            reference_sensor=np.array(draw(rows), object),
        ),
    )


@given(st.lists(scans(), max_size=4))
def test_scans_come_back_to_the_bit(some: list[Scan]) -> None:
    for scan, again in zip(some, unpacked(packed(some)), strict=True):
        for name in ("sensor", "scan", "time_ns", "end_ns", "received_ns", "first_row"):
            assert getattr(again, name) == getattr(scan, name)
        for name in ("time_ns", "received_ns", "label", "identity", "reference_sensor"):
            assert getattr(again.detections, name).tolist() == getattr(scan.detections, name).tolist()
        assert again.detections.values.tobytes() == scan.detections.values.tobytes()


@given(st.lists(scans(), max_size=3), st.data())
def test_bytes_that_were_cut_are_found(some: list[Scan], data: st.DataObject) -> None:
    whole = packed(some)
    with pytest.raises(Corrupt):
        unpacked(whole[: data.draw(st.integers(0, len(whole) - 1))])


def test_bytes_of_something_else_are_found() -> None:
    with pytest.raises(Corrupt, match="do not begin with DWB1"):
        unpacked(b"PAR1 and more")
