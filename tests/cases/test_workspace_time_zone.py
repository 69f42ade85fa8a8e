"""The days of reports, pages and exports are those of the workspace's time zone, unless another one is named."""

import csv
import io
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from typer.testing import CliRunner, Result

from indexer.cli.app import app
from indexer.errors import OperatorError
from indexer.services import Service
from indexer.settings import settings
from indexer.store.database import open_store, upgrade
from indexer.store.entities.workspaces import Workspace, get_workspace, save_workspace
from tests.embedded.harness import Run
from tests.fresh import fresh_database
from tests.reports.indexed import conversation, indexed
from tests.web.server import served

pytestmark = pytest.mark.services

AT = int(datetime(2026, 3, 2, 3, tzinfo=UTC).timestamp())
"""The evening of 1 March in New York, the 2nd in UTC."""
FIRST = ["--from", "2026-03-01", "--to", "2026-03-01"]
DAYS = {"from": "2026-03-01", "to": "2026-03-02"}


@pytest.fixture(scope="module")
def places(services: Run, elasticsearch_url: str) -> Iterator[tuple[str, str]]:
    """A database and a prefix: `tz` is in New York, `plain` has no settings, `old` has a zone that is refused now."""
    documents = [
        conversation(
            number,
            AT,
            workspace,
            started_at=AT,
            legacy={"conversation_created_at": AT, "thread_created_at": AT, "message_type": "UserMessage"},
        )
        for number, workspace in enumerate(["tz", "plain", "old"])
    ]
    with fresh_database(services) as url, indexed(elasticsearch_url, documents) as prefix:
        store = open_store(url)
        upgrade(store)
        with store.begin() as connection:
            save_workspace(connection, Workspace("tz", time_zone="America/New_York"))
            save_workspace(connection, Workspace("old", time_zone="EST"))
        store.dispose()
        yield url, prefix


@pytest.fixture
def environment(places: tuple[str, str], elasticsearch_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    url, prefix = places
    monkeypatch.setenv("INDEXER_DATABASE_URL", url)
    monkeypatch.setenv("INDEXER_ELASTICSEARCH_URL", elasticsearch_url)
    monkeypatch.setenv("INDEXER_INDEX_PREFIX", prefix)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(scope="module")
def client(places: tuple[str, str], elasticsearch_url: str) -> Iterator[httpx.Client]:
    url, prefix = places
    with served(elasticsearch_url, prefix, DATABASE_URL=url) as client:
        yield client


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def report(workspace: str, *more: str) -> Any:
    asked = ["report", "run", "new_conversations", "--workspace", workspace, *FIRST, *more, "--format", "json"]
    return json.loads(run(*asked).stdout)


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    ("workspace", "more", "zone", "count"),
    [
        ("tz", [], "America/New_York", 1),
        ("tz", ["--time-zone", "UTC"], "UTC", 0),
        ("plain", [], "UTC", 0),
        ("plain", ["--time-zone", "America/Chicago"], "America/Chicago", 1),
    ],
)
def test_a_report_is_of_the_workspaces_days(workspace: str, more: list[str], zone: str, count: int) -> None:
    answer = report(workspace, *more)
    assert (answer["time_zone"], answer["total"]["count"]) == (zone, count)
    table = run("report", "run", "new_conversations", "--workspace", workspace, *FIRST, *more, "--format", "table")
    assert zone in table.stdout


@pytest.mark.usefixtures("environment")
def test_the_list_behind_a_number_is_too() -> None:
    listed = ["report", "conversations", "new_conversations", *FIRST, "--format", "json", "--workspace"]
    assert len(json.loads(run(*listed, "tz").stdout)) == 1
    assert json.loads(run(*listed, "plain").stdout) == []


@pytest.mark.usefixtures("environment")
def test_an_export_and_what_reconciles_it_with_the_chart_are_too(tmp_path: Path) -> None:
    def rows(workspace: str, *more: str) -> list[list[str]]:
        file = tmp_path / "export.csv"
        run("export", "conversations", "--workspace", workspace, *FIRST, *more, "--output", str(file), "--force")
        return list(csv.reader(io.StringIO(file.read_text())))

    header, *own = rows("tz")
    assert len(own) == 1
    assert "2026-03-01T22:00:00-05:00" in own[0]
    assert rows("tz", "--time-zone", "UTC") == rows("plain") == [header]

    for workspace, zone, count in (("tz", "America/New_York", 1), ("plain", "UTC", 0)):
        asked = ["reconcile", "new-inbound", "--workspace", workspace, *FIRST, "--format", "json"]
        found = json.loads(run(*asked).stdout)
        assert (found["time_zone"], found["chart"], found["export"]) == (zone, count, count)


