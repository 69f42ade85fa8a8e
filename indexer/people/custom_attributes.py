"""Custom attributes of a record, each value read by the type of its attribute."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from indexer.conversation.values import kind, shortened
from indexer.errors import Refused
from indexer.people.attribute import Attribute, Catalogue, Model
from indexer.people.attribute_value import Value
from indexer.people.standard import STANDARD
from indexer.people.typed_values import read_value, suggested_type

MOST_ATTRIBUTES: Final = 250
"""The most custom attributes of people and of companies together that a workspace has, without archived ones."""

LONGEST_NAME: Final = 190
"""The most characters of the name of a custom attribute."""

_DEEPEST: Final = 5


class RefusedValue(NamedTuple):
    """A value that was not taken: its attribute (`custom_attributes.NAME` or a standard name), itself, and why not."""

    attribute: str
    value: str
    reason: str


class CustomValues(NamedTuple):
    """The values that were read by name, the attributes that nobody had declared, and the values that were refused."""

    values: dict[str, Value]
    inferred: tuple[Attribute, ...]
    refused: tuple[RefusedValue, ...]


def read_custom(said: object, model: Model, catalogue: Catalogue) -> CustomValues:
    """The custom attributes of a record, from the object under `custom_attributes`.

    Nested values have the names of all objects around them, joined with dots. A value that cannot be taken is in
    `refused`, and all others are read.
    """
    values: dict[str, Value] = {}
    inferred: list[Attribute] = []
    refused: list[RefusedValue] = []
    if said is not None and not isinstance(said, Mapping):
        refused.append(RefusedValue("custom_attributes", kind(said), f"is {kind(said)}, not an object"))
    for name, value in _flat(said, "", 0) if isinstance(said, Mapping) else ():
        try:
            attribute = catalogue.get(model, name) or _inferred(model, name, value, catalogue, len(inferred))
            found = read_value(value, attribute.type, attribute.options)
        except Refused as fault:
            refused.append(RefusedValue(f"custom_attributes.{shortened_name(name)}", written(value), fault.reason))
            continue
        if found is not None:
            values[name] = Value(attribute.type, found)
            if catalogue.get(model, name) is None:
                inferred.append(attribute)
    return CustomValues(values, tuple(inferred), tuple(refused))


def refuse_name(model: Model, name: str) -> None:
    """Raise `Refused`, without a path, if no custom attribute can have that name."""
    if not name.strip():
        raise Refused("", "is empty or blank, which is not a name")
    if len(name) > LONGEST_NAME:
        raise Refused("", f"has a name of {len(name):,} characters; the limit is {LONGEST_NAME}")
    if any(character < " " for character in name):
        raise Refused("", "has a control character in its name")
    if name in STANDARD[model]:
        raise Refused("", f"has the name of the standard attribute {name}; choose another name")


def written(value: object) -> str:
    """A value for a sentence."""
    return shortened(value) if isinstance(value, (str, bool, int, float)) else kind(value)


def shortened_name(name: str) -> str:
    """A name for a path, with at most 40 of its characters."""
    return name if len(name) <= 40 else f"{name[:37]}..."


def _inferred(model: Model, name: str, value: object, catalogue: Catalogue, others: int) -> Attribute:
    refuse_name(model, name)
    active = sum(1 for each in catalogue.attributes.values() if not each.archived)
    if active + others >= MOST_ATTRIBUTES:
        raise Refused("", f"would be attribute number {MOST_ATTRIBUTES + 1}; archive one that is no longer used")
    return Attribute(model=model, name=name, type=suggested_type(name, value), inferred=True)


def _flat(said: Mapping[str, object], prefix: str, depth: int) -> Iterator[tuple[str, object]]:
    """The values with the names of the objects around them; null and empty texts are no values."""
    for name, value in said.items():
        full = prefix + name
        if isinstance(value, Mapping) and depth < _DEEPEST:
            yield from _flat(value, f"{full}.", depth + 1)
        elif value is not None and value != "":
            yield full, value
