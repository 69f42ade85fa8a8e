"""How the operators' pages read, at two widths: nothing for axe to find, nothing wider than the window."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from indexer.store.access.scopes import EVERYTHING
from indexer.store.access.users import create_user
from tests.browser.conftest import HASHED, WORKSPACE, Site, opened, sign_in
from tests.browser.test_looks import found, overflow

pytestmark = pytest.mark.services

OPERATOR = "olga"
ADDRESSES = (
    "/operations",
    "/operations/indices",
    "/operations/queue",
    "/operations/quarantine",
    "/operations/exports",
    "/operations/health",
    "/operations/workspaces",
    f"/operations/workspace?workspace={WORKSPACE}",
    f"/operations/workspace/change?workspace={WORKSPACE}&time_zone=UTC&hours=weekly&monday=9-17",
    f"/operations/workspace/change?workspace={WORKSPACE}&time_zone=Mars",
    "/operations/audit",
)


@pytest.fixture(scope="module")
def session(site: Site, browser: Browser) -> StorageState:
    """The cookies of an operator who has signed in."""
    with site.here.store.begin() as connection:
        create_user(connection, OPERATOR, HASHED, EVERYTHING)
    with opened(browser, site.url) as context:
        page = context.new_page()
        sign_in(page, name=OPERATOR)
        expect(page.get_by_role("link", name="Operations")).to_be_visible()
        return context.storage_state()


@pytest.fixture(scope="module")
def window(site: Site, browser: Browser, session: StorageState) -> Iterator[Page]:
    """A window of the operator; axe may be put into its pages."""
    with opened(browser, site.url, refused=True, storage_state=session, bypass_csp=True) as context:
        yield context.new_page()


@pytest.mark.parametrize("address", ADDRESSES)
def test_everyone_can_read_the_page(window: Page, address: str) -> None:
    window.set_viewport_size({"width": 1280, "height": 900})
    window.goto(address)
    assert overflow(window) <= 0
    assert found(window) == []
    window.set_viewport_size({"width": 390, "height": 844})
    assert overflow(window) <= 0
