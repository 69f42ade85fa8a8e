"""The pages of single things over a real store: what they show is what commands and reports say."""

import html
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import orjson
import pytest

from indexer.answers.load_explanation import explain_stored
from indexer.calendar.durations import duration
from indexer.connections import Connections
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.explaining.explanation import Explanation
from indexer.indexing.drain import Drain
from indexer.intake.importer import Imported, Placed, save_batch
from indexer.intake.load_sample import load_sample
from indexer.intake.read_people import PlacedObject
from indexer.intake.save_options import Saving
from indexer.intake.save_people import PeopleSaver
from indexer.messages.event import event_from
from indexer.messages.receipt import receipt_from
from indexer.search import ensure_dataset
from indexer.settings import Settings
from indexer.store.access.scopes import Grants, Scope
from indexer.store.access.tokens import create_token
from indexer.store.entities.person_merges import merge_people
from indexer.web.pages.metric_table import NO_BREAK
from indexer.web.pages.sent_message_page import LISTS, PERFORMANCE
from tests.builders import conversation, part
from tests.embedded.harness import Run
from tests.fresh import fresh_database, fresh_prefix
from tests.indexing.store_and_index import installed
from tests.web.server import served

pytestmark = pytest.mark.services

W = "w"
T = 1_709_251_200
EVER = {"workspace": W, "from": "2026-01-01", "to": "2026-12-31", "interval": "range"}
HOSTILE = '</script><b>"\N{RIGHT-TO-LEFT OVERRIDE}😀'


class Here(NamedTuple):
    """A client, the connections behind it, and the ids of the sample's conversations."""

    client: httpx.Client
    connections: Connections
    ids: list[str]

    def page(self, id_: str, **more: str) -> httpx.Response:
        return self.client.get(f"/conversations/{id_}", params={"workspace": W} | more)

    def explained(self, id_: str, as_of: str | None = None) -> Explanation:
        return explain_stored(self.connections, W, id_, as_of).explanation


@pytest.fixture(scope="module")
def here(services: Run, elasticsearch_url: str) -> Iterator[Here]:
    hostile = conversation(
        part("A", "comment", T + 60, author={"type": "admin", "id": "5", "name": HOSTILE}) | {"body": HOSTILE},
        id="hostile",
        at=T,
        title=HOSTILE,
    )
    with (
        fresh_database(services) as database_url,
        fresh_prefix(elasticsearch_url) as prefix,
        installed(
            Settings.model_validate(
                {"ELASTICSEARCH_URL": elasticsearch_url, "DATABASE_URL": database_url, "index_prefix": prefix}
            )
        ) as drain,
    ):
        load_sample(drain.store, W, 12, seed=3, days=20, on_done=lambda _: None)
        named = {"type": "user", "id": "p1", "external_id": "e/1", "name": HOSTILE, "email": "p1@x.example"}
        PeopleSaver(drain.store.begin, W, "contact").save([PlacedObject("", named)])
        with drain.store.begin() as connection:
            merge_people(connection, W, "p0", "p1")
        placed = Placed("", CONVERSATIONS.incoming(orjson.dumps(hostile)))
        save_batch(Saving(drain.store, W), [placed], Imported(), CONVERSATIONS)
        settings = {"ELASTICSEARCH_URL": elasticsearch_url, "DATABASE_URL": database_url, "index_prefix": prefix}
        connections = Connections(Settings.model_validate(settings))
        for dataset in (CONVERSATIONS, MESSAGE_RECEIPTS):
            ensure_dataset(connections.search, prefix, dataset.name)
            Drain.from_connections(connections, dataset).run()
            connections.search.indices.refresh(index=connections.alias_of(dataset))
        with drain.store.connect() as connection:
            ids = connection.exec_driver_sql("SELECT conversation_id FROM conversations").scalars()
            known = [id_ for id_ in ids if id_ != "hostile"]
        with served(elasticsearch_url, prefix, DATABASE_URL=database_url) as client:
            yield Here(client, connections, known)
        connections.close()


def cells(page: str) -> dict[str, tuple[str, str]]:
    """By the name of a field, the text of its link in the table of metrics, and what a pointer on it shows."""
    found = {}
    pattern = r'<td[^>]*><a href="([^"]*)" title="([^"]*)"[^>]*><bdi>([^<]*)</bdi></a>'
    for url, title, text in re.findall(pattern, page):
        name = re.search(r"[?&]metric=([^&#]*)", html.unescape(url))
        assert name is not None
        found[name[1]] = html.unescape(text), html.unescape(title)
    return found


