"""Pictures in full: a conversation of ten hours that is still open, and one of two that was reopened at its end."""

from typing import Any

import pytest

from indexer.differences.reasons import Hours
from indexer.explaining import Explanation, explain
from indexer.explaining.explanation import Assigned
from indexer.explaining.picture import Picture, State, highlight_of, picture_of
from indexer.office_hours import OfficeHours, parse_office_hours
from tests.builders import conversation, parsed, part

NINE = 1_709_542_800
"""9:00 on Monday, 4 March 2024, UTC."""
HOURS: OfficeHours = parse_office_hours(
    {
        "time_zone_name": "UTC",
        "twenty_four_seven": False,
        "time_intervals": [{"start_minute": 540, "end_minute": 1_020}],
    }
)


def at(hour: int, minute: int = 0) -> int:
    return NINE + (hour - 9) * 3_600 + minute * 60


def explained(*parts: dict[str, Any], as_of: int | None = None) -> Explanation:
    return explain(parsed(conversation(*parts, at=NINE)), "w", Hours(HOURS, {}), as_of=as_of)


@pytest.fixture
def still_open() -> Explanation:
    return explained(
        part("O", "comment", at(10)),
        part("A", "comment", at(11)),
        part("A", "assignment", at(11, 2), to="A"),
        part("A", "snoozed", at(12)),
        part("A", "unsnoozed", at(14)),
        part("C", "comment", at(15)),
    )


def marks(picture: Picture) -> list[tuple[float, str, list[int], bool]]:
    return [
        (round(one.place, 4), one.lane, [entry.number for entry in one.entries], one.chosen) for one in picture.marks
    ]


def test_a_picture_shows_by_whom_each_part_is_and_which_make_the_metric(still_open: Explanation) -> None:
    picture = picture_of(still_open, HOURS, at(19), [still_open.fields["first_response_time"]])
    assert marks(picture) == [
        (0.0, "customer", [1], True),
        (0.6, "customer", [7], False),
        (0.2017, "teammate", [3, 4], True),  # two minutes apart
        (0.3, "teammate", [5], False),
        (0.5, "teammate", [6], False),
        (0.0, "other", [0], False),
        (0.1, "other", [2], False),
    ]
    assert picture.highlight.stretches == (((at(9), at(11)),),)


def test_a_picture_of_an_open_conversation_lasts_until_now(still_open: Explanation) -> None:
    picture = picture_of(still_open, HOURS, at(19))
    assert (picture.scale.start, picture.scale.end, picture.until_now) == (at(9), at(19), True)
    assert picture.states == [State("open", at(9), at(19)), State("snoozed", at(12), at(14))]
    assert picture.assignments == [Assigned(at(11, 2), None, None, "A", with_bot=False)]
    assert picture.office == [(at(9), at(17))]
    assert [(f"{tick.local:%H:%M}", round(tick.place, 4)) for tick in picture.ticks] == [
        ("10:00", 0.1), ("12:00", 0.3), ("14:00", 0.5), ("16:00", 0.7), ("18:00", 0.9),
    ]  # fmt: skip
    assert (picture.quiet, picture.clock_changes) == ([], [])


def test_a_conversation_that_is_snoozed_still_is_open_and_snoozed_until_now() -> None:
    picture = picture_of(explained(part("A", "snoozed", at(10))), HOURS, at(12))
    assert picture.states == [State("open", at(9), at(12)), State("snoozed", at(10), at(12))]


def test_a_time_that_has_not_ended_is_highlighted_until_now(still_open: Explanation) -> None:
    assert highlight_of([still_open.fields["open_during"]], at(19)).stretches == (((at(9), at(19)),),)


def test_parts_are_one_mark_while_they_are_near_the_first_of_them() -> None:
    # A minute is 0.0017 of the line, and marks are 0.014 apart.
    explanation = explained(*(part("A", "note", at(10, minute)) for minute in (0, 6, 12, 18)))
    assert [numbers for _, lane, numbers, _ in marks(picture_of(explanation, HOURS, at(19))) if lane == "teammate"] == [
        [2, 3],
        [4, 5],
    ]


def test_what_begins_at_the_end_of_a_picture_is_not_drawn() -> None:
    explanation = explained(
        part("A", "close", at(10)), part("C", "open", at(11)), part("B", "assignment", at(11), to="B"), as_of=at(11)
    )
    picture = picture_of(explanation, HOURS, at(19), [explanation.fields["open_during"]])
    assert (picture.scale.end, picture.until_now) == (at(11), False)
    assert picture.states == [State("open", at(9), at(10))]
    assert picture.assignments == []
    assert picture.highlight.stretches == (((at(9), at(10)),),)
