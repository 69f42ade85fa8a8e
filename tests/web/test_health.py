"""What supervisors ask the server, and how it refuses names that are not its own."""

from collections.abc import Iterator

import httpx
import pytest

from indexer.settings import Settings
from indexer.store.database import open_store, upgrade
from tests.reports.indexed import conversation, indexed
from tests.web.server import served

pytestmark = pytest.mark.services


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    """Without tables: whether they are there is one of the questions."""
    return empty_database_url


@pytest.fixture
def server(test_settings: Settings) -> Iterator[httpx.Client]:
    """With an index and an up-to-date store."""
    store = open_store(str(test_settings.database_url))
    upgrade(store)
    store.dispose()
    with (
        indexed(str(test_settings.elasticsearch_url), [conversation(1, 1_709_251_200, "acme")]) as prefix,
        served(str(test_settings.elasticsearch_url), prefix, DATABASE_URL=str(test_settings.database_url)) as client,
    ):
        yield client


def test_a_server_is_ready_if_index_and_store_can_be_asked(server: httpx.Client) -> None:
    assert server.get("/readyz").status_code == 200
    assert server.get("/readyz").json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("elasticsearch", "database", "reason"),
    [
        ("http://127.0.0.1:1", None, "Elasticsearch does not answer"),
        (None, "postgresql://u:secret@127.0.0.1:1/x", "PostgreSQL does not answer"),
    ],
)
def test_a_server_that_cannot_answer_says_why_and_runs_all_the_same(
    test_settings: Settings, elasticsearch: str | None, database: str | None, reason: str
) -> None:
    with served(
        elasticsearch or str(test_settings.elasticsearch_url),
        test_settings.index_prefix,
        DATABASE_URL=database or str(test_settings.database_url),
        api_token="a-token-of-more-than-twenty",
    ) as client:
        found = client.get("/readyz")
        assert found.status_code == 503
        assert reason in found.json()["reasons"]
        assert "secret" not in found.text
        assert client.get("/healthz").status_code == 200


def test_without_an_index_it_is_not_ready(test_settings: Settings) -> None:
    with served(
        str(test_settings.elasticsearch_url), test_settings.index_prefix, DATABASE_URL=str(test_settings.database_url)
    ) as client:
        reasons = client.get("/readyz").json()["reasons"]
    assert reasons == [
        "there is no index yet; the first worker creates it",
        "the tables in PostgreSQL are not those of this release",
    ]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.", "[::2]", "[127.0.0.1]"]
)
def test_a_foreign_host_name_is_refused_in_the_form_that_was_asked_for(server: httpx.Client, host: str) -> None:
    found = server.get("/api/v1/reports", headers={"Host": host})
    assert found.status_code == 400
    assert host in found.json()["error"]["message"]
    assert "INDEXER_API_TOKEN" in found.json()["error"]["remedy"]
    page = server.get("/", headers={"Host": host})
    assert page.status_code == 400
    assert page.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8080", "127.0.0.1:1", "127.0.0.2", "127.1.2.3:80", "[::1]", "[::1]:8080", "[0::1]"]
)
def test_names_of_this_machine_are_its_own(server: httpx.Client, host: str) -> None:
    assert server.get("/api/v1/reports", headers={"Host": host}).status_code == 200
