"""What is done of a long plan: named arrays in one file a piece, so that an interrupted run goes on where it was."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from dronewall.plan.rasters import folder, write_bytes, write_json

_INPUTS: Final = "inputs.json"
_HEAD: Final = 8
"""Bytes of a length."""

Arrays = Mapping[str, np.ndarray]


def packed(arrays: Arrays) -> bytes:
    """Arrays by name as bytes, each of them compressed by itself (Zstandard), so that one is read without the rest."""
    index, bodies, at = {}, [], 0
    for name, array in arrays.items():
        data = np.ascontiguousarray(array).tobytes()
        body = pa.compress(data, codec="zstd", asbytes=True) if data else b""
        index[name] = [array.dtype.str, list(array.shape), at, len(body)]
        bodies.append(body)
        at += len(body)
    head = json.dumps(index).encode()
    return b"".join([len(head).to_bytes(_HEAD, "little"), head, *bodies])


class Unpacked(Mapping[str, np.ndarray]):
    """The arrays of `packed`, out of its bytes or out of a file of them, each when it is asked for."""

    def __init__(self, source: bytes | Path) -> None:
        self._source = source
        length = int.from_bytes(self._read(0, _HEAD), "little")
        self._first = _HEAD + length
        self._index: dict[str, list[Any]] = json.loads(self._read(_HEAD, length))

    def __getitem__(self, name: str) -> np.ndarray:
        kind, shape, at, length = self._index[name]
        dtype = np.dtype(kind)
        size = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        body = self._read(self._first + at, length)
        data = pa.decompress(body, decompressed_size=size, codec="zstd", asbytes=True) if size else b""
        return np.frombuffer(data, dtype).reshape(shape)

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def __len__(self) -> int:
        return len(self._index)

    def _read(self, at: int, length: int) -> bytes:
        if isinstance(self._source, bytes):
            return self._source[at : at + length]
        with self._source.open("rb") as file:
            file.seek(at)
            return file.read(length)


def looks_name(tile: int) -> str:
    """The piece that what the sensors of a tile see is kept as."""
    return f"looks-{tile:06d}"


def tile_name(number: int) -> str:
    """The piece that a tile is kept as."""
    return f"tile-{number:06d}"


class Done:
    """The folder of what is done, a file a piece: each whole or not there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def claim(self, inputs: dict[str, Any]) -> None:
        """Go on with what was done from the same inputs; what was done from others is thrown away."""
        file = self.path / _INPUTS
        try:
            there = json.loads(file.read_bytes())
        except (OSError, ValueError):
            there = None
        if there != json.loads(json.dumps(inputs)):
            shutil.rmtree(self.path, ignore_errors=True)
            folder(self.path)
            write_json(file, inputs)

    def has(self, name: str) -> bool:
        """Whether that piece is done and whole: its file ends with how long the piece is."""
        try:
            with (self.path / name).open("rb") as file:
                file.seek(-_HEAD, os.SEEK_END)
                return int.from_bytes(file.read(), "little") == file.tell() - _HEAD
        except OSError:
            return False

    def keep(self, name: str, data: bytes) -> None:
        """Write down a piece."""
        write_bytes(self.path / name, data + len(data).to_bytes(_HEAD, "little"))

    def data(self, name: str) -> bytes:
        """The piece as it was kept."""
        return (self.path / name).read_bytes()[:-_HEAD]

    def arrays(self, name: str) -> Unpacked:
        """The arrays of a piece."""
        return Unpacked(self.path / name)

    def forget(self) -> None:
        """All is done: nothing of it is needed any more."""
        shutil.rmtree(self.path, ignore_errors=True)
