"""Access to the server: every request is checked here, before its body is read and before any route is called."""

import base64
import binascii
import secrets
from collections.abc import Callable
from typing import TypeVar

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as RequestScope

from indexer.errors import OperatorError, ServiceUnavailable
from indexer.store.access.scopes import Scope
from indexer.web.auth.accounts import Accounts
from indexer.web.auth.one_time_link import OneTimeLink
from indexer.web.auth.origins import UNSAFE, is_own_host, names_its_page
from indexer.web.auth.session_cookie import secret_in
from indexer.web.auth.sign_in import sign_in_page
from indexer.web.needs import Found, Needs, find_needs, methods_of
from indexer.web.requests.action import has_begun, named_workspaces, record_request
from indexer.web.requests.backend import Backend
from indexer.web.requests.caller import (
    CURRENT_USER,
    MAY_OPERATE,
    NOBODY,
    OF_SETTINGS,
    OF_THIS_MACHINE,
    THEME,
    Access,
    Caller,
    Forbidden,
    ForeignHost,
    UnknownCaller,
)
from indexer.web.requests.gates import Gate, place_in
from indexer.web.requests.head import is_head

_T = TypeVar("_T")

_REFRESHED = "X-Refresh"
"""The header of a request that a page sends by itself: it does not keep the session of its reader alive."""

CHALLENGES = ('Bearer realm="reports"', 'Basic realm="reports"')


