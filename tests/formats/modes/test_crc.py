import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dronewall.formats.modes import crc

# ICAO Annex 10 volume IV, 3.1.2.3.3: the generator, bit by bit, as slowly as can be
SOUND = bytes.fromhex("8D406B902015A678D4D220AA4BDA")


def slow_remainder(frame: bytes) -> int:
    bits = int.from_bytes(frame, "big")
    for place in range(len(frame) * 8 - 1, 23, -1):
        if bits >> place & 1:
            bits ^= 0x1FFF409 << (place - 24)
    return bits


def remainder(frame: bytes) -> int:
    return int(crc.remainders(np.frombuffer(frame, np.uint8).reshape(1, -1))[0])


def test_a_received_frame_leaves_nothing():
    assert remainder(SOUND) == 0


@given(st.binary(min_size=14, max_size=14) | st.binary(min_size=7, max_size=7))
def test_the_table_divides_as_the_generator_does(frame):
    assert remainder(frame) == slow_remainder(frame)


@given(st.integers(0, 111), st.integers(0, 111))
def test_one_or_two_wrong_bits_are_always_found(first, second):
    wrong = int.from_bytes(SOUND, "big") ^ (1 << first | 1 << second)
    assert remainder(wrong.to_bytes(14, "big")) != 0


@given(st.binary(min_size=11, max_size=11))
def test_a_body_with_its_parity_is_sound(body):
    assert remainder(crc.with_parity(body)) == 0
