"""Errors for programs: a status and a body that names the parameter at fault."""

from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from indexer.answers.catalogue import UnknownReport
from indexer.answers.find_person import NoSuchPerson, SeveralPeople
from indexer.answers.load_explanation import UnknownConversation
from indexer.answers.load_receipt_explanation import UnknownReceipt
from indexer.answers.page_catalogue import UnknownPage
from indexer.answers.sent_message import UnknownMessage
from indexer.answers.workspace_segments import SegmentRefused, UnknownSegment
from indexer.answers.workspace_views import UnknownView, ViewRefused
from indexer.errors import OperatorError, TooMany
from indexer.mailings.workspace_alerts import AlertRefused, UnknownAlert
from indexer.mailings.workspace_subscriptions import SubscriptionRefused, UnknownSubscription
from indexer.people.filters import FilterError
from indexer.reports import InvalidQuestion
from indexer.reports.invalid_question import fault
from indexer.search.search_requests import SearchRefused
from indexer.web.requests.caller import Forbidden, ForeignHost, UnknownCaller


class ActionRefused(OperatorError):
    """What was asked for cannot be done as things stand."""


_STATUSES: dict[type[OperatorError], int] = {
    ForeignHost: 400,
    UnknownCaller: 401,
    Forbidden: 403,
    UnknownReport: 404,
    UnknownPage: 404,
    UnknownConversation: 404,
    UnknownReceipt: 404,
    UnknownMessage: 404,
    UnknownSegment: 404,
    SegmentRefused: 409,
    ActionRefused: 409,
    UnknownView: 404,
    ViewRefused: 409,
    UnknownSubscription: 404,
    SubscriptionRefused: 409,
    UnknownAlert: 404,
    AlertRefused: 409,
    NoSuchPerson: 404,
    SeveralPeople: 409,
    TooMany: 429,
    SearchRefused: 500,
}
"""The statuses of errors that are not an outage."""


class Fault(BaseModel):
    """What is wrong. `parameter` names the parameter at fault, `remedy` the next thing to do."""

    parameter: str | None = None
    message: str
    remedy: str | None = None


class Problem(BaseModel):
    """The body of every response that is not an answer."""

    error: Fault


def described(description: str) -> dict[str, Any]:
    """A response that is not an answer, for the description of the API."""
    return {"model": Problem, "description": description}


OTHER_HOST = described("The request names a host that is not this server.")
NO_TOKEN = described("The request sends no valid token.")
NO_SCOPE = described("The token does not have the scope, or not for this workspace.")
NOT_USABLE = described("A parameter cannot be used; the error names it.")

USUAL: dict[int | str, dict[str, Any]] = {400: OTHER_HOST, 401: NO_TOKEN, 403: NO_SCOPE, 422: NOT_USABLE}
"""The responses to any request of a caller that cannot be answered."""

TOO_LARGE: dict[int | str, dict[str, Any]] = {413: described("The body is too large.")}
"""The responses of requests with a body."""


def problem_of(error: Exception) -> tuple[int, Fault]:
    """Status and fault of an error of ours; any other is raised again."""
    match error:
        case RequestValidationError():
            return problem_of(_fault_of_request(error))
        case InvalidQuestion():
            return 422, Fault(parameter=error.parameter, message=str(error))
        case FilterError():
            return 422, Fault(parameter="filter", message=str(error), remedy=error.remedy or None)
        case OperatorError():
            return _STATUSES.get(type(error), 503), Fault(message=str(error), remedy=error.remedy or None)
        case HTTPException():
            return error.status_code, Fault(message=error.detail)
        case _:
            raise error


def _fault_of_request(error: RequestValidationError) -> InvalidQuestion:
    first = dict(error.errors()[0])
    if first["type"] == "json_invalid":
        return InvalidQuestion("body", f"is not JSON: {first['ctx']['error']}")
    where = first["loc"][1:] or first["loc"]  # without "query", where it was found
    return fault({**first, "loc": where})
