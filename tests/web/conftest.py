"""The server over a real Elasticsearch: with an index, without one, and with nothing there at all."""

from collections.abc import Iterator

import httpx
import pytest

from tests.reports.indexed import Document, conversation, indexed
from tests.web.server import served

DAY = 86_400
FIRST_OF_MARCH = 1_709_251_200


def documents() -> list[Document]:
    """Ten inbound conversations from 1 to 4 March 2024 (UTC), one, two, three and four a day."""
    days = [day for day in range(4) for _ in range(day + 1)]
    return [
        conversation(
            number,
            FIRST_OF_MARCH + day * DAY + 60 * number,
            "acme",
            channel="email" if number % 2 else "conversation",
            tags=["<b>vip</b>", "bug"] if number == 0 else [],
        )
        for number, day in enumerate(days)
    ]


@pytest.fixture(scope="module")
def client(elasticsearch_url: str, empty_store_url: str) -> Iterator[httpx.Client]:
    """Over the ten conversations of `acme`, and one of `zenith`."""
    of_another = conversation(1, FIRST_OF_MARCH, "zenith")
    with (
        indexed(elasticsearch_url, [*documents(), of_another]) as prefix,
        served(elasticsearch_url, prefix, DATABASE_URL=empty_store_url) as client,
    ):
        yield client


@pytest.fixture
def without_index(elasticsearch_url: str, empty_store_url: str) -> Iterator[httpx.Client]:
    """Over a server that has no index of ours."""
    with served(elasticsearch_url, "tnothing", DATABASE_URL=empty_store_url) as client:
        yield client


@pytest.fixture
def without_server(empty_store_url: str) -> Iterator[httpx.Client]:
    """Over an address without a server."""
    with served("http://127.0.0.1:1", "tnothing", DATABASE_URL=empty_store_url) as client:
        yield client
