"""The page of the audit log."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from indexer.dashboards.table_order import TableOrder
from indexer.store.access.audit_log import Entry, list_actions, list_known
from indexer.web.operations.row_tables import OrderOfTable, RowColumn
from indexer.web.operations.shared import WorkspaceParameter, operated, operator_page
from indexer.web.requests.backend import BackendOfRequest
from indexer.web.requests.stored_text import expect_text

router = APIRouter(include_in_schema=False)

_PATH = "/operations/audit"
_PAGE = 100

_Word = Annotated[str | None, Query(max_length=300)]


class Row(NamedTuple):
    """An entry, and its details as JSON (empty if there are none)."""

    entry: Entry
    details: str


_COLUMNS: Sequence[RowColumn[Row]] = (
    RowColumn("Time", lambda row: row.entry.entry_id),
    RowColumn("Actor", lambda row: row.entry.actor),
    RowColumn("Action", lambda row: row.entry.action),
    RowColumn("Workspace", lambda row: row.entry.workspace_id),
    RowColumn("Of", lambda row: row.entry.target),
    RowColumn("Details", lambda row: row.details or None),
    RowColumn("From", lambda row: row.entry.client),
)
_NEWEST_FIRST = TableOrder(0, falls=True)


@router.get(_PATH)
def show_audit(
    request: Request,
    backend: BackendOfRequest,
    orders: OrderOfTable,
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
    first = [*given.items(), *orders.parameters()]
    older = [*first, ("before", entries[-1].entry_id)] if len(found) > _PAGE else None
    rows = [Row(one, orjson.dumps(one.details).decode() if one.details else "") for one in entries]
    return operator_page(
        request,
        backend,
        "audit.html",
        "Audit log",
        table=orders.table(1, _COLUMNS, rows, _NEWEST_FIRST),
        orders=orders.parameters(),
        given=asked,
        known=known,
        is_continued=before is not None,
        first_url=f"{_PATH}?{urlencode(first)}" if first else _PATH,
        older_url=None if older is None else f"{_PATH}?{urlencode(older)}",
    )
