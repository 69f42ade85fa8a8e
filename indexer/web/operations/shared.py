"""Parts of all operators' pages: their head, the workspaces that the caller operates, and the end of an action."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from indexer.dashboards import PageState
from indexer.datasets.dataset import Dataset, Noun
from indexer.datasets.registry import dataset_named, datasets
from indexer.errors import OperatorError, ServiceUnavailable
from indexer.reports import InvalidQuestion
from indexer.store.access.scopes import Scope
from indexer.web.page_templates import page
from indexer.web.pages.page_nav import Nav, page_nav
from indexer.web.requests.backend import Backend
from indexer.web.requests.caller import Access, Forbidden
from indexer.web.requests.problems import ActionRefused
from indexer.web.requests.stored_text import expect_text

_SECTIONS = (
    ("Overview", "/operations", False),
    ("Indices", "/operations/indices", True),
    ("Queue", "/operations/queue", False),
    ("Quarantine", "/operations/quarantine", False),
    ("Exports", "/operations/exports", False),
    ("Health", "/operations/health", True),
    ("Workspaces", "/operations/workspaces", False),
    ("Audit log", "/operations/audit", False),
)
"""Title and address of each page, and whether it is about the whole installation."""

_DONE = {
    "backfill_paused": "The backfill is paused. Changes are still written.",
    "backfill_resumed": "The backfill continues as soon as a worker takes it.",
    "backfill_cancelled": "The backfill is cancelled. What it has indexed stays indexed.",
    "index_swapped": "Readers see the new index. The old one is still written, so you can go back.",
    "index_rolled_back": "The rebuild is given up. Readers see the old index, with all changes.",
    "indexing_resumed": "Indexing resumes.",
    "quarantine_replayed": "{counted} will be tried again.",
    "quarantine_purged": "{counted} removed from quarantine.",
    "export_cancelled": "The export is cancelled. A worker removes its file.",
    "workspace_set": "The settings are saved. {counted} will be computed again.",
    "team_hours_set": "The hours of the team are saved. {counted} will be computed again.",
    "names_set": "The names are saved. Reports show them at once.",
}
"""The sentence that the next page shows, by action in the audit log; the last two are part of `workspace_set` there."""

_COUNTED = {
    "quarantine_replayed": Noun("entry", "entries"),
    "quarantine_purged": Noun("entry", "entries"),
    "workspace_set": Noun("document", "documents"),
    "team_hours_set": Noun("document", "documents"),
}
"""What the sentence counts."""

WorkspaceParameter = Annotated[str | None, Query(max_length=200)]
WorkspaceName = Annotated[str, Query(max_length=200)]


def operator_page(
    request: Request, backend: Backend, template: str, here: str, status: int = 200, **values: Any
) -> HTMLResponse:
    """An operators' page; `here` is the title of its section."""
    access = backend.access
    sections = [(title, url, title == here) for title, url, is_wide in _SECTIONS if access.allows_every or not is_wide]
    is_reader = access.caller.grants.allows_some(Scope.REPORTS)
    return page(
        f"operations/{template}",
        status,
        nav=page_nav(backend, PageState()) if is_reader else Nav([]),
        sections=sections,
        notice=_notice(request),
        is_wide=access.allows_every,
        **values,
    )


def done(action: str, path: str, count: int | None = None, **query: str | None) -> RedirectResponse:
    """The way to the page that shows the result of an action."""
    said: dict[str, Any] = {name: value for name, value in query.items() if value is not None}
    said |= {"done": action} | ({} if count is None else {"count": count})
    return RedirectResponse(f"{path}?{urlencode(said)}", 303)


@contextmanager
def refusals() -> Iterator[None]:
    """Raise `ActionRefused` for an error that an operator can correct."""
    try:
        yield
    except (ServiceUnavailable, Forbidden):
        raise
    except OperatorError as error:
        raise ActionRefused(str(error), error.remedy) from error


def operated(access: Access) -> list[str] | None:
    """The workspaces that the caller operates, None for all."""
    named = access.caller.grants.by_scope.get(Scope.OPERATE, frozenset())
    return None if named is None else sorted(named)


def chosen_workspace(access: Access, workspace: str | None) -> str | None:
    """The workspace of the request, or the first that the caller operates; None for all of them.

    Raises `InvalidQuestion` for a name that cannot be stored.
    """
    if workspace:
        expect_text("workspace", workspace)
        return workspace
    named = operated(access)
    return None if named is None else named[0]


def chosen_dataset(name: str) -> Dataset:
    """The dataset of that name; raises `InvalidQuestion`."""
    if name not in [each.name for each in datasets()]:
        raise InvalidQuestion("dataset", f"there is no dataset {name!r}")
    return dataset_named(name)


def _notice(request: Request) -> str | None:
    action, count = request.query_params.get("done", ""), request.query_params.get("count", "0")
    if action not in _DONE or not (count.isascii() and count.isdecimal() and len(count) < 12):
        return None
    noun, number = _COUNTED.get(action), int(count)
    return _DONE[action].format(counted="" if noun is None else f"{number:,} {noun.of(number)}")
