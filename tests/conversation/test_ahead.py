"""Times in the future do not decide when a conversation last changed (docs/decisions/0027)."""

from typing import Any

import pytest

from indexer.conversation.ahead import conversation_change, is_ahead, last_change
from tests.builders import conversation, parsed, part

NOW = 1_772_442_000
DAY = 86_400
YEAR_2099 = 4_102_444_799


def test_a_clock_may_be_a_day_ahead_and_no_more() -> None:
    assert [is_ahead(NOW + more, NOW) for more in (-DAY, 0, DAY, DAY + 1)] == [False, False, False, True]


@pytest.mark.parametrize(
    ("said", "others", "expected"),
    [
        (NOW - 5, [NOW - 3], (NOW - 5, None)),
        (NOW + DAY, [NOW - 3], (NOW + DAY, None)),
        (YEAR_2099, [NOW - 9, NOW - 3, NOW - 7], (NOW - 3, YEAR_2099)),
        (YEAR_2099, [NOW - 9, YEAR_2099, NOW + DAY], (NOW + DAY, YEAR_2099)),
        (YEAR_2099, [YEAR_2099, NOW + DAY + 1], (0, YEAR_2099)),
        (YEAR_2099, [], (0, YEAR_2099)),
    ],
)
def test_the_latest_time_that_is_not_ahead_is_the_last_change(
    said: int, others: list[int], expected: tuple[int, int | None]
) -> None:
    assert last_change(said, others, NOW) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"updated_at": NOW - 1}, (NOW - 1, None)),
        ({"updated_at": YEAR_2099}, (NOW - 20, YEAR_2099)),
        ({"updated_at": YEAR_2099, "conversation_parts": []}, (NOW - 50, YEAR_2099)),
        ({"updated_at": None}, (NOW - 20, YEAR_2099)),
    ],
)
def test_a_conversation_changed_with_its_latest_part_or_its_creation_if_it_is_ahead(
    more: dict[str, Any], expected: tuple[int, int | None]
) -> None:
    parts = [part("A", "note", at) for at in (NOW - 40, NOW - 20, YEAR_2099)]
    raw = conversation(*parts, by="A", delivered_as="admin_initiated", at=NOW - 50)
    assert conversation_change(parsed(raw | more), NOW) == expected
