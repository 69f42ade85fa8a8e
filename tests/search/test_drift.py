"""Where a live mapping is not as declared, and what can be done about it."""

from typing import Any

import pytest
from elasticsearch import Elasticsearch

from indexer.errors import OperatorError
from indexer.search import IndexName, create_for_bulk, definition, ensure_dataset
from indexer.search.drift import Drift, Kind, apply_additions, drift

pytestmark = pytest.mark.services


def made(client: Elasticsearch, prefix: str, properties: dict[str, Any]) -> str:
    name = str(IndexName(prefix, "conversations", 1, "20260101t000000"))
    declared = definition("conversations", 1)
    client.indices.create(index=name, mappings={**declared.mappings, "_meta": declared.meta, "properties": properties})
    return name


def declared() -> dict[str, Any]:
    return dict(definition("conversations", 1).mappings["properties"])


def test_an_index_as_declared_has_no_drift(client: Elasticsearch, index_prefix: str) -> None:
    assert drift(client, ensure_dataset(client, index_prefix, "conversations").index) == []
    name = str(IndexName(index_prefix, "conversations", 1, "20260101t000000"))
    create_for_bulk(client, name)
    create_for_bulk(client, name)
    assert drift(client, name) == []


def test_fields_that_are_missing_unknown_or_different_are_named(client: Elasticsearch, index_prefix: str) -> None:
    fields = declared() | {"state": {"type": "long"}, "extra": {"type": "keyword"}}
    del fields["channel"]
    actions = dict(fields["actions"])
    actions["properties"] = {key: value for key, value in actions["properties"].items() if key != "at"}
    name = made(client, index_prefix, fields | {"actions": actions})
    assert drift(client, name) == [
        Drift(name, "actions.at", Kind.MISSING, declared()["actions"]["properties"]["at"], None),
        Drift(name, "channel", Kind.MISSING, {"type": "keyword"}, None),
        Drift(name, "extra", Kind.UNKNOWN, None, {"type": "keyword"}),
        Drift(name, "state", Kind.DIFFERENT, {"type": "keyword"}, {"type": "long"}),
    ]
    assert [one.field for one in apply_additions(client, name)] == ["extra", "state"]
    assert [one.field for one in drift(client, name)] == ["extra", "state"]


def test_an_index_of_another_origin_differs_in_what_it_says_of_itself(client: Elasticsearch, index_prefix: str) -> None:
    name = made(client, index_prefix, declared())
    client.indices.put_mapping(index=name, meta={"dataset": "conversations", "version": 1, "checksum": "another"})
    [found] = drift(client, name)
    assert (found.field, found.kind) == ("<_meta>", Kind.DIFFERENT)


def test_what_is_no_index_of_ours_has_no_declaration(client: Elasticsearch, index_prefix: str) -> None:
    client.indices.create(index=f"{index_prefix}-other")
    with pytest.raises(OperatorError, match="no index of ours"):
        drift(client, f"{index_prefix}-other")
