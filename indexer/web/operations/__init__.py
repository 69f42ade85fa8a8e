"""The operators' pages: indices, the queue, quarantine, exports, health, settings of workspaces, and the audit log."""

from fastapi import APIRouter

from indexer.web.operations import (
    audit_routes,
    health_routes,
    index_routes,
    ordered_exports,
    overview_routes,
    queue_routes,
    workspace_routes,
)

router = APIRouter(include_in_schema=False)
for _part in (
    overview_routes,
    index_routes,
    queue_routes,
    ordered_exports,
    health_routes,
    workspace_routes,
    audit_routes,
):
    router.include_router(_part.router)
