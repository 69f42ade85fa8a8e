from typing import Any

import httpx
import pytest

from indexer.search import connect
from indexer.search.search_requests import SearchRefused, search_once
from indexer.web.requests.problems import problem_of

URL = "/api/v1/reports/new_inbound_conversations"
MARCH = {"workspace": "acme", "from": "2024-03-01", "to": "2024-03-04"}

pytestmark = pytest.mark.services


def test_the_server_answers_for_itself_without_elasticsearch(without_server: httpx.Client) -> None:
    response = without_server.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_reports_are_listed_with_their_definitions(client: httpx.Client) -> None:
    reports = {report["name"]: report for report in client.get("/api/v1/reports").json()}
    report = reports["new_inbound_conversations"]
    assert report["name"] == "new_inbound_conversations"
    assert report["where"] == {"legacy.message_type": "UserMessage"}
    assert report["group_by"] == ["channel", "country", "tag", "team", "teammate"]


def test_an_answer_is_the_object_of_the_command_line(client: httpx.Client) -> None:
    assert client.get(URL, params=MARCH).json() == {
        "report": "new_inbound_conversations",
        "workspace": "acme",
        "from": "2024-03-01",
        "to": "2024-03-04",
        "time_zone": "UTC",
        "interval": "day",
        "group_by": None,
        "office_hours": False,
        "unit": "conversations",
        "total": {"value": 10, "count": 10},
        "rows": [
            {"period": f"2024-03-0{count}", "group": None, "value": count, "count": count} for count in (1, 2, 3, 4)
        ],
        "where": [],
        "exact": True,
        "average": {"value": 2.5, "per": "day", "days": 4},
    }


