"""Saved views: as pages and forms for readers, and as the HTTP API."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from indexer.answers.workspace_views import ViewRefused, create_view, delete_named_view, show_view, url_of
from indexer.dashboards import PageState
from indexer.dashboards.saved_address import MOST_CHARACTERS, read_address
from indexer.keys import LONGEST_WORKSPACE
from indexer.reports.question_conditions import read_clause
from indexer.store.entities.saved_views import SavedView, read_views
from indexer.store.jobs.subscriptions import read_subscriptions
from indexer.web.page_templates import page
from indexer.web.pages.page_nav import page_nav
from indexer.web.pages.workspace_page import workspace_page
from indexer.web.requests.action import note_action
from indexer.web.requests.backend import Backend, BackendOfRequest
from indexer.web.requests.forms import Form
from indexer.web.requests.gates import Gate, through
from indexer.web.requests.object_bodies import WorkspaceOfBody, WorkspaceToRead
from indexer.web.requests.person_conditions import expect_records_for
from indexer.web.requests.problems import USUAL, described

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    **USUAL,
    503: described("A service cannot be reached, or the server is busy."),
}
_ONE: dict[int | str, dict[str, Any]] = {404: described("The workspace has no such view.")}
_REFUSED: dict[int | str, dict[str, Any]] = {409: described("The name is taken, or a subscription needs the view.")}

router = APIRouter(prefix="/api/v1/views", tags=["views"], responses=_PROBLEMS)
pages = APIRouter(include_in_schema=False)

ViewPath = Annotated[str, Path(description="The name of a saved view.", max_length=512)]


class View(BaseModel):
    """A saved view. `address` is without the workspace; `url` has it, and is opened on this server."""

    name: str
    address: str
    url: str
    created_at: datetime


class NewView(BaseModel):
    """An address of the dashboard to be saved under a name."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_WORKSPACE)]
    address: Annotated[
        str,
        Field(
            description="The address of a page or a report, such as /pages/overview?range=28d.",
            max_length=MOST_CHARACTERS,
        ),
    ]
    replace: Annotated[bool, Field(description="Replace a view that has the name already.")] = False


@router.get("", dependencies=[through(Gate.EVENTS)])
def list_all(workspace: WorkspaceToRead, backend: BackendOfRequest) -> list[View]:
    """The saved views of the workspace, by name."""
    return [_view(one) for one in backend.storing(lambda connection: read_views(connection, workspace))]


@router.post("", responses=_REFUSED, status_code=201, dependencies=[through(Gate.EVENTS)])
def create(workspace: WorkspaceOfBody, asked: NewView, request: Request, backend: BackendOfRequest) -> View:
    """Save an address of the dashboard under a name, for all users of the workspace."""
    return _view(_saved(request, backend, workspace, asked))


@router.get("/{view:path}", responses=_ONE, dependencies=[through(Gate.EVENTS)])
def show(workspace: WorkspaceToRead, view: ViewPath, backend: BackendOfRequest) -> View:
    """A saved view."""
    return _view(backend.storing(lambda connection: show_view(connection, workspace, view)))


@router.delete("/{view:path}", responses=_ONE | _REFUSED, status_code=204, dependencies=[through(Gate.EVENTS)])
def delete(workspace: WorkspaceToRead, view: ViewPath, backend: BackendOfRequest) -> None:
    """Delete a saved view. One with a subscription is not deleted."""
    backend.storing(lambda connection: delete_named_view(connection, workspace, view))


@pages.get("/views", dependencies=[through(Gate.EVENTS)])
def show_views(workspace: WorkspaceToRead, request: Request, backend: BackendOfRequest) -> Response:
    """The saved views of the workspace, to be opened, mailed and deleted."""
    views, subscribed = backend.storing(
        lambda connection: (read_views(connection, workspace), read_subscriptions(connection, workspace))
    )
    mailed: dict[str, list[str]] = {}
    for one in subscribed:
        mailed.setdefault(one.view_name, []).append(one.name)
    shown = [(view, url_of(view), mailed.get(view.name, [])) for view in views]
    return workspace_page(request, backend, "views.html", "Views", workspace, views=shown)


@pages.post("/views", dependencies=[through(Gate.EVENTS)])
def save(workspace: WorkspaceOfBody, form: Form, request: Request, backend: BackendOfRequest) -> Response:
    """Save the address in the form under its name, and open the view; if the name is taken, ask whether to replace."""
    address = form.get("address", "")
    if not form.get("keep_dates"):
        address = _without_dates(address)
    asked = NewView.model_construct(
        name=form.get("name", "").strip(), address=address, replace=bool(form.get("replace"))
    )
    try:
        saved = _saved(request, backend, workspace, asked)
    except ViewRefused:
        if asked.replace:
            raise
        return page(
            "view_taken.html",
            409,
            nav=page_nav(backend, PageState()),
            workspace=workspace,
            asked=asked,
        )
    return RedirectResponse(url_of(saved), 303)


@pages.post("/views/delete", dependencies=[through(Gate.EVENTS)])
def delete_by_form(workspace: WorkspaceToRead, form: Form, request: Request, backend: BackendOfRequest) -> Response:
    """Delete the view that the form names, and show the others."""
    name = form.get("name", "")
    backend.storing(lambda connection: delete_named_view(connection, workspace, name))
    note_action(request, target=name)
    return RedirectResponse(f"/views{PageState(workspace=workspace).query()}", 303)


def _saved(request: Request, backend: Backend, workspace: str, asked: NewView) -> SavedView:
    # Subscriptions ask for the view without a caller.
    conditions = read_address(asked.address, workspace, backend.pages, backend.reports).conditions
    expect_records_for(backend.access, workspace, map(read_clause, conditions))
    saved = backend.storing(
        lambda connection: create_view(
            connection,
            workspace,
            asked.name,
            asked.address,
            pages=backend.pages,
            reports=backend.reports,
            replace=asked.replace,
        )
    )
    # Without its conditions, which may name a person: entries are not removed.
    note_action(request, workspace=workspace, target=saved.name, address=saved.address.partition("?")[0])
    return saved


def _without_dates(address: str) -> str:
    path, _, query = address.partition("?")
    kept = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] not in ("from", "to")]
    return f"{path}?{urlencode(kept)}"


def _view(saved: SavedView) -> View:
    return View(name=saved.name, address=saved.address, url=url_of(saved), created_at=saved.created_at)
