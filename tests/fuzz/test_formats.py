"""Whatever comes off a wire: nothing raises, everything is counted, and no label or identity says what we never say."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dronewall.formats import PARTS, Decoded, decoder
from dronewall.formats.asterix.encode import block
from dronewall.formats.modes import fields
from dronewall.records.detection import Column
from dronewall.records.words import LABELS
from tests.formats.asterix_records import plot
from tests.formats.samples import SAMPLES, heard, mavlink_pack, squitter
from tests.formats.sapient.said import said, wire

NAMES = sorted(PARTS)
NEVER = ("hostile", "suspect", "enemy", "russia", "belarus", "ukrain", "latvia", "foe", "bandit", "rogue", "target")
NOW_NS = 1_778_112_726 * 10**9


def check(found: Decoded) -> None:
    """What must hold of everything that leaves a decoder."""
    detections = found.detections
    values = detections.values
    assert np.isfinite(values[~np.isnan(values)]).all()
    latitude, longitude = values[:, Column.LATITUDE_RAD], values[:, Column.LONGITUDE_RAD]
    assert (np.isnan(latitude) | (abs(latitude) <= np.pi / 2)).all()
    assert (np.isnan(longitude) | (abs(longitude) <= np.pi)).all()
    assert (detections.time_ns >= 0).all()
    words = [*(label for label in detections.label if label), *(name for name in detections.identity if name)]
    assert set(detections.label) <= {*LABELS, None}
    assert not any(never in word for word in words for never in NEVER)
    found.scans("sensor-1")


def feed(name: str, pieces: list[bytes], **options: object) -> int:
    """Feed a live decoder and give back how much it noticed."""
    one = decoder(name, options)
    for piece in pieces:
        check(one.feed(piece, NOW_NS))
    check(one.end(NOW_NS))
    return one.faults.count + one.faults.messages + sum(one.faults.unread.values())


def mutated(stream: bytes, edits: list[tuple[float, bytes, bool]]) -> bytes:
    """A sample with bytes written over, or put in, at shares of its length."""
    data = bytearray(stream)
    for where, noise, inserted in edits:
        at = int(where * len(data))
        data[at : at if inserted else at + len(noise)] = noise
    return bytes(data)


EDITS = st.lists(st.tuples(st.floats(0.0, 1.0), st.binary(min_size=1, max_size=12), st.booleans()), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
KEYS = st.sampled_from(
    (
        *("time", "time_ns", "end", "scan", "detections", "range_m", "latitude_deg", "identity", "label", "sensor"),
        *("message", "transmitter", "timestamp", "frame", "now", "aircraft", "hex", "lat", "lon", "seen_pos", "nac_p"),
    )
)
OBJECTS = st.dictionaries(KEYS, JSON | st.lists(st.dictionaries(KEYS, JSON, max_size=6), max_size=3), max_size=8)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(pieces=st.lists(st.binary(max_size=200), max_size=6))
def test_random_bytes_never_raise(name, pieces):
    feed(name, pieces)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(edits=EDITS)
def test_damaged_streams_never_raise_and_go_on(name, edits):
    assert feed(name, [mutated(SAMPLES[name], edits)]) > 0


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_cut_anywhere_never_raises(name):
    stream = SAMPLES[name]
    for stop in range(0, len(stream), max(len(stream) // 60, 1)):
        feed(name, [stream[:stop]])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("filler", [b"\x00", b"\xff", b"\x1a", b"{", b"[", b'"', b"9", b",", b"*", b"\n", b"MSG,"])
def test_a_flood_of_one_byte_is_bounded_and_noticed(name, filler):
    pieces = [filler * (1_000_000 // len(filler))] * 2
    if name.endswith("_pcap"):  # a header, then packets that claim to be as long as can be
        pieces = [SAMPLES[name][:24], *pieces]
    feed(name, pieces)


@pytest.mark.parametrize("name", ["aircraft_json", "jsonl", "remote_id_jsonl", "rs1090"])
@settings(max_examples=40, deadline=None)
@given(said=OBJECTS)
def test_any_json_object_never_raises(name, said):
    assert feed(name, [json.dumps(said).encode() + b"\n"]) > 0


@settings(max_examples=200, deadline=None)
@given(messages=st.lists(st.binary(min_size=25, max_size=60), min_size=1, max_size=8))
def test_any_remote_id_message_never_raises(messages):
    assert feed("remote_id_jsonl", [b"".join(heard(message) for message in messages)]) > 0


@settings(max_examples=200, deadline=None)
@given(fields_of=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 2**56 - 1), st.integers(17, 18)), min_size=1))
def test_any_sound_squitter_never_raises(fields_of):
    frames = b"".join(b"*%s;\n" % squitter(a, me, df=df, capability=a % 2).hex().encode() for a, me, df in fields_of)
    assert feed("avr", [frames], receiver_deg=[50.0, 20.0]) > 0


@settings(max_examples=100, deadline=None)
@given(claim=st.sampled_from(NEVER), where=st.sampled_from(["label", "identity"]), kind=st.sampled_from(["", "rid:"]))
def test_whatever_a_message_claims_no_label_names_a_nation_or_says_hostile(claim, where, kind):
    line = {"time_ns": NOW_NS, "latitude_deg": 56.5, "longitude_deg": 27.3, where: kind + claim}
    feed("jsonl", [json.dumps(line).encode() + b"\n"])
    serial = bytes([0x02, 0x12]) + claim.encode().ljust(20, b"\0") + bytes(3)
    text = bytes([0x32, 0]) + claim.encode().ljust(23, b"\0")
    feed("remote_id_jsonl", [heard(serial) + heard(text) + heard(b"\x12" + bytes(range(24)))])
    entry = {"hex": "4ca1fa", "lat": 56.5, "lon": 27.3, "seen_pos": 0, "flight": claim, "category": claim}
    feed("aircraft_json", [json.dumps({"now": NOW_NS / 1e9, "aircraft": [entry]}).encode()])
    feed("sbs", [SAMPLES["sbs"].replace(b"TEST123 ", claim.encode())])
    feed("cot", [SAMPLES["cot"].replace(b"TARGET-1", claim.encode()).replace(b"ICAO-4CA1FA", claim.encode())])
    feed("remote_id_mavlink", [mavlink_pack(serial, text, b"\x12" + bytes(range(24)))])
    feed("sapient", [wire(said("detectionReport", classification=[{"type": claim}], id=claim, colour=claim))])
    feed("asterix", [block(48, [plot(43_200.0, 45.0, _020={"TYP": 1, "ME": 1, "FOEFRI": 1}, _240=claim.upper()[:8])])])


def test_every_label_that_a_format_gives_is_one_of_ours():
    assert set(fields.LABEL_OF_EMITTER.values()) <= set(LABELS)


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_long_half_a_minute_of_what_grew_out_of_a_sample(name):
    from tests.fuzz.long import fuzz

    assert "streams" in fuzz(name, 30.0, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=3_000, deadline=None)
@given(edits=EDITS, noise=st.lists(st.binary(max_size=400), max_size=4))
def test_long_damaged_streams_and_noise_never_raise(name, edits, noise):
    feed(name, [mutated(SAMPLES[name], edits), *noise, SAMPLES[name]])
