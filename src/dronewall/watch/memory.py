"""Memory that was freed goes back to the machine. glibc keeps it otherwise, some 100 MB after a night is simulated."""

import ctypes
import gc


def give_back() -> None:
    """Collect, and hand free pages back where the C library can (glibc); elsewhere only collect."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
