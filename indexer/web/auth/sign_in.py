"""Signing in and out: the page with the form, and sessions that begin and end."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from indexer.store.access.password_hashes import verify_password
from indexer.store.access.sessions import begin_session, end_session, end_sessions
from indexer.store.access.users import password_hash_of
from indexer.web.auth.session_cookie import delete_cookie, secret_in, set_cookie
from indexer.web.auth.sign_in_limits import limits_of
from indexer.web.page_templates import page
from indexer.web.requests.access_log import client_of
from indexer.web.requests.action import note_action
from indexer.web.requests.backend import Backend, BackendOfRequest
from indexer.web.requests.caller import access_of
from indexer.web.requests.forms import Form
from indexer.web.requests.gates import Gate, through

_LONGEST = 200

router = APIRouter(include_in_schema=False)


@router.get("/sign-in")
def show_sign_in(request: Request) -> Response:
    """The page with the form."""
    return sign_in_page(request, request.query_params.get("next", "/"))


@router.get("/link")
def open_link(request: Request) -> Response:
    """Begin the session of a server without accounts, for the browser that opens its link first."""
    link = request.app.state.link
    given, session = request.query_params.get("secret", ""), secret_in(request)
    secret = None if link is None else link.open(given, session)
    if secret is None:
        raise HTTPException(403, "this link has been opened before, or is not one of this server")
    note_action(request, actor="this machine")
    response = RedirectResponse("/", 303)
    set_cookie(request, response, secret)
    return response


@router.post("/sign-in", dependencies=[through(Gate.SIGN_INS)])
def sign_in(form: Form, request: Request, backend: BackendOfRequest) -> Response:
    """Begin a session, and go to the page that was asked for."""
    name, password = form.get("name", "").strip().lower(), form.get("password", "")
    goes_to = own_path(form.get("next", "/"))
    limits = limits_of(request)
    address = client_of(request)
    if wait := limits.wait_seconds(address, name[:_LONGEST]):
        minutes = max(1, round(wait / 60))
        said = f"Too many wrong passwords from your address. Try again in {minutes} min."
        return sign_in_page(request, goes_to, 429, said, name, headers={"Retry-After": str(round(wait) + 1)})
    if not _is_right(backend, name, password):
        limits.note_failure(address, name[:_LONGEST])
        return sign_in_page(request, goes_to, 401, "The name or the password is wrong.", name)
    limits.note_success(address, name)
    secret = backend.storing(lambda connection: begin_session(connection, name))
    note_action(request, actor=f"user {name}")
    response = RedirectResponse(goes_to, 303)
    set_cookie(request, response, secret)
    return response


@router.post("/sign-out")
def sign_out(form: Form, request: Request, backend: BackendOfRequest) -> Response:
    """End the session of this browser, or all sessions of the user if `everywhere` is in the form."""
    user, secret = access_of(request).caller.user, secret_in(request)
    if user is not None and form.get("everywhere"):
        backend.storing(lambda connection: end_sessions(connection, user))
        note_action(request, everywhere=True)
    elif secret is not None:
        backend.storing(lambda connection: end_session(connection, secret))
    response = RedirectResponse("/sign-in", 303)
    delete_cookie(request, response)
    return response


def sign_in_page(
    request: Request,
    goes_to: str,
    status: int = 200,
    fault: str = "",
    name: str = "",
    *,
    headers: dict[str, str] | None = None,
) -> Response:
    """The page with the form; `goes_to` is the page to show after it."""
    goes_to = own_path(goes_to)
    has_provider = request.app.state.backend.settings.oidc_issuer is not None
    at_provider = f"/sign-in/provider?{urlencode({'next': goes_to})}" if has_provider else None
    response = page("sign_in.html", status, goes_to=goes_to, fault=fault, name=name[:_LONGEST], at_provider=at_provider)
    response.headers.update(headers or {})
    return response


def own_path(written: str) -> str:
    """The path if it is one of this server; otherwise that of the first page.

    Browsers read two slashes, a slash and a backslash, and addresses with line breaks as those of other sites.
    """
    is_own = written.startswith("/") and not written.startswith(("//", "/\\")) and written.isprintable()
    return written if is_own else "/"


def _is_right(backend: Backend, name: str, password: str) -> bool:
    """Whether a user of that name has that password; takes as long if there is no such user."""
    is_possible = name.isascii() and "\0" not in name and len(name) <= _LONGEST and len(password) <= _LONGEST
    hashed = backend.storing(lambda connection: password_hash_of(connection, name)) if is_possible else None
    return verify_password(password[:_LONGEST], hashed)
