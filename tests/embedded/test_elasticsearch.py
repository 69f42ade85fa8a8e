from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from indexer.embedded import fleet
from indexer.embedded.service import Service
from indexer.settings import Settings
from tests.embedded.helpers import kill, running_under, up

pytestmark = pytest.mark.services


def test_a_killed_elasticsearch_comes_back_with_its_data(settings: Settings, home: Path) -> None:
    [before] = up(settings, Service.ELASTICSEARCH)
    with Elasticsearch(before.url) as client:
        client.indices.create(index="kept", settings={"number_of_replicas": 0})
        client.index(index="kept", id="1", document={"answer": 42}, refresh=True)
    kill(before)

    [after] = up(settings, Service.ELASTICSEARCH)

    assert after.url == before.url
    with Elasticsearch(after.url) as client:
        assert client.get(index="kept", id="1")["_source"] == {"answer": 42}
    fleet.stop(settings)
    assert running_under(home) == set()
