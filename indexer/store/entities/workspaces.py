"""Workspaces: the settings that all documents of a workspace are computed with, and the zone of its reports."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Text, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from indexer.datasets.registry import datasets
from indexer.errors import OperatorError, Refused
from indexer.keys import LONGEST_WORKSPACE, is_name, is_text, is_usable_name
from indexer.office_hours import parse_office_hours
from indexer.store.entities.revision_locks import hold_workspace
from indexer.store.queue.changes import mark_workspace_changed
from indexer.store.schema import conversations, records, revision, workspaces


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace's settings; without a row in the store, the defaults.

    `time_zone` decides when the days of reports begin, and changes no document. `office_hours` is the schedule's JSON
    as it was given, None for around the clock; `bot_admin_ids` are the teammates that count as bots. Documents
    are computed with these two, and `revision` is the number of their last change, 0 before the first.
    """

    workspace_id: str
    time_zone: str = "UTC"
    office_hours: dict[str, Any] | None = None
    bot_admin_ids: tuple[str, ...] = ()
    revision: int = 0
    updated_at: datetime | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.time_zone)

    def computes_as(self, other: "Workspace") -> bool:
        """Whether documents are the same with the settings of the other workspace."""
        same_bots = set(self.bot_admin_ids) == set(other.bot_admin_ids)
        return same_bots and _mean_the_same(self.office_hours, other.office_hours)


class SavedWorkspace(NamedTuple):
    """The workspace as saved, and how many of its conversations and records became due by that."""

    workspace: Workspace
    marked: int


_OF_IDS = select(workspaces).where(workspaces.c.workspace_id == any_(bindparam("ids", type_=ARRAY(Text))))

_ZONES_OF_IDS = _OF_IDS.with_only_columns(workspaces.c.workspace_id, workspaces.c.time_zone)


def read_workspaces(connection: Connection, workspace_ids: Collection[str]) -> dict[str, Workspace]:
    """The settings of each of these workspaces, in one query."""
    rows = connection.execute(_OF_IDS, {"ids": list(workspace_ids)}).all()
    found = {row.workspace_id: _from_row(row) for row in rows}
    return {key: found.get(key) or Workspace(key) for key in workspace_ids}


def get_workspace(connection: Connection, workspace_id: str) -> Workspace:
    """The settings of a workspace."""
    return read_workspaces(connection, [workspace_id])[workspace_id]


def read_time_zones(connection: Connection, workspace_ids: Collection[str]) -> dict[str, str]:
    """The time zone of each of these workspaces, in one query; the default if a name cannot be stored."""
    ids = [id_ for id_ in workspace_ids if is_text(id_)]
    rows = connection.execute(_ZONES_OF_IDS, {"ids": ids}).all()
    found: dict[str, str] = {row.workspace_id: row.time_zone for row in rows}
    return {key: found.get(key) or Workspace(key).time_zone for key in workspace_ids}


def list_settings(connection: Connection) -> list[Workspace]:
    """All workspaces that have settings, by id."""
    return [_from_row(row) for row in connection.execute(select(workspaces).order_by(workspaces.c.workspace_id))]


def has_workspace(connection: Connection, workspace_id: str) -> bool:
    """Whether a workspace has settings, or anything stored that is not deleted."""
    found = or_(
        select(1).where(workspaces.c.workspace_id == workspace_id).exists(),
        select(1).where(conversations.c.workspace_id == workspace_id, ~conversations.c.deleted).exists(),
        select(1)
        .where(
            records.c.dataset.in_([each.name for each in datasets()]),
            records.c.workspace_id == workspace_id,
            ~records.c.deleted,
        )
        .exists(),
    )
    return bool(connection.execute(select(found)).scalar_one())


def expect_usable_name(connection: Connection, workspace_id: str) -> None:
    """Raise `OperatorError` if this would be a new workspace with a name that new workspaces cannot have.

    In the `_id` of a document, a colon separates the workspace from the id. A workspace that has anything stored
    keeps its name, even one with a colon, which is encoded in the ids of its documents.
    """
    if is_usable_name(workspace_id) or (is_text(workspace_id) and has_workspace(connection, workspace_id)):
        return
    if is_name(workspace_id):
        raise OperatorError(
            f"a new workspace cannot be named {workspace_id}: the ids of documents have the colon between the "
            "workspace and the id in it",
            f"name it without a colon, such as {workspace_id.replace(':', '-')}",
        )
    raise OperatorError(
        f"a new workspace cannot be named {workspace_id[: LONGEST_WORKSPACE + 1]!r}",
        f"choose a name of 1 to {LONGEST_WORKSPACE} printable characters without a colon",
    )


def save_workspace(connection: Connection, workspace: Workspace) -> SavedWorkspace:
    """Save the settings (the store sets `revision` and `updated_at`).

    If the change affects documents, the settings get a new revision and everything stored in the workspace becomes
    due, in the same transaction. Until it ends, no other process can save into the workspace: 1,000,000
    conversations take some seconds. To change stored settings, call `revision_locks.hold_workspace` before reading
    them.
    """
    expect_usable_name(connection, workspace.workspace_id)
    hold_workspace(connection, workspace.workspace_id)
    before = get_workspace(connection, workspace.workspace_id)
    same = workspace.computes_as(before)
    values = {
        "time_zone": workspace.time_zone,
        "office_hours": workspace.office_hours,
        "bot_admin_ids": list(workspace.bot_admin_ids),
        "revision": before.revision if same else connection.execute(select(revision.next_value())).scalar_one(),
        "updated_at": func.now(),
    }
    row = connection.execute(
        insert(workspaces)
        .values(workspace_id=workspace.workspace_id, **values)
        .on_conflict_do_update(index_elements=["workspace_id"], set_=values)
        .returning(workspaces)
    ).one()
    marked = 0 if same else mark_workspace_changed(connection, workspace.workspace_id)
    return SavedWorkspace(_from_row(row), marked)


def _mean_the_same(one: dict[str, Any] | None, other: dict[str, Any] | None) -> bool:
    if one == other:
        return True
    try:
        return parse_office_hours(one).id == parse_office_hours(other).id
    except Refused:  # stored before a rule that refuses it
        return False


def _from_row(row: Any) -> Workspace:
    return replace(Workspace(**row._mapping), bot_admin_ids=tuple(row.bot_admin_ids))
