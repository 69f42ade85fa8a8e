"""The names of teams and teammates, which answers show and documents do not hold."""

import enum
from collections.abc import Collection, Mapping

from sqlalchemy import Connection, bindparam, delete, insert, select

from indexer.keys import is_text
from indexer.store.schema import names


class Named(enum.StrEnum):
    """The kinds of ids that have names."""

    TEAM = "team"
    TEAMMATE = "teammate"


def save_names(connection: Connection, workspace_id: str, named: Named, by_id: Mapping[str, str]) -> None:
    """Replace all names of that kind in the workspace by these."""
    connection.execute(delete(names).where(names.c.workspace_id == workspace_id, names.c.named == named.value))
    rows = [
        {"workspace_id": workspace_id, "named": named.value, "id": id_, "name": name} for id_, name in by_id.items()
    ]
    if rows:
        connection.execute(insert(names), rows)


def read_names(connection: Connection, workspace_id: str, named: Named, ids: Collection[str]) -> dict[str, str]:
    """The names of those of these ids that have one; an id that PostgreSQL's text cannot hold does not."""
    found = connection.execute(
        select(names.c.id, names.c.name).where(
            names.c.workspace_id == workspace_id,
            names.c.named == named.value,
            names.c.id.in_(bindparam("ids", expanding=True)),
        ),
        {"ids": [id_ for id_ in ids if is_text(id_)]},
    )
    return {row.id: row.name for row in found}


def list_names(connection: Connection, workspace_id: str, named: Named) -> dict[str, str]:
    """All the workspace's names of that kind, by id."""
    found = connection.execute(
        select(names.c.id, names.c.name)
        .where(names.c.workspace_id == workspace_id, names.c.named == named.value)
        .order_by(names.c.id)
    )
    return {row.id: row.name for row in found}
