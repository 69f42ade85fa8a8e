"""An operator in a real browser: the office hours of a workspace and of a team, sorted tables, and a rebuild."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from indexer.datasets.calls import CALLS
from indexer.datasets.dataset import Incoming
from indexer.datasets.registry import dataset_named
from indexer.indexing.backfiller import Backfiller
from indexer.indexing.drain import Drain
from indexer.indexing.rebuild_site import RebuildSite
from indexer.indexing.rebuild_steps import Watch
from indexer.indexing.rebuilder import Rebuilder
from indexer.store.entities.records import save_records
from indexer.store.entities.workspaces import Workspace, save_workspace
from indexer.store.jobs.backfills import Selected, set_state, start_backfill
from tests.browser.conftest import Site, opened, operators_tab
from tests.indexing.store_and_index import workers_of

pytestmark = pytest.mark.services

MONDAYS = "10:00-12:00"


@pytest.fixture(scope="module")
def operator(site: Site, browser: Browser) -> Iterator[Page]:
    """A window of an operator who has signed in."""
    with site.here.store.begin() as connection:
        save_workspace(connection, Workspace("shop", time_zone="Europe/London"))
    with opened(browser, site.url) as context:
        yield operators_tab(site, context, "op")


def test_office_hours_are_edited_by_the_day_and_saved_when_they_are_confirmed(operator: Page) -> None:
    operator.goto("/operations/workspace?workspace=shop")
    operator.get_by_label("In these hours").check()
    operator.get_by_label("Monday", exact=True).fill("10:00-12:00, 13:00-17:30")
    operator.get_by_role("button", name="See what would change").click()
    expect(operator.get_by_role("img", name="Monday: open 10:00 to 12:00, 13:00 to 17:30")).to_be_visible()
    operator.get_by_role("button", name="Change the settings").click()
    expect(operator.get_by_label("Monday", exact=True)).to_have_value("10:00-12:00, 13:00-17:30")
    operator.reload()
    expect(operator.get_by_role("img", name="Monday at present: open 10:00 to 12:00")).to_be_visible()
    expect(operator.get_by_role("img", name="Tuesday at present: closed")).to_be_visible()


def test_a_team_gets_hours_of_its_own_and_loses_them_without_a_script(site: Site, browser: Browser) -> None:
    with site.here.store.begin() as connection:
        save_workspace(connection, Workspace("depot", time_zone="Europe/London"))
    with opened(browser, site.url, java_script_enabled=False) as context:
        page = operators_tab(site, context, "scriptless")
        page.goto("/operations/workspace?workspace=depot")
        page.get_by_label("Teams", exact=True).fill("8871 Support\n8872 Billing")
        page.get_by_role("button", name="Save names").click()
        for hours, said in ((MONDAYS, "closed"), ("In the workspace's hours", "open 00:00 to 24:00")):
            page.locator("select[name=team]").select_option("8871")
            page.get_by_role("button", name="Hours of the team").click()
            expect(page.get_by_role("heading", name="Support")).to_be_visible()
            if hours == MONDAYS:
                page.get_by_label("Monday", exact=True).fill(hours)
                page.get_by_label("Dates with other hours").fill("2026-12-25 closed every year")
            page.get_by_label("In these hours" if hours == MONDAYS else hours).check()
            page.get_by_role("button", name="See what would change").click()
            page.get_by_role("button", name="Change the settings").click()
            expect(page.get_by_text("The hours of the team are saved.")).to_be_visible()
            expect(page.get_by_role("img", name=f"Tuesday at present: {said}")).to_be_visible()
            page.get_by_role("link", name="Back to the workspace").click()
            own = page.get_by_role("list", name="Teams with hours of their own")
            expect(own.get_by_role("link", name="Support")).to_have_count(1 if hours == MONDAYS else 0)


def test_tables_are_sorted_in_place_and_stay_sorted_when_they_are_refreshed(site: Site, operator: Page) -> None:
    with site.here.store.begin() as connection:
        for number, name in enumerate(("bolts", "anvils", "crates")):
            save_records(connection, CALLS, name, [Incoming(str(id_), b"{}", 1, 1) for id_ in range(number + 1)])
    operator.goto("/operations/queue")
    operator.evaluate("window.kept = true")
    waiting = operator.get_by_role("region", name="What waits by workspace")
    head = waiting.get_by_role("columnheader", name="Workspace")
    for order, names in (("ascending", ["anvils", "bolts", "crates"]), ("descending", ["crates", "bolts", "anvils"])):
        head.get_by_role("link").click()
        expect(head).to_have_attribute("aria-sort", order)
        expect(head.get_by_role("link")).to_be_focused()
        assert [one for one in waiting.locator("tbody th").all_inner_texts() if one in names] == names
    with site.here.store.begin() as connection:
        save_records(connection, CALLS, "dynamos", [Incoming("1", b"{}", 1, 1)])
    expect(waiting.locator("tbody th").filter(has_text="dynamos")).to_be_visible(timeout=20_000)
    shown = [one for one in waiting.locator("tbody th").all_inner_texts() if one in {*names, "dynamos"}]
    assert shown == ["dynamos", *names]
    assert operator.evaluate("window.kept")
    with site.here.store.begin() as connection:
        connection.exec_driver_sql(
            "DELETE FROM changes WHERE workspace_id = ANY (%(names)s)", {"names": [*names, "dynamos"]}
        )


def test_what_is_in_progress_is_refreshed_by_itself_and_focus_stays(site: Site, operator: Page) -> None:
    operator.goto("/operations/indices")
    operator.get_by_role("region", name="Indices of calls").focus()
    operator.evaluate("window.kept = true")
    with site.here.store.begin() as connection:
        started = start_backfill(connection, "calls", Selected("demo"), dataset_named("calls"))
    pausing = operator.get_by_role("button", name="Pause")
    expect(pausing).to_be_visible(timeout=20_000)
    assert operator.evaluate("document.activeElement.getAttribute('aria-label')") == "Indices of calls"
    assert operator.evaluate("window.kept")
    operator.get_by_label("Refresh by itself").uncheck()
    with site.here.store.begin() as connection:
        set_state(connection, started.backfill_id, "cancelled")
    operator.wait_for_timeout(4_000)
    expect(pausing).to_be_visible()
    operator.get_by_label("Refresh by itself").check()
    expect(pausing).to_have_count(0, timeout=20_000)
    operator.get_by_role("link", name="Refresh").click()
    expect(operator.get_by_role("heading", name="Indices")).to_be_visible()
    assert not operator.evaluate("window.kept ?? false")


def test_a_rebuild_is_swapped_in_and_rolled_back_when_each_is_confirmed(site: Site, operator: Page) -> None:
    dataset = dataset_named("teammate_statuses")
    work = workers_of(Drain.from_connections(site.here, dataset), Backfiller.from_connections(site.here))
    rebuilder = Rebuilder(RebuildSite.from_connections(site.here, dataset), Watch(on_wait=work))
    rebuilder.run(rebuilder.start(), "ready")
    operator.goto("/operations/indices")
    rebuilding = operator.locator(f"#{dataset.name}")
    expect(rebuilding.get_by_role("heading", name="Rebuild at step ready")).to_be_visible()
    rebuilding.get_by_role("link", name="Swap").click()
    operator.get_by_role("button", name="Swap now").click()
    expect(rebuilding.get_by_role("heading", name="Rebuild at step grace")).to_be_visible()
    rebuilding.get_by_role("link", name="Roll back").click()
    operator.get_by_role("button", name="Roll back now").click()
    expect(rebuilding.get_by_role("heading", name="Rebuild at step")).to_have_count(0)
