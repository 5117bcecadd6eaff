"""ASTERIX: records of every category become detections, turns of an antenna looks; what is broken is stepped over."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dronewall.errors import BadInput
from dronewall.formats import decoder
from dronewall.formats.asterix.encode import block
from dronewall.formats.asterix.tables import categories
from dronewall.records.detection import Column
from tests.formats.asterix_records import NOON_S, SOURCE, TURNS, north, plot
from tests.formats.samples import DAY_NS, file_decoder, read

NOON_NS = DAY_NS + int(NOON_S) * 10**9
WGS = {"LAT": 56.5, "LON": 27.3}


def one(category: int, *said, edition=None, order=None, **options):
    """What becomes of records of one category."""
    if edition:
        options["editions"] = {f"{category:03d}": edition}
    return read("asterix", block(category, said, edition=edition, order=order), **options)


def values(category: int, said: dict, columns: list[Column], **more):
    found, _ = one(category, said, **more)
    assert len(found.detections) == 1
    return found.detections.values[0, columns]


PLACE = [Column.LATITUDE_RAD, Column.LONGITUDE_RAD]
POLAR = [Column.RANGE_M, Column.AZIMUTH_RAD]


def test_a_plot_of_cat_048_is_a_detection_in_the_radars_own_coordinates():
    found, _ = one(48, plot(NOON_S, 45.0))
    assert found.detections.values[0, POLAR] == pytest.approx([18_520.0, np.pi / 4])
    assert found.detections.values[0, Column.ALTITUDE_BARO_M] == pytest.approx(381.0)
    assert found.detections.time_ns.tolist() == [NOON_NS]
    assert found.detections.identity.tolist() == ["icao:4ca1fa"]
    assert np.isnan(found.detections.values[0, PLACE]).all()


@pytest.mark.parametrize("edition", ["1.27", "1.28", "1.29", "1.30", "1.31", "1.32"])
def test_every_edition_of_cat_048_gives_the_same_plot(edition):
    assert values(48, plot(NOON_S, 45.0), POLAR, edition=edition) == pytest.approx([18_520.0, np.pi / 4])


def test_a_height_of_a_three_dimensional_radar_needs_to_know_the_geoid():
    said = plot(NOON_S, 45.0, _110={"3DH": 1000.0})
    found, reader = one(48, said)
    assert np.isnan(found.detections.values[0, Column.ALTITUDE_HAE_M]) == (reader._undulation_m is None)
    bare = decoder("asterix", {"from_file": True, "date_ns": DAY_NS})
    bare.feed(block(48, [said]), 0)
    assert bare.faults.unread["heights above mean sea level, and no receiver_deg"] == 1
    assert 304.8 < found.detections.values[0, Column.ALTITUDE_HAE_M] < 304.8 + 60.0


UNREAL = [
    {"_020": {"TYP": 1, "SIM": 1}},
    {"_020": {"TYP": 1, "TST": 1}},
    {"_020": {"TYP": 1, "RAB": 1}},
    {"_020": {"TYP": 0}},
    {"_170": {"GHO": 1}},
]


@pytest.mark.parametrize("marks", UNREAL)
def test_what_is_not_real_is_counted_and_gives_no_detection(marks):
    found, reader = one(48, plot(NOON_S, 45.0, **marks))
    assert len(found.detections) == 0
    assert sum(reader.faults.unread.values()) == 1


@pytest.mark.parametrize("bad", [{"V": 1}, {"G": 1}])
def test_a_height_that_is_garbled_or_not_validated_is_not_taken(bad):
    assert np.isnan(values(48, plot(NOON_S, 45.0, _090={"FL": 12.5, **bad}), [Column.ALTITUDE_BARO_M])[0])


def test_a_turn_of_the_antenna_is_a_look_also_one_that_saw_nothing():
    found, reader = read("asterix", TURNS)
    spans = [((a - NOON_NS) / 1e9, (b - NOON_NS) / 1e9) for _, a, b, _ in found.looks]
    assert spans == [(0.0, 4.0), (4.0, 8.0), (8.0, 12.0)]
    assert found.scan.tolist() == [0, 0, 0, 2]
    assert reader.faults.count == 0


def test_without_north_marks_the_azimuth_tells_turns_apart():
    plots = [plot(NOON_S + n / 2, theta) for n, theta in enumerate([10.0, 200.0, 350.0, 5.0, 190.0, 355.0, 2.0])]
    found, _ = one(48, *plots)
    assert found.scan.tolist() == [0, 0, 0, 1, 1, 1, 2]


def test_times_go_on_over_midnight():
    stream = b"".join(
        block(48, [plot(t % 86_400.0, 45.0)]) for t in (86_398.0, 86_399.5, 86_401.0, 86_400.5, 172_800.0)
    )
    found, _ = read("asterix", stream)
    assert ((found.detections.time_ns - DAY_NS) / 1e9).tolist() == [86_398.0, 86_399.5, 86_401.0, 86_400.5, 86_400.0]


def dated(*times_s):
    """Days and seconds since the start of the file's day of plots with those times of day."""
    stream = b"".join(block(48, [plot(t, 45.0)]) for t in times_s)
    found, reader = read("asterix", stream)
    whole = [(t - DAY_NS) / 1e9 for t in found.detections.time_ns.tolist()]
    pieces = file_decoder("asterix")
    again = [pieces.feed(stream[n : n + 7], 0) for n in range(0, len(stream), 7)] + [pieces.end(0)]
    assert [(t - DAY_NS) / 1e9 for one in again for t in one.detections.time_ns.tolist()] == whole
    return whole, reader


