"""The cookie of a session. Behind TLS it is sent through TLS only, and no sub-domain can set it."""

from urllib.parse import urlsplit

from fastapi import Request, Response

from indexer.store.access.sessions import ABSOLUTE

_NAME = "indexer_session"
_SECURE_NAME = "__Host-indexer_session"


def secret_in(request: Request) -> str | None:
    """The secret of the session that the request belongs to, if it names one."""
    return request.cookies.get(_SECURE_NAME if is_secure(request) else _NAME)


def set_cookie(request: Request, response: Response, secret: str) -> None:
    """Have the browser send the secret with every request to this server, and show it to no script."""
    response.set_cookie(
        _SECURE_NAME if is_secure(request) else _NAME,
        secret,
        max_age=int(ABSOLUTE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )


def delete_cookie(request: Request, response: Response) -> None:
    """Have the browser forget the secret."""
    secure = is_secure(request)
    response.delete_cookie(_SECURE_NAME if secure else _NAME, httponly=True, samesite="lax", secure=secure)


def is_secure(request: Request) -> bool:
    """Whether the reader's browser speaks TLS: to us, to a proxy that says so, or at the public address."""
    public_url = str(request.app.state.backend.settings.public_url)
    return "https" in (request.scope["scheme"], urlsplit(public_url).scheme)
