"""Which fields a backfill can be chosen by."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from indexer.cli.app import app
from indexer.errors import OperatorError
from indexer.indexing.backfill_filter import Choice
from indexer.search import datasets, definition


def paths(properties: Mapping[str, Any]) -> Iterator[str]:
    for name, about in properties.items():
        inner = about.get("properties")
        yield from [name] if inner is None else [f"{name}.{path}" for path in paths(inner)]


FIELDS = {dataset: sorted(paths(definition(dataset).mappings["properties"])) for dataset in datasets()}


@pytest.mark.parametrize("dataset", FIELDS)
def test_every_field_of_the_mapping_can_be_chosen_by(dataset: str) -> None:
    for field in FIELDS[dataset]:
        Choice.parse(f"{field}=1").check(dataset)
    Choice.parse("outdated").check(dataset)


@given(st.text(st.characters(exclude_characters="=", exclude_categories=["Cs"]), min_size=1))
def test_every_other_name_is_refused(name: str) -> None:
    for dataset, fields in FIELDS.items():
        if name in {*fields, "_id"} or name.startswith("custom."):
            continue
        with pytest.raises(OperatorError) as caught:
            Choice.parse(f"{name}=1").check(dataset)
        assert repr(name) in str(caught.value)


def test_any_name_may_stand_inside_custom_attributes() -> None:
    Choice.parse("custom.Order number=1").check("conversations")


def test_an_object_has_no_value_to_choose_by() -> None:
    with pytest.raises(OperatorError):
        Choice.parse("statistics=1").check("conversations")


@pytest.mark.parametrize("dry_run", [[], ["--dry-run"]])
def test_the_command_names_the_nearest_fields_and_starts_nothing(dry_run: list[str]) -> None:
    error = CliRunner().invoke(app, ["backfill", "--only", "stat=open", *dry_run]).exception
    assert isinstance(error, OperatorError)
    assert error.exit_code == 2
    assert str(error) == "--only: documents of conversations have no field 'stat' with values"
    assert "state" in error.remedy
