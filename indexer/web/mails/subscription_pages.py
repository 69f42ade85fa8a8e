"""The pages of a workspace's subscriptions: listed, created, tried, paused, resumed and deleted, all by forms."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from indexer.answers.workspace_views import show_view, url_of
from indexer.calendar.due_times import Every
from indexer.calendar.zone_names import time_zones
from indexer.dashboards.saved_address import read_address
from indexer.errors import OperatorError, RetryLater
from indexer.mailings.letter import Letter, send_letter
from indexer.mailings.send_subscriptions import key_of_subscription
from indexer.mailings.workspace_subscriptions import (
    AskedSubscription,
    delete_named_subscription,
    find_subscription,
    next_mail,
    pause_named_subscription,
    resume_named_subscription,
    schedule_words,
    zone_of,
)
from indexer.reports import InvalidQuestion, Weekday
from indexer.store.entities.saved_views import SavedView, read_views
from indexer.store.jobs.subscriptions import Subscription, read_subscriptions
from indexer.web.mails.view_mail import ViewMail
from indexer.web.pages.create_mailing import expect_subscription, subscribe
from indexer.web.pages.workspace_page import (
    FormFault,
    FormRefused,
    change_named,
    expect_texts,
    form_faults,
    local_text,
    mail_problem,
    shown_again,
    workspace_page,
)
from indexer.web.requests.action import note_action
from indexer.web.requests.backend import Backend, BackendOfRequest
from indexer.web.requests.forms import Form
from indexer.web.requests.gates import Gate, through
from indexer.web.requests.object_bodies import WorkspaceOfBody, WorkspaceToRead
from indexer.web.requests.problems import ActionRefused

router = APIRouter(include_in_schema=False)

_PATH, _TITLE = "/subscriptions", "Subscriptions"
_FORM: Mapping[str, str] = {
    "name": "",
    "view": "",
    "to": "",
    "every": "weekly",
    "weekday": "monday",
    "day": "1",
    "at": "08:00",
    "time_zone": "",
}
"""The fields of the form that creates one, with what they are at first."""


class Shown(NamedTuple):
    """A subscription with what the page says of it; times are local."""

    one: Subscription
    schedule: str
    zone: str
    next_at: str
    sent_at: str | None
    view_url: str


class ViewChoice(NamedTuple):
    """A view, and why it cannot be mailed; None if it can."""

    name: str
    refused: str | None


@router.get(_PATH, dependencies=[through(Gate.EVENTS)])
def show_subscriptions(workspace: WorkspaceToRead, request: Request, backend: BackendOfRequest) -> HTMLResponse:
    """The subscriptions of the workspace, and the form for a new one."""
    return _page(request, backend, workspace, request.query_params)


@router.post(_PATH, dependencies=[through(Gate.EVENTS)])
def create(workspace: WorkspaceOfBody, form: Form, request: Request, backend: BackendOfRequest) -> Response:
    """Create the subscription in the form."""
    try:
        with form_faults(), backend.transaction() as connection:
            asked = _asked(form)
            subscribe(connection, backend, workspace, asked)
    except FormRefused as refused:
        return _page(request, backend, workspace, form, refused.fault)
    note_action(request, workspace=workspace, target=asked.name, view=asked.view, to=asked.to)
    return shown_again(_PATH, workspace, "subscription_created")


@router.get(_PATH + "/mail", dependencies=[through(Gate.SEARCHES)])
def show_mail(workspace: WorkspaceToRead, request: Request, backend: BackendOfRequest) -> HTMLResponse:
    """The mail as it would be now: of a subscription that is named, or of the one in the form; nothing is saved."""
    form = dict(request.query_params)
    is_new = "view" in form
    try:
        with form_faults(), backend.connect() as connection:
            expect_texts(form)
            one = (
                subscribe(connection, backend, workspace, _asked(form))
                if is_new
                else _readable(connection, backend, workspace, form.get("name", ""))
            )
            view = show_view(connection, workspace, one.view_name)
            zone = zone_of(connection, one)
    except FormRefused as refused:
        return _page(request, backend, workspace, form, refused.fault)
    now = datetime.now(UTC)
    letter, fault = None, None
    try:
        with form_faults():
            letter = ViewMail(backend, lambda: now)(one, view, now, zone)
    except FormRefused as refused:
        fault = refused.fault
    return workspace_page(
        request,
        backend,
        "subscription_mail.html",
        _TITLE,
        workspace,
        one=one,
        letter=letter,
        fault=fault,
        fields=[(name, form.get(name, "")) for name in _FORM] if is_new else None,
    )


@router.post(_PATH + "/send", dependencies=[through(Gate.MAILS)])
def send(workspace: WorkspaceToRead, form: Form, request: Request, backend: BackendOfRequest) -> Response:
    """Send a subscription now, once more."""
    now = datetime.now(UTC)
    with backend.connect() as connection:
        one = _readable(connection, backend, workspace, form.get("name", ""))
        view, zone = show_view(connection, workspace, one.view_name), zone_of(connection, one)
    letter = ViewMail(backend, lambda: now)(one, view, now, zone)
    _hand_over(backend, one, letter, now)
    note_action(request, target=one.name, to=one.mail_to)
    return shown_again(_PATH, workspace, "subscription_sent")


@router.post(_PATH + "/pause", dependencies=[through(Gate.EVENTS)])
def pause(workspace: WorkspaceToRead, form: Form, request: Request, backend: BackendOfRequest) -> Response:
    """Pause the subscription that the form names."""
    pause_now = partial(pause_named_subscription, now=datetime.now(UTC))
    return change_named(request, backend, workspace, form, pause_now, _PATH, "subscription_paused")


@router.post(_PATH + "/resume", dependencies=[through(Gate.EVENTS)])
def resume(workspace: WorkspaceToRead, form: Form, request: Request, backend: BackendOfRequest) -> Response:
    """Resume the subscription that the form names."""
    resume_now = partial(resume_named_subscription, now=datetime.now(UTC))
    return change_named(request, backend, workspace, form, resume_now, _PATH, "subscription_resumed")


@router.post(_PATH + "/delete", dependencies=[through(Gate.EVENTS)])
def delete(workspace: WorkspaceToRead, form: Form, request: Request, backend: BackendOfRequest) -> Response:
    """Delete the subscription that the form names."""
    return change_named(request, backend, workspace, form, delete_named_subscription, _PATH, "subscription_deleted")


def _asked(form: Mapping[str, str]) -> AskedSubscription:
    """The subscription in the form: of the day's fields, the one that belongs to its schedule."""
    every = form.get("every", "")
    day = {"weekly": form.get("weekday"), "monthly": form.get("day")}.get(every)
    return AskedSubscription(
        name=form.get("name", "").strip(),
        view=form.get("view", ""),
        to=form.get("to", "").strip(),
        every=every,
        at=form.get("at", ""),
        on=day or None,
        time_zone=form.get("time_zone", "").strip() or None,
    )


