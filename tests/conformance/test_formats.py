"""Every registered format keeps the one contract: recognised, incremental, deterministic, and personal data apart."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dronewall.formats import PARTS, TABLE
from dronewall.records.words import LABELS
from tests.formats.samples import SAMPLES, file_decoder, read, together

NAMES = sorted(PARTS)


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_gives_detections_and_no_fault(name):
    found, one = read(name, SAMPLES[name])
    assert len(found.detections)
    assert one.faults.count == 0
    assert one.faults.messages


@pytest.mark.parametrize("name", NAMES)
def test_detections_stand_in_looks_in_their_order(name):
    found, _ = read(name, SAMPLES[name])
    scans = found.scans("sensor-1")
    assert sum(len(scan.detections) for scan in scans) == len(found.detections)
    assert len({scan.scan for scan in scans}) == len(scans)
    assert all(scan.time_ns <= scan.end_ns for scan in scans)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.floats(0.0, 1.0), max_size=12))
def test_the_pieces_in_which_a_stream_comes_do_not_matter(name, cuts):
    stream = SAMPLES[name]
    edges = [0, *sorted(int(cut * len(stream)) for cut in cuts), len(stream)]
    one = file_decoder(name)
    parts = [one.feed(stream[a:b], 0) for a, b in itertools.pairwise(edges)]
    piecewise = together([*parts, one.end(0)])
    whole, other = read(name, stream)
    np.testing.assert_array_equal(piecewise.detections.values, whole.detections.values)
    np.testing.assert_array_equal(piecewise.detections.time_ns, whole.detections.time_ns)
    np.testing.assert_array_equal(piecewise.scan, whole.scan)
    assert piecewise.looks == whole.looks
    assert piecewise.personal == whole.personal
    assert one.faults == other.faults


@pytest.mark.parametrize("name", NAMES)
def test_labels_are_ours_and_identities_hold_no_personal_id(name):
    found, _ = read(name, SAMPLES[name])
    assert set(found.detections.label) <= {*LABELS, None}
    for identity in set(found.detections.identity) - {None}:
        kind, _, rest = identity.partition(":")
        assert kind in ("icao", "rid", "session")
        assert set(rest) <= set("0123456789abcdef")


@pytest.mark.parametrize("name", NAMES)
def test_numbering_goes_on_where_it_is_told_to(name):
    found, _ = read(name, SAMPLES[name], first_scan=1_000)
    assert min(scan for scan, *_ in found.looks) >= 1_000


@pytest.mark.parametrize("name", NAMES)
def test_a_part_says_whether_its_messages_carry_times(name):
    assert TABLE.part(name).timed == (name not in ("avr", "beast"))
