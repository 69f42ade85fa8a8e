"""Pages over a real index: their numbers, their links, their CSV and JSON, and addresses that cannot be used."""

import csv
import gzip
import html
import io
import random
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

import httpx
import pytest

from indexer.answers.catalogue import load_reports
from indexer.answers.page_catalogue import load_pages
from indexer.web.charts.series import COLOURS
from tests.reports.indexed import conversation, indexed
from tests.reports.sampled import ENDS_AT, sampled
from tests.web.read_html import Read
from tests.web.server import served

pytestmark = pytest.mark.services

REPORTS = load_reports()
PAGES = load_pages(REPORTS)
ZONES = {
    "overview": "Europe/London",
    "conversations": "Europe/Dublin",
    "responsiveness": "Pacific/Auckland",
    "satisfaction": "Asia/Kathmandu",
    "teams": "UTC",
}
"""Two of them change their clocks in the range below, one in the week after it."""

RANGE = {"workspace": "w", "from": "2024-02-16", "to": "2024-03-31", "as_of": str(ENDS_AT + 604_800)}
HOSTILE = ["</script><b>", '"', "a,b", "😀", "\u202eabc", "../x", "x" * 200]


@pytest.fixture(scope="module")
def pages(elasticsearch_url: str, empty_store_url: str) -> Iterator[httpx.Client]:
    """Over a few hundred sampled conversations of `w`, and hostile names in `evil`."""
    at = 1_709_251_200
    hostile = [
        conversation(n, at + n, "evil", channel=name, tags=[name], started_at=at) for n, name in enumerate(HOSTILE)
    ]
    with (
        indexed(elasticsearch_url, [*sampled("w", seed=32), *hostile]) as prefix,
        served(elasticsearch_url, prefix, DATABASE_URL=empty_store_url) as client,
    ):
        yield client


def links(page: str, start: str) -> list[str]:
    return sorted({html.unescape(url) for url in re.findall(r'href="([^"]*)"', page) if url.startswith(start)})


def test_the_bare_address_is_the_overview_of_the_first_workspace(pages: httpx.Client) -> None:
    page = pages.get("/")
    assert page.status_code == 200
    assert "<title>Overview · evil · Reports</title>" in page.text


def test_an_address_without_a_workspace_or_with_defaults_leads_to_the_one_way_to_write_it(pages: httpx.Client) -> None:
    page = pages.get("/pages/overview", params={"range": "7d", "interval": ""})
    assert page.status_code == 303
    assert page.headers["Location"] == "/pages/overview?workspace=evil"


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_shown_with_all_choices(pages: httpx.Client, name: str) -> None:
    chosen = RANGE | {"mean": "true", "office_hours": "true", "interval": "week", "compare": "year"}
    subject = {"id": "5101"} if PAGES[name].subject else {}
    page = pages.get(f"/pages/{name}", params=chosen | subject, follow_redirects=True)
    assert page.status_code == 200
    assert PAGES[name].title in page.text
    assert "This cannot be shown" not in page.text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]* src=)", page.text)
    ids = re.findall(r'\sid="([^"]*)"', page.text)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", ZONES)
def test_every_list_has_as_many_as_its_number_counts(pages: httpx.Client, name: str) -> None:
    chosen = RANGE | {"time_zone": ZONES[name], "to": "2024-04-07"}
    found = links(pages.get(f"/pages/{name}", params=chosen, follow_redirects=True).text, "/lists/")
    assert found
    assert all(f"time_zone={ZONES[name].replace('/', '%2F')}" in url for url in found)
    tried = 0
    for url in random.Random(name).sample(found, min(14, len(found))):
        report = REPORTS[urlsplit(url).path.removeprefix("/lists/")]
        asked = parse_qsl(urlsplit(url).query, keep_blank_values=True)
        cell = {key: value for key, value in asked if key in ("period", "group", "no_group")}
        question = [pair for pair in asked if pair[0] not in cell]
        answer = pages.get(f"/api/v1/reports/{report.name}?{urlencode(question)}").json()
        count = counted(answer, cell)
        listed = pages.get(url)
        assert listed.status_code == 200
        shown = int(re.findall(r"<strong>([\d,]+)</strong>", listed.text)[0].replace(",", ""))
        if count is None or report.counts_actions:  # several actions can be in one conversation
            assert 0 < shown <= (count or shown), url
            continue
        tried += 1
        assert shown == count, url
    assert tried


