"""Real services for the tests: `services`, `database_url`, `elasticsearch_url`, `redis_url`, `test_settings`.

They belong to the test run alone, lie in a home of their own and are gone when it is over. All processes of
pytest-xdist share one set. A service starts when the first test asks for it. With INDEXER_TEST_SERVICES=docker
they are the containers of docker-compose.yml's images instead. INDEXER_TEST_DATABASE_URL and its like name servers.
"""

import compileall
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from redis import Redis

from indexer.services import Service
from indexer.settings import Settings
from tests.embedded.harness import Run, clean_up, make_home
from tests.fresh import fresh_database, fresh_prefix

_RUN = pytest.StashKey[Run]()
_LONG = (
    *(f"tests/{room}/" for room in ("chaos", "cluster", "embedded", "faults", "integration")),
    "tests/test_worker.py",
    "tests/web/test_outages.py",
)
_SOURCES = Path(__file__).parents[1] / "indexer"

# No test asserts on wall time: a busy machine must not fail one. The second profile is that of `make mutants`: as many
# examples as find a mutant in most cases, and the same ones each time.
hypothesis.settings.register_profile("default", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile(
    "mutants",
    deadline=None,
    max_examples=10,
    derandomize=True,
    database=None,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("default")


def pytest_configure(config: pytest.Config) -> None:
    Settings.model_config["env_file"] = None  # the developer's .env is theirs
    if not hasattr(config, "workerinput"):
        # Each command that tests start would compile the sources anew if PYTHONDONTWRITEBYTECODE is set.
        compileall.compile_dir(_SOURCES, quiet=2)
    config.stash[_RUN] = Run.joined() if hasattr(config, "workerinput") else Run.begin()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the long modules first and those without services last, so that no process waits for another at the end."""
    served = {item.path for item in items if item.get_closest_marker("services")}
    items.sort(key=lambda item: (not item.nodeid.startswith(_LONG), item.path not in served))


def pytest_unconfigure(config: pytest.Config) -> None:
    run = config.stash.get(_RUN, None)
    if run is not None:
        run.databases.close()
        if not hasattr(config, "workerinput"):
            run.end()


@pytest.fixture(scope="session")
def services(pytestconfig: pytest.Config) -> Run:
    """The run's services: `services.urls(Service.POSTGRESQL, …)` starts those that are not up yet."""
    return pytestconfig.stash[_RUN]


@pytest.fixture
def database_url(services: Run) -> Iterator[str]:
    """A database of its own, with the tables of the store and no records, for one test."""
    with fresh_database(services) as url:
        yield url


@pytest.fixture
def empty_database_url(services: Run) -> Iterator[str]:
    """A database of its own, without tables, for one test."""
    with fresh_database(services, empty=True) as url:
        yield url


@pytest.fixture(scope="session")
def empty_store_url(services: Run) -> Iterator[str]:
    """A database for tests that look something up in the store and save nothing."""
    with fresh_database(services, empty=True) as url:
        yield url


@pytest.fixture(scope="session")
def elasticsearch_url(services: Run) -> str:
    """The run's Elasticsearch; use it with an `index_prefix` of your own."""
    return services.urls(Service.ELASTICSEARCH).elasticsearch


@pytest.fixture
def index_prefix(elasticsearch_url: str) -> Iterator[str]:
    """A prefix that no other test has; its indices are deleted after the test."""
    with fresh_prefix(elasticsearch_url) as prefix:
        yield prefix


@pytest.fixture(scope="session")
def redis_url(services: Run) -> str:
    """The run's Redis; each process of pytest-xdist has a database number of its own."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 16
    return services.urls(Service.REDIS).redis.rpartition("/")[0] + f"/{number}"


@pytest.fixture
def test_settings(database_url: str, elasticsearch_url: str, index_prefix: str, redis_url: str) -> Settings:
    """Settings of an installation of its own: a store without records, an empty Redis, its own prefix of indices.

    What changes again at once is indexed again at once: few tests have the time to wait.
    """
    with contextlib.closing(Redis.from_url(redis_url)) as client:
        client.flushdb()
    return Settings.model_validate(
        {
            "DATABASE_URL": database_url,
            "ELASTICSEARCH_URL": elasticsearch_url,
            "REDIS_URL": redis_url,
            "index_prefix": index_prefix,
            "index_interval_seconds": 0,
        }
    )


@pytest.fixture
def generous_umask() -> Iterator[None]:
    """As most machines have it: new files can be read by everybody unless a program says otherwise."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def home() -> Iterator[Path]:
    """An INDEXER_HOME for a test that starts and kills services itself; they are stopped after it.

    The account of services under root can enter it too, which it could not pytest's `tmp_path`.
    """
    path = make_home("indexer-home-")
    yield path
    clean_up(path)
