"""Numba kernels, numbers only; a file is named after its caller. Each has a slow, obvious numpy twin in its test.

To add one: measure first; `@njit(cache=True)`, no fastmath where NaN carries meaning, no BLAS, a twin in `tests/`.
What is called for every track, plot or pair and makes no array itself takes `@inner` (`inner.py`) instead.
"""

from contextlib import suppress
from pathlib import Path


def forget_stale(folder: Path) -> int:
    """Remove compiled kernels older than any source here; how many.

    Numba looks at the file of the function that is called, not at those of the functions compiled into it.
    """
    newest = max(source.stat().st_mtime_ns for source in folder.glob("*.py"))
    stale = 0
    for index in folder.glob("__pycache__/*.nbi"):
        with suppress(OSError):
            if index.stat().st_mtime_ns < newest:
                index.unlink()
                stale += 1
    return stale


forget_stale(Path(__file__).parent)
