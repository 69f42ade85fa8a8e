"""A reader of the dashboard in a real browser: choices, charts, lists, downloads, signing in, and no script."""

import csv
import json
import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, StorageState, expect

from indexer.sample import DEFAULT_END
from indexer.store.access.sessions import end_sessions
from indexer.store.access.users import create_user
from tests import forking
from tests.browser.conftest import READS, Site, opened, sign_in
from tests.store.access.accounts import HASHED

pytestmark = pytest.mark.services

PRESENT = f"as_of={DEFAULT_END}"
"""The present of the sample: 1 November 2026, midnight in Dublin."""

CONVERSATIONS = f"/pages/conversations?workspace=demo&{PRESENT}"


def chosen(page: Page) -> Mapping[str, list[str]]:
    """The parameters of the address."""
    return parse_qs(urlsplit(page.url).query)


def choose(page: Page, menu: str, option: str) -> None:
    """Choose an option of a menu."""
    page.locator(f"#menu-{menu} summary").click()
    page.locator(f"#menu-{menu}").get_by_role("link", name=option, exact=True).click()
    expect(page.locator(f"#menu-{menu} summary bdi")).to_have_text(option)


def tile(page: Page, title: str) -> Locator:
    return page.get_by_role("article", name=title, exact=True)


def number(text: str | None) -> int:
    """The first whole number in a text."""
    found = re.search(r"[\d,]+", text or "")
    assert found is not None, text
    return int(found[0].replace(",", ""))


def figure_of(bar: Locator) -> int:
    """The figure of a bar or of a part of one, which come as `Sat 31 Oct 2026: 17; before: 13`."""
    return number((bar.get_attribute("aria-label") or "").partition(": ")[2])


