"""The operators' pages: indices, the queue, quarantine, exports, health, settings of workspaces, and the audit log."""

from indexer.web.operations import (
    audit_routes,
    health_routes,
    index_routes,
    ordered_exports,
    overview_routes,
    queue_routes,
    team_routes,
    workspace_routes,
)

ROUTERS = tuple(
    part.router
    for part in (
        overview_routes,
        index_routes,
        queue_routes,
        ordered_exports,
        health_routes,
        workspace_routes,
        team_routes,
        audit_routes,
    )
)
