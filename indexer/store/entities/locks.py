"""The order of revisions between a workspace's settings and its conversations.

A document is computed from a conversation and its workspace, and its version is the higher of their two
revisions. That is only sound if no two different pairs have the same maximum: a slow worker could otherwise
write a document of the old office hours over one of the new, under the same version. So saves of
conversations share a lock on their workspace and a change of its settings excludes them: whatever was saved
before the change has a lower revision than the settings, whatever is saved after it has a higher one. Readers
take both from one snapshot (`database.snapshot`) and need no lock.

Both locks must be taken before the revision is, and end with the transaction.
"""

from sqlalchemy import Connection

_KEY = "hashtextextended(%(workspace_id)s, 20)"  # equal keys of two workspaces would only make them wait


def share_workspace(connection: Connection, workspace_id: str) -> None:
    """Hold the workspace's settings still until the transaction ends, together with other savers."""
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock_shared({_KEY})", {"workspace_id": workspace_id})


def hold_records(connection: Connection, dataset: str, workspace_id: str) -> None:
    """Write a workspace's records of a dataset alone until the transaction ends.

    One of them can be closed by another of its series, so a writer locks more rows than it was given, and two of
    them would lock these in different orders. To be taken after `share_workspace`.
    """
    connection.exec_driver_sql(
        "SELECT pg_advisory_xact_lock(hashtextextended(%(dataset)s || ':' || %(workspace_id)s, 21))",
        {"dataset": dataset, "workspace_id": workspace_id},
    )


def hold_workspace(connection: Connection, workspace_id: str) -> None:
    """Keep everybody else from saving into the workspace until the transaction ends."""
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_KEY})", {"workspace_id": workspace_id})
