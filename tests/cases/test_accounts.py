"""Two workspaces whose names and ids could be read as each other's never share a document."""

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import orjson
import pytest

from indexer.datasets.calls import CALLS
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Incoming
from indexer.errors import OperatorError
from indexer.indexing.drain import Drain
from indexer.indexing.reconciler import Reconciler
from indexer.keys import EntityKey
from indexer.settings import Settings
from indexer.store.entities.contact_merges import merge_contacts
from indexer.store.entities.conversations import save_conversations
from indexer.store.entities.deletes import delete_conversations
from indexer.store.entities.records import delete_records, save_records
from indexer.store.entities.workspaces import Workspace, save_workspace
from tests.builders import conversation, part
from tests.indexing.store_and_index import allow_workspace, installed, repaired, save, write
from tests.integration.installation import Installation

if TYPE_CHECKING:
    from sqlalchemy import Connection

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
    allow_workspace(drain.store, "a:b")
    for workspace, id_ in KEYS:
        save(drain, id_, workspace=workspace)
    assert drain.run()["indexed"] == len(KEYS)
    assert indexed_keys(drain) == sorted(KEYS)


def test_a_document_by_an_earlier_id_is_replaced_and_not_counted_twice(drain: Drain) -> None:
    allow_workspace(drain.store, "a:b")
    save(drain, "c", workspace="a:b")
    save(drain, "5")
    drain.run()
    _, body = found(drain, "a:b", "c")
    drain.search.delete(index=drain.alias, id=EntityKey("a:b", "c").document_id, routing="a%3Ab")
    write(drain, "a:b:c", 1, body)
    assert ("a:b", "c") in indexed_keys(drain)

    repaired(drain, Reconciler(drain.store, drain.search, drain.alias, dataset=CONVERSATIONS))

    assert indexed_keys(drain) == [("a:b", "c"), ("w", "5")]
    assert found(drain, "a:b", "c")[0] == "a%3Ab:c"


def found(drain: Drain, workspace: str, id_: str) -> tuple[str, dict[str, object]]:
    """The `_id` and the content of the only document of a key."""
    drain.search.indices.refresh(index=drain.alias)
    both = [{"term": {"workspace_id": workspace}}, {"term": {"conversation_id": id_}}]
    [hit] = drain.search.search(index=drain.alias, query={"bool": {"filter": both}})["hits"]["hits"]
    return hit["_id"], hit["_source"]


COMMANDS = (
    "import - --workspace acme:eu",
    "workspace set acme:eu --time-zone UTC",
    "conversation delete 5 --workspace acme:eu --yes",
    "record delete calls 5 --workspace acme:eu --yes",
    "contact merge a b --workspace acme:eu",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_new_workspace_cannot_have_a_colon_in_its_name(command: str, test_settings: Settings) -> None:
    with contextlib.closing(Installation(test_settings)) as installation:
        assert "acme-eu" in installation.said(*command.split(), code=2)


def test_the_store_refuses_a_new_workspace_with_an_unusable_name(drain: Drain) -> None:
    """Whichever door it comes through, and whatever is to be written."""
    writes: list[Callable[[Connection, str], object]] = [
        lambda connection, name: save_conversations(connection, name, [Incoming("1", b"{}", 1, 1)]),
        lambda connection, name: save_records(connection, CALLS, name, [Incoming("1", b"{}", 1, 1)]),
        lambda connection, name: save_workspace(connection, Workspace(name)),
        lambda connection, name: delete_conversations(connection, name, ["1"], 1),
        lambda connection, name: delete_records(connection, CALLS, name, ["1"], 1),
        lambda connection, name: merge_contacts(connection, name, "a", "b"),
    ]
    for name in ("a:b", "", " ", "a" * 101, "a\nb", "a\0b", "a\ud800"):
        for write_into in writes:
            with drain.store.begin() as connection, pytest.raises(OperatorError, match="cannot be named"):
                write_into(connection, name)


def test_a_workspace_that_has_a_colon_in_its_name_keeps_it(drain: Drain, test_settings: Settings) -> None:
    allow_workspace(drain.store, "acme:eu")
    save(drain, "5", workspace="acme:eu")
    with contextlib.closing(Installation(test_settings)) as installation:
        raw = orjson.dumps(conversation(part("A", "comment", 61), at=1, id="6"))
        installation.run("import", "-", "--workspace", "acme:eu", stdin=raw)
    drain.run()
    assert indexed_keys(drain) == [("acme:eu", "5"), ("acme:eu", "6")]
