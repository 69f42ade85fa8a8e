"""Several counts of the same documents side by side, and each of them in percent of others."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from indexer.reports.definition_conditions import Condition
from indexer.reports.numbers.base import NamedFigure, NumberKind
from indexer.reports.numbers.bucket_values import Cells, Figure, Reader, documents, percent
from indexer.reports.numbers.report_facts import ReportFacts
from indexer.reports.period_buckets import Bucket
from indexer.reports.periods import Interval, Span
from indexer.reports.question import Question
from indexer.reports.search_filters import Body, all_of, condition_filters

_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
_Names = Annotated[list[_Name], BeforeValidator(lambda written: [written] if isinstance(written, str) else written)]


class OneCount(BaseModel):
    """The documents that meet all conditions `where`, and which counts to give their number in percent of.

    `of`: counts of the same row; only documents that are in both count above the line. `of_all`: counts of all groups
    of the period together. `of_most`: the first count of the group that has most in it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    where: dict[str, Condition] = {}
    of: _Names = []
    of_all: _Names = []
    of_most: bool = False


class Counts(NumberKind):
    """Several counts of the same documents; the first one is the number of the report."""

    counts: Annotated[dict[_Name, OneCount], Field(min_length=1)]

    default_interval: ClassVar[Interval | None] = Interval.RANGE
    counts_documents: ClassVar[bool] = True
    is_share_of_all: ClassVar[bool] = True
    stacks: ClassVar[bool] = True

    @model_validator(mode="after")
    def _names_counts(self) -> Self:
        for name, one in self.counts.items():
            for base in (*one.of, *one.of_all):
                if base not in self.counts:
                    raise ValueError(f"{name}: {base!r} is not one of {', '.join(self.counts)}")
        names = [figure.name for figure in self.figures]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"{twice[0]} is the name of two figures; give one of the counts another name")
        return self

    @property
    def tested(self) -> Mapping[str, Mapping[str, Condition]]:
        """The conditions of every count."""
        return {f"counts.{name}.where": one.where for name, one in self.counts.items() if one.where}

    @property
    def figures(self) -> list[NamedFigure]:
        """Each count, and after it what it is in percent of others."""
        found = []
        for name, one in self.counts.items():
            found.append(NamedFigure(name, name))
            found += [NamedFigure(f"{name}_of_{base}", name, base) for base in one.of]
            found += [NamedFigure(_of_all(name, base), name, f"all {base}") for base in one.of_all]
            if one.of_most:
                found.append(NamedFigure(f"{name}_of_most", name, f"the group with most {self._first}"))
        return found

    @property
    def _first(self) -> str:
        return next(iter(self.counts))

    def _filters(self, report: ReportFacts, question: Question) -> Body:
        """A filter for every count that has conditions, and for every two of which one is a percentage of the other."""

        def conditions(*names: str) -> list[Body]:
            tested = (self.counts[name].where for name in names)
            as_of, path, until = question.as_of, report.path(""), question.until
            return [one for where in tested for one in condition_filters(where, as_of, path, until)]

        found = {name: all_of(conditions(name)) for name, one in self.counts.items() if one.where}
        for name, one in self.counts.items():
            for base in one.of:
                if self._narrower(name, base) is None:
                    found[f"{name}_of_{base}"] = all_of(conditions(name, base))
        return found

    def _narrower(self, name: str, base: str) -> str | None:
        """The one of two counts whose documents are all in the other, None if neither says so."""
        one, other = self.counts[name].where.items(), self.counts[base].where.items()
        if other <= one:
            return name
        return base if one <= other else None

    def aggregations(self, report: ReportFacts, question: Question) -> Body:
        """One aggregation with a filter for each count."""
        filters = self._filters(report, question)
        return {"counts": {"filters": {"filters": filters}}} if filters else {}

    def reader(self, report: ReportFacts) -> Reader:
        """The function that reads all counts; the buckets are all groups together."""
        return lambda buckets: self._figure(buckets, buckets, ())

    def group_reader(
        self, report: ReportFacts, whole: Cells, groups: Mapping[str | None, Cells]
    ) -> Callable[[date, Sequence[Bucket]], Figure]:
        """The function that reads a group's counts."""
        most = self._most(groups) if any(one.of_most for one in self.counts.values()) else {}
        return lambda period, found: self._figure(found, whole.get(period, ()), most.get(period, ()))

    def _most(self, groups: Mapping[str | None, Cells]) -> Cells:
        """In each period the group that has most in the first count; empty if there are no groups."""
        found: Cells = {}
        for cells in groups.values() if groups.keys() - {None} else ():
            for period, buckets in cells.items():
                if self._count(buckets) > self._count(found.get(period, ())):
                    found[period] = buckets
        return found

    def total_of_group(self, report: ReportFacts, buckets: Sequence[Bucket], everything: Bucket) -> Figure:
        """A group's counts over the whole range."""
        return self._figure(buckets, [everything], ())

    def _figure(self, buckets: Sequence[Bucket], whole: Sequence[Bucket], most: Sequence[Bucket]) -> Figure:
        figures: dict[str, float | int | None] = {}
        for name, one in self.counts.items():
            figures[name] = count = self._count(buckets, name)
            for base in one.of:
                figures[f"{name}_of_{base}"] = percent(self._in_both(buckets, name, base), self._count(buckets, base))
            for base in one.of_all:
                figures[_of_all(name, base)] = percent(count, self._count(whole, base))
            if one.of_most:
                figures[f"{name}_of_most"] = percent(count, self._count(most)) if most else None
        return figures[self._first], documents(buckets), figures

    def _count(self, buckets: Sequence[Bucket], name: str | None = None) -> int:
        name = self._first if name is None else name
        return _in_filter(buckets, name) if self.counts[name].where else documents(buckets)

    def _in_both(self, buckets: Sequence[Bucket], name: str, base: str) -> int:
        narrower = self._narrower(name, base)
        return self._count(buckets, narrower) if narrower else _in_filter(buckets, f"{name}_of_{base}")

    def adds_up(self, report: ReportFacts) -> bool:
        """Return true: each document is in one period."""
        return True

    def behind(self, question: Question, span: Span) -> list[Body]:
        """The documents of the first count."""
        return condition_filters(self.counts[self._first].where, question.as_of, until=question.until)

    def tells_documents_apart(self, report: ReportFacts) -> bool:
        """Return false: each counts once."""
        return False

    def of_document(
        self, report: ReportFacts, question: Question, days: Callable[[], Span], hit: Mapping[str, Any]
    ) -> float | int | None:
        """Return 1: the document counts once."""
        return 1

    def in_words(self, report: ReportFacts) -> str:
        """The kind of number, in words."""
        return f"how many {report.documents}, side by side: {'; '.join(map(self._said, self.counts))}"

    def _said(self, name: str) -> str:
        said = [condition.in_words(field) for field, condition in self.counts[name].where.items()]
        shares = " and of ".join(one.base for one in self.figures if one.counted == name and one.base)
        more = [*([" and ".join(said)] if said else []), *([f"also in percent of {shares}"] if shares else [])]
        return f"{name} ({', '.join(more)})" if more else name

    def what_is_behind(self, value: float | None, count: int) -> str | None:
        """The number of all documents, in words, if the first count leaves some out."""
        return None if value == count else f"of {count:,}"


def _of_all(name: str, base: str) -> str:
    return f"{name}_of_all" if base == name else f"{name}_of_all_{base}"


def _in_filter(buckets: Sequence[Bucket], name: str) -> int:
    return documents([bucket["counts"]["buckets"][name] for bucket in buckets])
