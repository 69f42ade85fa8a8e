"""Limits on requests before they are read: their size, the time they take to arrive, and the number of connections.

h11 limits the size of the head.
"""

import asyncio

import h11
from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_BODY_BYTES = 1_000_000
MOST_HEAD_BYTES = 65_536
MOST_CONNECTIONS = 500
"""The most connections: fewer than the usual limit of open files of a process."""

REQUEST_SECONDS = 30.0


class BodyLimit:
    """Answers 413 to a body that is too large, without reading the rest of it."""

    def __init__(self, app: ASGIApp) -> None:
        """`app` answers an `HTTPException` that its `receive` raises."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and count its bytes as they are read."""
        read = 0

        async def receive_some() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > MOST_BODY_BYTES:  # FastAPI passes on only its own kind of HTTPException
                raise HTTPException(413, f"the body has more than {MOST_BODY_BYTES:,} bytes; send less at once")
            return message

        await self._app(scope, receive_some, send)


class LimitedConnection(H11Protocol):
    """HTTP/1.1 on a connection that is closed if a request takes too long, or if there are too many connections.

    The time of a request runs from its first byte, or from the beginning of the connection, to its last byte. Neither
    the answer nor the pause between two requests, which uvicorn limits, is part of it.
    """

    _is_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
        else:
            self._look_at_the_clock()

    def data_received(self, data: bytes) -> None:
        """Take a piece of a request."""
        super().data_received(data)
        self._look_at_the_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        super().connection_lost(exc)
        self._stop_the_clock()

    def _look_at_the_clock(self) -> None:
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._stop_the_clock()
        elif self._is_due is None:
            self._is_due = self.loop.call_later(REQUEST_SECONDS, self.transport.close)

    def _stop_the_clock(self) -> None:
        if self._is_due is not None:
            self._is_due.cancel()
            self._is_due = None
