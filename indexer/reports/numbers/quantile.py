"""Medians and percentiles, which come from digests of a field's values."""

import math
from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

from indexer.reports.numbers.bucket_values import Figure, Reader, whole_number
from indexer.reports.numbers.of_field import OfField
from indexer.reports.numbers.report_facts import ReportFacts
from indexer.reports.period_buckets import Bucket
from indexer.reports.question import Question
from indexer.reports.search_filters import Body

# The compressions of the digests for medians and percentiles. Below twenty times the compression, a digest keeps every
# value as it is and interpolates between them. Each value takes eight bytes of memory.
# `docs/decisions/0006-reports-as-data.md` says how far they are off beyond that.
COMPRESSION = 50_000
LIGHT_COMPRESSION = 20_000

TOO_MANY_VALUES = "there are too many values for an exact answer; ask for fewer days, or without it"


class Quantile(OfField):
    """The value that a given percentage of a field's values do not exceed."""

    @property
    @abstractmethod
    def percent(self) -> float:
        """Which percentile is meant, 0 to 100."""

    def aggregations(self, report: ReportFacts, question: Question) -> Body:
        """The digest, and the number of its values."""
        field = self.field_asked(report, question)
        digest = {
            "field": field,
            "percents": [self.percent],
            "tdigest": {"compression": _compression(question)},
            "keyed": False,
        }
        return {"count": {"value_count": {"field": field}}, "values": {"percentiles": digest}}

    def reader(self, report: ReportFacts) -> Reader:
        """The function that reads the number from at most one bucket."""
        return partial(_of_digest, report)

    def is_exact(self, question: Question, count: int) -> bool:
        """Whether the total is exact; then every other number of the answer is, as no part has more values."""
        return count < 20 * _compression(question)

    def of_values(self, report: ReportFacts, values: Sequence[float]) -> float | int:
        """The percentile of the values."""
        return rounded(report, quantile(Counter(values), self.percent) or 0)


def _compression(question: Question) -> int:
    return LIGHT_COMPRESSION if question.exact is False else COMPRESSION


def _of_digest(report: ReportFacts, buckets: Sequence[Bucket]) -> Figure:
    """Read at most one bucket: digests cannot be combined here, and a period is one range of instants."""
    for bucket in buckets:
        if count := bucket["count"]["value"]:
            return rounded(report, bucket["values"]["values"][0]["value"]), count
    return None, 0


def rounded(report: ReportFacts, value: float) -> float | int:
    """A median or percentile as documents have it: seconds are rounded half up to whole ones, other units are not."""
    if report.unit == "seconds":
        # As a float, the middle between two whole numbers may be a little less.
        return math.floor(round(value, 6) + 0.5)
    return whole_number(value)


def quantile(counts: Mapping[float, int], wanted: float) -> float | None:
    """The percentile of the values, with their counts: by linear interpolation between the nearest ranks.

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
