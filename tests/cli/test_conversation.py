"""`indexer conversation` and `indexer contact`, as an operator types them."""

from collections.abc import Iterator

import orjson
import pytest

from indexer.settings import Settings
from tests.builders import conversation, part
from tests.integration.installation import Installation

pytestmark = pytest.mark.services


@pytest.fixture
def installation(test_settings: Settings) -> Iterator[Installation]:
    """An installation with conversations 1 and 2 of workspace `w`, both with contact `lead`."""
    installation = Installation(test_settings)
    raws = [
        conversation(part("A", "comment", 61), at=1, id=id_, title="secret", contacts={"contacts": [{"id": "lead"}]})
        for id_ in (1, 2)
    ]
    installation.run("import", "-", "--workspace", "w", stdin=orjson.dumps(raws))
    yield installation
    installation.close()


def test_deleting_says_what_became_of_each_and_names_what_it_did_not_find(installation: Installation) -> None:
    delete = ("conversation", "delete", "--workspace", "w", "--yes")
    assert installation.run(*delete, "1") == "1 left without content, 0 removed, 0 already deleted\n"
    assert installation.run(*delete, "1", "2", "--no-retain-metrics", "--dry-run") == (
        "0 would be left without content, 2 would be removed, 0 already deleted\n"
    )
    assert "not stored in w: 7" in installation.said(*delete, "2", "7", "--no-retain-metrics", code=1)
    installation.index_everything()
    assert installation.documents("w").keys() == {"w:1"}
    assert "title" not in installation.documents("w")["w:1"]


def test_deleting_asks_first(installation: Installation) -> None:
    question = installation.run("conversation", "delete", "1", "--workspace", "w", code=1, stdin=b"n\n")
    assert "Delete the content of 1 conversations of w, for good?" in question
    installation.index_everything()
    assert installation.documents("w")["w:1"]["title"] == "secret"


def test_merging_contacts_has_their_conversations_indexed_again(installation: Installation) -> None:
    merge = ("contact", "merge", "--workspace", "w")
    would = installation.run(*merge, "lead", "user", "--dry-run")
    assert would == "2 conversations and 0 events would be those of user\n"
    assert installation.run(*merge, "lead", "user") == "2 conversations and 0 events are those of user\n"
    assert "error: user: cannot be merged into itself" in installation.said(*merge, "user", "lead", code=2)
    installation.index_everything()
    assert {tuple(found["contact_ids"]) for found in installation.documents("w").values()} == {("user",)}


@pytest.mark.parametrize(
    "delete", [("conversation", "delete", "1"), ("record", "delete", "calls", "1")], ids=["a conversation", "a call"]
)
def test_nothing_is_deleted_as_of_a_time_in_the_future(installation: Installation, delete: tuple[str, ...]) -> None:
    said = installation.said(*delete, "--workspace", "w", "--yes", "--at", "4102444799", code=2)
    assert "is in the future" in said
