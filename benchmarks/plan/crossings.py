"""The least-watched way over nine million cells, and how near it is to scipy's Dijkstra on a hundred thousand."""

import resource
import time

import numpy as np
from scipy import ndimage, sparse
from scipy.sparse.csgraph import dijkstra

from dronewall.plan.gathering import least_gathered


def exposure(rows: int, columns: int, seed: int) -> np.ndarray:
    """Smooth fields of watchers with nothing between them."""
    rng = np.random.default_rng(seed)
    noise = ndimage.gaussian_filter(rng.normal(size=(rows // 8 + 2, columns // 8 + 2)), 6.0)
    wide = ndimage.zoom(noise / noise.std(), 8, order=1)[:rows, :columns]
    return np.maximum(wide, 0.0).astype(np.float32) * np.float32(0.05)


def by_scipy(cost: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """The same on an explicit graph in float64."""
    rows, columns = cost.shape
    index = np.arange(cost.size).reshape(cost.shape)
    heads, tails, steps = [], [], []
    for down, along in ((0, 1), (1, 0), (1, 1), (1, -1)):
        a = index[: rows - down, max(0, -along) : columns - max(0, along)]
        b = index[down:, max(0, along) : columns - max(0, -along)]
        heads.append(a.ravel())
        tails.append(b.ravel())
        flat = cost.ravel().astype(np.float64)
        steps.append((flat[a.ravel()] + flat[b.ravel()]) / 2.0 * np.hypot(down, along))
    # scipy takes an explicit 0 for no edge
    weights = np.maximum(np.concatenate(steps), 1e-12)
    graph = sparse.csr_matrix((weights, (np.concatenate(heads), np.concatenate(tails))), shape=(cost.size, cost.size))
    found = dijkstra(graph, directed=False, indices=starts, min_only=True)
    return np.asarray(found).reshape(cost.shape)


def main() -> None:
    """Print both."""
    small = exposure(320, 320, 1)
    starts = np.arange(320)
    ours = least_gathered(small, starts, np.zeros(320))
    theirs = by_scipy(small, starts)
    off = np.abs(ours - theirs) / np.maximum(theirs, 1e-6)
    print(f"least gathered on 320 x 320 against scipy: largest relative difference {off[theirs > 1e-4].max():.1e}")
    large = exposure(3000, 3000, 2)
    least_gathered(small, starts, np.zeros(320))
    took, used = [], []
    for _ in range(5):
        start, cpu = time.perf_counter(), time.process_time()
        least_gathered(large, np.arange(3000), np.zeros(3000))
        took.append(time.perf_counter() - start)
        used.append(time.process_time() - cpu)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"9 million cells: {min(took):.2f} s at best of 5, median {np.median(took):.2f} s ({min(used):.2f} and "
        f"{np.median(used):.2f} s of CPU), process at {peak:.2f} GB at most"
    )


if __name__ == "__main__":
    main()
