"""The number of a report as an answer has it."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from indexer.reports.definition import Definition
from indexer.reports.numbers.bucket_values import Figure
from indexer.reports.period_buckets import Bucket


class Number(BaseModel):
    """The report's number (null if there is nothing to aggregate) and the count behind it."""

    model_config = ConfigDict(frozen=True)

    value: float | int | None
    count: int


def number(definition: Definition, buckets: Sequence[Bucket]) -> Number:
    """The number of all documents in the buckets together; there may be no buckets."""
    return as_number(definition.value.reader(definition)(buckets))


def as_number(figure: Figure) -> Number:
    """A number in the form of an answer."""
    value, count = figure
    return Number(value=value, count=count)
