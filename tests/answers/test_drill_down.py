"""The conversations behind every row of every report."""

from collections.abc import Iterator
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from indexer.answers.catalogue import load_reports
from indexer.answers.drill_down import list_conversations
from indexer.answers.run_report import run_report
from indexer.reports import Definition, InvalidQuestion, Question, Row, read_question
from indexer.reports.cell import OtherGroups
from indexer.reports.numbers.count import Count
from indexer.reports.numbers.heatmap import Heatmap
from indexer.search.search_requests import NoIndexYet
from tests.reports.indexed import indexed
from tests.reports.sampled import ENDS_AT, sampled

REPORTS = load_reports()
ON_CONVERSATIONS = {name: report for name, report in REPORTS.items() if report.dataset == "conversations"}
"""Those of calls and statuses are listed beside their documents, in test_datasets."""

RANGE = {"workspace": "w", "from": "2024-02-16", "to": "2024-04-01", "time_zone": "Europe/Dublin"}
A_WEEK_LATER = {"as_of": ENDS_AT + 604_800}
ROWS_A_REPORT = 6


@pytest.fixture(scope="module")
def index(elasticsearch_url: str) -> Iterator[tuple[Elasticsearch, str]]:
    documents = [*sampled("w", seed=32), *sampled("v", seed=6)]
    with indexed(elasticsearch_url, documents) as prefix, Elasticsearch(elasticsearch_url) as client:
        yield client, prefix


def asked(report: Definition, **other: Any) -> Question:
    given = RANGE | A_WEEK_LATER | {"group_by": report.group_by[0] if report.group_by else None} | other
    return read_question(report, given if report.is_board else {"interval": "month"} | given)


@pytest.mark.services
@pytest.mark.parametrize("report", ON_CONVERSATIONS.values(), ids=list(ON_CONVERSATIONS))
def test_the_conversations_listed_behind_a_row_are_those_that_it_counts(index: Any, report: Definition) -> None:
    client, prefix = index
    question = asked(report)
    answer = run_report(client, prefix, report, question)
    assert answer.total.count
    counted = [row for row in answer.rows if row.count]
    for row in [*counted[:: len(counted) // ROWS_A_REPORT + 1], *(row for row in answer.rows if not row.count)][:9]:
        group = {"group": row.group} if answer.group_by or row.group else {}
        page = list_conversations(client, prefix, report, question, period=row.period, size=1000, **group)
        assert page.total == len(page.rows) == len({one.conversation_id for one in page.rows})
        assert [one.at for one in page.rows] == sorted(one.at for one in page.rows)
        assert all(one.value is not None for one in page.rows)
        assert_counted(report, row, [one.value for one in page.rows])


def assert_counted(report: Definition, row: Row, values: list[Any]) -> None:
    match report.value:
        case Count(count="actions") | Heatmap(heatmap="actions"):
            assert sum(values) == row.count
        case Count():
            assert len(values) == row.count
        case _ if report.counts_actions or report.measured_field == "reply_times":
            assert bool(values) == bool(row.count)
            assert len(values) <= row.count
        case _:
            assert len(values) == row.count


@pytest.mark.services
def test_pages_follow_each_other_and_show_one_moment(index: Any) -> None:
    client, prefix = index
    report = REPORTS["replies_sent"]
    question = asked(report)
    whole = list_conversations(client, prefix, report, question, size=1000)
    found, cursor = [], None
    while True:
        page = list_conversations(client, prefix, report, question, size=33, cursor=cursor)
        found += page.rows
        cursor = page.cursor
        if cursor is None:
            break
    assert found == whole.rows
    assert len(found) > 66


@pytest.mark.services
def test_a_cursor_serves_its_own_list_alone(index: Any) -> None:
    client, prefix = index
    report = REPORTS["replies_sent"]
    cursor = list_conversations(client, prefix, report, asked(report), size=1).cursor
    assert cursor is not None
    for other in (asked(report, workspace="v"), asked(report, where=["team!=*"]), asked(report, time_zone="UTC")):
        with pytest.raises(InvalidQuestion, match="cursor: belongs to another list"):
            list_conversations(client, prefix, report, other, size=1, cursor=cursor)


@pytest.mark.services
def test_columns_are_those_of_the_definition(index: Any) -> None:
    client, prefix = index
    report = REPORTS["rating_remarks"]
    [row, *_] = list_conversations(client, prefix, report, asked(report)).rows
    document = next(one for one in sampled("w", seed=32) if one["conversation_id"] == row.conversation_id)
    assert row.columns == {
        "rating.score": document["rating"]["score"],
        "rating.remark": document["rating"]["remark"],
        "rating.teammate_id": document["rating"].get("teammate_id"),
    }


@pytest.mark.services
@pytest.mark.parametrize(
    ("name", "cell", "said"),
    [
        ("first_response_time_distribution", {"group": "long"}, "group: 'long' is not one of < 5 m, 5 m - 15 m, "),
        ("busiest_periods", {"group": "Mon 24"}, "group: 'Mon 24' is not an hour of the week"),
        ("conversation_ratings", {"group": "five"}, "group: rating is a whole number, and 'five' is not"),
        ("replies_sent", {"size": 1001}, "limit: a page has 1 to 1,000 conversations, not 1001"),
    ],
)
def test_a_cell_that_there_is_not_is_refused(index: Any, name: str, cell: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidQuestion) as caught:
        list_conversations(*index, REPORTS[name], asked(REPORTS[name]), **cell)
    assert str(caught.value).startswith(said)


@pytest.mark.services
def test_without_an_index_nothing_can_be_listed(index: Any) -> None:
    report = REPORTS["replies_sent"]
    with pytest.raises(NoIndexYet):
        list_conversations(index[0], "tnone", report, asked(report))


@pytest.mark.services
def test_groups_with_nothing_at_the_end_of_the_range_are_among_the_others_of_their_periods(index: Any) -> None:
    client, prefix = index
    report = REPORTS["open_conversations"]
    tried = 0
    for last in ("2024-03-04", "2024-03-11", "2024-03-18", "2024-04-01"):
        by_week = {"group_by": "tag", "interval": "week", "to": last}
        plain = [row for row in run_report(client, prefix, report, asked(report, **by_week)).rows if row.group]
        named = {row.group for row in plain if row.count}
        at_end = {row.group for row in plain if row.count and row.period == max(one.period for one in plain)}
        if not at_end or named == at_end:
            continue
        tried += 1
        question = asked(report, **by_week, top=len(at_end))
        answer = run_report(client, prefix, report, question)
        assert answer.groups is not None
        assert answer.others is not None
        assert {one.group for one in answer.groups} - {None} == at_end
        assert answer.others.groups == len(named - at_end)
        for row in answer.others.rows:
            of_others = OtherGroups(sorted(at_end))
            assert list_conversations(client, prefix, report, question, period=row.period, group=of_others).total == (
                row.count
            )
        assert any(row.count for row in answer.others.rows)
    assert tried
