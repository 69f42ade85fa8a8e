"""A percentile of a field's values."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt

from indexer.reports.numbers.of_field import FieldName
from indexer.reports.numbers.quantile import Quantile
from indexer.reports.numbers.report_facts import ReportFacts


class FieldPercent(BaseModel):
    """A field and which percentile of it, 0 to 100."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: FieldName
    percent: Annotated[StrictInt | StrictFloat, Field(ge=0, le=100)]


class Percentile(Quantile):
    """A percentile of a field's values."""

    percentile: FieldPercent

    @property
    def field(self) -> str:
        """The field, as the definition names it."""
        return self.percentile.field

    @property
    def percent(self) -> float:
        """Which percentile is meant, 0 to 100."""
        return self.percentile.percent

    def in_words(self, report: ReportFacts) -> str:
        """The kind of number, in words."""
        return f"the {self.percentile.percent}th percentile of {self.percentile.field}"
