"""Fields that can only have certain values: a condition on any other would silently count nothing."""

from collections.abc import Mapping
from typing import get_args

from indexer.conversation.part_types import ActionKind

CLOSED: Mapping[str, Mapping[str, frozenset[str]]] = {
    "conversations": {
        "state": frozenset({"open", "closed", "snoozed"}),
        "started_by": frozenset({"customer", "reply"}),
        "sla.status": frozenset({"hit", "missed", "active", "cancelled"}),
        "actions.kind": frozenset(get_args(ActionKind)),
        "actions.sla_outcome": frozenset({"hit", "missed"}),
        "actions.sla_target": frozenset({"first_reply_time", "next_reply_time"}),
    },
    "calls": {
        "direction": frozenset({"inbound", "outbound"}),
        "outcome": frozenset(
            {
                "answered",
                "abandoned_routing",
                "abandoned_in_queue",
                "abandoned_on_hold",
                "abandoned_in_voicemail",
                "voicemail_left",
            }
        ),
    },
    "teammate_statuses": {"status": frozenset({"active", "away", "away_reassign"})},
}
"""By dataset and field, the values that there are."""
