from pathlib import Path
from typing import Any

import pytest
import yaml

from indexer.answers.catalogue import load_vocabulary, vocabulary_of
from indexer.datasets.registry import datasets
from indexer.errors import OperatorError
from indexer.reports import InvalidDefinition, read_vocabulary
from tests.reports.definitions import FIELDS

SOURCE = "queries/parcels/dataset.yaml"
FILES = Path(__file__).parents[2] / "queries"
CONTENT = {
    "documents": "parcels",
    "axis": "created_at",
    "attributes": "custom",
    "spells": ["open_during"],
    "dimensions": {"channel": "channel", "tag": {"field": "tags", "several": True}},
    "values": {"channel": ["email"]},
    "nested": {
        "path": "actions",
        "at": "at",
        "dimensions": {"team": {"field": "team_id", "labels": "team"}},
        "values": {"kind": ["reply"]},
    },
}


def read(**other: Any) -> Any:
    return read_vocabulary(SOURCE, "parcels", {**CONTENT, **other}, FIELDS)


@pytest.mark.parametrize("dataset", [each.name for each in datasets()])
def test_every_dataset_has_a_vocabulary_that_its_mapping_bears_out(dataset: str) -> None:
    assert vocabulary_of(dataset).dataset == dataset


def test_words_of_items_are_asked_only_in_reports_on_items() -> None:
    vocabulary = read()
    assert vocabulary.words(actions=False) == ["channel", "tag", "custom.<name>"]
    assert vocabulary.words(actions=True) == ["channel", "tag", "team", "custom.<name>"]
    team = vocabulary.find("team", actions=True)
    assert (team.field, team.nested, team.several, team.labels) == ("actions.team_id", "actions", True, "team")
    assert vocabulary.find("team", actions=False) is None
    assert vocabulary.counted == ["parcels", "actions"]
    assert vocabulary.closed == {"channel": {"email"}, "actions.kind": {"reply"}}


def test_without_attributes_and_a_list_there_are_only_the_words_of_documents() -> None:
    vocabulary = read(attributes=None, nested=None)
    assert vocabulary.words(actions=True) == ["channel", "tag"]
    assert vocabulary.find("custom.plan", actions=False) is None
    assert vocabulary.counted == ["parcels"]


@pytest.mark.parametrize(
    ("other", "fault"),
    [
        ({"axis": "created"}, "axis: created is not a field of the mapping; it has to be date"),
        ({"axis": "channel"}, "axis: channel is of type keyword; it has to be date"),
        ({"attributes": "channel"}, "attributes: channel is of type keyword; it has to be flattened"),
        ({"categories": ["sent", "On its way"]}, "categories.1: String should match pattern"),
        ({"spells": ["created_at"]}, "spells.0: created_at is of type date; it has to be date_range"),
        ({"dimensions": {"tag": "tag"}}, "dimensions.tag: tag is not a field of the mapping; it has to be keyword"),
        (
            {"dimensions": {"tag": {"field": "tags", "kind": "number"}}},
            "dimensions.tag: tags is of type keyword; it has to be integer or long",
        ),
        ({"dimensions": {"tag": {"field": "tags", "label": "team"}}}, "dimensions.tag.label: there is no such key"),
        ({"values": {"colour": ["red"]}}, "values.colour: colour is not a field of the mapping"),
        ({"nested": {"path": "tags", "at": "at"}}, "nested.path: tags is of type keyword; it has to be nested"),
        ({"nested": {"path": "actions", "at": "on"}}, "nested.at: actions.on is not a field of the mapping"),
        ({"dataset": "calls"}, "dataset: there is no such key; the directory says it"),
        ({"colour": "red"}, "colour: there is no such key"),
    ],
)
def test_a_fault_names_file_and_key(other: dict[str, Any], fault: str) -> None:
    with pytest.raises(InvalidDefinition) as caught:
        read(**other)
    assert any(found.startswith(f"{SOURCE}: {fault}") for found in caught.value.faults)


def test_a_file_that_is_not_yaml_is_named_with_the_line(tmp_path: Path) -> None:
    file = tmp_path / "calls" / "dataset.yaml"
    file.parent.mkdir()
    file.write_text("documents: calls\naxis: [initiated_at\n")
    with pytest.raises(OperatorError, match=r"(?s)queries/calls/dataset\.yaml: .*line 3"):
        load_vocabulary(file)
    file.write_text("- documents\n")
    with pytest.raises(OperatorError, match=r"queries/calls/dataset\.yaml: is not a list of keys and values"):
        load_vocabulary(file)


@pytest.mark.parametrize("dataset", [each.name for each in datasets()])
def test_no_word_stands_twice_in_a_file(dataset: str) -> None:
    """YAML takes the last of two equal keys without a word."""
    document = yaml.compose((FILES / dataset / "dataset.yaml").read_bytes())
    assert repeated(document) == []


def repeated(node: yaml.Node | None) -> list[str]:
    if not isinstance(node, yaml.MappingNode):
        return []
    keys = [str(key.value) for key, _ in node.value]
    return [key for key in set(keys) if keys.count(key) > 1] + [
        key for _, inner in node.value for key in repeated(inner)
    ]
