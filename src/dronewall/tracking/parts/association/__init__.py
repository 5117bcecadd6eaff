"""Association: who caused what in one look. A part is a function over the gated pairs.

    def shares(edge_track, edge_det, psi, tracks, dets) -> (p, p_none, p_new)

Pairs come ordered by track; `psi` [shape=(edges,)] is the odds of a pair against the track being missed and the
detection being false or new. What comes back is the marginal probability of each pair, of no detection for each track
[shape=(tracks,)], and of no track for each detection [shape=(dets,)]. It may be compiled. To add one: a file here and a
line in `PARTS`; `tests/conformance/test_tracking_parts.py` holds it against enumeration where the graph is a tree, and
everywhere where it says `exact = True`.
"""

from collections.abc import Callable
from typing import Final

from dronewall.registry import Table
from dronewall.units import Floats, Ints

Association = Callable[[Ints, Ints, Floats, int, int], tuple[Floats, Floats, Floats]]

PARTS: Final = {
    "loopy": "dronewall.tracking.parts.association.loopy:shares",
    "exact": "dronewall.tracking.parts.association.exact:shares",
}
TABLE: Final = Table("association", PARTS)
