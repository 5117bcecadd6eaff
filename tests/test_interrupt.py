"""Ctrl-C in a long command: it ends it at once, and where Python dropped it, at the next step."""

import signal
from contextlib import suppress

import pytest

from dronewall.cli.interrupt import heeding


def test_ctrl_c_ends_the_command_at_once():
    with heeding(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_one_that_was_dropped_ends_it_at_the_next_step():
    with heeding() as heed:
        heed()
        with suppress(KeyboardInterrupt):  # as a finalizer does
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            heed()


def test_afterwards_ctrl_c_is_what_it_was():
    before = signal.getsignal(signal.SIGINT)
    with heeding():
        pass
    assert signal.getsignal(signal.SIGINT) is before
