"""The ledger of what stands behind each track, over more than one page."""

import numpy as np

from dronewall.tracking.ledger import PAGE, Ledger

KEYS = np.arange(5 * PAGE // 2) % 7


def ledger() -> Ledger:
    """Entries of seven tracks by turns; the row counts them, the scan is the same for ten in a row."""
    new = Ledger()
    for first in range(0, len(KEYS), 10):
        rows = np.arange(first, min(first + 10, len(KEYS)))
        new.add(KEYS[rows], 3, first // 10, rows, rows * 1_000, np.ones(len(rows)))
    return new


def test_the_last_entries_of_a_track_are_found_whatever_page_they_stand_on() -> None:
    mine = np.flatnonzero(KEYS == 4)
    for last in (1, 5, 100, 10_000):
        assert ledger().of(4, last)["row"].tolist() == mine[-last:].tolist()


def test_a_track_of_which_nothing_is_entered_has_no_entries() -> None:
    for found in (ledger().of(8, 200), Ledger().of(0, 200), Ledger().rows_of(0, 3, 1)):
        assert not len(found)


def test_the_rows_of_one_look_behind_a_track_are_found_on_an_old_page_too() -> None:
    for scan in (2, len(KEYS) // 10 - 1):
        of_scan = [row for row in np.flatnonzero(KEYS == 4).tolist() if row // 10 == scan]
        assert ledger().rows_of(4, 3, scan).tolist() == of_scan != []
    assert ledger().rows_of(4, 2, 2).tolist() == []
