"""Numba kernels, numbers only; a file is named after its caller. Each has a slow, obvious numpy twin in its test.

To add one: measure first; `@njit(cache=True)`, no fastmath where NaN carries meaning, no BLAS, a twin in `tests/`.
"""
