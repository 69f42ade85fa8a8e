"""A store with views and an index for tests of mails that come by themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from indexer.answers.own_reports import usable_reports
from indexer.answers.page_catalogue import usable_pages
from indexer.answers.workspace_views import create_view
from indexer.mailings.workspace_subscriptions import AskedSubscription, create_named_subscription, find_subscription
from indexer.settings import Settings
from indexer.store.database import open_store, upgrade
from indexer.store.entities.workspaces import Workspace, save_workspace
from indexer.store.jobs.subscriptions import Subscription
from tests.embedded.harness import Run
from tests.fresh import fresh_database
from tests.reports.indexed import conversation, indexed
from tests.smtp import Mailbox, serving

DAY = 86_400
NOON = 1_772_366_400
"""Noon of 1 March 2026 in UTC, when the first of the conversations began."""


@dataclass
class Place:
    """A store, the settings that lead to it, to the index and to a mail server, and the mails that came."""

    store: Engine
    settings: Settings
    mailbox: Mailbox

    def with_settings(self, **other: object) -> Settings:
        return self.settings.model_copy(update=other)

    def view(self, name: str, address: str, workspace: str = "acme") -> None:
        reports = usable_reports(self.settings)
        pages = usable_pages(self.settings, reports)
        with self.store.begin() as connection:
            create_view(connection, workspace, name, address, pages=pages, reports=reports, replace=True)

    def subscribe(self, name: str, view: str, now: datetime, workspace: str = "acme", **more: str) -> None:
        reports = usable_reports(self.settings)
        given = {"name": name, "view": view, "to": "ann@example.com", "every": "daily", "at": "08:00"} | more
        with self.store.begin() as connection:
            create_named_subscription(
                connection, workspace, AskedSubscription(**given), now=now, settings=self.settings,
                pages=usable_pages(self.settings, reports), reports=reports,
            )  # fmt: skip

    def subscription(self, name: str, workspace: str = "acme") -> Subscription:
        with self.store.connect() as connection:
            return find_subscription(connection, workspace, name)


def utc(*of: int) -> datetime:
    return datetime(*of, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.fixture(scope="module")
def shared_place(services: Run, elasticsearch_url: str) -> Iterator[Place]:
    documents = [
        conversation(
            n,
            (at := NOON + (n % 5) * DAY),
            "acme",
            channel="email" if n % 3 else "</script>",
            started_at=at,
        )
        for n in range(20)
    ]
    with (
        fresh_database(services) as url,
        indexed(elasticsearch_url, documents) as prefix,
        serving(Mailbox()) as mailbox,
    ):
        settings = Settings.model_validate({"ELASTICSEARCH_URL": elasticsearch_url, "DATABASE_URL": url}).model_copy(
            update={
                "index_prefix": prefix,
                "smtp_url": SecretStr(f"smtp://127.0.0.1:{mailbox.port}"),
                "mail_from": "reports@example.com",
                "public_url": "https://reports.example.com",
            }
        )
        store = open_store(url)
        upgrade(store)
        with store.begin() as connection:
            save_workspace(connection, Workspace("acme", time_zone="Europe/London"))
        yield Place(store, settings, mailbox)
        store.dispose()


@pytest.fixture
def place(shared_place: Place) -> Place:
    """The same with no mail, view, subscription or alert."""
    with shared_place.store.begin() as connection:
        for table in ("subscriptions", "alerts", "views"):
            connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 (names of the line above)
    box = shared_place.mailbox
    box.mails.clear()
    box.to_sender = box.to_recipient = box.to_message = ""
    return shared_place
