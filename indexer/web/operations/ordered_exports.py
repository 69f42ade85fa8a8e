"""The page of the exports that workers write: their states and progress, and ending one."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

from indexer.dashboards.table_order import TableOrder
from indexer.errors import OperatorError
from indexer.operations.export_status import ExportStatus, read_export, read_exports
from indexer.store.jobs.exports import cancel_export
from indexer.web.operations.row_tables import OrderOfTable, RowColumn
from indexer.web.operations.shared import WorkspaceParameter, chosen_workspace, done, operator_page, refusals
from indexer.web.requests.action import note_action
from indexer.web.requests.backend import BackendOfRequest
from indexer.web.requests.gates import Gate, through

router = APIRouter(include_in_schema=False)

_PATH = "/operations/exports"
_MOST_SHOWN = 50

_COLUMNS: Sequence[RowColumn[ExportStatus]] = (
    RowColumn("Export", lambda one: one.export.export_id),
    RowColumn("Workspace", lambda one: one.workspace),
    RowColumn("Of", lambda one: f"{one.export.dataset} {one.first_day or ''} {one.last_day or ''}"),
    RowColumn("State", lambda one: one.export.status),
    RowColumn("Rows", lambda one: one.export.rows, is_figure=True),
    RowColumn("Ordered", lambda one: one.export.created_at),
    RowColumn("Until", lambda one: one.export.expires_at),
)
_NEWEST_FIRST = TableOrder(5, falls=True)


@router.get(_PATH)
def show_exports(
    request: Request, backend: BackendOfRequest, orders: OrderOfTable, workspace: WorkspaceParameter = None
) -> HTMLResponse:
    """The latest exports."""
    with backend.connect() as connection:
        found = read_exports(connection, chosen_workspace(backend.access, workspace), _MOST_SHOWN + 1)
    return operator_page(
        request,
        backend,
        "exports.html",
        "Exports",
        exports=orders.table(1, _COLUMNS, found[:_MOST_SHOWN], _NEWEST_FIRST),
        is_cut=len(found) > _MOST_SHOWN,
        workspace=workspace,
    )


@router.post(_PATH + "/{export_id}/cancel", dependencies=[through(Gate.EVENTS)])
def cancel(export_id: str, request: Request, backend: BackendOfRequest) -> RedirectResponse:
    """End an export, complete or not; one of another workspace does not exist."""
    with backend.transaction() as connection, refusals():
        found = read_export(connection, export_id)
        if found is None or not backend.access.allows(found.workspace):
            raise HTTPException(404, "there is no such export")
        if not cancel_export(connection, export_id):
            raise OperatorError(f"export {export_id} is already {found.export.status}", "there is nothing to cancel")
    note_action(request, workspace=found.workspace, target=export_id)
    backend.waker.wake_exports()
    return done("export_cancelled", _PATH)
