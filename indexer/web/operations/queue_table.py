"""The table of what waits by workspace and dataset, which two pages show."""

from collections.abc import Sequence

from indexer.dashboards.table_order import TableOrder
from indexer.operations.queue_status import WorkspaceQueue
from indexer.web.operations.row_tables import RowColumn, TableOrders
from indexer.web.pages.ordered_table import OrderedTable

_COLUMNS: Sequence[RowColumn[WorkspaceQueue]] = (
    RowColumn("Workspace", lambda one: one.workspace_id),
    RowColumn("Dataset", lambda one: one.dataset.name),
    RowColumn("Due", lambda one: one.depth.due, is_figure=True),
    RowColumn("Leased", lambda one: one.depth.leased, is_figure=True),
    RowColumn("Put off", lambda one: one.depth.waiting, is_figure=True),
    RowColumn(
        "The oldest for", lambda one: one.depth.oldest_age_seconds if one.depth.unindexed else None, is_figure=True
    ),
    RowColumn("In quarantine", lambda one: one.depth.quarantined, is_figure=True),
)
_OLDEST_FIRST = TableOrder(5, falls=True)


def queue_table(orders: TableOrders, number: int, queues: Sequence[WorkspaceQueue]) -> OrderedTable:
    """The table with that number on its page; the queues come with the oldest first."""
    return orders.table(number, _COLUMNS, queues, _OLDEST_FIRST)
