"""The types of conversation parts and what each one does, as a table.

Source: the vendor's conversation model and the definitions in docs/metrics.md. A type that is not in
the table counts as a part and has no other effect, unless its name says that it assigns or reopens.
"""

from functools import lru_cache
from typing import Final, Literal

ActionKind = Literal["reply", "note", "assignment", "close", "reopen", "snooze", "unsnooze"]
"""The kinds of actions; all but `reply` follow from the type of the part."""


class PartType:
    """The effect of a part of this type on the conversation.

    `text` means that a body or an attachment on it is a message, with `text_is_body` only a body; `note` that it is for
    teammates only. `moves_state` says whether it changes the state; `action_kinds` are the actions that it is, and
    `reply_kinds` the same if it is a reply as well.
    """

    def __init__(
        self,
        name: str,
        *,
        text: bool = False,
        text_is_body: bool = False,
        note: bool = False,
        assignment: bool = False,
        close: bool = False,
        reopen: bool = False,
        snooze: bool = False,
        unsnooze: bool = False,
        attribute_collected: bool = False,
    ) -> None:
        """A type with these traits."""
        self.name: Final = name
        self.text: Final = text
        self.text_is_body: Final = text_is_body
        self.note: Final = note
        self.assignment: Final = assignment
        self.close: Final = close
        self.reopen: Final = reopen
        self.snooze: Final = snooze
        self.unsnooze: Final = unsnooze
        self.attribute_collected: Final = attribute_collected
        self.moves_state: Final = close or reopen or snooze or unsnooze
        traits: dict[ActionKind, bool] = {
            "note": note,
            "assignment": assignment,
            "close": close,
            "reopen": reopen,
            "snooze": snooze,
            "unsnooze": unsnooze,
        }
        action_kinds = tuple(kind for kind, given in traits.items() if given)
        self.action_kinds: Final[tuple[ActionKind, ...]] = action_kinds
        self.reply_kinds: Final[tuple[ActionKind, ...]] = ("reply", *action_kinds)


PART_TYPES: Final = {
    part_type.name: part_type
    for part_type in (
        PartType("comment", text=True),
        PartType("quick_reply", text=True, text_is_body=True),
        PartType("note", note=True),
        PartType("note_and_reopen", note=True, reopen=True),
        PartType("note_and_unsnooze", note=True, unsnooze=True),
        PartType("assignment", text=True, assignment=True),
        PartType("default_assignment", assignment=True),
        PartType("workflow_assignment", assignment=True),
        PartType("message_strategy_assignment", assignment=True),
        PartType("balanced_assignment", assignment=True),
        PartType("away_mode_assignment", assignment=True),
        PartType("assign_and_reopen", text=True, assignment=True, reopen=True),
        PartType("assign_and_unsnooze", text=True, assignment=True, unsnooze=True),
        PartType("open", text=True, reopen=True),
        PartType("close", text=True, close=True),
        PartType("snoozed", snooze=True),
        PartType("unsnoozed", text=True, unsnooze=True),
        PartType("timer_unsnooze", unsnooze=True),
        PartType("attribute_collected", attribute_collected=True),
        # Events without an effect on any metric.
        PartType("attribute_collector"),
        PartType("user_became_idle"),
        PartType("resolution_bot_found_no_answer"),
        PartType("channel_and_reply_time_expectation"),
        PartType("participant"),
        PartType("participant_added"),
        PartType("participant_removed"),
        PartType("conversation_rating_changed"),
        PartType("conversation_rating_remark_added"),
        PartType("conversation_tags_updated"),
        PartType("priority_changed"),
        PartType("priority_changed_by_rule"),
        PartType("conversation_attribute_updated_by_admin"),
        PartType("conversation_attribute_updated_by_user"),
        PartType("conversation_attribute_updated_by_workflow"),
        PartType("custom_action_started"),
        PartType("custom_action_finished"),
        PartType("operator_workflow_event"),
        PartType("conversation_sla_applied_by_rule"),
        PartType("conversation_sla_applied_by_workflow"),
        PartType("conversation_sla_removed"),
        PartType("conversation_sla_target_missed"),
        PartType("conversation_sla_paused"),
        PartType("conversation_sla_unpaused"),
        PartType("call_summary"),
        PartType("language_detection_details"),
        PartType("fin_guidance_applied"),
        PartType("company_updated"),
        PartType("merged_primary_conversation"),
        PartType("ticket_state_updated_by_admin"),
        PartType("ticket_attribute_updated_by_admin"),
    )
}

SOURCE: Final = PartType("source", text=True)
"""The message that started the conversation; it is not a part."""


@lru_cache(maxsize=1024)
def unknown_part_type(name: str) -> PartType:
    """A type that the table does not have, judged by its name alone."""
    return PartType(name, assignment="assign" in name, reopen=name.endswith("_and_reopen"))