def test_every_value_is_that_of_indexer_explain(here: Here) -> None:
    for id_ in here.ids:
        explanation = here.explained(id_)
        page = here.page(id_)
        assert page.status_code == 200
        shown = cells(page.text)
        said = here.client.get(f"/conversations/{id_}.json", params={"workspace": W}).json()
        for name, field in explanation.fields.items():
            rowmates = next(row.names for row in explanation.rows if name in row.names)
            if all(explanation.fields[one].value is None for one in rowmates):
                assert name not in shown
                continue
            text, title = shown[name]
            assert title == said["shown"][name]
            if field.kind == "duration" and field.value is not None:
                assert text.replace(NO_BREAK, " ") == duration(field.value)
        assert len(re.findall(r'<tr id="part-\d+"', page.text)) == len(explanation.timeline)
        assert said["explanation"] == orjson.loads(orjson.dumps(explanation))
        assert said["notice"] is None


def test_a_metric_in_the_address_marks_its_parts_and_says_its_rule(here: Here) -> None:
    id_ = next(one for one in here.ids if here.explained(one).fields["first_response_time"].value)
    field = here.explained(id_).fields["first_response_time"]
    page = here.page(id_, metric="first_response_time").text
    chosen = [int(number) for number in re.findall(r'<tr id="part-(\d+)" class="chosen"', page)]
    assert chosen == sorted(field.parts)
    assert html.escape(field.rule, quote=False).replace("'", "&#39;") in page
    assert "counted-through" in page
    assert "counted-through" not in here.page(id_).text


def test_an_earlier_moment_leaves_out_later_parts_and_stays_in_the_links(here: Here) -> None:
    id_ = max(here.ids, key=lambda one: len(here.explained(one).timeline))
    timeline = here.explained(id_).timeline
    at = timeline[len(timeline) // 2].at
    page = here.page(id_, as_of=str(at)).text
    assert len(re.findall(r'<tr id="part-\d+"', page)) == len([one for one in timeline if one.at <= at])
    assert f"as_of={at}" in page
    assert "later parts are left out" in page
    assert "<dt>Updated at</dt>" not in page


def test_the_state_of_an_earlier_moment_is_that_of_the_parts_until_then(here: Here) -> None:
    shown = set()
    for id_ in here.ids:
        spans = here.explained(id_).fields["open_during"].value or ()
        moments = {span["gte"]: "open" for span in spans}
        moments = {span["lt"]: "closed" for span in spans if "lt" in span} | moments
        for moment, state in moments.items():
            page = here.page(id_, as_of=str(moment)).text
            [said] = re.findall(r"<dt>State</dt><dd><bdi>(\w+)</bdi></dd>", page)
            assert said in {state, "snoozed" if state == "open" else state}
            shown.add(said)
    assert shown >= {"open", "closed"}


@pytest.mark.parametrize(
    ("parameters", "status", "said"),
    [
        ({"metric": "first_respons_time"}, 422, "is not a field of a document"),
        ({"as_of": "yesterday"}, 422, "is not a time"),
        ({"as_of": "1000000000"}, 422, "did not exist before"),
        ({"workspace": ""}, 422, "Workspace"),
    ],
)
def test_a_choice_that_cannot_be_used_is_refused(
    here: Here, parameters: dict[str, str], status: int, said: str
) -> None:
    page = here.page(here.ids[0], **parameters)
    assert page.status_code == status
    assert said in page.text


@pytest.mark.parametrize("id_", ["404", "a/b", "%00", "..%2Fx"])
def test_an_unknown_conversation_is_a_page_that_says_so(here: Here, id_: str) -> None:
    page = here.page(id_)
    assert page.status_code in {404, 422}
    assert page.headers["Content-Type"].startswith("text/html")
    assert page.headers["Cache-Control"] == "private, no-store"


def test_hostile_texts_are_shown_as_text(here: Here) -> None:
    page = here.page("hostile", metric="first_response_time")
    assert page.status_code == 200
    assert "</script><b>" not in page.text
    assert "&lt;/script&gt;&lt;b&gt;" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]* src=)", page.text)
    ids = re.findall(r'\sid="([^"]*)"', page.text)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/lists/x", "javascript:alert(1)", "/lists/x\\y"]
)
def test_the_way_back_leads_to_pages_of_this_server_only(here: Here, back: str) -> None:
    assert "Back to the list" not in here.page(here.ids[0], back=back).text
    kept = here.page(here.ids[0], back="/lists/new_conversations?workspace=w")
    assert '<a href="/lists/new_conversations?workspace=w">Back to the list</a>' in kept.text


