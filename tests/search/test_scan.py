"""A whole index in the order of its keys."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from elasticsearch import Elasticsearch

from indexer.errors import OperatorError
from indexer.search import IndexName, Write, bulk_write, create_for_bulk, definition, write_alias
from indexer.search.scan import count, scan

pytestmark = pytest.mark.services

IDS = ["1", "10", "2", "Z", "a", "é", "\U0001f600", "\uffff"]


@pytest.fixture
def client(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_url) as client:
        yield client


def body(workspace: str, id_: str, **more: Any) -> bytes:
    return orjson.dumps({"workspace_id": workspace, "conversation_id": id_, **more})


@pytest.fixture
def index(client: Elasticsearch, index_prefix: str) -> str:
    name = str(IndexName(index_prefix, "conversations", definition("conversations").version, "20260101t000000"))
    create_for_bulk(client, name)
    put(client, name, *(Write(f"{w}:{id_}", 1, body(w, id_)) for w in ("b", "a") for id_ in IDS))
    return name


def put(client: Elasticsearch, index: str, *writes: Write) -> None:
    assert all(not settled.reason for settled in bulk_write(client, write_alias(index), list(writes)))
    client.indices.refresh(index=index)


@pytest.mark.parametrize("page", [1, 3, 8, 16, 17, 1000])
def test_every_document_comes_once_in_the_order_of_texts(client: Elasticsearch, index: str, page: int) -> None:
    found = [one for page_ in scan(client, index, page=page) for one in page_]
    wanted = sorted((w, id_) for w in ("a", "b") for id_ in IDS)
    assert [(one.workspace_id, one.entity_id) for one in found] == wanted
    assert [orjson.loads(one.body) for one in found] == [orjson.loads(body(*key)) for key in wanted]
    assert count(client, index) == len(wanted)


def test_filters_hold(client: Elasticsearch, index: str) -> None:
    filters = [{"term": {"workspace_id": "b"}}]
    assert {one.workspace_id for page in scan(client, index, filters=filters) for one in page} == {"b"}
    assert count(client, index, filters) == len(IDS)


def test_a_document_written_meanwhile_is_not_seen(client: Elasticsearch, index: str) -> None:
    pages = scan(client, index, page=4)
    found = [one.body for one in next(pages)]
    put(client, index, Write("b:1", 2, body("b", "1", state="open")), Write("b:new", 1, body("b", "new")))
    found += [one.body for page in pages for one in page]
    assert body("b", "1") in found
    assert len(found) == 2 * len(IDS)


def test_the_view_is_closed_even_if_the_reader_stops_early(client: Elasticsearch, index: str) -> None:
    def contexts() -> int:
        stats = client.indices.stats(index=index, metric="search")  # other tests read other indices meanwhile
        return int(stats["_all"]["total"]["search"]["open_contexts"])

    before = contexts()
    pages = scan(client, index, page=2)
    next(pages)
    assert contexts() > before
    pages.close()  # type: ignore[attr-defined]
    assert contexts() == before


def test_a_document_without_a_key_is_named(client: Elasticsearch, index: str) -> None:
    put(client, index, Write("b:lost", 1, b'{"workspace_id":"b"}'))
    with pytest.raises(OperatorError, match="document b:lost has no"):
        list(scan(client, index))


@pytest.mark.parametrize("name", ["nothing", "A B"])
def test_an_index_that_is_not_there_is_named(client: Elasticsearch, name: str) -> None:
    for look in (lambda: list(scan(client, name)), lambda: count(client, name)):
        with pytest.raises(OperatorError, match=name):
            look()
