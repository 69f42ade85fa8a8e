"""Lists in every order that a reader can choose: the same rows as by time, sorted, on pages that follow each other."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from indexer.answers import drill_down
from indexer.answers.catalogue import load_reports
from indexer.answers.drill_down import list_all, list_conversations
from indexer.reports import Definition, InvalidQuestion, Question, read_question
from indexer.reports.cell import Cell
from indexer.reports.drill_down_search import Listed
from indexer.reports.list_order import ListOrder, columns_of, read_order
from tests.reports.indexed import indexed
from tests.reports.sampled import ENDS_AT, sampled

pytestmark = pytest.mark.services

REPORTS = load_reports()
KINDS = {
    f"{report.value.key()}, {report.counts_actions}, {report.columns}": report
    for report in reversed(REPORTS.values())
    if report.dataset == "conversations"
}
"""A report for each kind of number with each set of columns."""

MARCH = {"workspace": "w", "from": "2024-03-01", "to": "2024-03-31", "time_zone": "Europe/Dublin"}


@pytest.fixture(scope="module")
def index(elasticsearch_url: str) -> Iterator[tuple[Elasticsearch, str]]:
    with (
        indexed(elasticsearch_url, sampled("w", seed=32)) as prefix,
        Elasticsearch(elasticsearch_url) as client,
    ):
        yield client, prefix


def asked(report: Definition) -> Question:
    return read_question(report, MARCH | {"as_of": ENDS_AT + 604_800, "group_by": "none"})


def in_pages(index: Any, report: Definition, order: ListOrder, size: int) -> list[Listed]:
    found: list[Listed] = []
    cursor = None
    while True:
        page = list_conversations(*index, report, asked(report), size=size, cursor=cursor, order=order)
        found += page.rows
        if (cursor := page.cursor) is None:
            assert len(found) == page.total
            return found


@pytest.mark.parametrize("report", KINDS.values(), ids=[report.name for report in KINDS.values()])
def test_a_list_in_any_order_has_the_rows_that_it_has_by_time(index: Any, report: Definition) -> None:
    by_time = list_conversations(*index, report, asked(report), size=1_000).rows
    assert by_time
    for column in columns_of(report):
        for falls in (False, True):
            order = ListOrder(column, falls)
            whole = list_all(*index, report, asked(report), cell=Cell(), order=order, most=1_000)
            assert isinstance(whole, list)
            assert in_pages(index, report, order, len(by_time) // 3 + 1) == whole
            assert sorted(map(repr, whole)) == sorted(map(repr, by_time))
            assert_sorted([value_of(row, column) for row in whole], order)
            if column != "at":
                at = [(value_of(row, column), row.at) for row in whole]
                assert all(one[1] <= next_[1] for one, next_ in pairwise(at) if one[0] == next_[0])


def value_of(row: Listed, column: str) -> Any:
    value = row.at if column == "at" else row.value if column == "value" else row.columns[column]
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def assert_sorted(values: list[Any], order: ListOrder) -> None:
    known = [value for value in values if value is not None]
    assert values == known + [None] * (len(values) - len(known))
    if order.column.endswith("remark"):
        known = [value.casefold() for value in known]
    assert known == sorted(known, reverse=order.falls)


def test_a_cursor_of_one_order_does_not_serve_another(index: Any) -> None:
    report = REPORTS["replies_sent"]
    orders = [ListOrder(), ListOrder("value"), ListOrder("value", falls=True)]
    for order in orders:
        cursor = list_conversations(*index, report, asked(report), size=1, order=order).cursor
        for other in {*orders} - {order}:
            with pytest.raises(InvalidQuestion, match="cursor: belongs to another list"):
                list_conversations(*index, report, asked(report), size=1, order=other, cursor=cursor)


def test_a_column_that_the_list_does_not_have_is_refused_by_name() -> None:
    with pytest.raises(InvalidQuestion, match="sort: 'size' is not one of at, value"):
        read_order(REPORTS["replies_sent"], "-size")


def test_more_rows_than_can_be_sorted_are_refused_and_by_time_they_are_shown(
    index: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drill_down, "MOST_SORTED", 3)
    report = REPORTS["replies_sent"]
    with pytest.raises(InvalidQuestion, match=r"sort: \d+ conversations are too many to sort by value \(3\)"):
        list_conversations(*index, report, asked(report), order=ListOrder("value"))
    assert list_conversations(*index, report, asked(report)).total > 3
    assert list_all(*index, report, asked(report), cell=Cell(), most=3) > 3  # type: ignore[operator]
