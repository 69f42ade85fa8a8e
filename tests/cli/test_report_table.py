"""An answer on a terminal says its whole question, loses no name, and fits."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from indexer.answers.catalogue import load_reports
from indexer.cli.report_grid import grid_lines
from indexer.cli.report_heading import change, notes, question_line
from indexer.cli.report_rows import rows_of
from indexer.cli.report_table import bar, table_lines
from indexer.plain_text import printable
from indexer.reports import Answer, Comparison, Interval, Number, Row
from indexer.reports.answer import GroupTotal, Others, RowBefore
from indexer.reports.completeness import Average, Part
from indexer.reports.heatmap_hours import HOURS
from indexer.reports.periods import Weekday

WIDTHS = (60, 80, 100, 120)
MARCH = date(2024, 3, 4)
REPORTS = load_reports()


def answer(name: str = "median_first_response_time", **other: Any) -> Answer:
    base = {
        "report": name,
        "workspace": "acme",
        "from_": MARCH,
        "to": MARCH + timedelta(27),
        "time_zone": "Europe/Dublin",
        "interval": Interval.WEEK,
        "group_by": None,
        "office_hours": False,
        "unit": REPORTS[name].unit,
        "total": Number(value=100, count=10),
        "rows": [],
        "where": [],
        "exact": True,
    }
    return Answer(**base | other)


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40) | st.sampled_from(
    ["x" * 130, "Frontline support of the first level", "支持" * 30, "\x1b[2Jescape", "[red]:smile:", "فريق الدعم"]
)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    groups: list[str | None] = [None]
    grouped = draw(st.booleans())
    if grouped:
        groups = [*draw(st.lists(names, max_size=4, unique=True)), None]
    periods = [MARCH + timedelta(weeks=week) for week in range(draw(st.integers(1, 3)))]
    values = st.none() | st.floats(0, 1e8) | st.integers(0, 10**9)
    rows = [
        Row(period=period, group=group, value=draw(values), count=draw(st.integers(1, 10**7)))
        for period in periods
        for group in groups
    ]
    compare = None
    if draw(st.booleans()):
        before = [RowBefore(**{**dict(row), "value": draw(values)}, beside=row.period) for row in rows]
        total = Number(value=draw(values), count=5)
        compare = Comparison(from_=MARCH - timedelta(28), to=MARCH - timedelta(1), total=total, rows=before)
    return answer(
        rows=rows,
        group_by="team" if grouped else None,
        compare=compare,
        exact=draw(st.booleans()),
        interval=draw(st.sampled_from([Interval.WEEK, Interval.MONTH])),
    )


def letters(text: str) -> str:
    return "".join(printable(text).split())


@pytest.mark.parametrize("width", WIDTHS)
@given(answers())
def test_no_line_is_too_long_and_no_name_is_lost_or_stands_a_letter_a_line(width: int, found: Answer) -> None:
    rows = rows_of(found)
    lines = [line.plain for line in table_lines(rows, width)]
    assert all(cell_len(line) <= width for line in lines)
    everything = letters("".join(lines))
    for line in rows.lines:
        # Lines of a name have its numbers between them only after the first one.
        pieces = [line.group] if line.group else []
        for piece in pieces:
            begun = letters(piece.split()[0] if piece.split() else "")[:8]
            assert begun in everything
            assert all(word in everything for word in map(letters, piece.split()) if cell_len(word) <= 16)
        assert all(letters(line.period) in everything for _ in pieces)


@given(answers(), st.sampled_from(WIDTHS))
def test_a_group_has_room_for_sixteen_letters_at_least(found: Answer, width: int) -> None:
    rows = rows_of(found)
    lines = list(table_lines(rows, width))
    most = max((cell_len(line.group) for line in rows.lines), default=0)
    if most > 16:
        # A name of 130 letters needs nine lines at most.
        assert len(lines) <= 10 + sum(cell_len(line.group) // 15 + 12 for line in rows.lines)


def test_the_bar_gives_way_first() -> None:
    name = "Frontline support of the first level and some more"
    rows = [Row(period=MARCH, group=name, value=4980, count=3)]
    found = rows_of(answer(rows=rows, group_by="team"))
    wide, narrow = ([line.plain for line in table_lines(found, width)] for width in (120, 80))
    assert f"2024-03-04  {name}  1 h 23 m      3  {'█' * 32}" in wide
    assert f"2024-03-04  {name}  1 h 23 m      3" in narrow


def test_the_table_of_a_comparison() -> None:
    rows = [
        Row(period=MARCH, group="Billing", value=12, count=12),
        Row(period=MARCH, group="Sales", value=260, count=260),
    ]
    before = [
        RowBefore(period=MARCH - timedelta(28), group="Billing", value=10, count=10, beside=MARCH),
        RowBefore(period=MARCH - timedelta(28), group="Gone", value=7, count=7, beside=MARCH),
        RowBefore(period=MARCH - timedelta(28), group="Sales", value=2, count=2, beside=MARCH),
    ]
    compare = Comparison(
        from_=MARCH - timedelta(28), to=MARCH - timedelta(1), total=Number(value=19, count=19), rows=before
    )
    found = answer(
        "new_inbound_conversations",
        rows=rows,
        group_by="team",
        interval=Interval.RANGE,
        compare=compare,
        total=Number(value=272, count=272),
    )
    assert [line.plain for line in table_lines(rows_of(found), 60)] == [
        "team     conversations  before  change",
        "──────────────────────────────────────",
        "Billing             12      10   +20 %  ▉",
        f"Sales              260       2    \N{MULTIPLICATION SIGN}130  {'█' * 20}",
        "Gone                 0       7  -100 %",
        "──────────────────────────────────────",
        "total              272      19     \N{MULTIPLICATION SIGN}14",
    ]


def test_the_whole_question_is_in_the_heading() -> None:
    report = REPORTS["median_first_response_time"]
    found = answer(
        group_by="team",
        office_hours=True,
        where=["tag=Billing", "channel!=chat", "tag=Refunds"],
        exact=False,
        week_start=Weekday.SUNDAY,
        compare=Comparison(
            from_=MARCH - timedelta(28), to=MARCH - timedelta(1), total=Number(value=1, count=1), rows=[]
        ),
    )
    assert question_line(report, found) == (
        "Workspace acme, 2024-03-04 to 2024-03-31 (Europe/Dublin), by week from Sunday, by team, within office hours, "
        "only where (tag=Billing or tag=Refunds) and channel!=chat, ≈ from a digest, not exact, "
        "compared with 2024-02-05 to 2024-03-03"
    )
    plain = question_line(report, answer(interval=Interval.RANGE))
    assert plain == "Workspace acme, 2024-03-04 to 2024-03-31 (Europe/Dublin), in elapsed time"
    part = question_line(report, answer(interval=Interval.RANGE, until=1_711_887_300))
    assert part == "Workspace acme, 2024-03-04 to 2024-03-31 up to 2024-03-31 13:15 (Europe/Dublin), in elapsed time"


def test_the_heading_has_the_values_of_the_reports_parameters() -> None:
    name = "answered_within_target"
    assert question_line(REPORTS[name], answer(name, parameters={"target": 5400})).endswith(", target 1 h 30 m")


def test_a_board_names_its_moment_and_no_dates() -> None:
    board = next(report for report in REPORTS.values() if report.is_board)
    line = question_line(board, answer(board.name, as_of=1_709_550_000, interval=Interval.RANGE))
    assert line.startswith("Workspace acme, as of 2024-03-04 11:00 (Europe/Dublin)")
    assert "2024-03-31" not in line


def test_numbers_that_are_not_exact_are_marked_in_every_row_and_the_total() -> None:
    rows = [Row(period=MARCH, group=None, value=4980.0, count=3)]
    found = rows_of(answer(rows=rows, exact=False, total=Number(value=4980.0, count=3)))
    assert found.lines[0].cells == ["≈ 1 h 23 m", "3"]
    assert found.total == ["≈ 1 h 23 m", "3"]


def test_a_partial_period_is_marked_and_its_days_are_named() -> None:
    part = Part(from_=date(2024, 3, 9), to=date(2024, 3, 10))
    rows = [Row(period=MARCH, group=None, value=79, count=79, partial=part)]
    found = answer("new_inbound_conversations", rows=rows, average=Average(value=108.5, per=Interval.WEEK, days=31))
    assert rows_of(found).lines[0].period == "2024-03-04*"
    assert list(notes(REPORTS["new_inbound_conversations"], found)) == [
        "108.5 a week on average, over 31 days",
        "* of the week of 2024-03-04 only 2024-03-09 to 2024-03-10 is counted",
    ]


def test_a_value_that_is_called_like_a_missing_one_is_told_from_it() -> None:
    groups = ["(none)", "(empty)", "", "none", None]
    rows = [Row(period=MARCH, group=group, value=1, count=1) for group in groups]
    found = rows_of(answer("new_inbound_conversations", rows=rows, group_by="tag"))
    assert [line.group for line in found.lines] == ['"(none)"', '"(empty)"', "(empty)", "none", "(none)"]


def test_all_other_groups_are_one_row() -> None:
    rows = [Row(period=MARCH, group="7", value=5, count=5)]
    rest = Others(groups=12, total=Number(value=9, count=9), rows=[Row(period=MARCH, group=None, value=9, count=9)])
    found = answer("new_inbound_conversations", rows=rows, group_by="team", others=rest, labels={"7": "Billing"}, top=1)
    assert [line.group for line in rows_of(found).lines] == ["Billing 7", "others (12)"]
    assert "the first 1" in question_line(REPORTS["new_inbound_conversations"], found)


def test_groups_in_an_order_have_their_whole_range_and_others_their_comparison() -> None:
    later = MARCH + timedelta(7)
    rows = [Row(period=day, group="a", value=5, count=5) for day in (MARCH, later)]
    rest = [Row(period=day, group=None, value=2, count=2) for day in (MARCH, later)]
    earlier = [Row(period=day - timedelta(28), group=None, value=1, count=1) for day in (MARCH, later)]
    compare = Comparison(
        from_=MARCH - timedelta(28),
        to=MARCH - timedelta(1),
        total=Number(value=2, count=2),
        rows=[],
        others=Others(groups=3, total=Number(value=2, count=2), rows=earlier),
    )
    found = rows_of(
        answer(
            "new_inbound_conversations",
            rows=rows,
            group_by="team",
            top=1,
            groups=[GroupTotal(group="a", value=10, count=10)],
            others=Others(groups=3, total=Number(value=4, count=4), rows=rest),
            compare=compare,
        )
    )
    assert [(line.period, line.group, line.cells) for line in found.lines] == [
        ("2024-03-04", "a", ["5", "0", "new"]),
        ("", "others (3)", ["2", "1", "+100 %"]),
        ("2024-03-11", "a", ["5", "0", "new"]),
        ("", "others (3)", ["2", "1", "+100 %"]),
        ("whole range", "a", ["10", "", ""]),
        ("", "others (3)", ["4", "", ""]),
    ]


@pytest.mark.parametrize("width", WIDTHS)
@given(st.lists(st.integers(0, 99_999), min_size=len(HOURS), max_size=len(HOURS)))
def test_a_grid_has_sums_and_fits(width: int, counts: list[int]) -> None:
    rows = [Row(period=MARCH, group=hour, value=count, count=count) for hour, count in zip(HOURS, counts, strict=True)]
    lines = list(grid_lines(answer("busiest_periods", rows=rows, interval=Interval.RANGE), width))
    assert len(lines) == 26
    assert all(cell_len(line) <= width for line in lines)
    if width < 80:
        return  # large sums are said in thousands there
    mondays = sum(count for hour, count in zip(HOURS, counts, strict=True) if hour.startswith("Mon"))
    assert lines[-1].split()[1].replace(",", "").replace("·", "0") == str(mondays)
    assert lines[-1].split()[-1].replace(",", "").replace("·", "0") == str(sum(counts))


def test_a_grid_begins_with_the_day_that_weeks_begin_on() -> None:
    rows = [Row(period=MARCH, group=hour, value=1, count=1) for hour in HOURS]
    lines = list(grid_lines(answer("busiest_periods", rows=rows, week_start=Weekday.SUNDAY), 80))
    assert lines[0].split() == ["hour", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "all"]


@pytest.mark.parametrize(
    ("now", "before", "unit", "said"),
    [
        (11, 10, "conversations", "+10 %"),
        (50.0, 48.5, "percent", "+1.5 points"),
        (1260, 10, "seconds", "\N{MULTIPLICATION SIGN}126"),
        (5, -5, "conversations", "+10"),
        (-7, 5, "conversations", "-12"),
        (0, 0, "conversations", ""),
        (3, 0, "conversations", "new"),
        (None, 4, "seconds", ""),
    ],
)
def test_a_change_is_told_as_people_tell_it(now: float | None, before: float, unit: str, said: str) -> None:
    assert change(now, before, unit) == said


def test_bars_are_drawn_in_eighths_and_only_zero_is_invisible() -> None:
    assert bar(0, 100) == bar(-5, 100) == ""
    assert bar(100, 100) == "█" * 32
    assert bar(50, 100) == "█" * 16
    assert bar(51, 100) == "█" * 16 + "▍"
    assert bar(1, 1_000_000) == "▏"