def _readable(connection: Connection, backend: Backend, workspace: str, name: str) -> Subscription:
    """The subscription of that name, if the caller may read what it mails."""
    one = find_subscription(connection, workspace, name)
    expect_subscription(connection, backend, one)
    return one


def _hand_over(backend: Backend, one: Subscription, letter: Letter, now: datetime) -> None:
    """Send the mail; raises `ActionRefused` if the mail server does not take it."""
    try:
        send_letter(backend.settings, one.mail_to, letter, key_of_subscription(one, now))
    except RetryLater as error:
        raise ActionRefused(str(error), "try again later") from error
    except InvalidQuestion as error:
        raise ActionRefused(error.reason, "create it again with another address") from error
    except OperatorError as error:
        raise ActionRefused(str(error), error.remedy) from error


def _page(
    request: Request,
    backend: Backend,
    workspace: str,
    form: Mapping[str, str],
    fault: FormFault | None = None,
) -> HTMLResponse:
    with backend.connect() as connection:
        views = read_views(connection, workspace)
        urls = {view.name: url_of(view) for view in views}
        shown = [
            _shown(connection, one, urls.get(one.view_name, "")) for one in read_subscriptions(connection, workspace)
        ]
        problem = mail_problem(connection, backend.settings)
    if fault is not None and fault.field == "on":
        fault = fault._replace(field="weekday" if form.get("every") == Every.WEEKLY else "day")
    return workspace_page(
        request,
        backend,
        "subscriptions.html",
        _TITLE,
        workspace,
        200 if fault is None else 422,
        shown=shown,
        views=[_choice(backend, view) for view in views],
        form={name: form.get(name) or default for name, default in _FORM.items()},
        fault=fault,
        problem=problem,
        weekdays=[*Weekday],
        zones=sorted(time_zones()),
    )


def _shown(connection: Connection, one: Subscription, view_url: str) -> Shown:
    zone = zone_of(connection, one)
    return Shown(
        one,
        schedule_words(one.schedule),
        zone.key,
        local_text(next_mail(one, zone), zone),
        None if one.sent_at is None else local_text(one.sent_at, zone),
        view_url,
    )


def _choice(backend: Backend, view: SavedView) -> ViewChoice:
    try:
        saved = read_address(view.address, view.workspace_id, backend.pages, backend.reports)
    except (InvalidQuestion, OperatorError):
        return ViewChoice(view.name, "its page or report has gone")
    return ViewChoice(view.name, "has fixed dates" if saved.is_fixed else None)
