"""Saved views: by forms of the dashboard and by the API."""

import html
import re
from collections.abc import Iterator

import httpx
import pytest

from indexer.store.access.scopes import Grants, Scope
from indexer.store.access.tokens import create_token
from indexer.store.database import open_store, upgrade
from tests.embedded.harness import Run
from tests.fresh import fresh_database
from tests.reports.indexed import conversation, indexed
from tests.web.server import served

pytestmark = pytest.mark.services

OF_ACME = {"workspace": "acme"}
API = "/api/v1/views"
HOSTILE = ["</script><b>", '" onclick="x', "a/b,c", "😀", "Team ?&#1%", "x" * 100]


@pytest.fixture(scope="module")
def client(services: Run, elasticsearch_url: str) -> Iterator[httpx.Client]:
    with (
        fresh_database(services) as url,
        indexed(elasticsearch_url, [conversation(1, 1_709_251_200, "acme", channel="email")]) as prefix,
        served(elasticsearch_url, prefix, DATABASE_URL=url) as client,
    ):
        yield client


def test_the_page_that_is_shown_can_be_saved_opened_and_deleted_without_a_script(client: httpx.Client) -> None:
    shown = client.get("/pages/overview", params=OF_ACME | {"range": "28d", "compare": "none"})
    menu = shown.text.partition('id="menu-views"')[2].partition("</details>")[0]
    [action] = re.findall(r'<form method="post" action="([^"]*)"', menu)
    [address] = re.findall(r'name="address" value="([^"]*)"', menu)
    form = {"address": html.unescape(address), "name": " Quiet overview "}
    saved = client.post(html.unescape(action), data=form)
    assert (saved.status_code, saved.headers["Location"]) == (303, shown.request.url.raw_path.decode())
    opened = client.get(saved.headers["Location"])
    assert re.search(r'<a href="[^"]*" aria-current="page"><bdi>Quiet overview</bdi></a>', opened.text)

    taken = client.post("/views", params=OF_ACME, data=form | {"address": "/pages/teams"})
    assert taken.status_code == 409
    assert "There is already a view <bdi>Quiet overview</bdi>" in taken.text
    replaced = client.post("/views", params=OF_ACME, data=form | {"address": "/pages/teams", "replace": "1"})
    assert replaced.headers["Location"] == "/pages/teams?workspace=acme"
    listed = client.get("/views", params=OF_ACME).text
    assert '<a href="/pages/teams?workspace=acme"><bdi>Quiet overview</bdi></a>' in listed
    gone = client.post("/views/delete", params=OF_ACME, data={"name": "Quiet overview"})
    assert (gone.status_code, gone.headers["Location"]) == (303, "/views?workspace=acme")
    assert "There is no view yet" in client.get("/views", params=OF_ACME).text
    assert client.post("/views/delete", params=OF_ACME, data={"name": "Quiet overview"}).status_code == 404


def test_the_dates_of_a_report_are_saved_only_if_the_reader_wants_them(client: httpx.Client) -> None:
    dates = {"from": "2024-03-01", "to": "2024-03-02"}
    shown = client.get("/", params=OF_ACME | dates | {"report": "new_conversations", "group_by": "channel"})
    [address] = re.findall(r'name="address" value="([^"]*)"', shown.text)
    form = {"address": html.unescape(address), "name": "By channel"}
    moving = client.post("/views", params=OF_ACME, data=form).headers["Location"]
    assert "from=" not in moving
    assert "group_by=channel" in moving
    fixed = client.post("/views", params=OF_ACME, data=form | {"keep_dates": "1", "replace": "1"}).headers["Location"]
    assert "from=2024-03-01&to=2024-03-02" in fixed
    assert 'aria-current="page"><bdi>By channel' in client.get(fixed).text
    client.delete(f"{API}/By channel", params=OF_ACME)


def test_a_view_lives_in_the_api_from_its_creation_to_its_end(client: httpx.Client) -> None:
    asked = {"name": "Emails", "address": "/pages/overview?workspace=acme&where=channel%3Demail"}
    made = client.post(API, params=OF_ACME, json=asked)
    assert made.status_code == 201
    assert made.json()["address"] == "/pages/overview?where=channel%3Demail"
    again = client.post(API, params=OF_ACME, json=asked)
    assert (again.status_code, again.json()["error"]["message"]) == (409, "there is already a view Emails")
    assert client.post(API, params=OF_ACME, json=asked | {"replace": True}).json() == made.json()
    assert client.get(f"{API}/Emails", params=OF_ACME).json() == made.json()
    assert client.get(API, params=OF_ACME).json() == [made.json()]
    assert client.get(API, params={"workspace": "zenith"}).json() == []
    assert client.get(made.json()["url"]).status_code == 200
    assert client.delete(f"{API}/Emails", params=OF_ACME).status_code == 204
    unknown = client.get(f"{API}/Emails", params=OF_ACME)
    assert (unknown.status_code, unknown.json()["error"]["message"]) == (404, "there is no view 'Emails'")
    wrong = client.post(API, params=OF_ACME, json=asked | {"address": "/pages/overview?range=28"})
    assert (wrong.status_code, wrong.json()["error"]["parameter"]) == (422, "range")


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_is_shown_as_it_is(client: httpx.Client, name: str) -> None:
    assert client.post(API, params=OF_ACME, json={"name": name, "address": "/pages/overview"}).status_code == 201
    for path in ("/views", "/pages/overview"):
        page = client.get(path, params=OF_ACME).text
        assert f"<bdi>{html.escape(name).replace('&quot;', '&#34;')}</bdi>" in page
        assert not re.search(r"<b>|\sonclick=\"", page)
    assert client.post("/views/delete", params=OF_ACME, data={"name": name}).status_code == 303


@pytest.mark.parametrize("name", ["", " x", "a\nb", "\0", "x" * 101])
def test_a_name_that_cannot_be_read_is_refused(client: httpx.Client, name: str) -> None:
    assert client.post(API, params=OF_ACME, json={"name": name, "address": "/pages/overview"}).status_code == 422


def test_only_callers_who_may_operate_are_offered_to_save_and_delete(services: Run, elasticsearch_url: str) -> None:
    with fresh_database(services) as url:
        store = open_store(url)
        upgrade(store)
        acme = frozenset({"acme"})
        with store.begin() as connection:
            tokens = [
                create_token(connection, name, Grants(dict.fromkeys(scopes, acme)))[1]
                for name, scopes in {"reader": [Scope.REPORTS], "lead": [Scope.REPORTS, Scope.OPERATE]}.items()
            ]
        store.dispose()
        with (
            indexed(elasticsearch_url, [conversation(1, 1_709_251_200, "acme")]) as prefix,
            served(elasticsearch_url, prefix, DATABASE_URL=url) as client,
        ):
            reader, lead = ({"Authorization": f"Bearer {token}"} for token in tokens)
            form = {"name": "Mine", "address": "/pages/overview"}
            assert client.post("/views", params=OF_ACME, data=form, headers=reader).status_code == 403
            assert client.post("/views", params=OF_ACME, data=form, headers=lead).status_code == 303
            assert client.post("/views", params={"workspace": "zenith"}, data=form, headers=lead).status_code == 403
            foreign = client.post(API, params=OF_ACME, json=form, headers=lead | {"Origin": "https://evil.example"})
            assert foreign.status_code == 403
            for path, marks in {"/pages/overview": "Save the view", "/views": "/views/delete"}.items():
                assert marks in client.get(path, params=OF_ACME, headers=lead).text
                seen = client.get(path, params=OF_ACME, headers=reader).text
                assert "<bdi>Mine</bdi>" in seen
                assert marks not in seen
