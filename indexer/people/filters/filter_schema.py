"""The JSON Schema of filters in JSON."""

from typing import Any, Final

from indexer.people.filters.filter_tree import OPERATORS, SOURCES

_FILTERS: Final = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/filter"}}

FILTER_SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$ref": "#/$defs/filter",
    "$defs": {
        "filter": {
            "oneOf": [
                {"$ref": "#/$defs/condition"},
                *(
                    {
                        "type": "object",
                        "properties": {joined_by: _FILTERS},
                        "required": [joined_by],
                        "additionalProperties": False,
                    }
                    for joined_by in ("and", "or")
                ),
            ]
        },
        "condition": {
            "type": "object",
            "properties": {
                "subject": {"enum": list(SOURCES)},
                "name": {"type": "string", "minLength": 1},
                "measure": {"type": "string", "pattern": "^(first|last|count|metadata\\..+)$"},
                "operator": {"enum": list(OPERATORS)},
                "values": {"type": "array", "items": {"type": ["string", "number", "boolean"]}},
            },
            "required": ["subject", "operator"],
            "additionalProperties": False,
        },
    },
}
"""What JSON can be a filter; whether it can be asked depends on the attributes of the workspace."""
