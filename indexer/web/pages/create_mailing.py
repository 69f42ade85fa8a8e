"""Subscriptions and alerts, created if the caller may read the numbers that they mail."""

from datetime import UTC, datetime

from sqlalchemy import Connection

from indexer.answers.workspace_views import show_view
from indexer.dashboards.saved_address import read_address
from indexer.mailings.workspace_alerts import AskedAlert, create_named_alert
from indexer.mailings.workspace_subscriptions import AskedSubscription, create_named_subscription
from indexer.reports.question_conditions import read_clause
from indexer.store.access.scopes import Scope
from indexer.store.jobs.alerts import Alert
from indexer.store.jobs.subscriptions import Subscription
from indexer.web.requests.backend import Backend
from indexer.web.requests.person_conditions import expect_records_for

_HAS_NUMBERS = "the mail has numbers of reports"


def subscribe(connection: Connection, backend: Backend, workspace: str, asked: AskedSubscription) -> Subscription:
    """Create a subscription; raises what `create_named_subscription` and `expect_subscription` raise."""
    made = create_named_subscription(
        connection,
        workspace,
        asked,
        now=datetime.now(UTC),
        settings=backend.settings,
        pages=backend.pages,
        reports=backend.reports,
    )
    expect_subscription(connection, backend, made)
    return made


def expect_subscription(connection: Connection, backend: Backend, one: Subscription) -> None:
    """Raise `Forbidden` unless the caller may read the numbers of a subscription."""
    workspace = one.workspace_id
    backend.access.expect_scope(Scope.REPORTS, workspace, _HAS_NUMBERS)
    view = show_view(connection, workspace, one.view_name)
    conditions = read_address(view.address, workspace, backend.pages, backend.reports).conditions
    expect_records_for(backend.access, workspace, map(read_clause, conditions))


def create_alert(connection: Connection, backend: Backend, workspace: str, asked: AskedAlert) -> Alert:
    """Create an alert; raises what `create_named_alert` and `expect_alert` raise."""
    made = create_named_alert(
        connection, workspace, asked, now=datetime.now(UTC), settings=backend.settings, reports=backend.reports
    )
    expect_alert(backend, made)
    return made


def expect_alert(backend: Backend, one: Alert) -> None:
    """Raise `Forbidden` unless the caller may read the number of an alert."""
    backend.access.expect_scope(Scope.REPORTS, one.workspace_id, _HAS_NUMBERS)
    expect_records_for(backend.access, one.workspace_id, map(read_clause, one.question.get("where", ())))
