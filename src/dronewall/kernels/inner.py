"""How the innermost kernels are compiled: those called for every track, plot or pair, which make no arrays."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from numba import njit

OPTIONS: Final[dict[str, Any]] = {"cache": True, "error_model": "numpy", "_nrt": False}
"""Without `_nrt` numba counts references to every array in and out of every call, atomically, wherever a kernel has a
loop; that was a third of a look's time. Without it nothing can be allocated, in the kernel or in what it calls."""


Kernel = TypeVar("Kernel", bound=Callable[..., object])


def inner(function: Kernel) -> Kernel:
    """Compile a kernel that makes no array."""
    compiled: Kernel = njit(**OPTIONS)(function)
    return compiled


def formula(function: Kernel) -> Kernel:
    """Compile numbers in, numbers out, always into its caller: what the compiler turns into one step for four tracks.

    Works for that only where it branches by choosing between two values and calls nothing but roots and formulas.
    """
    compiled: Kernel = njit(**OPTIONS, forceinline=True)(function)
    return compiled
