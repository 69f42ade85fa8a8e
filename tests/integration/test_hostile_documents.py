"""Generated odd conversations: each is indexed, or quarantined with its field named, and its neighbours are indexed."""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from indexer.settings import Settings
from tests.builders import conversation
from tests.integration.installation import Installation

pytestmark = pytest.mark.services

START = 1_772_442_000
LENGTHS = (0, 1, 4_095, 4_096, 8_191, 8_192, 32_764, 32_765, 32_766, 32_767, 40_000)
SIGNS = ("k", "\0", "\x01", "\x7f", "\ud83d", "\N{GRINNING FACE}", "é", ".", '"', "\\", " ", "\u2028")
TEXTS = ("state", "title", "priority")


def odd_text(dice: random.Random) -> str:
    if dice.random() < 0.3:
        return dice.choice(("k", "é", "\N{GRINNING FACE}")) * dice.choice(LENGTHS)
    return "".join(dice.choices(SIGNS, k=dice.randint(0, 6)))


def odd_value(dice: random.Random, levels: int) -> Any:
    match dice.randint(0, 5) if levels else 0:
        case 1:
            return {odd_text(dice): odd_value(dice, levels - 1) for _ in range(dice.randint(0, 2))}
        case 2:
            return [odd_value(dice, levels - 1) for _ in range(dice.randint(0, 2))]
        case 3:
            value: Any = odd_text(dice)
            for _ in range(dice.choice((18, 19, 20, 21, 40))):
                value = {odd_text(dice)[:2]: value}
            return value
        case 4:
            return dice.choice((None, True, 1e300, 10 ** dice.choice((30, 999, 1_000))))
        case _:
            return odd_text(dice)


def odd(dice: random.Random, id_: str) -> dict[str, Any]:
    more = {dice.choice(TEXTS): odd_text(dice)} if dice.random() < 0.3 else {}
    tags = {"tags": [{"id": "1", "name": odd_text(dice)}]}
    attributes = {odd_text(dice): odd_value(dice, 3) for _ in range(3)}
    return conversation(id=id_, at=START, **{"state": "open", "tags": tags, "custom_attributes": attributes} | more)


@pytest.fixture
def installation(test_settings: Settings) -> Iterator[Installation]:
    found = Installation(test_settings)
    found.run("index", "create")
    yield found
    found.close()


def test_an_odd_conversation_is_indexed_or_named_and_its_neighbours_are_indexed(installation: Installation) -> None:
    dice = random.Random(14)
    odd_ones = [odd(dice, f"odd{number}") for number in range(300)]
    plain = [conversation(id=f"plain{number}", at=START, state="open") for number in range(300)]
    lines = [json.dumps(raw) for pair in zip(odd_ones, plain, strict=True) for raw in pair]
    installation.run("import", "-", "--workspace", "w", stdin="\n".join(lines).encode())
    installation.index_everything()

    installation.search.indices.refresh(index=installation.alias)
    hits = installation.search.search(index=installation.alias, size=1_000, source=["conversation_id"])["hits"]["hits"]
    indexed = {hit["_source"]["conversation_id"] for hit in hits}
    entries = {entry["conversation_id"]: entry["error"] for entry in installation.json("quarantine", "list")["entries"]}
    assert indexed | entries.keys() == {raw["id"] for raw in (*odd_ones, *plain)}
    assert {raw["id"] for raw in plain} <= indexed
    assert entries
    for id_, error in entries.items():
        assert any(f"[{name}]" in error for name in TEXTS), (id_, error)
