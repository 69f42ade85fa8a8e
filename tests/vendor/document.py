"""The vendor's own description of its API, where the machine has one, in the terms of published.yaml."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.vendor.facts import ANY_NAME, ANY_OF

PATH = Path(__file__).parents[3] / "shared" / "intercom" / "openapi-2.16.yaml"

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def text() -> str:
    return PATH.read_text()


@cache
def whole() -> Any:
    return yaml.load(text(), _LOADER)  # noqa: S506


def schemas() -> Any:
    return whole()["components"]["schemas"]


@cache
def examples() -> frozenset[tuple[str, str, str]]:
    """Every text value in the examples: the key of its object, its own key, and the value."""
    return frozenset(_values("", whole()["paths"]))


def _values(key: str, node: Any) -> Iterator[tuple[str, str, str]]:
    if isinstance(node, dict):
        for name, value in node.items():
            if isinstance(value, str):
                yield key, name, value
            yield from _values(name, value)
    elif isinstance(node, list):
        for value in node:
            yield from _values(key, value)


def described(name: str) -> Any:
    """An object as published.yaml would write it, with all its fields."""
    said = schemas()[name]
    if "anyOf" in said:
        return {ANY_OF: [_kind(one) for one in said["anyOf"]]}
    if "additionalProperties" in said:
        return {ANY_NAME: _kind(said["additionalProperties"])}
    return {field: _kind(one) for field, one in said["properties"].items()}


def _kind(said: Any) -> Any:
    if "enum" in said:
        return [*said["enum"], *([None] if said.get("nullable") and None not in said["enum"] else [])]
    if "properties" in said:
        return {field: _kind(one) for field, one in said["properties"].items()}
    return " | ".join(dict.fromkeys([*_terms(said), *(["null"] if _may_be_null(said) else [])]))


def _terms(said: Any) -> list[str]:
    if "$ref" in said:
        name = said["$ref"].rpartition("/")[2]
        return ["time", "text time"] if name == "datetime" else [name]
    for union in ("anyOf", "oneOf", "allOf"):
        if union in said:
            return [term for one in said[union] for term in (*_terms(one), *(["null"] if one.get("nullable") else []))]
    match said["type"], said.get("format"):
        case "array", _:
            return [f"list of {_terms(said['items'])[0]}" if "items" in said else "list"]
        case "integer", "date-time":
            return ["time"]
        case "string", "date":
            return ["date"]
        case plain, _:
            return [plain]


def _may_be_null(said: Any) -> bool:
    """Whether the field is nullable, or the object that it refers to."""
    (referred,) = said.get("allOf", [said])[:1]
    name = referred.get("$ref", "").rpartition("/")[2]
    return bool(said.get("nullable") or (name and schemas()[name].get("nullable")))