@pytest.mark.parametrize("hours", [1, 7, 12.5, 18, 22.9])
def test_a_gap_in_a_raw_file_is_a_gap_and_no_step_back(hours):
    gap_s = hours * 3_600.0
    times, _ = dated(36_000.0, 36_004.0, (36_008.0 + gap_s) % 86_400.0, (36_012.0 + gap_s) % 86_400.0)
    assert times == [36_000.0, 36_004.0, 36_008.0 + gap_s, 36_012.0 + gap_s]


def test_a_gap_over_every_night_of_a_week_is_a_week():
    hours = (30_000.0, 30_004.0, 60_000.0, 60_004.0)
    times, _ = dated(*[t + day for day in range(7) for t in hours])
    assert times == [t + day + 86_400.0 * day for day in range(7) for t in hours]


@pytest.mark.parametrize("wrong", [0.0, 20_000.0, 40_000.0, 70_000.0])
def test_one_record_with_a_wrong_time_moves_no_other(wrong):
    times, _ = dated(36_000.0, 36_004.0, wrong, 36_008.0, 36_012.0)
    assert [*times[:2], *times[3:]] == [36_000.0, 36_004.0, 36_008.0, 36_012.0]


@pytest.mark.parametrize("late", [5.0, 3_000.0])
def test_a_record_out_of_order_is_of_its_time(late):
    times, _ = dated(100.0, 100.0 - 5.0, (100.0 - late) % 86_400.0, 104.0)
    assert times == [100.0, 95.0, 100.0 - late, 104.0]


def short(time_s):
    """A CAT 001 plot, whose time of day is said modulo 512 s."""
    said = {"010": SOURCE, "020": {"TYP": 0}, "040": {"RHO": 10.0, "THETA": 45.0}, "141": time_s % 86_400.0 % 512.0}
    return block(1, [said], order="plot")


MIDNIGHT = [86_385.5, 86_390.0, 86_399.75, 86_400.0, 86_400.25, 86_410.0, 86_512.0, 86_912.0, 86_915.0]


def test_cat_001_before_and_after_midnight_live_and_in_a_capture():
    for time_s in MIDNIGHT:
        for lag_s in (0.0, 0.5, 4.0):
            received_ns = DAY_NS + int((time_s + lag_s) * 1e9)
            reader = decoder("asterix", {})
            reader.feed(short(time_s), received_ns)
            found = reader.end(received_ns).detections
            assert found.time_ns.tolist() == [DAY_NS + int(time_s * 1e9)]


def test_cat_001_before_and_after_midnight_in_a_raw_file():
    marks = b"".join(
        block(2, [{"010": SOURCE, "000": 2, "020": 0.0}]) for _ in range(2)
    )  # sectors without a time say nothing
    mark = block(2, [{"010": SOURCE, "000": 1, "030": MIDNIGHT[0]}])
    found, reader = read("asterix", mark + marks + b"".join(short(t) for t in MIDNIGHT))
    assert ((found.detections.time_ns - DAY_NS) / 1e9).tolist() == MIDNIGHT
    assert reader.faults.count == 0


def test_a_raw_file_of_cat_001_counts_from_the_instant_that_it_is_told():
    found, _ = read("asterix", b"".join(short(t) for t in MIDNIGHT), date_ns=DAY_NS + 86_300 * 10**9)
    assert ((found.detections.time_ns - DAY_NS) / 1e9).tolist() == MIDNIGHT


