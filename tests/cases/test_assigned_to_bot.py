"""An assignment to a bot ends the teammate's time, whether the bot comes as a bot or as an admin."""

from typing import Any

from tests.builders import conversation, document_of, part

START = 1_772_442_000


def handed_to(assigned_to: dict[str, Any]) -> dict[str, Any]:
    """A teammate has it for 240 seconds, then a bot, which closes it an hour later."""
    return conversation(
        part("O", "assignment", START + 30, to="T7"),
        part("A", "assignment", START + 60, to="A"),
        part("A", "comment", START + 120),
        part("A", "assignment", START + 300, assigned_to=assigned_to),
        part("O", "comment", START + 360),
        part("O", "close", START + 3900),
        at=START,
        state="closed",
    )


def test_a_bot_ends_the_teammates_stretch_and_the_team_stays() -> None:
    document = document_of(handed_to({"type": "bot", "id": "900"}))
    close = document["actions"][-1]
    assert (close["kind"], close.get("assigned_teammate_id"), close["team_id"]) == ("close", None, "T7")
    assert document["handling_time"] == 240
    assert "data_quality" not in document


def test_a_bot_is_the_same_as_an_admin_that_is_one() -> None:
    as_admin = document_of(handed_to({"type": "admin", "id": "900"}), bot_admin_ids=frozenset({"900"}))
    assert document_of(handed_to({"type": "bot", "id": "900"})) == as_admin
    assert document_of(handed_to({"type": "bot", "id": None})) == as_admin


def test_a_conversation_that_a_bot_had_first_is_in_its_inbox() -> None:
    document = document_of(
        conversation(
            part("O", "assignment", START + 5, assigned_to={"type": "bot", "id": "900"}),
            part("O", "assignment", START + 600, to="T7"),
            part("A", "comment", START + 900),
            at=START,
        )
    )
    assert (document["bot_inbox"], document["bot_inbox_time"]) == (True, 600)
    assert document["first_response_time_without_bot"] == 300
