"""`nations.toml` of a night that several nations share: which lines are cut, and when."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from dronewall.records.release import Nation
from dronewall.records.wall import NotNegative
from dronewall.settings import FileModel, check, read_toml


class CutSpec(FileModel):
    """One `[[cut]]`: the line between two nations is dark from one second of the night to another."""

    between: tuple[Nation, Nation]
    from_s: NotNegative
    to_s: NotNegative

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if self.from_s >= self.to_s:
            raise ValueError("from_s must lie before to_s")
        if self.between[0] == self.between[1]:
            raise ValueError("a line is between two nations")
        return self


class CompanySpec(FileModel):
    """The whole file."""

    schema_version: Literal[1]
    cut: list[CutSpec] = Field(default_factory=list)


def load_company(file: Path) -> CompanySpec:
    """The company of a night.

    Raises
    ------
    BadInput
        One sentence with file, key, value and what would be right.
    """
    return check(CompanySpec, read_toml(file), str(file))
