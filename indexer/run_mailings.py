"""One round of the mails that come by themselves, for the beat and for commands."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from indexer.answers.own_reports import usable_reports
from indexer.connections import Connections
from indexer.mailings.check_alerts import Look, check_due_alerts, due_alerts, look_at
from indexer.mailings.send_subscriptions import Draw, due_subscriptions, send_due_subscriptions
from indexer.reports import Definition
from indexer.search import answers
from indexer.settings import Settings
from indexer.store.jobs.alerts import Alert


def present() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


@contextmanager
def view_mails(settings: Settings, now: Callable[[], datetime] = present) -> Iterator[Draw]:
    """What makes the mails of views, from the same answers as the dashboard."""
    from indexer.web.mails.view_mail import ViewMail
    from indexer.web.requests.backend import Backend  # a worker needs the dashboard only if something is due

    backend = Backend(settings)
    try:
        yield ViewMail(backend, now)
    finally:
        backend.close()


def run_mailings(here: Connections, go_on: Callable[[], bool]) -> None:
    """Send the subscriptions that are due and look at the alerts, until `go_on` says to stop."""
    now = present()
    if due_subscriptions(here.store, now):
        with view_mails(here.settings) as draw:
            send_due_subscriptions(here.store, here.settings, draw, now, go_on)
    if due_alerts(here.store, now) and answers(here.search):  # each look would wait for an answer
        look = looking(here, usable_reports(here.settings), now)
        check_due_alerts(here.store, here.settings, look, now, go_on)


def looking(here: Connections, reports: Mapping[str, Definition], now: datetime) -> Callable[[Alert], Look]:
    """What looks at the number of an alert."""
    return lambda alert: look_at(
        alert, reports, here.search, here.settings.index_prefix, connect=here.store.connect, now=now
    )
