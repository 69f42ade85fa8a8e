"""The page of the exports that workers write: their states and progress, and ending one."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

from indexer.errors import OperatorError
from indexer.operations.export_status import read_export, read_exports
from indexer.store.jobs.exports import cancel_export
from indexer.web.operations.shared import WorkspaceParameter, chosen_workspace, done, operator_page, refusals
from indexer.web.requests.action import note_action
from indexer.web.requests.backend import BackendOfRequest
from indexer.web.requests.gates import Gate, through

router = APIRouter(include_in_schema=False)

_PATH = "/operations/exports"


@router.get(_PATH)
def show_exports(request: Request, backend: BackendOfRequest, workspace: WorkspaceParameter = None) -> HTMLResponse:
    """The latest exports."""
    with backend.connect() as connection:
        found = read_exports(connection, chosen_workspace(backend.access, workspace))
    return operator_page(request, backend, "exports.html", "Exports", exports=found, workspace=workspace)


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
