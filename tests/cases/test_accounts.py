"""Two workspaces whose names and ids could be read as each other's never share a document."""

import contextlib
from collections.abc import Iterator

import orjson
import pytest

from indexer.keys import document_id
from indexer.pipeline.drain import Drain
from indexer.pipeline.reconciling import Reconciler
from indexer.settings import Settings
from tests.builders import conversation, part
from tests.integration.installation import Installation
from tests.pipeline.behind import installed, repaired, save, write

pytestmark = pytest.mark.services

KEYS = {("a", "b:c"), ("a:b", "c"), ("a%3Ab", "c"), ("a,b", "c")}
"""Workspaces and ids which, written beside each other, would be one text, or would be read as one routing."""


@pytest.fixture
def drain(test_settings: Settings) -> Iterator[Drain]:
    with installed(test_settings) as drain:
        yield drain


def indexed_keys(drain: Drain) -> list[tuple[str, str]]:
    drain.search.indices.refresh(index=drain.alias)
    hits = drain.search.search(index=drain.alias, size=100)["hits"]["hits"]
    return sorted((hit["_source"]["workspace_id"], hit["_source"]["conversation_id"]) for hit in hits)


def test_keys_that_look_alike_have_documents_of_their_own(drain: Drain) -> None:
    for workspace, id_ in KEYS:
        save(drain, id_, workspace=workspace)
    assert drain.run()["indexed"] == len(KEYS)
    assert indexed_keys(drain) == sorted(KEYS)


def test_a_document_by_an_earlier_id_is_replaced_and_not_counted_twice(drain: Drain) -> None:
    save(drain, "c", workspace="a:b")
    save(drain, "5")
    drain.run()
    _, body = found(drain, "a:b", "c")
    drain.search.delete(index=drain.alias, id=document_id("a:b", "c"), routing="a%3Ab")
    write(drain, "a:b:c", 1, body)
    assert ("a:b", "c") in indexed_keys(drain)

    repaired(drain, Reconciler(drain.store, drain.search, drain.alias))

    assert indexed_keys(drain) == [("a:b", "c"), ("w", "5")]
    assert found(drain, "a:b", "c")[0] == "a%3Ab:c"


def found(drain: Drain, workspace: str, id_: str) -> tuple[str, dict[str, object]]:
    """The `_id` and the content of the only document of a key."""
    drain.search.indices.refresh(index=drain.alias)
    both = [{"term": {"workspace_id": workspace}}, {"term": {"conversation_id": id_}}]
    [hit] = drain.search.search(index=drain.alias, query={"bool": {"filter": both}})["hits"]["hits"]
    return hit["_id"], hit["_source"]


@pytest.mark.parametrize("command", [["import", "-", "--workspace", "acme:eu"], ["workspace", "set", "acme:eu"]])
def test_a_new_workspace_cannot_have_a_colon_in_its_name(command: list[str], test_settings: Settings) -> None:
    with contextlib.closing(Installation(test_settings)) as installation:
        more = ["--time-zone", "UTC"] if command[0] == "workspace" else []
        assert "acme-eu" in installation.said(*command, *more, code=2)


def test_a_workspace_that_has_a_colon_in_its_name_keeps_it(drain: Drain, test_settings: Settings) -> None:
    save(drain, "5", workspace="acme:eu")
    with contextlib.closing(Installation(test_settings)) as installation:
        raw = orjson.dumps(conversation(part("A", "comment", 61), at=1, id="6"))
        installation.run("import", "-", "--workspace", "acme:eu", stdin=raw)
    drain.run()
    assert indexed_keys(drain) == [("acme:eu", "5"), ("acme:eu", "6")]