def test_the_overview_shows_the_state_beside_the_same_weekdays_before(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    expect(page.locator("main")).to_contain_text("There is no data newer than")
    new = tile(page, "New conversations").first
    assert number(new.locator(".big").text_content()) > 0
    expect(new.locator(".change")).to_contain_text("from")
    expect(new.locator("svg.spark polyline.now")).to_be_visible()
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Satisfaction").click()
    expect(page.get_by_role("heading", name="Satisfaction", level=1)).to_be_visible()


def test_choices_swap_the_page_in_place_and_back_and_reload_restore_them(page: Page) -> None:
    page.goto(CONVERSATIONS)
    dates = page.locator(".dates strong")
    expect(dates).to_have_text("4 to 31 October 2026")
    choose(page, "range", "Last 7 days")
    expect(dates).to_have_text("25 to 31 October 2026")
    choose(page, "group_by", "Team")
    legend = page.locator(".legend").first
    expect(legend).to_contain_text("Billing")
    choose(page, "compare", "Same dates last year")
    expect(page.locator(".dates")).to_contain_text("compared with 25 to 31 October 2025")
    assert chosen(page) == {
        "workspace": ["demo"],
        "range": ["7d"],
        "group_by": ["team"],
        "compare": ["year"],
        "as_of": [str(DEFAULT_END)],
    }
    shown = page.locator("main").inner_text()
    page.reload()
    expect(page.locator("main")).to_have_text(shown, use_inner_text=True)
    page.go_back()
    expect(page.locator(".dates")).to_contain_text("compared with 18 to 24 October 2026")
    page.go_back()
    expect(page.locator("#menu-group_by summary bdi")).to_have_text("As on the page")
    page.go_back()
    expect(dates).to_have_text("4 to 31 October 2026")
    page.go_forward()
    expect(dates).to_have_text("25 to 31 October 2026")


def test_a_choice_loads_no_new_document(page: Page) -> None:
    page.goto(CONVERSATIONS)
    page.evaluate("window.isTheSame = true")
    choose(page, "interval", "Week")
    assert page.evaluate("window.isTheSame")


@pytest.mark.parametrize(
    ("option", "dates"),
    [
        ("Today", "1 November 2026"),
        ("Yesterday", "31 October 2026"),
        ("This week", "26 October to 1 November 2026"),
        ("Last month", "1 to 31 October 2026"),
        ("This quarter", "1 October to 1 November 2026"),
        ("Year to date", "1 January to 1 November 2026"),
    ],
)
def test_a_range_is_the_local_days_of_the_workspace(page: Page, option: str, dates: str) -> None:
    page.goto(CONVERSATIONS)
    choose(page, "range", option)
    expect(page.locator(".dates strong")).to_have_text(dates)
    expect(page.locator(".dates")).to_contain_text("Europe/Dublin")


def test_own_dates_can_be_typed(page: Page) -> None:
    page.goto(CONVERSATIONS)
    page.locator("#menu-range summary").click()
    page.get_by_label("From").fill("2026-10-05")
    page.get_by_label("To (included)").fill("2026-10-11")
    page.get_by_role("button", name="Show these dates").click()
    expect(page.locator(".dates strong")).to_have_text("5 to 11 October 2026")
    assert (chosen(page)["from"], chosen(page)["to"]) == (["2026-10-05"], ["2026-10-11"])


def test_times_within_office_hours_are_shorter(page: Page) -> None:
    page.goto(f"/pages/responsiveness?workspace=demo&{PRESENT}")
    response = page.locator(".of-figure .big a").first
    elapsed = number(response.get_attribute("title"))
    choose(page, "hours", "Office hours")
    expect(response).not_to_have_attribute("title", f"{elapsed:,} seconds")
    assert number(response.get_attribute("title")) < elapsed


def test_the_copied_link_keeps_its_dates(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/pages/conversations?workspace=demo&range=90d")
    dates = page.locator(".dates strong").inner_text()
    page.locator("#menu-range summary").click()
    page.get_by_role("link", name="Link to these dates").click()
    expect(page.get_by_role("status")).to_have_text("The link is copied")
    page.goto(page.evaluate("navigator.clipboard.readText()"))
    expect(page.locator(".dates strong")).to_have_text(dates)
    assert chosen(page).keys() == {"workspace", "from", "to"}


def test_filters_are_chosen_from_values_with_counts_inverted_and_removed(page: Page) -> None:
    page.goto(CONVERSATIONS)
    total = tile(page, "New conversations").locator(".big")
    everything = number(total.text_content())
    page.locator("#menu-filter summary").click()
    page.get_by_role("link", name="Channel").click()
    value = page.locator(".values li").first
    of_value = number(value.locator(".figure").text_content())
    value.get_by_role("checkbox").check()
    page.get_by_role("button", name="Filter").click()
    pill = page.get_by_role("list", name="Filters")
    expect(pill).to_contain_text("Channel is")
    assert number(total.text_content()) == of_value < everything
    pill.get_by_role("link", name="invert").click()
    expect(pill).to_contain_text("Channel is not")
    assert number(total.text_content()) == everything - of_value
    pill.get_by_role("link", name="Remove").click()
    expect(pill).to_have_count(0)
    assert number(total.text_content()) == everything


def test_keys_go_to_a_chart_once_from_bar_to_bar_and_into_the_list(page: Page) -> None:
    page.goto(f"{CONVERSATIONS}&group_by=channel")
    assert set(
        page.locator("svg.chart").evaluate_all("all => all.map(c => c.querySelectorAll('a[tabindex=\"0\"]').length)")
    ) == {1}
    chart = tile(page, "New conversations by channel").locator("svg.chart")
    stops = chart.locator("a[tabindex='0']")
    stops.focus()
    begins = stops.get_attribute("aria-label")
    page.keyboard.press("ArrowRight")
    expect(stops).to_be_focused()
    assert stops.get_attribute("aria-label") != begins
    page.keyboard.press("ArrowLeft")
    expect(stops).to_have_attribute("aria-label", begins or "")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("status")).to_have_text(stops.get_attribute("aria-label") or "")
    count = figure_of(stops)
    page.keyboard.press("Tab")
    assert chart.locator(":focus").count() == 0
    page.keyboard.press("Shift+Tab")
    expect(stops).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".list-head .total")).to_have_text(re.compile(rf"^{count} conversations?$"))


def test_a_bar_leads_to_as_many_conversations_as_it_shows(page: Page) -> None:
    page.goto(CONVERSATIONS)
    bar = tile(page, "Open conversations").locator("svg.chart .bar a").last
    count = figure_of(bar)
    bar.click()
    expect(page.locator(".list-head .total strong")).to_have_text(str(count))
    expect(page.locator("table.list tbody tr")).to_have_count(min(count, 50))
    page.go_back()
    expect(page.get_by_role("heading", name="Conversations", level=1)).to_be_visible()


def test_a_row_leads_to_the_conversation_with_its_metric_explained_and_back(page: Page) -> None:
    page.goto(f"/lists/median_first_response_time?workspace=demo&{PRESENT}&from=2026-10-04&to=2026-10-31")
    address = page.url
    row = page.locator("table.list tbody tr").first
    shown = row.locator("td.figure").inner_text()
    row.get_by_role("link").first.click()
    reasons = page.locator("#why")
    expect(reasons.get_by_role("heading")).to_have_text(re.compile(f"^Time to first response: {shown}( |$)"))
    expect(page.locator("tr.chosen")).to_have_count(2)
    expect(page.locator(".timeline .counted")).to_have_count(1)
    page.locator(".timeline a").first.click()
    expect(page).to_have_url(re.compile("#part-"))
    page.get_by_role("region", name="Durations").get_by_role("link").last.click()
    expect(reasons.get_by_role("heading")).not_to_have_text(re.compile("^Time to first response:"))
    page.get_by_role("link", name="Back to the list").click()
    expect(page).to_have_url(address)


