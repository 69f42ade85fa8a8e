"""Whether the schema of a dataset's document, its catalogue of fields and its mapping are of the same fields."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

import msgspec

from indexer.datasets.field import Field, Group
from indexer.metrics.schema import DateRange

HOW_TO = "see 'Add a metric' in docs/developing.md"


def schema_of(struct: type[msgspec.Struct], prefix: str = "") -> Iterator[tuple[str, str]]:
    """The paths of all fields with what they hold: `int`, `bool`, `str`, lists of these, or `custom`."""
    for field in msgspec.structs.fields(struct):
        kinds = set(_kinds(field.type)) - {type(None)}
        inner = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, msgspec.Struct)), None)
        if inner is not None and inner is not DateRange:
            yield from schema_of(inner, f"{prefix}{field.name}.")
        else:
            held = "str" if all(isinstance(kind, str) for kind in kinds) else next(iter(kinds)).__name__
            yield prefix + field.name, f"list of {held}" if "list[" in str(field.type) else held


def _kinds(annotation: Any) -> list[Any]:
    return [kind for part in get_args(annotation) for kind in _kinds(part)] or [annotation]


def properties_of(groups: Sequence[Group]) -> dict[str, Any]:
    """The properties of a mapping that has these fields."""
    properties: dict[str, Any] = {}
    for each in groups:
        fields = {field.name: dict(field.type.mapping) for field in each.fields}
        if each.object:
            nested = {"type": "nested"} if each.object in ("actions", "events") else {}
            fields = {each.object: {**nested, "dynamic": "strict", "properties": fields}}
        properties |= fields
    return properties


def faults(schema: Mapping[str, str], groups: Sequence[Group], properties: Mapping[str, Any]) -> list[str]:
    """What of a schema, a catalogue and a mapping does not fit together, and what to do about it."""
    fields = {field.path: field for each in groups for field in each.fields}
    wanted = properties_of(groups)
    return [
        *(f"{path} is not in the catalogue of its dataset: add it; {HOW_TO}" for path in schema.keys() - fields),
        *(f"{path} is not in the document: add it to its struct" for path in fields.keys() - schema),
        *(
            f"{path} is {schema[path]} in the document, and cannot have the type {fields[path].type.words!r}"
            for path in schema.keys() & fields
            if schema[path] != _held(fields[path])
        ),
        *(
            f"{path} is {have} in the mapping, and {want} by the catalogue: release a mapping that has it; {HOW_TO}"
            for path, want, have in _differing(wanted, properties)
        ),
    ]


def _held(field: Field) -> str:
    """What the schema says of a field of this type."""
    mapped = field.type.mapping["type"]
    held = {"date": "int", "long": "int", "boolean": "bool", "date_range": "DateRange", "flattened": "Raw"}
    return f"{'list of ' * field.type.words.startswith('list')}{held.get(mapped, 'str')}"


def _differing(wanted: Mapping[str, Any], mapped: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any, Any]]:
    for name in sorted(wanted.keys() | mapped.keys()):
        want, have = wanted.get(name), mapped.get(name)
        if want is not None and have is not None and "properties" in want and "properties" in have:
            yield from _differing(want["properties"], have["properties"], f"{path}{name}.")
            want, have = ({**one, "properties": None} for one in (want, have))
        if want != have:
            yield path + name, want, have
