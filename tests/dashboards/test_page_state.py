"""Choices of a page's reader survive their address, and wrong addresses are refused by the parameter's name."""

from datetime import date
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.dashboards import Compared, PageDefinition, PageState, Preset, read_state
from indexer.reports import Interval, InvalidQuestion, Span, Weekday
from indexer.reports.question_conditions import Clause

PAGE = PageDefinition.model_validate(
    {
        "name": "one",
        "title": "One",
        "about": "A page.",
        "subject": "team",
        "range": "7d",
        "compare": "weekdays",
        "rows": [{"tiles": [{"report": "new_conversations"}]}],
    }
)
HOSTILE = ["a,b", '"', "</script>", "😀", "\u202eabc", "../x", "a&b=c", "a+b %20", "*", "x" * 200, "=!<>", "\\"]

names = st.sampled_from(HOSTILE) | st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1)
clauses = st.builds(
    lambda name, operator, wanted: str(Clause(name, operator, wanted)),
    st.sampled_from(["tag", "channel", "custom.plan", 'custom."a=b']),
    st.sampled_from(["=", "!="]),
    st.none() | names,
)
fixed = st.tuples(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 300)).map(
    lambda chosen: {"from_": chosen[0], "to": date.fromordinal(chosen[0].toordinal() + chosen[1])}
)
presets = st.sampled_from([*Preset]).map(lambda one: {"range": one})
ranges: st.SearchStrategy[dict[str, Any]] = st.just({}) | presets | fixed
states = st.builds(
    lambda dates, **rest: read_state(PAGE, PageState(**dates, **rest).parameters()),
    ranges,
    workspace=st.none() | names,
    id=st.none() | names,
    time_zone=st.none() | st.sampled_from(["Europe/Dublin", "Pacific/Auckland", "Asia/Kathmandu"]),
    interval=st.none() | st.sampled_from([*Interval]),
    week_start=st.sampled_from([*Weekday]),
    group_by=st.none() | names,
    where=st.lists(clauses, max_size=5).map(tuple),
    office_hours=st.booleans(),
    mean=st.booleans(),
    compare=st.none() | st.sampled_from([*Compared]),
    order=st.sampled_from([(), ("1.0",), ("1.-2",)]),
    as_of=st.none() | st.integers(0, 2_000_000_000),
)


@given(states)
@settings(max_examples=200, deadline=None)
def test_an_address_gives_the_state_back_that_it_was_made_from(state: PageState) -> None:
    query = state.query().removeprefix("?")
    assert read_state(PAGE, parse_qsl(query, strict_parsing=bool(query))) == state


@given(states)
@settings(max_examples=100, deadline=None)
def test_an_address_is_written_in_one_way(state: PageState) -> None:
    shuffled = [*reversed(state.parameters())]
    wheres = [pair for pair in state.parameters() if pair[0] == "where"]
    shuffled = [pair for pair in shuffled if pair[0] != "where"] + wheres
    assert read_state(PAGE, shuffled).query() == state.query()


def test_choices_that_are_the_page_s_own_are_not_in_the_address() -> None:
    given_ = [("range", "7d"), ("compare", "weekdays"), ("office_hours", "false"), ("week_start", "monday")]
    assert read_state(PAGE, [*given_, ("workspace", "acme"), ("group_by", "")]).query() == "?workspace=acme"


def test_an_address_with_many_choices_stays_short() -> None:
    state = PageState(
        workspace="w" * 100,
        id="8" * 20,
        from_=date(2024, 1, 1),
        to=date(2024, 3, 31),
        time_zone="America/Argentina/ComodRivadavia",
        interval=Interval.WEEK,
        group_by="teammate_participated",
        where=tuple(f"teammate_participated=51019{number:02}" for number in range(20)),
        office_hours=True,
        mean=True,
        compare=Compared.YEAR,
        as_of=1_700_000_000,
    )
    assert len(f"/pages/responsiveness{state.query()}") < 2_000


