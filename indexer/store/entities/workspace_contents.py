"""Which workspaces there are, and of which datasets each has anything."""

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.registry import datasets
from indexer.store.entities.conversations import count_conversations
from indexer.store.entities.workspaces import Workspace, get_workspace, list_settings
from indexer.store.schema import conversations


class CountedWorkspace(NamedTuple):
    """A workspace, how many conversations it has, and the datasets of which it has anything that is not deleted."""

    workspace: Workspace
    conversations: int
    datasets: tuple[str, ...]


_WITH_HELD = """
WITH RECURSIVE held AS (
  (SELECT dataset, workspace_id FROM records WHERE NOT deleted ORDER BY dataset, workspace_id LIMIT 1)
  UNION ALL
  SELECT next.dataset, next.workspace_id FROM held, LATERAL (
    SELECT dataset, workspace_id FROM records
    WHERE NOT deleted AND (dataset, workspace_id) > (held.dataset, held.workspace_id)
    ORDER BY dataset, workspace_id LIMIT 1
  ) AS next
)
"""
"""The workspaces of each dataset other than conversations, one step along the key for each."""

_HELD_BY_ALL = _WITH_HELD + "SELECT workspace_id, dataset FROM held"  # noqa: S608

_HELD_BY_ONE = """
SELECT name FROM unnest(%(names)s::text[]) AS name
WHERE EXISTS (SELECT FROM records WHERE dataset = name AND workspace_id = %(workspace_id)s AND NOT deleted)
"""

WORKSPACE_IDS = f"""
{_WITH_HELD}, ids AS (
  (SELECT workspace_id FROM conversations ORDER BY workspace_id LIMIT 1)
  UNION ALL
  SELECT (SELECT workspace_id FROM conversations WHERE workspace_id > ids.workspace_id ORDER BY workspace_id LIMIT 1)
  FROM ids WHERE ids.workspace_id IS NOT NULL
)
SELECT workspace_id FROM ids WHERE workspace_id IS NOT NULL
UNION SELECT workspace_id FROM held UNION SELECT workspace_id FROM workspaces ORDER BY 1
"""  # noqa: S608
"""The ids of all workspaces that have settings or anything stored."""


def list_workspaces(connection: Connection) -> list[CountedWorkspace]:
    """All workspaces that have settings or anything stored, by id; counts every conversation."""
    counts = (
        select(conversations.c.workspace_id, func.count().label("conversations"))
        .where(~conversations.c.deleted)
        .group_by(conversations.c.workspace_id)
    )
    known = {one.workspace_id: one for one in list_settings(connection)}
    counted: dict[str, int] = {row.workspace_id: row.conversations for row in connection.execute(counts)}
    held: dict[str, set[str]] = {}
    for key, dataset in connection.exec_driver_sql(_HELD_BY_ALL):
        held.setdefault(key, set()).add(dataset)
    return [
        _counted(known.get(key) or Workspace(key), counted.get(key, 0), held.get(key, set()))
        for key in sorted(known.keys() | counted.keys() | held.keys())
    ]


def count_workspace(connection: Connection, workspace_id: str) -> CountedWorkspace:
    """One workspace as the list of all has it; one that is not in the list has default settings and nothing stored."""
    parameters = {"names": [each.name for each in datasets()], "workspace_id": workspace_id}
    held = set(connection.exec_driver_sql(_HELD_BY_ONE, parameters).scalars())
    return _counted(get_workspace(connection, workspace_id), count_conversations(connection, workspace_id), held)


def _counted(workspace: Workspace, number: int, held: set[str]) -> CountedWorkspace:
    found = held | {CONVERSATIONS.name} if number else held
    return CountedWorkspace(workspace, number, tuple(each.name for each in datasets() if each.name in found))