def explained_conversation(page: Page) -> None:
    """Open the conversation with the longest first response, with that metric explained."""
    asked = f"workspace=demo&{PRESENT}&from=2026-10-04&to=2026-10-31&sort=-value"
    page.goto(f"/lists/median_first_response_time?{asked}")
    page.locator("table.list tbody th a").first.click()
    expect(page.locator("#why")).to_be_visible()


@pytest.mark.parametrize("with_script", [True, False])
def test_on_a_phone_the_reason_comes_first_and_the_rest_is_folded_until_it_is_asked_for(
    site: Site, browser: Browser, session: StorageState, *, with_script: bool
) -> None:
    phone = {"width": 390, "height": 844}
    with opened(browser, site.url, storage_state=session, viewport=phone, java_script_enabled=with_script) as context:
        page = context.new_page()
        explained_conversation(page)
        box, timeline = page.locator("#why").bounding_box(), page.locator("#timeline").bounding_box()
        assert box is not None
        assert timeline is not None
        assert box["y"] < phone["height"] / 2
        assert box["y"] < timeline["y"]
        expect(page.locator("#why td.chosen")).to_be_visible()
        expect(page.get_by_role("heading", name="Parts")).to_have_count(1)
        parts, durations = page.get_by_role("region", name="The parts"), page.get_by_role("region", name="Durations")
        expect(parts).to_be_hidden()
        expect(durations).to_be_hidden()
        foot = page.locator(".page-foot").bounding_box()
        assert foot is not None
        assert foot["y"] < 3 * phone["height"]
        # A part that is named opens the table that has it; a heading opens by a key.
        page.locator("#why").get_by_role("link", name=re.compile(r"^#\d")).last.press("Enter")
        expect(page.locator("tr:target")).to_be_in_viewport()
        page.locator("#metrics-1 > summary").press("Enter")
        expect(durations).to_be_visible()
        durations.get_by_role("link").last.press("Enter")
        expect(page.locator("#why td.chosen")).to_have_count(1)
        expect(page).not_to_have_url(re.compile("metric=first_response_time&"))
        expect(durations).to_be_visible(visible=with_script)


def test_on_a_wide_screen_nothing_of_a_conversation_is_folded_but_what_it_states(page: Page) -> None:
    explained_conversation(page)
    for name in ("The parts", "Durations", "Moments", "Counts and people"):
        expect(page.get_by_role("region", name=name)).to_be_visible()
    for name in ("Parts", "Durations"):
        expect(page.get_by_role("heading", name=name, exact=True)).to_have_count(1)
    expect(page.get_by_role("region", name="Stated by the conversation")).to_be_hidden()
    page.locator("summary", has_text="Stated by the conversation").press("Enter")
    expect(page.get_by_role("region", name="Stated by the conversation")).to_be_visible()


def test_a_leader_board_is_sorted_by_its_headings_and_leads_to_a_teammate(page: Page) -> None:
    page.goto(f"/pages/teammates?workspace=demo&{PRESENT}")
    board = tile(page, "Leader board")
    replies = board.locator("tbody td:nth-of-type(2)")
    head = board.get_by_role("columnheader", name=re.compile("^Replies"))
    asked = page.url
    page.evaluate("window.kept = true")
    for falls, order in ((True, "descending"), (False, "ascending")):
        head.get_by_role("link").click()
        expect(head).to_have_attribute("aria-sort", order)
        figures = [number(text) for text in replies.all_text_contents() if text != "-"]
        assert figures == sorted(figures, reverse=falls)
        assert chosen(page)["order"] == ["1.-2" if falls else "1.2"]
        expect(head.get_by_role("link")).to_be_focused()
    assert page.evaluate("window.kept")
    page.go_back()
    page.go_back()
    expect(page).to_have_url(asked)
    of_teammate = board.locator("tbody th a").first
    name = of_teammate.inner_text()
    of_teammate.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Teammate {name}")


