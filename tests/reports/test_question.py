from datetime import date
from typing import Any

import pytest

from indexer.reports import Interval, InvalidQuestion, Question, Span, read_question
from indexer.reports.check_question import clauses_of
from tests.reports.definitions import definition


def asked(**other: Any) -> Question:
    return read_question(definition(), parameters(**other))


def parameters(**other: Any) -> dict[str, Any]:
    return {"workspace": "w", "from": "2024-03-01", "to": "2024-03-31", **other}


def refused(**other: Any) -> InvalidQuestion:
    with pytest.raises(InvalidQuestion) as caught:
        asked(**other)
    return caught.value


def test_a_parameter_that_is_not_given_has_a_default():
    question = asked()
    assert question.span == (date(2024, 3, 1), date(2024, 3, 31))
    assert question.time_zone == "UTC"
    assert question.interval is Interval.DAY
    assert question.group_by is None
    assert question.clauses == []
    assert not question.office_hours
    assert not question.compare


def test_conditions_on_one_field_belong_together():
    question = asked(where=["tag=bug", "channel=email", "tag!=a=b", "custom.plan=pro"])
    found = {dimension.field: clauses for dimension, clauses in clauses_of(definition(), question).items()}
    assert found == {
        "tags": [("tag", "=", "bug"), ("tag", "!=", "a=b")],
        "channel": [("channel", "=", "email")],
        "custom.plan": [("custom.plan", "=", "pro")],
    }


@pytest.mark.parametrize("missing", ["workspace", "from", "to"])
def test_workspace_and_dates_must_be_given(missing: str):
    given = parameters()
    del given[missing]
    with pytest.raises(InvalidQuestion) as caught:
        read_question(definition(), given)
    assert (caught.value.parameter, caught.value.reason) == (missing, "is missing")


@pytest.mark.parametrize(
    ("other", "parameter", "reason"),
    [
        ({"from": "1.3.2024"}, "from", "'1.3.2024' is not a date of the form YYYY-MM-DD"),
        ({"from": "1709251200"}, "from", "'1709251200' is not a date of the form YYYY-MM-DD"),
        ({"from": "2024-02-30"}, "from", "2024-02-30 is not in the calendar"),
        ({"from": "1969-12-31"}, "from", "1969-12-31 is not between 1970-01-01 and 9998-12-31"),
        ({"to": "9999-12-31"}, "to", "9999-12-31 is not between 1970-01-01 and 9998-12-31"),
        ({"to": "2024-02-29"}, "to", "2024-02-29 is before from, 2024-03-01"),
        (
            {"time_zone": "Europe/Dubln"},
            "time_zone",
            "there is no time zone 'Europe/Dubln'; did you mean Europe/Dublin or Europe/Berlin or Europe/Ljubljana?",
        ),
        ({"time_zone": "utc"}, "time_zone", "there is no time zone 'utc'; did you mean UTC?"),
        ({"time_zone": "../x"}, "time_zone", "there is no time zone '../x'; name it like Europe/Dublin or UTC"),
        ({"time_zone": "America"}, "time_zone", "there is no time zone 'America'"),
        ({"time_zone": "EST"}, "time_zone", "there is no time zone 'EST'"),
        ({"interval": "year"}, "interval", "Input should be 'day', 'week', 'month' or 'range'"),
        ({"from": "1990-01-01"}, "interval", "1990-01-01 to 2024-03-31 has 12,509 periods of a day, more than 10,000"),
        ({"where": ["tag"]}, "where", "'tag' is not of the form FIELD=VALUE"),
        ({"where": ["tag="]}, "where", "'tag=' is not of the form FIELD=VALUE"),
        ({"where": ["tags=x"]}, "where", "'tags' is not one of channel, country, "),
        ({"where": ["tag!=x"] * 101}, "where", "List should have at most 100 items"),
        ({"workspace": ""}, "workspace", "String should have at least 1 character"),
        ({"workspace": "ä" * 257}, "workspace", "is longer than 512 bytes"),
        ({"workspace": "w\ud800"}, "workspace", "Input should be a valid string"),
        ({"compare": "maybe"}, "compare", "Input should be a valid boolean"),
        ({"until": -1}, "until", "Input should be greater than or equal to 0"),
        ({"until": 1_709_300_000, "compare": True}, "until", "cannot be combined with compare"),
        ({"groupby": "tag"}, "groupby", "there is no such parameter"),
        (
            {"group_by": "country"},
            "group_by",
            "opened can be grouped only by channel, tag, team, custom.plan, ",
        ),
        ({"office_hours": True}, "office_hours", "opened measures no duration; leave it out"),
    ],
)
def test_an_unusable_parameter_is_named_with_the_reason(other: dict[str, Any], parameter: str, reason: str):
    error = refused(**other)
    assert error.parameter == parameter
    assert error.reason.startswith(reason)


