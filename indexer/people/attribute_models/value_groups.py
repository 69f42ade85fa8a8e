"""The fields by whose values people can be grouped, and the names of these groups."""

from indexer.people.attribute_model import ValueKey
from indexer.people.attribute_models.flattened_codes import VALUES
from indexer.people.attribute_models.keyed_values import key_text
from indexer.people.attribute_models.value_code import value_of
from indexer.people.attribute_value import DataType, Scalar, date_of


def group_field(key: ValueKey) -> str:
    """The field of a person's document that has the value."""
    return key.name if key.source == "standard" else f"{VALUES}.{key_text(key)}"


def group_name(key: ValueKey, type_: DataType, found: Scalar) -> str:
    """The name of the group of people in whose field Elasticsearch finds this: `free`, `3`, `true`, `2026-03-01`."""
    value = found if key.source == "standard" else value_of(str(found))
    if isinstance(value, bool):
        return str(value).lower()
    return str(date_of(int(value))) if type_ == "date" else str(value)
