"""The version of a document, and the order of revisions between a workspace's settings and its entities.

A document is computed from an entity and its workspace, and its version is the higher of their two
revisions. That is only sound if no two different pairs have the same maximum: otherwise a slow worker could
write a document of the old office hours over one of the new, under the same version. So saves of
entities share a lock on their workspace, and a change of its settings excludes them: entities saved
before the change have lower revisions than the settings, those saved after it have higher ones. Readers
take both from one snapshot (`database.snapshot`) and need no lock.

Both locks must be taken before the revision is, and end with the transaction.
"""

from sqlalchemy import Connection

VERSION = "greatest(c.revision, w.revision)"
"""`version_of` in a statement, of the entity `c` and its workspace `w`."""

_KEY = "hashtextextended(%(workspace_id)s, 20)"  # if two workspaces had equal keys, they would only wait


def version_of(entity_revision: int, workspace_revision: int) -> int:
    """The version of a document: the highest revision among its inputs. `VERSION` says the same in SQL."""
    return max(entity_revision, workspace_revision)


def share_workspace(connection: Connection, workspace_id: str) -> None:
    """Keep the workspace's settings unchanged until the transaction ends; other savers may do so at the same time."""
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock_shared({_KEY})", {"workspace_id": workspace_id})


def hold_records(connection: Connection, dataset: str, workspace_id: str, then: str = "") -> None:
    """Share the workspace, and be the only writer of its records of a dataset until the transaction ends.

    A record can be closed by another of its series, so a writer locks more rows than it was given, and two writers
    would lock these in different orders. `then` is a further lock that the same statement takes after these.
    """
    connection.exec_driver_sql(  # PostgreSQL takes the locks in this order
        f"SELECT pg_advisory_xact_lock_shared({_KEY}), "
        "pg_advisory_xact_lock(hashtextextended(%(dataset)s || ':' || %(workspace_id)s, 21))" + (then and f", {then}"),
        {"dataset": dataset, "workspace_id": workspace_id},
    )


def hold_workspace(connection: Connection, workspace_id: str) -> None:
    """Keep all other processes from saving into the workspace until the transaction ends."""
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_KEY})", {"workspace_id": workspace_id})