@pytest.mark.parametrize("live", [False, True])
def test_a_time_of_24_hours_or_more_is_no_time_of_day(live):
    stream = block(48, [plot(86_399.0, 45.0), plot(86_400.0, 50.0), plot(100_000.0, 60.0)]) + north(100_000.0)
    if live:
        reader = decoder("asterix", {})
        reader.feed(stream, DAY_NS + 86_399 * 10**9)
        found = reader.end(DAY_NS + 86_399 * 10**9)
    else:
        found, reader = read("asterix", stream)
    assert found.detections.time_ns.tolist() == [DAY_NS + 86_399 * 10**9]
    reasons = {"CAT 048: a time of day of 24 h or more": 2, "CAT 034: a time of day of 24 h or more": 1}
    assert reader.faults.reasons == reasons
    assert reader.faults.last[0][2] != b""


def test_live_the_day_is_the_one_nearest_to_reception():
    just_after = DAY_NS + 86_400 * 10**9 + 10**8
    reader = decoder("asterix", {})
    reader.feed(block(48, [plot(86_399.75, 45.0)]), just_after)
    found = reader.end(just_after)
    assert found.detections.time_ns.tolist() == [just_after - 350_000_000]


def test_a_file_without_a_date_gives_nothing_and_says_why():
    reader = decoder("asterix", {"from_file": True})
    reader.feed(TURNS, 0)
    assert len(reader.end(0).detections) == 0
    assert reader.faults.reasons["no date and time"] == 4


def test_records_of_another_source_are_left_out():
    other = plot(NOON_S, 45.0, _010={"SAC": 25, "SIC": 202})
    found, reader = one(48, plot(NOON_S, 45.0), other)
    assert (len(found.detections), reader.faults.unread["records of another source, SAC 25 SIC 202"]) == (1, 1)
    found, _ = one(48, plot(NOON_S, 45.0), other, source=[25, 202])
    assert len(found.detections) == 1


def test_the_first_that_speaks_is_ours_whatever_it_says():
    mark = block(34, [{"010": SOURCE, "000": 1, "030": NOON_S}])
    other = block(1, [{"010": {"SAC": 25, "SIC": 202}, "020": {"TYP": 0}, "040": {"RHO": 10.0, "THETA": 45.0}}])
    for first, then, source in ((mark, other, [25, 201]), (other, mark, [25, 202])):
        _, reader = read("asterix", first + then)
        assert reader.told.source == source[0] << 8 | source[1]
        assert sum(reader.told.others.values()) == 1


def test_sources_without_number_do_not_fill_the_counts():
    others = [plot(NOON_S, 45.0, _010={"SAC": n >> 8, "SIC": n & 255}) for n in range(1, 2_000)]
    _, reader = one(48, plot(NOON_S, 45.0), *others)
    assert len(reader.faults.unread) < 100
    assert sum(reader.faults.unread.values()) == 1_999
    assert reader.faults.unread["records of further sources"] == 1_999 - 64


def test_a_radar_says_where_it_stands():
    where = {"HGT": 120, "LAT": 56.5, "LON": 27.3}
    _, reader = one(34, {"010": SOURCE, "000": 2, "030": NOON_S, "120": where})
    assert reader.told.place == pytest.approx((56.5, 27.3, 120.0), abs=2e-5)


def test_cat_001_tells_plots_from_tracks_and_finds_its_time_in_512_seconds():
    said = {"010": SOURCE, "040": {"RHO": 10.0, "THETA": 45.0}, "141": NOON_S % 512.0}
    marks = block(2, [{"010": SOURCE, "000": 1, "030": NOON_S}])
    stream = marks + block(1, [{**said, "020": {"TYP": 0}}], order="plot")
    stream += block(1, [{**said, "020": {"TYP": 1}, "161": 77}], order="track")
    found, reader = read("asterix", stream)
    assert found.detections.time_ns.tolist() == [NOON_NS, NOON_NS]
    np.testing.assert_allclose(found.detections.values[:, POLAR], [[18_520.0, np.pi / 4]] * 2)
    assert reader.faults.count == 0


def test_cat_010_prefers_what_was_measured():
    said = {"010": SOURCE, "000": 1, "140": NOON_S, "041": WGS}
    assert values(10, said, PLACE) == pytest.approx(np.radians([56.5, 27.3]), abs=1e-8)
    polar = {**said, "040": {"RHO": 1500.0, "TH": 45.0}}
    assert values(10, polar, POLAR) == pytest.approx([1500.0, np.pi / 4])
    assert np.isnan(values(10, polar, PLACE)).all()


