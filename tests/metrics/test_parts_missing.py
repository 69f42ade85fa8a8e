"""A record without its parts has the facts alone."""

from typing import Any

import pytest

from indexer.metrics import METRICS_VERSION, reporting_document
from tests.builders import conversation, document_of, parsed

TIME = 1_709_588_400


@pytest.mark.parametrize("more", [{}, {"statistics": {"count_conversation_parts": 7}}, {"total_count": 7}])
def test_without_its_parts_a_conversation_has_its_facts_alone(more: dict[str, Any]) -> None:
    raw = {"type": "conversation", "id": "9", "created_at": TIME, "state": "closed", "source": conversation()["source"]}
    document = document_of(raw | more)
    assert document == {
        "workspace_id": "w",
        "conversation_id": "9",
        "metrics_version": METRICS_VERSION,
        "office_hours_id": "24/7",
        "created_at": TIME,
        "state": "closed",
        "channel": "conversation",
        "delivered_as": "customer_initiated",
        "statistics": {"count_conversation_parts": 7} if "statistics" in more else {},
        "legacy": {"conversation_created_at": TIME, "thread_created_at": TIME, "message_type": "UserMessage"},
        "data_quality": ["parts_missing"],
    }


def test_without_its_parts_a_document_has_its_version_all_the_same() -> None:
    raw = {"type": "conversation", "id": "9", "created_at": TIME, "updated_at": TIME + 5}
    document = reporting_document(parsed(raw), "w", revision=7)
    assert (document.revision, document.updated_at) == (7, TIME + 5)


@pytest.mark.parametrize("parts", [None, [], {}, {"conversation_parts": None, "total_count": 0}])
def test_a_history_that_is_given_and_empty_is_a_history(parts: object) -> None:
    raw = {"id": "9", "created_at": TIME, "conversation_parts": parts, "source": conversation()["source"]}
    document = document_of(raw)
    assert (document["started_at"], document["teammate_replies_count"], document["actions"]) == (TIME, 0, [])
    assert "data_quality" not in document
