"""Times of rows with an offset, with a zone in place of one, and with neither."""

from zoneinfo import ZoneInfo

import pytest

from indexer.conversation.values import epoch_seconds
from indexer.messages.row_times import with_offset

DUBLIN = ZoneInfo("Europe/Dublin")
T = 1_782_900_000  # 1 July 2026, 10:00 UTC; 11:00 in Dublin


@pytest.mark.parametrize(
    "said",
    [
        T,
        str(T),
        str(T * 1000),
        "2026-07-01T10:00:00Z",
        "2026-07-01T10:00:00+00:00",
        "2026-07-01 10:00:00 UTC",
        "2026-07-01 10:00:00 utc",
        "2026-07-01 10:00:00 GMT",
        " 2026-07-01 10:00:00Z ",
        "2026-07-01 12:00:00 +0200",
        "2026-07-01 12:00:00.75 +02:00",
        "2026-07-01 11:00:00",
        "2026-07-01T11:00",
    ],
    ids=str,
)
def test_spellings_of_one_instant(said: object) -> None:
    assert epoch_seconds(with_offset(said, DUBLIN), "") == T


@pytest.mark.parametrize(
    ("said", "offset"), [("2026-01-05 10:00", "+00:00"), ("2026-10-25 01:30", "+01:00"), ("2026-10-25 02:30", "+00:00")]
)
def test_a_time_without_an_offset_has_that_of_the_zone_then_the_first_of_two(said: str, offset: str) -> None:
    assert str(with_offset(said, DUBLIN)).endswith(offset)


@pytest.mark.parametrize(
    "said", [None, "", "2026-07-01", "10:00", "soon: today", 5.5, True, ["2026-07-01 10:00"]], ids=str
)
def test_anything_else_stays(said: object) -> None:
    assert with_offset(said, DUBLIN) is said
