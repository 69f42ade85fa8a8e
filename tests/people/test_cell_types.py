"""Cells are text: what type a column has, and what a cell means by it."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.people.attribute_value import DATA_TYPES, DataType
from indexer.people.cell_types import type_of_cells, value_of_cell

ZONE = ZoneInfo("Europe/Dublin")


@pytest.mark.parametrize(
    ("cells", "type_"),
    [
        ([], "string"),
        (["", ""], "string"),
        (["1", "", "-20"], "integer"),
        (["1", "2.5", "1e3"], "float"),
        (["007", "8"], "string"),
        (["true", "FALSE"], "boolean"),
        (["true", "yes"], "string"),
        (["2026-02-28", "2026-03-01"], "date"),
        (["2026-02-30"], "string"),
        (["2026-02-28", "2026-03-01T10:00Z"], "datetime"),
        (["2026-03-01 10:00:00"], "datetime"),
        (["1", "one"], "string"),
        (["\u0661"], "string"),
    ],
)
def test_the_type_of_a_column_is_the_narrowest_that_fits_all_cells(cells: list[str], type_: DataType) -> None:
    assert type_of_cells(cells) == type_


@pytest.mark.parametrize(
    ("cell", "type_", "value"),
    [
        ("12", "integer", 12),
        ("-0.5", "float", -0.5),
        ("Yes", "boolean", True),
        ("2026-07-01", "date", "2026-07-01"),
        ("2026-07-01T12:00", "datetime", 1_782_903_600),
        ("2026-07-01T12:00+00:00", "datetime", 1_782_907_200),
        ("2026-07-01", "datetime", 1_782_860_400),
        ("1782860400", "datetime", 1_782_860_400),
        ("007", "string", "007"),
        ("twelve", "integer", "twelve"),
        ("soon", "datetime", "soon"),
    ],
)
def test_the_value_of_a_cell_is_by_its_type_and_text_that_does_not_fit_stays(
    cell: str, type_: DataType, value: object
) -> None:
    assert value_of_cell(cell, type_, ZONE) == value


@given(st.text(max_size=30), st.sampled_from(DATA_TYPES))
def test_no_cell_is_an_error(cell: str, type_: DataType) -> None:
    value_of_cell(cell, type_, ZONE)
    assert type_of_cells([cell]) in DATA_TYPES
