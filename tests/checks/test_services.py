"""The checks of the three services, asked of real ones."""

import contextlib
import dataclasses
import json
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from redis import Redis

from indexer.checks import CHECKS, Finding, Installation, Verdict, elasticsearch, examine, postgresql, redis
from indexer.embedded import supervisor
from indexer.services import Service
from indexer.settings import Settings
from indexer.store.database import open_store, upgrade
from indexer.store.entities.workspaces import Workspace, save_workspace
from tests.indexing.store_and_index import allow_workspace

pytestmark = pytest.mark.services


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    """Without tables: the checks tell how far an installation is."""
    return empty_database_url


@pytest.fixture
def installation(test_settings: Settings) -> Installation:
    return Installation.of(test_settings)


def all_findings(installation: Installation) -> dict[str, Finding]:
    return {check.name: finding for check, finding in examine(installation, CHECKS)}


def at(installation: Installation, service: Service, url: str) -> Installation:
    return dataclasses.replace(installation, urls={**installation.urls, service: url})


def test_a_fresh_installation_is_well_but_for_its_empty_database(installation: Installation) -> None:
    verdicts = {name: finding.verdict for name, finding in all_findings(installation).items()}

    assert {name for name, verdict in verdicts.items() if verdict is not Verdict.OK} == {"postgresql schema"}
    assert verdicts["postgresql schema"] is Verdict.WARNING


def test_versions_are_told_and_passwords_are_not(installation: Installation) -> None:
    found = all_findings(installation)

    assert found["elasticsearch"].detail.startswith("8.")
    assert found["postgresql"].detail.startswith("18")
    assert not any("@" in finding.detail or ":p" in finding.detail for finding in found.values())


def test_workspaces_with_names_that_no_new_one_could_have_are_named(installation: Installation) -> None:
    engine = open_store(installation.url(Service.POSTGRESQL))
    upgrade(engine)
    with engine.begin() as connection:
        save_workspace(connection, Workspace("acme"))
    assert all_findings(installation)["workspaces"].verdict is Verdict.OK
    for name in ("acme:eu", "a" * 101):
        allow_workspace(engine, name)
    engine.dispose()
    found = all_findings(installation)["workspaces"]
    assert found.verdict is Verdict.WARNING
    assert "2 of 3" in found.detail
    assert "'acme:eu'" in found.detail
    assert "without a colon" in found.remedy


def test_a_schema_of_this_release_is_well(installation: Installation) -> None:
    engine = open_store(installation.url(Service.POSTGRESQL))
    upgrade(engine)
    engine.dispose()

    assert postgresql.schema(installation).verdict is Verdict.OK


def test_a_schema_of_another_release_is_a_failure(installation: Installation) -> None:
    engine = open_store(installation.url(Service.POSTGRESQL))
    upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()

    finding = postgresql.schema(installation)
    assert finding.verdict is Verdict.FAILED
    assert "9999" in finding.detail


@pytest.mark.parametrize("lock", ["read_only_allow_delete", "read_only", "write"])
def test_if_an_index_is_locked_it_is_a_failure_and_the_remedy_unlocks_it(installation: Installation, lock: str) -> None:
    name = f"{installation.settings.index_prefix}-locked-{lock.replace('_', '-')}"
    with Elasticsearch(installation.url(Service.ELASTICSEARCH)) as client:
        client.indices.create(index=name)
        client.indices.put_settings(index=name, settings={f"index.blocks.{lock}": True})

        finding = elasticsearch.blocks(installation)

        path, _, body = finding.remedy.partition("PUT ")[2].partition(" ")
        client.indices.put_settings(index=path.removesuffix("/_settings"), settings=json.loads(body))
        assert elasticsearch.blocks(installation).verdict is Verdict.OK
    assert finding.verdict is Verdict.FAILED
    assert name in finding.detail


def test_a_redis_that_evicts_is_a_failure(home: Path) -> None:
    settings = Settings(home=home)
    supervisor.ensure(settings, [Service.REDIS])
    installation = Installation.of(settings)
    with contextlib.closing(Redis.from_url(installation.url(Service.REDIS))) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")

    finding = redis.eviction(installation)

    assert finding.verdict is Verdict.FAILED
    assert "allkeys-lru" in finding.detail


def test_a_wrong_password_is_a_failure_not_an_absence(installation: Installation) -> None:
    wrong = installation.url(Service.REDIS).split("@")[1]

    [(_, finding)] = examine(at(installation, Service.REDIS, f"redis://:wrong@{wrong}"), redis.CHECKS[:1])

    assert finding.verdict is Verdict.FAILED
    assert "password" in finding.detail


def test_services_that_cannot_be_reached_are_each_named_once() -> None:
    settings = Settings.model_validate(
        {
            "ELASTICSEARCH_URL": "http://127.0.0.1:1",
            "DATABASE_URL": "postgresql://u:secret@127.0.0.1:1/x",
            "REDIS_URL": "redis://:secret@127.0.0.1:1/0",
        }
    )

    found = all_findings(Installation.of(settings))

    unreachable = [name for name, finding in found.items() if finding.verdict is Verdict.UNREACHABLE]
    assert unreachable == ["elasticsearch", "postgresql", "redis"]
    assert not any("secret" in finding.detail for finding in found.values())


def test_an_invalid_address_is_a_failure(installation: Installation) -> None:
    [(_, finding)] = examine(at(installation, Service.REDIS, "redis//oops"), redis.CHECKS[:1])

    assert finding.verdict is Verdict.FAILED
    assert "REDIS_URL" in finding.detail
