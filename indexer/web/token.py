"""Which requests are answered: those to a host of this machine, or with a token set those that bear it."""

import base64
import binascii
import re
import secrets
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request, Response

OPEN_PATHS = re.compile(r"/healthz|/readyz|/api/v1/exports/[^/]+/download")
"""What is answered without the token: that the server runs and can answer; files, by the token of their link."""

CHALLENGES = ('Bearer realm="reports"', 'Basic realm="reports"')

_UNSAFE = ("POST", "PUT", "PATCH", "DELETE")

Next = Callable[[Request], Awaitable[Response]]


class OwnHostsOnly:
    """Lets a request through that names a host of this machine; `refuse` makes the response to all others.

    Any web site could have its own name point at this machine, and have its readers' browsers read the reports.
    """

    def __init__(self, refuse: Callable[[Request, str], Response]) -> None:
        """`refuse` is given the name that was asked for."""
        self._refuse = refuse

    async def __call__(self, request: Request, call_next: Next) -> Response:
        """The response of the server, or 400."""
        named = request.headers.get("Host", "")
        return await call_next(request) if _is_own(named) else self._refuse(request, named)


def _is_own(named: str) -> bool:
    """Whether a Host header names this machine: as `localhost`, or by any of its loopback addresses.

    An address cannot be made to point elsewhere, so it is as safe as the name.
    """
    host = re.sub(r":\d*$", "", named)
    if host == "localhost":
        return True
    try:
        return ip_address(re.sub(r"^\[(.*:.*)\]$", r"\1", host)).is_loopback
    except ValueError:
        return False


class OwnPagesOnly:
    """Refuses what another web site has a reader's browser send to change something here.

    A browser says in `Sec-Fetch-Site` or `Origin` from where it sends such a request; a program says neither.
    """

    def __init__(self, refuse: Callable[[Request], Response], public_url: str | None = None) -> None:
        """`refuse` makes the response, before the body is read.

        `public_url` is where readers reach the server, if that was configured: a proxy may put another name into the
        Host header, and the pages are its own all the same.
        """
        self._refuse = refuse
        self._own = None if public_url is None else _origin_of(public_url)

    async def __call__(self, request: Request, call_next: Next) -> Response:
        """The response of the server, or 403."""
        if request.method in _UNSAFE and self._is_foreign(request):
            return self._refuse(request)
        return await call_next(request)

    def _is_foreign(self, request: Request) -> bool:
        site = request.headers.get("Sec-Fetch-Site")
        if site is not None:
            return site not in ("same-origin", "none")
        origin = request.headers.get("Origin")
        if origin is None or (self._own is not None and origin == self._own):
            return False
        return origin.partition("://")[2] != request.headers.get("Host", "")


def _origin_of(url: str) -> str:
    """What a browser says in `Origin` on the pages of a URL: lower case, without a port that is the scheme's own."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = "" if parts.port in (None, {"http": 80, "https": 443}[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


class TokenNeeded:
    """Lets a request through that bears the token; `refuse` makes the response to all others."""

    def __init__(self, token: str, refuse: Callable[[Request], Response]) -> None:
        """`token` is of visible ASCII characters."""
        self._token = token.encode()
        self._refuse = refuse

    async def __call__(self, request: Request, call_next: Next) -> Response:
        """The response of the server, or 401 with the ways to say the token.

        Which request it is, is decided by the path that the router takes too: that of `request.url` is put together
        with what the Host header says, by older versions of Starlette.
        """
        if OPEN_PATHS.fullmatch(request.scope["path"]) or self._is_borne(request.headers.get("Authorization", "")):
            return await call_next(request)
        response = self._refuse(request)
        for challenge in CHALLENGES:
            response.headers.append("WWW-Authenticate", challenge)
        return response

    def _is_borne(self, authorization: str) -> bool:
        # In constant time, so that how long a refusal takes does not tell how much of a guess was right.
        return secrets.compare_digest(_token_of(authorization), self._token)


def _token_of(authorization: str) -> bytes:
    """The token that a header holds: behind `Bearer`, or as the password of `Basic`, which browsers ask for."""
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
