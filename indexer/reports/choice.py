"""The choice and the order of an answer's groups, by their numbers over the whole range."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from indexer.reports.answer_number import Number
from indexer.reports.invalid_question import InvalidQuestion
from indexer.reports.question import Question, Sort

MAX_OTHERS = 65_536
"""The most groups that can be combined as others: Elasticsearch takes this many values in one condition."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The number of every group over the whole range, the names of the shown ones in their order, and the rest.

    Conversations without a value are not a group that can be chosen: they come after all others.
    """

    totals: Mapping[str | None, Number]
    named: Sequence[str]
    others: Sequence[str]

    @property
    def order(self) -> list[str | None]:
        """The groups as the answer shows them."""
        return [*self.named, *([None] if None in self.totals else [])]


def choose(question: Question, totals: Mapping[str | None, Number], before: Iterable[str | None] = ()) -> Choice:
    """The question's choice among groups with these numbers; `before` are those of the range before.

    Raises `InvalidQuestion` if more groups would have to be combined than one search can do.
    """
    ranked = sorted((group for group in totals if group is not None), key=lambda group: _rank(question, totals, group))
    named = [group for group in ranked if totals[group].count >= (question.min_count or 0)][: question.top]
    if question.sort is Sort.NAME:
        named.sort(key=lambda group: (group.casefold(), group))
    others = sorted({*ranked, *(group for group in before if group is not None)}.difference(named))
    if len(others) > MAX_OTHERS and len(named) < len(ranked):
        name = "top" if question.top else "min_count"
        raise InvalidQuestion(
            name,
            f"{len(others):,} groups would have to be combined, and the limit is {MAX_OTHERS:,}; "
            "ask for a shorter range, or for fewer conversations with a condition",
        )
    return Choice(totals, named, others if len(named) < len(ranked) else [])


def _rank(question: Question, totals: Mapping[str | None, Number], group: str) -> tuple[bool, float, int, str]:
    """The groups, the largest first, the one without a value last; equal ones by their counts, then by name."""
    value, count = totals[group].value, totals[group].count
    if question.sort is Sort.COUNT:
        return False, -count, 0, group
    return value is None, -(value or 0), -count, group
