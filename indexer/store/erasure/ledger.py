"""The ledger of erasures: how much was removed, when, at whose request, and not of whom."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql import bindparam, text


class ErasureEntry(NamedTuple):
    """An erasure; `counts` says how much was removed in each place. `completed_at` is None if it was interrupted."""

    erasure_id: int
    workspace_id: str
    requested_by: str
    because: str
    counts: Mapping[str, int]
    requested_at: datetime
    completed_at: datetime | None


_ADD = text("""
INSERT INTO erasures (workspace_id, requested_by, because, counts)
VALUES (:workspace_id, :requested_by, :because, :counts) RETURNING erasure_id
""").bindparams(bindparam("counts", type_=JSONB))

_COMPLETE = """
UPDATE erasures SET completed_at = now(), counts = counts || %(counts)s::jsonb WHERE erasure_id = %(id)s
"""

_LIST = f"""
SELECT {", ".join(ErasureEntry._fields)} FROM erasures
WHERE %(workspace_id)s::text IS NULL OR workspace_id = %(workspace_id)s ORDER BY erasure_id DESC LIMIT %(limit)s
"""  # noqa: S608 - made of constants


def add_erasure(
    connection: Connection, workspace_id: str, requested_by: str, because: str, counts: Mapping[str, int]
) -> int:
    """Enter an erasure and return its number."""
    entered = {"workspace_id": workspace_id, "requested_by": requested_by, "because": because, "counts": dict(counts)}
    found: int = connection.execute(_ADD, entered).scalar_one()
    return found


def complete_erasure(connection: Connection, erasure_id: int, documents: int) -> None:
    """Enter that the documents are removed too."""
    connection.exec_driver_sql(_COMPLETE, {"id": erasure_id, "counts": f'{{"documents": {int(documents)}}}'})


def list_erasures(connection: Connection, workspace_id: str | None = None, limit: int = 50) -> list[ErasureEntry]:
    """The last erasures, of one workspace or of all, the newest first."""
    rows = connection.exec_driver_sql(_LIST, {"workspace_id": workspace_id, "limit": limit})
    return [ErasureEntry(*row) for row in rows]
