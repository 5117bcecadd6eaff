"""Loopy belief propagation (Williams and Lau, IEEE Trans. AES 50(4), 2014): exact on trees, near elsewhere, quick."""

from dronewall.kernels.association import marginals
from dronewall.units import Floats, Ints


def shares(edge_track: Ints, edge_det: Ints, psi: Floats, tracks: int, dets: int) -> tuple[Floats, Floats, Floats]:
    """Marginals of the pairs, of no detection, of no track."""
    p, p_none, p_new = marginals(edge_track, edge_det, psi, tracks, dets)
    return p, p_none, p_new
