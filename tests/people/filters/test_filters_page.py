"""The examples of the page about filters are filters, and what they give is what the page says."""

import json
import re

import pytest

from indexer.people.attribute import Attribute
from indexer.people.filters import (
    Condition,
    FilterError,
    FilterScope,
    Subject,
    filter_as_json,
    filter_from_json,
    filter_parser,
    filter_size,
    filter_values,
    parse_filter,
    print_filter,
    read_filter,
    sentence,
)
from indexer.people.filters.filter_tree import OPERATORS, SOURCES
from indexer.people.filters.filter_values import OPERATORS_OF
from indexer.people.filters.filter_words import WORDS
from indexer.resources import resource_dir
from tests.people.filters.filter_workspace import CATALOGUE, NOW, ZONES

PAGE = (resource_dir("mappings").parent / "docs" / "filters.md").read_text()
SCOPE = FilterScope(
    CATALOGUE.with_attributes([Attribute(model="contact", name="favourite colour", type="string")]),
    ZONES[1],
    NOW,
    {"Active": Condition(Subject("attribute", "last_seen_at"), "less_than_days_ago", (30,))},
)


def blocks(kind: str) -> list[str]:
    found = re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert found
    return found


@pytest.mark.parametrize("line", [line for block in blocks("filter") for line in block.splitlines()])
def test_an_example_is_a_filter_as_it_is_printed(line: str) -> None:
    assert print_filter(parse_filter(line, SCOPE)) == line


@pytest.mark.parametrize("block", blocks("mistake"))
def test_a_mistake_gives_the_error_of_the_page(block: str) -> None:
    text, _, shown = block.partition("\n")
    with pytest.raises(FilterError) as caught:
        parse_filter(text, SCOPE)
    assert str(caught.value) == shown.rstrip("\n")


@pytest.mark.parametrize("block", blocks("sentence"))
def test_a_filter_has_the_sentence_of_the_page(block: str) -> None:
    text, expected = block.splitlines()
    assert sentence(parse_filter(text, SCOPE)) == expected


@pytest.mark.parametrize("block", blocks("filter-as-json"))
def test_a_filter_has_the_json_of_the_page(block: str) -> None:
    text, _, written = block.partition("\n")
    assert filter_as_json(parse_filter(text, SCOPE)) == json.loads(written)
    assert print_filter(filter_from_json(json.loads(written), SCOPE)) == text


@pytest.mark.parametrize("block", blocks("search"))
def test_a_search_is_the_filter_of_the_page(block: str) -> None:
    written, _, text = block.rstrip("\n").rpartition("\n")
    assert print_filter(read_filter(written, SCOPE)) == text


def test_all_operators_and_subjects_are_named() -> None:
    typed = {WORDS[one].removesuffix(" than") for one in OPERATORS}
    table = PAGE.split("## Operators\n", 1)[1].split("\n```", 1)[0]
    assert [words for words in typed if f"`{words}" not in table] == []
    written = PAGE.split("## JSON\n", 1)[1]
    assert [one for one in (*SOURCES, *OPERATORS) if f"`{one}`" not in written] == []


@pytest.mark.parametrize(
    ("row", "type_"),
    [("text", "string"), ("number", "integer"), ("time, day", "datetime"), ("list", "list"), ("tag, company", "name")],
)
def test_a_type_has_the_operators_of_its_row(row: str, type_: str) -> None:
    (line,) = (line for line in PAGE.splitlines() if line.startswith(f"| {row}") and "has any value" in line)
    named = re.findall(r"`([^`]+)`", line)
    assert [words.removesuffix(" … days ago") for words in named] == [WORDS[one] for one in OPERATORS_OF[type_]]  # type: ignore[index]


def test_the_limits_are_those_of_the_code() -> None:
    limits = [
        f"| characters of the text | {filter_parser.MOST_TEXT:,} |",
        f"| conditions, with those of the segments that are named | {filter_size.MOST_CONDITIONS} |",
        f"| groups and segments within each other | {filter_size.MOST_DEPTH} |",
        f"| values of `in` and `not in` | {filter_values.MOST_VALUES} |",
        f"| characters of a value | {filter_values.MOST_CHARACTERS:,} |",
        f"| days ago | {filter_values.MOST_DAYS:,}, ahead or back |",
    ]
    assert [line for line in limits if line not in PAGE] == []
