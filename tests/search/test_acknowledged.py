"""Changes that not all nodes have made in time: Elasticsearch says so when it is given no time at all."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from elastic_transport import Urllib3HttpNode
from elasticsearch import Elasticsearch

from indexer.errors import ServiceUnavailable
from indexer.search import (
    IndexName,
    add_write_alias,
    alias_name,
    create_for_bulk,
    definition,
    delete_unread,
    ensure_dataset,
    give_up,
    hold_refresh,
    index_behind,
    point_alias,
    restore_settings,
)
from indexer.search.drift import apply_additions
from tests.search.spare_index import spare

pytestmark = pytest.mark.services


class Impatient(Urllib3HttpNode):
    """Gives the nodes no time to make a change before Elasticsearch answers."""

    def perform_request(self, method: str, target: str, *arguments: Any, **options: Any) -> Any:
        if method not in ("GET", "HEAD"):
            target += ("&" if "?" in target else "?") + "timeout=0s"
        return super().perform_request(method, target, *arguments, **options)


@pytest.fixture
def impatient(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_url, node_class=Impatient) as client:
        yield client


def without_a_field(client: Elasticsearch, prefix: str) -> str:
    declared = definition("conversations")
    name = str(IndexName(prefix, "conversations", declared.version, "20180101t000000"))
    properties = {field: value for field, value in declared.mappings["properties"].items() if field != "title"}
    client.indices.create(index=name, mappings={**declared.mappings, "_meta": declared.meta, "properties": properties})
    return name


def test_a_change_that_not_all_nodes_have_made_is_not_taken_for_made(
    client: Elasticsearch, impatient: Elasticsearch, index_prefix: str
) -> None:
    other = spare(client, index_prefix)
    alias = alias_name(index_prefix, "conversations")
    index = ensure_dataset(client, index_prefix, "conversations").index
    name = str(IndexName(index_prefix, "conversations", definition("conversations").version, "20170101t000000"))
    changes: list[tuple[str, Callable[[], object]]] = [
        ("new index", lambda: ensure_dataset(impatient, index_prefix, "calls")),
        (f"new index {name}", lambda: create_for_bulk(impatient, name)),
        (f"holding the refresh of {index}", lambda: hold_refresh(impatient, index)),
        (f"settings of {index}", lambda: restore_settings(impatient, index)),
        (f"write alias of {index}", lambda: add_write_alias(impatient, index)),
        (f"alias {alias} of {other}", lambda: point_alias(impatient, alias, other, instead_of=index)),
        (f"removal of the write alias of {index}", lambda: give_up(impatient, alias, index, other)),
        (f"deletion of {index}", lambda: delete_unread(impatient, alias, index)),
        ("new fields", lambda: apply_additions(impatient, without_a_field(client, index_prefix))),
    ]
    for said, change in changes:
        with pytest.raises(ServiceUnavailable, match=f"accepted .*{said}.*not all nodes"):
            change()
        client.cluster.health(wait_for_events="languid")  # the node makes it all the same
    assert index_behind(client, alias) == other
    assert not client.indices.exists(index=index)
