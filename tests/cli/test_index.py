import json
from collections.abc import Iterator

import pytest
from elasticsearch import Elasticsearch
from typer.testing import CliRunner

from indexer.cli.app import app
from indexer.errors import OperatorError
from indexer.search import connect, index_behind
from indexer.settings import settings

pytestmark = pytest.mark.services

run = CliRunner()


@pytest.fixture(autouse=True)
def environment(elasticsearch_url: str, index_prefix: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("INDEXER_ELASTICSEARCH_URL", elasticsearch_url)
    monkeypatch.setenv("INDEXER_INDEX_PREFIX", index_prefix)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def client(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    client = connect(elasticsearch_url)
    yield client
    client.close()


def test_create_makes_a_dataset_once(client: Elasticsearch, index_prefix: str) -> None:
    alias = f"{index_prefix}-conversations"
    made = run.invoke(app, ["index", "create", "conversations"])
    index = index_behind(client, alias)
    assert (made.exit_code, made.stdout) == (0, f"{alias}: {index} made\n")
    again = run.invoke(app, ["index", "create"])
    assert again.exit_code == 0
    assert f"{alias}: {index} is there\n" in again.stdout


def test_create_with_dry_run_makes_nothing(client: Elasticsearch, index_prefix: str) -> None:
    told = run.invoke(app, ["index", "create", "conversations", "--dry-run"])
    assert "would be made" in told.stdout
    assert client.indices.get(index=f"{index_prefix}-*").body == {}


def test_status_lists_the_indices(index_prefix: str) -> None:
    run.invoke(app, ["index", "create", "conversations"])
    told = run.invoke(app, ["index", "status", "conversations", "--format", "json"])
    [found] = json.loads(told.stdout)
    assert found["index"].startswith(f"{index_prefix}-conversations-v1-")
    assert (found["version"], found["alias"], found["documents"]) == (1, True, 0)
    assert (found["health"], found["drift"]) == ("green", False)


@pytest.mark.parametrize("command", ["status", "create"])
def test_a_dataset_that_does_not_exist_is_refused(command: str) -> None:
    refused = run.invoke(app, ["index", command, "conversation"])
    assert isinstance(refused.exception, OperatorError)
    assert "conversations" in refused.exception.remedy
