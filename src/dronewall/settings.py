"""Text files that people write, read through pydantic so that an error names file, key, what came and what is right."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from dronewall.errors import BadInput

Model = TypeVar("Model", bound=BaseModel)


class FileModel(BaseModel):
    """A table in a file that people write: unknown keys are refused, values do not change afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file.

    Raises
    ------
    BadInput
        The file is not there, not readable, or not TOML.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise BadInput(f"{path} is not there; give the path of a TOML file", file=str(path)) from None
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read: {error.strerror}; give a file that may be read", file=str(path)
        ) from None
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} cannot be read as UTF-8 text: {error}", file=str(path)) from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path} is not TOML: {error}", file=str(path)) from None


def check(model: type[Model], data: Any, file: str) -> Model:
    """`data` as a `model`; the first error becomes one sentence with file, key, value and what would be right.

    Raises
    ------
    BadInput
        With `file` and `key` as attributes.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        sentence, key = _first(error, model, data)
        raise BadInput(f"{file}: {sentence}", file=file, key=key) from None


def _first(error: ValidationError, model: type[BaseModel], data: Any) -> tuple[str, str]:
    found = error.errors(include_url=False)[0]
    where = found["loc"]
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where).lstrip(".")
    named = _name_of(data, where)
    place = f"{key} ({named})" if named else key
    if found["type"] == "extra_forbidden":
        taken = ", ".join(_keys_at(model, where[:-1])) or "other keys"
        return f"{place}: there is no such key here; it takes: {taken}", key
    if found["type"] == "missing":
        return f"{place} is missing; it must be given", key
    came = found["input"]
    came_text = "" if isinstance(came, dict | list) and found["type"] == "value_error" else f" = {came!r}"
    wanted = found["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return (f"{place}{came_text}: {wanted}" if place else wanted), key


def _name_of(data: Any, where: tuple[int | str, ...]) -> str | None:
    """The `id` of the innermost listed table on the way to the error, so that sensor[3] has a name."""
    name = None
    for part in where:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(data, dict) and isinstance(data.get("id"), str):
            name = data["id"]
    return name


def _keys_at(model: type[BaseModel], where: tuple[int | str, ...]) -> list[str]:
    """The keys that the table at `where` takes."""
    current: Any = model
    for part in where:
        if isinstance(part, int):
            continue
        field = current.model_fields.get(part)
        if field is None:
            return []
        current = field.annotation
        for inner in getattr(current, "__args__", ()):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                current = inner
                break
        if not (isinstance(current, type) and issubclass(current, BaseModel)):
            return []
    return [field.alias or name for name, field in current.model_fields.items()]
