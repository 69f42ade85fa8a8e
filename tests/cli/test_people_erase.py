import json
from collections.abc import Iterator

import orjson
import pytest

from indexer.settings import Settings
from tests.builders import conversation
from tests.integration.installation import Installation

pytestmark = pytest.mark.services

PEOPLE = [
    {"type": "contact", "id": "5f-ann", "external_id": "u-17", "role": "user", "email": "ann@example.org"}
    | {"name": "Annabel", "created_at": 1_700_000_000, "updated_at": 1_700_000_000},
    {"type": "contact", "id": "5f-bob", "role": "user", "created_at": 1_700_000_000, "updated_at": 1_700_000_000},
]


@pytest.fixture
def installation(test_settings: Settings) -> Iterator[Installation]:
    made = Installation(test_settings)
    yield made
    made.close()


def test_a_person_is_disclosed_erased_and_refused_from_then_on(installation: Installation) -> None:
    people = b"\n".join(map(orjson.dumps, PEOPLE))
    installation.run("import", "-", "--dataset", "people", "--workspace", "w", stdin=people)
    said = conversation(id="c1", at=1_700_000_000)
    said["source"]["author"] = {"type": "user", "id": "5f-ann", "name": "Annabel"}
    installation.run("import", "-", "--workspace", "w", stdin=orjson.dumps(said))
    held = json.loads(installation.run("people", "disclose", "u-17", "--workspace", "w"))
    assert held["id"] == "5f-ann"
    assert held["people"][0]["standard"]["name"] == "Annabel"
    assert [one["id"] for one in held["conversations"]] == ["c1"]

    erase = "people", "erase", "u-17", "--workspace", "w", "--because", "asked"
    assert installation.run(*erase, "--dry-run").startswith("would be erased: conversations 1, people 1")
    assert json.loads(installation.run("people", "disclose", "u-17", "--workspace", "w")) == held
    assert "erased: conversations 1, people 1" in installation.run(*erase, "--yes")
    installation.run(*erase, "--yes", code=2)
    [entry] = installation.json("people", "erasures", "--workspace", "w")
    assert (entry["because"], entry["completed"]) == ("asked", True)
    installation.run("import", "-", "--dataset", "people", "--workspace", "w", stdin=people, code=1)
    installation.run("people", "disclose", "5f-ann", "--workspace", "w", code=2)
    assert json.loads(installation.run("people", "disclose", "5f-bob", "--workspace", "w"))["id"] == "5f-bob"
