"""Tiles and their links, from answers made by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from indexer.answers.catalogue import load_reports
from indexer.answers.page_catalogue import load_pages
from indexer.dashboards import Board, Compared, PageState, Tile, page_questions, read_state
from indexer.reports import Answer, Question, read_question
from indexer.web.charts.sparkline import sparkline
from indexer.web.pages.change import change
from indexer.web.pages.drill_links import DrillLinks
from indexer.web.pages.ordered_table import Ordering
from indexer.web.pages.page_controls import page_controls
from indexer.web.pages.tiles import Asked, BoardView, TileView, board_view, tile_view, with_before

REPORTS = load_reports()
PAGES = load_pages(REPORTS)
TODAY = date(2024, 3, 3)
AS_OF = 1_709_467_200
STATE = PageState(from_=date(2024, 3, 1), to=date(2024, 3, 2), time_zone="Europe/Dublin")


def answer(
    question: Question, report: str, rows: list[tuple[int, str | None, int]], total: float | None = None
) -> Answer:
    """Rows of (day of March 2024, group, number), each number with as many behind it."""
    count = sum(number for *_, number in rows)
    return Answer.model_validate(
        {
            "report": report,
            "workspace": "w",
            "from": question.from_,
            "to": question.to,
            "time_zone": question.time_zone,
            "interval": question.interval,
            "group_by": question.group_by,
            "office_hours": False,
            "unit": REPORTS[report].unit,
            "total": {"value": count, "count": count},
            "rows": [
                {"period": date(2024, 3, day), "group": group, "value": number, "count": number}
                for day, group, number in rows
            ],
            "where": [],
            "exact": True,
        }
    )


def asked(page: str, place: int, rows: list[tuple[int, str | None, int]], **choices: Any) -> list[Asked]:
    """The questions of a tile with answers of these rows; the answers of the earlier range have half of each."""
    definition, state = PAGES[page], STATE.with_(**choices)
    dates = state.dates(definition, TODAY)
    found = page_questions(definition, state, dates, REPORTS, workspace="w", as_of=AS_OF)
    made = []
    for one in found:
        if one.tile != place:
            continue
        question = read_question(one.report, one.parameters)
        before = read_question(one.report, one.before) if one.before else None
        halves = [(day, group, number // 2) for day, group, number in rows]
        made.append(
            Asked(
                one,
                question,
                answer(question, one.report.name, rows),
                answer(before, one.report.name, halves) if before else None,
            )
        )
    return made


def legend_urls(report: str, rows: list[tuple[int, str | None, int]], **more: Any) -> list[bool]:
    """Whether the groups `a` and `b` have a list over the whole range, in their order."""
    parameters = {"workspace": "w", "from": "2024-03-01", "to": "2024-03-03", "group_by": "team"} | more
    question = read_question(REPORTS[report], parameters)
    links = DrillLinks(REPORTS[report], question, answer(question, report, rows))
    return [links.group(group) is not None for group in ("a", "b")]


def test_a_group_that_may_be_unchanged_over_the_range_has_no_list_of_it() -> None:
    rows = [(1, "a", 2), (2, "a", 0), (1, "b", 0), (2, "b", 1)]
    assert legend_urls("closed_minus_opened", rows) == [False, False]
    assert legend_urls("closed_minus_opened", [(1, "a", 2), (1, "b", 0)], interval="range") == [True, False]
    assert legend_urls("new_conversations", rows) == [True, True]


def test_the_groups_at_the_end_are_those_of_the_last_period_that_has_begun() -> None:
    rows = [(1, "a", 2), (2, "a", 0), (3, "a", 0), (1, "b", 0), (2, "b", 1), (3, "b", 0)]
    assert legend_urls("open_conversations", rows) == [False, False]
    noon_of_the_second = 1_709_380_800
    assert legend_urls("open_conversations", rows, until=noon_of_the_second) == [False, True]


def figure(rows: list[tuple[int, str | None, int]], *, until: int | None = None) -> TileView:
    tile = PAGES["conversations"].tiles[0]
    assert isinstance(tile, Tile)
    [one] = asked("conversations", 0, rows)
    if until is not None:
        assert one.question is not None
        one = replace(one, earlier=one.question.up_to(until))
    return tile_view(tile, one, Compared.PREVIOUS, Ordering("tile-0"))


def test_a_figure_stands_beside_that_of_the_earlier_range() -> None:
    found = figure([(1, None, 10), (2, None, 20)])
    assert (found.shape, found.big, found.unit) == ("figure", "30", "conversations")
    assert found.earlier is not None
    assert (found.earlier.figure, found.earlier.change, found.earlier.direction) == ("15", "+100%", "up")
    assert found.earlier.dates == "28 to 29 February 2024"


def test_a_range_that_is_not_over_stands_beside_the_same_part_of_the_earlier_one() -> None:
    at_noon = int(datetime(2024, 2, 29, 12, 30, tzinfo=UTC).timestamp())
    found = figure([(1, None, 10), (2, None, 20)], until=at_noon)
    assert found.earlier is not None
    assert (found.earlier.change, found.earlier.direction) == ("+100%", "up")
    assert found.earlier.dates == "28 to 29 February 2024 up to 12:30"


def test_equal_numbers_have_no_difference() -> None:
    found = figure([(1, None, 0), (2, None, 0)])
    assert found.earlier is not None
    assert (found.earlier.change, found.earlier.direction) == ("", "same")


def test_rows_of_the_earlier_range_stand_beside_those_in_the_same_place() -> None:
    [one] = asked("conversations", 0, [(1, None, 10), (2, None, 20)])
    assert isinstance(one.answer, Answer)
    assert one.before is not None
    compared = with_before(one.answer, one.before).compare
    assert compared is not None
    assert [(row.beside, row.value) for row in compared.rows] == [(date(2024, 3, 1), 5), (date(2024, 3, 2), 10)]
    assert with_before(one.answer, None) is one.answer


def test_an_error_takes_the_place_of_the_numbers() -> None:
    tile = PAGES["conversations"].tiles[0]
    assert isinstance(tile, Tile)
    [one] = asked("conversations", 0, [])
    found = tile_view(tile, Asked(one.of, None, ValueError("no")), Compared.NONE, Ordering("tile-0"))
    assert (found.shape, found.error, found.view) == ("error", "no", None)


def test_a_board_joins_its_columns_by_group_the_largest_first() -> None:
    board = PAGES["teammates"].tiles[0]
    assert isinstance(board, Board)
    made = asked("teammates", 0, [(1, "7", 3), (1, "8", 5), (1, None, 9)])
    made[1] = Asked(
        made[1].of, made[1].question, answer(made[1].question or Question(workspace="w"), "replies_sent", [])
    )
    made[2] = Asked(made[2].of, None, ValueError("is away"))
    found: BoardView = board_view(board, made, {"teammate": "/pages/teammate?workspace=w&"}, Ordering("tile-0"))
    assert [(row.label, row.url) for row in found.rows] == [
        ("8", "/pages/teammate?workspace=w&id=8"),
        ("7", "/pages/teammate?workspace=w&id=7"),
        ("(none)", None),
    ]
    assert [head.text for head in found.heads] == [
        "Teammate",
        "Replied to",
        "Replies",
        "First response",
        "Response",
        "CSAT",
    ]
    assert [cell and cell.text for cell in found.rows[0].cells] == ["5", None, "5 s", "5 s", "5 %"]
    assert found.errors == ["Closed: is away"]


def test_links_lead_to_cells_that_have_something_behind_them_and_no_others() -> None:
    [one] = asked("conversations", 4, [(1, "a,b", 3), (1, None, 1), (2, "a,b", 0)], where=("tag=x&y",))
    assert isinstance(one.answer, Answer)
    assert one.question is not None
    links = DrillLinks(one.of.report, one.question, one.answer)
    url = links.cell(date(2024, 3, 1), "a,b")
    assert url is not None
    assert urlsplit(url).path == "/lists/new_conversations"
    assert parse_qs(urlsplit(url).query) == {
        "workspace": ["w"],
        "from": ["2024-03-01"],
        "to": ["2024-03-02"],
        "time_zone": ["Europe/Dublin"],
        "group_by": ["channel"],
        "where": ["tag=x&y"],
        "period": ["2024-03-01"],
        "group": ["a,b"],
    }
    nameless = links.group(None)
    assert nameless is not None
    assert "no_group=true" in nameless
    assert links.cell(date(2024, 3, 2), "a,b") is None
    assert links.cell(date(2024, 3, 2)) is None
    assert links.group("c") is None


def test_a_board_s_links_carry_the_moment() -> None:
    [one] = asked("overview", 6, [(3, "7", 3)])
    assert isinstance(one.answer, Answer)
    assert one.question is not None
    url = DrillLinks(one.of.report, one.question, one.answer).cell(date(2024, 3, 3), "7")
    assert url is not None
    assert parse_qs(urlsplit(url).query) == {
        "workspace": ["w"],
        "time_zone": ["Europe/Dublin"],
        "as_of": [str(AS_OF)],
        "group": ["7"],
    }


def test_every_choice_is_the_address_of_the_page_with_one_other_choice() -> None:
    page = PAGES["responsiveness"]
    state = read_state(page, [("workspace", "w"), ("range", "7d"), ("where", "channel=email"), ("where", "tag!=*")])
    found = page_controls(page, state, state.dates(page, TODAY), ["v", "w"], REPORTS)
    menus = {menu.name: {option.text: option.url for option in menu.options} for menu in found.menus}
    kept = "/pages/responsiveness?workspace=w"
    where = "&where=channel%3Demail&where=tag%21%3D%2A"
    assert menus["range"]["Today"] == f"{kept}&range=today{where}"
    assert menus["range"]["Last 28 days"] == f"{kept}{where}"
    assert menus["compare"]["No comparison"] == f"{kept}&range=7d{where}&compare=none"
    assert menus["hours"]["Office hours"] == f"{kept}&range=7d{where}&office_hours=true"
    assert menus["mean"]["Mean"] == f"{kept}&range=7d{where}&mean=true"
    assert menus["workspace"]["v"] == f"/pages/responsiveness?workspace=v&range=7d{where}"
    assert found.fixed_url == f"{kept}&from=2024-02-25&to=2024-03-02{where}"
    assert [(pill.text, pill.opposite_text) for pill in found.pills] == [
        ("Channel is email", "Channel is not email"),
        ("Tag is not known", "Tag is known"),
    ]
    assert found.pills[0].without == f"{kept}&range=7d&where=tag%21%3D%2A"


def test_shares_of_periods_are_a_triangle() -> None:
    [one] = asked("people", 5, [(1, "all", 4), (1, "week 0", 100), (1, "week 1", 50), (2, "all", 0)])
    tile = PAGES["people"].tiles[5]
    assert isinstance(tile, Tile)
    found = tile_view(tile, one, Compared.PREVIOUS, Ordering("tile-5"))
    assert found.shape == "triangle"
    assert found.triangle is not None
    assert found.triangle.heads == ["All", "Week 0", "Week 1"]
    [(_, count, shares), (_, nothing, _)] = found.triangle.rows
    assert (count, nothing) == (4, 0)
    assert [share and (share.text, share.level) for share in shares][1:] == [("100 %", 8), ("50 %", 4)]


@pytest.mark.parametrize(
    ("now", "earlier", "unit", "said"),
    [
        (12, 10, "conversations", "+20%"),
        (-15, -11, "conversations", "-4"),
        (3, -1, "conversations", "+4"),
        (52.5, 50, "percent", "+2.5 points"),
        (5, 0, "conversations", ""),
        (None, 3, "seconds", ""),
    ],
)
def test_a_difference_is_written_as_fits_the_number(
    now: float | None, earlier: float | None, unit: str, said: str
) -> None:
    assert change(now, earlier, unit) == said


@pytest.mark.parametrize(
    ("figures", "lines"),
    [
        ([], []),
        ([3], []),
        ([0, 10], ["0.0,26.0 100.0,2.0"]),
        ([1, None, 2, 4], ["66.7,14.0 100.0,2.0"]),
        ([0, 0], ["0.0,26.0 100.0,26.0"]),
    ],
)
def test_a_sparkline_has_a_line_for_each_run_of_figures(figures: list[float | None], lines: list[str]) -> None:
    assert sparkline(figures) == lines
