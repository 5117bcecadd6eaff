"""The chain file: the factors from a factory's capacity to what meets a wall, and who stands behind each."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from dronewall.records.words import LABELS
from dronewall.settings import FileModel, check, read_toml

PRODUCT = ("capacity", "ramp", "use", "share_by_class", "share_launched", "share_meets_wall")


class FactorSpec(FileModel):
    """One `[[factor]]`: cited by claims, or proposed until a person signs it."""

    name: str
    unit: str
    meaning: str
    from_: Annotated[Literal["claims"] | None, Field(alias="from")] = None
    measures: list[str] = Field(default_factory=list)
    places: list[str] = Field(default_factory=list)
    ceiling_mode_share: Annotated[float, Field(ge=0.0, le=1.0)] = 0.5
    distribution: Literal["point", "uniform", "triangular", "pert", "shares"] | None = None
    low: float | None = None
    mode: float | None = None
    high: float | None = None
    shares: dict[str, list[float]] = Field(default_factory=dict)
    judge: str | None = None
    reason: str | None = None
    signed: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.from_ == "claims" or self.distribution is None:
            return self
        if self.distribution == "shares":
            for label, three in self.shares.items():
                if label not in LABELS:
                    raise ValueError(f"there is no label '{label}'; it is one of: {', '.join(LABELS)}")
                if len(three) != 3 or not 0.0 <= three[0] <= three[1] <= three[2] <= 1.0:
                    raise ValueError(f"shares.{label} is [low, mode, high] between 0 and 1, in this order")
            return self
        if self.low is None or (self.high is None and self.distribution != "point"):
            raise ValueError("a distribution needs low and high (point: low alone)")
        if self.high is not None and not self.low <= (self.mode if self.mode is not None else self.low) <= self.high:
            raise ValueError("low, mode and high must stand in this order")
        if self.unit == "share" and not 0.0 <= self.low <= (self.high if self.high is not None else self.low) <= 1.0:
            raise ValueError("a share lies between 0 and 1")
        return self


class Chain(FileModel):
    """The whole chain file."""

    schema_version: Literal[1]
    factor: list[FactorSpec]

    @model_validator(mode="after")
    def _product(self) -> Self:
        names = [factor.name for factor in self.factor]
        missing = [name for name in PRODUCT if name not in names]
        if missing or len(set(names)) != len(names):
            told = ", ".join(missing) or "none, but one comes twice"
            raise ValueError(f"the chain has one factor each of {', '.join(PRODUCT)}; missing: {told}")
        return self


def load_chain(path: Path | None) -> Chain:
    """The chain in a TOML file; without one, the chain that ships."""
    if path is not None:
        return check(Chain, read_toml(path), str(path))
    import tomllib

    return check(
        Chain, tomllib.loads(files("dronewall.assess").joinpath("chain.toml").read_text("utf-8")), "chain.toml"
    )
