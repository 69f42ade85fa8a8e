from datetime import date

from indexer.reports import Answer
from indexer.web.series import COLOURS, series_of


def answer(rows: list[tuple[int, str | None, int]], group_by: str | None = "tag") -> Answer:
    """Rows of (day of March 2024, group, count)."""
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
            "total": {"value": 1, "count": 1},
            "rows": [
                {"period": date(2024, 3, day), "group": group, "value": count, "count": count}
                for day, group, count in rows
            ],
        }
    )


def short(found: Answer) -> list[tuple[str, str, list[int]]]:
    return [(series.label, series.style, list(series.figures)) for series in series_of(found)[1]]


def test_without_groups_there_is_one_series() -> None:
    found = answer([(1, None, 3), (2, None, 4)], group_by=None)
    assert series_of(found)[0] == [date(2024, 3, 1), date(2024, 3, 2)]
    assert short(found) == [("conversations", "s0", [3, 4])]
    assert series_of(found)[1][0].total == 7


def test_the_largest_group_comes_first_and_none_last() -> None:
    rows: list[tuple[int, str | None, int]] = [(1, "a", 1), (1, "b", 2), (1, None, 9), (2, "a", 0), (2, "b", 0)]
    assert short(answer([*rows, (2, None, 0)])) == [
        ("b", "s0", [2, 0]),
        ("a", "s1", [1, 0]),
        ("(none)", "none", [9, 0]),
    ]


def test_groups_beyond_the_colours_are_one_series() -> None:
    rows: list[tuple[int, str | None, int]] = [(1, f"g{number}", 20 - number) for number in range(COLOURS + 2)]
    found = short(answer(rows))
    assert [style for _, style, _ in found] == [*(f"s{n}" for n in range(COLOURS)), "other"]
    assert found[-1] == ("2 others", "other", [20 - COLOURS + 19 - COLOURS])


def test_a_single_group_beyond_the_colours_keeps_its_name() -> None:
    rows: list[tuple[int, str | None, int]] = [(1, f"g{number}", 20 - number) for number in range(COLOURS + 1)]
    assert short(answer(rows))[-1][0] == f"g{COLOURS}"