def test_a_report_without_groups_says_so():
    with pytest.raises(InvalidQuestion, match="opened can be grouped not at all, not by 'tag'"):
        read_question(definition(group_by=[]), parameters(group_by="tag"))


def test_the_longest_range_is_measured_in_its_own_interval():
    assert asked(**{"from": "1970-01-01", "interval": "month"}).span.days == 19_814


def board(**other: Any) -> Question:
    report = definition(axis="now")
    return read_question(report, {"workspace": "w", "as_of": 1_709_251_200, **other})


def test_a_board_needs_no_dates_and_is_one_period():
    question = board()
    assert (question.span, question.interval) == ((date(2024, 3, 1), date(2024, 3, 1)), Interval.RANGE)
    assert board(time_zone="America/New_York").span.first == date(2024, 2, 29)
    assert board(**{"from": "2024-01-01", "to": "2024-01-31"}).span == (date(2024, 1, 1), date(2024, 1, 31))


@pytest.mark.parametrize(
    ("other", "parameter"),
    [
        ({"compare": True}, "compare"),
        ({"interval": "day"}, "interval"),
        ({"as_of": -1}, "as_of"),
        ({"until": 1_709_251_200}, "until"),
    ],
)
def test_a_question_that_a_board_cannot_answer_is_refused(other: dict[str, Any], parameter: str):
    with pytest.raises(InvalidQuestion) as caught:
        board(**other)
    assert caught.value.parameter == parameter


def test_a_board_is_of_a_moment_that_is_given():
    with pytest.raises(InvalidQuestion, match="as_of: is missing"):
        read_question(definition(axis="now"), {"workspace": "w"})


def test_a_heatmap_is_of_the_whole_range_unless_it_is_asked_otherwise():
    report = definition(value={"heatmap": "conversations"}, group_by=[])
    assert read_question(report, parameters()).interval is Interval.RANGE
    assert read_question(report, parameters(interval="day")).interval is Interval.DAY
    with pytest.raises(InvalidQuestion, match="to: 2010-01-01 to 2024-03-31 has 5,204 days, more than the 2,500"):
        read_question(report, parameters(**{"from": "2010-01-01"}))


def test_states_at_too_many_ends_are_refused():
    report = definition(axis="end_of_period", value={"at_end": "open_during"})
    with pytest.raises(InvalidQuestion, match="interval: 2020-01-01 to 2024-03-31 has 1,552 periods"):
        read_question(report, parameters(**{"from": "2020-01-01"}))


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("tag>x", "tag is not a number"),
        ("rating=x", "rating is a whole number"),
        ("bot_inbox=1", "bot_inbox is true or false"),
        ("workspace_id=v", "'workspace_id' is not one of channel, "),
        ("to_team=7", "'to_team' is not one of channel, "),
    ],
)
def test_a_condition_that_the_report_does_not_know_is_refused(where: str, reason: str):
    error = refused(where=[where])
    assert error.parameter == "where"
    assert error.reason.startswith(reason)


def test_a_week_can_begin_on_any_day_and_the_question_counts_by_it():
    first_and_last = {"from": "2024-03-03", "to": "2024-03-09", "interval": "week"}
    assert asked(**first_and_last).count_periods(Span(date(2024, 3, 3), date(2024, 3, 9))) == 2
    from_sunday = asked(**first_and_last, week_start="sunday")
    assert from_sunday.periods(from_sunday.span) == [date(2024, 3, 3)]
    assert refused(week_start="Sunday").parameter == "week_start"
