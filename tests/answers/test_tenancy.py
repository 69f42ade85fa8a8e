"""No question reads another workspace: with and without the others in the index, every answer is the same."""

from collections.abc import Iterator
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.answers.catalogue import load_reports
from indexer.answers.drill_down import list_conversations
from indexer.answers.run_report import run_report, run_reports
from indexer.reports import Answer, Definition, InvalidQuestion, Question, read_question
from tests.reports.indexed import indexed
from tests.reports.sampled import ENDS_AT, sampled

REPORTS = load_reports()
WORKSPACE = "w"
OTHERS = ("v", "w2", "W", "*", "w,v")
HOSTILE = [
    *OTHERS,
    "_all",
    "workspace_id",
    "v OR workspace_id:v",
    '"}},{"term":{"workspace_id":"v"}}',
    "workspace_id=v",
    "../v",
    "\u0000",
    "%2A",
    "<b>",
    "true",
    "0",
    "-1",
    "custom.workspace_id=v",
]


@pytest.fixture(scope="module")
def indices(elasticsearch_url: str) -> Iterator[Any]:
    """The same workspace alone, and among others that have conversations of the same ids."""
    own = list(sampled(WORKSPACE, count=60))
    others = [document for name in OTHERS if name != "w,v" for document in sampled(name, seed=9, count=60)]
    with (
        indexed(elasticsearch_url, own) as alone,
        indexed(elasticsearch_url, [*own, *others]) as among,
        Elasticsearch(elasticsearch_url) as client,
    ):
        yield client, alone, among


def told(ask: Any) -> Any:
    """The answer, or the text of the refusal."""
    try:
        return ask()
    except InvalidQuestion as error:
        return str(error)


hostile = st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=20))
words = st.one_of(
    st.sampled_from(sorted({word for report in REPORTS.values() for word in report.words})),
    hostile.map("custom.{}".format),
    st.just("workspace_id"),
    hostile,
)
clauses = st.builds("{}{}{}".format, words, st.sampled_from(["=", "!=", ">=", "<", "=*", "!=*"]), hostile)
questions = st.fixed_dictionaries(
    {
        "workspace": st.just(WORKSPACE),
        "from": st.sampled_from(["2024-02-16", "1970-01-01"]),
        "to": st.just("2024-04-01"),
        "as_of": st.sampled_from([0, ENDS_AT]),
    },
    optional={
        "interval": st.sampled_from(["month", "range"]),
        "time_zone": st.one_of(st.sampled_from(["UTC", "Pacific/Apia"]), hostile),
        "group_by": st.one_of(words, st.none()),
        "where": st.lists(clauses, max_size=3),
        "exact": st.booleans(),
        "office_hours": st.booleans(),
        "compare": st.booleans(),
    },
)


@pytest.mark.services
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), report=st.sampled_from(sorted(REPORTS)).map(REPORTS.get))
def test_no_parameter_reads_another_workspace(indices: Any, data: st.DataObject, report: Definition) -> None:
    client, alone, among = indices
    parameters = data.draw(questions)
    if data.draw(st.booleans()) and report.group_by:
        parameters["group_by"] = data.draw(st.sampled_from(report.group_by))
    question = told(lambda: read_question(report, parameters))
    if not isinstance(question, Question):
        return
    assert told(lambda: run_report(client, alone, report, question)) == told(
        lambda: run_report(client, among, report, question)
    )
    cell = {"group": data.draw(st.one_of(hostile, st.none()))} if data.draw(st.booleans()) else {}
    listed = [
        told(lambda prefix=prefix: list_conversations(client, prefix, report, question, size=1000, **cell)[:2])
        for prefix in (alone, among)
    ]
    assert listed[0] == listed[1]


@pytest.mark.services
@pytest.mark.parametrize("report", REPORTS.values(), ids=list(REPORTS))
def test_no_report_reads_another_workspace(indices: Any, report: Definition) -> None:
    client, alone, among = indices
    put = [
        (report, read_question(report, parameters | {"group_by": group}))
        for group in [None, *report.group_by]
        for parameters in [
            {"workspace": WORKSPACE, "from": "2024-02-16", "to": "2024-04-01", "as_of": ENDS_AT, "interval": "range"}
        ]
    ]
    answers = run_reports(client, among, put)
    assert answers == run_reports(client, alone, put)
    assert all(isinstance(answer, Answer) for answer in answers)


@pytest.mark.services
@pytest.mark.parametrize("name", ["*", "w,v", "w*", "w OR v", "_all", " w"])
def test_the_name_of_a_workspace_is_taken_literally(indices: Any, name: str) -> None:
    client, _, among = indices
    question = read_question(
        REPORTS["new_conversations"], {"workspace": name, "from": "2024-02-16", "to": "2024-04-01"}
    )
    found = run_report(client, among, REPORTS["new_conversations"], question).total.count
    own = sum(document.get("started_at") is not None for document in sampled("*", seed=9, count=60))
    assert found == (own if name == "*" else 0)


@pytest.mark.services
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cursor=st.one_of(hostile, st.text(alphabet="abcdefghijklmnopqrstuvwxyzABC0123456789-_=", max_size=60)))
def test_an_invented_cursor_is_refused(indices: Any, cursor: str) -> None:
    client, _, among = indices
    report = REPORTS["new_conversations"]
    question = read_question(report, {"workspace": WORKSPACE, "from": "2024-02-16", "to": "2024-04-01"})
    with pytest.raises(InvalidQuestion, match="cursor"):
        list_conversations(client, among, report, question, cursor=cursor)
