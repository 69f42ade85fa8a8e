"""The assignee of a part, in all forms of writing it."""

from typing import Any

import msgspec
import pytest

from indexer.metrics import reporting_document
from tests.builders import conversation, document_of, parsed, part


@pytest.mark.parametrize("odd", [{}, {"tags": 0}], ids=["typed", "tolerant"])
@pytest.mark.parametrize(
    ("assigned", "team", "teammate", "flagged"),
    [
        ({"team_assignee_id": 5, "admin_assignee_id": 7}, "5", "7", False),
        ({"assigned_to": {"type": "admin", "id": 7}, "team_assignee_id": "5"}, "5", "7", False),
        ({"assigned_to": {"type": "team", "id": 5}, "admin_assignee_id": 7}, "5", "7", False),
        ({"assigned_to": {"type": "admin", "id": 8}, "admin_assignee_id": 7, "team_assignee_id": 5}, "5", "8", False),
        ({"assigned_to": {"type": "bot", "id": 9}, "team_assignee_id": 5}, "5", None, False),
        ({"admin_assignee_id": 99, "team_assignee_id": 5}, "5", None, False),
        ({"admin_assignee_id": 7}, "T1", "7", False),
        ({"admin_assignee_id": 7, "team_assignee_id": 0}, "T1", "7", False),
        ({"team_assignee_id": 5}, "5", None, False),
        ({"team_assignee_id": 5, "admin_assignee_id": 0}, "5", None, False),
        ({"assigned_to": {"type": "nobody_admin", "id": None}, "team_assignee_id": 5}, "5", None, False),
        ({"team_assignee_id": 0, "admin_assignee_id": "0"}, None, None, False),
        ({"admin_assignee_id": 0}, None, None, False),
        ({"assigned_to": "Ada"}, "T1", "A", True),
        ({"assigned_to": "8"}, "T1", "A", True),
        ({"assigned_to": '{"type": "admin", "id": "8"}'}, "T1", "A", True),
        ({"assigned_to": ["8"]}, "T1", "A", True),
        ({"assigned_to": True}, "T1", "A", True),
        ({"assigned_to": {"id": "8"}}, "T1", "A", True),
        ({"assigned_to": {"type": "robot", "id": "8"}}, "T1", "A", True),
        ({"assigned_to": "Ada", "admin_assignee_id": 7}, "T1", "7", True),
        ({"assigned_to": ""}, "T1", "A", False),
        ({"assigned_to": {}}, "T1", "A", False),
        ({"assigned_to": []}, "T1", "A", False),
        ({"assigned_to": {"type": "admin", "id": None}}, "T1", "A", False),
    ],
)
def test_a_part_assigns_whom_it_names_and_a_text_is_nobody(
    odd: dict[str, Any], assigned: dict[str, Any], team: str | None, teammate: str | None, *, flagged: bool
) -> None:
    raw = conversation(
        part("O", "assignment", 5, to="T1"),
        part("O", "assignment", 6, to="A"),
        part("O", "assignment", 9) | assigned,
        part("A", "note", 10),
        state="open",
        **odd,
    )
    document = msgspec.to_builtins(reporting_document(parsed(raw, frozenset({"99"})), "w"))
    note = document["actions"][-1]
    assert (note.get("team_id"), note.get("assigned_teammate_id")) == (team, teammate)
    assert document.get("data_quality") == (["assignee_unknown"] if flagged else None)
    assert document["statistics"]["count_assignments"] == 3


@pytest.mark.parametrize("odd", [{}, {"tags": 0}], ids=["typed", "tolerant"])
@pytest.mark.parametrize(
    ("assigned", "assignee"),
    [
        ({"assigned_to": {"type": "bot", "id": 9}}, ("bot", "9", "")),
        ({"assigned_to": {"type": "bot"}}, ("bot", "", "")),
        ({"assigned_to": {"type": "admin", "id": "99"}}, ("bot", "99", "")),
        ({"assigned_to": {"type": "admin", "id": 8}}, ("teammate", "8", "")),
        ({"assigned_to": 8}, ("teammate", "8", "")),
        ({"assigned_to": {"type": "team", "id": 5}}, ("team", "5", "")),
        ({"assigned_to": {"type": "team", "id": 5}, "team_assignee_id": 6}, ("team", "5", "")),
        ({"assigned_to": {"type": "team", "id": 5}, "team_assignee_id": 0}, ("team", "5", "")),
        ({"assigned_to": {"type": "admin", "id": 8}, "team_assignee_id": 6}, ("teammate", "8", "6")),
        ({"team_assignee_id": 6}, ("team", "6", "")),
        ({"team_assignee_id": 0}, ("nobody", "", "")),
        ({"team_assignee_id": "0"}, ("nobody", "", "")),
        ({"admin_assignee_id": "0"}, ("nobody", "", "")),
        ({"assigned_to": {"id": "0"}}, ("nobody", "", "")),
        ({"assigned_to": {"type": "robot", "id": 0}}, ("nobody", "", "")),
        ({"assigned_to": {"type": "team", "id": "0"}}, ("nobody", "", "")),
        ({"assigned_to": 0}, ("nobody", "", "")),
        ({}, None),
    ],
)
def test_an_assignee_has_a_kind_an_id_and_perhaps_a_team_beside_it(
    odd: dict[str, Any], assigned: dict[str, Any], assignee: tuple[str, str, str] | None
) -> None:
    raw = conversation(part("O", "assignment", 5) | assigned, state="open", **odd)
    found = parsed(raw, frozenset({"99"}))
    assert found.events[-1].assignee == assignee
    assert found.data_quality == []


def test_a_team_and_a_teammate_at_once_begin_both_stints_and_name_both() -> None:
    document = document_of(
        conversation(
            part("O", "assignment", 5, to="T1"),
            part("A", "assignment", 10, admin_assignee_id="A", team_assignee_id="T2"),
            part("A", "assignment", 20, admin_assignee_id="A", team_assignee_id="T3"),
            part("A", "comment", 30),
            part("A", "close", 40),
        )
    )
    _, first, second, reply, close = document["actions"]
    assert (first["to_team_id"], first["to_teammate_id"]) == ("T2", "A")
    assert (second["to_team_id"], second["to_teammate_id"]) == ("T3", "A")
    assert (reply["team_first_response_time"], reply["teammate_first_response_time"]) == (10, 20)
    assert (close["team_time_to_close"], close["teammate_time_to_close"]) == (20, 30)
    assert document["handling_time"] == 30
