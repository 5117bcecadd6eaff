import pytest

from dronewall.errors import BadInput, UnknownPart
from dronewall.formats import PARTS, decoder, sniff
from dronewall.formats.decoding import LONGEST_LINE, Faults, Lines
from dronewall.formats.ticks import MLAT_MAGIC, TickClock
from dronewall.units import SECOND_NS
from tests.formats.samples import SAMPLES


@pytest.mark.parametrize("name", PARTS)
def test_a_sample_is_recognised_as_its_own_format(name):
    assert sniff(SAMPLES[name][:4096])[0][1] == name


@pytest.mark.parametrize(
    "head", [b"", b"\x00" * 100, b"hello\nworld\n", b"# a page\n\ntext", b"PK\x03\x04" + b"\0" * 60]
)
def test_other_bytes_are_recognised_as_nothing(head):
    assert sniff(head) == []


def test_an_unknown_format_is_one_sentence_with_those_there_are():
    with pytest.raises(UnknownPart, match=r"dronewall.formats has no 'asterx'; it has: .*beast.*sbs"):
        decoder("asterx")


@pytest.mark.parametrize("name", ["jammer", "effector-link", "weapon"])
def test_a_format_for_an_effector_is_refused(name):
    with pytest.raises(BadInput, match="is refused"):
        decoder(name)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"colour": 1}, "wall.toml: there is no option 'colour'; a feed takes: receiver_deg"),
        ({"receiver_deg": [95.0, 2.0]}, r"receiver_deg = \[95.0, 2.0\]; it must be a latitude and a longitude"),
        ({"max_range_m": -1}, "max_range_m = -1; it must be a number above 0"),
        ({"first_scan": True}, "first_scan = True; it must be 0 or more"),
        ({"salt": "text"}, "salt = 'text'; it must be bytes"),
    ],
)
def test_options_that_are_wrong_are_named(options, sentence):
    with pytest.raises(BadInput, match=sentence):
        decoder("beast", options, where="wall.toml")


def test_a_line_that_never_ends_is_dropped_and_counted_once():
    faults = Faults()
    lines = Lines(faults)
    for _ in range(5):
        assert lines.feed(b"x" * LONGEST_LINE, 0) == []
    assert lines.feed(b"xx\nnext\n", 0) == [b"next"]
    assert faults.reasons == {"line too long": 1}


def test_faults_keep_the_last_few_and_the_beginning_of_each():
    faults = Faults()
    for number in range(100):
        faults.add(number, "bad", b"y" * 10_000)
    assert faults.count == 100
    assert len(faults.last) == 20
    assert all(len(data) == 256 for _, _, data in faults.last)


def test_a_files_counter_counts_from_its_epoch():
    clock = TickClock(5 * SECOND_NS)
    assert clock.time_ns(24_000_000, 0) == 5 * SECOND_NS
    assert clock.time_ns(36_000_000, 0) == 6 * SECOND_NS


def test_live_the_counter_takes_out_the_jitter_of_the_way():
    clock = TickClock(None)
    ticks = [12_000_000 * s for s in range(1, 6)]
    delays = [80_000_000, 10_000_000, 90_000_000, 15_000_000, 200_000_000]
    times = [clock.time_ns(t, 1_000 * SECOND_NS + t * 250 // 3 + d) for t, d in zip(ticks, delays, strict=True)]
    late = [t - 1_000 * SECOND_NS - n * 250 // 3 for t, n in zip(times, ticks, strict=True)]
    assert late[1] == 10_000_000
    assert all(10_000_000 <= ns < 11_000_000 for ns in late[1:])


@pytest.mark.parametrize("ticks", [0, MLAT_MAGIC])
def test_live_a_counter_that_tells_nothing_leaves_the_time_of_reception(ticks):
    assert TickClock(None).time_ns(ticks, 77) == 77


def test_live_a_counter_that_starts_anew_is_followed():
    clock = TickClock(None)
    clock.time_ns(12_000_000 * 5_000, 1_000 * SECOND_NS)
    assert clock.time_ns(12_000_000, 1_001 * SECOND_NS) == 1_001 * SECOND_NS