def test_the_page_its_csv_and_the_command_have_the_same_numbers(site: Site, page: Page, tmp_path: Path) -> None:
    page.goto(f"{CONVERSATIONS}&range=7d&group_by=channel")
    shown = tile(page, "New conversations by channel")
    shown.get_by_text("Table and definition").click()
    heads = shown.locator("thead th").all_inner_texts()[1:]
    cells = [row.locator("td").all_inner_texts() for row in shown.locator("tbody tr").all()]
    days = [one.get_attribute("datetime") for one in shown.locator("tbody time").all()]
    on_page = {
        (day, head): int(cell)
        for day, row in zip(days, cells, strict=True)
        for head, cell in zip(heads, row, strict=True)
    }
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    download.value.save_as(tmp_path / "page.csv")
    with (tmp_path / "page.csv").open(newline="", encoding="utf-8-sig") as file:
        all_rows = [row for row in csv.DictReader(file) if row["range"] == "asked"]
    rows = [row for row in all_rows if row["title"] == "New conversations by channel"]
    assert {(row["period"], row["group"] or "(none)"): int(row["value"]) for row in rows} == on_page
    command = shlex.split(shown.locator("pre").inner_text())
    assert command[:3] == ["indexer", "report", "run"]
    answer = json.loads(printed(site, *command[1:], "--format", "json"))
    assert {(row["period"], row["group"] or "(none)"): row["value"] for row in answer["rows"]} == on_page
    assert number(tile(page, "New conversations").locator(".big").text_content()) == answer["total"]["value"]


def printed(site: Site, *arguments: str) -> bytes:
    """Standard output of a command over the services of the site."""
    settings = site.here.settings
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url or "",
        "ELASTICSEARCH_URL": settings.elasticsearch_url or "",
        "INDEXER_INDEX_PREFIX": settings.index_prefix,
    }
    done = forking.run(arguments, environment)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def test_light_or_dark_is_kept(page: Page) -> None:
    page.goto(CONVERSATIONS)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    assert page.evaluate(ground) == dark
    page.get_by_role("button", name="Light").click()
    assert page.evaluate(ground) == light


def test_a_wrong_password_is_refused_and_the_right_one_leads_to_the_page_asked_for(
    site: Site, browser: Browser
) -> None:
    with opened(browser, site.url, refused=True) as context:
        page = context.new_page()
        page.goto(CONVERSATIONS)
        sign_in(page, "wrong horse battery")
        expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
        sign_in(page)
        expect(page.get_by_role("heading", name="Conversations", level=1)).to_be_visible()
        page.get_by_role("button", name="Sign out", exact=True).click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        page.goto(CONVERSATIONS)
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_another_workspace_is_refused(site: Site, browser: Browser, session: StorageState) -> None:
    with opened(browser, site.url, refused=True, storage_state=session) as context:
        page = context.new_page()
        for path in ("/pages/overview?workspace=other", "/lists/new_conversations?workspace=other"):
            response = page.goto(path)
            assert response is not None
            assert response.status == 403
            expect(page.locator("main")).to_contain_text("other")
            assert page.locator(".tile, table").count() == 0


def test_when_the_session_has_ended_a_choice_leads_to_signing_in_and_back(site: Site, browser: Browser) -> None:
    with site.here.store.begin() as connection:
        create_user(connection, "bob", HASHED, READS)
    with opened(browser, site.url, refused=True) as context:
        page = context.new_page()
        page.goto(CONVERSATIONS)
        sign_in(page, name="bob")
        with site.here.store.begin() as connection:
            end_sessions(connection, "bob")
        page.locator("#menu-range summary").click()
        page.get_by_role("link", name="Last 7 days").click()
        sign_in(page, name="bob")
        expect(page.locator(".dates strong")).to_have_text("25 to 31 October 2026")


def test_without_a_script_menus_open_choices_are_links_and_charts_lead_to_lists(
    site: Site, browser: Browser, session: StorageState
) -> None:
    with opened(browser, site.url, storage_state=session, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(CONVERSATIONS)
        choose(page, "range", "Last 7 days")
        expect(page.locator(".dates strong")).to_have_text("25 to 31 October 2026")
        page.locator("#menu-filter summary").click()
        page.get_by_label("Condition").fill("channel=email")
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_role("list", name="Filters")).to_contain_text("Channel is email")
        shown = tile(page, "Open conversations")
        shown.get_by_text("Table and definition").click()
        cell = shown.locator("tbody td a").last
        count = number(cell.inner_text())
        shown.get_by_role("link", name="Conversations", exact=True).click()
        figures = [number(text) for text in shown.locator("tbody td:first-of-type").all_inner_texts()]
        assert figures == sorted(figures, reverse=True)
        page.goto(shown.locator("svg.chart .bar a").last.get_attribute("href") or "")
        expect(page.locator(".list-head .total strong")).to_have_text(str(count))
        page.locator("table.list tbody th a").first.click()
        expect(page.get_by_role("region", name="The timeline").locator("svg").first).to_be_visible()
        page.get_by_role("button", name="Sign out", exact=True).click()
        sign_in(page)
        expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
