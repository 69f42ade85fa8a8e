"""The HTTP API of subscriptions and alerts: listed, created, shown and deleted."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from indexer.keys import LONGEST_WORKSPACE
from indexer.mailings.workspace_alerts import (
    AskedAlert,
    delete_named_alert,
    find_alert,
    pause_named_alert,
    resume_named_alert,
)
from indexer.mailings.workspace_subscriptions import (
    AskedSubscription,
    delete_named_subscription,
    find_subscription,
    next_mail,
    pause_named_subscription,
    resume_named_subscription,
    zone_of,
)
from indexer.store.access.scopes import Scope
from indexer.store.jobs.alerts import Alert, Direction, read_alerts
from indexer.store.jobs.subscriptions import Subscription, read_subscriptions
from indexer.web.pages import create_mailing
from indexer.web.pages.create_mailing import subscribe
from indexer.web.requests.action import note_action
from indexer.web.requests.backend import BackendOfRequest
from indexer.web.requests.caller import Access
from indexer.web.requests.gates import Gate, through
from indexer.web.requests.object_bodies import WorkspaceOfBody, WorkspaceToRead
from indexer.web.requests.problems import USUAL, described

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    **USUAL,
    503: described("No mail can be sent, a service cannot be reached, or the server is busy."),
}
_ONE: dict[int | str, dict[str, Any]] = {404: described("There is no such subscription, view, alert or report.")}
_STATE: dict[int | str, dict[str, Any]] = {409: described("It is paused already, or is not paused.")}
_REFUSED: dict[int | str, dict[str, Any]] = {409: described("The name is taken, or the view has fixed dates.")}

router = APIRouter(prefix="/api/v1", tags=["mail"], responses=_PROBLEMS, dependencies=[through(Gate.EVENTS)])

_Name = Annotated[str, Field(min_length=1, max_length=LONGEST_WORKSPACE)]
_Text = Annotated[str, Field(min_length=1, max_length=512)]
_Address = Annotated[str, Field(description="One mail address; for several people, that of a list.", max_length=254)]
NamePath = Annotated[str, Path(description="The name.", max_length=512)]

_FORBID = ConfigDict(extra="forbid")


class NewSubscription(BaseModel):
    """A view to be mailed: on every day, weekday or day of the month, at a local time."""

    model_config = _FORBID

    name: _Name
    view: _Name
    to: _Address
    every: Literal["daily", "weekly", "monthly"]
    at: Annotated[str, Field(description="The local time, such as 08:00.")] = "08:00"
    on: Annotated[str | None, Field(description="A weekday (default: monday), or a day of the month (default: 1).")] = (
        None
    )
    time_zone: Annotated[str | None, Field(description="Default: the workspace's.")] = None


class SubscriptionShown(BaseModel):
    """A subscription, with the moments of its next and its last mail. `error` is why the last attempt sent none.

    While it is paused, no mail is due, and `next_at` is null.
    """

    name: str
    view: str
    to: str
    every: str
    at: str
    on_day: Annotated[int, Field(description="The weekday from 0 (Monday), or the day of the month.")]
    time_zone: str
    next_at: datetime | None
    paused_at: datetime | None
    sent_at: datetime | None
    error: str | None


class NewAlert(BaseModel):
    """A threshold on the number of a report: exactly one of `above` and `below`, such as 50, 80% or 2h."""

    model_config = _FORBID

    name: _Name
    report: _Text
    to: _Address
    above: _Text | None = None
    below: _Text | None = None
    range: Annotated[str | None, Field(description="Dates that move with the day, such as 7d. Default: today.")] = None
    where: Annotated[list[_Text], Field(max_length=20)] = []
    param: Annotated[list[_Text], Field(max_length=20)] = []
    office_hours: bool = False


class AlertShown(BaseModel):
    """An alert: what was found at the last look, and what the last mail has said; paused, nobody looks."""

    name: str
    report: str
    to: str
    paused_at: datetime | None
    question: dict[str, Any]
    direction: Direction
    threshold: float
    found: Literal["crossed", "not_crossed", "no_data"] | None
    value: Annotated[float | None, Field(description="Only for callers with the scope `reports:read`.")]
    checked_at: datetime | None
    told: Literal["crossed", "not_crossed"]
    error: str | None


@router.get("/subscriptions")
def list_subscriptions(workspace: WorkspaceToRead, backend: BackendOfRequest) -> list[SubscriptionShown]:
    """The subscriptions of the workspace, by name."""
    return backend.storing(
        lambda connection: [_subscription(connection, one) for one in read_subscriptions(connection, workspace)]
    )


@router.post("/subscriptions", responses=_ONE | _REFUSED, status_code=201)
def create_subscription(
    workspace: WorkspaceOfBody, asked: NewSubscription, request: Request, backend: BackendOfRequest
) -> SubscriptionShown:
    """Mail a saved view daily, weekly or monthly at a local time."""

    def create(connection: Connection) -> SubscriptionShown:
        made = subscribe(connection, backend, workspace, AskedSubscription(**asked.model_dump()))
        return _subscription(connection, made)

    found = backend.storing(create)
    note_action(request, workspace=workspace, target=asked.name, view=asked.view, to=asked.to)
    return found


@router.get("/subscriptions/{subscription:path}", responses=_ONE)
def show_subscription(
    workspace: WorkspaceToRead, subscription: NamePath, backend: BackendOfRequest
) -> SubscriptionShown:
    """A subscription."""
    return backend.storing(
        lambda connection: _subscription(connection, find_subscription(connection, workspace, subscription))
    )


@router.delete("/subscriptions/{subscription:path}", responses=_ONE, status_code=204)
def delete_subscription(workspace: WorkspaceToRead, subscription: NamePath, backend: BackendOfRequest) -> None:
    """Delete a subscription; its view stays."""
    backend.storing(lambda connection: delete_named_subscription(connection, workspace, subscription))


@router.post("/subscriptions/{subscription:path}/pause", responses=_ONE | _STATE)
def pause_subscription(
    workspace: WorkspaceToRead, subscription: NamePath, backend: BackendOfRequest
) -> SubscriptionShown:
    """Pause a subscription: nothing is mailed until it is resumed."""

    def pause(connection: Connection) -> SubscriptionShown:
        paused = pause_named_subscription(connection, workspace, subscription, now=datetime.now(UTC))
        return _subscription(connection, paused)

    return backend.storing(pause)


@router.post("/subscriptions/{subscription:path}/resume", responses=_ONE | _STATE)
def resume_subscription(
    workspace: WorkspaceToRead, subscription: NamePath, backend: BackendOfRequest
) -> SubscriptionShown:
    """Resume a subscription that is paused, without the mails that it has missed."""

    def resume(connection: Connection) -> SubscriptionShown:
        resumed = resume_named_subscription(connection, workspace, subscription, now=datetime.now(UTC))
        return _subscription(connection, resumed)

    return backend.storing(resume)


@router.get("/alerts")
def list_alerts(workspace: WorkspaceToRead, backend: BackendOfRequest) -> list[AlertShown]:
    """The alerts of the workspace, by name."""
    found = backend.storing(lambda connection: read_alerts(connection, workspace))
    return [_alert(one, backend.access) for one in found]


@router.post("/alerts", responses=_ONE | _REFUSED, status_code=201)
def create_alert(
    workspace: WorkspaceOfBody, asked: NewAlert, request: Request, backend: BackendOfRequest
) -> AlertShown:
    """Mail when the number of a report passes a threshold, and again when it no longer does."""
    asked_alert = AskedAlert(**asked.model_dump())
    found = backend.storing(lambda connection: create_mailing.create_alert(connection, backend, workspace, asked_alert))
    note_action(request, workspace=workspace, target=asked.name, report=asked.report, to=asked.to)
    return _alert(found, backend.access)


@router.get("/alerts/{alert:path}", responses=_ONE)
def show_alert(workspace: WorkspaceToRead, alert: NamePath, backend: BackendOfRequest) -> AlertShown:
    """An alert."""
    return _alert(backend.storing(lambda connection: find_alert(connection, workspace, alert)), backend.access)


@router.delete("/alerts/{alert:path}", responses=_ONE, status_code=204)
def delete_alert(workspace: WorkspaceToRead, alert: NamePath, backend: BackendOfRequest) -> None:
    """Delete an alert."""
    backend.storing(lambda connection: delete_named_alert(connection, workspace, alert))


@router.post("/alerts/{alert:path}/pause", responses=_ONE | _STATE)
def pause_alert(workspace: WorkspaceToRead, alert: NamePath, backend: BackendOfRequest) -> AlertShown:
    """Pause an alert: nobody looks at its number until it is resumed."""
    now = datetime.now(UTC)
    paused = backend.storing(lambda connection: pause_named_alert(connection, workspace, alert, now=now))
    return _alert(paused, backend.access)


@router.post("/alerts/{alert:path}/resume", responses=_ONE | _STATE)
def resume_alert(workspace: WorkspaceToRead, alert: NamePath, backend: BackendOfRequest) -> AlertShown:
    """Resume an alert that is paused."""
    resumed = backend.storing(lambda connection: resume_named_alert(connection, workspace, alert))
    return _alert(resumed, backend.access)


def _subscription(connection: Connection, one: Subscription) -> SubscriptionShown:
    zone = zone_of(connection, one)
    return SubscriptionShown(
        name=one.name,
        view=one.view_name,
        to=one.mail_to,
        every=one.every,
        at=f"{one.at_time:%H:%M}",
        on_day=one.on_day,
        time_zone=zone.key,
        next_at=None if one.paused_at else next_mail(one, zone),
        paused_at=one.paused_at,
        sent_at=one.sent_at,
        error=one.error,
    )


def _alert(one: Alert, access: Access) -> AlertShown:
    """An alert, with its number for those who may read reports."""
    kept = {name: getattr(one, name) for name in AlertShown.model_fields if name != "to"}
    # Older versions of pydantic take no member of an enumeration for one of the literals.
    kept |= {name: kept[name].value for name in ("found", "told") if kept[name] is not None}
    if not access.caller.grants.allows(Scope.REPORTS, one.workspace_id):
        kept["value"] = None
    return AlertShown(to=one.mail_to, **kept)
