"""Access to the server: requests to a host of this machine or, if a token is set, requests that send it."""

import base64
import binascii
import re
import secrets
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request, Response

OPEN_PATHS = re.compile(r"/healthz|/readyz|/api/v1/exports/[^/]+/download")
"""The addresses that need no token: whether the server runs and can answer; files, by the token of their link."""

CHALLENGES = ('Bearer realm="reports"', 'Basic realm="reports"')

_UNSAFE = ("POST", "PUT", "PATCH", "DELETE")

Next = Callable[[Request], Awaitable[Response]]


class OwnHostsOnly:
    """Lets a request through that names a host of this machine; `refuse` makes the response to all others.

    Otherwise any web site could point its own name at this machine, and its readers' browsers could read the reports.
    """

    def __init__(self, refuse: Callable[[Request, str], Response]) -> None:
        """`refuse` gets the name in the request."""
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
    """Refuses requests for a change that another web site makes a reader's browser send.

    A browser names the site in `Sec-Fetch-Site` or `Origin` of such a request; a program sends neither.
    """

    def __init__(self, refuse: Callable[[Request], Response], public_url: str | None = None) -> None:
        """`refuse` makes the response, before the body is read.

        `public_url` is the address at which readers reach the server, if it is configured: a proxy may put another name
        into the Host header, although the pages are the server's own.
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
    """The `Origin` that a browser sends on the pages of a URL: lower case, without the default port of the scheme."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = "" if parts.port in (None, {"http": 80, "https": 443}[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


class TokenNeeded:
    """Lets a request through that sends the token; `refuse` makes the response to all others."""

    def __init__(self, token: str, refuse: Callable[[Request], Response]) -> None:
        """`token` has only visible ASCII characters."""
        self._token = token.encode()
        self._refuse = refuse

    async def __call__(self, request: Request, call_next: Next) -> Response:
        """The response of the server, or 401 with the ways to send the token.

        The address is taken from the path that the router uses too: in older versions of Starlette, `request.url` also
        depends on the Host header.
        """
        if OPEN_PATHS.fullmatch(request.scope["path"]) or self._is_borne(request.headers.get("Authorization", "")):
            return await call_next(request)
        response = self._refuse(request)
        for challenge in CHALLENGES:
            response.headers.append("WWW-Authenticate", challenge)
        return response

    def _is_borne(self, authorization: str) -> bool:
        # In constant time, so that the time of a refusal does not reveal how much of a guess was right.
        return secrets.compare_digest(_token_of(authorization), self._token)


def _token_of(authorization: str) -> bytes:
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
