"""Limits on requests of each kind that are answered at once: fewer together than the server's 40 threads.

A service that hangs then only holds up the requests that need it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum
from typing import Any

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

_WAIT_SECONDS = 5.0
_COME_AGAIN_SECONDS = 5


class Gate(Enum):
    """A kind of requests, and how many of them are answered at once."""

    # The name is part of the value: two members with equal values would be one, and share their places.
    SEARCHES = ("searches", 16)
    EXPORTS = ("exports", 5)
    LINKS = ("links", 3)
    EVENTS = ("events", 6)
    CALLERS = ("callers", 4)
    SIGN_INS = ("sign-ins", 2)
    PROVIDER = ("provider", 1)
    HEALTH = ("health", 1)
    MAILS = ("mails", 1)

    @property
    def places(self) -> int:
        """How many such requests are answered at once."""
        return self.value[1]


Gates = dict[Gate, asyncio.Semaphore]


def open_gates() -> Gates:
    """The gates of one server, with all their places free."""
    return {gate: asyncio.Semaphore(gate.places) for gate in Gate}


@asynccontextmanager
async def place_in(gates: Gates, gate: Gate) -> AsyncIterator[None]:
    """A place for a request; raises `HTTPException` 503 with the time to try again if none is free in a few seconds."""
    places = gates[gate]
    try:
        await asyncio.wait_for(places.acquire(), _WAIT_SECONDS)
    except TimeoutError:
        said = f"the server is already answering {gate.places} such requests; try again in a few seconds"
        raise HTTPException(503, said, {"Retry-After": str(_COME_AGAIN_SECONDS)}) from None
    try:
        yield
    finally:
        places.release()


def through(gate: Gate) -> Any:
    """A dependency: the request has a place while it is answered, not while the answer is sent."""

    async def take_a_place(request: Request) -> AsyncIterator[None]:
        async with place_in(request.app.state.gates, gate):
            yield

    return Depends(take_a_place, scope="function")
