"""Saved views: names for addresses of the dashboard, one of each name in a workspace."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from indexer.store.entities.workspaces import expect_usable_name
from indexer.store.schema import subscriptions, views


class SavedView(NamedTuple):
    """A view; `address` is the page or report with its parameters, without the workspace."""

    workspace_id: str
    name: str
    address: str
    created_at: datetime


def save_view(connection: Connection, workspace_id: str, name: str, address: str, *, replace: bool) -> SavedView | None:
    """Save an address under a name; None if the name is taken and the view is not to be replaced."""
    expect_usable_name(connection, workspace_id)
    saving = insert(views).values(workspace_id=workspace_id, name=name, address=address)
    key = [views.c.workspace_id, views.c.name]
    saving = (
        saving.on_conflict_do_update(index_elements=key, set_={"address": address})
        if replace
        else saving.on_conflict_do_nothing(index_elements=key)
    )
    row = connection.execute(saving.returning(views)).one_or_none()
    return None if row is None else SavedView(*row)


def read_views(connection: Connection, workspace_id: str) -> list[SavedView]:
    """The views of a workspace by name, whether it is written in capitals or not."""
    rows = connection.execute(select(views).where(views.c.workspace_id == workspace_id))
    return sorted((SavedView(*row) for row in rows), key=lambda view: (view.name.casefold(), view.name))


def find_view(connection: Connection, workspace_id: str, name: str) -> SavedView | None:
    """The view of that name."""
    row = connection.execute(
        select(views).where(views.c.workspace_id == workspace_id, views.c.name == name)
    ).one_or_none()
    return None if row is None else SavedView(*row)


def delete_view(connection: Connection, workspace_id: str, name: str) -> None:
    """Delete a view, which no subscription may need."""
    connection.execute(delete(views).where(views.c.workspace_id == workspace_id, views.c.name == name))


def subscriptions_of(connection: Connection, workspace_id: str, name: str) -> list[str]:
    """The names of the subscriptions to a view; none is added until the transaction ends."""
    connection.execute(
        select(views.c.name).where(views.c.workspace_id == workspace_id, views.c.name == name).with_for_update()
    )
    return list(
        connection.execute(
            select(subscriptions.c.name)
            .where(subscriptions.c.workspace_id == workspace_id, subscriptions.c.view_name == name)
            .order_by(subscriptions.c.name)
        ).scalars()
    )
