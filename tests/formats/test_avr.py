import pytest

from dronewall.formats import avr
from tests.formats.samples import FRAMES, SAMPLES, read


def test_lines_with_counters_give_what_beast_gives():
    lines, _ = read("avr", SAMPLES["avr"])
    binary, _ = read("beast", SAMPLES["beast"])
    assert lines.detections.time_ns.tolist() == binary.detections.time_ns.tolist()
    assert (lines.detections.identity == binary.detections.identity).all()


def test_plain_lines_carry_no_time():
    found, _ = read("avr", b"".join(avr.encode(frame) for _, frame, _ in FRAMES))
    assert len(found.detections)
    assert len(set(found.detections.time_ns.tolist())) == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"hello", "not an AVR line"),
        (b"*8D406B90", "not an AVR line"),
        (b"*8D406B902015A678D4D220AA4BXX;", "not a frame in hex digits"),
        (b"*8D 40 6B 90 20 15 A6 78 D4 D2 20 AA 4B DA;", "not a frame in hex digits"),
        ("*8D٤06B902015A678D4D220AA4BDA;".encode(), "not a frame in hex digits"),
        (b"*8D406B;", "not a frame in hex digits"),
        (b"@01XXE3671C748D406B902015A678D4D220AA4BDA;", "not a counter in hex digits"),
    ],
)
def test_what_is_no_line_of_it_is_counted_with_the_reason(line, reason):
    _, one = read("avr", line + b"\n")
    assert one.faults.reasons == {reason: 1}
    assert one.faults.last[0][2] == line
