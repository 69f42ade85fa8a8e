"""Parts of the pages of views, subscriptions and alerts: their head, notices, and forms that are refused."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection

from indexer.dashboards import PageState
from indexer.errors import OperatorError, ServiceUnavailable
from indexer.reports import InvalidQuestion
from indexer.send_mail import expect_mail_settings
from indexer.settings import Settings
from indexer.store.access.scopes import Scope
from indexer.store.signs import list_signs
from indexer.web.moment_words import minute_text
from indexer.web.page_templates import page
from indexer.web.pages.page_nav import Nav, page_nav
from indexer.web.requests.action import note_action
from indexer.web.requests.backend import Backend
from indexer.web.requests.caller import Forbidden
from indexer.web.requests.stored_text import expect_text

_SECTIONS = (("Views", "/views", False), ("Subscriptions", "/subscriptions", True), ("Alerts", "/alerts", True))
"""Title and address of each page, and whether it is for operators."""

_DONE = {
    "subscription_created": "The subscription is created.",
    "subscription_paused": "The subscription is paused. Nothing is mailed until you resume it.",
    "subscription_resumed": "The subscription is resumed, without the mails that it has missed.",
    "subscription_sent": "The mail server has taken the mail. The schedule stays as it is.",
    "subscription_deleted": "The subscription is deleted. Its view stays.",
    "alert_created": "The alert is created. Workers look at its number once a minute.",
    "alert_paused": "The alert is paused. Nobody looks at its number until you resume it.",
    "alert_resumed": "The alert is resumed.",
    "alert_deleted": "The alert is deleted.",
}
"""The sentence that the next page shows, by action in the audit log."""


class FormFault(NamedTuple):
    """Why a form is refused: the field, empty if it is none of them, the reason, and what to do about it."""

    field: str
    reason: str
    remedy: str


class FormRefused(Exception):
    """The fields of a form cannot be used."""

    def __init__(self, fault: FormFault) -> None:
        """The fault is shown in the form."""
        super().__init__(fault.reason)
        self.fault = fault


def workspace_page(  # noqa: PLR0917  (the request, what answers it, and what is shown)
    request: Request, backend: Backend, template: str, here: str, workspace: str, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page of the workspace; `here` is the title of its section."""
    grants = backend.access.caller.grants
    query = urlencode({"workspace": workspace})
    may_change = grants.allows(Scope.OPERATE, workspace)
    is_reader = grants.allows(Scope.REPORTS, workspace)
    return page(
        template,
        status,
        nav=page_nav(backend, PageState(workspace=workspace)) if is_reader else Nav([]),
        sections=[
            (title, f"{url}?{query}", title == here)
            for title, url, is_for_operators in _SECTIONS
            if (may_change if is_for_operators else is_reader)
        ],
        notice=_DONE.get(request.query_params.get("done", "")),
        workspace=workspace,
        query=query,
        may_change=may_change,
        is_reader=is_reader,
        **values,
    )


def shown_again(path: str, workspace: str, action: str) -> RedirectResponse:
    """The way to the page that says that an action is done."""
    return RedirectResponse(f"{path}?{urlencode({'workspace': workspace, 'done': action})}", 303)


def change_named(  # noqa: PLR0917  (the request, what answers it, and what is changed)
    request: Request,
    backend: Backend,
    workspace: str,
    form: Mapping[str, str],
    change: Callable[[Connection, str, str], Any],
    path: str,
    action: str,
) -> RedirectResponse:
    """Change what the form names by `change` (connection, workspace, name), and show the page again."""
    name = form.get("name", "")
    backend.storing(lambda connection: change(connection, workspace, name))
    note_action(request, target=name)
    return shown_again(path, workspace, action)


@contextmanager
def form_faults() -> Iterator[None]:
    """Raise `FormRefused` for what a reader can correct in the form."""
    try:
        yield
    except (ServiceUnavailable, Forbidden):
        raise
    except InvalidQuestion as error:
        raise FormRefused(FormFault(error.parameter, error.reason, "")) from error
    except OperatorError as error:
        raise FormRefused(FormFault("", str(error), error.remedy)) from error


def expect_texts(form: dict[str, str]) -> None:
    """Raise `InvalidQuestion` for a field with characters that cannot be stored."""
    for name, value in form.items():
        expect_text(name, value)


def mail_problem(connection: Connection, settings: Settings) -> str | None:
    """Why no mail comes by itself now: none can be sent, or no worker has a beat; None if nothing is in the way."""
    try:
        expect_mail_settings(settings)
    except OperatorError as error:
        return f"{error}: {error.remedy}"
    if any(sign.role == "beat" and sign.alive for sign in list_signs(connection)):
        return None
    return "no worker with a beat runs, so nothing is mailed: indexer worker"


def local_text(at: datetime, zone: ZoneInfo) -> str:
    """A moment by the clocks of a zone, which is named elsewhere: `Mon 7 Dec 2026, 08:00`."""
    return minute_text(int(at.timestamp()), zone)
