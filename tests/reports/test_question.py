from datetime import date
from typing import Any

import pytest

from indexer.reports import Interval, InvalidQuestion, Question, read_question
from indexer.reports.question import clauses_of
from tests.reports.definitions import definition


def asked(**other: Any) -> Question:
    return read_question(definition(), parameters(**other))


def parameters(**other: Any) -> dict[str, Any]:
    return {"workspace": "w", "from": "2024-03-01", "to": "2024-03-31", **other}


def refused(**other: Any) -> InvalidQuestion:
    with pytest.raises(InvalidQuestion) as caught:
        asked(**other)
    return caught.value


def test_what_is_not_asked_for_has_a_default():
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
        ({"from": "1.3.2024"}, "from", "'1.3.2024' is no date of the form YYYY-MM-DD"),
        ({"from": "1709251200"}, "from", "'1709251200' is no date of the form YYYY-MM-DD"),
        ({"from": "2024-02-30"}, "from", "2024-02-30 is not in the calendar"),
        ({"from": "1969-12-31"}, "from", "1969-12-31 does not lie between 1970-01-01 and 9998-12-31"),
        ({"to": "9999-12-31"}, "to", "9999-12-31 does not lie between 1970-01-01 and 9998-12-31"),
        ({"to": "2024-02-29"}, "to", "2024-02-29 lies before from, 2024-03-01"),
        (
            {"time_zone": "Europe/Dubln"},
            "time_zone",
            "there is no time zone 'Europe/Dubln'; did you mean Europe/Dublin?",
        ),
        ({"time_zone": "utc"}, "time_zone", "there is no time zone 'utc'; did you mean UTC?"),
        ({"time_zone": "../x"}, "time_zone", "there is no time zone '../x'; name it like Europe/Dublin or UTC"),
        ({"time_zone": "America"}, "time_zone", "there is no time zone 'America'"),
        ({"time_zone": "EST"}, "time_zone", "there is no time zone 'EST'"),
        ({"interval": "year"}, "interval", "Input should be 'day', 'week', 'month' or 'range'"),
        ({"from": "1990-01-01"}, "interval", "1990-01-01 to 2024-03-31 has 12,509 periods of a day, more than 10,000"),
        ({"where": ["tag"]}, "where", "'tag' is not of the form FIELD=VALUE"),
        ({"where": ["tag="]}, "where", "'tag=' is not of the form FIELD=VALUE"),
        ({"where": ["tags=x"]}, "where", "'tags' is none of channel, country, "),
        ({"workspace": ""}, "workspace", "String should have at least 1 character"),
        ({"compare": "maybe"}, "compare", "Input should be a valid boolean"),
        ({"groupby": "tag"}, "groupby", "there is no such parameter"),
        ({"group_by": "country"}, "group_by", "opened can be grouped only by channel, tag, team, custom.plan, not by "),
        ({"office_hours": True}, "office_hours", "opened measures no duration; leave it out"),
    ],
)
def test_what_cannot_be_used_is_named_with_the_reason(other: dict[str, Any], parameter: str, reason: str):
    error = refused(**other)
    assert error.parameter == parameter
    assert error.reason.startswith(reason)


def test_a_report_without_groups_says_so():
    with pytest.raises(InvalidQuestion, match="opened can be grouped not at all, not by 'tag'"):
        read_question(definition(group_by=[]), parameters(group_by="tag"))


def test_the_longest_range_is_measured_in_its_own_interval():
    assert asked(**{"from": "1970-01-01", "interval": "month"}).span.days == 19_814
