"""The number of rows of all answers to one request, counted before they are built."""

from collections.abc import Sequence

from indexer.reports.definition import Definition
from indexer.reports.invalid_question import InvalidQuestion
from indexer.reports.question import Question

MAX_ROWS = 100_000
"""The most rows of all answers to one request, including those of comparisons."""

_ONE = "choose a longer interval or a shorter range"
_MANY = "ask fewer questions at once, or choose longer intervals or shorter ranges"


class RowBudget:
    """The rows that the answers to a request may still have."""

    def __init__(self) -> None:
        """Begin with the whole budget."""
        self._left = MAX_ROWS

    def check(self, rows: int, parameter: str, what: str) -> None:
        """Raise `InvalidQuestion` about the parameter if fewer than `rows` are left; `what` makes them."""
        if rows <= self._left:
            return
        taken = MAX_ROWS - self._left
        said = f", of which the answers before have taken {taken:,}" if taken else ""
        raise InvalidQuestion(
            parameter,
            f"{what}, and the answer to a request has at most {MAX_ROWS:,} rows in all{said}; "
            f"{_MANY if taken else _ONE}",
        )

    def take(self, rows: int, parameter: str, what: str) -> None:
        """Check the rows, and count them."""
        self.check(rows, parameter, what)
        self._left -= rows


def check_rows(asked: Sequence[tuple[Definition, Question]]) -> None:
    """Raise `InvalidQuestion` if the questions make too many rows whatever is found; nothing has been searched yet."""
    rows = sum(map(_least_rows, *zip(*asked, strict=True))) if asked else 0
    if rows > MAX_ROWS:
        alone = len(asked) == 1
        raise InvalidQuestion(
            "interval" if alone else "body",
            f"{'it makes' if alone else f'the {len(asked)} questions together make'} at least {rows:,} rows, and a "
            f"request can have at most {MAX_ROWS:,}; {_ONE if alone else _MANY}",
        )


def _least_rows(definition: Definition, question: Question) -> int:
    """The number of rows if there is at most one group."""
    spans = [question.span, question.span.before()] if question.compare else [question.span]
    return definition.value.least_rows(sum(map(question.count_periods, spans)), sum(span.days for span in spans))
