"""Every report, every interval and every group: what Elasticsearch answers is what plain Python computes."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from elasticsearch import Elasticsearch

from indexer.answers.catalogue import load_reports
from indexer.search import Spread
from tests.reports.comparing import Asking
from tests.reports.indexed import indexed
from tests.reports.made_workspaces import documents
from tests.reports.plain import REPORTS
from tests.reports.questions import questions, questions_of_weeks

OVER_TIME = [
    name for name, report in load_reports().items() if report.dataset == "conversations" and not report.is_board
]


@pytest.fixture(scope="module")
def asking(elasticsearch_url: str) -> Iterator[Asking]:
    """Three workspaces over three shards, each in two of them."""
    with (
        indexed(elasticsearch_url, documents(), Spread(3, 2)) as prefix,
        Elasticsearch(elasticsearch_url, request_timeout=60) as client,
    ):
        yield Asking(client, prefix, documents())


def test_no_report_is_without_a_second_computation() -> None:
    assert {name for name, report in load_reports().items() if report.dataset == "conversations"} == REPORTS.keys()


@pytest.mark.services
@pytest.mark.parametrize("name", REPORTS)
def test_every_cut_of_a_report_is_what_plain_python_computes(asking: Asking, name: str) -> None:
    given = asking.all_agreed(name, questions(asking.definitions[name]), "w")
    totals = [one.total.count for one in given]
    assert sum(map(bool, totals)) > len(totals) / 2


@pytest.mark.services
@pytest.mark.parametrize("name", OVER_TIME)
def test_weeks_that_begin_on_any_day_are_what_plain_python_computes(asking: Asking, name: str) -> None:
    puts = list(questions_of_weeks(asking.definitions[name]))
    given = asking.all_agreed(name, puts, "w")
    assert any(one.total.count for one in given)
    filled = [[row for row in one.rows if row.figure.count] for one in given]
    for put, rows in list(zip(puts, filled, strict=True))[:12:4]:
        asking.list_agreed(name, put, "w", [*rows[:1], *rows[-1:]])


@pytest.mark.services
@pytest.mark.parametrize("name", REPORTS)
def test_the_conversations_behind_a_row_are_those_that_plain_python_counts(asking: Asking, name: str) -> None:
    listed = 0
    for put in list(questions(asking.definitions[name]))[::9]:
        rows = asking.agreed(name, put, "w").rows
        filled = [row for row in rows if row.figure.count]
        listed += asking.list_agreed(name, put, "w", [*filled[:: len(filled) // 2 + 1], *filled[-1:], *rows[:1]])
    assert listed


@pytest.mark.services
@pytest.mark.parametrize("workspace", ["v", "w2"])
@pytest.mark.parametrize("name", REPORTS)
def test_workspaces_with_the_same_conversations_have_numbers_of_their_own(
    asking: Asking, name: str, workspace: str
) -> None:
    put = next(questions(asking.definitions[name]))
    assert asking.agreed(name, replace(put, asked=replace(put.asked, interval="range")), workspace).total.count
