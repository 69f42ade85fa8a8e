"""How pages look and read, at two widths, in light and dark: nothing for axe to find, nothing wider than the window."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, StorageState, expect

from indexer.answers.catalogue import load_reports
from indexer.answers.page_catalogue import load_pages
from indexer.sample import DEFAULT_END
from tests.browser.conftest import WORKSPACE, Site, opened, operators_tab

pytestmark = pytest.mark.services

_WIDE, _NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
_OF_COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
"""The rules of axe whose findings can differ between light and dark; the others look at the elements alone."""

_PAGES = load_pages(load_reports())
_ASKED = f"workspace=demo&as_of={DEFAULT_END}"
ADDRESSES = {
    **{name: f"/pages/{name}?{_ASKED}" for name, page in _PAGES.items() if page.subject is None},
    "a grouped page": f"/pages/responsiveness?{_ASKED}&group_by=team&where=channel%21%3Demail",
    "values of a filter": f"/pages/conversations/values?{_ASKED}&field=channel",
    "what was asked": f"/pages/overview/asked?{_ASKED}",
    "a list": f"/lists/new_conversations?{_ASKED}&from=2026-10-04&to=2026-10-31",
    "an empty list": f"/lists/new_conversations?{_ASKED}&from=2020-10-04&to=2020-10-31",
    "an empty page": f"/pages/overview?{_ASKED}&from=2020-10-04&to=2020-10-31",
    "a report": f"/?report=median_first_response_time&{_ASKED}&from=2026-10-04&to=2026-10-31&group_by=channel",
    "a refused page": f"/pages/overview?{_ASKED}&colour=red",
    "a missing page": "/pages/nothing",
}


_OF_LISTS = f"{_ASKED}&from=2026-10-04&to=2026-10-31"
CHAINS = {
    "a conversation": [f"/lists/median_first_response_time?{_OF_LISTS}", "/conversations/"],
    "a receipt": [f"/lists/messages_opened?{_OF_LISTS}", "/receipts/"],
    "a person": [f"/lists/messages_opened?{_OF_LISTS}", "/people/"],
    "a message": [f"/lists/messages_opened?{_OF_LISTS}", "/receipts/", "/messages/"],
}
"""Pages of single things: the address of a list, and how the links begin that lead from page to page."""

OPERATORS_PLACES = (
    "",
    "/indices",
    "/queue",
    "/quarantine",
    "/exports",
    "/health",
    "/workspaces",
    f"/workspace?workspace={WORKSPACE}",
    f"/workspace/change?workspace={WORKSPACE}&time_zone=UTC&hours=weekly&monday=9-17",
    f"/workspace/change?workspace={WORKSPACE}&time_zone=Mars",
    f"/workspace/team?workspace={WORKSPACE}&team={'7' * 400}",
    f"/workspace/team/change?workspace={WORKSPACE}&team=7&hours=weekly&monday=9-17",
    f"/workspace/team/change?workspace={WORKSPACE}&team=7&hours=weekly&monday={'9' * 60}",
    "/workspaces?order=1.-1",
    "/audit",
)


_ALERT = f"workspace={WORKSPACE}&name=Many&report=new_conversations&threshold=1"
PLACES_OF_MAILS = (
    f"/views?workspace={WORKSPACE}",
    f"/subscriptions?workspace={WORKSPACE}",
    f"/alerts?workspace={WORKSPACE}",
    f"/alerts/look?{_ALERT}&to=nobody",
)


@pytest.fixture(scope="module")
def window(site: Site, browser: Browser, session: StorageState) -> Iterator[Page]:
    """A wide window of a reader who has signed in; axe may be put into its pages."""
    with opened(browser, site.url, refused=True, storage_state=session, bypass_csp=True, viewport=_WIDE) as context:
        yield context.new_page()


def found(page: Page, options: dict[str, Any] | None = None) -> list[str]:
    """What axe finds that is serious or critical, with the elements."""
    violations = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {node['html'][:200]} ({node['failureSummary']})"
        for one in violations
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"][:5]
    ]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.scrollingElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)
def test_everyone_can_read_the_page(window: Page, address: str) -> None:
    check(window, address)


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
def test_everyone_can_read_the_pages_of_single_things(window: Page, chain: list[str]) -> None:
    address, *starts = chain
    for start in starts:
        window.goto(address)
        address = window.locator(f"main a[href^='{start}']").first.get_attribute("href") or ""
    check(window, address)


@pytest.fixture(scope="module")
def operators_window(site: Site, browser: Browser) -> Iterator[Page]:
    """A wide window of an operator who has signed in; axe may be put into its pages."""
    with opened(browser, site.url, refused=True, bypass_csp=True, viewport=_WIDE) as context:
        page = operators_tab(site, context, "operator")
        expect(page.get_by_role("link", name="Operations")).to_be_visible()
        yield page


@pytest.mark.parametrize("place", OPERATORS_PLACES)
def test_every_operator_can_read_the_page(operators_window: Page, place: str) -> None:
    check(operators_window, f"/operations{place}")


@pytest.mark.parametrize("place", PLACES_OF_MAILS)
def test_every_operator_can_read_what_is_mailed(operators_window: Page, site: Site, place: str) -> None:
    with site.here.store.begin() as connection:
        for statement in _MAILED:
            connection.exec_driver_sql(statement, {"workspace": WORKSPACE})
    check(operators_window, place)


_MAILED = (
    "INSERT INTO views (workspace_id, name, address) VALUES (%(workspace)s, 'All', '/pages/overview')"
    " ON CONFLICT DO NOTHING",
    "INSERT INTO subscriptions (workspace_id, name, view_name, mail_to, every, on_day, at_time, handled_until, error)"
    " SELECT %(workspace)s, name, 'All', 'ann@example.com', 'weekly', 0, '08:00', now(), error"
    " FROM (VALUES ('Good', NULL), ('Failing ' || repeat('x', 92), 'the mail server is away')) AS given (name, error)"
    " ON CONFLICT DO NOTHING",
    "INSERT INTO alerts (workspace_id, name, report, question, direction, threshold, mail_to, found, value, error)"
    " SELECT %(workspace)s, found, 'new_conversations', '{\"range\": \"today\"}', 'above', 2, 'ann@example.com',"
    " found, 3, 'the workspace has no documents'"
    " FROM unnest(ARRAY['crossed', 'not_crossed', 'no_data']) AS found ON CONFLICT DO NOTHING",
)


def check(window: Page, address: str) -> None:
    """Axe finds nothing serious in light and dark, and nothing is wider than a window of both widths."""
    window.emulate_media(color_scheme="light")
    window.set_viewport_size(_WIDE)
    window.goto(address)
    assert overflow(window) <= 0
    assert found(window) == []
    window.emulate_media(color_scheme="dark")
    assert found(window, _OF_COLOURS) == []
    window.set_viewport_size(_NARROW)
    assert overflow(window) <= 0
