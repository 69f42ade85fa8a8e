"""Pages of other web sites: their requests are refused, but for links to pages, and so are names that only they use."""

import re
from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
"""The methods of requests that can change something."""


def is_own_host(request: Request) -> bool:
    """Whether the request names this machine: as `localhost`, or by any of its loopback addresses.

    An address cannot be made to point elsewhere, so it is as safe as the name.
    """
    host = re.sub(r":\d*$", "", request.headers.get("Host", ""))
    if host == "localhost":
        return True
    try:
        return ip_address(re.sub(r"^\[(.*:.*)\]$", r"\1", host)).is_loopback
    except ValueError:
        return False


def names_its_page(request: Request) -> bool:
    """Whether the request says which site it comes from, as those of browsers do."""
    return "Sec-Fetch-Site" in request.headers or "Origin" in request.headers


class OwnPagesOnly:
    """Refuses requests that another web site makes a reader's browser send: all but a link that the reader follows.

    The other site could not read the answer to a GET request, but it could keep the server busy, and learn from the
    time that the answer takes. A browser names the site in `Sec-Fetch-Site` or `Origin`; a program sends neither.
    """

    def __init__(self, app: ASGIApp, refuse: Callable[[Request], Response], public_url: str | None = None) -> None:
        """`app` gets the other requests. `refuse` makes the response, before the body is read.

        `public_url` is the address at which readers reach the server, if it is configured: a proxy may put another name
        into the Host header, although the pages are the server's own.
        """
        self._app = app
        self._refuse = refuse
        self._own = None if public_url is None else _origin_of(public_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with 403, or pass the request on."""
        app = self._app
        if scope["type"] == "http" and self._is_foreign(request := Request(scope)):
            app = self._refuse(request)
        await app(scope, receive, send)

    def _is_foreign(self, request: Request) -> bool:
        is_unsafe = request.method in UNSAFE
        site = request.headers.get("Sec-Fetch-Site")
        if site is not None:
            return site not in ("same-origin", "none") and (is_unsafe or not _follows_a_link(request))
        if not is_unsafe:
            return False
        origin = request.headers.get("Origin")
        if origin is None or (self._own is not None and origin == self._own):
            return False
        return origin.partition("://")[2] != request.headers.get("Host", "")


def _follows_a_link(request: Request) -> bool:
    """Whether the answer takes the place of the page that the reader leaves, and is not loaded into that."""
    return (request.headers.get("Sec-Fetch-Mode"), request.headers.get("Sec-Fetch-Dest")) == ("navigate", "document")


def _origin_of(url: str) -> str:
    """The `Origin` that a browser sends on the pages of a URL: lower case, without the default port of the scheme."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = "" if parts.port in (None, {"http": 80, "https": 443}[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"
