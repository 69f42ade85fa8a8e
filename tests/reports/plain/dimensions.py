"""The words for grouping and filtering, and the fields they mean on a conversation and on one of its actions."""

from tests.reports.plain.items import Item
from tests.reports.plain.reading import text, values

OF_CONVERSATIONS = {
    "channel": "channel",
    "country": "country",
    "continent": "continent",
    "tag": "tags",
    "team": "team_assigned_id",
    "team_assigned": "team_assigned_id",
    "team_participated": "participating_team_ids",
    "teammate": "teammate_assigned_id",
    "teammate_assigned": "teammate_assigned_id",
    "teammate_participated": "participating_teammate_ids",
    "company": "company_ids",
    "delivered_as": "delivered_as",
    "started_by": "started_by",
    "message_type": "legacy.message_type",
    "state": "state",
    "priority": "priority",
    "rating": "rating.score",
    "rating_teammate": "rating.teammate_id",
    "closed_by": "statistics.last_closed_by_id",
    "sla": "sla.name",
    "sla_status": "sla.status",
    "sla_target": "sla.missed_targets",
    "ai_participated": "ai.participated",
    "ai_source": "ai.source_type",
    "ai_answer": "ai.last_answer_type",
    "ai_resolution": "ai.resolution_state",
    "bot_inbox": "bot_inbox",
}

OF_ACTIONS = {
    "teammate": "teammate_id",
    "team": "team_id",
    "assigned_teammate": "assigned_teammate_id",
    "to_team": "to_team_id",
    "to_teammate": "to_teammate_id",
    "target": "sla_target",
    "bot": "bot",
    "outcome": "sla_outcome",
}


def values_of(name: str, item: Item) -> list[object]:
    """What an item has of a dimension: of an action's own ones what the action has, of others the conversation's."""
    action = item.action or item.named
    if action is not None and name in OF_ACTIONS:
        return values(action, OF_ACTIONS[name])
    if name.startswith("custom."):
        return custom(item, name.removeprefix("custom."))
    return values(item.document, OF_CONVERSATIONS[name])


def custom(item: Item, name: str) -> list[object]:
    """The values of a custom attribute, whose name may have dots of its own."""
    return values({"attribute": (item.document.get("custom") or {}).get(name)}, "attribute")


def groups_of(name: str, item: Item) -> list[str | None]:
    """The groups that an item counts in, each once: one without a name if it has no value."""
    return list(dict.fromkeys(text(value) for value in values_of(name, item))) or [None]
