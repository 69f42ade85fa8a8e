"""Random filters find the same people in Elasticsearch as the second evaluation; none is refused."""

from collections.abc import Iterator
from random import Random

import pytest
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk

from indexer.datasets.people import PEOPLE
from indexer.people.attribute_models import MODEL
from indexer.people.filters import Filter, FilterScope, print_filter, query
from indexer.people.person_document import person_document
from indexer.search import definition
from tests.fresh import fresh_prefix
from tests.people.filters.asked_filters import FILTERS, PEOPLE_ASKED, asked_filters, people_asked, segments_asked
from tests.people.filters.filter_oracle import Oracle
from tests.people.filters.filter_workspace import NOW

BATCH = 250
_WEIGHT_BITS = 38  # the sum of 5,000 is exact in a double
_SECONDS = 300
_SUM = {"weights": {"sum": {"field": "revision"}}}


@pytest.fixture(scope="module")
def weights() -> list[int]:
    """A number of each person, in the field of revisions: the sum of those found tells which people they are."""
    random = Random(3)
    return [random.getrandbits(_WEIGHT_BITS) for _ in range(PEOPLE_ASKED)]


@pytest.fixture(scope="module")
def found(elasticsearch_url: str, weights: list[int]) -> Iterator[list[tuple[int, int]]]:
    """How many people each filter finds, and the sum of their weights."""
    mapping = definition(PEOPLE.name)
    asked = asked_filters()
    with (
        fresh_prefix(elasticsearch_url) as prefix,
        Elasticsearch(elasticsearch_url, request_timeout=_SECONDS) as client,
    ):
        index = f"{prefix}-people"
        client.indices.create(index=index, mappings=mapping.mappings, settings=mapping.settings)
        people = zip(people_asked(), weights, strict=True)
        documents = (person_document(facts, "acme", weight, MODEL) for facts, weight in people)
        bulk(client, ({"_index": index, "_source": document} for document in documents), refresh=True)
        batches = (asked[start : start + BATCH] for start in range(0, FILTERS, BATCH))
        yield [one for batch in batches for one in _search(client, index, batch)]


def _search(client: Elasticsearch, index: str, asked: list[tuple[Filter, FilterScope]]) -> list[tuple[int, int]]:
    searches: list[dict[str, object]] = []
    for one, within in asked:
        body = {"size": 0, "track_total_hits": True, "query": query(one, within, MODEL), "aggs": _SUM}
        searches += [{"index": index}, body]
    answers = client.msearch(searches=searches)["responses"]
    assert [answer["error"] for answer in answers if "error" in answer] == []
    return [(answer["hits"]["total"]["value"], int(answer["aggregations"]["weights"]["value"])) for answer in answers]


def test_elasticsearch_finds_the_people_of_the_description(found: list[tuple[int, int]], weights: list[int]) -> None:
    oracle = Oracle(people_asked(), NOW, segments_asked())
    wrong = []
    for (one, within), (number, weight) in zip(asked_filters(), found, strict=True):
        expected = oracle.set_of(one, within.zone)
        members = [ordinal for ordinal in range(PEOPLE_ASKED) if expected >> ordinal & 1]
        if (number, weight) != (len(members), sum(weights[ordinal] for ordinal in members)):
            wrong.append((print_filter(one), within.zone.key, number, len(members)))
    assert wrong == []
    assert sum(0 < number < PEOPLE_ASKED for number, _ in found) > FILTERS / 2, "most filters must tell people apart"
