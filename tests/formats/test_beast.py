from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dronewall.formats import beast
from dronewall.formats.decoding import Faults
from tests.formats.samples import FRAMES, SAMPLES, TICKS, read

TICK = st.integers(0, 2**48 - 1)


def frames_of(data, faults):
    """Frames as (type, counter, payload), and the bytes of one that is not whole yet."""
    kinds, ticks, payload, at = beast.whole_frames(data, faults, 0)
    found = [
        (kind, tick, row.tobytes()[: beast.LENGTHS[kind]])
        for kind, tick, row in zip(kinds.tolist(), ticks.tolist(), payload, strict=True)
    ]
    return found, data[at:]


def slowly(data):
    """The same, byte by byte and without a kernel; what is no frame counted by its kind."""
    found, odd, at = [], Counter(), 0
    while at < len(data):
        if data[at] != 0x1A:
            stop = data.find(b"\x1a", at)
            odd["between frames"] += 1
            at = len(data) if stop < 0 else stop
            continue
        if at + 1 == len(data):
            break
        if data[at + 1] not in beast.LENGTHS:
            odd["frame type"] += 1
            run = len(data[at:]) - len(data[at:].lstrip(b"\x1a"))
            at += run - 1 if run > 1 else 2
            continue
        body, place = [], at + 2
        while len(body) < 7 + beast.LENGTHS[data[at + 1]] and place < len(data):
            if data[place] == 0x1A:
                if data[place + 1 : place + 2] != b"\x1a":
                    break
                place += 1
            body.append(data[place])
            place += 1
        if len(body) < 7 + beast.LENGTHS[data[at + 1]]:
            if place + 1 >= len(data):
                break
            odd["cut short"] += 1
            at = place
            continue
        found.append((data[at + 1], int.from_bytes(bytes(body[:6]), "big"), bytes(body[7:])))
        at = place
    return found, data[at:], odd


@given(st.lists(st.sampled_from([b"\x1a", b"\x1a3", b"\x1a2", b"1", b"\x1a\x1a", bytes(7), bytes(14), b"\x1aZ"])))
def test_the_kernel_finds_what_a_reader_byte_by_byte_finds(parts):
    faults, data = Faults(), b"".join(parts)
    assert (*frames_of(data, faults), faults.reasons) == slowly(data)


@given(st.lists(st.tuples(st.binary(min_size=14, max_size=14) | st.binary(min_size=7, max_size=7), TICK)))
def test_frames_come_back_with_their_counter_whatever_bytes_they_hold(sent):
    faults = Faults()
    stream = b"".join(beast.encode(frame, ticks, signal=26) for frame, ticks in sent)
    found, rest = frames_of(stream, faults)
    assert [(payload, ticks) for _, ticks, payload in found] == sent
    assert rest == b""
    assert faults.count == 0


def test_every_frame_of_a_file_has_its_time():
    found, one = read("beast", SAMPLES["beast"])
    csv, _ = read("modes_csv", SAMPLES["modes_csv"])
    shift = csv.detections.time_ns - found.detections.time_ns
    assert abs(shift - shift[0]).max() < 2_000
    assert one.faults.messages == len(FRAMES)


@pytest.mark.parametrize("cut", range(1, 22))
def test_a_cut_frame_costs_itself_and_not_the_next(cut):
    first, second = (beast.encode(FRAMES[i][1], TICKS[i]) for i in (0, 1))
    faults = Faults()
    found, rest = frames_of(first[:cut] + second + b"\x1a", faults)
    assert [payload for _, _, payload in found] == [FRAMES[1][1]]
    assert faults.count == 1
    assert rest == b"\x1a"


def test_bytes_between_frames_are_counted_and_kept():
    _, one = read("beast", b"garbage" + SAMPLES["beast"])
    assert one.faults.reasons == {"between frames": 1}
    assert one.faults.last[0][2] == b"garbage"


def test_the_end_of_a_file_in_a_frame_is_counted():
    _, one = read("beast", SAMPLES["beast"][:-5])
    assert one.faults.reasons == {"cut short": 1}


def test_mode_ac_and_status_are_sound_and_not_read():
    stream = b"\x1a1" + bytes(9) + b"\x1a4" + bytes(21)
    _, one = read("beast", stream)
    assert one.faults.count == 0
    assert one.faults.unread == {"Mode A/C": 1, "receiver status": 1}
