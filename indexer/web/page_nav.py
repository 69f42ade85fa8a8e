"""The pages at the head of every page, with the choices that hold everywhere."""

from typing import NamedTuple

from indexer.dashboards import PageState
from indexer.web.backend import Backend


class NavLink(NamedTuple):
    """A page: its title, its address, and whether it is the one that is shown."""

    title: str
    url: str
    is_here: bool


def page_nav(backend: Backend, state: PageState, here: str | None = None) -> list[NavLink]:
    """The pages that are not about one thing; `here` is the name of the one that is shown.

    Workspace, dates and zone are kept; other choices belong to one page.
    """
    kept = PageState(
        workspace=state.workspace, range=state.range, from_=state.from_, to=state.to, time_zone=state.time_zone
    )
    return [
        NavLink(page.title, f"/pages/{page.name}{kept.query()}", page.name == here)
        for page in backend.pages.values()
        if page.subject is None
    ]
