"""The head of every page: the other pages with the choices that hold everywhere, and the saved views."""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl

from indexer.answers.workspace_views import url_of
from indexer.dashboards import PageState
from indexer.errors import ServiceUnavailable
from indexer.store.access.scopes import Scope
from indexer.store.entities.saved_views import read_views
from indexer.web.requests.backend import Backend

_MAIL_PAGES = (("Subscriptions", "/subscriptions"), ("Alerts", "/alerts"))


class NavLink(NamedTuple):
    """A page or a view: its title, its address, and whether it is the one that is shown."""

    title: str
    url: str
    is_here: bool


class Saving(NamedTuple):
    """What the form that saves a view sends: the address, and whether it has dates of its own."""

    workspace: str
    address: str
    has_dates: bool
    is_page: bool


class Nav(NamedTuple):
    """The pages, the views of the workspace and the list of them, and the view that the reader can save.

    `mail_urls` are the pages of what is mailed, for operators of the workspace.
    """

    pages: Sequence[NavLink]
    views: Sequence[NavLink] = ()
    views_url: str | None = None
    saving: Saving | None = None
    mail_urls: Sequence[NavLink] = ()


def page_nav(backend: Backend, state: PageState, here: str | None = None, *, report_url: str | None = None) -> Nav:
    """The pages that are not about one thing, and the views; `here` is the name of the page that is shown.

    Workspace, dates and zone are kept; other choices belong to one page. `report_url` is the address of the report
    that is shown in place of a page.
    """
    kept = PageState(
        workspace=state.workspace, range=state.range, from_=state.from_, to=state.to, time_zone=state.time_zone
    )
    pages = [
        NavLink(page.title, f"/pages/{page.name}{kept.query()}", page.name == here)
        for page in backend.pages.values()
        if page.subject is None
    ]
    workspace = state.workspace
    if workspace is None or not backend.access.allows(workspace):
        return Nav(pages)
    address = f"/pages/{here}{state.query()}" if here else report_url
    views = _views(backend, workspace, address)
    query = PageState(workspace=workspace).query()
    if not backend.access.caller.grants.allows(Scope.OPERATE, workspace):
        return Nav(pages, views, f"/views{query}")
    saving = None
    if address is not None:
        saving = Saving(workspace, address, state.from_ is not None, here is not None)
    mail_urls = [NavLink(title, f"{path}{query}", is_here=False) for title, path in _MAIL_PAGES]
    return Nav(pages, views, f"/views{query}", saving, mail_urls)


def _views(backend: Backend, workspace: str, address: str | None) -> list[NavLink]:
    """The views of the workspace; none if the store is away."""
    try:
        found = backend.storing(lambda connection: read_views(connection, workspace))
    except ServiceUnavailable:
        return []
    shown = None if address is None else _in_order(address)
    return [NavLink(view.name, url := url_of(view), _in_order(url) == shown) for view in found]


def _in_order(address: str) -> tuple[str, list[tuple[str, str]]]:
    """The path and the parameters, whatever the order in which they are written."""
    path, _, query = address.partition("?")
    return path, sorted(parse_qsl(query))
