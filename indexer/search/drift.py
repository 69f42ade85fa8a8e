"""Drift: where the mapping of a live index is not that of the file of its version, field by field."""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from indexer.errors import OperatorError
from indexer.search.indices import ROUTING, IndexName
from indexer.search.mappings import definition


class Kind(enum.StrEnum):
    """What is wrong with a field, or another key of the mapping."""

    MISSING = "missing"
    """Declared, and not in the live index: it can be added."""

    UNKNOWN = "unknown"
    """In the live index, and not declared: somebody added it."""

    DIFFERENT = "different"
    """In both, and not the same: a live field cannot be changed."""


@dataclass(frozen=True, slots=True)
class Drift:
    """A field (`actions.at` for an inner one; a key of the mapping in angle brackets) as declared and as it is."""

    index: str
    field: str
    kind: Kind
    declared: Any
    live: Any


def drift(client: Elasticsearch, index: str) -> list[Drift]:
    """What the live mapping of an index is not as declared; raises `OperatorError` where no file declares it."""
    live = client.indices.get_mapping(index=index)[index]["mappings"]
    declared = _declared(index)
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
    """The fields of an index that one of the name `new` would not have, or not as they are."""
    live = client.indices.get_mapping(index=index)[index]["mappings"].get("properties", {})
    declared = _declared(new)["properties"]
    return [field for field, kind, _, _ in _fields(declared, live) if kind is not Kind.MISSING]


def apply_additions(client: Elasticsearch, index: str) -> list[Drift]:
    """Add the declared fields that are missing; what remains of the drift. Documents do not get their values by it."""
    if any(one.kind is Kind.MISSING and not one.field.startswith("<") for one in drift(client, index)):
        declared = _declared(index)["properties"]
        live = client.indices.get_mapping(index=index)[index]["mappings"].get("properties", {})
        client.indices.put_mapping(index=index, properties=_additions(declared, live))
    return drift(client, index)


def _declared(index: str) -> dict[str, Any]:
    parsed = IndexName.parse(index)
    if parsed is None:
        raise OperatorError(f"{index} is no index of ours", "see which there are: indexer index status")
    made_from = definition(parsed.dataset, parsed.version)
    return {"_meta": made_from.meta, **made_from.mappings}


def _kind(declared: Any, live: Any) -> Kind:
    if live is None:
        return Kind.MISSING
    return Kind.UNKNOWN if declared is None else Kind.DIFFERENT


def _fields(
    declared: Mapping[str, Any], live: Mapping[str, Any], prefix: str = ""
) -> Iterator[tuple[str, Kind, Any, Any]]:
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
    """The declared fields that are missing, with the way to the inner ones."""
    added: dict[str, Any] = {}
    for name, field in declared.items():
        if name not in live:
            added[name] = field
        elif "properties" in field and (inner := _additions(field["properties"], live[name].get("properties", {}))):
            added[name] = _own(field) | {"properties": inner}
    return added
