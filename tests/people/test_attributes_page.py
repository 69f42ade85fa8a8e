"""The page about attributes lists the types and limits that there are; its other tables are generated."""

import pytest

from indexer.conversation.ahead import AHEAD
from indexer.people.attribute_value import DATA_TYPES
from indexer.people.custom_attributes import LONGEST_NAME, MOST_ATTRIBUTES
from indexer.people.event_reader import MOST_KEYS
from indexer.people.record_flags import REFUSED, SKEW
from indexer.people.standard_reader import LONGEST
from indexer.people.typed_values import LARGEST, LONGEST_TEXT
from indexer.resources import resource_dir

PAGE = (resource_dir("mappings").parent / "docs" / "people-attributes.md").read_text()


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


def test_every_flag_has_its_row() -> None:
    section = PAGE.partition("## What is doubtful\n")[2].partition("\n## ")[0]
    rows = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
    assert rows == [REFUSED, SKEW, AHEAD]
