"""The operators' pages: indices, the queue, quarantine, exports, health, settings of workspaces, and the audit log."""

from fastapi import APIRouter

from indexer.web.operations import (
    audit_routes,
    export_jobs,
    health_routes,
    index_routes,
    overview_routes,
    queue_routes,
)

router = APIRouter(include_in_schema=False)
for _part in (overview_routes, index_routes, queue_routes, export_jobs, health_routes, audit_routes):
    router.include_router(_part.router)
