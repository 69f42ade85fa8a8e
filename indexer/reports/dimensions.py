"""What reports can be grouped and filtered by: the words that people use, and the fields they stand for."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

CUSTOM = "custom."
"""The beginning of the names of a conversation's own attributes."""
CUSTOM_ANY = "custom.<name>"

Kind = Literal["text", "number", "boolean"]


class Dimension(NamedTuple):
    """A word for a field.

    `several`: a conversation can have more than one value, and then counts once under each when grouped.
    `kind` is what its values are; only numbers have an order. `of_action`: the field is one of the action, not of
    the conversation, and is asked of the very action that counts.
    """

    name: str
    field: str
    several: bool = False
    kind: Kind = "text"
    of_action: bool = False

    @property
    def mapped_field(self) -> str:
        """The field as the mapping has it; custom attributes are all in one flattened field."""
        return CUSTOM.rstrip(".") if self.field.startswith(CUSTOM) else self.field


def _table(*dimensions: Dimension) -> Mapping[str, Dimension]:
    return {dimension.name: dimension for dimension in dimensions}


_CONVERSATIONS = _table(
    Dimension("channel", "channel"),
    Dimension("country", "country"),
    Dimension("continent", "continent"),
    Dimension("tag", "tags", several=True),
    Dimension("team", "team_assigned_id"),
    Dimension("team_assigned", "team_assigned_id"),
    Dimension("team_participated", "participating_team_ids", several=True),
    Dimension("teammate", "teammate_assigned_id"),
    Dimension("teammate_assigned", "teammate_assigned_id"),
    Dimension("teammate_participated", "participating_teammate_ids", several=True),
    Dimension("company", "company_ids", several=True),
    Dimension("delivered_as", "delivered_as"),
    Dimension("started_by", "started_by"),
    Dimension("message_type", "legacy.message_type"),
    Dimension("state", "state"),
    Dimension("priority", "priority"),
    Dimension("rating", "rating.score", kind="number"),
    Dimension("rating_teammate", "rating.teammate_id"),
    Dimension("closed_by", "statistics.last_closed_by_id"),
    Dimension("sla", "sla.name"),
    Dimension("sla_status", "sla.status"),
    Dimension("sla_target", "sla.missed_targets", several=True),
    Dimension("ai_participated", "ai.participated", kind="boolean"),
    Dimension("ai_source", "ai.source_type"),
    Dimension("ai_answer", "ai.last_answer_type"),
    Dimension("ai_resolution", "ai.resolution_state"),
    Dimension("bot_inbox", "bot_inbox", kind="boolean"),
)

# Here a word means the action that counts: its author, and the team in force at that moment.
_ACTIONS = _table(
    Dimension("teammate", "actions.teammate_id", several=True, of_action=True),
    Dimension("team", "actions.team_id", several=True, of_action=True),
    Dimension("assigned_teammate", "actions.assigned_teammate_id", several=True, of_action=True),
    Dimension("to_team", "actions.to_team_id", several=True, of_action=True),
    Dimension("to_teammate", "actions.to_teammate_id", several=True, of_action=True),
    Dimension("target", "actions.sla_target", several=True, of_action=True),
    Dimension("bot", "actions.bot", several=True, kind="boolean", of_action=True),
    Dimension("outcome", "actions.sla_outcome", several=True, of_action=True),
)

_CALLS = _table(
    Dimension("teammate", "teammate_id"),
    Dimension("team", "team_id"),
    Dimension("direction", "direction"),
    Dimension("state", "state"),
    Dimension("outcome", "outcome"),
    Dimension("call_type", "call_type"),
    Dimension("ended_reason", "ended_reason"),
    Dimension("in_office_hours", "in_office_hours", kind="boolean"),
)

_TEAMMATE_STATUSES = _table(
    Dimension("teammate", "teammate_id"),
    Dimension("status", "status"),
    Dimension("reason", "reason"),
)

_TABLES: Mapping[tuple[str, bool], Mapping[str, Dimension]] = {
    ("conversations", False): _CONVERSATIONS,
    ("conversations", True): {**_CONVERSATIONS, **_ACTIONS},
    ("calls", False): _CALLS,
    ("teammate_statuses", False): _TEAMMATE_STATUSES,
}
"""The words of each dataset, for reports on its documents and for those on actions."""


def vocabulary(dataset: str, *, actions: bool = False) -> list[str]:
    """Every word that the reports of a dataset know, to be shown to people."""
    names = list(_TABLES[dataset, actions])
    return [*names, CUSTOM_ANY] if dataset == "conversations" else names


def find_dimension(name: str, dataset: str = "conversations", *, actions: bool = False) -> Dimension | None:
    """The dimension of a word; `custom.<name>` is an attribute of the conversation by its own name."""
    if dataset == "conversations" and name.startswith(CUSTOM) and name != CUSTOM:
        return Dimension(name, name, several=True)
    return _TABLES[dataset, actions].get(name)


def datasets() -> set[str]:
    """The datasets whose reports have words to be grouped by."""
    return {dataset for dataset, _ in _TABLES}