def test_rows_of_lists_lead_to_the_conversation_with_their_metric_and_back(here: Here) -> None:
    page = here.client.get("/lists/median_first_response_time", params=EVER)
    assert page.status_code == 200
    urls = [html.unescape(url) for url in re.findall(r'href="(/conversations/[^"]*)"', page.text)]
    assert urls
    for url in urls[:3]:
        opened = here.client.get(url)
        assert opened.status_code == 200
        assert "Time to first response:" in opened.text
        back = re.search(r'<a href="([^"]*)">Back to the list</a>', opened.text)
        assert back is not None
        assert here.client.get(html.unescape(back[1])).text == page.text


def test_the_moment_of_a_list_goes_along_to_its_conversations(here: Here) -> None:
    page = here.client.get("/lists/median_first_response_time", params=EVER).text
    first = urls_of(page, "/conversations/")
    assert first
    assert not any("as_of=" in url for url in first)
    id_ = next(
        one
        for one in here.ids
        if any(f"/conversations/{one}?" in url for url in first) and len(here.explained(one).timeline) > 3
    )
    explained = here.explained(id_)
    at = explained.fields["first_response_at"].value - 1
    counted = max(explained.fields["created_at"].value, explained.fields["started_at"].value)
    assert counted <= at
    page = here.client.get("/lists/median_first_response_time", params=EVER | {"as_of": str(at)}).text
    then = next(url for url in urls_of(page, "/conversations/") if f"/conversations/{id_}?" in url)
    assert f"as_of={at}" in then
    shown = here.client.get(then)
    assert shown.status_code == 200
    assert "As it was on" in shown.text
    assert "none" in re.findall(r'<h2 id="why-head">([^<]*)</h2>', shown.text)[0]
    assert "Now it is" in shown.text
    [now] = {html.unescape(url) for url in re.findall(r'<a href="([^"]*)">Show it as it is now</a>', shown.text)}
    present = here.client.get(now).text
    assert "as_of" not in re.sub(r"back=[^&\"]*", "", now)
    assert "As it was on" not in present
    assert "Now it is" not in present
    assert "Time to first response:" in present
    back = re.search(r'<a href="([^"]*)">Back to the list</a>', present)
    assert back is not None
    assert f"as_of={at}" in back[1]


def urls_of(page: str, start: str) -> list[str]:
    return [html.unescape(url) for url in re.findall(rf'href="({start}[^"]*)"', page)]


def test_the_moment_of_a_page_goes_along_to_its_lists_and_their_conversations(here: Here) -> None:
    at = max(here.explained(one).fields["created_at"].value for one in here.ids)
    overview = here.client.get("/pages/overview", params={"workspace": W, "as_of": str(at)}).text
    lists = urls_of(overview, "/lists/")
    assert lists
    assert all(f"as_of={at}" in url for url in lists)
    of_new = next(url for url in lists if url.startswith("/lists/new_conversations?"))
    rows = urls_of(here.client.get(of_new).text, "/conversations/")
    assert rows
    for url in rows[:3]:
        assert f"as_of={at}" in url
        assert "As it was on" in here.client.get(url).text


def test_a_person_is_found_by_each_name_with_what_is_stored(here: Here) -> None:
    pages = [
        here.client.get(f"/people/{name}", params={"workspace": W}) for name in ("p1", "p0", "e/1", "p1@x.example")
    ]
    assert {page.status_code for page in pages} == {200}
    assert len({page.text for page in pages}) == 1
    page = html.unescape(pages[0].text)
    assert "</script><b>" not in pages[0].text
    for said in ("Merged from <bdi>p0</bdi>", "e/1", "No conversations of this person", "No events of this person"):
        assert said in page


def test_a_person_of_the_sample_has_attributes_events_and_messages(here: Here) -> None:
    id_ = here.client.get("/api/v1/reports/messages_sent/conversations", params=EVER).json()["conversations"][0]
    receipt = here.client.get(f"/receipts/{id_['conversation_id']}", params={"workspace": W}).text
    person = re.search(r'href="(/people/[^"]*)"', receipt)
    assert person is not None
    page = here.client.get(html.unescape(person[1])).text
    said = here.client.get(html.unescape(person[1]).replace("/people/", "/api/v1/people/")).json()
    for name, event in said["events"].items():
        assert f"<bdi>{name}</bdi>" in page
        assert f'<td class="figure">{event["count"]:,}</td>' in page
    for company in said["companies"]:
        assert company["id"] in page
    assert f"/receipts/{id_['conversation_id']}" in page


