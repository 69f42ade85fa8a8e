"""Differences of a live mapping from its declaration, and their repair."""

from typing import Any

import pytest
from elasticsearch import BadRequestError, Elasticsearch

from indexer.errors import OperatorError
from indexer.search import (
    IndexName,
    alias_name,
    create_for_bulk,
    datasets,
    definition,
    ensure_dataset,
    point_alias,
    restore_settings,
    status,
)
from indexer.search.drift import Drift, DriftKind, apply_additions, catch_up, drift
from tests.search.example import example

pytestmark = pytest.mark.services


def made(client: Elasticsearch, prefix: str, properties: dict[str, Any]) -> str:
    declared = definition("conversations")
    name = str(IndexName(prefix, "conversations", declared.version, "20260101t000000"))
    client.indices.create(index=name, mappings={**declared.mappings, "_meta": declared.meta, "properties": properties})
    return name


def declared() -> dict[str, Any]:
    return dict(definition("conversations").mappings["properties"])


def test_an_index_as_declared_has_no_drift(client: Elasticsearch, index_prefix: str) -> None:
    for dataset in datasets():
        assert drift(client, ensure_dataset(client, index_prefix, dataset).index) == []
    name = str(IndexName(index_prefix, "conversations", definition("conversations").version, "20260101t000000"))
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
        Drift(name, "actions.at", DriftKind.MISSING, declared()["actions"]["properties"]["at"], None),
        Drift(name, "channel", DriftKind.MISSING, {"type": "keyword"}, None),
        Drift(name, "extra", DriftKind.UNKNOWN, None, {"type": "keyword"}),
        Drift(name, "state", DriftKind.DIFFERENT, {"type": "keyword"}, {"type": "long"}),
    ]
    assert [one.field for one in apply_additions(client, name)] == ["extra", "state"]
    assert [one.field for one in drift(client, name)] == ["extra", "state"]


def test_an_index_of_another_origin_differs_in_what_it_says_of_itself(client: Elasticsearch, index_prefix: str) -> None:
    name = made(client, index_prefix, declared())
    client.indices.put_mapping(index=name, meta={"dataset": "conversations", "version": 1, "checksum": "another"})
    [found] = drift(client, name)
    assert (found.field, found.kind) == ("<_meta>", DriftKind.DIFFERENT)


def test_a_foreign_index_has_no_declaration(client: Elasticsearch, index_prefix: str) -> None:
    client.indices.create(index=f"{index_prefix}-other")
    with pytest.raises(OperatorError, match="not an index of this program"):
        drift(client, f"{index_prefix}-other")


def of_the_first_version(client: Elasticsearch, prefix: str) -> str:
    """An index that an earlier release has made, behind its alias."""
    name = str(IndexName(prefix, "conversations", 1, "20260101t000000"))
    create_for_bulk(client, name)
    restore_settings(client, name)
    point_alias(client, alias_name(prefix, "conversations"), name)
    return name


def test_an_index_of_an_earlier_version_takes_todays_documents_once_it_has_caught_up(
    client: Elasticsearch, index_prefix: str
) -> None:
    name = of_the_first_version(client, index_prefix)
    newest = str(IndexName(index_prefix, "conversations", definition("conversations").version, "20260101t000001"))
    create_for_bulk(client, newest)
    with pytest.raises(BadRequestError, match="strict_dynamic_mapping_exception"):
        client.index(index=name, document=example())
    added = catch_up(client, index_prefix, "conversations")
    assert added.keys() == {name}
    assert {"bot_inbox", "started_by", "actions.sla_outcome", "participating_team_ids"} <= set(added[name])
    client.index(index=name, id="1", document=example(), refresh=True)
    assert client.get(index=name, id="1")["_source"] == example()
    assert client.count(index=name, query={"term": {"started_by": "customer"}})["count"] == 1
    assert catch_up(client, index_prefix, "conversations") == {}


def test_fields_that_an_index_was_given_later_are_not_drift_and_other_fields_are(
    client: Elasticsearch, index_prefix: str
) -> None:
    name = of_the_first_version(client, index_prefix)
    assert drift(client, name) == []
    catch_up(client, index_prefix, "conversations")
    assert drift(client, name) == []
    assert [one.drift for one in status(client, index_prefix, ["conversations"])] == [False]
    with pytest.raises(BadRequestError, match="strict_dynamic_mapping_exception"):
        client.index(index=name, document={"actions": [{"surprise": 1}]})
    client.indices.put_mapping(index=name, properties={"extra": {"type": "keyword"}})
    assert [(one.field, one.kind) for one in drift(client, name)] == [("extra", DriftKind.UNKNOWN)]
    assert [one.drift for one in status(client, index_prefix, ["conversations"])] == [True]


def test_a_field_of_a_later_version_that_is_there_otherwise_is_drift(client: Elasticsearch, index_prefix: str) -> None:
    name = of_the_first_version(client, index_prefix)
    client.indices.put_mapping(index=name, properties={"bot_inbox": {"type": "keyword"}})
    assert "bot_inbox" not in catch_up(client, index_prefix, "conversations")[name]
    assert [(one.field, one.kind) for one in drift(client, name)] == [("bot_inbox", DriftKind.DIFFERENT)]
