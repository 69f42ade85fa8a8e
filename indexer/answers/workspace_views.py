"""The saved views of a workspace: names for pages and reports of the dashboard with their choices."""

from collections.abc import Mapping
from urllib.parse import urlencode

from sqlalchemy import Connection

from indexer.answers.page_catalogue import Pages
from indexer.dashboards.saved_address import read_address
from indexer.did_you_mean import did_you_mean, near_names
from indexer.errors import OperatorError
from indexer.keys import LONGEST_WORKSPACE, is_name
from indexer.reports import Definition, InvalidQuestion
from indexer.store.entities.saved_views import (
    SavedView,
    delete_view,
    find_view,
    read_views,
    save_view,
    subscriptions_of,
)


class UnknownView(OperatorError):
    """No saved view has this name."""


class ViewRefused(OperatorError):
    """A view that cannot be saved or deleted as things are."""


def create_view(
    connection: Connection,
    workspace: str,
    name: str,
    address: str,
    *,
    pages: Pages,
    reports: Mapping[str, Definition],
    replace: bool = False,
) -> SavedView:
    """Save an address of the dashboard under a name; with `replace`, also if the name is taken.

    Raises `InvalidQuestion` for a name or an address that cannot be used, and `ViewRefused` if the name is taken, or if
    a view that is mailed would get fixed dates.
    """
    checked_name(name)
    saved = read_address(address, workspace, pages, reports)
    if replace and saved.is_fixed and (needed := subscriptions_of(connection, workspace, name)):
        raise ViewRefused(
            f"the view {name} is mailed by the subscription {needed[0]}, and would be the same in every mail",
            "save it with a range such as 28d, without dates, or under another name",
        )
    found = save_view(connection, workspace, name, saved.address, replace=replace)
    if found is None:
        raise ViewRefused(f"there is already a view {name}", "choose another name, or replace it")
    return found


def show_view(connection: Connection, workspace: str, name: str) -> SavedView:
    """The view of that name; raises `UnknownView`."""
    found = find_view(connection, workspace, name) if is_name(name) else None
    if found is None:
        known = [view.name for view in read_views(connection, workspace)]
        remedy = did_you_mean(near_names(name, known)) or "list the views: indexer views list"
        raise UnknownView(f"there is no view {name!r}", remedy)
    return found


def delete_named_view(connection: Connection, workspace: str, name: str) -> None:
    """Delete a view; raises `UnknownView`, and `ViewRefused` if there is a subscription to it."""
    show_view(connection, workspace, name)
    if needed := subscriptions_of(connection, workspace, name):
        raise ViewRefused(
            f"the view {name} is mailed by the subscription {needed[0]}",
            f"delete that first: indexer subscriptions delete {needed[0]!r} --workspace {workspace!r}",
        )
    delete_view(connection, workspace, name)


def url_of(view: SavedView) -> str:
    """The address of a view with its workspace."""
    path, _, query = view.address.partition("?")
    return f"{path}?{urlencode({'workspace': view.workspace_id})}{f'&{query}' if query else ''}"


def checked_name(name: str) -> str:
    """The name if views, subscriptions and alerts can have it; raises `InvalidQuestion`."""
    if not is_name(name) or name != name.strip():
        raise InvalidQuestion(
            "name", f"has to be 1 to {LONGEST_WORKSPACE} printable characters without spaces around them"
        )
    return name
