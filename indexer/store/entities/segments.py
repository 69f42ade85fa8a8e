"""Segments, which are filters saved under a name, and audiences, which are people frozen at a moment."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from indexer.errors import Refused
from indexer.store.entities.erased_people import read_erased
from indexer.store.entities.revision_locks import share_workspace
from indexer.store.entities.workspaces import expect_usable_name
from indexer.store.schema import audiences, segments

if TYPE_CHECKING:
    from indexer.people.person_key import PersonKey


class Segment(NamedTuple):
    """A saved filter, in its text form and as JSON; `person_type` is `user` or `contact`. Names are unique."""

    workspace_id: str
    segment_id: str
    name: str
    filter_text: str
    filter_json: Any
    person_type: str = "user"
    created_at: datetime | None = None


class Audience(NamedTuple):
    """People who met a filter at one moment; `members` counts them, without people who were erased since."""

    workspace_id: str
    audience_id: str
    name: str
    filter_text: str
    frozen_at: datetime
    members: int


_LOCK_NAMES = "SELECT pg_advisory_xact_lock(hashtextextended(%(workspace_id)s, 24))"

_READ_AUDIENCES = """
SELECT workspace_id, audience_id, name, filter_text, frozen_at, (
    SELECT count(*) FROM audience_members AS member
    WHERE (member.workspace_id, member.audience_id) = (audience.workspace_id, audience.audience_id)
)
FROM audiences AS audience WHERE workspace_id = %(workspace_id)s ORDER BY name
"""

_SAVE_MEMBERS = """
INSERT INTO audience_members (workspace_id, audience_id, person_id)
SELECT DISTINCT %(workspace_id)s, %(audience_id)s, person_id FROM unnest(%(ids)s::text[]) AS member (person_id)
ON CONFLICT DO NOTHING
"""

# People who were merged since count as the people whom they have become.
_READ_MEMBERS = """
SELECT DISTINCT coalesce(merge.into_id, member.person_id) FROM audience_members AS member
LEFT JOIN contact_merges AS merge ON (merge.workspace_id, merge.from_id) = (member.workspace_id, member.person_id)
WHERE member.workspace_id = %(workspace_id)s AND member.audience_id = %(audience_id)s
ORDER BY 1
"""


def save_segment(connection: Connection, segment: Segment) -> Segment:
    """Save a segment; it replaces the one of the same id. Without an id it gets a new one.

    Raises `Refused` if its name cannot be used, or is that of another segment or an audience of the workspace.
    """
    _take_name(connection, segment.workspace_id, segment.name, segment.segment_id)
    values = {
        "name": segment.name,
        "filter_text": segment.filter_text,
        "filter_json": segment.filter_json,
        "person_type": segment.person_type,
    }
    row = connection.execute(
        insert(segments)
        .values(workspace_id=segment.workspace_id, segment_id=segment.segment_id or uuid4().hex, **values)
        .on_conflict_do_update(index_elements=["workspace_id", "segment_id"], set_=values)
        .returning(segments)
    ).one()
    return _segment(row)


def read_segments(connection: Connection, workspace_id: str) -> list[Segment]:
    """The segments of a workspace, by name."""
    rows = connection.execute(select(segments).where(segments.c.workspace_id == workspace_id).order_by(segments.c.name))
    return [_segment(row) for row in rows]


def delete_segment(connection: Connection, workspace_id: str, segment_id: str) -> bool:
    """Delete a segment; returns whether there was one."""
    return (
        connection.execute(
            delete(segments).where(segments.c.workspace_id == workspace_id, segments.c.segment_id == segment_id)
        ).rowcount
        > 0
    )


def freeze_audience(
    connection: Connection, workspace_id: str, name: str, filter_text: str, person_ids: Iterable[str]
) -> Audience:
    """Save the people who meet a filter now, under a name; raises `Refused` as `save_segment` does.

    People who were erased after their ids were read are left out.
    """
    _take_name(connection, workspace_id, name)
    keys: list[PersonKey] = [("id", id_) for id_ in person_ids]
    erased = read_erased(connection, workspace_id, keys)
    audience_id = uuid4().hex
    frozen_at = connection.execute(
        insert(audiences)
        .values(
            workspace_id=workspace_id,
            audience_id=audience_id,
            name=name,
            filter_text=filter_text,
            frozen_at=func.now(),
        )
        .returning(audiences.c.frozen_at)
    ).scalar_one()
    ids = [id_ for kind, id_ in keys if (kind, id_) not in erased]
    saved = connection.exec_driver_sql(
        _SAVE_MEMBERS, {"workspace_id": workspace_id, "audience_id": audience_id, "ids": ids}
    )
    return Audience(workspace_id, audience_id, name, filter_text, frozen_at, saved.rowcount)


def read_audiences(connection: Connection, workspace_id: str) -> list[Audience]:
    """The audiences of a workspace, by name; counts their members."""
    rows = connection.exec_driver_sql(_READ_AUDIENCES, {"workspace_id": workspace_id})
    return [Audience(*row) for row in rows]


def read_members(connection: Connection, workspace_id: str, audience_id: str) -> list[str]:
    """The people of an audience by their present ids, in the order of their ids."""
    names = {"workspace_id": workspace_id, "audience_id": audience_id}
    return list(connection.exec_driver_sql(_READ_MEMBERS, names).scalars())


def delete_audience(connection: Connection, workspace_id: str, audience_id: str) -> bool:
    """Delete an audience; returns whether there was one."""
    names = {"workspace_id": workspace_id, "audience_id": audience_id}
    chosen = "WHERE workspace_id = %(workspace_id)s AND audience_id = %(audience_id)s"
    connection.exec_driver_sql(f"DELETE FROM audience_members {chosen}", names)  # noqa: S608
    return connection.exec_driver_sql(f"DELETE FROM audiences {chosen}", names).rowcount > 0  # noqa: S608


def _take_name(connection: Connection, workspace_id: str, name: str, segment_id: str = "") -> None:
    """Keep others from taking the name until the transaction ends; raises `Refused` if it cannot be used or is taken.

    The segment of that id may have it already. Nobody of the workspace is erased meanwhile.
    """
    if not name.strip() or not name.isprintable():
        raise Refused(name, "is not a name: it is empty or has characters that cannot be printed")
    expect_usable_name(connection, workspace_id)
    share_workspace(connection, workspace_id)
    connection.exec_driver_sql(_LOCK_NAMES, {"workspace_id": workspace_id})
    for id_, kind in ((segments.c.segment_id, "a segment"), (audiences.c.audience_id, "an audience")):
        table = id_.table
        named = select(id_).where(table.c.workspace_id == workspace_id, table.c.name == name)
        if connection.execute(named).scalar() not in {None, segment_id}:
            raise Refused(name, f"is already the name of {kind}")


def _segment(row: Any) -> Segment:
    return Segment(**row._mapping)
