"""Wrong questions to every report over HTTP: 422 with the parameter named, 404 for an unknown report."""

import httpx
import pytest

from indexer.answers.catalogue import load_reports

RANGE = {"workspace": "w", "from": "2024-03-01", "to": "2024-03-31", "as_of": "1793491200"}
WRONG = {
    "group_by": {"group_by": "colour"},
    "to": {"to": "2024-02-28"},
    "time_zone": {"time_zone": "Europe/Dublon"},
    "interval": {"from": "1970-01-01", "interval": "day"},
    "where": {"where": "colour=red"},
}


@pytest.mark.parametrize("parameter", WRONG)
def test_every_report_names_the_parameter_that_is_wrong(without_server: httpx.Client, parameter: str) -> None:
    for name, report in load_reports().items():
        if report.is_board and parameter == "interval":
            continue  # its only moment is the present
        response = without_server.get(f"/api/v1/reports/{name}", params=RANGE | WRONG[parameter])
        assert response.status_code == 422, (name, response.text)
        error = response.json()["error"]
        assert error["parameter"] == parameter, name
        assert error["message"].startswith(f"{parameter}: "), name
        assert "\n" not in error["message"]


def test_an_unknown_report_is_not_found(without_server: httpx.Client) -> None:
    response = without_server.get("/api/v1/reports/new_conversation", params=RANGE)
    assert response.status_code == 404
    assert "did you mean new_conversations" in response.json()["error"]["remedy"]
