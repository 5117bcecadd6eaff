"""What is no regular file is refused before anything waits for it."""

import os
from pathlib import Path

import pytest

from dronewall.errors import BadInput
from dronewall.regular import read_regular, refuse_special, shown


def test_a_pipe_and_a_device_are_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(BadInput, match="not a regular file"):
            read_regular(path, 10)
        with pytest.raises(BadInput, match="not a regular file"):
            refuse_special(path)
    refuse_special(tmp_path)
    refuse_special(tmp_path / "nothing")


def test_one_byte_more_than_the_most_is_read_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "long").write_bytes(bytes(1_000))
    assert len(read_regular(tmp_path / "long", 10)) == 11


def test_a_name_that_is_no_text_is_shown_with_its_bytes() -> None:
    assert shown(Path(os.fsdecode(b"a/\xff.json"))) == "a/\\xff.json"
