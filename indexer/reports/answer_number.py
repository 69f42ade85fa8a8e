"""The number of a report as an answer has it."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from indexer.reports.definition import Definition
from indexer.reports.numbers.bucket_values import Figure
from indexer.reports.period_buckets import Bucket

RowFigures = Annotated[
    dict[str, float | int | None] | None,
    Field(
        description="Further figures by name, if the report has several: counts (`opened`) and percentages "
        "(`opened_of_sent`; null of nothing)."
    ),
]
"""The further figures of a row or a total."""


class Number(BaseModel):
    """The report's number (null if there is nothing to aggregate) and the count behind it."""

    model_config = ConfigDict(frozen=True)

    value: float | int | None
    count: int
    figures: RowFigures = None


def number(definition: Definition, buckets: Sequence[Bucket]) -> Number:
    """The number of all documents in the buckets together; there may be no buckets."""
    return as_number(definition.value.reader(definition)(buckets))


def as_number(figure: Figure) -> Number:
    """A number in the form of an answer."""
    if len(figure) == 2:
        value, count = figure
        return Number(value=value, count=count)
    value, count, figures = figure
    return Number(value=value, count=count, figures=dict(figures))
