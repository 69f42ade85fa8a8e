import re

import httpx
import orjson
import pytest
from elasticsearch import Elasticsearch

from indexer.search import Write, alias_name, bulk_write
from tests.reports.indexed import indexed
from tests.web.server import served

pytestmark = pytest.mark.services

MARCH = {"workspace": "acme", "from": "2024-03-01", "to": "2024-03-04"}


def text_of(html: str) -> str:
    """The page as it is read, without its elements."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_without_dates_it_shows_the_first_workspace_and_the_last_days_that_have_data(client: httpx.Client) -> None:
    page = client.get("/", params={"report": "new_inbound_conversations"})
    assert page.status_code == 200
    assert "<option selected>acme</option>" in page.text
    assert 'name="from" value="2024-02-04"' in page.text
    assert 'name="to" value="2024-03-04"' in page.text
    assert "10 conversations 4 February to 4 March 2024, UTC" in text_of(page.text)


def test_the_chart_has_a_title_and_a_bar_for_each_period_that_is_not_empty(client: httpx.Client) -> None:
    page = client.get("/", params=MARCH | {"from": "2024-02-28"}).text
    assert '<title id="chart-title">New inbound conversations by day</title>' in page
    assert "10 conversations, 28 February to 4 March 2024. Highest: Mon 4 Mar 2024, 4." in page
    assert page.count('<g class="bar">') == 6
    assert page.count('<rect class="s0"') == 4
    assert "<title>Sun 3 Mar 2024: 3</title>" in page


def test_the_table_has_every_figure(client: httpx.Client) -> None:
    page = text_of(client.get("/", params=MARCH).text)
    assert "Day Conversations Fri 1 Mar 2024 1 Sat 2 Mar 2024 2 Sun 3 Mar 2024 3 Mon 4 Mar 2024 4 Total 10" in page


def test_groups_are_stacked_and_named_and_text_of_customers_is_not_html(client: httpx.Client) -> None:
    page = client.get("/", params=MARCH | {"group_by": "tag"}).text
    assert "&lt;b&gt;vip&lt;/b&gt;" in page
    assert "<b>vip" not in page
    assert "Day &lt;b&gt;vip&lt;/b&gt; bug (none) Fri 1 Mar 2024 1 1 0" in text_of(page)
    assert "the groups add up to more than the total" in page


def test_it_says_what_the_number_means_and_where_to_get_it(client: httpx.Client) -> None:
    page = client.get("/", params=MARCH | {"group_by": "channel", "where": ["channel=email"]}).text
    assert "Conversations that a customer started, counted on the day the conversation was created." in page
    assert "legacy.message_type is UserMessage" in page
    assert (
        "indexer report run new_inbound_conversations --workspace acme --from 2024-03-01 --to 2024-03-04 "
        "--group-by channel --where channel=email"
    ) in page
    [url] = re.findall(r'href="(/api/[^"]*)"', page)
    answer = client.get(url.replace("&amp;", "&")).json()
    assert (answer["group_by"], answer["total"]["count"]) == ("channel", 5)


def test_a_comparison_is_told_in_words(client: httpx.Client) -> None:
    page = text_of(client.get("/", params=MARCH | {"from": "2024-03-03", "compare": "true"}).text)
    assert "The days before, 1 to 2 March 2024: 3 (now +133%)" in page


def test_a_comparison_is_drawn_and_stands_in_the_table(client: httpx.Client) -> None:
    page = client.get("/", params=MARCH | {"from": "2024-03-03", "compare": "true"}).text
    assert page.count('<line class="before"') == 1  # from one day to the other
    assert "Day Conversations The days before Change Sun 3 Mar 2024 3 1 +200% Mon 4 Mar 2024 4 2 +100%" in text_of(page)
    assert "The dashed line shows the days before." in page


def test_periods_that_are_cut_are_hatched_and_named(client: httpx.Client) -> None:
    page = client.get("/", params=MARCH | {"interval": "week", "to": "2024-03-10"}).text
    assert page.count('fill="url(#chart-hatch)"') == 1
    assert "Week of 26 Feb 2024 (3 of 7 days) 6 Week of 4 Mar 2024 4" in text_of(page)
    assert "Hatched bars are periods that are not over, or only partly in the range" in page
    assert "7 a week on average" in page  # ten days of one a day


def test_a_page_of_whole_periods_has_no_hatching(client: httpx.Client) -> None:
    assert "hatch" not in client.get("/", params=MARCH).text


def test_the_whole_question_stands_below_the_number(client: httpx.Client) -> None:
    asked = MARCH | {
        "report": "median_first_response_time",
        "office_hours": "true",
        "where": ["channel=email", "tag=*"],
    }
    page = text_of(client.get("/", params=asked | {"interval": "week", "week_start": "sunday"}).text)
    assert "1 to 4 March 2024, UTC, weeks from Sunday, within office hours Only where channel=email , tag=*" in page
    assert "Only where channel=email ; tag=* Definitions of" in page


def test_head_is_answered_as_get_without_a_body(client: httpx.Client) -> None:
    for url in ("/", "/healthz", "/api/v1/reports"):
        head, got = client.head(url), client.get(url)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-type"] == got.headers["content-type"]
    assert client.head("/nothing").status_code == 404


def test_a_range_without_conversations_says_so(client: httpx.Client) -> None:
    page = client.get("/", params=MARCH | {"from": "2020-01-01", "to": "2020-01-02"})
    assert page.status_code == 200
    assert "Nothing was counted in this range. Choose other dates." in text_of(page.text)
    assert "<svg" not in page.text


def test_an_unknown_workspace_is_said(client: httpx.Client) -> None:
    page = client.get("/", params={"workspace": "acne"})
    assert page.status_code == 200
    said = text_of(page.text)
    assert "The workspace acne has no conversations in the index; did you mean &#39;acme&#39;?" in said
    assert "Check the name of the workspace, or import its conversations." in said


@pytest.mark.parametrize(
    ("other", "parameter"),
    [
        ({"time_zone": "Mars"}, "time_zone"),
        ({"from": "2024-03-05"}, "to"),
        ({"to": ""}, "to"),
        ({"from": "2000-01-01"}, "interval"),
        ({"group_by": "colour"}, "group_by"),
    ],
)
def test_a_bad_parameter_is_a_page_with_the_field_marked(
    client: httpx.Client, other: dict[str, str], parameter: str
) -> None:
    page = client.get("/", params=MARCH | other)
    assert page.status_code == 422
    assert "This question cannot be answered" in page.text
    assert re.search(rf'name="{parameter}"[^>]* aria-invalid="true"', page.text)


def test_an_unknown_report_and_an_unknown_page_are_pages(client: httpx.Client) -> None:
    for url in ("/?report=nothing", "/nothing"):
        page = client.get(url)
        assert page.status_code == 404
        assert "There is no such page" in page.text


def test_no_index_yet_is_a_page_with_what_to_do(without_index: httpx.Client) -> None:
    page = without_index.get("/")
    assert page.status_code == 503
    assert "There is no index yet" in page.text
    assert "indexer import" in page.text


def test_an_index_without_documents_is_a_page_with_what_to_do(elasticsearch_url: str, empty_store_url: str) -> None:
    with (
        indexed(elasticsearch_url, []) as prefix,
        served(elasticsearch_url, prefix, DATABASE_URL=empty_store_url) as client,
    ):
        page = client.get("/")
    assert page.status_code == 200
    assert "Nothing to report yet" in page.text
    assert "indexer import FILE --workspace NAME" in page.text


def test_an_installation_without_conversations_opens_with_the_first_page_that_has_something(
    elasticsearch_url: str, empty_store_url: str
) -> None:
    sent = {"workspace_id": "outbound", "receipt_id": "1", "received_at": 1_709_542_800, "content_type": "email"}
    with (
        indexed(elasticsearch_url, []) as prefix,
        served(elasticsearch_url, prefix, DATABASE_URL=empty_store_url) as client,
        Elasticsearch(elasticsearch_url) as search,
    ):
        receipts = alias_name(prefix, "message_receipts")
        bulk_write(search, receipts, [Write("outbound:1", 1, orjson.dumps(sent))])
        search.indices.refresh(index=receipts)
        first, overview, calls = (client.get(path) for path in ("/", "/pages/overview", "/pages/calls"))
    assert "<h1>Messages</h1>" in first.text
    assert "contains no conversations yet" in overview.text
    assert "indexer import FILE --workspace NAME --dataset conversations" in overview.text
    assert 'href="/pages/messages"' in overview.text
    assert "indexer import FILE --workspace NAME --dataset calls" in calls.text


def test_a_server_that_is_away_is_a_page(without_server: httpx.Client) -> None:
    page = without_server.get("/")
    assert page.status_code == 503
    assert "cannot be reached" in page.text


def test_nothing_is_loaded_from_elsewhere(client: httpx.Client) -> None:
    page = client.get("/")
    assert not re.findall(r'(?:src|href)="(?![/#])[^"]*"', page.text)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    for url in re.findall(r'<link[^>]* href="([^"]*)"', page.text):
        assert client.get(url).status_code == 200
