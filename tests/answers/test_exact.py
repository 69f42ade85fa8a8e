"""Medians, percentiles, top groups with the others, and averages over a real index, against every value by hand."""

import math
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from indexer.answers.catalogue import load_reports
from indexer.answers.run_report import run_report
from indexer.reports import Answer, InvalidQuestion, read_question
from indexer.reports.numbers import quantile
from tests.reports.indexed import conversation, indexed

REPORTS = load_reports()
FIRST = 1_709_251_200
DAYS = 31
MARCH = {"workspace": "w", "from": "2024-03-01", "to": "2024-03-31"}


TAGS = [f"tag {number}" for number in range(12)]


def documents() -> list[dict[str, Any]]:
    """Conversations of March 2024 with times to answer, the lists of which have the same time twice and more."""
    dice = random.Random(3)
    found = []
    for number in range(1_500):
        at = FIRST + dice.randrange(DAYS * 86_400)
        times = [dice.choice([60, 61, dice.randrange(90_000)]) for _ in range(dice.randrange(5))]
        found.append(
            conversation(
                number,
                at,
                started_at=at,
                channel=dice.choice(["email", "chat"]),
                tags=dice.sample(TAGS, dice.randrange(4)),
                reply_times=times,
                **({"first_response_time": times[0]} if times else {}),
            )
        )
    return found


DOCUMENTS = documents()


@pytest.fixture(scope="module")
def index(elasticsearch_url: str) -> Iterator[tuple[Elasticsearch, str]]:
    with indexed(elasticsearch_url, DOCUMENTS) as prefix, Elasticsearch(elasticsearch_url) as client:
        yield client, prefix


MEASURED = {
    "median_first_response_time": ("first_response_time", 50),
    "p90_first_response_time": ("first_response_time", 90),
    "median_response_time_started": ("reply_times", 50),
}


def ask(index: Any, name: str, **other: Any) -> Answer:
    return run_report(*index, REPORTS[name], read_question(REPORTS[name], MARCH | other))


def of(name: str, group_by: str | None, groups: set[str | None] | None, days: range) -> tuple[int | None, int]:
    """The number of the documents that are in any of the groups, on the days of March, and how many are behind it."""
    chosen = [
        document
        for document in DOCUMENTS
        if (document["created_at"] - FIRST) // 86_400 + 1 in days
        and (groups is None or groups & {*groups_of(document, group_by)})
    ]
    if name not in MEASURED:
        return len(chosen), len(chosen)
    field, percent = MEASURED[name]
    values = sorted(
        value
        for document in chosen
        if field in document
        for value in (document[field] if isinstance(document[field], list) else [document[field]])
    )
    if not values:
        return None, 0
    place = Fraction((len(values) - 1) * percent, 100)
    lower, upper = values[math.floor(place)], values[math.ceil(place)]
    return math.floor(lower + (upper - lower) * (place - math.floor(place)) + Fraction(1, 2)), len(values)


def groups_of(document: dict[str, Any], group_by: str | None) -> list[str | None]:
    match group_by:
        case "tag":
            return document["tags"] or [None]
        case "channel":
            return [document["channel"]]
        case _:
            return [None]


def days_of(period: Any, interval: str) -> range:
    """The days of March in a period: weeks begin on Mondays, the first one on 26 February."""
    match interval:
        case "day":
            return range(period.day, period.day + 1)
        case "week":
            start = period.day if period.month == 3 else period.day - 29
            return range(max(1, start), min(DAYS, start + 6) + 1)
        case _:
            return range(1, DAYS + 1)


ALL = range(1, DAYS + 1)


@pytest.mark.services
@pytest.mark.parametrize("name", MEASURED)
@pytest.mark.parametrize("interval", ["day", "week", "range"])
@pytest.mark.parametrize("group_by", [None, "channel", "tag"])
@pytest.mark.parametrize("exact", [None, True, False])
def test_a_percentile_is_that_of_all_values_rounded_half_up(
    index: Any, name: str, interval: str, group_by: str | None, exact: bool | None
) -> None:
    answer = ask(index, name, interval=interval, group_by=group_by, exact=exact)
    assert answer.exact
    assert (answer.total.value, answer.total.count) == of(name, None, None, ALL)
    for row in answer.rows:
        groups = None if group_by is None else {row.group}
        assert (row.value, row.count) == of(name, group_by, groups, days_of(row.period, interval))


def ranked(name: str, by_count: bool) -> list[str]:
    numbers = {tag: of(name, "tag", {tag}, ALL) for tag in TAGS}
    if by_count:
        return sorted(TAGS, key=lambda tag: (-numbers[tag][1], tag))
    return sorted(TAGS, key=lambda tag: (-(numbers[tag][0] or 0), -numbers[tag][1], tag))


