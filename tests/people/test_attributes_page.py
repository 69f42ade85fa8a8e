"""The page about attributes lists those that there are, with their types and places."""

import pytest

from indexer.people.attribute import Model
from indexer.people.attribute_value import DATA_TYPES
from indexer.people.custom_attributes import LONGEST_NAME, MOST_ATTRIBUTES
from indexer.people.event_reader import MOST_KEYS
from indexer.people.standard import STANDARD, StandardAttribute
from indexer.people.standard_reader import LONGEST
from indexer.people.typed_values import LARGEST, LONGEST_TEXT
from indexer.resources import resource_dir

PAGE = (resource_dir("mappings").parent / "docs" / "people-attributes.md").read_text()


def _row(attribute: StandardAttribute) -> str:
    places = ", ".join(f"`{place}`" for place in attribute.places) or f"`{attribute.name}`"
    return f"| `{attribute.name}` | {attribute.type} | {attribute.meaning} | {places} |"


@pytest.mark.parametrize(("model", "title"), [("contact", "people"), ("company", "companies")])
def test_every_standard_attribute_has_its_row(model: Model, title: str) -> None:
    section = PAGE.partition(f"## Standard attributes of {title}\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert rows == [_row(attribute) for attribute in STANDARD[model].values()]


def test_every_type_has_its_row() -> None:
    section = PAGE.partition("## Custom attributes\n")[2].partition("\n## ")[0]
    assert [f"`{type_}`" for type_ in DATA_TYPES] == [
        line.split(" | ")[0].removeprefix("| ") for line in section.splitlines() if line.startswith("| `")
    ]


@pytest.mark.parametrize(
    "limit", [LARGEST, LONGEST, LONGEST_NAME, LONGEST_TEXT, MOST_ATTRIBUTES, MOST_KEYS], ids=lambda limit: f"{limit:,}"
)
def test_limits_are_those_of_the_code(limit: int) -> None:
    assert f" {limit:,}" in PAGE
