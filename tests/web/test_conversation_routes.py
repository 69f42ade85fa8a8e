"""The page of one conversation over a real store: what it shows is what `indexer explain` says."""

import html
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import orjson
import pytest

from indexer.answers.load_explanation import explain_stored
from indexer.calendar.durations import duration
from indexer.connections import Connections
from indexer.datasets.conversations import CONVERSATIONS
from indexer.explaining.explanation import Explanation
from indexer.intake.importer import Imported, Placed, save_batch
from indexer.intake.load_sample import load_sample
from indexer.intake.save_options import Saving
from indexer.settings import Settings
from indexer.store.access.scopes import Grants, Scope
from indexer.store.access.tokens import create_token
from indexer.web.metric_table import NO_BREAK
from tests.builders import conversation, part
from tests.embedded.harness import Run
from tests.fresh import fresh_database, fresh_prefix
from tests.indexing.behind import installed
from tests.web.server import served

pytestmark = pytest.mark.services

W = "w"
T = 1_709_251_200
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
        placed = Placed("", CONVERSATIONS.incoming(orjson.dumps(hostile)))
        save_batch(Saving(drain.store, W), [placed], Imported(), CONVERSATIONS)
        drain.run()
        drain.search.indices.refresh(index=drain.alias)
        with drain.store.connect() as connection:
            ids = connection.exec_driver_sql("SELECT conversation_id FROM conversations").scalars()
            known = [id_ for id_ in ids if id_ != "hostile"]
        with served(elasticsearch_url, prefix, DATABASE_URL=database_url) as client:
            settings = {"ELASTICSEARCH_URL": elasticsearch_url, "DATABASE_URL": database_url, "index_prefix": prefix}
            connections = Connections(Settings.model_validate(settings))
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
    asked = {"workspace": W, "from": "2026-01-01", "to": "2026-12-31", "interval": "range"}
    page = here.client.get("/lists/median_first_response_time", params=asked)
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


def test_another_workspace_is_refused(here: Here) -> None:
    grants: dict[Scope, Any] = {Scope.RECORDS: frozenset({"other"})}
    with here.connections.store.begin() as connection:
        _, secret = create_token(connection, "of-other", Grants(grants))
    asked = {"params": {"workspace": W}, "headers": {"Authorization": f"Bearer {secret}"}}
    for address in (f"/conversations/{here.ids[0]}", f"/conversations/{here.ids[0]}.json"):
        assert here.client.get(address, **asked).status_code == 403  # type: ignore[arg-type]
