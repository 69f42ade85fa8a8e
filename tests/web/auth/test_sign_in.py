"""Signing in with a browser: the page, the cookie, its end, and guesses at passwords."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, literal, update

from indexer.store.access.audit_log import list_actions
from indexer.store.access.password_hashes import hash_password
from indexer.store.access.scopes import Grants, Scope
from indexer.store.access.sessions import ABSOLUTE, IDLE
from indexer.store.access.users import create_user, revoke_user, set_password
from indexer.store.database import open_store, upgrade
from indexer.store.schema import sessions
from indexer.web.auth.sign_in import own_path
from indexer.web.auth.sign_in_limits import (
    MOST_FOR_A_USER,
    MOST_FOR_AN_ADDRESS,
    WINDOW_SECONDS,
    SignInLimits,
)
from tests.embedded.harness import Run
from tests.fresh import fresh_database
from tests.reports.indexed import conversation, indexed
from tests.store.access.accounts import CHEAP, HASHED, PASSWORD
from tests.web.server import served

REPORTS = "/api/v1/reports"
ANSWERS = "/api/v1/reports/answers"
BOTH = Grants({Scope.REPORTS: frozenset({"acme"}), Scope.RECORDS: frozenset({"acme"})})
OF_A_PAGE = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Server:
    url: str
    store: Engine

    def browser(self, forwarded_for: str = "") -> httpx.Client:
        """A browser without cookies; its requests come from that address."""
        headers = OF_A_PAGE | ({"X-Forwarded-For": forwarded_for} if forwarded_for else {})
        return httpx.Client(base_url=self.url, headers=headers, timeout=30)

    def user(self, name: str, grants: Grants = BOTH) -> str:
        with self.store.begin() as connection:
            create_user(connection, name, HASHED, grants)
        return name

    @contextmanager
    def signed_in(self, name: str) -> Iterator[httpx.Client]:
        with self.browser() as browser:
            assert sign_in(browser, self.user(name)).status_code == 303
            yield browser


def sign_in(browser: httpx.Client, name: str, password: str = PASSWORD, goes_to: str = "/") -> httpx.Response:
    body = urlencode({"name": name, "password": password, "next": goes_to})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return browser.post("/sign-in", content=body, headers=headers)


def status(browser: httpx.Client) -> int:
    return browser.get(REPORTS).status_code


@pytest.fixture(scope="module")
def server(services: Run, elasticsearch_url: str) -> Iterator[Server]:
    documents = [conversation(1, 1_709_251_200, workspace) for workspace in ("acme", "zenith")]
    with (
        fresh_database(services) as url,
        indexed(elasticsearch_url, documents) as prefix,
        served(elasticsearch_url, prefix, DATABASE_URL=url) as client,
    ):
        store = open_store(url)
        upgrade(store)
        yield Server(str(client.base_url), store)
        store.dispose()


@pytest.mark.services
def test_a_reader_signs_in_and_comes_to_the_page_that_was_asked_for(server: Server) -> None:
    server.user("ann")
    with server.browser() as browser:
        asked = browser.get("/", params={"workspace": "acme"})
        assert asked.status_code == 401
        assert 'value="/?workspace=acme"' in asked.text
        assert "Basic" not in asked.headers.get("WWW-Authenticate", "")
        assert browser.get(REPORTS).headers["WWW-Authenticate"] == 'Bearer realm="reports"'
        response = sign_in(browser, " ANN ", goes_to="/?workspace=acme")
        assert (response.status_code, response.headers["Location"]) == (303, "/?workspace=acme")
        page = browser.get(response.headers["Location"])
        assert page.status_code == 200
        assert "Sign out" in page.text
        assert "zenith" not in page.text
        assert browser.get("/", params={"workspace": "zenith"}).status_code == 403
        assert browser.post("/api/v1/messages/events?workspace=acme", json=[{}]).status_code == 403


@pytest.mark.services
def test_the_cookie_is_shown_to_no_script_and_to_no_other_site(server: Server) -> None:
    with server.browser() as browser:
        [cookie] = sign_in(browser, server.user("cookie")).headers.get_list("Set-Cookie")
    assert cookie.startswith("indexer_session=")
    assert {"httponly", "samesite=lax", "path=/"} <= set(cookie.lower().split("; "))
    assert "domain" not in cookie.lower()
    assert "secure" not in cookie.lower()


@pytest.mark.services
def test_behind_tls_the_cookie_is_sent_through_tls_only(server: Server) -> None:
    server.user("tls")
    with server.browser() as browser:
        browser.headers["X-Forwarded-Proto"] = "https"
        [cookie] = sign_in(browser, "tls").headers.get_list("Set-Cookie")
        assert cookie.startswith("__Host-indexer_session=")
        assert {"httponly", "secure", "samesite=lax", "path=/"} <= set(cookie.lower().split("; "))
        secret = cookie.partition("=")[2].partition(";")[0]
        assert browser.get(REPORTS, headers={"Cookie": f"__Host-indexer_session={secret}"}).status_code == 200
        assert browser.get(REPORTS, headers={"Cookie": f"indexer_session={secret}"}).status_code == 401


@pytest.mark.services
@pytest.mark.parametrize(
    ("name", "password"),
    [("right", "wrong horse battery"), ("nobody", PASSWORD), ("right", ""), ("", ""), ("rig\0ht", PASSWORD),
     ("ünn", PASSWORD), ("right", PASSWORD + "\n"), ("x" * 5_000, "y" * 5_000), ("\ud800", "\ud800")],
)  # fmt: skip
def test_a_wrong_name_and_a_wrong_password_are_refused_alike(server: Server, name: str, password: str) -> None:
    with server.store.begin() as connection:
        connection.exec_driver_sql("DELETE FROM sessions")
        connection.exec_driver_sql("DELETE FROM users WHERE name = 'right'")
    server.user("right")
    with server.browser(f"192.0.2.{len(name) % 200}") as browser:
        body = urlencode({"name": name, "password": password}, errors="surrogatepass")
        response = browser.post("/sign-in", content=body)
        assert response.status_code == 401
        assert "The name or the password is wrong." in response.text
        assert "Set-Cookie" not in response.headers
        assert not password or password not in response.text
        assert status(browser) == 401


@pytest.mark.services
@pytest.mark.parametrize("way", ["sign out", "everywhere", "revoked", "password", "idle", "absolute"])
def test_a_session_ends(server: Server, way: str) -> None:
    name = way.replace(" ", "-")
    with server.signed_in(name) as browser, server.browser() as elsewhere:
        assert sign_in(elsewhere, name).status_code == 303
        kept = dict(browser.cookies)
        assert status(browser) == status(elsewhere) == 200
        with server.store.begin() as connection:
            match way:
                case "sign out":
                    assert browser.post("/sign-out").status_code == 303
                case "everywhere":
                    assert browser.post("/sign-out", content="everywhere=1").status_code == 303
                case "revoked":
                    revoke_user(connection, name)
                case "password":
                    set_password(connection, name, hash_password("another horse battery", CHEAP))
                case "idle":
                    connection.execute(update(sessions).values(seen_at=sessions.c.seen_at - literal(IDLE)))
                case "absolute":
                    connection.execute(update(sessions).values(began_at=sessions.c.began_at - literal(ABSOLUTE)))
        browser.cookies.update(kept)  # as somebody who has copied the cookie
        assert status(browser) == 401
        assert status(elsewhere) == (200 if way == "sign out" else 401)


@pytest.mark.services
def test_a_signed_in_browser_changes_something_only_from_a_page_of_this_server(server: Server) -> None:
    with server.signed_in("pages") as browser:
        question = [{"report": "nothing"}]
        assert browser.post(ANSWERS, json=question).status_code == 200
        assert browser.post(ANSWERS, json=question, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert browser.post(ANSWERS, json=question, headers={"Sec-Fetch-Site": "same-site"}).status_code == 403
        del browser.headers["Sec-Fetch-Site"]
        assert browser.post(ANSWERS, json=question, headers={"Origin": "http://evil.example"}).status_code == 403
        assert browser.post(ANSWERS, json=question).status_code == 403
        assert browser.post(ANSWERS, json=question, headers={"Origin": server.url}).status_code == 200


@pytest.mark.services
def test_pages_and_answers_with_personal_data_are_kept_by_no_cache(server: Server) -> None:
    with server.signed_in("caches") as browser:
        march = {"workspace": "acme", "from": "2024-03-01", "to": "2024-03-02"}
        for path in ("/", "/api/v1/reports/new_inbound_conversations/conversations", "/sign-in"):
            assert "no-store" in browser.get(path, params=march).headers["Cache-Control"], path


@pytest.mark.services
def test_guesses_at_a_password_are_slowed_down_and_lock_nobody_else_out(server: Server) -> None:
    server.user("guessed")
    server.user("neighbour")
    with server.browser("198.51.100.1") as guesser, server.browser("198.51.100.2") as owner:
        for _ in range(MOST_FOR_A_USER):
            assert sign_in(guesser, "guessed", "wrong horse battery").status_code == 401
        refused = sign_in(guesser, "guessed")
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= WINDOW_SECONDS + 1
        assert sign_in(guesser, "neighbour").status_code == 303
        assert sign_in(owner, "guessed").status_code == 303


@pytest.mark.services
def test_the_audit_log_has_who_signed_in_and_out_from_where(server: Server) -> None:
    with server.signed_in("audited") as browser:
        browser.post("/sign-out", content="everywhere=1")
    with server.store.connect() as connection:
        out, into = list_actions(connection, actor="user audited")
    assert (into.action, into.client) == ("signed_in", "127.0.0.1")
    assert (out.action, out.details) == ("signed_out", {"everywhere": True})


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_after_a_while_one_may_guess_again() -> None:
    clock = Clock()
    limits = SignInLimits(clock)
    for _ in range(MOST_FOR_A_USER):
        assert limits.wait_seconds("a", "ann") == 0
        limits.note_failure("a", "ann")
        clock.now += 1
    assert limits.wait_seconds("a", "ann") == WINDOW_SECONDS - MOST_FOR_A_USER
    assert limits.wait_seconds("a", "bob") == 0
    assert limits.wait_seconds("b", "ann") == 0
    clock.now = WINDOW_SECONDS
    assert limits.wait_seconds("a", "ann") == 0
    limits.note_failure("a", "ann")
    limits.note_success("a", "ann")
    assert limits.wait_seconds("a", "ann") == 0


def test_one_address_cannot_try_every_name() -> None:
    clock = Clock()
    limits = SignInLimits(clock)
    for number in range(MOST_FOR_AN_ADDRESS):
        assert limits.wait_seconds("a", str(number)) == 0
        limits.note_failure("a", str(number))
    assert limits.wait_seconds("a", "ann") == WINDOW_SECONDS
    assert limits.wait_seconds("b", "ann") == 0


@pytest.mark.parametrize(
    "written",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "/\n", "", "evil", "\\\\evil"],
)
def test_after_the_form_one_stays_on_this_server(written: str) -> None:
    assert own_path(written) == "/"


@given(st.text(st.characters(categories=["L", "N"]), max_size=20))
def test_a_path_of_this_server_is_kept(path: str) -> None:
    assert own_path(f"/{path}?a=b") == f"/{path}?a=b"