def counted(answer: Any, cell: dict[str, str]) -> int | None:
    """The count of the cell in an answer; None for a period of all groups, which no row has."""
    if not cell:
        return int(answer["total"]["count"])
    rows = answer["rows"]
    if "period" in cell:
        rows = [row for row in rows if row["period"] == cell["period"]]
    if cell.keys() & {"group", "no_group"}:
        rows = [row for row in rows if row["group"] == cell.get("group")]
    elif answer["group_by"]:
        return None
    periods = {row["period"] for row in rows}
    return int(rows[0]["count"]) if len(rows) == 1 and len(periods) == 1 else None


def test_csv_and_json_have_the_numbers_of_the_page_and_of_the_report(pages: httpx.Client) -> None:
    page = pages.get("/pages/conversations", params=RANGE, follow_redirects=True).text
    rows = [*csv.DictReader(io.StringIO(pages.get("/pages/conversations.csv", params=RANGE).text))]
    answers = pages.get("/pages/conversations.json", params=RANGE).json()["answers"]
    total = answers[0]["answer"]["total"]["count"]
    assert f">{total:,}</a>" in page
    of_first = [row for row in rows if row["tile"] == "1" and row["range"] == "asked"]
    assert sum(int(row["count"]) for row in of_first) == total
    alone = pages.get("/api/v1/reports/new_conversations", params=dict(RANGE)).json()
    assert [(row["period"], int(row["count"])) for row in of_first] == [
        (r["period"], r["count"]) for r in alone["rows"]
    ]
    assert {row["time_zone"] for row in rows} == {"UTC"}
    before = [row for row in rows if row["tile"] == "1" and row["range"] == "before"]
    assert {row["to"] for row in before} == {"2024-02-15"}


def test_a_comparison_names_its_dates_and_stands_in_the_table(pages: httpx.Client) -> None:
    page = pages.get("/pages/conversations", params=RANGE | {"compare": "weekdays"}, follow_redirects=True).text
    assert "compared with 29 December 2023 to 11 February 2024" in page
    assert "Same weekdays before" in page


def test_choices_are_links_and_filters_can_be_inverted_and_removed(pages: httpx.Client) -> None:
    page = pages.get("/pages/conversations", params=RANGE | {"where": "channel=email"}, follow_redirects=True).text
    assert "Channel is email" in page
    addresses = links(page, "/pages/conversations?")
    assert any("where=channel%21%3Demail" in url for url in addresses)
    assert any("range=28d" in url or ("range" not in url and "from" not in url) for url in addresses)
    everything = pages.get("/pages/conversations.json", params=RANGE).json()["answers"][0]["answer"]["total"]["count"]
    parts = [
        pages.get("/pages/conversations.json", params=RANGE | {"where": where}).json()["answers"][0]["answer"]
        for where in ("channel=email", "channel!=email")
    ]
    assert sum(part["total"]["count"] for part in parts) == everything


def test_the_values_of_a_word_have_the_counts_of_the_report(pages: httpx.Client) -> None:
    page = pages.get("/pages/conversations/values", params=RANGE | {"field": "channel", "where": "channel=email"}).text
    assert re.search(r'value="channel=email" checked', page)
    alone = pages.get(
        "/api/v1/reports/new_conversations", params=RANGE | {"group_by": "channel", "interval": "range"}
    ).json()
    for row in alone["rows"]:
        assert f'<span class="figure">{row["count"]:,}</span>' in page
    refused = pages.get("/pages/conversations/values", params=RANGE | {"field": "hue"})
    assert refused.status_code == 422


def test_a_condition_that_a_report_does_not_know_takes_the_place_of_its_numbers(pages: httpx.Client) -> None:
    page = pages.get("/pages/teammates", params=RANGE | {"where": "priority=high"}, follow_redirects=True)
    assert page.status_code == 200
    assert "priority" in page.text
    assert "is not one of" in page.text  # the calls' and statuses' reports


