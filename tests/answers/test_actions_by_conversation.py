"""Reports whose groups are of actions and whose days are of conversations, counted by hand."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from indexer.answers.catalogue import load_reports
from indexer.answers.drill_down import list_conversations
from indexer.answers.run_report import run_report
from indexer.reports import Answer, read_question
from tests.reports.indexed import Document, conversation, indexed

DAY = 86_400
FIRST = 1_709_251_200  # 1 March 2024
REPORTS = load_reports()

Index = tuple[Elasticsearch, str]


def reply(day: int, teammate: str, team: str, outcome: str, *, first: bool = False) -> Document:
    return {
        "at": FIRST + (day - 1) * DAY + 60,
        "kind": "reply",
        "teammate_id": teammate,
        "team_id": team,
        "sla_outcome": outcome,
        "first_response": first,
    }


def started(number: int, day: int, *actions: Document) -> Document:
    """A conversation whose assignee did not reply."""
    at = FIRST + (day - 1) * DAY
    answered = {"first_response_at": actions[0]["at"], "first_response_time": actions[0]["at"] - at} if actions else {}
    return conversation(number, at, started_at=at, teammate_assigned_id="z", actions=list(actions), **answered)


CONVERSATIONS = [
    started(1, 1, reply(2, "a", "s", "hit", first=True), reply(3, "b", "t", "missed"), reply(4, "b", "t", "hit")),
    started(2, 2, reply(2, "b", "t", "hit", first=True)),
    started(3, 2),
    started(4, 3, reply(9, "a", "s", "missed", first=True)),
]


@pytest.fixture(scope="module")
def index(elasticsearch_url: str) -> Iterator[Index]:
    with indexed(elasticsearch_url, CONVERSATIONS) as prefix, Elasticsearch(elasticsearch_url) as client:
        yield client, prefix


def ask(index: Index, name: str, **other: Any) -> Answer:
    report = REPORTS[name]
    asked = {"workspace": "w", "from": "2024-03-01", "to": "2024-03-03", **other}
    return run_report(*index, report, read_question(report, asked))


def rows(answer: Answer) -> dict[tuple[int, str | None], tuple[Any, int]]:
    """The rows that have anything, by day of the month and group."""
    return {(row.period.day, row.group): (row.value, row.count) for row in answer.rows if row.count}


@pytest.mark.services
def test_replies_count_on_the_day_that_their_conversation_started(index: Index) -> None:
    assert rows(ask(index, "sla_replies")) == {(1, None): (3, 3), (2, None): (1, 1), (3, None): (1, 1)}
    by_teammate = ask(index, "sla_replies", group_by="teammate")
    assert rows(by_teammate) == {(1, "a"): (1, 1), (1, "b"): (2, 2), (2, "b"): (1, 1), (3, "a"): (1, 1)}
    assert (by_teammate.total.value, ask(index, "sla_replies").total.value) == (5, 5)
    kept = rows(ask(index, "sla_reply_performance", group_by="team", interval="range"))
    assert kept == {(1, "s"): (50, 2), (1, "t"): (pytest.approx(200 / 3), 3)}
    assert rows(ask(index, "sla_replies_by_day_of_reply", group_by="teammate")) == {
        (2, "a"): (1, 1),
        (2, "b"): (1, 1),
        (3, "b"): (1, 1),
    }


@pytest.mark.services
def test_groups_of_replies_can_be_chosen_and_the_rest_is_one(index: Index) -> None:
    answer = ask(index, "sla_replies", group_by="teammate", top=1)
    assert rows(answer) == {(1, "b"): (2, 2), (2, "b"): (1, 1)}
    assert answer.others is not None
    assert (answer.others.groups, answer.others.total.value) == (1, 2)
    assert [row.value for row in answer.others.rows] == [1, 0, 1]


@pytest.mark.services
def test_the_days_before_have_groups_that_only_they_have(index: Index) -> None:
    answer = ask(index, "sla_replies", group_by="teammate", compare=True, **{"from": "2024-03-03"})
    assert rows(answer) == {(3, "a"): (1, 1)}
    assert answer.compare is not None
    assert {row.group: row.value for row in answer.compare.rows} == {"b": 1}


@pytest.mark.services
def test_a_first_reply_counts_for_the_teammate_who_gave_it(index: Index) -> None:
    given = ask(index, "conversations_first_replied_to", group_by="teammate")
    assert rows(given) == {(2, "a"): (1, 1), (2, "b"): (1, 1)}
    assert given.average is not None
    assert set(rows(ask(index, "conversations_first_replied_to", group_by="teammate_assigned"))) == {(2, "z")}
    assert rows(ask(index, "median_first_response_time", group_by="team")) == {
        (1, "s"): (DAY + 60, 1),
        (2, "t"): (60, 1),
        (3, "s"): (6 * DAY + 60, 1),
    }
    for group_by in (None, "teammate", "teammate_assigned"):
        total = ask(index, "median_first_response_time", group_by=group_by).total
        assert (total.value, total.count) == (DAY + 60, 3)


@pytest.mark.services
@pytest.mark.parametrize(
    ("name", "day", "group", "behind"),
    [
        ("sla_replies", 1, "b", {"1": 2}),
        ("sla_reply_performance", 1, "b", {"1": 50}),
        ("median_first_response_time", 3, "a", {"4": 6 * DAY + 60}),
        ("conversations_first_replied_to", 2, "a", {"1": 1}),
    ],
)
def test_the_list_behind_has_the_conversations_with_such_a_reply(
    index: Index, name: str, day: int, group: str, behind: dict[str, Any]
) -> None:
    report = REPORTS[name]
    asked = {"workspace": "w", "from": "2024-03-01", "to": "2024-03-03", "group_by": "teammate"}
    question = read_question(report, asked)
    page = list_conversations(*index, report, question, period=date(2024, 3, day), group=group, size=10)
    assert {row.conversation_id: row.value for row in page.rows} == behind
