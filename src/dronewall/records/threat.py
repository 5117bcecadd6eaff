"""`threat.json`, from assess to rehearse: an estimate (what we think) apart from stress levels (what we rehearse)."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from dronewall.errors import BadInput
from dronewall.settings import FileModel, check

Level = Literal["L0", "L1", "L2", "L3", "L4"]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Quantiles(FileModel):
    """A distribution in three numbers."""

    p10: float
    p50: float
    p90: float


class Citation(FileModel):
    """The words that a number rests on: a claim's id, and where its quotation stands in the report."""

    claim: str
    file: str
    start: int
    end: int
    quote: str
    quote_sha256: str
    root: str


class Distribution(FileModel):
    """`point` (low), `uniform`, `triangular`, `pert` (low, mode, high), `mixture`, `sum`, or `shares` of labels."""

    kind: Literal["point", "uniform", "triangular", "pert", "mixture", "sum", "shares"]
    low: float | None = None
    mode: float | None = None
    high: float | None = None
    components: list["Component"] = Field(default_factory=list)
    shares: dict[str, list[float]] = Field(default_factory=dict)


class Component(FileModel):
    """One root's part of a mixture, or one place's part of a sum."""

    name: str
    weight: float
    distribution: Distribution
    roots: list[str] = Field(default_factory=list)
    citations: list[Citation] = Field(default_factory=list)


class Factor(FileModel):
    """One factor of the chain: cited, or signed by a person, or neither: a proposal that carries no estimate."""

    name: str
    meaning: str
    unit: str
    distribution: Distribution | None
    quantiles: Quantiles | None
    citations: list[Citation] = Field(default_factory=list)
    judge: str | None = None
    reason: str | None = None
    signed: str | None = None
    supported: bool
    note: str | None = None


class StressLevel(FileModel):
    """A load to rehearse: nobody's forecast. `rate_per_day` of all labels together; `shares` by label sum to 1."""

    level: Level
    name: str
    rate_per_day: Annotated[float, Field(ge=0.0)]
    rate_per_week: Annotated[float, Field(ge=0.0)]
    duration_s: Annotated[float, Field(gt=0.0)]
    shares: dict[str, Share]
    anchor: str
    citations: list[Citation] = Field(default_factory=list)


class Root(FileModel):
    """One source, however many documents repeat it."""

    id: str
    label: str
    documents: list[str]
    claims: list[str]


class Driver(FileModel):
    """A bar of the tornado: the estimate with this factor at its P10 and at its P90, all others at their P50."""

    factor: str
    low: float
    high: float


class Influence(FileModel):
    """What one root does to a quantity: its P50 with and without the root."""

    root: str
    quantity: str
    with_root: float
    without_root: float | None


class CrossCheck(FileModel):
    """A field count held against the estimate."""

    sentence: str
    per_week: float
    agrees: bool | None
    citation: Citation | None = None


class Threat(FileModel):
    """The whole file."""

    schema_version: Literal[1] = 1
    program: str
    seed: int
    samples: int
    factors: list[Factor]
    crossings_per_week: Quantiles | None
    reason: str | None
    statements: list[str] = Field(default_factory=list)
    confidence: str | None = None
    by_label: dict[str, Quantiles]
    drivers: list[Driver] = Field(default_factory=list)
    influences: list[Influence] = Field(default_factory=list)
    cross_checks: list[CrossCheck] = Field(default_factory=list)
    changes: list[str] = Field(default_factory=list)
    stress_levels: list[StressLevel]
    roots: list[Root]
    claims: list[str]

    def level(self, name: str) -> StressLevel:
        """The stress level of that name.

        Raises
        ------
        BadInput
            There is none of that name.
        """
        for level in self.stress_levels:
            if level.level == name.upper():
                return level
        known = ", ".join(level.level for level in self.stress_levels)
        raise BadInput(f"the threat file has no stress level '{name}'; it has: {known}", key="stress_levels")


def load_threat(path: Path) -> Threat:
    """The threat in a JSON file.

    Raises
    ------
    BadInput
        One sentence with file, key, value and what would be right.
    """
    import json

    try:
        data: Any = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise BadInput(f"{path} is not there; dronewall assess writes it", file=str(path)) from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}", file=str(path)) from None
    except ValueError as error:
        raise BadInput(f"{path} is not JSON: {error}", file=str(path)) from None
    return check(Threat, data, str(path))