@pytest.mark.services
@pytest.mark.parametrize("name", [*MEASURED, "new_inbound_conversations"])
@pytest.mark.parametrize("interval", ["day", "week", "range"])
@pytest.mark.parametrize("sort", ["value", "count", "name", None])
@pytest.mark.parametrize("top", [1, 5, 40, None])
def test_top_groups_are_in_order_and_the_others_are_one_number_of_all_that_is_in_them(
    index: Any, name: str, interval: str, sort: str | None, top: int | None
) -> None:
    counts = sorted(of(name, "tag", {tag}, ALL)[1] for tag in TAGS)
    answer = ask(index, name, interval=interval, group_by="tag", sort=sort, top=top, min_count=counts[2])
    wanted = [tag for tag in ranked(name, sort == "count") if of(name, "tag", {tag}, ALL)[1] >= counts[2]][:top]
    rest = {*TAGS} - {*wanted}
    order = [*(sorted(wanted) if sort == "name" else wanted), None]
    assert answer.groups is not None
    assert [(one.group, one.value, one.count) for one in answer.groups] == [
        (group, *of(name, "tag", {group}, ALL)) for group in order
    ]
    assert [row.group for row in answer.rows] == order * (len(answer.rows) // len(order))
    for row in answer.rows:
        assert (row.value, row.count) == of(name, "tag", {row.group}, days_of(row.period, interval))
    assert answer.others is not None
    assert answer.others.groups == len(rest)
    assert (answer.others.total.value, answer.others.total.count) == of(name, "tag", {*rest}, ALL)
    for row in answer.others.rows:
        assert (row.value, row.count) == of(name, "tag", {*rest}, days_of(row.period, interval))
    assert (answer.total.value, answer.total.count) == of(name, None, None, ALL)


@pytest.mark.services
def test_without_a_rest_there_are_no_others_and_names_are_in_their_order(index: Any) -> None:
    answer = ask(index, "new_inbound_conversations", group_by="tag", sort="name", interval="month")
    assert [row.group for row in answer.rows] == [*sorted(TAGS), None]
    assert answer.others is None


@pytest.mark.services
def test_the_others_before_include_groups_that_are_only_there(index: Any) -> None:
    later = {"from": "2024-03-30", "to": "2024-03-31", "interval": "range"}
    answer = ask(index, "new_inbound_conversations", group_by="tag", top=1, compare=True, **later)
    assert answer.groups is not None
    assert answer.compare is not None
    assert answer.compare.others is not None
    [first, *_] = [one.group for one in answer.groups]
    others = answer.compare.others.total
    assert (others.value, others.count) == of("new_inbound_conversations", "tag", {*TAGS} - {first}, range(28, 30))


@pytest.mark.services
@pytest.mark.parametrize("interval", ["day", "week", "range"])
@pytest.mark.parametrize("present", [1, 2, 13, 31, 40])
def test_an_average_is_that_of_the_days_that_are_over(index: Any, interval: str, present: int) -> None:
    as_of = FIRST + (present - 1) * 86_400 + 40_000
    average = ask(index, "new_inbound_conversations", interval=interval, as_of=as_of).average
    over = range(1, min(present - 1, DAYS) + 1)
    if not over:
        assert average is None
        return
    assert average is not None
    days = 7 if interval == "week" else 1
    assert average.value == pytest.approx(of("new_inbound_conversations", None, None, over)[0] * days / len(over))
    assert average.days == len(over)


@pytest.mark.services
@pytest.mark.parametrize("name", MEASURED)
def test_beyond_the_bound_an_answer_says_so_and_has_one_total_whatever_it_is_cut_into(
    index: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quantile, "COMPRESSION", 20)
    cuts = [(interval, group_by) for interval in ("day", "week", "range") for group_by in (None, "channel", "tag")]
    answers = [ask(index, name, interval=interval, group_by=group_by) for interval, group_by in cuts]
    assert not any(answer.exact for answer in answers)
    assert len({answer.total.value for answer in answers}) == 1
    with pytest.raises(InvalidQuestion, match="exact: there are too many values for an exact answer"):
        ask(index, name, interval="range", exact=True)
    assert ask(index, name, interval="range", exact=False).exact


@pytest.mark.services
@pytest.mark.parametrize("values", [1, 399, 400])
def test_a_digest_keeps_all_values_below_twenty_times_its_compression(
    elasticsearch_url: str, values: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Elasticsearch's own bound: the number is exact whenever the answer says that it is."""
    monkeypatch.setattr(quantile, "COMPRESSION", 20)
    dice = random.Random(values)
    times = [dice.randrange(10**6) for _ in range(values)]
    made = [conversation(n, FIRST + n, started_at=FIRST + n, first_response_time=time) for n, time in enumerate(times)]
    report = REPORTS["median_first_response_time"]
    with indexed(elasticsearch_url, made) as prefix, Elasticsearch(elasticsearch_url) as client:
        answer = run_report(client, prefix, report, read_question(report, MARCH | {"interval": "range"}))
    assert answer.exact == (values < 400)
    times.sort()
    if answer.exact:
        middle = (times[(values - 1) // 2] + times[values // 2] + 1) // 2
        assert answer.total.value == middle


@pytest.mark.services
def test_a_whole_range_is_one_period_with_the_total_of_all(index: Any) -> None:
    answer = ask(index, "median_first_response_time", interval="range")
    [row] = answer.rows
    assert (row.period, row.value, row.count) == (answer.from_, answer.total.value, answer.total.count)
    assert answer.interval == "range"
