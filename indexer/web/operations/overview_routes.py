"""The operators' first page: what waits, what could not be indexed, who works, and the jobs in progress."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from indexer.operations.export_status import read_exports
from indexer.operations.overview import read_overview
from indexer.operations.queue_status import read_workspace_queues, total
from indexer.web.operations.queue_table import queue_table
from indexer.web.operations.row_tables import OrderOfTable
from indexer.web.operations.shared import operated, operator_page
from indexer.web.requests.backend import BackendOfRequest

router = APIRouter(include_in_schema=False)


@router.get("/operations")
def show_overview(request: Request, backend: BackendOfRequest, orders: OrderOfTable) -> HTMLResponse:
    """The state of the installation, or of the caller's workspaces."""
    named = operated(backend.access)
    with backend.connect() as connection:
        queues = read_workspace_queues(connection, named)
        exports = [one for each in ([None] if named is None else named) for one in read_exports(connection, each)]
        overview = read_overview(connection) if named is None else None
    return operator_page(
        request,
        backend,
        "overview.html",
        "Overview",
        depth=total([one.depth for one in queues]),
        queue_table=queue_table(orders, 1, [one for one in queues if one.depth.unindexed or one.depth.quarantined]),
        exports=[one for one in exports if one.is_unfinished],
        overview=overview,
        workspaces=named,
    )