@pytest.mark.parametrize(
    "path", ["/api/v1/reports", f"{URL}/definition", f"{URL}?workspace=acme&from=2024-03-01&to=2024-03-04"]
)
def test_an_answer_that_the_client_has_is_not_sent_again(client: httpx.Client, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert client.get(path, headers={"If-None-Match": '"another"'}).content == first.content


def test_another_answer_has_another_tag(client: httpx.Client) -> None:
    tags = {client.get(URL, params=MARCH | {"to": f"2024-03-0{day}"}).headers["ETag"] for day in (2, 3, 4)}
    assert len(tags) == 3


def test_conditions_may_be_repeated(client: httpx.Client) -> None:
    both = client.get(URL, params=MARCH | {"where": ["channel=email", "channel=conversation"]}).json()
    one = client.get(URL, params=MARCH | {"where": ["channel=email"], "compare": "true"}).json()
    assert both["total"]["count"] == 10
    assert one["total"]["count"] == 5
    assert (one["compare"]["to"], one["compare"]["total"]["count"]) == ("2024-02-29", 0)


@pytest.mark.parametrize(
    ("other", "parameter"),
    [
        ({"to": "tomorrow"}, "to"),
        ({"to": "2024-02-01"}, "to"),
        ({"time_zone": "Mars"}, "time_zone"),
        ({"group_by": "colour"}, "group_by"),
        ({"group-by": "tag"}, "group-by"),
        ({"where": ["channel"]}, "where"),
        ({"office_hours": "true"}, "office_hours"),
        ({"from": "1980-01-01"}, "interval"),
        ({"interval": "week", "week_start": "Sun"}, "week_start"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_named(client: httpx.Client, other: dict[str, Any], parameter: str) -> None:
    response = client.get(URL, params=MARCH | other)
    assert response.status_code == 422
    error = response.json()["error"]
    assert error["parameter"] == parameter
    assert error["message"].startswith(f"{parameter}: ")


def test_a_parameter_that_is_missing_is_named(client: httpx.Client) -> None:
    response = client.get(URL, params={"from": "2024-03-01", "to": "2024-03-04"})
    assert (response.status_code, response.json()["error"]["message"]) == (422, "workspace: is missing")


MANY = "/api/v1/reports/answers"


def test_many_questions_are_answered_at_once_each_for_itself(client: httpx.Client) -> None:
    name = "new_inbound_conversations"
    asked = [
        {"report": name, **MARCH},
        {"report": name, **MARCH, "group_by": "colour"},
        {"report": "nothing", **MARCH},
        {"report": name, **MARCH, "where": ["channel=email"], "compare": True},
        MARCH,
        {"report": 5, **MARCH},
        {"report": name, **MARCH, "from": 20240301},
    ]
    found = client.post(MANY, json=asked).json()
    assert found[0] == client.get(URL, params=MARCH).json()
    assert found[3]["compare"]["total"]["count"] == 0
    assert found[2]["error"]["message"] == "there is no report 'nothing'"
    assert [found[place]["error"]["parameter"] for place in (1, 4, 5, 6)] == ["group_by", "report", "report", "from"]


def test_questions_that_make_too_many_rows_together_are_refused_with_what_to_do(client: httpx.Client) -> None:
    heavy = MARCH | {"report": "new_inbound_conversations", "from": "2000-01-01", "compare": True}
    response = client.post(MANY, json=[heavy] * 100)
    assert response.status_code == 422
    error = response.json()["error"]
    assert error["parameter"] == "body"
    assert "the 100 questions together make at least" in error["message"]
    assert "ask fewer questions at once" in error["message"]
    assert client.post(MANY, json=[heavy] * 2).json()[1]["total"]["count"] == 10


@pytest.mark.parametrize(
    ("body", "parameter"), [([], "body"), ({}, "body"), ([1], "0"), ([{}] * 101, "body"), (None, "body")]
)
def test_a_body_that_is_not_a_list_of_questions_is_refused(client: httpx.Client, body: Any, parameter: str) -> None:
    response = client.post(MANY, json=body)
    assert (response.status_code, response.json()["error"]["parameter"]) == (422, parameter)


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000])
def test_a_body_that_is_not_json_is_refused(client: httpx.Client, body: bytes) -> None:
    response = client.post(MANY, content=body, headers={"Content-Type": "application/json"})
    assert response.status_code in {400, 422}
    assert response.json()["error"]["message"]


def test_the_conversations_behind_a_total_come_in_pages(client: httpx.Client) -> None:
    listed, cursor = [], None
    while True:
        given = MARCH | {"limit": "4"} | ({"cursor": cursor} if cursor else {})
        page = client.get(f"{URL}/conversations", params=given).json()
        assert page["total"] == 10
        listed += [one["conversation_id"] for one in page["conversations"]]
        if (cursor := page["cursor"]) is None:
            break
    assert listed == [str(number) for number in range(10)]


def test_the_conversations_behind_a_row_are_as_many_as_it_counts(client: httpx.Client) -> None:
    answer = client.get(URL, params=MARCH | {"group_by": "tag"}).json()
    for row in answer["rows"]:
        which = {"no_group": "true"} if row["group"] is None else {"group": row["group"]}
        given = MARCH | {"group_by": "tag", "period": row["period"]} | which
        page = client.get(f"{URL}/conversations", params=given).json()
        assert page["total"] == len(page["conversations"]) == row["count"]


@pytest.mark.parametrize(
    ("other", "parameter"),
    [
        ({"period": "2023-03-01"}, "period"),
        ({"period": "soon"}, "period"),
        ({"group": "email"}, "group"),
        ({"group_by": "channel", "group": "email", "no_group": "true"}, "group"),
        ({"limit": "0"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"time_zone": "Mars"}, "time_zone"),
        ({"page": "2"}, "page"),
    ],
)
def test_a_row_or_page_that_is_not_there_is_named(client: httpx.Client, other: dict[str, str], parameter: str) -> None:
    response = client.get(f"{URL}/conversations", params=MARCH | other)
    assert (response.status_code, response.json()["error"]["parameter"]) == (422, parameter)


def test_a_cursor_belongs_to_its_question(client: httpx.Client) -> None:
    cursor = client.get(f"{URL}/conversations", params=MARCH | {"limit": "2"}).json()["cursor"]
    for other in ({"workspace": "zenith"}, {"where": "channel=email"}, {"to": "2024-03-03"}):
        response = client.get(f"{URL}/conversations", params=MARCH | {"limit": "2", "cursor": cursor} | other)
        assert (response.status_code, response.json()["error"]["parameter"]) == (422, "cursor")


def test_a_search_that_elasticsearch_refuses_is_not_an_outage(elasticsearch_url: str) -> None:
    with connect(elasticsearch_url) as elasticsearch, pytest.raises(SearchRefused) as refused:
        search_once(elasticsearch, "*", {"query": {"no_such_query": {}}})
    status, said = problem_of(refused.value)
    assert status == 500
    assert said.message.startswith("Elasticsearch refuses the search: parsing_exception: unknown query [no_such_query]")


def test_an_unknown_report_is_not_found_and_a_near_one_suggested(client: httpx.Client) -> None:
    response = client.get("/api/v1/reports/new_inbound_conv", params=MARCH)
    assert response.status_code == 404
    assert response.json()["error"]["remedy"] == (
        "did you mean new_inbound_conversations or inbound_calls or new_closed_conversations?"
    )


def test_an_unknown_address_of_the_api_is_json_too(client: httpx.Client) -> None:
    response = client.get("/api/v1/report")
    assert (response.status_code, response.json()) == (404, {"error": {"message": "Not Found"}})


def test_a_method_that_an_address_does_not_have_is_said_with_those_it_has(client: httpx.Client) -> None:
    response = client.delete(URL)
    assert (response.status_code, response.headers["Allow"]) == (405, "GET")
    assert response.json() == {"error": {"message": "Method Not Allowed"}}


def test_no_index_yet_is_said_with_what_to_do(without_index: httpx.Client) -> None:
    response = without_index.get(URL, params=MARCH)
    assert response.status_code == 503
    assert response.json()["error"]["message"].startswith("there is no index yet")
    assert "indexer import" in response.json()["error"]["remedy"]


def test_a_server_that_is_away_is_said(without_server: httpx.Client) -> None:
    response = without_server.get(URL, params=MARCH)
    assert response.status_code == 503
    assert "cannot be reached" in response.json()["error"]["message"]


def test_the_description_of_the_api_has_every_parameter(client: httpx.Client) -> None:
    operation = client.get("/api/v1/openapi.json").json()["paths"]["/api/v1/reports/{name}"]["get"]
    assert {parameter["name"] for parameter in operation["parameters"]} == {
        "name",
        "workspace",
        "from",
        "to",
        "time_zone",
        "interval",
        "week_start",
        "group_by",
        "param",
        "where",
        "office_hours",
        "exact",
        "sort",
        "top",
        "min_count",
        "as_of",
        "until",
        "compare",
        "if-none-match",
    }
    assert operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/Answer")


def test_the_description_has_examples_that_can_be_tried(client: httpx.Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    given = {
        parameter["name"]: parameter["example"]
        for parameter in paths["/api/v1/reports/{name}"]["get"]["parameters"]
        if "example" in parameter
    }
    name = given.pop("name")
    assert client.get(f"/api/v1/reports/{name}", params=given).status_code == 200
    many = paths[MANY]["post"]["requestBody"]["content"]["application/json"]["example"]
    assert all("error" not in item for item in client.post(MANY, json=many).json())


def test_every_parameter_is_described(client: httpx.Client) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    bare = [
        (path, parameter["name"])
        for path, operations in paths.items()
        for operation in operations.values()
        for parameter in operation.get("parameters", ())
        if not parameter.get("description")
    ]
    assert bare == []


def test_other_sites_cannot_have_their_names_lead_here(client: httpx.Client) -> None:
    assert client.get("/api/v1/reports", headers={"Host": "reports.example"}).status_code == 400


def test_weeks_begin_on_the_day_that_is_asked_for_and_the_answer_says_so_unless_it_is_monday(
    client: httpx.Client,
) -> None:
    by_week = MARCH | {"interval": "week"}
    answer = client.get(URL, params=by_week | {"week_start": "sunday"}).json()
    assert answer["week_start"] == "sunday"
    assert [row["period"] for row in answer["rows"]] == ["2024-02-25", "2024-03-03"]
    assert sum(row["count"] for row in answer["rows"]) == answer["total"]["count"] > 0
    assert client.get(URL, params=by_week | {"week_start": "monday"}).json() == client.get(URL, params=by_week).json()
    assert "week_start" not in client.get(URL, params=MARCH | {"week_start": "sunday"}).json()
    page = client.get("/", params=by_week | {"week_start": "sunday"}).text
    assert '<option value="sunday" selected>' in page