def test_names_of_customers_are_text_in_every_place(pages: httpx.Client) -> None:
    asked = {"workspace": "evil", "from": "2024-03-01", "to": "2024-03-02", "group_by": "channel"}
    for name in ("overview", "conversations", "teams"):
        page = pages.get(f"/pages/{name}", params=asked, follow_redirects=True).text
        assert "</script><b>" not in page
        assert "\u202eabc" not in page or "<bdi>" in page
    conversations = pages.get("/pages/conversations", params=asked, follow_redirects=True).text
    assert "&lt;/script&gt;&lt;b&gt;" in conversations
    for url in links(conversations, "/lists/new_conversations?"):
        assert pages.get(url).status_code == 200
    of_name = [url for url in links(conversations, "/lists/") if "group=a%2Cb" in url]
    assert of_name
    assert "<strong>1</strong>" in pages.get(of_name[0]).text
    values = pages.get("/pages/conversations/values", params=asked | {"field": "tag"}).text
    assert "</script><b>" not in values
    condition = {"where": "channel=</script><b>"}
    filtered = pages.get("/pages/conversations", params=asked | condition, follow_redirects=True).text
    assert "Channel is &lt;/script&gt;&lt;b&gt;" in filtered


def test_a_range_without_data_shows_the_days_that_have_some(pages: httpx.Client) -> None:
    page = pages.get("/pages/overview", params={"workspace": "evil"}).text
    assert "There is no data newer than 1 March 2024, so these are the days up to then." in page
    fixed = pages.get("/pages/overview", params={"workspace": "evil", "range": "28d"}).text
    assert "There is nothing newer" not in fixed


def test_the_page_says_what_it_asks(pages: httpx.Client) -> None:
    page = pages.get("/pages/overview/asked", params=RANGE).text
    assert "indexer report run new_conversations --workspace w" in page
    assert "&#34;workspace_id&#34;: &#34;w&#34;" in page