@pytest.mark.parametrize(
    ("parameters", "parameter"),
    [
        ([("colour", "red")], "colour"),
        ([("range", "8d")], "range"),
        ([("range", "7d"), ("range", "28d")], "range"),
        ([("range", "7d"), ("from", "2024-01-01"), ("to", "2024-01-02")], "range"),
        ([("from", "2024-01-01")], "to"),
        ([("to", "2024-01-01")], "from"),
        ([("from", "2024-01-02"), ("to", "2024-01-01")], "to"),
        ([("from_", "2024-01-02"), ("to", "2024-01-05")], "from_"),
        ([("from", "1704067200"), ("to", "2024-01-05")], "from"),
        ([("time_zone", "Mars")], "time_zone"),
        ([("where", "tag")], "where"),
        ([("where", f"tag={number}") for number in range(21)], "where"),
        ([("as_of", "-1")], "as_of"),
        ([("office_hours", "perhaps")], "office_hours"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_refused_by_its_name(
    parameters: list[tuple[str, str]], parameter: str
) -> None:
    with pytest.raises(InvalidQuestion) as refused:
        read_state(PAGE, parameters)
    assert refused.value.parameter == parameter


def test_a_page_that_is_not_about_one_thing_takes_no_id() -> None:
    with pytest.raises(InvalidQuestion, match="id: this page has no subject"):
        read_state(PAGE.model_copy(update={"subject": None}), [("id", "5")])


@pytest.mark.parametrize(
    ("choices", "span", "before", "interval"),
    [
        ({}, ("2024-03-08", "2024-03-14"), ("2024-03-01", "2024-03-07"), "day"),
        ({"range": "today"}, ("2024-03-15", "2024-03-15"), ("2024-03-08", "2024-03-08"), "day"),
        ({"range": "today", "compare": "previous"}, ("2024-03-15", "2024-03-15"), ("2024-03-14", "2024-03-14"), "day"),
        ({"range": "90d"}, ("2023-12-16", "2024-03-14"), ("2023-09-16", "2023-12-14"), "week"),
        ({"range": "week"}, ("2024-03-11", "2024-03-15"), ("2024-03-04", "2024-03-08"), "day"),
        ({"range": "last_week"}, ("2024-03-04", "2024-03-10"), ("2024-02-26", "2024-03-03"), "day"),
        ({"range": "month", "compare": "previous"}, ("2024-03-01", "2024-03-15"), ("2024-02-01", "2024-02-15"), "day"),
        (
            {"range": "last_month", "compare": "previous"},
            ("2024-02-01", "2024-02-29"),
            ("2024-01-01", "2024-01-31"),
            "day",
        ),
        (
            {"range": "quarter", "compare": "previous"},
            ("2024-01-01", "2024-03-15"),
            ("2023-10-01", "2023-12-15"),
            "week",
        ),
        ({"range": "year", "compare": "previous"}, ("2024-01-01", "2024-03-15"), ("2023-01-01", "2023-03-15"), "week"),
        (
            {"from": "2024-02-29", "to": "2024-02-29", "compare": "year"},
            ("2024-02-29",) * 2,
            ("2023-02-28",) * 2,
            "day",
        ),
        ({"range": "yesterday", "compare": "none"}, ("2024-03-14", "2024-03-14"), None, "day"),
        ({"range": "year", "interval": "month"}, ("2024-01-01", "2024-03-15"), ("2023-10-16", "2023-12-29"), "month"),
    ],
)
def test_ranges_are_resolved_on_the_present_day(
    choices: dict[str, str], span: tuple[str, str], before: tuple[str, str] | None, interval: str
) -> None:
    found = read_state(PAGE, [*choices.items()]).dates(PAGE, date(2024, 3, 15))
    assert found.span == _span(span)
    assert found.before == _span(before)
    assert found.interval == interval


def _span(days: tuple[str, str] | None) -> Span | None:
    return None if days is None else Span(*map(date.fromisoformat, days))


def test_too_many_periods_are_refused() -> None:
    state = read_state(PAGE, [("from", "2020-01-01"), ("to", "2024-01-01"), ("interval", "day")])
    with pytest.raises(InvalidQuestion, match="interval: 1,462 periods of a day are more than a page can show"):
        state.dates(PAGE, date(2024, 3, 15))


@given(st.dates(date(1990, 1, 1), date(2050, 1, 1)), st.sampled_from([*Preset]), st.sampled_from([*Compared]))
@settings(max_examples=200, deadline=None)
def test_an_earlier_range_lies_before_the_range(today: date, preset: Preset, compared: Compared) -> None:
    found = PageState(range=preset, compare=compared).dates(PAGE, today)
    assert found.span.first <= found.span.last <= today
    if compared is Compared.NONE:
        assert found.before is None
    else:
        assert found.before is not None
        assert found.before.first <= found.before.last < found.span.first
    if compared is Compared.WEEKDAYS:
        assert found.before is not None
        assert found.before.first.weekday() == found.span.first.weekday()
        assert found.before.days == found.span.days
