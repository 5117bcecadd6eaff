"""The review file as it grows: an act becomes a `[[act]]` table at the end, and what stands before it stays as it is.

Comments and acts that people typed themselves are kept to the letter. The file is written whole or not at all.
"""

import fcntl
import hashlib
import json
import os
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from dronewall.assess.review import Act, Review
from dronewall.errors import BadInput
from dronewall.settings import check

HEAD = "schema_version = 1\n"


def written(act: Act) -> str:
    """An act as the TOML table that `load_review` reads back as the same act."""
    data = {
        key: value
        for key, value in act.model_dump(exclude={"set", "shares"}).items()
        if value not in (None, [], "") or key in ("kind", "who")
    }
    lines = ["[[act]]", *(f"{key} = {_value(value)}" for key, value in data.items())]
    for table in ("shares", "set"):
        inside: dict[str, Any] = getattr(act, table)
        if inside:
            lines += [f"[act.{table}]", *(f"{_key(key)} = {_value(value)}" for key, value in inside.items())]
    return "\n".join(lines) + "\n"


def append(path: Path, acts: Sequence[Act]) -> None:
    """Put acts at the end of the review file, which is made where it is not there.

    Raises
    ------
    BadInput
        The file cannot be written, or is so written that nothing can be put at its end.
    """
    try:
        before = path.read_text("utf-8") if path.exists() else HEAD
        text = before + ("" if before.endswith("\n") else "\n") + "".join("\n" + written(act) for act in acts)
        check(Review, tomllib.loads(text), str(path))
    except tomllib.TOMLDecodeError:
        raise BadInput(
            f"{path} has its acts in one list ('act = [...]'), to which nothing can be added; write each as [[act]]",
            file=str(path),
        ) from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}; nothing was changed", file=str(path)) from None
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}; nothing was changed", file=str(path)) from None


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep every other process from the review file while something is read from it and put at its end."""
    lock = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def version(acts: Sequence[Act]) -> str:
    """What stands for these acts and their order: their count and a digest, as `3.0f1e2d3c4b5a`."""
    text = json.dumps([act.model_dump(mode="json") for act in acts], sort_keys=True)
    return f"{len(acts)}.{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(one) for one in value)}]"
    # A JSON string is a TOML basic string but for DEL
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
