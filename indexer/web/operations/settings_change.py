"""A change of a workspace's settings by a page: shown before it is made, and made if nobody else was faster."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from indexer.datasets.registry import datasets
from indexer.errors import OperatorError
from indexer.intake.change_workspace import PlannedChange
from indexer.keys import is_text
from indexer.office_hours.schedule import Hours
from indexer.office_hours.written_hours import WEEKDAYS
from indexer.store.entities.revision_locks import hold_workspace
from indexer.store.entities.workspaces import Workspace, get_workspace, has_workspace
from indexer.store.queue.changes import due_shards
from indexer.web.operations.hours_form import Difference
from indexer.web.operations.shared import operator_page, refusals
from indexer.web.requests.backend import Backend

PATH = "/operations/workspace"

Weeks = tuple[tuple[Hours, ...], tuple[Hours, ...]]
"""The open minutes of each weekday before and after a change."""


def address(path: str, **parameters: str) -> str:
    """An address with its parameters."""
    return f"{path}?{urlencode(parameters)}"


def found_workspace(connection: Connection, workspace: str) -> Workspace:
    """The settings; raises `HTTPException` 404 if there is no such workspace."""
    if not is_text(workspace) or not has_workspace(connection, workspace):
        raise HTTPException(404, f"there is no workspace {workspace!r}")
    return get_workspace(connection, workspace)


def held_workspace(connection: Connection, workspace: str, form: Mapping[str, str]) -> Workspace:
    """The settings, which no other process can change until the transaction ends.

    Raises `ActionRefused` if they are not those that the page showed: of two who save at once, the second is told.
    """
    found_workspace(connection, workspace)
    hold_workspace(connection, workspace)
    found = found_workspace(connection, workspace)
    if form.get("seen") != _seen(found):
        with refusals():
            raise OperatorError("the settings have been changed meanwhile", "look at them again, and change them")
    return found


def confirm_page(
    request: Request,
    backend: Backend,
    plan: PlannedChange,
    *,
    what: str,
    url: str,
    form: Mapping[str, str],
    differences: Iterable[Difference],
    weeks: Weeks | None,
) -> HTMLResponse:
    """What a change of `what` would do, and the button that sends the form to `url`, where the settings are shown."""
    return operator_page(
        request,
        backend,
        "confirm_settings.html",
        "Workspaces",
        what=what,
        url=url,
        differences=list(differences),
        recomputed=[(count, dataset.entity.of(count)) for dataset, count in plan.recomputed.items()],
        fields=[*form.items(), ("seen", _seen(plan.before))],
        weeks=weeks,
        weekdays=WEEKDAYS,
    )


def wake_workers(backend: Backend, marked: int) -> None:
    """Tell the workers that something is due, if it is."""
    if marked:
        with backend.connect() as connection:
            shards = {each: due_shards(connection, each) for each in datasets()}
        backend.waker.wake(shards)


def _seen(workspace: Workspace) -> str:
    return "" if workspace.updated_at is None else workspace.updated_at.isoformat()
