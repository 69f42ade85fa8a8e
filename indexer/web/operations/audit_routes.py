"""The page of the audit log."""

from typing import Annotated
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from indexer.store.access.audit_log import list_actions, list_known
from indexer.web.operations.shared import WorkspaceParameter, operated, operator_page
from indexer.web.requests.backend import BackendOfRequest
from indexer.web.requests.stored_text import expect_text

router = APIRouter(include_in_schema=False)

_PATH = "/operations/audit"
_PAGE = 100

_Word = Annotated[str | None, Query(max_length=300)]


@router.get(_PATH)
def show_audit(
    request: Request,
    backend: BackendOfRequest,
    *,
    workspace: WorkspaceParameter = None,
    actor: _Word = None,
    action: _Word = None,
    before: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
) -> HTMLResponse:
    """The entries, the newest first; of the caller's workspaces, or all."""
    asked = {"workspace": workspace, "actor": actor, "action": action}
    given = {name: value for name, value in asked.items() if value}
    for name, value in given.items():
        expect_text(name, value)
    workspaces = [workspace] if workspace else operated(backend.access)
    with backend.connect() as connection:
        found = list_actions(
            connection,
            workspaces=workspaces,
            actor=given.get("actor"),
            action=given.get("action"),
            before=before,
            limit=_PAGE + 1,
        )
        known = list_known(connection, workspaces)
    entries = found[:_PAGE]
    older = {**given, "before": entries[-1].entry_id} if len(found) > _PAGE else None
    return operator_page(
        request,
        backend,
        "audit.html",
        "Audit log",
        entries=entries,
        details=[orjson.dumps(one.details).decode() if one.details else "" for one in entries],
        given=asked,
        known=known,
        is_continued=before is not None,
        first_url=f"{_PATH}?{urlencode(given)}" if given else _PATH,
        older_url=None if older is None else f"{_PATH}?{urlencode(older)}",
    )
