import json
import os
import socket
from collections.abc import Iterator

import pytest
from elasticsearch import Elasticsearch
from typer.testing import CliRunner

from indexer.cli.app import app
from indexer.connections import connections
from indexer.datasets.conversations import CONVERSATIONS
from indexer.errors import OperatorError
from indexer.search import connect, hold_refresh, index_behind
from indexer.settings import settings
from indexer.store.jobs.rebuild_lock import hold_rebuild
from indexer.store.jobs.rebuilds import current_rebuild, start_rebuild

pytestmark = pytest.mark.services

run = CliRunner()


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    """Without tables: the commands make them."""
    return empty_database_url


@pytest.fixture(autouse=True)
def environment(
    elasticsearch_url: str, database_url: str, index_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setenv("INDEXER_ELASTICSEARCH_URL", elasticsearch_url)
    monkeypatch.setenv("INDEXER_DATABASE_URL", database_url)
    monkeypatch.setenv("INDEXER_INDEX_PREFIX", index_prefix)
    settings.cache_clear()
    connections.cache_clear()
    yield
    connections().store.dispose()
    connections().search.close()
    settings.cache_clear()
    connections.cache_clear()


@pytest.fixture
def client(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    client = connect(elasticsearch_url)
    yield client
    client.close()


def test_create_makes_a_dataset_once(client: Elasticsearch, index_prefix: str) -> None:
    alias = f"{index_prefix}-conversations"
    made = run.invoke(app, ["index", "create", "conversations"])
    index = index_behind(client, alias)
    assert (made.exit_code, made.stdout) == (0, f"{alias}: {index} created\n")
    again = run.invoke(app, ["index", "create"])
    assert again.exit_code == 0
    assert f"{alias}: {index} exists\n" in again.stdout


def test_create_with_dry_run_makes_nothing(client: Elasticsearch, index_prefix: str) -> None:
    told = run.invoke(app, ["index", "create", "conversations", "--dry-run"])
    assert "would be created" in told.stdout
    assert client.indices.get(index=f"{index_prefix}-*").body == {}


def test_status_lists_the_indices(index_prefix: str) -> None:
    run.invoke(app, ["index", "create", "conversations"])
    told = run.invoke(app, ["index", "status", "conversations", "--format", "json"])
    told_of = json.loads(told.stdout)
    assert told_of["rebuilds"] == []
    [found] = told_of["indices"]
    assert found["index"].startswith(f"{index_prefix}-conversations-v2-")
    assert (found["version"], found["alias"], found["documents"]) == (2, True, 0)
    assert (found["health"], found["drift"], found["refresh"]) == ("green", False, "1s")
    assert told.stderr == ""


def test_status_names_an_index_that_readers_use_and_that_is_not_refreshed(
    client: Elasticsearch, index_prefix: str
) -> None:
    run.invoke(app, ["index", "create", "conversations"])
    hold_refresh(client, f"{index_prefix}-conversations")
    told = run.invoke(app, ["index", "status", "--format", "json"])
    assert [one["refresh"] for one in json.loads(told.stdout)["indices"]] == ["-1"]
    assert f"{index_behind(client, f'{index_prefix}-conversations')} has the refresh interval -1" in told.stderr


@pytest.mark.parametrize("command", ["status", "create"])
def test_a_dataset_that_does_not_exist_is_refused(command: str) -> None:
    refused = run.invoke(app, ["index", command, "conversation"])
    assert isinstance(refused.exception, OperatorError)
    assert "conversations" in refused.exception.remedy


def test_drift_names_what_is_wrong_and_adds_what_is_missing(client: Elasticsearch, index_prefix: str) -> None:
    run.invoke(app, ["index", "create", "conversations"])
    assert run.invoke(app, ["index", "drift"]).exit_code == 0
    client.indices.put_mapping(index=f"{index_prefix}-conversations", properties={"extra": {"type": "keyword"}})
    told = run.invoke(app, ["index", "drift", "--format", "json"])
    assert told.exit_code == 1
    assert [(one["field"], one["kind"]) for one in json.loads(told.stdout)] == [("extra", "unknown")]
    assert "indexer index rebuild" in told.stderr


@pytest.mark.parametrize("command", ["swap", "rollback", "verify", "pause", "resume"])
def test_without_a_rebuild_its_steps_are_refused(command: str) -> None:
    run.invoke(app, ["index", "create", "conversations"])
    refused = run.invoke(app, ["index", command])
    assert isinstance(refused.exception, OperatorError)
    assert "no rebuild" in str(refused.exception)


def test_a_rebuild_of_an_index_that_does_not_exist_is_refused() -> None:
    refused = run.invoke(app, ["index", "rebuild", "--dry-run"])
    assert isinstance(refused.exception, OperatorError)
    assert "indexer index create" in refused.exception.remedy


def test_a_command_names_the_process_that_acts_on_the_rebuild_and_leaves_it_alone(index_prefix: str) -> None:
    run.invoke(app, ["index", "create", "conversations"])
    store = connections().store
    with store.begin() as connection:
        started = start_rebuild(connection, CONVERSATIONS, "from", "to")
    with hold_rebuild(store, CONVERSATIONS):
        [shown] = json.loads(run.invoke(app, ["index", "status", "--format", "json"]).stdout)["rebuilds"]
        refused = run.invoke(app, ["index", "rollback"])
    holder = f"pid {os.getpid()} on {socket.gethostname()}"
    assert (shown["step"], shown["acting"]) == ("create", holder)
    assert isinstance(refused.exception, OperatorError)
    assert str(refused.exception) == f"{holder} is at work on the rebuild of conversations"
    with store.connect() as connection:
        assert current_rebuild(connection, CONVERSATIONS) == started
