"""Settings that the tests of a module share, for installations that take long to fill."""

from collections.abc import Iterator

import pytest

from indexer.settings import Settings
from tests.embedded.harness import Run
from tests.fresh import fresh_database, fresh_prefix


@pytest.fixture(scope="module")
def module_settings(services: Run, elasticsearch_url: str, redis_url: str) -> Iterator[Settings]:
    """A database without tables and a prefix of indices for all tests of a module."""
    with fresh_database(services, empty=True) as database_url, fresh_prefix(elasticsearch_url) as prefix:
        yield Settings.model_validate(
            {
                "DATABASE_URL": database_url,
                "ELASTICSEARCH_URL": elasticsearch_url,
                "REDIS_URL": redis_url,
                "index_prefix": prefix,
            }
        )
