"""A type of attributes is known wherever values are read, coded, filtered by and described."""

import pytest

from indexer.datasets.person_fields import _TYPES as FIELD_TYPES
from indexer.people.attribute_models.value_code import code, value_of
from indexer.people.attribute_value import DATA_TYPES, DataType, Scalar
from indexer.people.filters.filter_values import _REMEDIES as REMEDIES
from indexer.people.filters.filter_values import NOUNS, OPERATORS_OF
from indexer.people.typed_values import read_value

WRITTEN: dict[DataType, tuple[object, Scalar]] = {
    "string": ("free", "free"),
    "list": ("free", "free"),
    "integer": ("3", 3),
    "float": ("3.5", 3.5),
    "boolean": ("true", True),
    "date": ("1970-01-03", 2),
    "datetime": ("1970-01-01T01:00:00Z", 3_600),
}
"""A value of each type as a source writes it, and as it is stored."""


@pytest.mark.parametrize("type_", DATA_TYPES)
def test_a_value_of_every_type_is_read_and_coded_so_that_it_comes_back(type_: DataType) -> None:
    written, value = WRITTEN[type_]
    assert read_value(written, type_) == value
    assert value_of(code(type_, value)) == value


@pytest.mark.parametrize("table", [OPERATORS_OF, NOUNS, REMEDIES, FIELD_TYPES])
def test_every_table_by_types_has_all_of_them(table: dict[DataType, object]) -> None:
    assert set(DATA_TYPES) - table.keys() == set()
    assert all(table[type_] for type_ in DATA_TYPES)
