"""One Parquet file or one folder at a time: written beside its place and renamed, read with one sentence on error."""

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dronewall import SCHEMA_VERSION, __version__
from dronewall.errors import BadInput

PROGRAM = f"dronewall {__version__}"


def stamped(metadata: Mapping[str, str] | None) -> dict[str, str]:
    """What stands in every file's metadata: the given entries, then schema version and program, which always win."""
    return {**(metadata or {}), "schema_version": str(SCHEMA_VERSION), "program": PROGRAM}


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A path next to `target` to write to; renamed onto `target` when the block ends well, removed when it does not.

    A folder replaces an older folder only as a whole. On a crash `target` is what it was before.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove(part)
        yield part
        if target.is_dir() and part.is_dir():
            os.replace(target, old)
        os.replace(part, target)
    except OSError as error:
        raise BadInput(f"{target} cannot be written: {error.strerror or error}", file=str(target)) from error
    finally:
        _remove(part)
        if old.exists() and not target.exists():
            os.replace(old, target)
        _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        with suppress(FileNotFoundError):
            path.unlink()


def write_batches(
    path: Path, schema: pa.Schema, tables: Iterable[pa.Table], metadata: Mapping[str, str] | None
) -> None:
    """Tables of one schema, one after another, as one Parquet file."""
    with pq.ParquetWriter(path, schema.with_metadata(stamped(metadata)), compression="zstd") as writer:
        for table in tables:
            writer.write_table(table.replace_schema_metadata(stamped(metadata)))


def write_table(path: Path, table: pa.Table, metadata: Mapping[str, str] | None) -> None:
    """A table as one Parquet file, in place; callers give a path inside `beside`."""
    pq.write_table(table.replace_schema_metadata(stamped(metadata)), path, compression="zstd")


@contextmanager
def _one_sentence(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise BadInput(
            f"{path} is not there; a recording or a track file is written as Parquet", file=str(path)
        ) from None
    except PermissionError:
        raise BadInput(
            f"{path} may not be read: permission denied; give its folder's files to this user", file=str(path)
        ) from None
    except (OSError, UnicodeDecodeError, pa.ArrowException) as error:
        why = re.sub(r"^Could not open Parquet input source '.*?': ", "", " ".join(str(error).split()))[:200]
        raise BadInput(
            f"{path} is not a whole Parquet file ({why.rstrip('.')}); it was cut short or is something else: "
            "write it again",
            file=str(path),
        ) from None


def _metadata(path: Path, schema: pa.Schema) -> dict[str, str]:
    """Metadata of a file, once its columns and its version are such as can be read."""
    if len(set(schema.names)) < len(schema.names):
        raise BadInput(f"{path} has two columns of one name; each must have its own", file=str(path))
    pairs = schema.metadata or {}
    metadata = {k.decode("utf-8", "replace"): v.decode("utf-8", "replace") for k, v in pairs.items()}
    check_version(path, metadata.get("schema_version"))
    return metadata


def read_batches(path: Path, rows: int = 65_536) -> tuple[Iterator[pa.Table], dict[str, str]]:
    """A Parquet file piece by piece, for those larger than memory, and its metadata. Errors as `read_table`."""
    with _one_sentence(path):
        file = pq.ParquetFile(path)
        metadata = _metadata(path, file.schema_arrow)

    def tables() -> Iterator[pa.Table]:
        with file, _one_sentence(path):
            for batch in file.iter_batches(rows):
                table = pa.Table.from_batches([batch])
                table.validate(full=True)
                yield table

    return tables(), metadata


def read_table(path: Path) -> tuple[pa.Table, dict[str, str]]:
    """A Parquet file and its metadata.

    Raises
    ------
    BadInput
        It is not there, may not be read, is not whole Parquet, or is of a newer schema than this program knows.
    """
    with _one_sentence(path):
        table = pq.read_table(path, partitioning=None)
        table.validate(full=True)  # a flipped byte may leave text that is not UTF-8
        schema = table.schema
    return table, _metadata(path, schema)


def check_version(path: Path, version: str | None) -> None:
    """Schema 1 is read, and a file without a version as 1; anything else is refused.

    Raises
    ------
    BadInput
        Another version, named.
    """
    if version is not None and version != str(SCHEMA_VERSION):
        raise BadInput(
            f"{path}: schema_version = '{version}'; {PROGRAM} reads schema_version {SCHEMA_VERSION}: "
            "read it with the version that wrote it and write it again",
            file=str(path),
            key="schema_version",
        )
