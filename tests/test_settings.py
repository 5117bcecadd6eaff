"""An error in a file names the file, the key, what came and what would be right."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dronewall.errors import BadInput
from dronewall.records.wall import Wall, load_wall
from dronewall.settings import check, read_toml

SENSOR = """
[[sensor]]
id = "lv-radar-1"
kind = "radar"
latitude_deg = 56.55
longitude_deg = 27.95
"""
WALL = 'schema_version = 1\n[wall]\nname = "Rezekne segment"\n' + SENSOR


def wall_error(tmp_path: Path, text: str) -> str:
    file = tmp_path / "wall.toml"
    file.write_text(text)
    with pytest.raises(BadInput) as caught:
        load_wall(file)
    sentence = str(caught.value)
    assert str(file) in sentence
    assert "\n" not in sentence
    return sentence


def test_a_good_wall_is_read(tmp_path: Path) -> None:
    (tmp_path / "wall.toml").write_text(WALL)
    wall = load_wall(tmp_path)
    assert wall.exercise
    assert wall.sensor[0].id == "lv-radar-1"


def test_a_latitude_of_95_is_named_with_its_sensor(tmp_path: Path) -> None:
    sentence = wall_error(tmp_path, WALL.replace("56.55", "95"))
    assert "latitude_deg (lv-radar-1) = 95" in sentence
    assert "less than or equal to 90" in sentence


def test_an_unknown_key_is_answered_with_the_keys_that_are_taken(tmp_path: Path) -> None:
    sentence = wall_error(tmp_path, WALL + "height_m = 3\n")
    assert "height_m" in sentence
    assert "height_agl_m" in sentence


def test_two_sensors_with_one_id_are_refused(tmp_path: Path) -> None:
    assert "two [[sensor]] have the id 'lv-radar-1'" in wall_error(tmp_path, WALL + SENSOR)


def test_a_zone_that_crosses_itself_is_refused(tmp_path: Path) -> None:
    zone = '[[zone]]\nid = "bow"\nkind = "protected"\npolygon = [[27, 56], [28, 57], [28, 56], [27, 57]]\n'
    assert "crosses itself" in wall_error(tmp_path, WALL + zone)


def test_an_exercise_wall_cannot_address_a_live_endpoint(tmp_path: Path) -> None:
    output = '[[output]]\nid = "gateway"\nuri = "https://alerts.example"\nformat = "cap"\n'
    assert "is a live address and the wall is an exercise" in wall_error(tmp_path, WALL + output)


def test_a_live_wall_cannot_address_an_exercise_endpoint(tmp_path: Path) -> None:
    output = '[[output]]\nid = "gateway"\nuri = "exercise+https://alerts.example"\nformat = "cap"\n'
    live = WALL.replace("[wall]", "[wall]\nexercise = false")
    assert "is an exercise address and the wall is live" in wall_error(tmp_path, live + output)


def test_an_authority_for_a_zone_that_is_not_there_is_refused(tmp_path: Path) -> None:
    authority = '[[authority]]\nid = "vugd"\nlanguages = ["lv"]\nzones = ["riga"]\n'
    assert "names 'riga', which is not in this wall" in wall_error(tmp_path, WALL + authority)


def test_a_missing_schema_version_is_named(tmp_path: Path) -> None:
    assert "schema_version is missing" in wall_error(tmp_path, WALL.replace("schema_version = 1\n", ""))


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not there"):
        load_wall(tmp_path / "nowhere.toml")


def test_a_file_that_is_not_toml_is_one_sentence(tmp_path: Path) -> None:
    assert "is not TOML" in wall_error(tmp_path, "sensor = [")


@given(st.binary(max_size=200))
def test_no_bytes_make_reading_raise_anything_else(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    file = folder / "wall.toml"
    file.write_bytes(data)
    with pytest.raises(BadInput) as caught:
        check(Wall, read_toml(file), str(file))
    assert str(file) in str(caught.value)