def test_a_message_has_the_reports_figures_and_lists_of_as_many_receipts(here: Here) -> None:
    listed = here.client.get("/api/v1/reports/messages_sent/conversations", params=EVER).json()["conversations"]
    answer = here.client.get(f"/api/v1/reports/{PERFORMANCE}", params=EVER | {"group_by": "content"}).json()
    assert listed
    row = max(answer["rows"], key=lambda one: one["count"])
    page = here.client.get(f"/messages/{row['group']}", params={"workspace": W}).text
    lines = re.findall(r'<th scope="row">([^<]*)</th><td class="figure">(?:<a href="([^"]*)">)?([\d,]+)', page)
    shown = {
        name.lower().replace(" ", "_"): (html.unescape(url), int(count.replace(",", ""))) for name, url, count in lines
    }
    assert shown.keys() >= LISTS.keys()
    for name in LISTS:
        url, count = shown[name]
        assert count == (row["figures"][name] or 0)
        if url:
            total = re.search(r"<strong>([\d,]+)</strong>", here.client.get(url).text)
            assert total is not None
            assert int(total[1].replace(",", "")) == count


def test_rows_of_lists_of_receipts_lead_to_receipts_and_people(here: Here) -> None:
    page = here.client.get("/lists/messages_sent", params=EVER).text
    urls = {html.unescape(url) for url in re.findall(r'href="(/(?:receipts|people)/[^"]*)"', page)}
    assert {url.split("/")[1] for url in urls} == {"receipts", "people"}
    for url in sorted(urls)[:2] + sorted(urls)[-2:]:
        assert here.client.get(url).status_code == 200


RECEIPTS = "SELECT record_id, payload FROM records WHERE dataset = 'message_receipts' AND payload <> ''"
EVENTS = "SELECT record_id, payload FROM events WHERE dataset = 'message_receipts'"


def rows(here: Here, sql: str) -> list[Any]:
    with here.connections.store.connect() as connection:
        return list(connection.exec_driver_sql(sql))


def test_a_receipt_of_an_earlier_moment_leaves_out_later_events(here: Here) -> None:
    events = defaultdict(list)
    for row in rows(here, EVENTS):
        events[row.record_id].append(event_from(row.payload).at)
    id_, times = max(events.items(), key=lambda item: len({*item[1]}))
    moment = min(times)
    assert len({*times}) > 1
    now = here.client.get(f"/receipts/{id_}", params={"workspace": W}).text
    then = here.client.get(f"/receipts/{id_}", params={"workspace": W, "as_of": str(moment)}).text
    assert now.count('<tr id="event-') == len(times)
    assert then.count('<tr id="event-') == times.count(moment)
    assert "As it was on" not in now
    assert "later events are left out" in then
    assert f"--as-of {moment}" in then
    for start in ("/people/", "/messages/"):
        assert all("as_of=" not in url for url in urls_of(now, start))
        assert urls_of(then, start)
        assert all(f"as_of={moment}" in url for url in urls_of(then, start))
    [of_now] = {html.unescape(url) for url in re.findall(r'<a href="([^"]*)">Show it as it is now</a>', then)}
    assert here.client.get(of_now).text == now


