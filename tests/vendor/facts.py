"""Known facts about the vendor's shapes: the files beside this module, and the JSON Schemas that follow from them."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent

ANY_NAME = "any name"
"""In place of a field's name: an object whose names are its owner's."""

ANY_OF = "any of"
SOME_OF = "some of"

_PLAIN: dict[str, Any] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "null": {"type": "null"},
    "list": {"type": "array"},
    "object": {"type": "object"},
    "time": {"type": "integer", "minimum": 1, "maximum": 4_102_444_799},
    "text time": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
}


@cache
def published() -> Any:
    """The facts that the vendor's description has: `objects` by name, and `words` by field."""
    return yaml.safe_load((HERE / "published.yaml").read_text())


@cache
def elsewhere() -> Any:
    """The facts from elsewhere: `sources`, `objects`, `fields`, `words` and `corrections`."""
    return yaml.safe_load((HERE / "elsewhere.yaml").read_text())


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of an object, as strict as the facts: nothing has to be there, and nothing else may be."""
    return {"$ref": f"#/$defs/{name}", "$defs": {one: _object(one) for one in {**_objects(), name: {}}}}


def _objects() -> dict[str, Any]:
    return {**published()["objects"], **elsewhere()["objects"]}


def _object(name: str) -> dict[str, Any]:
    said = {**_objects()[name], **elsewhere()["corrections"].get(name, {}).get("here", {})}
    return {"anyOf": [_term(one) for one in said[ANY_OF]]} if ANY_OF in said else _fields(said)


def _fields(fields: dict[str, Any]) -> dict[str, Any]:
    if ANY_NAME in fields:
        return {"type": "object", "additionalProperties": _kind(fields[ANY_NAME])}
    return {
        "type": "object",
        "properties": {name: _kind(one) for name, one in fields.items()},
        "additionalProperties": False,
    }


def _kind(said: Any) -> dict[str, Any]:
    if isinstance(said, list):
        return {"enum": said}
    if isinstance(said, dict):
        return {"enum": said[SOME_OF]} if SOME_OF in said else _fields(said)
    return {"anyOf": [_term(one) for one in said.split(" | ")]}


def _term(said: str) -> dict[str, Any]:
    if said.startswith("list of "):
        return {"type": "array", "items": _term(said.removeprefix("list of "))}
    if said in _PLAIN:
        return _PLAIN[said]
    # Of an object that nobody described nothing may be written.
    return {"$ref": f"#/$defs/{said}"} if said in _objects() else {"not": {}}
