"""Every report of people against its plain form, computed from the people themselves."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from indexer.answers.catalogue import load_reports
from indexer.answers.drill_down import list_conversations
from indexer.answers.run_report import run_report
from indexer.people.person import Person
from indexer.reports import Answer, InvalidQuestion, Row, read_question
from tests.embedded.harness import Run
from tests.people.grouped_people import NOW, Place, installation, people

pytestmark = pytest.mark.services

PEOPLE = [one.person for one in people(5, 120)]
ZONES = ["UTC", "America/New_York", "Asia/Kathmandu"]
RANGE = (date(2024, 1, 3), date(2024, 4, 3))
REPORTS = {name: report for name, report in load_reports().items() if report.dataset == "people"}

Counted = Callable[[Person], int | None]


def standard(name: str) -> Counted:
    return lambda person: person.standard.get(name)  # type: ignore[return-value]


def created(*roles: str, wrote: bool = False) -> Counted:
    def at(person: Person) -> int | None:
        counts = person.role in roles and (not wrote or "last_replied_at" in person.standard)
        return person.created_at if counts else None

    return at


PLAIN: dict[str, Counted] = {
    "sign_ups": standard("signed_up_at"),
    "new_people": created("user", "lead", "visitor"),
    "new_users": created("user"),
    "new_leads": created("lead"),
    "new_leads_from_conversations": created("lead", wrote=True),
    "people_last_seen": standard("last_seen_at"),
}
GROUPS: dict[str, Callable[[Person], list[str]]] = {
    "role": lambda person: [person.role],
    "country": lambda person: [str(person.standard[one]) for one in ("location.country",) if one in person.standard],
    "tag": lambda person: list(person.tags),
}


@pytest.fixture(scope="module")
def place(services: Run, elasticsearch_url: str) -> Iterator[Place]:
    with installation(services, elasticsearch_url, {"w": people(5, 120), "v": people(6, 50)}) as found:
        yield found


def run(place: Place, name: str, **parameters: Any) -> Answer:
    asked = {"workspace": "w", "from": str(RANGE[0]), "to": str(RANGE[1]), "as_of": NOW, "group_by": "none"}
    question = read_question(REPORTS[name], {**asked, **parameters})
    return run_report(place.client, place.prefix, REPORTS[name], question)


def day(instant: int, zone: str) -> date:
    return datetime.fromtimestamp(instant, ZoneInfo(zone)).date()


def test_every_report_of_people_has_a_plain_form() -> None:
    assert {*PLAIN, "people_by_attribute", "retention_by_sign_up"} == set(REPORTS)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("name", PLAIN)
def test_a_count_by_day(place: Place, name: str, zone: str) -> None:
    expected = Counter(day(at, zone) for one in PEOPLE if (at := PLAIN[name](one)) is not None)
    expected = Counter({on: count for on, count in expected.items() if RANGE[0] <= on <= RANGE[1]})
    answer = run(place, name, time_zone=zone)
    assert Counter({row.period: row.count for row in answer.rows if row.count}) == expected
    assert answer.total.count == expected.total() > 0


@pytest.mark.parametrize("word", GROUPS)
def test_groups(place: Place, word: str) -> None:
    inside = [one for one in PEOPLE if RANGE[0] <= day(one.created_at, "UTC") <= RANGE[1]]
    expected = Counter(group for one in inside for group in GROUPS[word](one) or [None])
    answer = run(place, "new_people", group_by=word, interval="range")
    assert Counter({row.group: row.count for row in answer.rows}) == expected


@pytest.mark.parametrize("word", GROUPS)
def test_people_by_attribute_are_all_people_of_the_workspace(place: Place, word: str) -> None:
    expected = Counter(group for one in PEOPLE for group in GROUPS[word](one) or [None])
    answer = run(place, "people_by_attribute", group_by=word, **{"from": None, "to": None})
    assert Counter({row.group: row.count for row in answer.rows}) == expected
    assert answer.total.count == len(PEOPLE)


def first_day(on: date, interval: str) -> date:
    return {"day": on, "week": on - timedelta(on.weekday()), "month": on.replace(day=1)}[interval]


def later(period: date, interval: str, number: int) -> date:
    if interval == "month":
        months = period.month - 1 + number
        return date(period.year + months // 12, months % 12 + 1, 1)
    return period + timedelta(number * (7 if interval == "week" else 1))


def triangle(interval: str, zone: str, first: date, last: date) -> dict[tuple[date, str], tuple[float | None, int]]:
    """Who signed up in a period, and was last seen in the Nth one after it or later, for every N that has begun."""
    found: dict[tuple[date, str], tuple[float | None, int]] = {}
    signed_up = [(one, day(int(at), zone)) for one in PEOPLE if (at := one.standard.get("signed_up_at")) is not None]
    period = first_day(first, interval)
    while period <= last:
        following = later(period, interval, 1)
        cohort = [one for one, on in signed_up if max(first, period) <= on < following and on <= last]
        found[period, "all"] = (100.0 if cohort else None), len(cohort)
        number = 0
        while max(first, later(period, interval, number)) <= day(NOW, zone) and number <= 26:
            begins = later(period, interval, number)
            seen = [one for one in cohort if "last_seen_at" in one.standard]
            count = sum(day(int(one.standard["last_seen_at"]), zone) >= max(begins, first) for one in seen)
            found[period, f"{interval} {number}"] = (100 * count / len(cohort) if cohort else None), count
            number += 1
        period = following
    return found


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("interval", "first"), [("week", RANGE[0]), ("month", RANGE[0]), ("day", date(2024, 3, 10)), ("week", RANGE[1])]
)
def test_retention_is_a_triangle(place: Place, interval: str, first: date, zone: str) -> None:
    expected = triangle(interval, zone, first, RANGE[1])
    answer = run(place, "retention_by_sign_up", interval=interval, time_zone=zone, **{"from": str(first)})
    assert {(row.period, row.group): (row.value, row.count) for row in answer.rows} == expected


def test_retention_lists_the_people_behind_each_cell(place: Place) -> None:
    answer = run(place, "retention_by_sign_up")
    shown: list[Row] = [row for row in answer.rows if row.count and row.group in {"all", "week 0", "week 3"}]
    assert {row.group for row in shown} == {"all", "week 0", "week 3"}
    report = REPORTS["retention_by_sign_up"]
    asked = {"workspace": "w", "from": str(RANGE[0]), "to": str(RANGE[1]), "as_of": NOW}
    question = read_question(report, asked)
    for row in shown:
        listed = list_conversations(
            place.client, place.prefix, report, question, period=row.period, group=row.group, size=1_000
        )
        assert listed.total == row.count
    with pytest.raises(InvalidQuestion, match="'week 99' is neither all nor one of week 0 to week 26"):
        list_conversations(place.client, place.prefix, report, question, group="week 99")


def test_retention_of_too_many_periods_is_refused(place: Place) -> None:
    with pytest.raises(InvalidQuestion, match="has 92 periods of a day, more than the 60 of retention"):
        run(place, "retention_by_sign_up", interval="day")


def test_retention_of_a_whole_range_has_one_period(place: Place) -> None:
    rows = run(place, "retention_by_sign_up", interval="range").rows
    signed_up = [one for one in PEOPLE if RANGE[0] <= day(int(one.standard.get("signed_up_at", 0)), "UTC") <= RANGE[1]]
    seen = sum(day(int(one.standard.get("last_seen_at", 0)), "UTC") >= RANGE[0] for one in signed_up)
    assert [(row.group, row.count) for row in rows] == [("all", len(signed_up)), ("range 0", seen)]
