"""What a request did, for the audit log."""

from typing import Any

import structlog
from fastapi import Request

from indexer.errors import OperatorError
from indexer.plain_text import first_line
from indexer.store.access.audit_log import record_action
from indexer.web.needs import Found
from indexer.web.requests.access_log import client_of
from indexer.web.requests.backend import Backend
from indexer.web.requests.caller import access_of

log = structlog.get_logger()

_WORKSPACE = ("workspace", "workspace_id")
"""The names of parameters that are a workspace, in queries and in addresses."""


def named_workspaces(request: Request, found: Found) -> list[str]:
    """The workspaces that the query and the address of a request name."""
    asked = [value for name in _WORKSPACE for value in request.query_params.getlist(name) if value]
    return [*asked, *(found.values[name] for name in _WORKSPACE if name in found.values)]


def note_action(
    request: Request,
    *,
    workspace: str | None = None,
    target: str | None = None,
    actor: str | None = None,
    **details: Any,
) -> None:
    """Say what this request is about, in more than its query and address do; without secrets and content."""
    request.state.action = {"workspace": workspace, "target": target, "actor": actor, "details": details}


def has_begun(request: Request) -> bool:
    """Whether the request noted that it has begun to change something (`failed`), and not that it was done."""
    return bool(getattr(request.state, "action", {}).get("details", {}).get("failed"))


def record_request(backend: Backend, request: Request, found: Found, action: str) -> None:
    """Add a request that has changed something to the audit log; if that fails, the server's own log has it."""
    noted: dict[str, Any] = getattr(request.state, "action", {})
    workspaces = named_workspaces(request, found)
    actor = noted.get("actor") or access_of(request).caller.actor
    try:
        backend.storing(
            lambda connection: record_action(
                connection,
                actor,
                action,
                workspace_id=noted.get("workspace") or (workspaces[0] if workspaces else None),
                target=noted.get("target") or "/".join(found.values.values()) or None,
                client=client_of(request),
                details=noted.get("details"),
            )
        )
    except OperatorError as error:
        log.error("audit_lost", action=action, actor=actor, error=first_line(error))
