"""The wall-N family: recordings of N targets past a line of 3-D radars, with full truth, from a name and a seed.

    python -m benchmarks.family wall-1000 -o DIR [--seed 1] [--answers FILE]

`kinds` says what sets one family apart, `flight` flies the targets, `night` lets the radars look, `recording` writes it
down as any recording is written. The statistics are those that `peers/tracking.md` of the project's shared folder
states; the code and the draws are our own, and a test holds them against the bench kit's where that is at hand.

To add a family: a line in `kinds.FAMILIES`; a new way of flying: a function in `flight` and a line in its table.
"""

from benchmarks.family.kinds import FAMILIES, Family, parsed
from benchmarks.family.night import Night, play
from benchmarks.family.recording import write

__all__ = ["FAMILIES", "Family", "Night", "parsed", "play", "write"]
