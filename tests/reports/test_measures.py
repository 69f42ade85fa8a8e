"""Numbers read off buckets, one or several taken together, against the same of plain values."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.reports import InvalidQuestion, Question, read_question
from indexer.reports.answer_number import number
from indexer.reports.definition import Definition
from indexer.reports.numbers.quantile import quantile
from tests.reports.definitions import definition


def of(value: dict[str, Any], unit: str = "seconds") -> Definition:
    return definition(value=value, unit=unit, group_by=[])


def asked(report: Definition, **other: Any) -> Question:
    return read_question(report, {"workspace": "w", "from": "2024-03-01", "to": "2024-03-31", **other})


def numbered(value: dict[str, Any], buckets: list[dict[str, Any]], unit: str = "seconds") -> tuple[Any, int]:
    found = number(of(value, unit), buckets)
    return found.value, found.count


FIELD = "reassignments_after_first_reply"
STATS = [
    {"doc_count": 9, "values": {"count": 2, "sum": 30.0, "min": 10.0, "max": 20.0, "avg": 15.0}},
    {"doc_count": 9, "values": {"count": 1, "sum": 60.0, "min": 60.0, "max": 60.0, "avg": 60.0}},
    {"doc_count": 9, "values": {"count": 0, "sum": 0.0, "min": None, "max": None, "avg": None}},
]


@pytest.mark.parametrize(("key", "value"), [("sum", 90), ("mean", 30), ("min", 10), ("max", 60)])
def test_buckets_taken_together_have_the_statistics_of_all_values(key: str, value: int):
    assert numbered({key: FIELD}, STATS) == (value, 3)


@pytest.mark.parametrize(("key", "value"), [("sum", 0), ("mean", None), ("min", None), ("max", None)])
@pytest.mark.parametrize("buckets", [[], STATS[2:]])
def test_without_values_a_sum_is_0_and_other_numbers_are_null(
    key: str, value: int | None, buckets: list[dict[str, Any]]
):
    assert numbered({key: FIELD}, buckets) == (value, 0)


def test_a_rate_is_percent_of_the_scope_and_null_of_nothing():
    rate = {"rate": {"channel": "email"}}
    assert numbered(rate, [{"doc_count": 3, "meeting": {"doc_count": 1}}]) == (pytest.approx(100 / 3), 3)
    assert numbered(rate, []) == (None, 0)


def digest(value: float | None, count: int) -> dict[str, Any]:
    return {"doc_count": 9, "count": {"value": count}, "values": {"values": [{"key": 50.0, "value": value}]}}


def test_a_median_is_what_the_digest_says():
    assert numbered({"median": FIELD}, [digest(4.0, 2)]) == (4, 2)
    assert numbered({"median": FIELD}, [digest(None, 0)]) == (None, 0)


@pytest.mark.parametrize(("value", "whole"), [(4.5, 5), (4.49, 4), (5.5, 6), (10.499999999999998, 11), (0.5, 1)])
def test_a_median_of_seconds_is_rounded_half_up_as_in_documents_and_of_other_units_is_not(value: float, whole: int):
    assert numbered({"median": FIELD}, [digest(value, 2)]) == (whole, 2)
    assert numbered({"percentile": {"field": FIELD, "percent": 90}}, [digest(value, 2)]) == (whole, 2)
    assert numbered({"median": FIELD}, [digest(value, 2)], "replies") == (value, 2)


def test_a_mean_is_not_rounded():
    assert (
        numbered({"mean": FIELD}, [STATS[0], {"values": {"count": 1, "sum": 1.0, "min": 1.0, "max": 1.0}}])[0] == 31 / 3
    )


@pytest.mark.parametrize(("exact", "bound"), [(None, 1_000_000), (True, 1_000_000), (False, 400_000)])
def test_a_median_of_as_many_values_as_the_digest_keeps_is_exact(exact: bool | None, bound: int):
    report = of({"median": FIELD})
    question = asked(report, exact=exact)
    assert report.value.is_exact(question, bound - 1)
    assert not report.value.is_exact(question, bound)
    assert of({"mean": FIELD}).value.is_exact(question, bound)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.sampled_from([0, 10, 50, 90, 100]))
def test_a_quantile_lies_between_the_nearest_ranks(values: list[int], percent: int):
    counts = {float(value): values.count(value) for value in values}
    place = (len(values) - 1) * percent / 100
    lower, upper = sorted(values)[int(place)], sorted(values)[min(int(place) + 1, len(values) - 1)]
    assert quantile(counts, percent) == pytest.approx(lower + (upper - lower) * (place - int(place)))


def test_office_hours_are_refused_if_the_field_has_no_twin():
    with pytest.raises(InvalidQuestion, match=f"opened measures {FIELD}, which is not measured within office hours"):
        asked(of({"median": FIELD}), office_hours=True)
