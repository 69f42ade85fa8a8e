from typing import Any

import httpx
import pytest

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


def test_an_unknown_report_is_not_found_and_a_near_one_suggested(client: httpx.Client) -> None:
    response = client.get("/api/v1/reports/new_inbound", params=MARCH)
    assert response.status_code == 404
    assert response.json()["error"]["remedy"] == "did you mean new_inbound_conversations?"


def test_an_unknown_address_of_the_api_is_json_too(client: httpx.Client) -> None:
    response = client.get("/api/v1/report")
    assert (response.status_code, response.json()) == (404, {"error": {"message": "Not Found"}})


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
        "group_by",
        "where",
        "office_hours",
        "exact",
        "as_of",
        "compare",
        "if-none-match",
    }
    assert operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/Answer")


def test_other_sites_cannot_have_their_names_lead_here(client: httpx.Client) -> None:
    assert client.get("/api/v1/reports", headers={"Host": "reports.example"}).status_code == 400
