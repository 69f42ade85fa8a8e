"""A report for tests, and the mapping that it is checked against."""

from typing import Any

from indexer.answers.catalogue import vocabulary_of
from indexer.reports import Definition, read_definition

VOCABULARY = vocabulary_of("conversations")

FIELDS = {
    "workspace_id": "keyword",
    "channel": "keyword",
    "country": "keyword",
    "tags": "keyword",
    "team_assigned_id": "keyword",
    "custom": "flattened",
    "created_at": "date",
    "reassignments_after_first_reply": "integer",
    "remark": "text",
    "bot_inbox": "boolean",
    "open_during": "date_range",
    "actions": "nested",
    "actions.at": "date",
    "actions.kind": "keyword",
    "actions.team_id": "keyword",
    "actions.response_time": "long",
    "actions.response_time_ooo": "long",
}


def content(**other: Any) -> dict[str, Any]:
    """A decoded file, with other values for some keys."""
    return {
        "name": "opened",
        "title": "Opened conversations",
        "category": "conversations",
        "pipeline": "new",
        "about": "Conversations on the day they were opened.",
        "unit": "conversations",
        "axis": "created_at",
        "where": {"channel": ["email", "chat"], "reassignments_after_first_reply": 0},
        "value": {"count": "conversations"},
        "group_by": ["channel", "tag", "team", "custom.plan"],
        **other,
    }


def definition(**other: Any) -> Definition:
    return read_definition("queries/conversations/opened.yaml", VOCABULARY, content(**other), FIELDS)
