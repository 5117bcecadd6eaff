"""Lorena's covering instances of Sao Jose dos Campos: proved optima, seconds of CPU, and the heuristic beside them."""

import time
from pathlib import Path

import numpy as np
from scipy import sparse

from dronewall.plan.siting import Rank, choose
from tests.shared import shared_files

DISTANCE_M = 800.0


def instance(nodes: Path) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Who covers whom, and the demand of each node; every node is a site."""
    places = np.loadtxt(nodes, skiprows=1)
    demand = np.loadtxt(nodes.with_name(f"demand-{nodes.stem}.dat"))
    away = np.hypot(*(places[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
    return sparse.csr_matrix(away <= DISTANCE_M), demand


def main() -> None:
    """Print the table."""
    print("instance  p   optimum  share  proved    CPU s  heuristic")
    for nodes in shared_files("data/siting/SJC*.txt"):
        covers, demand = instance(nodes)
        ranks = (Rank(name="demand", unit="", weights=demand),)
        for p in range(1, 9):
            start = time.process_time()
            best = choose(covers, ranks, np.ones(len(demand)), float(p))
            took = time.process_time() - start
            quick = choose(covers, ranks, np.ones(len(demand)), float(p), exact=False)
            found, share = best.reached[0], best.reached[0].objective / demand.sum()
            print(
                f"{nodes.stem}    {p}  {found.objective:8.0f}  {share:.2%}  {found.proved!s:6}  "
                f"{took:7.2f}  {quick.reached[0].objective / found.objective:.4f}"
            )


if __name__ == "__main__":
    main()
