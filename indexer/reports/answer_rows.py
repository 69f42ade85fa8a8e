"""An answer as rows of values for CSV: its numbers first, and in every row the whole question."""

from collections.abc import Iterator
from typing import Any

from indexer.reports.answer import Answer, Others, Row
from indexer.reports.question_conditions import in_one_text

QUESTION = ("report", "workspace", "from", "to", "time_zone", "interval", "office_hours", "where", "exact", "unit")


def answer_columns(answer: Answer) -> list[str]:
    """The names of the columns.

    `range` only with a comparison, `label` only if groups have names of their own; after `count` the further figures.
    `until` only if it was asked for.
    """
    return [
        *(["range"] if answer.compare else []),
        "period",
        "group",
        *(["label"] if _labelled(answer) else []),
        "value",
        "count",
        *(answer.total.figures or ()),
        "partial",
        *QUESTION,
        *(["until"] if answer.until is not None else []),
    ]


def answer_rows(answer: Answer) -> Iterator[list[Any]]:
    """The rows: those asked for, then those of the range before.

    `where` has the conditions, and the values of the report's parameters. `partial` has the days that count of a
    period that is not whole. The row of all other groups together has the label `others` with their number.
    """
    yield from _rows(answer, "asked", answer.rows, answer.others, (answer.from_, answer.to))
    if answer.compare:
        before = answer.compare
        yield from _rows(answer, "before", before.rows, before.others, (before.from_, before.to))


def _rows(
    answer: Answer, name: str, rows: "list[Row] | list[Any]", others: Others | None, dates: tuple[Any, Any]
) -> Iterator[list[Any]]:
    question = [
        answer.report,
        answer.workspace,
        *dates,
        answer.time_zone,
        answer.interval.value,
        answer.office_hours,
        in_one_text(answer.where, (f"{name}={value}" for name, value in (answer.parameters or {}).items())),
        answer.exact,
        answer.unit,
    ]
    labels = answer.labels or {}
    rest = [(row, f"others ({others.groups})") for row in others.rows] if others else []
    for row, label in [*((row, labels.get(row.group or "")) for row in rows), *rest]:
        partial = f"{row.partial.from_} to {row.partial.to}" if row.partial else None
        yield [
            *([name] if answer.compare else []),
            row.period,
            row.group,
            *([label] if _labelled(answer) else []),
            row.value,
            row.count,
            *(row.figures or {}).values(),
            partial,
            *question,
            *([answer.until] if answer.until is not None else []),
        ]


def _labelled(answer: Answer) -> bool:
    return bool(answer.labels or answer.others)
