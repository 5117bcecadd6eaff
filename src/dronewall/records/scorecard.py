"""`scorecard.json`: what many nights showed, judged line by line."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from dronewall.records.threat import Citation
from dronewall.settings import FileModel


class MetricRow(FileModel):
    """One metric over the nights: the pooled share or the mean, one-sided 90 % bounds, and each night's own value.

    `values` stand in the order of seeds, null where a night has nothing to say; `trials`, of shares only, says of how
    many things each night's value is a share.
    """

    mean: float | None
    low: float | None
    high: float | None
    values: list[float | None]
    trials: list[int] | None = None


class Verdict(FileModel):
    """One line of acceptance: the figure asked, the value that came, its bounds, and whether the bound keeps it."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True)

    line: str
    metric: str
    at_least: float | None = None
    at_most: float | None = None
    share_of_nights: float | None = None
    value: float | None
    low: float | None
    high: float | None
    passed: bool = Field(alias="pass")

    @property
    def word(self) -> str:
        """`pass`, `fail`, or `undecided`: the value is right, its bound not yet; more nights may show either."""
        return "pass" if self.passed else "undecided" if self._value_keeps else "fail"

    @property
    def _value_keeps(self) -> bool:
        if self.value is None:
            return False
        if self.share_of_nights is not None:
            return self.value >= self.share_of_nights
        above = self.at_least is None or self.value >= self.at_least
        return above and (self.at_most is None or self.value <= self.at_most)


class Miss(FileModel):
    """An intruder that was not warned of in time, or never found: which stretch, height band and hole, and why."""

    target: str
    label: str
    stretch: str | None
    height_agl_m: list[float] | None
    hole: str | None
    kind: str
    because: str


class WorstNight(FileModel):
    """A night to look at: how bad it was, and the command that plays it again in the page."""

    seed: int
    missed: list[Miss]
    nuisance_alerts: float
    people_warned_in_vain: float
    replay: str


class Scorecard(FileModel):
    """The whole file. Two runs of the same nights differ in `run` only, however many workers played them."""

    schema_version: Literal[1] = 1
    scenario: str
    wall: str
    nights: int
    seed: int
    metrics: dict[str, MetricRow]
    acceptance: list[Verdict]
    worst_nights: list[WorstNight]
    citations: list[Citation]
    run: dict[str, Any]
