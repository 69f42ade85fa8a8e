"""The pairs of times of the three worked scenarios: Monday to Friday 09:00 to 17:00 in New York."""

import pytest

from indexer.office_hours import elapsed, parse_office_hours

OFFICE = parse_office_hours(
    {
        "time_zone_name": "America/New_York",
        "twenty_four_seven": False,
        "time_intervals": [{"start_minute": day * 1440 + 540, "end_minute": day * 1440 + 1020} for day in range(5)],
    }
)

SINGLE_CYCLE = [
    (1709588400, 1709589300, 900, 900),
    (1709588400, 1709648400, 60000, 2400),
    (1709588400, 1709650800, 62400, 4800),
    (1709649000, 1709649750, 750, 750),
    (1709589300, 1709650800, 61500, 3900),
    (1709588700, 1709648400, 59700, 2100),
]
OVER_A_WEEKEND_WITH_A_CHANGE_OF_CLOCKS = [
    (1709928000, 1709928600, 600, 600),
    (1709928000, 1709929800, 1800, 1800),
    (1709928000, 1709930400, 2400, 2400),
    (1709928000, 1710169200, 241200, 14400),
    (1710160200, 1710162900, 2700, 900),
    (1710160200, 1710169200, 9000, 7200),
]
BEFORE_OPENING = [
    (1720612200, 1720618800, 6600, 2400),
    (1720612200, 1720620000, 7800, 3600),
    (1720612200, 1720623840, 11640, 7440),
    (1720621260, 1720621800, 540, 540),
    (1720623600, 1720623840, 240, 240),
    (1720616700, 1720623840, 7140, 7140),
    (1720612500, 1720620000, 7500, 3600),
    (1720618800, 1720620000, 1200, 1200),
    (1720621800, 1720623000, 1200, 1200),
]


@pytest.mark.parametrize(
    ("start", "end", "in_elapsed_time", "within_office_hours"),
    SINGLE_CYCLE + OVER_A_WEEKEND_WITH_A_CHANGE_OF_CLOCKS + BEFORE_OPENING,
)
def test_the_numbers_worked_by_hand(start: int, end: int, in_elapsed_time: int, within_office_hours: int) -> None:
    assert elapsed(end) - elapsed(start) == in_elapsed_time
    assert OFFICE.clock(end) - OFFICE.clock(start) == within_office_hours
