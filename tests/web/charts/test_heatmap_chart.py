from hypothesis import given
from hypothesis import strategies as st

from indexer.web.charts.heatmap_chart import LEVELS, grid_of
from tests.web.charts.test_series import answer

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOURS = [f"{day} {hour:02}" for day in DAYS for hour in range(24)]


@given(st.dictionaries(st.sampled_from(HOURS), st.integers(0, 10_000)))
def test_every_hour_stands_at_its_place_and_is_the_darker_the_more_it_has(counts: dict[str, int]) -> None:
    grid = grid_of(answer([(1, hour, counts.get(hour, 0)) for hour in HOURS], None))
    hours = [hour for _, row in grid.days for hour in row]
    assert [hour.count for hour in hours] == [counts.get(hour, 0) for hour in HOURS]
    assert all((hour.level == 0) == (hour.count == 0) and hour.level <= LEVELS for hour in hours)
    by_count = sorted(hours, key=lambda hour: hour.count)
    assert [hour.level for hour in by_count] == sorted(hour.level for hour in hours)


def test_periods_are_added_up() -> None:
    grid = grid_of(answer([(1, "Tue 09", 2), (2, "Tue 09", 3), (2, "Sun 23", 4)], None))
    assert grid.busiest == ("Tuesday, 09:00 to 09:59", 5)


def test_an_empty_heatmap_has_no_busiest_hour() -> None:
    assert grid_of(answer([(1, "Mon 00", 0)], None)).busiest is None
