"""The columns of an export of conversations: their names, where each is found, and what it says."""

import enum
from collections.abc import Collection
from dataclasses import dataclass

from indexer.errors import OperatorError


class Kind(enum.StrEnum):
    """How a value is written in a cell."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    BOOLEAN = "boolean"
    LIST = "list"


class Pipeline(enum.StrEnum):
    """Whose metrics can be added to an export."""

    NEW = "new"
    REST = "rest"
    LEGACY = "legacy"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, the document's field (dotted), its kind, and a description for readers.

    A path that begins with `@` is what an export looks up beside the documents.
    """

    name: str
    path: str
    kind: Kind
    about: str


_TEXT, _NUMBER, _TIME, _BOOLEAN, _LIST = Kind

MESSAGE_ID, TEAM, TEAMMATE, RATED_TEAMMATE = "@message_id", "@team", "@teammate", "@rating_teammate"

BASE = (
    Column("thread_created_at", "legacy.thread_created_at", _TIME, "when the thread began; the frame is about it"),
    Column("message_id", MESSAGE_ID, _TEXT, "the thread's message, as the conversation's source names it"),
    Column("message_type", "legacy.message_type", _TEXT, "UserMessage, AdminMessage, Campaign, Automated or Operator"),
    Column("conversation_id", "conversation_id", _TEXT, "the conversation that is linked to the thread"),
    Column("conversation_created_at", "created_at", _TIME, "when the conversation was created"),
    Column("conversation_updated_at", "updated_at", _TIME, "when it last changed"),
    Column("title", "title", _TEXT, "its title, or the subject of its first message"),
    Column("state", "state", _TEXT, "open, closed or snoozed"),
    Column("priority", "priority", _TEXT, "its priority"),
    Column("channel", "channel", _TEXT, "where it takes place, such as email"),
    Column("delivered_as", "delivered_as", _TEXT, "who began it, in the vendor's words"),
    Column("team_id", "team_assigned_id", _TEXT, "the team that it is assigned to"),
    Column("team", TEAM, _TEXT, "the name of that team, where it is known"),
    Column("teammate_id", "teammate_assigned_id", _TEXT, "the teammate that it is assigned to"),
    Column("teammate", TEAMMATE, _TEXT, "the name of that teammate, where it is known"),
    Column("tags", "tags", _LIST, "the names of its tags"),
    Column("contact_ids", "contact_ids", _LIST, "its contacts"),
    Column("company_ids", "company_ids", _LIST, "its companies"),
    Column("country", "country", _TEXT, "the contact's country"),
    Column("continent", "continent", _TEXT, "the contact's continent"),
    Column("rating", "rating.score", _NUMBER, "the customer's rating, 1 to 5"),
    Column("rating_remark", "rating.remark", _TEXT, "what the customer wrote with the rating"),
    Column("rated_at", "rating.rated_at", _TIME, "when the rating was given"),
    Column("rating_teammate_id", "rating.teammate_id", _TEXT, "the teammate whom the rating is about"),
    Column("rating_teammate", RATED_TEAMMATE, _TEXT, "the name of that teammate, where it is known"),
    Column("sla", "sla.name", _TEXT, "the name of the SLA applied"),
    Column("sla_status", "sla.status", _TEXT, "hit, missed, cancelled or active"),
    Column("ai_participated", "ai.participated", _BOOLEAN, "whether the AI agent took part"),
    Column("ai_resolution_state", "ai.resolution_state", _TEXT, "what became of the AI agent's answer"),
    Column("data_quality", "data_quality", _LIST, "what to know before trusting the row; see metrics.md"),
)
"""The columns of every export."""

_Row = tuple[str, Kind, str]


def _twice(name: str, about: str, kind: Kind = _NUMBER) -> tuple[_Row, _Row]:
    """A duration: elapsed, and within office hours."""
    return (name, kind, f"{about}, in seconds"), (f"{name}_ooo", kind, f"{about}, in seconds within office hours")


_NEW: tuple[_Row, ...] = (
    ("started_at", _TIME, "the anchor: the first message of a contact"),
    ("started_by", _TEXT, "customer, or reply where it began with the answer to a message of ours"),
    ("first_response_at", _TIME, "first reply by a teammate after the anchor"),
    ("last_closed_at", _TIME, "last close after the anchor, by anybody"),
    ("last_closed_by_human_at", _TIME, "last close after the anchor by a teammate"),
    *_twice("first_response_time", "from the anchor to the first reply"),
    *_twice("time_to_last_close", "from the anchor to the last close"),
    *_twice("time_to_last_close_by_human", "from the anchor to the last close by a teammate"),
    *_twice("reply_times", "the time to each reply that answers, in order", _LIST),
    *_twice("median_reply_time", "the median of the reply times"),
    ("bot_inbox", _BOOLEAN, "whether a bot had the conversation first"),
    *_twice("bot_inbox_time", "from the anchor to the hand-over from a bot to people"),
    *_twice("first_response_time_without_bot", "the first response time without the time with a bot"),
    *_twice("handling_time", "open, not snoozed and assigned to a teammate"),
    *_twice("first_assignment_to_close", "from the first assignment to a teammate to the last close"),
    *_twice("assignment_before_reply_to_close", "from the assignment that the first reply met to the last close"),
    ("waiting_since", _TIME, "since when the customer waits for a reply"),
    ("reassignments_after_first_reply", _NUMBER, "assignments later than the first reply"),
    ("teammate_replies_count", _NUMBER, "replies by teammates after the anchor"),
    ("replies_to_close", _NUMBER, "those of them up to the last close"),
    ("closed_on_first_contact", _BOOLEAN, "closed once, with one teammate taking part"),
    ("participating_teammate_ids", _LIST, "the teammates who replied, in order of appearance"),
    ("participating_team_ids", _LIST, "the teams that replied, in order of appearance"),
)

