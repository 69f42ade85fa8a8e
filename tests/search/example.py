"""A reporting document in which every field of the catalogue has a value."""

from typing import Any

from indexer.datasets.conversation_fields import GROUPS

DAY = 86_400
T = 1_709_588_400

_BY_MAPPED_TYPE: dict[str, Any] = {"date": T, "long": 60, "boolean": True, "keyword": "a", "text": "a"}


def any_values(object_: str) -> dict[str, Any]:
    """Some value for each field of an object of the document, by its name."""
    values = {}
    for field in (field for group in GROUPS if group.object == object_ for field in group.fields):
        value = _BY_MAPPED_TYPE.get(field.type.mapping["type"])
        values[field.name] = [value] if field.type.cell == "list" else value
    return values


def example() -> dict[str, Any]:
    return any_values("") | {
        "workspace_id": "w",
        "conversation_id": "1",
        "revision": 9_007_199_254_740_993,
        "metrics_version": 2,
        "office_hours_id": "5a0c",
        "title": "Cannot log in",
        "state": "closed",
        "channel": "email",
        "delivered_as": "customer_initiated",
        "created_at": T,
        "updated_at": T + DAY,
        "priority": "high",
        "team_assigned_id": "t1",
        "teammate_assigned_id": "a",
        "tags": ["billing", "urgent"],
        "contact_ids": ["c1"],
        "company_ids": ["k1", "k2"],
        "country": "Brazil",
        "continent": "SA",
        "custom": {"plan": "gold", "seats": 12, "trial": False, "place": {"floor": 3}},
        "started_at": T,
        "started_by": "customer",
        "first_response_at": T + 60,
        "last_closed_at": T + DAY,
        "last_closed_by_human_at": T + DAY,
        "reply_times": [60, 750],
        "reply_times_ooo": [60, 750],
        "bot_inbox": True,
        "waiting_since": T + 120,
        "reassignments_after_first_reply": 1,
        "teammate_replies_count": 3,
        "replies_to_close": 3,
        "closed_on_first_contact": False,
        "participating_teammate_ids": ["a", "b"],
        "participating_team_ids": ["t1"],
        "statistics": any_values("statistics")
        | {
            "first_contact_reply_at": T,
            "first_assignment_at": T + 10,
            "first_admin_reply_at": T + 60,
            "first_close_at": T + 900,
            "last_assignment_at": T + 1000,
            "last_assignment_admin_reply_at": T + 10,
            "last_contact_reply_at": T + 120,
            "last_admin_reply_at": T + 870,
            "last_close_at": T + DAY,
            "last_closed_by_id": "b",
            "count_reopens": 1,
            "count_assignments": 2,
            "count_conversation_parts": 11,
            "time_to_assignment": 10,
            "time_to_admin_reply": 60,
            "time_to_first_close": 900,
            "time_to_last_close": DAY,
            "median_time_to_reply": 405,
            "reply_times": [60, 750],
        },
        "legacy": any_values("legacy")
        | {
            "conversation_created_at": T,
            "thread_created_at": T,
            "message_type": "UserMessage",
            "first_user_reply_at": T + 120,
            "first_admin_reply_at": T + 60,
            "first_assignment_at": T + 10,
            "last_assignment_at": T + 1000,
            "first_close_at": T + 900,
            "last_close_at": T + DAY,
            "count_reopens": 1,
            "count_assignments": 2,
        },
        "actions": [
            any_values("actions")
            | {
                "at": T + 60,
                "kind": "reply",
                "part_id": "11",
                "teammate_id": "a",
                "bot": False,
                "team_id": "t1",
                "assigned_teammate_id": "a",
                "to_team_id": "t2",
                "to_teammate_id": "b",
                "first_response": True,
                "sla_target": "first_reply_time",
                "sla_outcome": "missed",
            },
            {"at": T + 900, "kind": "close", "bot": True},
        ],
        "open_during": [{"gte": T, "lt": T + 900}, {"gte": T + 1000}],
        "snoozed_during": [{"gte": T + 20, "lt": T + 50}],
        "rating": any_values("rating")
        | {
            "score": 5,
            "remark": "Quick and kind",
            "requested_at": T + 900,
            "rated_at": T + 950,
            "teammate_id": "b",
        },
        "sla": any_values("sla") | {"name": "Gold", "status": "missed", "missed_targets": ["first_reply_time"]},
        "ai": any_values("ai")
        | {
            "participated": True,
            "source_type": "workflow",
            "source_title": "Triage",
            "last_answer_type": "ai_answer",
            "resolution_state": "escalated",
            "rating": 2,
            "rating_remark": "It did not understand me",
            "created_at": T + 5,
            "updated_at": T + 9,
        },
        "data_quality": ["clock_skew", "parts_truncated"],
    }
