"""The log of requests, refusals and actions on exports: one line each, without secrets.

A request is named by the template of its address, so that none of its values is logged: no workspace, no token, and no
id but that of an export.
"""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import structlog
from fastapi import Request
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

_KINDS = {400: "host", 401: "token", 403: "access", 413: "size", 422: "parameter", 429: "limit"}
"""The reasons of refusals by status."""

_UNLOGGED = frozenset({"/healthz", "/readyz"})
"""The addresses that supervisors ask all the time; if all is well, the request is not logged."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_PARAMETER = re.compile(r"[a-z_]{1,30}", re.ASCII)
_NOTE = "indexer.access"


@dataclass(slots=True)
class _Noted:
    """The facts about a request besides its status."""

    parameter: str | None = None


class AccessLog:
    """Logs `request` for each request that was answered or broke off, and `request_refused` for the refused ones."""

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute]) -> None:
        """`routes` are those of the application and of the routers in it."""
        self._app = app
        self._routes = [route for route in routes if hasattr(route, "path")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and log its outcome."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status, size, noted = time.perf_counter(), 0, 0, _Noted()
        route = self._template(scope)  # which cannot be found any more once the application has changed the scope
        scope[_NOTE] = noted

        async def count(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, count)
        finally:
            if route not in _UNLOGGED or status != 200:
                method = scope["method"] if scope["method"] in _METHODS else "other"
                said = {"method": method, "route": route, "status": status or 500, "client": _address(scope)}
                log.info("request", **said, seconds=round(time.perf_counter() - begun, 3), bytes=size)
                if (kind := _KINDS.get(status)) is not None:
                    further = {"parameter": noted.parameter} if noted.parameter else {}
                    log.warning("request_refused", **said, kind=kind, **further)

    def _template(self, scope: Scope) -> str:
        """The address with names in place of values; `none` if the server has no such address."""
        for route in self._routes:
            match, _ = route.matches(scope)
            if match is not Match.NONE:
                path: str = route.path
                return f"{path}/{{path}}" if isinstance(route, Mount) else path
        return "none"


def note_parameter(request: Request, parameter: str | None) -> None:
    """Log the parameter at fault with the refusal, if it is a name of ours; any other could be any text."""
    noted = request.scope.get(_NOTE)
    if noted is not None and parameter is not None:
        noted.parameter = parameter if _PARAMETER.fullmatch(parameter) else "another"


def log_export(request: Request, event: str, export_id: str, **more: Any) -> None:
    """Log an action of a client on an export."""
    log.info(event, export=export_id, client=client_of(request), **more)


def client_of(request: Request) -> str:
    """The address of the client, `unknown` if it is not an address."""
    return _address(request.scope)


def _address(scope: Scope) -> str:
    # Through a proxy it is what a header says, and a program on the proxy's machine can write any text into that.
    said = str(scope["client"][0]) if scope.get("client") else ""
    try:
        return str(ip_address(said.partition("%")[0]))
    except ValueError:
        return "unknown"
