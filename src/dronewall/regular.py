"""Files that end: a pipe, a socket or a device is refused before it is opened, because reading one may never return."""

import os
import stat
from pathlib import Path

from dronewall.errors import BadInput


def shown(path: Path) -> str:
    """The path as text that any file, log or answer can hold; bytes that are no UTF-8 as `\\xff`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def refuse_special(path: Path) -> None:
    """Refuse what is neither a file nor a folder; what is not there, or may not be looked at, is left to the reader.

    Raises
    ------
    BadInput
        It is a pipe, a socket or a device.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise BadInput(f"{shown(path)} is not a regular file", file=shown(path))


def read_regular(path: Path, most: int) -> bytes:
    """A file's bytes, at most one more than `most`: whoever asks sees that it is too large.

    Raises
    ------
    BadInput
        It is no regular file.
    OSError
        It cannot be read.
    """
    refuse_special(path)
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise BadInput(f"{shown(path)} is not a regular file", file=shown(path))
        return file.read(most + 1)
