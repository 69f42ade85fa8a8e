"""The HTTP API of exports: ordering one, its progress, cancelling it, and fetching its file by a link with a token."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import FileResponse
from pydantic import AfterValidator, BaseModel, Field
from starlette.exceptions import HTTPException

from indexer.documentation import page
from indexer.exports.export_files import check_readable, file_of
from indexer.exports.message_request import AnyRequest, MessageExportRequest, read_message_request
from indexer.exports.orders import link_of, opens, order_export, request_of
from indexer.exports.request import ExportRequest, read_request
from indexer.mail_server import checked_address
from indexer.store.jobs.exports import Export, MessageState, State, cancel_export, get_export
from indexer.web.requests.access_log import log_export
from indexer.web.requests.action import note_action
from indexer.web.requests.backend import Backend, BackendOfRequest
from indexer.web.requests.gates import Gate, through
from indexer.web.requests.head import is_head
from indexer.web.requests.problems import NO_SCOPE, NO_TOKEN, NOT_USABLE, OTHER_HOST, TOO_LARGE, described

ExportId = Annotated[str, Path(description="The export's id.", pattern="^[0-9a-f]{16}$")]

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: OTHER_HOST,
    404: described("There is no such export."),
    422: NOT_USABLE,
    429: described(
        "Too many exports are waiting, too many were ordered with mail in the last hour, or another export of messages "
        "of the workspace is not finished."
    ),
    503: described("A service cannot be reached, or the order asks for mail and no mail can be sent."),
}
_AUTH: dict[int | str, dict[str, Any]] = {401: NO_TOKEN, 403: NO_SCOPE}

router = APIRouter(
    prefix="/api/v1/exports",
    tags=["exports"],
    responses={**_PROBLEMS, **_AUTH},
    dependencies=[through(Gate.EXPORTS)],
)
links = APIRouter(prefix="/api/v1/exports", tags=["exports"], responses=_PROBLEMS, dependencies=[through(Gate.LINKS)])
"""The addresses that need no token but that of the link."""


_Address = Annotated[
    Annotated[str, AfterValidator(checked_address)] | None, Field(description="The address to mail the link to.")
]


class ExportOrder(ExportRequest):
    """What to export, and the address to mail the link to when the export is complete."""

    dataset: Annotated[Literal["conversations"], Field(description="What is exported.")] = "conversations"
    email: _Address = None


class MessageExportOrder(MessageExportRequest):
    """Which messages to export, and the address to mail the link to when the export is complete."""

    email: _Address = None


class ExportStatus(BaseModel):
    """The progress of an export. `total` is the approximate number of `rows` it will have, once it is known.

    The states of an export of messages are those of the vendor: pending, in_progress, completed, no_data, failed and
    canceled; expired is one whose file is removed. Its rows are the receipts and checkpoints that it is made of.
    """

    id: str
    state: State | MessageState
    request: dict[str, Any]
    rows: int
    total: int | None
    created_at: datetime
    completed_at: datetime | None
    expires_at: datetime | None
    error: str | None
    mail_to: str | None
    mailed_at: datetime | None
    mail_attempts: int
    mail_error: str | None


class OrderedExport(ExportStatus):
    """An export that has just been ordered, with the link to its file. Anybody with the link can fetch the file.

    The link appears only here and in the mail.
    """

    link: str


_EXAMPLE = {"workspace": "demo", "from": "2026-10-01", "to": "2026-10-31", "pipelines": ["new"], "packing": "zip"}
_BODY = {"requestBody": {"content": {"application/json": {"example": _EXAMPLE}}}}
_ABOUT = f"Have a worker write an export of message threads; {page('exports')} describes the columns."


_MESSAGES_EXAMPLE = {"workspace": "demo", "from": "2026-10-01", "to": "2026-10-31", "report": "detailed"}
_MESSAGES_BODY = {"requestBody": {"content": {"application/json": {"example": _MESSAGES_EXAMPLE}}}}
_ABOUT_MESSAGES = f"Have a worker write an export of messages; {page('exports')} describes the files."


@router.post("", status_code=202, description=_ABOUT, openapi_extra=_BODY, responses=TOO_LARGE)
def order(asked: ExportOrder, backend: BackendOfRequest, http: Request) -> OrderedExport:
    given = asked.model_dump(by_alias=True, exclude_unset=True, exclude={"dataset", "email"})
    return _ordered(backend, http, backend.in_zone(read_request, given), asked.email)


@router.post(
    "/messages", status_code=202, description=_ABOUT_MESSAGES, openapi_extra=_MESSAGES_BODY, responses=TOO_LARGE
)
def order_messages(asked: MessageExportOrder, backend: BackendOfRequest, http: Request) -> OrderedExport:
    given = asked.model_dump(by_alias=True, exclude_unset=True, exclude={"email"})
    return _ordered(backend, http, backend.in_zone(read_message_request, given), asked.email)


@router.get("/{export_id}")
def show(export_id: ExportId, backend: BackendOfRequest) -> ExportStatus:
    """The progress of an export, and until when its file can be fetched."""
    return ExportStatus(**_status(_found(backend, export_id)))


@router.delete("/{export_id}", responses={409: described("The export has already ended.")})
def cancel(export_id: ExportId, backend: BackendOfRequest, http: Request) -> ExportStatus:
    """Cancel an export, complete or not, and remove its file."""
    export = _found(backend, export_id)
    if not backend.storing(lambda store: cancel_export(store, export_id)):
        raise HTTPException(409, f"export {export_id} is already {export.status}")
    log_export(http, "export_ended", export_id, workspace=export.request["workspace"])
    note_action(http, workspace=export.request["workspace"], target=export_id)
    return ExportStatus(**_status(_found(backend, export_id)))


@links.get(
    "/{export_id}/download",
    response_class=FileResponse,
    responses={
        200: {"description": "The file.", "content": {"application/octet-stream": {}}},
        409: described("The export is not complete yet, or never will be."),
        410: described("The link has expired."),
    },
)
def download(
    export_id: ExportId,
    token: Annotated[str, Query(description="The token of the link.", min_length=1, max_length=200)],
    backend: BackendOfRequest,
    http: Request,
) -> FileResponse:
    """The file of a complete export."""
    export = _stored(backend, export_id)
    if not opens(export, token):
        raise HTTPException(404, f"there is no export {export_id} with that token")
    if export.expires_at is not None and export.expires_at <= datetime.now(UTC):
        raise HTTPException(410, "this link has expired; order the export again")
    if export.state == "cancelled" and export.completed_at is not None:
        raise HTTPException(410, "the file was removed before the link expired; order the export again")
    if export.status == "no_data":
        raise HTTPException(409, f"export {export_id} has no data, and so no file")
    if export.state != "complete":
        raise HTTPException(409, f"export {export_id} is {export.status}, not complete")
    path = file_of(backend.settings.exports_directory, export)
    if not path.exists():
        raise HTTPException(410, "the file is no longer on this server; order the export again")
    check_readable(path, export)
    if not is_head(http):
        log_export(http, "export_fetched", export_id, workspace=export.request["workspace"])
    note_action(http, workspace=export.request["workspace"], target=export_id)
    return FileResponse(
        path,
        media_type="application/octet-stream",
        filename=request_of(export).file_name,
        headers={"Cache-Control": "private, no-store"},  # without an Authorization header, a cache could keep the file
    )


def _ordered(backend: Backend, http: Request, request: AnyRequest, email: str | None) -> OrderedExport:
    backend.access.expect(request.workspace)
    export, token = backend.storing(lambda store: order_export(store, request, email, backend.settings))
    log_export(http, "export_ordered", export.export_id, workspace=request.workspace, with_mail=email is not None)
    said = request.model_dump(mode="json", by_alias=True, exclude={"workspace"}, exclude_defaults=True)
    note_action(http, workspace=request.workspace, target=export.export_id, ordered=said, mail_to=email)
    return OrderedExport(**_status(export), link=link_of(backend.settings, export.export_id, token))


def _found(backend: Backend, export_id: str) -> Export:
    """The export, if its workspace is the caller's."""
    export = _stored(backend, export_id)
    if not backend.access.allows(export.request["workspace"]):
        raise _no_export(export_id)
    return export


def _stored(backend: Backend, export_id: str) -> Export:
    export = backend.storing(lambda store: get_export(store, export_id))
    if export is None:
        raise _no_export(export_id)
    return export


def _no_export(export_id: str) -> HTTPException:
    return HTTPException(404, f"there is no export {export_id}")


def _status(export: Export) -> Mapping[str, Any]:
    return {**export._asdict(), "id": export.export_id, "state": export.status}
