"""The only list of the kinds of numbers, from which a definition's `value` is read."""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Discriminator, Tag

from indexer.reports.numbers.age import Age
from indexer.reports.numbers.at_end import AtEnd
from indexer.reports.numbers.base import NumberKind
from indexer.reports.numbers.count import Count
from indexer.reports.numbers.counts import Counts
from indexer.reports.numbers.distribution import Distribution
from indexer.reports.numbers.heatmap import Heatmap
from indexer.reports.numbers.max import Max
from indexer.reports.numbers.mean import Mean
from indexer.reports.numbers.median import Median
from indexer.reports.numbers.min import Min
from indexer.reports.numbers.net_outflow import NetOutflow
from indexer.reports.numbers.percentile import Percentile
from indexer.reports.numbers.range import Range
from indexer.reports.numbers.rate import Rate
from indexer.reports.numbers.retention import Retention
from indexer.reports.numbers.share import Share
from indexer.reports.numbers.sum import Sum
from indexer.reports.numbers.time_in import TimeIn

KINDS: tuple[type[NumberKind], ...] = (
    Count,
    Mean,
    Median,
    Min,
    Max,
    Sum,
    Range,
    Percentile,
    Rate,
    Share,
    Distribution,
    Age,
    Heatmap,
    AtEnd,
    NetOutflow,
    TimeIn,
    Counts,
    Retention,
)


def _key(written: object) -> str | None:
    if isinstance(written, BaseModel):
        return next(iter(type(written).model_fields))
    return next(iter(written)) if isinstance(written, Mapping) and len(written) == 1 else None


if TYPE_CHECKING:
    Value = NumberKind
else:
    Value = Annotated[
        reduce(or_, (Annotated[kind, Tag(kind.key())] for kind in KINDS)),
        Discriminator(
            _key,
            custom_error_type="value_kind",
            custom_error_message=f"has to have exactly one of {', '.join(kind.key() for kind in KINDS)}",
        ),
    ]
