"""A packed scan: the same bytes for the same scan, back to the bit, and a sentence for bytes that are none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dronewall.errors import Corrupt
from dronewall.records.detection import Column, Detections
from dronewall.records.packing import packed_scan, unpacked_scan
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


@given(scans())
def test_a_scan_comes_back_to_the_bit(scan: Scan) -> None:
    again = unpacked_scan(packed_scan(scan))
    for name in ("sensor", "scan", "time_ns", "end_ns", "received_ns", "first_row"):
        assert getattr(again, name) == getattr(scan, name)
    for name in ("time_ns", "received_ns", "label", "identity", "reference_sensor"):
        assert getattr(again.detections, name).tolist() == getattr(scan.detections, name).tolist()
    measured = ~np.isnan(scan.detections.values)
    assert np.array_equal(~np.isnan(again.detections.values), measured)
    assert again.detections.values[measured].tobytes() == scan.detections.values[measured].tobytes()


@given(scans())
def test_packing_what_was_unpacked_gives_the_same_bytes(scan: Scan) -> None:
    data = packed_scan(scan)
    assert packed_scan(unpacked_scan(data)) == data


@given(scans(), st.data())
def test_bytes_that_were_cut_are_found(scan: Scan, data: st.DataObject) -> None:
    whole = packed_scan(scan)
    with pytest.raises(Corrupt):
        unpacked_scan(whole[: data.draw(st.integers(0, len(whole) - 1))])


def test_bytes_of_something_else_are_found() -> None:
    with pytest.raises(Corrupt, match="do not begin with DWS1"):
        unpacked_scan(b"PAR1 and more")