def test_a_message_of_an_earlier_moment_counts_what_had_happened_and_its_lists_have_as_many(here: Here) -> None:
    receipts = {row.record_id: receipt_from(row.payload) for row in rows(here, RECEIPTS)}
    opened: dict[str, int] = {}
    for event in (event_from(row.payload) for row in rows(here, EVENTS)):
        if event.kind == "open" and not event.machine:
            opened[event.receipt_id] = min(event.at, opened.get(event.receipt_id, event.at))
    id_ = next(id_ for id_ in opened if receipts[id_].content_id)
    content, moment = receipts[id_].content_id, opened[id_] - 1
    sent = [one.receipt_id for one in receipts.values() if one.content_id == content and one.received_at <= moment]
    expected = {"Sent": len(sent), "Opened": sum(opened.get(one, moment + 1) <= moment for one in sent)}
    page, now = (
        here.client.get(f"/messages/{content}", params={"workspace": W} | more).text
        for more in ({"as_of": str(moment)}, {})
    )
    counts = r'<th scope="row">(Sent|Opened)</th><td class="figure">(?:<a [^>]*>)?([\d,]+)'
    assert dict(re.findall(counts, page)) == {name: f"{count:,}" for name, count in expected.items()}
    assert int(dict(re.findall(counts, now))["Opened"]) > expected["Opened"]
    assert "receipts that were sent later are left out" in page
    lines = re.findall(r'<td class="figure"><a href="(/lists/[^"]*)">([\d,]+)</a>', page)
    assert lines
    for url, count in lines:
        listed = here.client.get(html.unescape(url)).text
        assert re.findall(r"<strong>([\d,]+)</strong>", listed) == [count]
        assert all(f"as_of={moment}" in one for one in urls_of(listed, "/receipts/"))
    early = here.client.get(f"/messages/{content}", params={"workspace": W, "as_of": "1000000000"})
    assert early.status_code == 422
    assert "the message did not exist before" in early.text


def test_a_person_of_an_earlier_moment_has_what_had_happened_and_says_what_has_no_history(here: Here) -> None:
    known = {row.person_id for row in rows(here, "SELECT person_id FROM person_events")}
    of_known = [one for row in rows(here, RECEIPTS) if (one := receipt_from(row.payload)).user_id in known]
    sent = max(of_known, key=lambda one: one.received_at)
    address = f"/people/{sent.user_id}"
    of_person = f"FROM person_events WHERE person_id = '{sent.user_id}'"
    [ends] = rows(here, f"SELECT min(at) AS first, max(at) AS last {of_person}")
    for moment in (ends.first, ends.last):
        [(count,)] = rows(here, f"SELECT count(*) {of_person} AND at <= {moment}")
        page = here.client.get(address, params={"workspace": W, "as_of": str(moment)}).text
        events = re.findall(r'<th scope="row"><bdi>[^<]*</bdi></th><td class="figure">(\d+)</td>', page)
        assert sum(map(int, events)) == count > 0
        assert "Attributes, companies, tags and segments have no history: they are those of now." in page
    receipts = urls_of(here.client.get(address, params={"workspace": W}).text, "/receipts/")
    assert receipts
    for moment, number in ((1_000_000_000, 0), (sent.received_at, len(receipts))):
        page = here.client.get(address, params={"workspace": W, "as_of": str(moment)}).text
        found = urls_of(page, "/receipts/")
        assert len(found) == number
        assert all(f"as_of={moment}" in url for url in found)
        assert ("The person was first seen later" in page) is (number == 0)
    assert here.client.get(address, params={"workspace": W, "as_of": "soon"}).status_code == 422


def test_the_moment_of_a_list_goes_along_to_receipts_and_people(here: Here) -> None:
    assert "as_of=" not in here.client.get("/lists/messages_sent", params=EVER).text
    listed = here.client.get("/api/v1/reports/messages_sent/conversations", params=EVER).json()["conversations"]
    moment = listed[len(listed) // 2]["at"]
    page = here.client.get("/lists/messages_sent", params=EVER | {"as_of": str(moment)}).text
    goes_along = [row["at"] <= moment for row in listed]
    assert {*goes_along} == {True, False}
    for start in ("/receipts/", "/people/"):
        urls = [url.partition("back=")[0] for url in urls_of(page, start)]
        assert [f"as_of={moment}" in url for url in urls] == goes_along


@pytest.mark.parametrize(
    "address", ["/people/nobody", "/receipts/404", "/messages/404", "/people/a%2Fb", "/messages/☃="]
)
def test_an_unknown_thing_is_a_page_that_says_so(here: Here, address: str) -> None:
    page = here.client.get(address, params={"workspace": W})
    assert page.status_code == 404
    assert "There is no such page" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"


def test_another_workspace_is_refused(here: Here) -> None:
    grants: dict[Scope, Any] = {Scope.RECORDS: frozenset({"other"})}
    with here.connections.store.begin() as connection:
        _, secret = create_token(connection, "of-other", Grants(grants))
    asked = {"params": {"workspace": W}, "headers": {"Authorization": f"Bearer {secret}"}}
    own = f"/conversations/{here.ids[0]}"
    for address in (own, f"{own}.json", "/people/p1", "/receipts/1", "/messages/1"):
        assert here.client.get(address, **asked).status_code == 403  # type: ignore[arg-type]
