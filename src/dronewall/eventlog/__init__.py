"""The event log: what was known when, and who did what. Append-only, hash-chained, in one SQLite file (WAL).

Each event's hash is SHA-256 over the hash before it and the event's canonical JSON, so an edit, a gap or a swap breaks
the chain at its place. A chain alone would not show a tail that was cut off, nor one that was computed anew from the
edit on; therefore the head (number and hash of the newest event) is also kept beside the log under an HMAC
(`events.sqlite.head`), whose key (`events.sqlite.key`, mode 0600) may lie elsewhere. A head noted on paper does too.

What `append` and its kin were given is on disk when they return (`synchronous = FULL`). The head follows the log: after
a crash it may be behind, never ahead. If it is ahead, the tail is gone: the next writer puts that down as an event
`log.tail_missing` (`log.head_damaged` where the head cannot be trusted) and goes on, since a wall that will not start
warns nobody.

`chain` says how one event hangs on the one before and what the head is; `log` writes and reads; `audit` checks.
"""

from dronewall.eventlog.audit import Verdict, verify, verify_rows
from dronewall.eventlog.chain import FILE_NAME, GENESIS, HEAD_DAMAGED, TAIL_MISSING, Head, Row
from dronewall.eventlog.log import EventLog

__all__ = [
    "FILE_NAME",
    "GENESIS",
    "HEAD_DAMAGED",
    "TAIL_MISSING",
    "EventLog",
    "Head",
    "Row",
    "Verdict",
    "verify",
    "verify_rows",
]
