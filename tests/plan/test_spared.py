"""What a command reads is never written over."""

import os
from pathlib import Path

import pytest

from dronewall.convert import convert
from dronewall.errors import BadInput
from dronewall.plan.rasters import spared


@pytest.mark.parametrize("by_link", [False, True], ids=["by its name", "by another name"])
def test_an_answer_never_takes_the_place_of_what_was_read(tmp_path: Path, *, by_link: bool) -> None:
    border, answer = tmp_path / "border.geojson", tmp_path / "border.geojson"
    border.write_text("{}")
    if by_link:
        answer = tmp_path / "other.geojson"
        os.symlink(border, answer)
    with pytest.raises(BadInput, match="is the border itself"):
        spared(answer, {"wall": tmp_path / "wall.toml", "border": str(border)})
    spared(tmp_path / "holes.geojson", {"border": str(border), "land cover": None})


def test_a_capture_is_not_converted_into_itself(tmp_path: Path) -> None:
    capture = tmp_path / "capture.bin"
    capture.write_bytes(b"\x1a2" + bytes(14))
    with pytest.raises(BadInput, match="is what is read"):
        convert(capture, capture, source_format="beast", target_format="avr")
    assert capture.read_bytes() == b"\x1a2" + bytes(14)
