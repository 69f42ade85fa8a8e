"""The API against its own description: whatever the description allows, or does not, nothing is an error of ours."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from indexer.answers.catalogue import load_reports, vocabulary_of
from tests.embedded.harness import Run
from tests.fresh import fresh_database
from tests.reports.indexed import indexed, many_conversations
from tests.web.server import served

pytestmark = pytest.mark.services

TOKEN = "a-token-for-tests"
NOWHERE = "redis://127.0.0.1:1/0"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def served_api(services: Run, elasticsearch_url: str) -> Iterator[httpx.Client]:
    with (
        fresh_database(services) as database_url,
        indexed(elasticsearch_url, many_conversations("demo", seed=1)) as prefix,
        served(elasticsearch_url, prefix, DATABASE_URL=database_url, REDIS_URL=NOWHERE, api_token=TOKEN) as client,
    ):
        client.headers.update(HEADERS)
        yield client


@pytest.fixture(scope="module")
def described(served_api: httpx.Client) -> OpenApiSchema:
    """What the server says about itself, read once."""
    return schemathesis.openapi.from_url(f"{served_api.base_url}/api/v1/openapi.json", headers=HEADERS)


OPERATIONS = {
    "list_reports": "/api/v1/reports",
    "show_definition": "/api/v1/reports/{name}/definition",
    "run_report": "/api/v1/reports/{name}",
    "list_conversations": "/api/v1/reports/{name}/conversations",
    "run_reports": "/api/v1/reports/answers",
    "order": "/api/v1/exports",
    "order_messages": "/api/v1/exports/messages",
    "show": "/api/v1/exports/{export_id}",
    "cancel": "/api/v1/exports/{export_id}",
    "download": "/api/v1/exports/{export_id}/download",
    "save_events": "/api/v1/messages/events",
    "take_events": "/api/v1/events",
    "list_event_names": "/api/v1/events/names",
    "save_people": "/api/v1/people",
    "list_people": "/api/v1/people",
    "count_people": "/api/v1/people/count",
    "export_people": "/api/v1/people/export",
    "show_person": "/api/v1/people/{person}",
    "explain_person": "/api/v1/people/{person}/why",
    "list_segments_of_people": "/api/v1/segments",
    "create_segment_of_people": "/api/v1/segments",
    "show_segment_of_people": "/api/v1/segments/{segment}",
    "delete_segment_of_people": "/api/v1/segments/{segment}",
    "freeze_segment_of_people": "/api/v1/segments/audiences",
    "list_person_events": "/api/v1/people/{person}/events",
    "disclose_person": "/api/v1/people/{person}/held",
    "erase_person": "/api/v1/people/{person}",
    "merge_person": "/api/v1/people/{person}/merge",
    "list_people_attributes": "/api/v1/people/attributes",
    "declare_people_attribute": "/api/v1/people/attributes",
    "list_subscriptions": "/api/v1/subscriptions",
    "create_subscription": "/api/v1/subscriptions",
    "show_subscription": "/api/v1/subscriptions/{subscription}",
    "delete_subscription": "/api/v1/subscriptions/{subscription}",
    "pause_subscription": "/api/v1/subscriptions/{subscription}/pause",
    "resume_subscription": "/api/v1/subscriptions/{subscription}/resume",
    "list_alerts": "/api/v1/alerts",
    "create_alert": "/api/v1/alerts",
    "show_alert": "/api/v1/alerts/{alert}",
    "delete_alert": "/api/v1/alerts/{alert}",
    "pause_alert": "/api/v1/alerts/{alert}/pause",
    "resume_alert": "/api/v1/alerts/{alert}/resume",
    "list_views": "/api/v1/views",
    "save_view": "/api/v1/views",
    "show_view": "/api/v1/views/{view}",
    "delete_view": "/api/v1/views/{view}",
}
METHODS = {
    "run_reports": "POST",
    "order": "POST",
    "order_messages": "POST",
    "cancel": "DELETE",
    "save_events": "POST",
    "take_events": "POST",
    "save_people": "POST",
    "create_segment_of_people": "POST",
    "delete_segment_of_people": "DELETE",
    "freeze_segment_of_people": "POST",
    "merge_person": "POST",
    "erase_person": "DELETE",
    "declare_people_attribute": "POST",
    "create_subscription": "POST",
    "delete_subscription": "DELETE",
    "pause_subscription": "POST",
    "resume_subscription": "POST",
    "create_alert": "POST",
    "pause_alert": "POST",
    "resume_alert": "POST",
    "delete_alert": "DELETE",
    "save_view": "POST",
    "delete_view": "DELETE",
}
SAVED_ONE_BY_ONE = {"run_reports", "save_events", "take_events", "save_people"}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    ignored_auth,
]


def test_every_operation_is_tried(served_api: httpx.Client) -> None:
    assert set(served_api.get("/api/v1/openapi.json").json()["paths"]) == set(OPERATIONS.values())


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("name", OPERATIONS)
def test_the_api_keeps_what_its_description_says(described: OpenApiSchema, name: str, mode: GenerationMode) -> None:
    operation = described[OPERATIONS[name]][METHODS.get(name, "GET")]
    checks = list(CHECKS)
    if mode is GenerationMode.NEGATIVE and name not in SAVED_ONE_BY_ONE:
        # There, what is wrong with a question or an event is said in the place of its answer.
        checks.append(negative_data_rejection)

    @settings(
        max_examples=10 if name in SAVED_ONE_BY_ONE or "people" in name or "person" in name else 30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def holds(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=HEADERS, checks=checks)

    holds()


REPORTS = load_reports()
words = st.sampled_from([*vocabulary_of("conversations").words(actions=True), "custom.plan", "custom.", "colour", ""])
values = (
    st.sampled_from(["email", "4", "-1", "1e400", "99999999999999999999", "*", "true", "", "ü\0", "a=b"]) | st.text()
)
conditions = st.builds("".join, st.tuples(words, st.sampled_from(["=", "!=", ">=", "<", ">", ""]), values))
days = st.dates(date(2024, 1, 1), date(2024, 4, 1)).map(str)
dates = days | st.sampled_from(["1970-01-01", "9998-12-31", "2011-12-30", "2024-02-30", "today", ""])
spans = st.lists(days, min_size=2, max_size=2).map(sorted) | st.lists(dates, min_size=2, max_size=2)
more = st.fixed_dictionaries(
    {"workspace": st.just("demo")},
    optional={
        "time_zone": st.sampled_from(["Pacific/Apia", "America/Sao_Paulo", "America/St_Johns", "Mars"]),
        "interval": st.sampled_from(["day", "week", "month", "range", "hour"]),
        "group_by": words,
        "where": st.lists(conditions, max_size=3),
        "office_hours": st.booleans(),
        "exact": st.booleans(),
        "as_of": st.sampled_from([0, 1_711_000_000, 253_000_000_000, -1, 10**30]),
        "until": st.sampled_from([0, 1_711_000_000, 253_000_000_000, -1, 10**30]),
        "compare": st.booleans(),
    },
)
parameters = st.builds(lambda span, rest: {"from": span[0], "to": span[1]} | rest, spans, more)
rows = st.fixed_dictionaries(
    {},
    optional={
        "period": dates,
        "group": values | st.sampled_from(["< 5 m", "Mon 09"]),
        "no_group": st.booleans(),
        "limit": st.sampled_from([1, 1_000, 0, 1_001]),
        "cursor": st.sampled_from(["", "x", "e30", "ü", "eyJ2IjpbXX0="]),
    },
)
FUZZED = settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))


def _is_an_answer_or_names_a_parameter(response: httpx.Response) -> None:
    assert response.status_code in {200, 422}, response.text
    assert response.status_code == 200 or response.json()["error"]["parameter"]


@FUZZED
@given(st.sampled_from(sorted(REPORTS)), parameters)
def test_every_question_to_every_report_is_answered_or_refused(
    served_api: httpx.Client, name: str, asked: dict[str, Any]
) -> None:
    _is_an_answer_or_names_a_parameter(served_api.get(f"/api/v1/reports/{name}", params=asked))


@FUZZED
@given(st.sampled_from(sorted(REPORTS)), parameters, rows)
def test_every_list_of_conversations_is_given_or_refused(
    served_api: httpx.Client, name: str, asked: dict[str, Any], row: dict[str, Any]
) -> None:
    _is_an_answer_or_names_a_parameter(served_api.get(f"/api/v1/reports/{name}/conversations", params=asked | row))


@settings(FUZZED, max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(sorted(REPORTS)), parameters), min_size=1, max_size=8))
def test_many_questions_get_what_each_of_them_gets_alone(
    served_api: httpx.Client, asked: list[tuple[str, dict[str, Any]]]
) -> None:
    # The moment of a board is that of the request.
    questions = [{"report": name, "as_of": 1_711_000_000, **question} for name, question in asked]
    together = served_api.post("/api/v1/reports/answers", json=questions)
    assert together.status_code == 200, together.text
    for question, found in zip(questions, together.json(), strict=True):
        name = question.pop("report")
        alone = served_api.get(f"/api/v1/reports/{name}", params=question)
        if alone.status_code == 200:
            assert found == alone.json()
        else:
            assert found["error"].get("parameter") == alone.json()["error"].get("parameter")
