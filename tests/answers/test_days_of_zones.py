"""Around changes of clocks in all zones: a chart, the list behind it, the export and the explanation have one day."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import pytest
from elasticsearch import Elasticsearch
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from indexer import search
from indexer.answers.catalogue import load_reports
from indexer.answers.drill_down import list_conversations
from indexer.answers.run_report import run_report
from indexer.calendar.zone_names import time_zones
from indexer.calendar.zones import changes_within
from indexer.explaining.field_words import local
from indexer.exports.document_pages import count_threads
from indexer.reports import Question, read_question
from indexer.reports.message_threads import Frame
from indexer.reports.periods import period_of
from tests.reports.indexed import conversation, indexed
from tests.reports.plain.days import reached

pytestmark = pytest.mark.services

REPORTS = load_reports()
CHART, HOURS = REPORTS["new_inbound_conversations"], REPORTS["busiest_periods"]
SINCE, UNTIL = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (1971, 2038))
DAY = timedelta(days=1)
HARD = ("Australia/Lord_Howe", "Antarctica/Troll", "Pacific/Apia", "America/St_Johns", "America/Vancouver")


class Turn(NamedTuple):
    """A change of the clocks in a zone."""

    zone: str
    at: int


@cache
def turns() -> list[Turn]:
    """Changes of clocks in all zones: some thousand of them, and all in the zones that are hard."""
    every = [
        Turn(name, at)
        for name in sorted(available_timezones() & time_zones())
        for at, _ in changes_within(ZoneInfo(name), SINCE, UNTIL)[1:]
    ]
    some = random.Random(1).sample(every, 1_200)
    return sorted({*some, *(turn for turn in every if turn.zone in HARD)})


TURNS = st.deferred(lambda: st.sampled_from(turns()))
"""Not looked for before a test needs them: that takes seconds, and each process of the run imports this module."""


@cache
def instants() -> list[int]:
    """Instants at, beside and within hours of each change."""
    dice = random.Random(2)
    found = {at + more for _, at in turns() for more in (-1, 0, dice.randrange(-7200, 7200))}
    return sorted(found)


class Asking:
    """An index with an inbound conversation at each of the instants."""

    def __init__(self, client: Elasticsearch, prefix: str) -> None:
        self.client, self.prefix = client, prefix

    def chart(self, question: Question) -> dict[date, int]:
        answer = run_report(self.client, self.prefix, CHART, question)
        rows = {row.period: row.count for row in answer.rows}
        assert sum(rows.values()) == answer.total.count
        return rows

    def hours(self, question: Question) -> Counter[str]:
        answer = run_report(self.client, self.prefix, HOURS, question)
        return Counter({str(row.group): row.count for row in answer.rows if row.count})

    def listed(self, report: Any, question: Question, **cell: Any) -> set[int]:
        page = list_conversations(self.client, self.prefix, report, question, size=1_000, **cell)
        return {row.at for row in page.rows}

    def exported(self, zone: str, day: date) -> int:
        frame = Frame("w", day, day, zone)
        return count_threads(self.client, search.alias_name(self.prefix, "conversations"), frame)


@pytest.fixture(scope="module")
def asking(elasticsearch_url: str) -> Iterator[Asking]:
    documents = [
        conversation(
            number,
            at,
            started_at=at,
            legacy={"conversation_created_at": at, "thread_created_at": at, "message_type": "UserMessage"},
        )
        for number, at in enumerate(instants())
    ]
    with indexed(elasticsearch_url, documents) as prefix, Elasticsearch(elasticsearch_url) as client:
        yield Asking(client, prefix)


def asked(zone: str, first: date, last: date, **other: Any) -> Question:
    return read_question(CHART, {"workspace": "w", "from": first, "to": last, "time_zone": zone, **other})


@given(TURNS)
@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_reader_has_the_same_day(asking: Asking, turn: Turn) -> None:
    zone = ZoneInfo(turn.zone)
    middle = datetime.fromtimestamp(turn.at, zone).date()
    first, last = middle - 2 * DAY, middle + 2 * DAY
    days: dict[date, set[int]] = {}
    for at in instants():
        if abs(at - turn.at) < 5 * 86_400 and first <= (day := reached(at, turn.zone)) <= last:
            days.setdefault(day, set()).add(at)
            shown = date.fromisoformat(local(at, zone)[:10])
            # If clocks go back over midnight, the minutes that they show again belong to the day that had begun.
            assert shown == day or (shown == day - DAY and reached(at - 7200, turn.zone) <= day)
    assert turn.at in days[reached(turn.at, turn.zone)]

    question = asked(turn.zone, first, last)
    assert asking.chart(question) == {first + n * DAY: len(days.get(first + n * DAY, ())) for n in range(5)}
    for n in range(5):
        day = first + n * DAY
        assert asking.listed(CHART, question, period=day) == days.get(day, set())
        assert asking.exported(turn.zone, day) == len(days.get(day, ()))


@given(TURNS, st.sampled_from(["week", "month"]), st.sampled_from(["monday", "sunday", "friday"]))
@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_weeks_and_months_are_their_days(asking: Asking, turn: Turn, interval: str, week_start: str) -> None:
    middle = datetime.fromtimestamp(turn.at, ZoneInfo(turn.zone)).date()
    first, last = middle - 20 * DAY, middle + 20 * DAY
    question = asked(turn.zone, first, last, interval=interval, week_start=week_start)
    by_day = asking.chart(asked(turn.zone, first, last))
    expected = Counter[date]()
    for day, count in by_day.items():
        expected[period_of(day, question.interval, question.span, question.week_start)] += count
    assert Counter(asking.chart(question)) == expected


@given(TURNS)
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hours_of_the_week_are_those_that_clocks_show(asking: Asking, turn: Turn) -> None:
    zone = ZoneInfo(turn.zone)
    middle = datetime.fromtimestamp(turn.at, zone).date()
    first, last = middle - DAY, middle + DAY
    question = read_question(HOURS, {"workspace": "w", "from": first, "to": last, "time_zone": turn.zone})
    expected: dict[str, set[int]] = {}
    for at in instants():
        if abs(at - turn.at) < 5 * 86_400 and first <= reached(at, turn.zone) <= last:
            expected.setdefault(f"{datetime.fromtimestamp(at, zone):%a %H}", set()).add(at)
    assert asking.hours(question) == {hour: len(found) for hour, found in expected.items()}
    for hour, found in expected.items():
        assert asking.listed(HOURS, question, group=hour) == found


def test_many_years_by_day_are_one_search(asking: Asking) -> None:
    counted = asking.chart(asked("Australia/Lord_Howe", date(1999, 1, 1), date(2026, 5, 1)))
    assert len(counted) == 9_983
    inside = Counter(reached(at, "Australia/Lord_Howe") for at in instants())
    assert {day: count for day, count in counted.items() if count} == {
        day: count for day, count in inside.items() if day in counted
    }
