"""Compression of pages and of what they load; answers for programs and downloads are sent as they are."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_LEAST_BYTES = 1_000
_LEVEL = 5


class CompressedPages:
    """Compresses responses outside of `/api/` for clients that take it.

    Pages hold no secret that a reader's input stands beside, so their compressed length gives nothing away.
    """

    def __init__(self, app: ASGIApp) -> None:
        """`app` makes the responses."""
        self._plain = app
        self._compressing = GZipMiddleware(app, minimum_size=_LEAST_BYTES, compresslevel=_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        is_page = scope["type"] == "http" and not scope["path"].startswith("/api/")
        await (self._compressing if is_page else self._plain)(scope, receive, send)
