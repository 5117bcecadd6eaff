"""Ctrl-C that is not lost: Python drops what is raised in a finalizer or a callback, an interrupt too, and goes on."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

INTERRUPTED: Final = 130
"""The exit code of a command that was broken off by Ctrl-C."""


@contextmanager
def heeding() -> Iterator[Callable[[], None]]:
    """Ctrl-C raises KeyboardInterrupt at once, as ever; what this yields raises it again where it was dropped.

    For the main thread of a long command, which calls it between two of its steps.
    """
    asked = False

    def handler(number: int, frame: object) -> None:
        nonlocal asked
        asked = True
        raise KeyboardInterrupt

    def heed() -> None:
        if asked:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, handler)
    try:
        yield heed
    finally:
        signal.signal(signal.SIGINT, before)
