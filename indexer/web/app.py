"""The application: its pages, its API, and how errors become responses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from indexer import __version__
from indexer.errors import OperatorError, ServiceUnavailable
from indexer.reports import InvalidQuestion
from indexer.settings import Settings
from indexer.web import operations
from indexer.web.api import (
    event_routes,
    export_routes,
    mailing_routes,
    message_routes,
    people_routes,
    person_routes,
    report_routes,
    segment_routes,
)
from indexer.web.api.description import describe
from indexer.web.auth import provider_sign_in, sign_in
from indexer.web.auth.access import AccessCheck
from indexer.web.auth.one_time_link import OneTimeLink
from indexer.web.auth.origins import OwnPagesOnly
from indexer.web.auth.sign_in_limits import SignInLimits
from indexer.web.mails import alert_pages, subscription_pages
from indexer.web.needs import NEEDS, find_needs
from indexer.web.page_templates import message_page
from indexer.web.pages import (
    conversation_routes,
    dashboard,
    list_routes,
    page_routes,
    person_pages,
    sent_message_page,
    view_routes,
)
from indexer.web.requests.access_log import AccessLog, note_parameter
from indexer.web.requests.backend import Backend
from indexer.web.requests.compression import CompressedPages
from indexer.web.requests.gates import open_gates
from indexer.web.requests.head import HeadAsGet
from indexer.web.requests.limits import BodyLimit
from indexer.web.requests.problems import Fault, Problem, problem_of
from indexer.web.requests.readiness import Readiness
from indexer.web.response_headers import HEADERS, ResponseHeaders

_API = (
    report_routes.router,
    export_routes.router,
    message_routes.router,
    people_routes.router,
    person_routes.router,
    event_routes.router,
    segment_routes.router,
    view_routes.router,
    mailing_routes.router,
)
"""The routers whose callers are programs with a token."""

_PAGES = (
    export_routes.links,
    dashboard.router,
    page_routes.router,
    list_routes.router,
    conversation_routes.router,
    person_pages.router,
    sent_message_page.router,
    view_routes.pages,
    subscription_pages.router,
    alert_pages.router,
    sign_in.router,
    provider_sign_in.router,
    *operations.ROUTERS,
)
"""The routers whose callers are people with a browser."""

_BEARER = HTTPBearer(auto_error=False, description="A token of `indexer token create`, or INDEXER_API_TOKEN.")


def create_app(settings: Settings, *, needs_accounts: bool = False, link: OneTimeLink | None = None) -> FastAPI:
    """The server's application; raises `OperatorError` if a report's definition cannot be used.

    Nothing is searched for before the first request. With `needs_accounts` nobody is answered without an account;
    otherwise readers on this machine are, as long as there are no accounts; with a `link`, the one who opened it.
    """
    backend = Backend(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        backend.close()

    app = FastAPI(
        title="Reporting indexer",
        version=__version__,
        description="Canned reports on support conversations: their definitions, their numbers, and the conversations "
        "behind the numbers.",
        openapi_url="/api/v1/openapi.json",
        # FastAPI's own pages for an OpenAPI description load their scripts from other sites.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.backend = backend
    app.state.gates = open_gates()
    app.state.readiness = Readiness(settings)
    app.add_middleware(BodyLimit)  # the first is the innermost: the routes answer the errors that it raises
    app.state.needs = dict(NEEDS)
    app.state.sign_in_limits = SignInLimits()
    app.state.link = link
    app.add_middleware(
        AccessCheck,
        backend=backend,
        needs=app.state.needs,
        refuse=_refusal,
        needs_accounts=needs_accounts,
        link=link,
    )
    public_url = settings.public_url if "public_url" in settings.model_fields_set else None
    app.add_middleware(OwnPagesOnly, refuse=_foreign_page, public_url=public_url)
    app.add_middleware(ResponseHeaders)
    app.add_middleware(CompressedPages)
    app.add_middleware(HeadAsGet)
    app.add_api_route("/healthz", _healthz, include_in_schema=False)
    app.add_api_route("/readyz", _readyz, include_in_schema=False)
    for router in _API:
        app.include_router(router, dependencies=[Depends(_BEARER)])
    for router in _PAGES:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    for error in (OperatorError, InvalidQuestion, RequestValidationError, HTTPException):
        app.add_exception_handler(error, _problem)
    app.add_exception_handler(Exception, _defect)
    describe(app)
    routers = (*_API, *_PAGES, app.router)
    app.add_middleware(AccessLog, routes=[route for router in routers for route in router.routes])
    return app


async def _healthz() -> dict[str, str]:
    """Whether the server runs. It answers even if all requests wait for a service."""
    return {"status": "ok"}


async def _readyz(request: Request) -> Response:
    """Whether reports can be answered: 200, or 503 with the reasons. Starts no service."""
    reasons = await request.app.state.readiness.reasons()
    if reasons:
        return JSONResponse({"status": "unavailable", "reasons": reasons}, 503)
    return JSONResponse({"status": "ok"})


async def _problem(request: Request, error: Exception) -> Response:
    return _refusal(request, error)


def _refusal(request: Request, error: Exception) -> Response:
    status, said = problem_of(error)
    note_parameter(request, said.parameter)
    found = find_needs(request.app.state.needs, request.method, request.scope["path"])
    if isinstance(error, ServiceUnavailable) and all(one.need.is_open for one in found):
        said = Fault(message="the server cannot answer this now; try again later")  # no addresses: anybody may ask
    response = _response(request, status, said)
    if isinstance(error, HTTPException):
        response.headers.update(error.headers or {})  # the methods of an address
    return response


async def _defect(request: Request, _: Exception) -> Response:
    said = Fault(
        message="the server has failed; this is a defect and no outage", remedy="look for the error in the server's log"
    )
    response = _response(request, 500, said)
    response.headers.update(HEADERS)
    return response


def _foreign_page(request: Request) -> Response:
    said = Fault(
        message="the request comes from a page of another web site",
        remedy="send it from a program, or from a page of this server",
    )
    return _response(request, 403, said)


def _response(request: Request, status: int, found: Fault) -> Response:
    """An error as JSON for a program, or as a page for a person."""
    path: str = request.scope["path"]
    if path.startswith("/api/"):
        return JSONResponse(Problem(error=found).model_dump(exclude_none=True), status)
    back = "/operations" if path.startswith("/operations/") else "/"
    return message_page(status, found.message, found.remedy, back)
