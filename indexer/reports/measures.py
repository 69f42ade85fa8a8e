"""The number of a report in one bucket: the aggregations it takes, and how it is read off them."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ConfigDict

from indexer.reports.definition import Definition
from indexer.reports.filters import Body, all_of, condition_filters, exists
from indexer.reports.question import Question
from indexer.reports.scope import PATH
from indexer.reports.values import (
    Age,
    AtEnd,
    Count,
    Distribution,
    FieldBounds,
    Heatmap,
    Max,
    Mean,
    Median,
    Min,
    NetOutflow,
    Percentile,
    Quantile,
    Range,
    Rate,
    Share,
    Statistic,
    Sum,
    TimeIn,
    percent_of,
)

# Of the digests that medians and percentiles come from. They keep every value as it is, and interpolate between them,
# below twenty times the compression; `COMPRESSION` says what they cost in memory, eight bytes for a value, and
# `docs/decisions/0006-reports-as-data.md` how far they are off beyond that.
COMPRESSION = 50_000
LIGHT_COMPRESSION = 20_000

TOO_MANY_VALUES = "there are too many values for an exact answer; ask for fewer days, or without it"

Bucket = Mapping[str, Any]
Figure = tuple[float | int | None, int]
"""A report's number and how many stand behind it, of which an answer has one for each of its rows."""


class Number(BaseModel):
    """The report's number (null where there is nothing to aggregate) and how many stand behind it."""

    model_config = ConfigDict(frozen=True)

    value: float | int | None
    count: int


def measures(definition: Definition, question: Question) -> Body:  # noqa: PLR0911 (one for each kind of value)
    """The aggregations that a bucket needs beside its number of documents."""
    value, field = definition.value, measured_field(definition, question)
    match value:
        case Count(count="conversations") if definition.counts_actions:
            return {"conversations": {"reverse_nested": {}}}
        case Mean() | Min() | Max() | Sum() | Range():
            return {"values": {"stats": {"field": field}}}
        case Median() | Percentile():
            return {
                "count": {"value_count": {"field": field}},
                "values": {"percentiles": _digest(value, field, question)},
            }
        case Rate(rate=conditions):
            prefix = f"{PATH}." if definition.counts_actions else ""
            return {"meeting": {"filter": all_of(condition_filters(conditions, question.as_of, prefix))}}
        case Distribution():
            return {"having": {"filter": exists(str(field))}, "parts": {"range": _parts(value, field)}}
        case Age(age=wanted):
            parts = {"filters": {"filters": age_parts(wanted, question.as_of or 0)}}
            return {"having": {"filter": exists(wanted.field)}, "parts": parts}
        case Count() | Share() | Heatmap() | AtEnd() | NetOutflow() | TimeIn():
            return {}


def measured_field(definition: Definition, question: Question) -> str | None:
    """The field that is measured, within office hours if that is asked."""
    field = definition.measured_field
    return f"{field}_ooo" if field and question.office_hours else field


def is_exact(definition: Definition, question: Question, total: Number) -> bool:
    """Whether the total, and with it every other number of the answer, is exact: no part has more values than all."""
    return not isinstance(definition.value, Median | Percentile) or total.count < 20 * _compression(question)


def _compression(question: Question) -> int:
    return LIGHT_COMPRESSION if question.exact is False else COMPRESSION


def _digest(value: Quantile, field: str | None, question: Question) -> Body:
    return {
        "field": field,
        "percents": [percent_of(value)],
        "tdigest": {"compression": _compression(question)},
        "keyed": False,
    }


def _parts(value: Distribution, field: str | None) -> Body:
    bounds = value.distribution.bounds
    ranges: list[Body] = [{"to": bounds[0]}]
    ranges += [{"from": lower, "to": upper} for lower, upper in pairwise(bounds)]
    return {"field": field, "ranges": [*ranges, {"from": bounds[-1]}]}


def age_parts(wanted: FieldBounds, as_of: int) -> list[Body]:
    """The filters of the parts of an age, in order, by the dates that they begin and end on."""
    return [age_part(wanted, as_of, position) for position in range(len(wanted.bounds) + 1)]


def age_part(wanted: FieldBounds, as_of: int, position: int) -> Body:
    """The filter of one part of an age; what lies in the future is in the first one."""
    dates: dict[str, int | str] = {"format": "epoch_second"}
    if position:
        dates["lte"] = as_of - wanted.bounds[position - 1]
    if position < len(wanted.bounds):
        dates["gt"] = as_of - wanted.bounds[position]
    return {"range": {wanted.field: dates}}