def test_cat_020_gives_a_place_its_height_and_its_deviations():
    accuracy = {"SDP": {"X": 30.0, "Y": 40.0}, "SDH": 25.0}
    said = {"010": SOURCE, "020": {"MS": 1}, "140": NOON_S, "041": WGS, "105": 1000.0, "500": accuracy}
    columns = [*PLACE, Column.ALTITUDE_HAE_M, Column.POSITION_SD_M, Column.ALTITUDE_SD_M]
    found = values(20, said, columns)
    assert found == pytest.approx([*np.radians([56.5, 27.3]), 304.8, np.hypot(30, 40) / 2**0.5, 25.0], abs=1e-4)


ADSB = {"010": SOURCE, "040": {"ATP": 0}, "080": 0x4CA1FA, "140": 1000.0, "160": {"GS": 0.05, "TA": 90.0}, "020": 13}


def test_cat_021_takes_the_finer_position_and_the_stated_accuracy():
    said = {**ADSB, "073": NOON_S, "130": {"LAT": 56.0, "LON": 27.0}, "131": WGS, "090": {"NACP": 9}}
    columns = [*PLACE, Column.ALTITUDE_HAE_M, Column.VELOCITY_EAST_MPS, Column.POSITION_SD_M]
    found, _ = one(21, said)
    wanted = [*np.radians([56.5, 27.3]), 304.8, 92.6, 30.0 / 2.448]
    assert found.detections.values[0, columns] == pytest.approx(wanted, abs=0.05)
    assert (found.detections.identity[0], found.detections.label[0]) == ("icao:4ca1fa", "unknown")


def test_cat_021_of_the_editions_before_2_is_read_by_its_own_table():
    said = {key: ADSB[key] for key in ("010", "080", "140", "160", "020")} | {"030": NOON_S, "130": WGS}
    found, _ = one(21, said, edition="0.26")
    assert found.detections.values[0, PLACE] == pytest.approx(np.radians([56.5, 27.3]), abs=1e-6)
    assert found.detections.time_ns.tolist() == [NOON_NS]


def test_an_address_that_is_no_icao_address_is_no_identity():
    found, _ = one(21, {**ADSB, "040": {"ATP": 3}, "073": NOON_S, "131": WGS})
    assert found.detections.identity.tolist() == [None]


def test_cat_062_gives_a_place_a_velocity_and_their_accuracies():
    said = {
        "010": SOURCE,
        "070": NOON_S,
        "105": WGS,
        "185": {"VX": 40.0, "VY": -30.0},
        "130": 1000.0,
        "220": 600.0,
        "380": {"ADR": 0x4CA1FA},
        "500": {"APC": {"X": 60.0, "Y": 80.0}, "AGA": 50.0},
        "080": {"CNF": 0},
    }
    columns = [
        *PLACE,
        Column.VELOCITY_EAST_MPS,
        Column.VELOCITY_NORTH_MPS,
        Column.VELOCITY_UP_MPS,
        Column.POSITION_SD_M,
    ]
    wanted = [*np.radians([56.5, 27.3]), 40.0, -30.0, 3.048, np.hypot(60, 80) / 2**0.5]
    assert values(62, said, columns) == pytest.approx(wanted, abs=1e-4)


def test_a_track_that_coasts_is_no_detection():
    said = {"010": SOURCE, "070": NOON_S, "105": WGS, "080": {"CST": 1}}
    found, reader = one(62, said)
    assert (len(found.detections), reader.faults.unread["coasted tracks"]) == (0, 1)


def test_cat_015_gives_bearings_and_ranges_with_their_deviations():
    said = {
        "010": SOURCE,
        "000": {"MT": 1},
        "145": NOON_S,
        "625": {"R": 8200.0, "SDR": 20.0, "RR": -30.0},
        "627": {"AZ": 45.0, "SDASZ": 0.5},
        "628": {"EL": 2.0, "SDEL": 0.5},
    }
    columns = [*POLAR, Column.ELEVATION_RAD, Column.RANGE_RATE_MPS, Column.RANGE_SD_M, Column.AZIMUTH_SD_RAD]
    wanted = [8200.0, np.pi / 4, np.radians(2.0), -30.0, 20.0, np.radians(0.5)]
    assert values(15, said, columns) == pytest.approx(wanted, abs=1e-3)


def test_cat_205_gives_the_bearing_of_a_direction_finder():
    said = {"010": SOURCE, "000": 5, "030": NOON_S, "070": 71.5, "200": 2.0}
    assert values(205, said, [Column.AZIMUTH_RAD, Column.ELEVATION_RAD]) == pytest.approx(np.radians([71.5, 2.0]))
    place = {"010": SOURCE, "000": 1, "030": NOON_S, "050": WGS, "110": 300.0}
    assert values(205, place, [*PLACE, Column.POSITION_SD_M]) == pytest.approx(
        [*np.radians([56.5, 27.3]), 300.0], abs=1e-4
    )


