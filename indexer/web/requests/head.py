"""HEAD requests, answered like GET without the body."""

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_IS_HEAD = "indexer.is_head"


class HeadAsGet:
    """Answers HEAD at every address that has GET; the server sends no body to HEAD."""

    def __init__(self, app: ASGIApp) -> None:
        """`app` gets a GET request, of which `is_head` knows what it was."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and the response without its body."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self._app({**scope, "method": "GET", _IS_HEAD: True}, receive, send_head)


def is_head(request: Request) -> bool:
    """Whether the caller gets the head of the response only: programs look at links in this way before people do."""
    return bool(request.scope.get(_IS_HEAD))
