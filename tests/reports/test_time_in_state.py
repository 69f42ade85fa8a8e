"""Time within periods out of beginnings and ends, against looking at each stretch."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.answers.catalogue import vocabulary_of
from indexer.reports import Interval, InvalidDefinition, InvalidQuestion, Question, read_definition, read_question
from indexer.reports.numbers.time_in import TimeIn
from indexer.reports.time_in_state import Bounds, bounds_of, overlap, read_times, time_aggregations

FIELDS = {"since": "date", "during": "date_range", "during_from": "long", "during_until": "long"}
FIELDS |= {"status": "keyword", "teammate_id": "keyword"}
MARCH = {"workspace": "w", "from": "2024-03-30", "to": "2024-04-02", "time_zone": "Europe/Dublin"}
FIRST = 1_711_756_800  # 30 March 2024 in Dublin, where clocks go forward a day later

Stretch = tuple[int, int | None]


def content(**other: Any) -> dict[str, Any]:
    return {
        "name": "away",
        "title": "Away",
        "category": "availability",
        "pipeline": "rest",
        "about": "Time away.",
        "unit": "seconds",
        "axis": "since",
        "value": {"time_in": "during"},
        "group_by": ["teammate"],
        **other,
    }


def definition(fields: Mapping[str, str] = FIELDS, **other: Any) -> Any:
    return read_definition(
        "queries/teammate_statuses/away.yaml", vocabulary_of("teammate_statuses"), content(**other), fields
    )


def answered(stretches: list[Stretch], bounds: Bounds) -> dict[str, Any]:
    """What Elasticsearch answers to the aggregations for these stretches, of which all reach into the bounds."""

    def added_up(aggregation: Mapping[str, Any], values: list[int]) -> dict[str, Any]:
        buckets = {}
        for one in aggregation["range"]["ranges"]:
            inside = [value for value in values if one["from"] <= value < one["to"]]
            buckets[one["key"]] = {"doc_count": len(inside), "sum": {"value": float(sum(inside))}}
        return {"buckets": buckets}

    asked = time_aggregations(TimeIn(time_in="during").ends, "periods", bounds)
    return {
        "doc_count": len(stretches),
        "periods_starts": added_up(asked["periods_starts"], [start for start, _ in stretches]),
        "periods_ends": added_up(asked["periods_ends"], [end for _, end in stretches if end is not None]),
    }


@st.composite
def stretch(draw: st.DrawFn) -> Stretch:
    start = draw(st.integers(FIRST - 200_000, FIRST + 400_000))
    return start, draw(st.one_of(st.none(), st.integers(start + 1, start + 300_000)))


@given(
    stretches=st.lists(stretch(), max_size=20),
    interval=st.sampled_from(Interval),
    as_of=st.integers(FIRST - 1_000, FIRST + 500_000),
)
def test_each_stretch_counts_with_its_time_in_the_period(
    stretches: list[Stretch], interval: Interval, as_of: int
) -> None:
    question = Question.model_validate({**MARCH, "interval": interval, "as_of": as_of})
    bounds = bounds_of(question, question.span, interval)
    if not bounds:
        assert as_of <= FIRST
        return
    first, last = next(iter(bounds.values()))[0], list(bounds.values())[-1][1]
    inside = [(start, end) for start, end in stretches if start < last and (end is None or end > first)]
    for period, found in read_times(answered(inside, bounds), "periods", bounds):
        low, high = bounds[period]
        shares = [min(high, end or high) - max(low, start) for start, end in inside]
        assert found["seconds"] == sum(share for share in shares if share > 0)
        assert found["doc_count"] == sum(share > 0 for share in shares)
    whole = sum(overlap(question, question.span, start, end) for start, end in inside)
    assert whole == sum(found["seconds"] for _, found in read_times(answered(inside, bounds), "periods", bounds))


def test_a_day_on_which_clocks_change_is_as_long_as_it_is() -> None:
    question = Question.model_validate(MARCH)
    lengths = [end - start for start, end in bounds_of(question, question.span, Interval.DAY).values()]
    assert lengths == [86_400, 82_800, 86_400, 86_400]


def test_a_state_that_lasts_needs_the_present() -> None:
    with pytest.raises(InvalidQuestion, match="as_of: is missing"):
        read_question(definition(), MARCH)
    assert read_question(definition(), {**MARCH, "as_of": 5}).as_of == 5


@pytest.mark.parametrize(
    ("field", "kind", "fault"),
    [
        ("during", "date", "value.time_in: during is of type date; it has to be a date_range"),
        ("during_from", None, "value.time_in: during_from is not a field of the mapping"),
        ("during_until", "keyword", "value.time_in: during_until is of type keyword"),
    ],
)
def test_a_range_without_its_ends_is_refused(field: str, kind: str | None, fault: str) -> None:
    fields = {name: found for name, found in (FIELDS | {field: kind}).items() if found is not None}
    with pytest.raises(InvalidDefinition, match=fault):
        definition(fields)