@pytest.mark.parametrize("category", [65, 62, 48, 34, 2])
def test_service_messages_and_empty_records_are_counted_and_give_nothing(category):
    found, reader = one(category, {"010": SOURCE})
    assert (len(found.detections), reader.faults.count, sum(reader.faults.unread.values())) == (0, 0, 1)


def test_friend_and_foe_and_every_claim_of_another_set_no_label():
    said = plot(NOON_S, 45.0, _020={"TYP": 1, "ME": 1, "MI": 1, "FOEFRI": 1})
    found, _ = one(48, said)
    assert found.detections.label.tolist() == [None]


@pytest.mark.parametrize(
    "rubbish", [b"\xff", b"\x00\x00\x00", b"\x30\x00", b"\x30\x00\x05\xff\xff", b"\x30\xff", b"\x80" * 40]
)
def test_the_stream_goes_on_behind_rubbish_between_blocks(rubbish):
    good = block(48, [plot(NOON_S, 45.0)])
    found, reader = read("asterix", good + rubbish + good + good)
    assert len(found.detections) >= 2 - (rubbish == b"\x30\xff")
    assert reader.faults.count >= 1


def test_a_broken_record_costs_its_block_and_no_other():
    broken = bytearray(block(48, [plot(NOON_S, 45.0)]))
    broken[3] |= 1
    broken[4] |= 1  # FSPEC goes on into the items
    good = block(48, [plot(NOON_S, 45.0)])
    found, reader = read("asterix", good + bytes(broken) + good)
    assert len(found.detections) == 2
    assert reader.faults.count == 1


def test_a_datagram_that_was_cut_spoils_no_other():
    good = block(48, [plot(NOON_S, 45.0)])
    reader = decoder("asterix", {"from_file": True, "date_ns": DAY_NS, "datagrams": True})
    for piece in (good, good[:-4], good):
        reader.feed(piece, 0)
    assert len(reader.end(0).detections) == 2
    assert reader.faults.reasons == {"cut short": 1}


@pytest.mark.parametrize("options", [{}, {"source": [25, 201]}], ids=["the first that speaks", "named"])
def test_a_record_that_does_not_say_its_source_is_not_taken_for_ours(options):
    ours, nobody = block(48, [plot(NOON_S, 45.0)]), block(48, [plot(NOON_S + 1.0, 90.0, _010=None)])
    found, reader = read("asterix", ours + nobody, **options)
    assert len(found.detections) == 1
    assert reader.faults.unread == {"records that do not say their source": 1}
    found, reader = read("asterix", nobody, **options)
    assert len(found.detections) == (0 if options else 1)


def test_octets_of_growing_items_that_an_edition_does_not_know_are_stepped_over():
    newer = bytearray(block(48, [plot(NOON_S, 45.0, _020={"TYP": 1, "XPP": 1})]))
    at = 3 + 2 + 2 + 3  # header, FSPEC, 010, 140
    newer[at + 1] |= 1
    newer[at + 2 : at + 2] = b"\x01\x01\x01\x01\x01\x01\x00"
    newer[1:3] = len(newer).to_bytes(2, "big")
    found, reader = read("asterix", bytes(newer))
    assert (len(found.detections), reader.faults.count) == (1, 0)


def test_an_edition_that_there_is_not_is_one_sentence():
    with pytest.raises(BadInput, match=r"CAT 048 has no edition '9.9' here; there are: 1.27"):
        decoder("asterix", {"editions": {"048": "9.9"}})
    for name in ("48", "999", "CAT048"):
        with pytest.raises(BadInput, match=f"there is no category '{name}' here; there are: 001, 002"):
            decoder("asterix", {"editions": {name: "1.27"}})


@pytest.mark.parametrize(
    "bad", [{"040": {"RHO": 256.0}}, {"040": {"RANGE": 1}}, {"999": 1}, {"140": "noon"}, {"140": -1}]
)
def test_what_cannot_be_coded_is_one_sentence(bad):
    with pytest.raises(BadInput, match="CAT 048"):
        block(48, [bad])


@pytest.mark.parametrize("category", sorted(categories()))
@given(data=st.binary(max_size=120))
def test_any_bytes_in_a_block_raise_nothing(category, data):
    for edition in categories()[category]:
        reader = decoder("asterix", {"editions": {f"{category:03d}": edition}})
        reader.feed(bytes([category]) + (len(data) + 3).to_bytes(2, "big") + data + north(NOON_S), NOON_NS)
        reader.end(NOON_NS)
