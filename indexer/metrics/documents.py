"""The reporting document of a conversation, put together from the definitions."""

from indexer.conversation import Conversation, Timeline, timeline_of
from indexer.metrics.actions import actions
from indexer.metrics.bot_inbox import put_bot_inbox
from indexer.metrics.data_quality import MOST_ACTIONS, put_data_quality
from indexer.metrics.derived import (
    participating_team_ids,
    participating_teammate_ids,
    put_derived,
    reassignments_after_first_reply,
)
from indexer.metrics.facts import put_facts
from indexer.metrics.legacy import legacy, legacy_facts
from indexer.metrics.milestones import Milestones
from indexer.metrics.new_pipeline import put_new_pipeline
from indexer.metrics.office_time import OfficeTime
from indexer.metrics.reply_times import reply_times
from indexer.metrics.schema import ReportingDocument, Statistics
from indexer.metrics.sla_outcomes import put_sla_outcomes
from indexer.metrics.states import states_of
from indexer.metrics.statistics import put_statistics
from indexer.office_hours import ALWAYS_OPEN, OfficeHours

METRICS_VERSION = 3
"""Raised with every change of a definition, so that documents of two generations can be told apart."""


def reporting_document(
    conversation: Conversation,
    workspace_id: str,
    office_hours: OfficeHours = ALWAYS_OPEN,
    revision: int | None = None,
    *,
    bots_interrupt: bool = False,
    timeline: Timeline | None = None,
) -> ReportingDocument:
    """The reporting document of one conversation.

    `revision` is the highest revision of its inputs (None without a store); `bots_interrupt` selects the literal rule
    of reply times; `timeline` replaces that of the conversation's events, to find out the numbers if other events
    counted. If the conversation's history is missing, metrics that need it are absent (decision 35).
    """
    if conversation.parts_missing:
        return _without_history(conversation, workspace_id, office_hours, revision)
    timeline = timeline or timeline_of(conversation.events)
    office_time = OfficeTime(office_hours.clock)
    milestones = Milestones(timeline)
    states = states_of(conversation, timeline)
    replies = reply_times(timeline, office_time, bots_interrupt=bots_interrupt)
    participants = participating_teammate_ids(timeline)
    done = actions(timeline, states, replies, office_hours, office_time)
    after = timeline.after
    document = ReportingDocument(
        workspace_id=workspace_id,
        conversation_id=conversation.id,
        revision=revision,
        metrics_version=METRICS_VERSION,
        office_hours_id=office_hours.id,
        created_at=conversation.said.created_at,
        updated_at=conversation.said.updated_at or None,
        teammate_replies_count=len(after.replies),
        reassignments_after_first_reply=reassignments_after_first_reply(timeline),
        closed_on_first_contact=len(after.closes) == 1 and len(participants) == 1,
        participating_teammate_ids=participants,
        participating_team_ids=participating_team_ids(done),
        statistics=Statistics(len(after.reopens), len(after.assignments), conversation.part_count),
        legacy=legacy(conversation, timeline, office_time),
        actions=done,
    )
    attributes = put_facts(document, conversation)
    put_new_pipeline(document, milestones, replies, office_time)
    put_statistics(document, milestones, office_time)
    put_bot_inbox(document, timeline, states, office_time)
    put_derived(document, timeline, milestones, states, office_time)
    put_data_quality(document, conversation, attributes, states, sla_flag=put_sla_outcomes(document, conversation))
    if len(done) > MOST_ACTIONS:
        document.actions = done[:MOST_ACTIONS]
    return document


def _without_history(
    conversation: Conversation, workspace_id: str, office_hours: OfficeHours, revision: int | None
) -> ReportingDocument:
    """The document of a conversation whose parts were not delivered: only its facts."""
    document = ReportingDocument(
        workspace_id=workspace_id,
        conversation_id=conversation.id,
        revision=revision,
        metrics_version=METRICS_VERSION,
        office_hours_id=office_hours.id,
        created_at=conversation.said.created_at,
        updated_at=conversation.said.updated_at or None,
        statistics=Statistics(count_conversation_parts=conversation.part_count or None),
        legacy=legacy_facts(conversation),
    )
    attributes = put_facts(document, conversation)
    put_data_quality(document, conversation, attributes)
    return document
