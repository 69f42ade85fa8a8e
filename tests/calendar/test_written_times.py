import re
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from indexer.calendar.written_times import read_day, read_instant

DUBLIN = ZoneInfo("Europe/Dublin")
FIVE_IN_SUMMER = 1774972800
"""2026-03-31 17:00 in Dublin, 16:00 UTC."""


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("20240229", "'20240229' is not a date of the form YYYY-MM-DD"),
        ("29.2.2024", "'29.2.2024' is not a date of the form YYYY-MM-DD"),
        ("٢٠٢٤-٠٢-٢٩", "'٢٠٢٤-٠٢-٢٩' is not a date of the form YYYY-MM-DD"),
        (1709164800, "1709164800 is not a date of the form YYYY-MM-DD"),
        ("2023-02-29", "2023-02-29 is not in the calendar"),
    ],
)
def test_a_date_has_one_form_and_is_in_the_calendar(written: object, reason: str) -> None:
    assert read_day("2024-02-29") == date(2024, 2, 29)
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        read_day(written)


@pytest.mark.parametrize(
    "written", ["2026-03-31T17:00", "2026-03-31 17:00:00", "2026-03-31T16:00Z", "2026-03-31T18:00+02:00", "1774972800"]
)
def test_an_instant_without_an_offset_is_local_time_of_the_zone(written: str) -> None:
    assert read_instant(written, DUBLIN) == FIVE_IN_SUMMER


def test_eight_digits_are_a_date_and_not_epoch_seconds() -> None:
    assert read_instant("20260331", DUBLIN) == FIVE_IN_SUMMER - 17 * 3600


def test_a_time_that_cannot_be_read_is_refused_with_examples() -> None:
    with pytest.raises(ValueError, match=r"^'five' is not a time such as 2026-03-31T17:00 or 1774976400$"):
        read_instant("five", DUBLIN)
