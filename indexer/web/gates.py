"""Limits on requests of each kind that are answered at once: fewer together than the server's 40 threads.

A service that hangs then only holds up the requests that need it.
"""

import asyncio
from collections.abc import AsyncIterator
from enum import Enum
from typing import Any

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

_WAIT_SECONDS = 5.0
_COME_AGAIN_SECONDS = 5


class Gate(Enum):
    """A kind of requests, and how many of them are answered at once."""

    SEARCHES = 16
    EXPORTS = 6
    LINKS = 4
    EVENTS = 6


def open_gates() -> dict[Gate, asyncio.Semaphore]:
    """The gates of one server, with all their places free."""
    return {gate: asyncio.Semaphore(gate.value) for gate in Gate}


def through(gate: Gate) -> Any:
    """A dependency: the request has a place while it is answered, not while the answer is sent.

    A request that finds no place within a few seconds is answered 503, with the time after which to try again.
    """

    async def take_a_place(request: Request) -> AsyncIterator[None]:
        places: asyncio.Semaphore = request.app.state.gates[gate]
        try:
            await asyncio.wait_for(places.acquire(), _WAIT_SECONDS)
        except TimeoutError:
            said = f"the server is already answering {gate.value} such requests; try again in a few seconds"
            raise HTTPException(503, said, {"Retry-After": str(_COME_AGAIN_SECONDS)}) from None
        try:
            yield
        finally:
            places.release()

    return Depends(take_a_place, scope="function")
