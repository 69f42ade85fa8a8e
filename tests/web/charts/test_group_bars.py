from indexer.web.charts.group_bars import MOST, lines_across
from tests.reports.definitions import definition
from tests.web.charts.test_series import MEDIAN, REPORT, answer


def test_the_largest_group_comes_first_and_that_without_a_value_last() -> None:
    across = lines_across(REPORT, answer([(1, "a", 1), (1, "b", 4), (1, None, 8)], labels={"b": "Bee"}))
    assert [(line.label, line.value, line.width, line.count) for line in across.lines] == [
        ("Bee", "4", 50, 4),
        ("a", "1", 12.5, 1),
        ("(none)", "8", 100, 8),
    ]
    assert (across.group_head, across.count_head) == ("Tag", None)


def test_a_group_with_nothing_to_aggregate_comes_behind_the_others_and_has_no_bar() -> None:
    across = lines_across(MEDIAN, answer([(1, "a", None), (1, "b", 2.5)]))
    assert [(line.label, line.value, line.width, line.count) for line in across.lines] == [
        ("b", "2.5", 100, 2),
        ("a", "-", 0, 0),
    ]
    assert across.count_head == "Conversations"


def test_the_parts_of_a_distribution_keep_their_order() -> None:
    value = {"distribution": {"field": "reassignments_after_first_reply", "bounds": [60]}}
    report = definition(value=value, group_by=[])
    across = lines_across(report, answer([(1, "< 1 m", 20.0), (1, ">= 1 m", 80.0)], None))
    assert [line.label for line in across.lines] == ["< 1 m", ">= 1 m"]
    assert across.group_head == "Time"


def test_groups_that_a_page_cannot_hold_are_counted() -> None:
    across = lines_across(REPORT, answer([(1, f"{number}", 1) for number in range(MOST + 3)]))
    assert (len(across.lines), across.left_out) == (MOST, 3)
