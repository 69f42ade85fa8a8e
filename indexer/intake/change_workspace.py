"""A change of a workspace: its settings and its names, saved together."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset
from indexer.store.entities.names import Named, save_names
from indexer.store.entities.revision_locks import hold_workspace
from indexer.store.entities.workspaces import (
    SavedWorkspace,
    Workspace,
    expect_usable_name,
    get_workspace,
    save_workspace,
)
from indexer.store.queue.changes import count_workspace


class WorkspaceChange(NamedTuple):
    """The settings to change; settings that are not named stay as they are.

    `settings` are fields of `Workspace`. `names` are names by id, which take the place of all names of their kind.
    """

    settings: Mapping[str, Any]
    names: Mapping[Named, Mapping[str, str]]

    def said(self) -> list[str]:
        """What changes, in words: `time zone`, `3 teams`."""
        settings = [name.replace("_", " ") for name in self.settings]
        return settings + [f"{len(by_id)} {kind}s" for kind, by_id in self.names.items()]


class PlannedChange(NamedTuple):
    """The settings before and after a change, and how much would be computed again by it, by dataset."""

    before: Workspace
    after: Workspace
    recomputed: Mapping[Dataset, int]

    @property
    def total(self) -> int:
        """How many conversations and records would be computed again."""
        return sum(self.recomputed.values())


def plan_change(connection: Connection, workspace_id: str, change: WorkspaceChange) -> PlannedChange:
    """What a change would do; nothing is saved or locked. Raises `OperatorError` for a workspace that cannot exist."""
    expect_usable_name(connection, workspace_id)
    before = get_workspace(connection, workspace_id)
    after = replace(before, **change.settings)
    return PlannedChange(before, after, {} if after.computes_as(before) else count_workspace(connection, workspace_id))


def change_workspace(connection: Connection, workspace_id: str, change: WorkspaceChange) -> SavedWorkspace:
    """Save a change, in the transaction of the connection.

    No other process can save into the workspace until the transaction ends, so no other change of it is lost. Its
    conversations and records become due if their documents are computed with what has changed.
    """
    hold_workspace(connection, workspace_id)
    for kind, by_id in change.names.items():
        save_names(connection, workspace_id, kind, by_id)
    return save_workspace(connection, replace(get_workspace(connection, workspace_id), **change.settings))