def number(definition: Definition, buckets: Sequence[Bucket]) -> Number:
    """The number of what lies in the buckets, taken together; they may be none."""
    return as_number(figure_reader(definition)(buckets))


def as_number(figure: Figure) -> Number:
    """The same as an answer has it."""
    value, count = figure
    return Number(value=value, count=count)


def figure_reader(  # noqa: PLR0911 (one for each kind of value)
    definition: Definition,
) -> Callable[[Sequence[Bucket]], Figure]:
    """What reads the number of a report off buckets, taken together; they may be none.

    Medians and percentiles of seconds are rounded to whole ones, means are not. A distribution's is all that have a
    value, a share's all there are, both 100 percent; their parts are the answer's rows.
    """
    match definition.value:
        case Count(count="conversations") if definition.counts_actions:
            return lambda buckets: _counted(_inside("conversations", buckets))
        case Count() | Heatmap() | AtEnd():
            return lambda buckets: _counted(documents(buckets))
        case TimeIn():
            return lambda buckets: (sum(bucket["seconds"] for bucket in buckets), documents(buckets))
        case Mean() | Min() | Max() | Sum() | Range() as value:
            return lambda buckets: _statistic(value, [one["values"] for one in buckets if one["values"]["count"]])
        case Median() | Percentile():
            return partial(_of_digest, definition)
        case Rate():
            return lambda buckets: _percent_of_all(_inside("meeting", buckets), documents(buckets))
        case Share():
            return lambda buckets: _percent_of_all(documents(buckets), documents(buckets))
        case NetOutflow():
            return lambda buckets: _net(sum(one["left"] for one in buckets), sum(one["entered"] for one in buckets))
        case Distribution() | Age():
            return lambda buckets: _percent_of_all(_inside("having", buckets), _inside("having", buckets))


def documents(buckets: Sequence[Bucket]) -> int:
    """How many documents, or actions, lie in the buckets."""
    found = 0
    for bucket in buckets:
        found += bucket["doc_count"]
    return found


def percent(part: int, whole: int) -> float | None:
    """A part of the whole in percent; None of nothing."""
    return 100 * part / whole if whole else None


def _inside(name: str, buckets: Sequence[Bucket]) -> int:
    """How many lie in an aggregation of that name in the buckets."""
    return documents([bucket[name] for bucket in buckets])


def _percent_of_all(part: int, whole: int) -> Figure:
    return percent(part, whole), whole


def _net(left: int, entered: int) -> Figure:
    return left - entered, left + entered


def quantile(counts: Mapping[float, int], wanted: float) -> float | None:
    """The percentile of the values, each as often as it is there: between the nearest ranks by linear interpolation.

    The median of an even number of values is the mean of the two in the middle.
    """
    total = sum(counts.values())
    if not total:
        return None
    place = (total - 1) * wanted / 100
    lower, upper = _at(counts, math.floor(place)), _at(counts, math.ceil(place))
    return lower + (upper - lower) * (place - math.floor(place))


def _at(counts: Mapping[float, int], rank: int) -> float:
    """The value of that rank, from 0."""
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if seen > rank:
            return value
    raise IndexError(rank)


def _counted(count: int) -> Figure:
    return count, count


def _statistic(value: Statistic, stats: Sequence[Bucket]) -> Figure:
    count = sum(one["count"] for one in stats)
    total = sum(one["sum"] for one in stats)
    match value:
        case Sum():
            return whole(total), count
        case Mean():
            return total / count if count else None, count
        case Range() if not stats:
            return None, 0
        case Range():
            widest = max(one["max"] for one in stats) - min(one["min"] for one in stats)
            return whole(widest), count
        case Min():
            return whole(min(one["min"] for one in stats)) if stats else None, count
        case Max():
            return whole(max(one["max"] for one in stats)) if stats else None, count


def _of_digest(definition: Definition, buckets: Sequence[Bucket]) -> Figure:
    """There is one bucket at most: digests cannot be put together here, and a period is one range of instants."""
    for bucket in buckets:
        if count := bucket["count"]["value"]:
            return rounded(definition, bucket["values"]["values"][0]["value"]), count
    return None, 0


def rounded(definition: Definition, value: float) -> float | int:
    """A median or percentile as documents have it: of seconds whole ones, half up; of other units as it is."""
    if definition.unit == "seconds":
        # What lies in the middle between two whole numbers may have come out of floats as a little less.
        return math.floor(round(value, 6) + 0.5)
    return whole(value)


def whole(value: float) -> float | int:
    """A number without a fraction as an integer: Elasticsearch computes sums of integers as floats."""
    return int(value) if float(value).is_integer() else value
