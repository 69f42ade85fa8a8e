"""Several figures a row on a terminal: each beside what it is a percentage of, in any width."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from indexer.answers.catalogue import load_reports
from indexer.cli.report_figures import figure_lines, figure_notes
from indexer.reports import Answer, Comparison, Interval, Number, Row
from indexer.reports.answer import Others
from indexer.reports.numbers.base import NamedFigure

MARCH = date(2024, 3, 4)
REPORT = load_reports()["message_performance"]
FIGURES = [
    NamedFigure("sent", "sent"),
    NamedFigure("opened", "opened"),
    NamedFigure("opened_of_sent", "opened", "sent"),
    NamedFigure("opened_of_delivered", "opened", "delivered"),
]


def figures(sent: int, opened: int) -> dict[str, Any]:
    share = 100 * opened / sent if sent else None
    return {"sent": sent, "opened": opened, "opened_of_sent": share, "opened_of_delivered": share}


def row(group: str | None, sent: int, opened: int, period: date = MARCH) -> Row:
    return Row(period=period, group=group, value=sent, count=sent, figures=figures(sent, opened))


def answer(**other: Any) -> Answer:
    base = {
        "report": REPORT.name,
        "workspace": "acme",
        "from_": MARCH,
        "to": MARCH + timedelta(6),
        "time_zone": "Europe/Dublin",
        "interval": Interval.RANGE,
        "group_by": "content",
        "office_hours": False,
        "unit": "receipts",
        "total": Number(value=1_230, count=1_230, figures=figures(1_230, 430)),
        "rows": [row("901", 1_000, 405), row("902", 200, 1), row(None, 30, 24)],
        "where": [],
        "exact": True,
    }
    return Answer(**base | other)


def lines(found: Answer, width: int = 80) -> list[str]:
    return [line.plain for line in figure_lines(FIGURES, found, width)]


def test_a_count_has_its_percentage_beside_it_rounded_half_up() -> None:
    assert lines(answer()) == [
        "         sent     opened  opened of delivered",
        "─────────────────────────────────────────────",
        "901     1,000  405  41 %                 41 %",
        "902       200    1   1 %                  1 %",
        "(none)     30   24  80 %                 80 %",
        "─────────────────────────────────────────────",
        "total   1,230  430  35 %                 35 %",
        "",
    ]


def test_headings_have_several_lines_if_figures_do_not_fit_beside_each_other() -> None:
    assert lines(answer(), 44) == [
        "                          opened of",
        "         sent     opened  delivered",
        "───────────────────────────────────",
        "901     1,000  405  41 %       41 %",
        "902       200    1   1 %        1 %",
        "(none)     30   24  80 %       80 %",
        "───────────────────────────────────",
        "total   1,230  430  35 %       35 %",
        "",
    ]


def test_columns_that_do_not_fit_follow_in_a_table_of_their_own() -> None:
    found = lines(answer(), 34)
    assert [line.split()[0] for line in found if line.startswith(("9", "total"))] == ["901", "902", "total"] * 2
    assert found[0].split() == ["sent", "opened"]


def test_periods_stand_above_their_groups_and_others_below_them() -> None:
    later = MARCH + timedelta(1)
    rows = [row("901", 5, 1), row("902", 0, 0), row("901", 6, 1, later), row("902", 7, 1, later)]
    rest = Others(groups=3, total=Number(value=1, count=1), rows=[row(None, 1, 0), row(None, 2, 0, later)])
    found = lines(answer(rows=rows, others=rest, interval=Interval.DAY))
    assert [line.split("  ")[0] for line in found[2:9]] == [
        "2024-03-04", "901", "others (3)", "2024-03-05", "901", "902", "others (3)",
    ]  # fmt: skip


def test_without_groups_a_line_is_a_period_and_nothing_of_nothing_is_not_zero() -> None:
    found = lines(answer(rows=[row(None, 0, 0)], group_by=None, interval=Interval.DAY))
    assert found[2].split() == ["2024-03-04", "0", "0", "-", "-"]


def test_the_range_before_has_a_line_below_the_total() -> None:
    before = Comparison(from_=MARCH, to=MARCH, total=Number(value=10, count=10, figures=figures(10, 5)), rows=[])
    found = lines(answer(compare=before))
    assert found[-2].split() == ["before", "10", "5", "50", "%", "50", "%"]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60), st.sampled_from([40, 60, 80, 120]))
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    found = answer(rows=[row(name, 10**7, 10**6)])
    assert all(cell_len(line.plain) <= width for line in figure_lines(REPORT.value.figures, _all(found), width))


def _all(found: Answer) -> Answer:
    every = {one.name: 10**7 for one in REPORT.value.figures}
    rows = [one.model_copy(update={"figures": every}) for one in found.rows]
    return found.model_copy(update={"rows": rows, "total": Number(value=1, count=1, figures=every)})


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        (FIGURES, ["Percentages are of sent, rounded to whole ones."]),
        ([], []),
        (
            [*FIGURES, NamedFigure("clicked", "clicked"), NamedFigure("clicked_of_opened", "clicked", "opened")],
            [
                "Percentages beside opened are of sent, rounded to whole ones.",
                "Percentages beside clicked are of opened, rounded to whole ones.",
            ],
        ),
    ],
)
def test_the_notes_say_what_the_percentages_are_of(figures: list[NamedFigure], said: list[str]) -> None:
    assert list(figure_notes(figures)) == said
