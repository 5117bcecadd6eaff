"""What a conversion says of what it could not take along, of what it assumed, and in which words."""

import math
from dataclasses import asdict

import numpy as np
import pytest

from dronewall.convert import convert
from dronewall.convert.places import place_of
from dronewall.convert.summary import Summary
from dronewall.formats import PARTS, TABLE
from dronewall.formats.about import about
from dronewall.formats.asterix.encode import block
from dronewall.geo.frames import LocalFrame
from dronewall.records.detection import Column
from tests.formats.asterix_records import SOURCE, TURNS
from tests.formats.samples import SAMPLES
from tests.test_convert_several import DAY, SITES


@pytest.mark.parametrize("name", sorted(set(PARTS) - {"jsonl"}))
def test_every_format_says_what_of_it_no_detection_holds(name):
    said = about(TABLE.part(name))
    assert said is not None
    assert said.untaken


def test_callsigns_categories_and_signal_strength_are_said_to_be_left(tmp_path):
    (tmp_path / "in").write_bytes(SAMPLES["aircraft_json"])
    said = convert(tmp_path / "in", tmp_path / "out.aircraft_json")
    told = " ".join(said.notes)
    assert "Not taken from aircraft_json, where messages say it: callsigns (flight), squawks, signal strength" in told
    assert "emitter categories" in told


def test_ranges_and_bearings_that_became_places_are_said(tmp_path):
    site = block(34, [{"010": SOURCE, "000": 2, "120": SITES[201]}])
    (tmp_path / "in.ast").write_bytes(site + TURNS)
    said = convert(tmp_path / "in.ast", tmp_path / "out.cot", date=DAY)
    told = " ".join(said.notes)
    assert (
        "Told as places, since cot has no room for what was measured at the sensor: 4 azimuth_deg, 4 range_m." in told
    )
    assert "4 altitude_baro_m" in told
    assert "Not taken from asterix" in told


def test_without_a_wall_what_is_written_is_of_an_exercise_and_the_summary_says_so(tmp_path):
    (tmp_path / "in").write_bytes(SAMPLES["sbs"])
    said = convert(tmp_path / "in", tmp_path / "rec")
    assert asdict(said)["exercise"] is True
    assert "No wall was given, so what was written is of an exercise" in said.text()
    shown = convert(tmp_path / "rec", tmp_path / "out.geojson")
    assert shown.exercise
    assert "It is of an exercise, as its wall says." in shown.text()
    wall = tmp_path / "rec" / "wall.toml"
    (tmp_path / "live.toml").write_text(wall.read_text().replace("exercise = true", "exercise = false"))
    live = convert(tmp_path / "in", tmp_path / "live", wall=tmp_path / "live.toml")
    assert live.exercise is False
    assert "exercise" not in live.text()


def test_counts_are_words_and_what_was_used_is_not_called_unread():
    said = Summary(
        source_format="sbs",
        target_format="recording",
        messages=1,
        detections=1,
        identities=1,
        first_ns=0,
        last_ns=1,
        unread={"lines without a position": 3},
    )
    assert "1 message, 1 detection of 1 identity" in said.text()
    assert "gave no detection by themselves, or not as they say: 3 lines without a position" in said.text()
    assert "not read" not in said.text()


@pytest.mark.parametrize("elevation_deg", [0.5, 5.0, 40.0])
def test_a_height_tells_where_a_slant_range_leads(elevation_deg):
    frame = LocalFrame.at(math.radians(56.5), math.radians(27.3), 120.0)
    values = np.full(len(Column), np.nan)
    values[[Column.RANGE_M, Column.AZIMUTH_RAD]] = 40_000.0, 1.0
    values[Column.ELEVATION_RAD] = math.radians(elevation_deg)
    longitude, latitude, height = place_of(values, frame)
    values[[Column.ELEVATION_RAD, Column.ALTITUDE_HAE_M]] = np.nan, height
    other = place_of(values, frame)
    assert other == pytest.approx((longitude, latitude, height), abs=1e-5)
