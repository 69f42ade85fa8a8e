"""The columns of an export of conversations: their names, where each is found, and what it says."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from indexer.datasets.conversation_fields import FIELDS, GROUPS
from indexer.datasets.field import PIPELINES, Cell, Field, Group, Pipeline
from indexer.errors import OperatorError


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, the document's field (dotted), its kind, and a description for readers.

    A path that begins with `@` is that of a value from the store.
    """

    name: str
    path: str
    kind: Cell
    about: str


MESSAGE_ID, TEAM, TEAMMATE, RATED_TEAMMATE = "@message_id", "@team", "@teammate", "@rating_teammate"


def _column(name: str, field: Field) -> Column:
    """The column of a field, described by the field's rule."""
    if field.type.cell is None:
        raise ValueError(f"{field.path} has no values that fit into a cell")
    about = f"{field.rule} In seconds." if field.clock is not None else field.rule
    return Column(name, field.path, field.type.cell, about)


def _base(name: str, path: str | None = None) -> Column:
    """The column of a field; the path is given if it is not the column's name."""
    return _column(name, FIELDS[path or name])


BASE = (
    _base("thread_created_at", "legacy.thread_created_at"),
    Column("message_id", MESSAGE_ID, "text", "The id of the message that started the thread, as delivered."),
    _base("message_type", "legacy.message_type"),
    _base("conversation_id"),
    _base("conversation_created_at", "created_at"),
    _base("conversation_updated_at", "updated_at"),
    _base("title"),
    _base("state"),
    _base("priority"),
    _base("channel"),
    _base("delivered_as"),
    _base("team_id", "team_assigned_id"),
    Column("team", TEAM, "text", "The name of the team that is assigned now, if it is known."),
    _base("teammate_id", "teammate_assigned_id"),
    Column("teammate", TEAMMATE, "text", "The name of the teammate who is assigned now, if it is known."),
    _base("tags"),
    _base("contact_ids"),
    _base("company_ids"),
    _base("country"),
    _base("continent"),
    _base("rating", "rating.score"),
    _base("rating_remark", "rating.remark"),
    _base("rated_at", "rating.rated_at"),
    _base("rating_teammate_id", "rating.teammate_id"),
    Column("rating_teammate", RATED_TEAMMATE, "text", "The name of the teammate that the rating is about, if known."),
    _base("sla", "sla.name"),
    _base("sla_status", "sla.status"),
    _base("ai_participated", "ai.participated"),
    _base("ai_resolution_state", "ai.resolution_state"),
    _base("data_quality"),
)
"""The columns of every export."""


def metric_columns(pipeline: Pipeline, groups: Sequence[Group]) -> tuple[Column, ...]:
    """A column for each field of the pipeline that has one value and is not in every export."""
    everywhere = {column.path for column in BASE}
    return tuple(
        _column(f"{pipeline}_{field.name}", field)
        for group in groups
        if group.pipeline == pipeline and not group.whole
        for field in group.fields
        if field.exported and field.type.cell is not None and field.path not in everywhere
    )


METRICS = {pipeline: metric_columns(pipeline, GROUPS) for pipeline in PIPELINES}
"""The columns that a pipeline adds; each begins with its name."""


def read_pipelines(written: str) -> tuple[Pipeline, ...]:
    """The pipelines out of `new,rest`, `all` or nothing, in their fixed order; raises `OperatorError`."""
    asked = {name.strip() for name in written.split(",") if name.strip()}
    if asked == {"all"}:
        return PIPELINES
    if unknown := sorted(asked - set(PIPELINES)):
        raise OperatorError(f"there is no pipeline {unknown[0]!r}", f"choose from {', '.join(PIPELINES)}, or all")
    return tuple(one for one in PIPELINES if one in asked)


def columns_of(pipelines: Collection[Pipeline]) -> list[Column]:
    """The columns of an export with the metrics of these pipelines."""
    return [*BASE, *(column for one in PIPELINES if one in pipelines for column in METRICS[one])]


def source_fields(columns: Collection[Column]) -> list[str]:
    """The fields of the documents that such an export needs."""
    return [column.path for column in columns if not column.path.startswith("@")]