class AccessCheck:
    """Finds the caller of a request, and refuses what the caller may not do.

    * A request needs what `needs` says; an address that is not in it is refused like one that does not exist.
    * A server without users and tokens answers the readers of its own machine, who name it as such: otherwise any web
      site could point its own name at this machine, and its readers' browsers could read the reports.
    * A workspace that the address or the query names must be the caller's; bodies are checked by the routes.
    """

    def __init__(
        self,
        app: ASGIApp,
        backend: Backend,
        needs: Needs,
        refuse: Callable[[Request, Exception], Response],
        *,
        needs_accounts: bool = False,
        link: OneTimeLink | None = None,
    ) -> None:
        """`app` gets the requests that may be sent; `refuse` makes the response to an error.

        With `needs_accounts` nobody is answered without an account. With a `link`, the only reader without one is the
        browser that opened it.
        """
        self._app = app
        self._link = link
        token = backend.settings.api_token
        self._token = None if token is None else token.get_secret_value().encode()
        self._is_closed = token is not None or needs_accounts
        self._backend = backend
        self._accounts = Accounts(backend.storing)
        self._needs = needs
        self._refuse = refuse

    async def __call__(self, scope: RequestScope, receive: Receive, send: Send) -> None:
        """Pass the request on if the caller may send it, or answer why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        THEME.set(request.cookies.get("theme"))
        try:
            found = await self._check(request)
        except (OperatorError, HTTPException) as error:
            await self._refuse(request, error)(scope, receive, send)
            return
        if found is None:
            await (await self._unknown_caller(request))(scope, receive, send)
            return
        audited = [(one, one.need.audited) for one in found if one.need.audited and not is_head(request)]
        await self._app(scope, receive, self._recording(request, audited, send) if audited else send)

    def _recording(self, request: Request, audited: list[tuple[Found, str]], send: Send) -> Send:
        """A `send` that adds the request to the audit log before its response begins, if it has changed something."""

        async def send_recorded(message: Message) -> None:
            if message["type"] == "http.response.start" and (message["status"] < 400 or has_begun(request)):
                for one, action in audited:
                    await run_in_threadpool(record_request, self._backend, request, one, action)
            await send(message)

        return send_recorded

    async def _check(self, request: Request) -> list[Found] | None:
        """What fits the request, if the caller may send it; None for a caller who is not known."""
        path = request.scope["path"]
        found = find_needs(self._needs, request.method, path)
        is_open = bool(found) and all(one.need.is_open for one in found)
        if is_head(request) and any(one.need.spends for one in found):
            raise HTTPException(405, "Method Not Allowed", {"Allow": "GET"})
        if not is_own_host(request) and await self._is_for_this_machine(request):
            named = request.headers.get("Host", "")
            raise ForeignHost(
                f"the host name {named} is not one of this machine" if named else "the request names no host",
                "use 127.0.0.1 or localhost; a server for other machines needs users, tokens or INDEXER_API_TOKEN",
            )
        if is_open:
            request.state.access = Access(NOBODY)
            CURRENT_USER.set(None)
            MAY_OPERATE.set(False)
            return found
        caller = await self._caller(request)
        if caller is None:
            return None
        if not found:
            if methods := methods_of(self._needs, path):
                raise HTTPException(405, "Method Not Allowed", {"Allow": ", ".join(methods)})
            raise HTTPException(404, "Not Found")
        access = Access(caller, frozenset(one.need.scope for one in found if one.need.scope is not None))
        for one in found:
            _expect(request, access, one)
        request.state.access = access
        CURRENT_USER.set(caller.user)
        MAY_OPERATE.set(caller.grants.allows_some(Scope.OPERATE))
        return found

    async def _caller(self, request: Request) -> Caller | None:
        """The caller: by a token, by a session, or as a reader on this machine."""
        secret = secret_of(request.headers.get("Authorization", ""))
        # In constant time, so that the time of a refusal does not reveal how much of a guess was right.
        if self._token is not None and secrets.compare_digest(secret, self._token):
            return OF_SETTINGS
        if secret and (
            found := await self._looked_up(request, lambda: self._accounts.of_token(secret.decode("latin-1")))
        ):
            return found
        session = secret_in(request)
        if session:
            is_used = _REFRESHED not in request.headers
            found = await self._looked_up(request, lambda: self._accounts.of_session(session, is_used=is_used))
            if found:
                return found
        if self._is_closed or await self._looked_up(request, self._accounts.has_any):
            return None
        return OF_THIS_MACHINE if self._link is None or self._link.holds(session) else None

    async def _is_for_this_machine(self, request: Request) -> bool:
        """Whether there are no accounts, as far as that can be known without starting the store."""
        if self._is_closed:
            return False
        if not self._backend.store_runs:
            return True
        try:
            return not await self._looked_up(request, self._accounts.has_any)
        except (ServiceUnavailable, HTTPException):
            return True

    async def _looked_up(self, request: Request, look: Callable[[], _T]) -> _T:
        async with place_in(request.app.state.gates, Gate.CALLERS):
            try:
                return await run_in_threadpool(look)
            except ServiceUnavailable:  # without its address: anybody may ask
                raise ServiceUnavailable("the server cannot look up accounts now", "try again later") from None

    async def _unknown_caller(self, request: Request) -> Response:
        """The page to sign in for a reader, if there are users; for others 401 with the ways to send a token."""
        try:
            has_users = await self._looked_up(request, self._accounts.has_users)
        except (ServiceUnavailable, HTTPException):
            has_users = False
        path = request.scope["path"]
        if has_users and request.method == "GET" and not path.startswith("/api/"):
            query = request.scope["query_string"].decode("latin-1")
            return sign_in_page(request, f"{path}?{query}" if query else path, 401)
        if self._link is not None and not has_users and not path.startswith("/api/"):
            return self._refuse(request, unopened_link())
        said = UnknownCaller("the token is missing or wrong", "send the header Authorization: Bearer TOKEN")
        response = self._refuse(request, said)
        # If readers sign in on a page, no browser has to ask for a token in a window of its own.
        for challenge in CHALLENGES[:1] if has_users else CHALLENGES:
            response.headers.append("WWW-Authenticate", challenge)
        return response


def unopened_link() -> UnknownCaller:
    """The error for a browser that has not opened the one-time link."""
    return UnknownCaller(
        "this server answers only the browser that opened its link",
        "open the link that the terminal shows; it can be opened once, and the next start shows a new one",
    )


def secret_of(authorization: str) -> bytes:
    """The token in a header: after `Bearer`, or as the password of `Basic`, for which browsers ask."""
    scheme, _, credentials = authorization.strip().partition(" ")
    said = credentials.strip().encode("latin-1", "replace")
    match scheme.lower():
        case "bearer":
            return said
        case "basic":
            try:
                return base64.b64decode(said, validate=True).partition(b":")[2]
            except binascii.Error:
                return b""
        case _:
            return b""


def _expect(request: Request, access: Access, found: Found) -> None:
    """Raise `Forbidden` unless the caller has what the request needs, for the workspaces that it names."""
    scope, grants = found.need.scope, access.caller.grants
    if access.caller.user is not None and request.method in UNSAFE and not names_its_page(request):
        raise Forbidden("the request does not say which page it comes from", "send it from a page of this server")
    if scope is None:
        return
    if not grants.allows_some(scope):
        raise Forbidden(f"{access.caller.actor} does not have the scope {scope}", "ask an operator for it")
    if found.need.every_workspace and not grants.allows_every(scope):
        raise Forbidden(
            f"{access.caller.actor} does not have the scope {scope} for every workspace", "ask an operator for it"
        )
    named = named_workspaces(request, found)
    for workspace in named:
        access.expect(workspace)
    if len(set(named)) > 1:  # the audit log could name another one than the route takes
        raise HTTPException(422, "the request names several workspaces; name one")