def test_the_api_answers_in_the_workspaces_zone(client: httpx.Client) -> None:
    url = "/api/v1/reports/new_conversations"

    def answers(**more: str) -> tuple[str, list[int]]:
        answer = client.get(url, params=DAYS | more).json()
        return answer["time_zone"], [row["count"] for row in answer["rows"]]

    assert answers(workspace="tz") == ("America/New_York", [1, 0])
    assert answers(workspace="tz", time_zone="UTC") == ("UTC", [0, 1])
    assert answers(workspace="plain") == ("UTC", [0, 1])
    day = {"from": "2026-03-01", "to": "2026-03-01"}
    assert client.get(f"{url}/conversations", params=day | {"workspace": "tz"}).json()["total"] == 1
    many = [{"report": "new_conversations", "workspace": workspace, **day} for workspace in ("tz", "plain", "tz")]
    several = client.post("/api/v1/reports/answers", json=many).json()
    assert [(one["time_zone"], one["total"]["count"]) for one in several] == [
        ("America/New_York", 1),
        ("UTC", 0),
        ("America/New_York", 1),
    ]
    ordered = client.post("/api/v1/exports", json={"workspace": "tz", **day}).json()
    assert ordered["request"]["time_zone"] == "America/New_York"


def test_the_description_promises_no_zone(client: httpx.Client) -> None:
    description = client.get("/api/v1/openapi.json").json()
    [zone] = [
        one for one in description["paths"]["/api/v1/reports/{name}"]["get"]["parameters"] if one["name"] == "time_zone"
    ]
    assert "default" not in zone["schema"]
    assert not zone["required"]


def test_the_page_is_of_the_workspaces_days_and_its_links_say_so(client: httpx.Client) -> None:
    page = client.get("/", params=DAYS | {"workspace": "tz", "report": "new_conversations"}).text
    assert "America/New_York</p>" in page
    assert "time_zone=America%2FNew_York" in page
    assert "--time-zone America/New_York" in page
    assert "2026-03-01" in client.get("/", params={"workspace": "tz", "report": "new_conversations"}).text
    other = client.get("/", params=DAYS | {"workspace": "tz", "report": "new_conversations", "time_zone": "UTC"}).text
    assert ", UTC</p>" in other
    assert "--time-zone UTC" in other


@pytest.mark.usefixtures("environment")
def test_a_moment_without_an_offset_is_one_of_the_same_zone() -> None:
    def board(*more: str) -> int:
        asked = ["report", "conversations", "team_board_open", "--workspace", "tz", *more]
        return len(json.loads(run(*asked, "--format", "json").stdout))

    assert board() == board("--time-zone", "UTC") == 0
    asked = ["report", "run", "snoozed_conversations", "--workspace", "tz", *FIRST, "--as-of", "2026-03-01T12:00"]
    for more, zone in (([], "America/New_York"), (["--time-zone", "UTC"], "UTC")):
        assert json.loads(run(*asked, *more, "--format", "json").stdout)["time_zone"] == zone


@pytest.mark.usefixtures("environment")
def test_yesterday_is_the_workspaces_yesterday() -> None:
    asked = [
        "report",
        "run",
        "new_conversations",
        "--workspace",
        "tz",
        "--format",
        "json",
        "--as-of",
        "2026-03-02T23:00",
    ]
    for days in (["--last", "1d"], ["--from", "yesterday", "--to", "yesterday"]):
        answer = json.loads(run(*asked, *days).stdout)
        assert (answer["time_zone"], answer["from"], answer["total"]["count"]) == ("America/New_York", "2026-03-01", 1)


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("zone", ["EST", "HST", "MST", "ROC", "Factory", "localtime", "Mars/Base", "../etc", ""])
def test_a_workspace_refuses_the_zones_that_reports_refuse(places: tuple[str, str], zone: str) -> None:
    with pytest.raises(OperatorError) as of_workspace:
        run("workspace", "set", "other", "--time-zone", zone)
    with pytest.raises(OperatorError) as of_report:
        report("tz", "--time-zone", zone)
    assert str(of_workspace.value) == str(of_report.value)
    store = open_store(places[0])
    with store.connect() as connection:
        assert get_workspace(connection, "other").updated_at is None
    store.dispose()


@pytest.mark.usefixtures("environment")
def test_a_zone_that_was_saved_before_it_was_refused_is_named_with_its_workspace() -> None:
    with pytest.raises(OperatorError) as error:
        report("old")
    assert str(error.value).startswith("the time zone of workspace old cannot be used: there is no time zone 'EST'")
    assert error.value.remedy == "set another: indexer workspace set old --time-zone NAME"
    assert report("old", "--time-zone", "America/New_York")["total"]["count"] == 1


def test_another_zone_holds_within_a_moment_and_the_last_one_while_the_store_is_away(
    services: Run, elasticsearch_url: str, places: tuple[str, str]
) -> None:
    url = "/api/v1/reports/new_conversations"
    asked = DAYS | {"workspace": "tz"}
    with fresh_database(services) as database, served(elasticsearch_url, places[1], DATABASE_URL=database) as client:
        assert client.get(url, params=asked).json()["time_zone"] == "UTC"
        store = open_store(database)
        with store.begin() as connection:
            save_workspace(connection, Workspace("tz", time_zone="Asia/Tokyo"))
        store.dispose()
        time.sleep(1.1)
        assert client.get(url, params=asked).json()["time_zone"] == "Asia/Tokyo"
        with psycopg.connect(services.urls(Service.POSTGRESQL).database, autocommit=True) as server:
            name = database.rpartition("/")[2]
            server.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        time.sleep(1.1)
        assert client.get(url, params=asked).json()["time_zone"] == "Asia/Tokyo"
        assert client.get(url, params=asked | {"workspace": "plain"}).status_code == 503
