"""The dashboard of a sample workspace in a real browser: `site`, `browser`, and `page` of a reader signed in."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, StorageState, expect

from benchmarks._chromium import MISSING, chromium, chromium_path
from indexer.connections import Connections
from indexer.datasets.registry import datasets
from indexer.indexing.drain import Drain
from indexer.intake.load_sample import load_sample
from indexer.search import ensure_dataset
from indexer.settings import Settings
from indexer.store.access.scopes import EVERYTHING, Grants, Scope
from indexer.store.access.users import create_user
from tests.embedded.harness import Run
from tests.fresh import fresh_database, fresh_prefix
from tests.store.access.accounts import HASHED, PASSWORD
from tests.web.server import served

WORKSPACE = "demo"
READER = "ann"
READS = Grants(dict.fromkeys((Scope.REPORTS, Scope.RECORDS), frozenset({WORKSPACE})))
CONVERSATIONS = 300
DAYS = 45

_SLOW_MACHINE = 60_000
"""Milliseconds to wait for something to appear: only a failure takes as long."""

_FAULTS = ("error", "warning")
_REFUSED = "Failed to load resource: the server responded with a status of 4"

expect.set_options(timeout=_SLOW_MACHINE)


@dataclass(frozen=True)
class Site:
    """The server of the sample workspace, and what it is made of."""

    url: str
    here: Connections


@pytest.fixture(scope="session")
def site(services: Run, elasticsearch_url: str, redis_url: str) -> Iterator[Site]:
    """The dashboard as `indexer serve` serves it, with one workspace and one user who may read it."""
    with fresh_database(services) as database_url, fresh_prefix(elasticsearch_url) as prefix:
        urls = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
        settings = {"ELASTICSEARCH_URL": elasticsearch_url, "index_prefix": prefix, "index_interval_seconds": 0, **urls}
        with (
            contextlib.closing(Connections(Settings.model_validate(settings))) as here,
            served(elasticsearch_url, prefix, **urls) as client,
        ):
            load_sample(here.store, WORKSPACE, CONVERSATIONS, seed=1, days=DAYS, on_done=lambda _: None)
            for dataset in datasets():
                ensure_dataset(here.search, prefix, dataset.name)
                Drain.from_connections(here, dataset).run()
            here.search.indices.refresh(index=f"{prefix}-*")
            with here.store.begin() as connection:
                create_user(connection, READER, HASHED, READS)
            yield Site(str(client.base_url).rstrip("/"), here)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for one module: while Playwright runs, nothing else in the process can have an event loop."""
    path = chromium_path()
    if path is None:
        pytest.skip(MISSING)
    with chromium(path) as browser:
        yield browser


@pytest.fixture(scope="module")
def session(site: Site, browser: Browser) -> StorageState:
    """The cookies of a reader who has signed in."""
    with opened(browser, site.url) as context:
        page = context.new_page()
        sign_in(page)
        return context.storage_state()


@pytest.fixture
def page(site: Site, browser: Browser, session: StorageState) -> Iterator[Page]:
    """A tab of a reader who has signed in, in the language and the zone of another country than the workspace's."""
    with opened(browser, site.url, storage_state=session) as context:
        yield context.new_page()


@contextlib.contextmanager
def opened(browser: Browser, url: str, *, refused: bool = False, **options: Any) -> Iterator[BrowserContext]:
    """A window whose pages have no error in their console and send no request to another host.

    `refused`: the server refuses some page of this window, which the console notes.
    """
    faults: list[str] = []

    def stop(route: Route) -> None:
        faults.append(f"a request to {route.request.url}")
        route.abort()

    context = browser.new_context(base_url=url, timezone_id="America/New_York", **options)
    context.set_default_timeout(_SLOW_MACHINE)
    context.route(lambda asked: not asked.startswith(f"{url}/"), stop)
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("console", lambda message: faults.append(message.text) if message.type in _FAULTS else None)
    try:
        yield context
        noted = [fault for fault in faults if not (refused and fault.startswith(_REFUSED))]
        assert noted == []
    finally:
        context.close()


def sign_in(page: Page, password: str = PASSWORD, name: str = READER) -> None:
    """Open the page to sign in if another one is shown, and fill in its form."""
    if page.get_by_label("Password").count() == 0:
        page.goto("/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def operators_tab(site: Site, context: BrowserContext, name: str) -> Page:
    """A tab of a new operator of that name, who has signed in."""
    with site.here.store.begin() as connection:
        create_user(connection, name, HASHED, EVERYTHING)
    page = context.new_page()
    sign_in(page, name=name)
    return page
