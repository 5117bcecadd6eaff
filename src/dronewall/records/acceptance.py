"""`[[accept]]` of a scenario file: what its nights must show, line by line."""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from dronewall.records.metrics import METRICS, metric
from dronewall.settings import FileModel

Share = Annotated[float, Field(gt=0.0, le=1.0)]


class AcceptSpec(FileModel):
    """One `[[accept]]`: a sentence that people read, a metric, and the figure that it must reach.

    Without `share_of_nights` the figure holds for the metric over all nights: a share pooled, a number averaged. With
    it, so large a share of the nights must each keep `at_least` and `at_most`; a night in which the metric has nothing
    to say is left out. Either way the line passes when the confidence bound on the metric's bad side keeps the figure.
    """

    line: str = Field(min_length=1)
    metric: str
    at_least: float | None = None
    at_most: float | None = None
    share_of_nights: Share | None = None

    @field_validator("metric")
    @classmethod
    def _known(cls, name: str) -> str:
        if metric(name) is None:
            known = ", ".join(m.name for m in METRICS)
            raise ValueError(f"there is no such metric; it is one of: {known}")
        return name

    @model_validator(mode="after")
    def _some_figure(self) -> Self:
        if self.at_least is None and self.at_most is None:
            raise ValueError("give at_least, at_most, or both")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError("at_least may not lie above at_most")
        return self