_REST: tuple[_Row, ...] = (
    ("first_contact_reply_at", _TIME, "the anchor: the first message of a contact"),
    ("first_assignment_at", _TIME, "first assignment after the anchor"),
    ("first_admin_reply_at", _TIME, "first reply after the anchor"),
    ("first_close_at", _TIME, "first close after the anchor"),
    ("last_assignment_at", _TIME, "last assignment after the anchor"),
    ("last_assignment_admin_reply_at", _TIME, "last assignment up to and including the first reply"),
    ("last_contact_reply_at", _TIME, "latest message of a contact"),
    ("last_admin_reply_at", _TIME, "last reply after the anchor"),
    ("last_close_at", _TIME, "last close after the anchor"),
    ("last_closed_by_id", _TEXT, "the last teammate who closed it"),
    ("count_reopens", _NUMBER, "how often it was reopened after the anchor"),
    ("count_assignments", _NUMBER, "how often it was assigned after the anchor"),
    ("count_conversation_parts", _NUMBER, "how many parts it has, without the source"),
    ("time_to_assignment", _NUMBER, "from the anchor to that assignment, in seconds within office hours"),
    ("time_to_admin_reply", _NUMBER, "from the anchor to the first reply, in seconds within office hours"),
    ("time_to_first_close", _NUMBER, "from the anchor to the first close, in seconds within office hours"),
    ("time_to_last_close", _NUMBER, "from the anchor to the last close, in seconds within office hours"),
    ("median_time_to_reply", _NUMBER, "the median of the reply times, in seconds within office hours"),
    ("reply_times", _LIST, "the time to each reply that answers, in seconds within office hours"),
)

_LEGACY: tuple[_Row, ...] = (
    ("first_user_reply_at", _TIME, "first message of a contact that is not the source"),
    ("first_admin_reply_at", _TIME, "first reply anywhere"),
    ("first_assignment_at", _TIME, "first assignment anywhere"),
    ("last_assignment_at", _TIME, "last assignment anywhere"),
    ("first_close_at", _TIME, "first close anywhere"),
    ("last_close_at", _TIME, "last close anywhere"),
    ("count_reopens", _NUMBER, "how often it was reopened"),
    ("count_assignments", _NUMBER, "how often it was assigned"),
    *_twice("time_to_first_assignment", "from the conversation's creation to the first assignment"),
    *_twice("time_to_admin_reply", "from the conversation's creation to the first reply"),
    *_twice("time_to_first_close", "from the conversation's creation to the first close"),
    *_twice("time_to_last_close", "from the conversation's creation to the last close"),
)


def _columns(pipeline: Pipeline, prefix: str, rows: tuple[_Row, ...]) -> tuple[Column, ...]:
    return tuple(Column(f"{pipeline}_{name}", prefix + name, kind, about) for name, kind, about in rows)


METRICS = {
    Pipeline.NEW: _columns(Pipeline.NEW, "", _NEW),
    Pipeline.REST: _columns(Pipeline.REST, "statistics.", _REST),
    Pipeline.LEGACY: _columns(Pipeline.LEGACY, "legacy.", _LEGACY),
}
"""The columns that a pipeline adds; each begins with its name."""


def read_pipelines(written: str) -> tuple[Pipeline, ...]:
    """The pipelines out of `new,rest`, `all` or nothing, in their fixed order; raises `OperatorError`."""
    asked = {name.strip() for name in written.split(",") if name.strip()}
    if asked == {"all"}:
        return tuple(Pipeline)
    if unknown := sorted(asked - set(Pipeline)):
        raise OperatorError(f"there is no pipeline {unknown[0]!r}", f"choose from {', '.join(Pipeline)}, or all")
    return tuple(one for one in Pipeline if one in asked)


def columns_of(pipelines: Collection[Pipeline]) -> list[Column]:
    """The columns of an export with the metrics of these pipelines."""
    return [*BASE, *(column for one in Pipeline if one in pipelines for column in METRICS[one])]


def source_fields(columns: Collection[Column]) -> list[str]:
    """The fields of the documents that such an export needs."""
    return [column.path for column in columns if not column.path.startswith("@")]


def columns_table(columns: Collection[Column]) -> str:
    """The columns as a table in Markdown, as the documentation has it."""
    rows = [f"| `{column.name}` | {column.kind} | {column.about} |\n" for column in columns]
    return "| column | kind | meaning |\n| --- | --- | --- |\n" + "".join(rows)
