"""Services that fail. Each process of the test run has a set of its own, started by its first test that asks."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from indexer.services import Service
from indexer.settings import Settings
from tests.faults.databases import fresh_database_on
from tests.faults.faulty import Faulty
from tests.faults.proxy import FaultProxy
from tests.faults.services import Services, own_services
from tests.fresh import fresh_prefix


@pytest.fixture(scope="session")
def shared_services() -> Iterator[Services]:
    with own_services() as services:
        yield services


@pytest.fixture
def services(shared_services: Services) -> Iterator[Services]:
    """Elasticsearch, PostgreSQL and Redis to do anything to; after the test they are well again."""
    with contextlib.closing(Redis.from_url(shared_services.url(Service.REDIS))) as redis:
        redis.flushall()
    yield shared_services
    shared_services.heal()


@pytest.fixture
def database_url(services: Services) -> Iterator[str]:
    """An empty database for one test."""
    with fresh_database_on(services) as url:
        yield url


@pytest.fixture
def index_prefix(services: Services) -> Iterator[str]:
    """A prefix that no other test has; its indices are deleted after the test."""
    with fresh_prefix(services.url(Service.ELASTICSEARCH)) as prefix:
        yield prefix
        services.heal()


@pytest.fixture
def installation(services: Services, database_url: str, index_prefix: str, tmp_path: Path) -> Iterator[Faulty]:
    """An empty installation; its workers are killed after the test."""
    made = Faulty(
        Settings.model_validate(
            {
                "DATABASE_URL": database_url,
                "ELASTICSEARCH_URL": services.url(Service.ELASTICSEARCH),
                "REDIS_URL": services.url(Service.REDIS),
                "index_prefix": index_prefix,
                "index_interval_seconds": 0.5,
            }
        ),
        tmp_path,
    )
    yield made
    made.close()


@pytest.fixture
def proxy(services: Services, installation: Faulty) -> Iterator[FaultProxy]:
    """Stands between the installation and Elasticsearch."""
    between = FaultProxy(services.url(Service.ELASTICSEARCH))
    installation.through(between.url)
    yield between
    between.close()


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Callable[[str, object], None]:
    """Keeps a figure with the test's result, as text that the processes of a run can send: `--junitxml` shows it."""
    return lambda name, value: request.node.user_properties.append((name, str(value)))