@pytest.mark.parametrize(
    ("path", "parameters", "said"),
    [
        ("/pages/overview", {"workspace": "w", "range": "8d"}, "range"),
        ("/pages/overview", {"workspace": "w", "colour": "red"}, "there is no such parameter"),
        ("/pages/team", {"workspace": "w"}, "is missing; choose a team"),
        ("/pages/overview.csv", {}, "workspace: is missing"),
        ("/lists/new_conversations", {"workspace": "w"}, "from"),
        ("/lists/new_conversations", RANGE | {"period": "2020-01-01"}, "no day of the answer begins on 2020-01-01"),
        ("/lists/new_conversations", RANGE | {"cursor": "forged"}, "cursor: "),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_as_a_page(
    pages: httpx.Client, path: str, parameters: dict[str, str], said: str
) -> None:
    page = pages.get(path, params=parameters)
    assert page.status_code == 422
    assert said.casefold() in html.unescape(page.text).casefold()


def test_an_unknown_page_is_not_found(pages: httpx.Client) -> None:
    page = pages.get("/pages/overvew", params={"workspace": "w"})
    assert page.status_code == 404
    assert "did you mean overview?" in page.text


def test_a_list_is_paged_to_its_end_and_its_csv_has_all_rows(pages: httpx.Client) -> None:
    url: str | None = "/lists/new_conversations"
    asked: dict[str, str] | None = {key: value for key, value in RANGE.items() if key != "as_of"} | {"limit": "40"}
    seen: list[str] = []
    while url is not None:
        page = pages.get(url, params=asked)
        assert page.headers["Cache-Control"] == "private, no-store"
        seen += re.findall(r'<th scope="row">(?:<a[^>]*>)?<bdi>(\d+)</bdi>', page.text)
        total = int(re.findall(r"<strong>([\d,]+)</strong>", page.text)[0].replace(",", ""))
        following = re.findall(r'href="([^"]*)">Next page', page.text)
        url, asked = (html.unescape(following[0]), None) if following else (None, None)
    assert len(seen) == len(set(seen)) == total
    rows = [*csv.DictReader(io.StringIO(pages.get("/lists/new_conversations.csv", params=dict(RANGE)).text))]
    assert {row["conversation_id"] for row in rows} == set(seen)


def test_the_theme_is_that_of_the_cookie(pages: httpx.Client) -> None:
    for address in ("/pages/overview", "/pages/nothing", "/lists/nothing"):
        dark = pages.get(address, params={"workspace": "w"}, headers={"Cookie": "theme=dark"})
        assert '<html lang="en" data-theme="dark">' in dark.text
    other = pages.get("/pages/overview", params={"workspace": "w"}, headers={"Cookie": 'theme="><b>'})
    assert '<html lang="en">' in other.text


def test_the_script_is_small_and_the_only_one(pages: httpx.Client) -> None:
    script = pages.get("/static/app.js")
    assert len(gzip.compress(script.content)) <= 8_192
    page = pages.get("/pages/overview", params={"workspace": "w"})
    assert re.findall(r"<script[^>]*>", page.text) == ['<script type="module" src="/static/app.js">']
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_the_first_view_is_small(pages: httpx.Client) -> None:
    page = pages.get("/pages/overview", params=RANGE | {"workspace": "w"}).text
    loaded = re.findall(r'<(?:link|script)[^>]* (?:href|src)="(/[^"]*)"', page)
    assert {"/static/app.js", "/static/style.css"} <= {*loaded}
    sent = 0
    for url in [f"/pages/overview?{urlencode(RANGE)}", *loaded]:
        with pages.stream("GET", url, headers={"Accept-Encoding": "gzip"}) as response:
            assert response.status_code == 200
            sent += sum(len(piece) for piece in response.iter_raw())
    assert sent <= 60_000


def test_a_list_is_sorted_by_links_on_all_its_pages_and_in_its_csv(pages: httpx.Client) -> None:
    asked = RANGE | {"limit": "20"}
    plain = pages.get("/lists/replies_sent", params=asked).text
    assert 'aria-sort="ascending"><a class="sort"' in plain
    by_replies = links(plain, "/lists/replies_sent?")
    falling = next(url for url in by_replies if url.endswith("&sort=-value"))
    api = [("sort", "-value"), ("limit", "1000"), *RANGE.items()]
    listed = pages.get(f"/api/v1/reports/replies_sent/conversations?{urlencode(api)}").json()["conversations"]
    values = [one["value"] for one in listed]
    assert values == sorted(values, reverse=True)
    assert len({*values}) > 1
    seen: list[str] = []
    url: str | None = falling
    while url:
        page = pages.get(url).text
        assert 'aria-sort="descending"><a class="sort"' in page
        seen += re.findall(r'<th scope="row">(?:<a[^>]*>)?<bdi>(\d+)</bdi>', page)
        url = next((one for one in links(page, "/lists/") if "cursor=" in one), None)
    ids = [one["conversation_id"] for one in listed]
    assert seen == ids
    rows = csv.DictReader(io.StringIO(pages.get(f"/lists/replies_sent.csv?{urlencode(api)}").text))
    assert [row["conversation_id"] for row in rows] == ids
    assert "aria-sort" in pages.get("/lists/replies_sent", params=asked | {"sort": "-at"}).text
    refused = pages.get("/lists/replies_sent", params=asked | {"sort": "<b>"})
    assert refused.status_code == 422
    assert "<b>" not in refused.text


def test_a_list_of_documents_that_each_count_once_is_not_sorted_by_that(pages: httpx.Client) -> None:
    page = pages.get("/lists/new_conversations", params=RANGE).text
    assert "sort=-value" not in page
    assert "sort=-at" in page


@pytest.mark.parametrize(("name", "behind"), [("teams", ""), ("conversations", "-behind"), ("effectiveness", "")])
def test_tables_of_a_page_are_sorted_by_links_in_their_headings(pages: httpx.Client, name: str, behind: str) -> None:
    chosen = RANGE | {"group_by": "channel"} if behind else RANGE
    first = Read(pages.get(f"/pages/{name}", params=chosen, follow_redirects=True).text)
    table = next(
        one
        for one in first.tables
        if one.heads[0].url and one.tile.endswith(behind) and len({row[1] for row in one.rows}) > 2
    )
    own = [row[0] for row in table.rows]
    for column in (1, 0):
        shown = table
        orders = []
        for _ in range(3):
            url, _, place = shown.heads[column].url.partition("#")
            assert place == table.tile.removesuffix("-behind")
            page = pages.get(url)
            assert page.status_code == 200
            shown = next(one for one in Read(page.text).tables if one.tile == table.tile)
            assert [*map(bool, shown.orders)] == [number == column for number in range(len(shown.orders))]
            assert sorted(shown.rows) == sorted(table.rows)
            if shown.orders == table.orders:
                assert "order=" not in url
                assert [row[0] for row in shown.rows] == own
            named = [row for row in shown.rows if row[0] != "(none)"]
            assert shown.rows[: len(named)] == named
            orders.append((shown.orders[column], [in_numbers(row[column]) for row in named]))
            if behind and "order=" in url:
                assert f'id="{table.tile}" open' in page.text
        assert {order for order, _ in orders} == {"ascending", "descending"}
        if column:
            for order, figures in orders:
                known = [figure for figure in figures if figure is not None]
                assert known == sorted(known, reverse=order == "descending"), order
                assert None not in figures[: len(known)]


def in_numbers(figure: str) -> float | None:
    """A figure that begins with a number, None for `-`; a duration of several units is in seconds."""
    if figure == "-":
        return None
    found = re.findall(r"([\d,.]+)(?: (d|h|m|s)\b)?", figure)
    return sum(float(number.replace(",", "")) * _SECONDS.get(unit, 1) for number, unit in found)


_SECONDS = {"d": 86_400, "h": 3_600, "m": 60}


def test_the_table_of_a_report_is_sorted_by_links_too(pages: httpx.Client) -> None:
    asked = {"report": "new_conversations", **RANGE, "from": "2024-03-08", "compare": "true"}
    [table] = Read(pages.get("/", params=asked).text).tables
    assert [head.text for head in table.heads] == ["Day", "Conversations", "The days before", "Change"]
    shown = pages.get(table.heads[3].url)
    assert "&order=-3#figures" in table.heads[3].url
    [falling] = Read(shown.text).tables
    changes = [float(row[3].removesuffix("%").replace(",", "")) for row in falling.rows if row[3]]
    assert len(changes) > 3
    assert changes == sorted(changes, reverse=True)
    assert sorted(falling.rows) == sorted(table.rows)
    assert "order" not in falling.heads[0].url
    refused = pages.get("/", params=asked | {"order": "value"})
    assert refused.status_code == 422
    assert "order" in refused.text


@pytest.mark.parametrize("order", ["0.1", "1", "1.x", "99.1", "1.1&order=1.2"])
def test_an_order_that_a_page_does_not_have_is_refused(pages: httpx.Client, order: str) -> None:
    assert pages.get(f"/pages/teams?{urlencode(RANGE)}&order={order}").status_code == 422


TAGS = [f"t{number}" for number in range(COLOURS + 3)]
"""More groups than colours; of the conversations of each day, most have two of the tags."""


def test_others_of_groups_that_overlap_count_each_conversation_once_and_so_does_their_list(
    tagged: httpx.Client,
) -> None:
    asked = {"workspace": "tagged", "from": "2024-03-01", "to": "2024-03-02", "time_zone": "UTC"}
    url = "/?" + urlencode({"report": "new_conversations", "group_by": "tag", "interval": "day", **asked})
    page = tagged.get(url).text
    legend = re.findall(r'<ul class="legend">.*?</ul>', page, re.DOTALL)[0]
    # t0 has most, then t1, ...: t8, t9 and t10 are the others, and one conversation has all three.
    assert "others (3)</bdi></a> <span" in legend
    of_others = next(one for one in links(legend, "/lists/") if "not_group" in one)
    assert [value for key, value in parse_qsl(urlsplit(of_others).query) if key == "not_group"] == TAGS[:COLOURS]
    assert re.findall(r'others \(3\)</bdi></a> <span class="figure">([^<]*)<', legend) == ["3"]
    shown = tagged.get(of_others).text
    assert "<strong>3</strong> conversations" in shown
    assert "tag other than t0, t1, t2, t3, t4, t5, t6, t7" in shown
    rows = [*csv.DictReader(io.StringIO(tagged.get(of_others.replace("?", ".csv?", 1)).text))]
    assert [row["conversation_id"] for row in rows] == ["100", "101", "102"]
    of_days = [one for one in links(page, "/lists/") if "not_group" in one and "period=2024-03-01" in one]
    assert of_days
    assert "<strong>2</strong> conversations" in tagged.get(of_days[0]).text


@pytest.fixture(scope="module")
def tagged(elasticsearch_url: str, empty_store_url: str) -> Iterator[httpx.Client]:
    first, day = 1_709_251_200, 86_400
    tags = {number: [TAGS[number % COLOURS]] for number in range(60)}
    tags |= {100: ["t8", "t9", "t10"], 101: ["t8", "t0"], 102: ["t9", "t10"], 103: []}
    at = {100: first + 60, 101: first + 120, 102: first + day, 103: first + day}
    documents = [
        conversation(
            number, at.get(number, first + number), "tagged", tags=of, started_at=at.get(number, first + number)
        )
        for number, of in tags.items()
    ]
    with (
        indexed(elasticsearch_url, documents) as prefix,
        served(elasticsearch_url, prefix, DATABASE_URL=empty_store_url) as client,
    ):
        yield client


CHANGES = {
    "Europe/London": ("2024-03-31", "2024-10-27"),
    "Europe/Dublin": ("2024-03-31", "2024-10-27"),
    "Pacific/Auckland": ("2024-04-07", "2024-09-29"),
    "Asia/Kathmandu": ("2024-03-31", "2024-10-27"),  # which changes nothing; others do on these days
}
HALF_HOURS = [
    int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) + half_hour * 1_800
    for day in sorted({day for days in CHANGES.values() for day in days})
    for half_hour in range(-72, 120)
]


@pytest.fixture(scope="module")
def hourly(elasticsearch_url: str, empty_store_url: str) -> Iterator[httpx.Client]:
    """A conversation every half hour for some days around each of the changes."""
    documents = [conversation(number, at, "hourly", started_at=at) for number, at in enumerate(HALF_HOURS)]
    with (
        indexed(elasticsearch_url, documents) as prefix,
        served(elasticsearch_url, prefix, DATABASE_URL=empty_store_url) as client,
    ):
        yield client


@pytest.mark.parametrize(("zone", "day"), [(zone, day) for zone, days in CHANGES.items() for day in days])
def test_days_in_links_lists_and_csv_are_those_of_the_page(hourly: httpx.Client, zone: str, day: str) -> None:
    middle = date.fromisoformat(day)
    days = [(middle + timedelta(days=more)).isoformat() for more in (-1, 0, 1)]
    local = [datetime.fromtimestamp(at, ZoneInfo(zone)) for at in HALF_HOURS]
    wanted = Counter(at.date().isoformat() for at in local if at.date().isoformat() in days)
    asked = {"report": "new_conversations", "workspace": "hourly", "from": days[0], "to": days[-1], "time_zone": zone}
    bars = {
        dict(parse_qsl(urlsplit(url).query))["period"]: url
        for url in links(hourly.get("/", params=asked | {"interval": "day"}).text, "/lists/")
        if "period=" in url
    }
    assert [*bars] == days
    for period, url in bars.items():
        listed = hourly.get(f"{url}&limit=100").text
        assert f"<strong>{wanted[period]}</strong>" in listed
        shown = date.fromisoformat(period)
        assert listed.count(f"<td>{shown:%a} {shown.day} {shown:%b %Y}, ") == wanted[period]
        rows = [*csv.DictReader(io.StringIO(hourly.get(url.replace("?", ".csv?", 1)).text))]
        assert [row["at"] for row in rows] == [at.isoformat() for at in local if at.date() == shown]
