"""Parameters of reports and their own group: the values that a question may give, and the search for them."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.answers.catalogue import load_reports, vocabulary_of
from indexer.metrics import schema
from indexer.records import call, teammate_status
from indexer.reports import InvalidQuestion, Question, read_question, search_body
from indexer.reports.check_question import as_asked, parameter_values

REPORTS = load_reports()
WITH_PARAMETERS = {name: report for name, report in REPORTS.items() if report.parameters}
MARCH = {"workspace": "w", "from": "2024-03-01", "to": "2024-03-31", "as_of": 1_711_900_000}


def asked(report: str, **other: Any) -> Question:
    return read_question(REPORTS[report], MARCH | other)


def searched(report: str, **other: Any) -> str:
    question = asked(report, **other)
    return str(search_body(REPORTS[report], question, question.span))


@given(st.data())
def test_every_value_within_the_bounds_is_taken_and_every_other_one_refused(data: st.DataObject) -> None:
    report = data.draw(st.sampled_from(list(WITH_PARAMETERS.values())))
    name, parameter = data.draw(st.sampled_from(list(report.parameters.items())))
    value = data.draw(st.integers(-10, 2 * parameter.maximum))
    if parameter.minimum <= value <= parameter.maximum:
        question = asked(report.name, param=[f"{name}={value}"])
        assert parameter_values(report, question) == {name: value}
        found = as_asked(report, question)
        assert as_asked(found, question) == found
        assert (found == report) == (value == parameter.default)
    else:
        with pytest.raises(InvalidQuestion, match=r"is not between|is not whole|is not a whole"):
            asked(report.name, param=[f"{name}={value}"])


@pytest.mark.parametrize("name", WITH_PARAMETERS)
def test_without_a_value_the_search_uses_the_default(name: str) -> None:
    given = [f"{key}={parameter.default}" for key, parameter in WITH_PARAMETERS[name].parameters.items()]
    assert searched(name) == searched(name, param=given)
    other = [f"{key}={parameter.maximum}" for key, parameter in WITH_PARAMETERS[name].parameters.items()]
    assert searched(name) != searched(name, param=other)


@pytest.mark.parametrize(
    ("written", "seconds"), [("90", 90), ("90s", 90), ("30m", 1800), ("8h", 28_800), ("2d", 172_800)]
)
def test_durations_may_have_a_unit(written: str, seconds: int) -> None:
    question = asked("answered_within_target", param=[f"target={written}"])
    assert parameter_values(REPORTS["answered_within_target"], question) == {"target": seconds}


@pytest.mark.parametrize(
    ("report", "param", "said"),
    [
        ("team_board_idle", ["idle_after=0"], "0 is not between 1 and 86,400 seconds"),
        ("team_board_idle", ["idle_after=86401"], "86401 is not between 1 and 86,400 seconds"),
        ("team_board_idle", ["idle_after=soon"], "'soon' is not whole seconds or a duration such as 30m"),
        ("team_board_idle", ["idle=5"], "team_board_idle has only idle_after, not 'idle'"),
        ("team_board_idle", ["idle_after=5", "idle_after=6"], "idle_after is given twice"),
        ("team_board_idle", ["idle_after"], "'idle_after' is not of the form NAME=VALUE"),
        ("time_to_close_percentile", ["percent=2d"], "'2d' is not a whole number"),
        ("new_conversations", ["limit=5"], "new_conversations has no parameters, not 'limit'"),
    ],
)
def test_an_invalid_value_of_a_parameter_is_refused(report: str, param: list[str], said: str) -> None:
    with pytest.raises(InvalidQuestion) as caught:
        asked(report, param=param)
    assert caught.value.parameter == "param"
    assert said in caught.value.reason


@pytest.mark.parametrize("report", REPORTS.values(), ids=list(REPORTS))
def test_the_own_group_applies_unless_another_one_or_none_is_asked_for(report: Any) -> None:
    assert asked(report.name).group_by == report.group_by_default
    for none in ("none", "", None):
        assert asked(report.name, group_by=none).group_by is None
    for group in report.group_by:
        assert asked(report.name, group_by=group).group_by == group


def test_office_hours_of_a_rate_are_those_of_the_duration_that_it_tests() -> None:
    assert "first_response_time_ooo" in searched("answered_within_target", office_hours=True)
    assert "first_response_time_ooo" not in searched("answered_within_target")
    with pytest.raises(InvalidQuestion, match="office_hours"):
        asked("reopen_rate", office_hours=True)


def test_the_closed_sets_are_those_that_documents_have() -> None:
    conversations = vocabulary_of("conversations").closed
    assert conversations["started_by"] == set(get_args(schema.StartedBy))
    assert conversations["actions.kind"] == set(get_args(schema.ActionKind))
    assert conversations["actions.sla_outcome"] == set(get_args(schema.SlaOutcome))
    assert conversations["actions.sla_target"] == set(get_args(schema.SlaTarget))
    assert vocabulary_of("calls").closed["outcome"] == call.OUTCOMES
    assert vocabulary_of("teammate_statuses").closed["status"] == set(get_args(teammate_status.Status))
