from datetime import date

from indexer.answers.catalogue import load_reports
from indexer.reports import Answer, Definition
from indexer.reports.cell import OtherGroups
from indexer.web.charts.series import COLOURS, Figure, series_of
from tests.reports.definitions import definition

REPORT = definition()
MEDIAN = definition(value={"median": "reassignments_after_first_reply"}, unit="score")
RATE = definition(value={"rate": {"channel": "email"}}, unit="percent")


def answer(
    rows: list[tuple[int, str | None, float | None]],
    group_by: str | None = "tag",
    labels: dict[str, str] | None = None,
) -> Answer:
    """Rows of (day of March 2024, group, value)."""
    return Answer.model_validate(
        {
            "report": "opened",
            "workspace": "w",
            "from": "2024-03-01",
            "to": "2024-03-02",
            "time_zone": "UTC",
            "interval": "day",
            "group_by": group_by,
            "office_hours": False,
            "unit": "conversations",
            "total": {"value": 7, "count": 7},
            "rows": [
                {"period": date(2024, 3, day), "group": group, "value": value, "count": int(value or 0)}
                for day, group, value in rows
            ],
            "where": [],
            "exact": True,
            "labels": labels,
        }
    )


def short(found: Answer, report: Definition = REPORT) -> list[tuple[str, str, list[Figure]]]:
    return [(series.label, series.style, list(series.figures)) for series in series_of(report, found).series]


def test_without_groups_there_is_one_series() -> None:
    found = answer([(1, None, 3), (2, None, 4)], group_by=None)
    table = series_of(REPORT, found)
    assert table.periods == [date(2024, 3, 1), date(2024, 3, 2)]
    assert short(found) == [("conversations", "s0", [3, 4])]
    assert table.series[0].total == 7


def test_the_largest_group_comes_first_and_none_last() -> None:
    rows: list[tuple[int, str | None, float | None]] = [
        (1, "a", 1),
        (1, "b", 2),
        (1, None, 9),
        (2, "a", 0),
        (2, "b", 0),
    ]
    assert short(answer([*rows, (2, None, 0)])) == [
        ("b", "s0", [2, 0]),
        ("a", "s1", [1, 0]),
        ("(none)", "none", [9, 0]),
    ]


def test_groups_that_are_numbers_are_in_their_order() -> None:
    rows: list[tuple[int, str | None, float | None]] = [(1, "5", 9), (1, "4", 2), (1, "1", 4), (1, None, 7)]
    report = load_reports()["conversation_ratings"]
    assert [label for label, _, _ in short(answer(rows, "rating"), report)] == ["1", "4", "5", "(none)"]


def test_groups_beyond_the_colours_are_one_series() -> None:
    rows: list[tuple[int, str | None, float | None]] = [(1, f"g{number}", 20 - number) for number in range(COLOURS + 2)]
    found = short(answer(rows))
    assert [style for _, style, _ in found] == [*(f"s{n}" for n in range(COLOURS)), "other"]
    assert found[-1] == ("others (2)", "other", [20 - COLOURS + 19 - COLOURS])


def test_a_single_group_beyond_the_colours_keeps_its_name() -> None:
    rows: list[tuple[int, str | None, float | None]] = [(1, f"g{number}", 20 - number) for number in range(COLOURS + 1)]
    assert short(answer(rows))[-1][0] == f"g{COLOURS}"


def test_groups_that_have_a_name_are_called_by_it() -> None:
    rows: list[tuple[int, str | None, float | None]] = [(1, "814", 2), (1, "815", 1), (1, None, 1)]
    found = answer(rows, "team", {"814": "Frontline"})
    assert [label for label, _, _ in short(found)] == ["Frontline", "815", "(none)"]


def test_numbers_that_do_not_add_up_have_no_sum_of_others_and_no_totals() -> None:
    rows: list[tuple[int, str | None, float | None]] = [(1, f"g{number}", 20 - number) for number in range(COLOURS + 2)]
    for report in (MEDIAN, RATE):
        table = series_of(report, answer(rows))
        assert [series.label for series in table.series] == [f"g{number}" for number in range(COLOURS)]
        assert {series.total for series in table.series} == {None}
        assert table.left_out == 2


def test_if_there_is_nothing_to_aggregate_there_is_a_gap() -> None:
    rows: list[tuple[int, str | None, float | None]] = [(1, None, 2.5), (2, None, None)]
    assert short(answer(rows, group_by=None), MEDIAN) == [("conversations", "s0", [2.5, None])]


def test_parts_of_a_distribution_stay_in_their_order() -> None:
    report = definition(
        value={"distribution": {"field": "reassignments_after_first_reply", "bounds": [60, 120]}}, group_by=[]
    )
    rows: list[tuple[int, str | None, float | None]] = [(1, "< 1 m", 20.0), (1, "1 m - 2 m", 50.0), (1, ">= 2 m", 30.0)]
    assert [(label, style) for label, style, _ in short(answer(rows, None), report)] == [
        ("< 1 m", "d0"),
        ("1 m - 2 m", "d1"),
        (">= 2 m", "d2"),
    ]


def test_others_that_were_counted_together_are_not_added_up() -> None:
    rows: list[tuple[int, str | None, float | None]] = [(1, f"g{number}", 20 - number) for number in range(COLOURS + 2)]
    groups = [{"group": f"g{number}", "value": 1, "count": 1} for number in reversed(range(COLOURS))]
    together = {"period": "2024-03-01", "group": None, "value": 15, "count": 15}
    others = {"groups": 2, "total": {"value": 15, "count": 15}, "rows": [together]}
    found = Answer.model_validate(answer(rows).model_dump(by_alias=True) | {"groups": groups, "others": others})
    table = series_of(REPORT, found).series
    shown = [f"g{number}" for number in reversed(range(COLOURS))]
    assert [series.label for series in table] == [*shown, "others (2)"]
    assert table[-1].figures == [15]
    assert table[-1].group == OtherGroups(shown)


def test_a_group_that_is_called_like_a_missing_one_is_told_from_it() -> None:
    rows: list[tuple[int, str | None, float | None]] = [(1, "(none)", 1), (1, None, 1)]
    assert [label for label, _, _ in short(answer(rows))] == ['"(none)"', "(none)"]
