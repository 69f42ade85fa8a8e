"""Pages are data: the package's own can be read, and a wrong one is refused by file and key."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from indexer.answers.catalogue import load_reports
from indexer.answers.page_catalogue import UnknownPage, find_page, load_pages, usable_pages
from indexer.dashboards import Board, PageState, page_questions, read_page
from indexer.reports import Interval, InvalidDefinition, read_question
from indexer.settings import Settings

REPORTS = load_reports()
PAGES = load_pages(REPORTS)
SOURCE = "queries/dashboards/one.yaml"
TODAY = date(2024, 3, 15)
AS_OF = 1_710_504_000


def content(*tiles: Mapping[str, Any], **other: Any) -> dict[str, Any]:
    return {"name": "one", "title": "One", "about": "A page.", "rows": [{"tiles": [*tiles]}], **other}


def test_the_package_has_its_pages_in_order() -> None:
    assert list(PAGES)[:4] == ["overview", "conversations", "responsiveness", "effectiveness"]
    assert list(PAGES)[-2:] == ["teammate", "team"]
    assert len(PAGES) >= 13


@pytest.mark.parametrize("page", PAGES.values(), ids=list(PAGES))
@pytest.mark.parametrize(
    "state",
    [
        PageState(),
        PageState(mean=True, office_hours=True, id="5", group_by="channel", where=(), interval=Interval.WEEK),
    ],
    ids=["plain", "chosen"],
)
def test_every_question_of_a_page_can_be_answered(page: Any, state: PageState) -> None:
    state = state if page.subject else state.with_(id=None)
    asked = [*page_questions(page, state, state.dates(page, TODAY), REPORTS, workspace="acme", as_of=AS_OF)]
    assert {one.tile for one in asked} == set(range(len(page.tiles)))
    for one in asked:
        for parameters in filter(None, (one.parameters, one.before)):
            question = read_question(one.report, parameters)
            assert question.office_hours is (state.office_hours and one.report.measures_durations)
            if page.subject and state.id:
                assert question.where[-1] == f"{page.subject}=5"


def test_the_report_of_means_takes_the_place_of_medians() -> None:
    page, state = PAGES["responsiveness"], PageState(mean=True)
    asked = [*page_questions(page, state, state.dates(page, TODAY), REPORTS, workspace="acme", as_of=AS_OF)]
    assert asked[0].report.name == "mean_first_response_time"


def test_a_board_asks_each_of_its_columns_for_the_whole_range_without_a_comparison() -> None:
    page = PAGES["teammates"]
    board = page.tiles[0]
    assert isinstance(board, Board)
    state = PageState()
    asked = [*page_questions(page, state, state.dates(page, TODAY), REPORTS, workspace="acme", as_of=AS_OF)]
    columns = [one for one in asked if one.tile == 0]
    assert [one.heading for one in columns] == list(board.columns)
    assert {one.before for one in columns} == {None}
    assert {one.parameters["interval"] for one in columns} == {Interval.RANGE}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ([], "is not a mapping of keys"),
        (content({"report": "new_conversations"}, colour="red"), "colour: there is no such key"),
        (content({"report": "new_conversation"}), "rows.0.tiles.0.report: there is no report 'new_conversation'; did"),
        (content({"report": "new_conversations", "widht": 3}), "rows.0.tiles.0.widht: there is no such key"),
        (content({"report": "new_conversations", "width": 13}), "rows.0.tiles.0.width: Input should be less"),
        (content({"report": "new_conversations", "group_by": "sla"}), "rows.0.tiles.0.group_by: new_conversations"),
        (content({"report": "new_conversations", "where": ["tag"]}), "rows.0.tiles.0.where: 'tag' is not of the form"),
        (content({"report": "new_conversations", "where": ["hue=1"]}), "rows.0.tiles.0.where: 'hue' is not a word"),
        (content({"report": "team_board_open"}), "rows.0.tiles.0.show: team_board_open shows one moment"),
        (content({"columns": {}, "title": "T", "group_by": "team"}), "rows.0.tiles.0.columns: Dictionary should have"),
        (
            content({"columns": {"A": "new_calls"}, "title": "T", "group_by": "tag"}),
            "rows.0.tiles.0.group_by: new_",
        ),
        (content({"report": "new_conversations"}, name="two"), "name: two is not the name of the file"),
        (content({"report": "new_conversations"}, subject="hue"), "rows.0.tiles.0.report: new_conversations cannot"),
        (content({"report": "new_conversations"}, range="8d"), "range: Input should be 'today'"),
        (content({"report": "new_conversations", "show": "pie"}), "rows.0.tiles.0.show: Input should be 'figure'"),
    ],
)
def test_a_wrong_page_is_refused_by_file_and_key(wrong: object, said: str) -> None:
    with pytest.raises(InvalidDefinition) as refused:
        read_page(SOURCE, "one", wrong, REPORTS)
    assert str(refused.value).startswith(f"{SOURCE}: {said}")


def test_an_installation_adds_pages_and_a_broken_one_is_left_out(tmp_path: Any) -> None:
    own = tmp_path / "dashboards"
    own.mkdir()
    own.joinpath("one.yaml").write_text(
        "{name: one, title: One, about: Ours., rows: [{tiles: [{report: new_conversations}]}]}"
    )
    own.joinpath("two.yaml").write_text("{name: two, title: Two}")
    found = usable_pages(Settings(reports_dir=tmp_path), REPORTS)
    assert "one" in found
    assert "two" not in found


def test_an_unknown_page_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownPage, match="there is no page 'overvew'") as refused:
        find_page(PAGES, "overvew")
    assert refused.value.remedy == "did you mean overview?"
