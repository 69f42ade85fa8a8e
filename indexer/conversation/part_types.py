"""The types of conversation parts and what each one does, as a table.

Source: the vendor's conversation model and the definitions in docs/metrics.md. A type that is not in
the table counts as a part and has no other effect, unless its name says that it assigns or reopens.
"""

from functools import lru_cache
from typing import Literal, get_args

from msgspec import Struct

ActionKind = Literal["reply", "note", "assignment", "close", "reopen", "snooze", "unsnooze"]
"""The kinds of actions; all but `reply` follow from the type of the part."""


class PartType(Struct, frozen=True, gc=False):
    """The effect of a part of this type on the conversation.

    `text` means that a body or an attachment on it is a message, with `text_is_body` only a body; `note` that it is for
    teammates only.
    """

    name: str
    text: bool = False
    text_is_body: bool = False
    note: bool = False
    assignment: bool = False
    close: bool = False
    reopen: bool = False
    snooze: bool = False
    unsnooze: bool = False
    attribute_collected: bool = False
    moves_state: bool = False
    action_kinds: tuple[ActionKind, ...] = ()

    @classmethod
    def of(cls, name: str, **traits: bool) -> "PartType":
        """The type with these traits, and their consequences: its actions, and whether it changes the state."""
        action_kinds = tuple(kind for kind in get_args(ActionKind) if traits.get(kind))
        moves_state = any(kind not in {"note", "assignment"} for kind in action_kinds)
        return cls(name, moves_state=moves_state, action_kinds=action_kinds, **traits)


PART_TYPES = {
    part_type.name: part_type
    for part_type in (
        PartType.of("comment", text=True),
        PartType.of("quick_reply", text=True, text_is_body=True),
        PartType.of("note", note=True),
        PartType.of("note_and_reopen", note=True, reopen=True),
        PartType.of("note_and_unsnooze", note=True, unsnooze=True),
        PartType.of("assignment", text=True, assignment=True),
        PartType.of("default_assignment", assignment=True),
        PartType.of("workflow_assignment", assignment=True),
        PartType.of("message_strategy_assignment", assignment=True),
        PartType.of("balanced_assignment", assignment=True),
        PartType.of("away_mode_assignment", assignment=True),
        PartType.of("assign_and_reopen", text=True, assignment=True, reopen=True),
        PartType.of("assign_and_unsnooze", text=True, assignment=True, unsnooze=True),
        PartType.of("open", text=True, reopen=True),
        PartType.of("close", text=True, close=True),
        PartType.of("snoozed", snooze=True),
        PartType.of("unsnoozed", text=True, unsnooze=True),
        PartType.of("timer_unsnooze", unsnooze=True),
        PartType.of("attribute_collected", attribute_collected=True),
        # Events without an effect on any metric.
        PartType.of("attribute_collector"),
        PartType.of("user_became_idle"),
        PartType.of("resolution_bot_found_no_answer"),
        PartType.of("channel_and_reply_time_expectation"),
        PartType.of("participant"),
        PartType.of("participant_added"),
        PartType.of("participant_removed"),
        PartType.of("conversation_rating_changed"),
        PartType.of("conversation_rating_remark_added"),
        PartType.of("conversation_tags_updated"),
        PartType.of("priority_changed"),
        PartType.of("priority_changed_by_rule"),
        PartType.of("conversation_attribute_updated_by_admin"),
        PartType.of("conversation_attribute_updated_by_user"),
        PartType.of("conversation_attribute_updated_by_workflow"),
        PartType.of("custom_action_started"),
        PartType.of("custom_action_finished"),
        PartType.of("operator_workflow_event"),
        PartType.of("conversation_sla_applied_by_rule"),
        PartType.of("conversation_sla_applied_by_workflow"),
        PartType.of("conversation_sla_removed"),
        PartType.of("conversation_sla_target_missed"),
        PartType.of("conversation_sla_paused"),
        PartType.of("conversation_sla_unpaused"),
        PartType.of("call_summary"),
        PartType.of("language_detection_details"),
        PartType.of("fin_guidance_applied"),
        PartType.of("company_updated"),
        PartType.of("merged_primary_conversation"),
        PartType.of("ticket_state_updated_by_admin"),
        PartType.of("ticket_attribute_updated_by_admin"),
    )
}

SOURCE = PartType.of("source", text=True)
"""The message that started the conversation; it is not a part."""


@lru_cache(maxsize=1024)
def unknown_part_type(name: str) -> PartType:
    """A type that the table does not have, judged by its name alone."""
    return PartType.of(name, assignment="assign" in name, reopen=name.endswith("_and_reopen"))
