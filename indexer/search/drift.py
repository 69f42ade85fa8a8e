"""Drift: differences between the mapping of a live index and the file of its version, field by field."""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from indexer.errors import OperatorError
from indexer.search.acknowledged import expect_acknowledged
from indexer.search.index_names import IndexName, alias_name
from indexer.search.index_spread import ROUTING
from indexer.search.mappings import IndexDefinition, definition, expected


class DriftKind(enum.StrEnum):
    """A kind of difference of a field, or of another key of the mapping."""

    MISSING = "missing"
    """Declared, and not in the live index: it can be added."""

    UNKNOWN = "unknown"
    """In the live index, and not declared: it was added by hand."""

    DIFFERENT = "different"
    """In both, and not the same: a live field cannot be changed."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A field (`actions.at` for an inner one; a key of the mapping in angle brackets) as declared and as it is."""

    index: str
    field: str
    kind: DriftKind
    declared: Any
    live: Any


def drift(client: Elasticsearch, index: str) -> list[Drift]:
    """Differences of an index's live mapping from its declaration; raises `OperatorError` if no file declares it."""
    live = client.indices.get_mapping(index=index)[index]["mappings"]
    declared = expected(_made_from(index), live)
    found = [
        Drift(index, f"<{key}>", _kind(declared.get(key), live.get(key)), declared.get(key), live.get(key))
        for key in sorted(declared.keys() | live.keys())
        if key not in ("properties", ROUTING) and declared.get(key) != live.get(key)
    ]
    found += [
        Drift(index, field, kind, ours, theirs)
        for field, kind, ours, theirs in _fields(declared.get("properties", {}), live.get("properties", {}))
    ]
    return found


def breaking(client: Elasticsearch, index: str, new: str) -> list[str]:
    """The fields of an index that the index `new` does not have, or has otherwise."""
    live = client.indices.get_mapping(index=index)[index]["mappings"].get("properties", {})
    declared = _made_from(new).mappings["properties"]
    return [field for field, kind, _, _ in _fields(declared, live) if kind is not DriftKind.MISSING]


def apply_additions(client: Elasticsearch, index: str) -> list[Drift]:
    """Add missing declared fields; returns the remaining drift. Existing documents do not get their values by this."""
    if any(one.kind is DriftKind.MISSING and not one.field.startswith("<") for one in drift(client, index)):
        declared = _made_from(index).mappings["properties"]
        live = client.indices.get_mapping(index=index)[index]["mappings"].get("properties", {})
        _add(client, index, declared, live)
    return drift(client, index)


def catch_up(client: Elasticsearch, prefix: str, dataset: str) -> dict[str, list[str]]:
    """Give the indices of older versions the fields that the newest version has beside theirs.

    So they accept documents of the present release, and reports can ask for the new fields at once; existing documents
    get values when they are computed again. This changes all of the indices, since one that a rebuild has left behind
    may still be written. Fields are only added. Returns the added fields by index. Any number of processes may do
    this at once.
    """
    newest = definition(dataset)
    declared = newest.mappings["properties"]
    added: dict[str, list[str]] = {}
    found = client.indices.get_mapping(index=f"{alias_name(prefix, dataset)}-v*", expand_wildcards="open").body
    for index, held in found.items():
        parsed = IndexName.parse(index)
        if parsed is None or parsed.version >= newest.version:
            continue
        live = held["mappings"].get("properties", {})
        if missing := [field for field, kind, _, _ in _fields(declared, live) if kind is DriftKind.MISSING]:
            _add(client, index, declared, live)
            added[index] = missing
    return added


def _add(client: Elasticsearch, index: str, declared: Mapping[str, Any], live: Mapping[str, Any]) -> None:
    added = client.indices.put_mapping(index=index, properties=_additions(declared, live))
    expect_acknowledged(added, f"the new fields of {index}")


def _made_from(index: str) -> IndexDefinition:
    parsed = IndexName.parse(index)
    if parsed is None:
        raise OperatorError(f"{index} is not an index of this program", "list the indices: indexer index status")
    return definition(parsed.dataset, parsed.version)


def _kind(declared: Any, live: Any) -> DriftKind:
    if live is None:
        return DriftKind.MISSING
    return DriftKind.UNKNOWN if declared is None else DriftKind.DIFFERENT


def _fields(
    declared: Mapping[str, Any], live: Mapping[str, Any], prefix: str = ""
) -> Iterator[tuple[str, DriftKind, Any, Any]]:
    for name in sorted(declared.keys() | live.keys()):
        ours, theirs = declared.get(name), live.get(name)
        if ours == theirs:
            continue
        if ours is None or theirs is None or _own(ours) != _own(theirs):
            yield prefix + name, _kind(ours, theirs), ours, theirs
        else:
            yield from _fields(ours.get("properties", {}), theirs.get("properties", {}), f"{prefix}{name}.")


def _own(field: Mapping[str, Any]) -> dict[str, Any]:
    """A field without those inside it."""
    return {key: value for key, value in field.items() if key != "properties"}


def _additions(declared: Mapping[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    """The declared fields that are missing, with the path to inner ones."""
    added: dict[str, Any] = {}
    for name, field in declared.items():
        if name not in live:
            added[name] = field
        elif "properties" in field and (inner := _additions(field["properties"], live[name].get("properties", {}))):
            added[name] = _own(field) | {"properties": inner}
    return added
