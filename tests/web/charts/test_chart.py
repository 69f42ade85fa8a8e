from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.reports import Interval, Span
from indexer.reports.periods import periods
from indexer.web.charts.chart import HEIGHT, bar_chart, line_chart, period_label
from indexer.web.charts.series import Figure, Series

UNIT = "conversations"


def column(label: str, style: str, figures: Sequence[Figure]) -> Series:
    return Series(label, style, figures, None)


stacks = st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 5_000)), min_size=1, max_size=80)


@given(stacks)
def test_bars_stand_on_the_ground_and_are_as_high_as_their_figures(figures: list[tuple[int, int]]) -> None:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(len(figures))]
    series = [column("a", "s0", [a for a, _ in figures]), column("b", "s1", [b for _, b in figures])]
    chart = bar_chart(days, series, Interval.DAY, UNIT)
    top = int(chart.up[-1].label.replace(",", ""))
    assert top >= max(map(sum, figures))
    for bar, stack in zip(chart.bars, figures, strict=True):
        assert [segment.style for segment in bar.segments] == [s.style for s, n in zip(series, stack, strict=True) if n]
        assert sum(segment.height for segment in bar.segments) == pytest.approx(HEIGHT * sum(stack) / top)
        lower = [segment.y for segment in bar.segments]
        upper_ends = [segment.y + segment.height for segment in bar.segments]
        assert upper_ends == pytest.approx([HEIGHT, *lower][: len(lower)])


@given(stacks)
def test_the_lines_are_few_and_at_round_figures(figures: list[tuple[int, int]]) -> None:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(len(figures))]
    chart = bar_chart(days, [column("a", "s0", [sum(stack) for stack in figures])], Interval.DAY, UNIT)
    values = [int(tick.label.replace(",", "")) for tick in chart.up]
    assert 2 <= len(values) <= 6
    assert values[0] == 0
    assert str(values[1]).rstrip("0") in {"1", "2", "5"}


@given(st.lists(st.none() | st.integers(0, 100_000) | st.floats(0, 1e5), min_size=1, max_size=80))
def test_a_line_has_a_dot_for_each_figure_and_gaps_where_there_is_none(figures: list[float | None]) -> None:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(len(figures))]
    chart = line_chart(days, [column("a", "s0", figures)], Interval.DAY, "seconds")
    present = [place for place, figure in enumerate(figures) if figure is not None]
    assert [dot.x for dot in chart.dots] == pytest.approx([(place + 0.5) * 100 / len(figures) for place in present])
    assert all(0 <= dot.y <= HEIGHT for dot in chart.dots)
    neighbours = [place for place in present if place + 1 in present]
    assert [stroke.x1 for stroke in chart.strokes] == [chart.dots[present.index(place)].x for place in neighbours]
    assert len(chart.bars) == len(figures)
    assert not any(bar.segments for bar in chart.bars)


def test_durations_read_as_durations() -> None:
    series = [column("a", "s0", [4_999, None])]
    chart = line_chart([date(2024, 3, 1), date(2024, 3, 2)], series, Interval.DAY, "seconds")
    assert [bar.text for bar in chart.bars] == ["Fri 1 Mar 2024: 1 h 23 m", "Sat 2 Mar 2024: -"]
    assert [tick.label for tick in chart.up] == ["0 s", "30 m", "1 h", "1 h 30 m"]


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 1_000), st.sampled_from(Interval))
def test_the_dates_below_have_room(first: date, days: int, interval: Interval) -> None:
    starts = periods(Span(first, first + timedelta(days=days)), interval)
    chart = bar_chart(starts, [column("a", "s0", [1] * len(starts))], interval, UNIT)
    places = [tick.at for tick in chart.along]
    assert len(places) <= 9
    assert all(0 < at < 100 for at in places)
    assert sum(not tick.minor for tick in chart.along) <= 5
    assert all(0 <= bar.slot_x <= bar.x and bar.x + bar.width <= 100.001 for bar in chart.bars)


def test_a_bar_tells_its_figures() -> None:
    series = [column("email", "s0", [1_200, 0]), column("(none)", "none", [3, 0])]
    chart = bar_chart([date(2024, 2, 1), date(2024, 3, 1)], series, Interval.MONTH, UNIT)
    assert [bar.text for bar in chart.bars] == ["February 2024: email 1,200, (none) 3", "March 2024: 0"]


def test_periods_are_called_what_people_call_them() -> None:
    assert period_label(date(2024, 3, 4), Interval.DAY) == "Mon 4 Mar 2024"
    assert period_label(date(2024, 3, 4), Interval.WEEK) == "Week of 4 Mar 2024"
    assert period_label(date(2024, 3, 1), Interval.MONTH) == "March 2024"


def test_years_are_named_below_if_there_are_several() -> None:
    starts = [date(2023, 12, 31), date(2024, 1, 1)]
    labels = [tick.label for tick in bar_chart(starts, [column("a", "s0", [1, 1])], Interval.DAY, UNIT).along]
    assert labels == ["31 Dec 2023", "1 Jan 2024"]


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(1, 800))
def test_no_label_below_crosses_an_edge(first: date, days: int):
    periods = [first + timedelta(days=day) for day in range(days)]
    for tick in bar_chart(periods, [Series("x", "s0", [1] * days, days)], Interval.DAY, "").along:
        assert tick.anchor == ("start" if tick.at < 3 else "end" if tick.at > 97 else "middle")
