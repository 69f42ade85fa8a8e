"""Attributes that Elasticsearch cannot take: each costs itself, and every conversation is counted."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from indexer.settings import Settings
from tests.builders import conversation
from tests.integration.installation import Installation

pytestmark = pytest.mark.services

START = 1_772_442_000  # 2026-03-02


def nested(levels: int) -> Any:
    value: Any = "x"
    for level in range(levels):
        value = {f"k{level}": value}
    return value


ATTRIBUTES = {
    "plain": '{"plan": "Pro"}',
    "name": json.dumps({"k" * 40_000: "v", "plan": "Pro"}),
    "emoji": json.dumps({"mood": "\N{GRINNING FACE}" * 8_191, "plan": "Pro"}),
    "nul": json.dumps({"a\0b": "v", "plan": "Pro"}),
    "deep": json.dumps({"deep": nested(29), "plan": "Pro"}),
    "nameless": json.dumps({"": "v", "plan": "Pro"}),
    "long": json.dumps({"note": "y" * 100_000, "plan": "Pro"}),
    "twice": '{"A": 1, "A": 2, "plan": "Pro"}',
    "digits": '{"n": ' + "9" * 1_001 + ', "plan": "Pro"}',
}
FLAGS = {
    "name": "attribute_left_out",
    "emoji": "value_too_long",
    "nul": "attribute_left_out",
    "deep": "attribute_left_out",
    "long": "value_too_long",
    "twice": "attribute_left_out",
    "digits": "attribute_left_out",
}


@pytest.fixture
def installation(test_settings: Settings) -> Iterator[Installation]:
    found = Installation(test_settings)
    found.run("index", "create")
    yield found
    found.close()


def test_every_conversation_is_counted_and_found_by_the_attribute_beside(installation: Installation) -> None:
    lines = [
        json.dumps(conversation(id=name, at=START, state="open"))[:-1] + f', "custom_attributes": {written}}}'
        for name, written in ATTRIBUTES.items()
    ]
    installation.run("import", "-", "--workspace", "w", stdin="\n".join(lines).encode())
    installation.index_everything()

    assert installation.json("quarantine", "list")["entries"] == []
    asked = ("--workspace", "w", "--from", "2026-03-02", "--to", "2026-03-02")
    for where in ((), ("--where", "custom.plan=Pro")):
        answer = installation.json("report", "run", "new_conversations_created", *asked, *where)
        assert answer["total"]["count"] == len(ATTRIBUTES)
    installation.search.indices.refresh(index=installation.alias)
    found = installation.search.search(index=installation.alias, size=100)["hits"]["hits"]
    documents = {hit["_source"]["conversation_id"]: hit["_source"] for hit in found}
    flags = {name: document["data_quality"] for name, document in documents.items() if "data_quality" in document}
    assert flags == {name: [flag] for name, flag in FLAGS.items()}
    assert documents["twice"]["custom"] == {"A": 2, "plan": "Pro"}
    assert documents["long"]["custom"] == json.loads(ATTRIBUTES["long"])
