"""The plain computation has something to say of every report, and its own tools are right."""

from datetime import UTC, date, datetime

import pytest

from tests.reports.made_workspaces import AS_OF, WINDOWS, documents
from tests.reports.plain import REPORTS, Asked, Figure, Workspace, agrees, answer
from tests.reports.plain.days import ends, last_second
from tests.reports.plain.figures import percentile
from tests.reports.plain.filters import Condition, fits
from tests.reports.plain.items import Item


@pytest.mark.parametrize("workspace", ["w", "v", "w2"])
@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_the_workspaces_have_something_for_every_report(workspace: str, window: tuple[date, date]) -> None:
    mine = Workspace(workspace, documents())
    for name, report in REPORTS.items():
        given = answer(report, mine, Asked(*window, "Europe/Dublin", "day", as_of=AS_OF))
        assert any(row.figure.value for row in given.rows), name


def test_the_workspaces_have_the_same_ids_but_not_the_same_conversations() -> None:
    one, other = Workspace("w", documents()).documents, Workspace("v", documents()).documents
    assert {document["conversation_id"] for document in one} == {document["conversation_id"] for document in other}
    answers = [
        [
            answer(report, Workspace(name, documents()), Asked(*WINDOWS[0], as_of=AS_OF)).total
            for report in REPORTS.values()
        ]
        for name in ("w", "v")
    ]
    assert sum(mine != others for mine, others in zip(*answers, strict=True)) > len(REPORTS) * 0.8


def test_the_reply_times_of_a_document_are_those_of_its_actions() -> None:
    # If a list has a value twice, exact medians are those of the actions.
    several = 0
    for document in documents():
        for field in ("_time", "_time_ooo"):
            listed = document.get(f"reply{field.replace('time', 'times')}", [])
            single = [action[f"response{field}"] for action in document["actions"] if f"response{field}" in action]
            assert sorted(listed) == sorted(single)
            several += len(listed) > len(set(listed))
    assert several


def test_a_percentile_lies_between_the_nearest_in_the_order() -> None:
    assert percentile([], 50) == Figure(None, 0)
    assert percentile([9, 1], 50).value == 5
    assert percentile([1, 2, 100], 50).value == 2
    assert percentile([0, 10, 20, 30, 40], 90).value == 36


def test_a_percentile_of_seconds_is_rounded_half_up() -> None:
    assert percentile([1, 2], 50).value == 2
    assert percentile([0, 1, 2, 3], 90).value == 3
    assert percentile([1, 2], 50, seconds=False).value == 1.5


def test_numbers_agree_if_only_floats_tell_them_apart() -> None:
    assert agrees(1 / 3 + 1e-12, Figure(1 / 3, 3))
    assert not agrees(501, Figure(500, 3))
    assert not agrees(None, Figure(0, 3))


@pytest.mark.parametrize(
    ("day", "zone", "last"),
    [
        (date(2024, 3, 31), "Europe/Dublin", datetime(2024, 3, 31, 22, 59, 59, tzinfo=UTC)),
        (date(2024, 3, 30), "Europe/Dublin", datetime(2024, 3, 30, 23, 59, 59, tzinfo=UTC)),
        (date(2018, 11, 3), "America/Sao_Paulo", datetime(2018, 11, 4, 2, 59, 59, tzinfo=UTC)),
        (date(2018, 11, 4), "America/Sao_Paulo", datetime(2018, 11, 5, 1, 59, 59, tzinfo=UTC)),
        (date(2011, 12, 29), "Pacific/Apia", datetime(2011, 12, 30, 9, 59, 59, tzinfo=UTC)),
        (date(2011, 12, 30), "Pacific/Apia", datetime(2011, 12, 30, 9, 59, 59, tzinfo=UTC)),
        (date(2011, 12, 31), "Pacific/Apia", datetime(2011, 12, 31, 9, 59, 59, tzinfo=UTC)),
    ],
)
def test_the_last_second_of_a_day_is_the_one_before_the_next_begins(day: date, zone: str, last: datetime) -> None:
    assert last_second(day, zone) == int(last.timestamp())


def test_periods_begin_on_mondays_and_first_days_and_with_the_range() -> None:
    first, last = date(2024, 2, 28), date(2024, 3, 4)
    assert len(ends(first, last, "day", "monday")) == 6
    assert list(ends(first, last, "week", "monday")) == [date(2024, 2, 26), date(2024, 3, 4)]
    assert list(ends(first, last, "month", "monday")) == [date(2024, 2, 1), date(2024, 3, 1)]
    assert list(ends(first, last, "range", "monday")) == [first]


@pytest.mark.parametrize(
    ("conditions", "fit"),
    [
        (["tag=a", "tag=z"], True),
        (["tag=a", "tag!=b"], False),
        (["tag=*", "channel=*"], False),
        (["channel!=*", "channel!=email"], True),
        (["rating>3", "rating<=4"], True),
        (["rating>4"], False),
        (["tag=a", "rating=5"], False),
    ],
)
def test_conditions_on_one_field_are_alternatives_where_they_say_what_it_is(conditions: list[str], fit: bool) -> None:
    item = Item(0, {"tags": ["a", "b"], "rating": {"score": 4}})
    assert fits(item, map(Condition.parse, conditions)) is fit
