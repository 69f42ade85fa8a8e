"""Signing in through an identity provider (OpenID Connect): the way there and back, with state, nonce and PKCE.

Authlib keeps the three of them in a session of its own. Here that is a cookie of ten minutes which the browser brings
back with the provider's answer, so that any process of the server can take it.
"""

import base64
import binascii
from typing import Any

import orjson
import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from indexer.errors import OperatorError
from indexer.settings import Settings
from indexer.store.access.sessions import begin_session
from indexer.store.access.users import is_user
from indexer.web.auth.session_cookie import is_secure, set_cookie
from indexer.web.auth.sign_in import own_path, sign_in_page
from indexer.web.requests.action import note_action
from indexer.web.requests.backend import Backend, BackendOfRequest
from indexer.web.requests.gates import Gate, through

log = structlog.get_logger()

_SECONDS = 600
_NAME, _SECURE_NAME = "indexer_provider", "__Host-indexer_provider"
_TIMEOUT_SECONDS = 10

_LONGEST_NEXT = 1_000
"""The most characters of the page to show after it: browsers drop cookies of more than 4,096 bytes."""

router = APIRouter(include_in_schema=False, prefix="/sign-in/provider")


@router.get("", dependencies=[through(Gate.PROVIDER)])
async def go_to_provider(request: Request, backend: BackendOfRequest) -> Response:
    """Send the browser to the provider."""
    client = _client(request, backend.settings)
    goes_to = own_path(request.query_params.get("next", "/"))
    request.scope["session"] = {"next": goes_to if len(goes_to) <= _LONGEST_NEXT else "/"}
    try:
        response: Response = await client.authorize_redirect(request, _return_address(request, backend.settings))
    except _faults() as error:
        return _refused(request, error, "The identity provider cannot be reached now.", 503)
    _keep(request, response)
    return response


@router.get("/callback", dependencies=[through(Gate.PROVIDER)])
async def come_back(request: Request, backend: BackendOfRequest) -> Response:
    """Begin a session for the user whom the provider names, and go to the page that was asked for."""
    settings = backend.settings
    client = _client(request, settings)
    request.scope["session"] = kept = _kept(request)
    issued = {
        "iss": {"essential": True, "value": settings.oidc_issuer},
        "aud": {"essential": True, "value": settings.oidc_client_id},
    }
    try:
        token = await client.authorize_access_token(request, claims_options=issued)
    except _faults() as error:
        return _refused(request, error, "The identity provider did not confirm who you are. Try again.", 401)
    name = name_in(settings, token.get("userinfo") or {})
    secret = None if name is None else await run_in_threadpool(_session_of, backend, name)
    if secret is None:
        return _refused(request, None, "The identity provider knows you, but you are not a user here.", 403)
    note_action(request, actor=f"user {name}", through="provider")
    response = RedirectResponse(own_path(str(kept.get("next", "/"))), 303)
    response.delete_cookie(_cookie_name(request), httponly=True, samesite="lax", secure=is_secure(request))
    set_cookie(request, response, secret)
    return response


def name_in(settings: Settings, claims: dict[str, Any]) -> str | None:
    """The user's name in the claims of a provider; None if it may not be used.

    An address that the provider has not verified could be anybody's. Signs beyond ASCII are refused, since some of them
    become ASCII in small letters: the sign for kelvin is a k.
    """
    value = claims.get(settings.oidc_claim)
    if not isinstance(value, str) or not (value.isascii() and value.isprintable()):
        return None
    if settings.oidc_claim == "email" and claims.get("email_verified") is not True:
        return None
    name = value.lower()
    domains = {domain.strip().lower() for domain in (settings.oidc_domains or "").split(",") if domain.strip()}
    return None if domains and name.rpartition("@")[2] not in domains else name


def _session_of(backend: Backend, name: str) -> str | None:
    return backend.storing(lambda store: begin_session(store, name) if is_user(store, name) else None)


def _client(request: Request, settings: Settings) -> Any:
    """Authlib's client of the provider, which keeps the provider's addresses and keys."""
    if settings.oidc_issuer is None:
        raise HTTPException(404, "Not Found")
    state = request.app.state
    if not hasattr(state, "provider"):
        state.provider = _new_client(settings)
    return state.provider


def _new_client(settings: Settings) -> Any:
    try:
        from authlib.integrations.starlette_client import OAuth
    except ImportError:
        raise OperatorError(
            "INDEXER_OIDC_ISSUER needs the library for OpenID Connect", "install reporting-indexer[oidc]"
        ) from None
    if settings.oidc_client_id is None:
        raise OperatorError("INDEXER_OIDC_ISSUER is set without INDEXER_OIDC_CLIENT_ID", "set both")
    secret = settings.oidc_client_secret
    return OAuth().register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=None if secret is None else secret.get_secret_value(),
        server_metadata_url=f"{str(settings.oidc_issuer).rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "timeout": _TIMEOUT_SECONDS,
        },
    )


def _faults() -> tuple[type[Exception], ...]:
    """Everything by which the way to the provider can fail: its refusals, its tokens, its answers, the network.

    Anybody can send a cookie whose content is of other types than ours.
    """
    from authlib.integrations.starlette_client import OAuthError
    from httpx2 import HTTPError
    from joserfc.errors import JoseError

    return OAuthError, JoseError, HTTPError, RuntimeError, ValueError, KeyError, TypeError, AttributeError


def _refused(request: Request, error: Exception | None, said: str, status: int) -> Response:
    """The page to sign in with the reason; what the provider said is in the log alone, as anybody can send it."""
    log.warning("provider_refused", status=status, reason="no such user" if error is None else type(error).__name__)
    return sign_in_page(request, "/", status, said)


def _return_address(request: Request, settings: Settings) -> str:
    base = settings.public_url if "public_url" in settings.model_fields_set else str(request.base_url).rstrip("/")
    return f"{base}/sign-in/provider/callback"


def _cookie_name(request: Request) -> str:
    return _SECURE_NAME if is_secure(request) else _NAME


def _keep(request: Request, response: Response) -> None:
    response.set_cookie(
        _cookie_name(request),
        base64.urlsafe_b64encode(orjson.dumps(request.scope["session"])).decode(),
        max_age=_SECONDS,
        httponly=True,
        samesite="lax",  # the browser comes back from another site
        secure=is_secure(request),
    )


def _kept(request: Request) -> dict[str, Any]:
    try:
        found = orjson.loads(base64.urlsafe_b64decode(request.cookies.get(_cookie_name(request), "")))
    except (binascii.Error, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
