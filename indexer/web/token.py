"""Who may ask: everybody where the server can only be reached from its own machine, else who bears the token."""

import base64
import binascii
import re
import secrets
from collections.abc import Awaitable, Callable

from fastapi import Request, Response

OPEN_PATHS = re.compile(r"/healthz|/api/v1/exports/[^/]+/download")
"""What is answered without the token: that the server runs, and files to whoever bears the token of their link."""

CHALLENGES = ('Bearer realm="reports"', 'Basic realm="reports"')

Next = Callable[[Request], Awaitable[Response]]


class TokenNeeded:
    """Lets a request through that bears the token; `refuse` makes the response to all others."""

    def __init__(self, token: str, refuse: Callable[[Request], Response]) -> None:
        """`token` is of visible ASCII characters."""
        self._token = token.encode()
        self._refuse = refuse

    async def __call__(self, request: Request, call_next: Next) -> Response:
        """The response of the server, or 401 with the ways to say the token."""
        if OPEN_PATHS.fullmatch(request.url.path) or self._is_borne(request.headers.get("Authorization", "")):
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
