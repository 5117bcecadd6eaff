"""A JSON head and plain arrays as bytes, and back to the bit: what processes of one program tell one another.

    b"DWF1" | length of the head (u32, little-endian) | head (JSON) | the arrays, one after the other

The head holds `arrays`: for each its name, type and shape. Nothing in such bytes is ever executed.
"""

import json
import math
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dronewall.errors import Corrupt

MAGIC = b"DWF1"
_TYPES = {"<i8": np.int64, "<f8": np.float64, "|b1": np.bool_, "|u1": np.uint8}


def framed(head: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]] | None = None) -> bytes:
    """A head and arrays of int64, float64, bool or uint8 as bytes."""
    plain = {name: np.ascontiguousarray(array) for name, array in (arrays or {}).items()}
    for name, array in plain.items():
        if array.dtype.str not in _TYPES:
            raise TypeError(f"array '{name}' is of {array.dtype}; framed takes int64, float64, bool and uint8")
    said = {**head, "arrays": [[name, array.dtype.str, list(array.shape)] for name, array in plain.items()]}
    text = json.dumps(said, separators=(",", ":")).encode()
    return b"".join([MAGIC, struct.pack("<I", len(text)), text, *(array.tobytes() for array in plain.values())])


def unframed(body: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The head and the arrays in `body`.

    Raises
    ------
    Corrupt
        The bytes are not what `framed` writes.
    """
    if body[:4] != MAGIC or len(body) < 8:
        raise Corrupt("these bytes are no frame: they do not begin with DWF1")
    try:
        (length,) = struct.unpack_from("<I", body, 4)
        head = json.loads(body[8 : 8 + length])
        if not isinstance(head, dict):
            raise TypeError(f"its head is a {type(head).__name__}")
        arrays, at = dict[str, NDArray[Any]](), 8 + length
        for name, kind, shape in head.pop("arrays"):
            size = math.prod(shape)
            arrays[name] = np.frombuffer(body, _TYPES[kind], size, at).reshape(shape).copy()
            at += arrays[name].nbytes
    except (ValueError, KeyError, TypeError, struct.error) as error:
        raise Corrupt(f"a frame cannot be read: {error}") from None
    if at != len(body):
        raise Corrupt(f"a frame of {at} bytes came with {len(body)}")
    return head, arrays
