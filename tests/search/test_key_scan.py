from collections.abc import Iterable

import orjson
import pytest
from elasticsearch import Elasticsearch

from indexer.errors import OperatorError, ServiceUnavailable
from indexer.search import Write, bulk_write, connect
from indexer.search.key_scan import IndexedKey, read_documents, read_range, refresh
from tests.search.scripted import ScriptedServer

pytestmark = pytest.mark.services

Key = tuple[str, str]

# In the order of UTF-8's bytes. UTF-16 would have the emoji before U+FFFD.
WORKSPACES = ("A", "B", "a", "é", "\ufffd", "😀")


def put(client: Elasticsearch, alias: str, keys: Iterable[Key], version: int = 7) -> None:
    documents = [
        Write(f"{w}:{c}", version, orjson.dumps({"workspace_id": w, "conversation_id": c, "revision": 1}))
        for w, c in keys
    ]
    assert all(settled.reason == "" for settled in bulk_write(client, alias, documents))
    refresh(client, alias)


def read(
    client: Elasticsearch, alias: str, after: Key | None, until: Key | None, workspace: str | None = None, page: int = 3
) -> list[Key]:
    found = [one for page_ in read_range(client, alias, after, until, workspace, page=page) for one in page_]
    return [(str(one.workspace_id), str(one.conversation_id)) for one in found]


def test_keys_come_in_the_order_of_their_bytes_whatever_the_pages(client: Elasticsearch, alias: str) -> None:
    keys = [(workspace, str(number)) for workspace in WORKSPACES for number in (1, 10, 2)]
    put(client, alias, reversed(keys))
    assert sorted(keys) == keys == sorted(keys, key=lambda key: (key[0].encode(), key[1].encode()))
    for page in (2, 3, len(keys), 1_000):
        assert read(client, alias, None, None, page=page) == keys


def test_a_range_holds_the_documents_after_the_first_and_up_to_the_last_key(client: Elasticsearch, alias: str) -> None:
    keys = [(workspace, str(number)) for workspace in WORKSPACES for number in (1, 10, 2)]
    put(client, alias, keys)
    bounds: list[Key | None] = [None, *keys[::4], ("B", "0"), ("b", ""), ("zz", "9")]
    for after in bounds:
        for until in bounds:
            if after and until and after > until:
                continue
            expected = [key for key in keys if (after is None or key > after) and (until is None or key <= until)]
            assert read(client, alias, after, until) == expected, (after, until)
            assert read(client, alias, after, until, "B") == [key for key in expected if key[0] == "B"]


def test_a_key_says_id_and_version(client: Elasticsearch, alias: str) -> None:
    put(client, alias, [("w", "1")], version=42)
    assert list(read_range(client, alias, None, None)) == [[IndexedKey("w:1", "w", "1", 42)]]


def test_documents_that_share_a_key_are_not_lost_between_pages(client: Elasticsearch, alias: str) -> None:
    body = b'{"workspace_id":"w","conversation_id":"5"}'
    bulk_write(client, alias, [Write(f"twin{number}", 1, body) for number in range(3)])
    put(client, alias, [("w", str(number)) for number in range(10)])
    found = [one.document for page in read_range(client, alias, None, None, page=4) for one in page]
    assert sorted(found) == sorted([*(f"w:{number}" for number in range(10)), "twin0", "twin1", "twin2"])


def test_documents_without_a_key_are_part_of_the_last_range(client: Elasticsearch, alias: str) -> None:
    bulk_write(client, alias, [Write("odd", 1, b'{"workspace_id":"w"}'), Write("none", 1, b'{"revision":3}')])
    put(client, alias, [("w", "1"), ("x", "1")])
    assert [one.document for one in next(read_range(client, alias, None, ("w", "2")))] == ["w:1"]
    rest = {one.document: one for one in next(read_range(client, alias, ("w", "2"), None))}
    assert rest.keys() == {"x:1", "odd", "none"}
    assert rest["odd"] == IndexedKey("odd", "w", None, 1)
    assert [one.document for one in next(read_range(client, alias, ("w", "2"), None, "w"))] == ["odd"]


def test_a_single_document_is_read_as_it_is_now_refreshed_or_not(client: Elasticsearch, alias: str) -> None:
    put(client, alias, [("w", "1"), ("w", "2")])
    bulk_write(client, alias, [Write("w:1", 9, b'{"workspace_id":"w"}'), Write("w:2", 9, None)])
    found = read_documents(client, alias, ["w:1", "w:2", "w:3"], content=True)
    assert found == {"w:1": (9, {"workspace_id": "w"})}
    assert read_documents(client, alias, ["w:1"], content=False) == {"w:1": (9, None)}
    assert read_documents(client, alias, [], content=False) == {}


def test_an_index_that_is_missing_is_said_with_the_remedy(client: Elasticsearch) -> None:
    for read_it in (
        lambda: list(read_range(client, "nothing-here", None, None)),
        lambda: read_documents(client, "nothing-here", ["1"], content=False),
        lambda: refresh(client, "nothing-here"),
    ):
        with pytest.raises(OperatorError, match="no index or alias nothing-here") as refused:
            read_it()
        assert "index create" in refused.value.remedy


def test_a_server_that_cannot_answer_is_not_an_empty_index(server: ScriptedServer) -> None:
    client = connect(server.url)
    server.close()
    with pytest.raises(ServiceUnavailable):
        list(read_range(client, "conversations", None, None))
    with pytest.raises(ServiceUnavailable):
        read_documents(client, "conversations", ["1"], content=False)
    client.close()
