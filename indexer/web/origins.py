"""Pages of other web sites: their requests for a change are refused, and so are names that only they use."""

import re
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request, Response

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
"""The methods of requests that can change something."""

Next = Callable[[Request], Awaitable[Response]]


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
        if request.method in UNSAFE and self._is_foreign(request):
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
