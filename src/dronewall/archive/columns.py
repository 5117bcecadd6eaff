"""Columns of `detections.parquet` and `truth.parquet` to and from memory: degrees there, radians here, checked.

Names and limits: `dronewall.records.columns`. Null in a file is NaN in memory. A degree and the radian made of it do
not map one to one in float64; `degrees` picks the degree that gives back the very radian wherever there is one, so that
a recording which was read, written and read again is the same in memory to the bit. `as_stored` makes values from
elsewhere such that they survive too.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dronewall.errors import BadInput
from dronewall.records.columns import ANGLES, FILE_NAMES, limits, wanted
from dronewall.records.detection import Column
from dronewall.units import Floats, Ints


def degrees(angle_rad: Floats) -> Floats:
    """Degrees whose `np.deg2rad` is the given radian to the bit wherever such a float exists, else the nearest."""
    nearest: Floats = np.rad2deg(angle_rad)
    for _ in range(2):
        for toward in (np.inf, -np.inf):
            missed = np.deg2rad(nearest) != angle_rad
            beside = np.nextafter(nearest, toward)
            nearest = np.where(missed & (np.deg2rad(beside) == angle_rad), beside, nearest)
    return nearest


def as_stored(values: Floats) -> Floats:
    """Detection values [shape=(n, len(Column))] as they would come back from a file, to the bit."""
    kept = values.copy()
    for column in ANGLES:
        kept[:, column] = np.deg2rad(degrees(values[:, column]))
    return kept


def value_array(column: Column, values: Floats) -> pa.Array:
    """One column of `Detections.values` as a file holds it."""
    numbers = degrees(values) if column in ANGLES else values
    return pa.array(numbers, pa.float64(), from_pandas=True)


def values_of(table: pa.Table, path: Path) -> Floats:
    """`Detections.values` [shape=(n, len(Column))] of a file's table; a column that is absent was not measured."""
    values = np.full((table.num_rows, len(Column)), np.nan)
    for column, name in FILE_NAMES.items():
        if name in table.column_names:
            numbers = float_column(table, name, path)
            values[:, column] = np.deg2rad(numbers) if column in ANGLES else numbers
    return values


def float_column(table: pa.Table, name: str, path: Path) -> Floats:
    """A column of numbers, NaN where null, checked.

    Raises
    ------
    BadInput
        Not numbers, infinite, or outside what the name allows; the first such row is named.
    """
    column = _cast(table, name, pa.float64(), "numbers", path)
    numbers: Floats = column.to_numpy()
    low, high = limits(name)
    wrong = np.isinf(numbers) | (numbers < low) | (numbers > high)
    if "_sd_" in name:
        wrong |= numbers <= 0.0
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise BadInput(
            f"{path}: {name} in row {row} is {numbers[row]:g}; it must be {wanted(name)}", file=str(path), key=name
        )
    return numbers


def int_column(table: pa.Table, name: str, path: Path) -> Ints:
    """A column of whole numbers without nulls."""
    column = _cast(table, name, pa.int64(), "whole numbers", path)
    _no_nulls(column, name, path)
    numbers: Ints = column.to_numpy()
    return numbers


def bool_column(table: pa.Table, name: str, path: Path) -> NDArray[np.bool_]:
    """A column of true and false without nulls."""
    column = _cast(table, name, pa.bool_(), "true or false", path)
    _no_nulls(column, name, path)
    flags: NDArray[np.bool_] = column.to_numpy()
    return flags


def text_column(table: pa.Table, name: str, path: Path, *, nulls: bool) -> NDArray[np.object_]:
    """A column of text as Python strings, None where null; equal texts are one object."""
    column = _cast(table, name, pa.string(), "text", path)
    if not nulls:
        _no_nulls(column, name, path)
    coded = column.dictionary_encode().combine_chunks()
    words = np.array([*coded.dictionary.to_pylist(), None], object)
    codes = coded.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)
    texts: NDArray[np.object_] = words[codes]
    return texts


def text_array(texts: NDArray[np.object_]) -> pa.Array:
    """Python strings, None where unknown, as a file holds them."""
    return pa.array(texts, pa.string(), from_pandas=True)


def _cast(table: pa.Table, name: str, kind: pa.DataType, words: str, path: Path) -> pa.ChunkedArray:
    if name not in table.column_names:
        raise BadInput(f"{path} has no column '{name}'; it must have one, of {words}", file=str(path), key=name)
    column = table[name]
    try:
        return column.cast(kind)
    except pa.ArrowException as error:
        raise BadInput(
            f"{path}: column '{name}' is {column.type}, and must be {words} ({error})", file=str(path), key=name
        ) from None


def _no_nulls(column: pa.ChunkedArray, name: str, path: Path) -> None:
    if column.null_count:
        row = column.is_null().index(True).as_py()
        raise BadInput(f"{path}: {name} in row {row} is null; every row must have one", file=str(path), key=name)
