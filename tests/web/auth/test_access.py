"""Every route of the application is tried by callers who may not: the routes are taken from the application itself."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine
from starlette.routing import BaseRoute, Mount

from indexer.settings import Settings
from indexer.store.access.audit_log import list_actions
from indexer.store.access.scopes import EVERYTHING, Grants, Scope
from indexer.store.access.tokens import create_token, revoke_token, rotate_token
from indexer.store.database import open_store, upgrade
from indexer.store.entities.workspaces import Workspace, save_workspace
from indexer.web.app import create_app
from indexer.web.auth.origins import UNSAFE
from indexer.web.needs import NEEDS, OPEN, READING, find_needs
from tests.embedded.harness import Run
from tests.faults.waiting import eventually
from tests.fresh import fresh_database
from tests.reports.indexed import conversation, indexed
from tests.web.server import served

NOWHERE = Settings.model_validate({"ELASTICSEARCH_URL": "http://127.0.0.1:1"})
FIRST_OF_MARCH = 1_709_251_200
MARCH = {"from": "2024-03-01", "to": "2024-03-02", "time_zone": "UTC"}
REPORT = "new_inbound_conversations"


def routes_of(routes: Sequence[BaseRoute], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Method and address of every route, also of those in routers that FastAPI has not taken apart."""
    for route in routes:
        if (router := getattr(route, "original_router", None)) is not None:
            yield from routes_of(router.routes, prefix + route.include_context.prefix)  # type: ignore[attr-defined]
        elif isinstance(route, Mount):
            yield "GET", f"{prefix}{route.path}/{{path:path}}"
        else:
            methods: set[str] = route.methods  # type: ignore[attr-defined]
            yield from ((method, prefix + route.path) for method in sorted(methods - {"HEAD"}))  # type: ignore[attr-defined]


ROUTES = sorted(routes_of(create_app(NOWHERE).routes))
CLOSED = [route for route in ROUTES if not NEEDS.get(route, OPEN).is_open]
SCOPED = [route for route in CLOSED if NEEDS[route].scope is not None]


def test_every_route_of_the_application_is_declared_and_nothing_else_is() -> None:
    assert set(ROUTES) == set(NEEDS), "declare what a caller needs in indexer/web/needs.py"
    assert len(ROUTES) == len(set(ROUTES))


def test_every_address_that_begins_a_session_by_get_refuses_head() -> None:
    assert {route for route, need in NEEDS.items() if need.spends} == {
        route for route, need in NEEDS.items() if route[0] == "GET" and need.audited == "signed_in"
    }


def test_everything_that_can_change_something_is_in_the_audit_log() -> None:
    changing = {route for route in ROUTES if route[0] in UNSAFE} - READING
    assert [route for route in sorted(changing) if not NEEDS[route].audited] == []
    assert set(ROUTES) >= READING


def test_a_route_that_is_not_declared_is_not_served() -> None:
    called = []
    app = create_app(
        NOWHERE.model_copy(update={"api_token": Settings.model_validate({"api_token": "t" * 30}).api_token})
    )
    app.add_api_route("/new", lambda: called.append("new"))

    async def asked() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            return await client.get("/new", headers={"Authorization": "Bearer " + "t" * 30})

    assert asyncio.run(asked()).status_code == 404
    app.state.needs["GET", "/new"] = OPEN
    assert asyncio.run(asked()).status_code == 200
    assert called == ["new"]


@pytest.mark.parametrize("named", ["workspace=a&workspace=b", "workspace=a&workspace_id=b"])
def test_a_request_names_one_workspace(named: str) -> None:
    token = Settings.model_validate({"api_token": "t" * 30}).api_token
    app = create_app(NOWHERE.model_copy(update={"api_token": token}))

    async def asked() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            return await client.get(f"/api/v1/people?{named}", headers={"Authorization": "Bearer " + "t" * 30})

    response = asyncio.run(asked())
    assert response.status_code == 422
    assert "several workspaces" in response.text


def test_a_request_that_two_lines_fit_needs_both() -> None:
    needs = {("GET", "/a/{b}"): OPEN, ("GET", "/a/new"): NEEDS["GET", "/"], ("POST", "/a/new"): OPEN}
    assert [found.path for found in find_needs(needs, "GET", "/a/new")] == ["/a/{b}", "/a/new"]


@dataclass(frozen=True)
class Server:
    """A server with two workspaces, and tokens by what they are good for."""

    client: httpx.Client
    store: Engine
    database_url: str
    tokens: dict[str, str]

    def ask(self, method: str, path: str, token: str | None = None, **more: Any) -> httpx.Response:
        headers = {} if token is None else {"Authorization": f"Bearer {self.tokens.get(token, token)}"}
        return self.client.request(method, path, headers=headers, **more)

    def actions(self) -> list[tuple[str, str, str | None]]:
        with self.store.connect() as connection:
            return [(one.actor, one.action, one.workspace_id) for one in list_actions(connection)]


@pytest.fixture(scope="module")
def server(services: Run, elasticsearch_url: str, redis_url: str) -> Iterator[Server]:
    documents = [conversation(number, FIRST_OF_MARCH + number, "acme", tags=["of-acme"]) for number in range(3)]
    documents.append(conversation(1, FIRST_OF_MARCH, "zenith", tags=["of-zenith"]))
    with (
        fresh_database(services) as url,
        indexed(elasticsearch_url, documents) as prefix,
        served(elasticsearch_url, prefix, DATABASE_URL=url, REDIS_URL=redis_url) as client,
    ):
        store = open_store(url)
        upgrade(store)
        acme = frozenset({"acme"})
        with store.begin() as connection:
            for workspace in ("acme", "zenith"):
                save_workspace(connection, Workspace(workspace))
            made = {scope.value: Grants({scope: acme}) for scope in Scope}
            made |= {
                "acme": Grants(dict.fromkeys(Scope, acme)),
                "zenith": Grants(dict.fromkeys(Scope, frozenset({"zenith"}))),
                "without records": Grants({Scope.OPERATE: acme, Scope.REPORTS: acme}),
            }
            made["empty"] = Grants({Scope.REPORTS: frozenset({"empty"})})
            made |= {"all": EVERYTHING, "expired": EVERYTHING, "revoked": EVERYTHING, "rotated": EVERYTHING}
            past = {"expired": datetime.now(UTC) - timedelta(seconds=1)}
            tokens = {
                name: create_token(connection, re.sub("[: ]", "-", name), grants, past.get(name))[1]
                for name, grants in made.items()
            }
            revoke_token(connection, "revoked")
            rotate_token(connection, "rotated")
        yield Server(client, store, url, tokens | {"invented": "ridx_" + "0" * 64})
        store.dispose()


def address(template: str) -> str:
    """An address of the route that has a thing of `acme`, if it is about one thing."""
    given = {"name": REPORT, "export_id": "0123456789abcdef", "workspace": "acme", "workspace_id": "acme"}
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: given.get(found[1], "1"), template)


@pytest.mark.services
def test_a_head_request_is_not_an_export_in_the_audit_log(server: Server) -> None:
    pages = [(template, need) for (method, template), need in NEEDS.items() if method == "GET" and need.audited]
    looked = 0
    for template, need in pages:
        before = server.actions()
        if need.scope is not None:
            asked = server.ask("HEAD", address(template), need.scope.value, params={"workspace": "acme"})
            assert asked.content == b""
            looked += asked.status_code == 200
        assert server.actions() == before
    assert looked


@pytest.mark.services
@pytest.mark.parametrize("token", [None, "invented", "expired", "revoked", "rotated"])
@pytest.mark.parametrize(("method", "template"), CLOSED)
def test_without_a_valid_token_no_route_answers(server: Server, method: str, template: str, token: str | None) -> None:
    response = server.ask(method, address(template), token, params={"workspace": "acme"})
    assert response.status_code == 401
    assert "of-acme" not in response.text


@pytest.mark.services
@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize(("method", "template"), SCOPED)
def test_only_the_scope_of_a_route_opens_it(server: Server, method: str, template: str, scope: Scope) -> None:
    response = server.ask(method, address(template), scope.value, params={"workspace": "acme"})
    if NEEDS[method, template].scope is scope and not NEEDS[method, template].every_workspace:
        assert response.status_code not in {401, 403}
    else:
        assert response.status_code == 403
        assert "of-acme" not in response.text


@pytest.mark.services
@pytest.mark.parametrize("others", [["zenith"], ["acme", "zenith"], ["zenith", "acme"], ["nowhere"]])
@pytest.mark.parametrize(("method", "template"), SCOPED)
def test_no_parameter_opens_another_workspace(server: Server, method: str, template: str, others: list[str]) -> None:
    response = server.ask(method, address(template), "acme", params={"workspace": others})
    assert response.status_code == 403
    assert "of-zenith" not in response.text


@pytest.mark.services
@pytest.mark.parametrize("word", ["workspace", "workspace_id"])
def test_an_address_that_names_another_workspace_is_not_opened(server: Server, word: str) -> None:
    app = create_app(NOWHERE.model_copy(update={"database_url": server.database_url}))
    app.add_api_route(f"/of/{{{word}}}", lambda: "of-acme")
    app.state.needs["GET", f"/of/{{{word}}}"] = NEEDS["GET", "/"]

    async def asked(token: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            return await client.get("/of/acme", headers={"Authorization": f"Bearer {server.tokens[token]}"})

    assert asyncio.run(asked("acme")).text == '"of-acme"'
    assert asyncio.run(asked("zenith")).status_code == 403
    app.state.backend.close()


@pytest.mark.services
def test_the_page_offers_the_workspaces_of_the_caller_alone(server: Server) -> None:
    of_acme = server.ask("GET", "/", "acme", params=MARCH)
    assert of_acme.status_code == 200
    assert "zenith" not in of_acme.text
    assert "zenith" in server.ask("GET", "/", "all", params=MARCH).text


@pytest.mark.services
@pytest.mark.parametrize("where", [[], ["tag=nobody"]])
def test_a_workspace_without_documents_does_not_reveal_those_of_others(server: Server, where: list[str]) -> None:
    asked = MARCH | {"workspace": "empty", "where": where}
    said = server.ask("GET", f"/api/v1/reports/{REPORT}", "empty", params=asked)
    assert said.json()["warnings"] == ["the workspace empty has no conversations in the index"]
    assert "zenith" in server.ask("GET", f"/api/v1/reports/{REPORT}", "all", params=asked).text


@pytest.mark.services
@pytest.mark.parametrize("word", ["person.email", 'person."email"', "person.custom.external_id", "person.name"])
def test_a_condition_that_says_whether_somebody_is_there_needs_the_scope_of_records(server: Server, word: str) -> None:
    asked = MARCH | {"workspace": "acme", "where": f"{word}=ada@example.com"}
    refused = server.ask("GET", f"/api/v1/reports/{REPORT}", "reports:read", params=asked)
    assert (refused.status_code, "needs records:read" in refused.text) == (403, True)
    many = [MARCH | {"report": REPORT, "workspace": "acme", "where": [asked["where"]]}]
    assert "needs records:read" in server.ask("POST", "/api/v1/reports/answers", "reports:read", json=many).text
    assert server.ask("GET", f"/api/v1/reports/{REPORT}", "acme", params=asked).status_code == 200
    known = asked | {"where": f"{word}=*"}
    assert server.ask("GET", f"/api/v1/reports/{REPORT}", "reports:read", params=known).status_code == 200


@pytest.mark.services
@pytest.mark.parametrize(
    ("condition", "is_refused"),
    [
        ('email is "ada@example.com"', True),
        ('custom.email contains "ada"', True),
        ('"name" is not "Ada"', True),
        ('role is "user" and (role is "lead" or external_id starts with "u")', True),
        ("email has any value", False),
        ('role is "user"', False),
    ],
)
def test_a_segment_that_says_whether_somebody_is_there_needs_the_scope_of_records(
    server: Server, condition: str, is_refused: bool
) -> None:
    asked = {"name": f"Of {condition}", "filter": condition}
    for token, status in (("without records", 403 if is_refused else 201), ("acme", 201 if is_refused else 409)):
        answer = server.ask("POST", "/api/v1/segments", token, params={"workspace": "acme"}, json=asked)
        assert answer.status_code == status, answer.text
        assert ("needs records:read" in answer.text) == (status == 403)


@pytest.mark.services
def test_a_question_in_a_body_about_another_workspace_gets_an_error_and_those_beside_it_an_answer(
    server: Server,
) -> None:
    asked = [MARCH | {"report": REPORT, "workspace": workspace} for workspace in ("zenith", "acme", "nowhere")]
    asked.append({"report": REPORT, "workspace": "zenith", "from": "2024-03-01", "to": "2024-03-02"})
    foreign, own, none, of_its_zone = server.ask("POST", "/api/v1/reports/answers", "acme", json=asked).json()
    assert own["total"]["value"] == 3
    assert foreign["error"]["message"].replace("zenith", "nowhere") == none["error"]["message"]
    assert of_its_zone == foreign


@pytest.mark.services
@pytest.mark.parametrize("path", ["/api/v1/exports", "/api/v1/exports/messages"])
def test_an_export_of_another_workspace_is_not_ordered(server: Server, path: str) -> None:
    order = {"workspace": "zenith", "from": "2024-03-01", "to": "2024-03-02"}
    before = server.actions()
    for more in ({}, {"time_zone": "UTC"}):
        assert server.ask("POST", path, "acme", json=order | more).status_code == 403
    assert server.actions() == before
    with server.store.connect() as connection:
        orders = connection.exec_driver_sql("SELECT count(*) FROM exports WHERE request ->> 'workspace' = 'zenith'")
        assert orders.scalar_one() == 0


@pytest.mark.services
def test_an_export_of_another_workspace_does_not_exist_and_the_audit_log_has_ones_own(server: Server) -> None:
    order = {"workspace": "acme", "from": "2024-03-01", "to": "2024-03-02"}
    made = server.ask("POST", "/api/v1/exports", "records:read", json=order)
    assert made.status_code == 202
    path = f"/api/v1/exports/{made.json()['id']}"
    for method in ("GET", "DELETE"):
        foreign = server.ask(method, path, "zenith")
        assert foreign.status_code == 404
        assert foreign.json() == {"error": {"message": f"there is no export {made.json()['id']}"}}
    assert server.ask("GET", path, "acme").status_code == 200
    assert server.ask("DELETE", path, "acme").status_code == 200
    assert server.actions()[:2] == [
        ("token acme", "export_cancelled", "acme"),
        ("token records-read", "export_ordered", "acme"),
    ]
    with server.store.connect() as connection:
        assert {one.target for one in list_actions(connection, limit=2)} == {made.json()["id"]}
        assert "token=" not in str(list_actions(connection))


@pytest.mark.services
def test_data_is_saved_into_ones_own_workspace_and_the_audit_log_says_so(server: Server) -> None:
    receipt = {"type": "receipt", "receipt_id": "1", "received_at": FIRST_OF_MARCH, "content_type": "email"}
    path = "/api/v1/messages/events"
    assert server.ask("POST", path, "ingest", params={"workspace": "acme"}, json=[receipt]).status_code == 200
    assert server.actions()[0] == ("token ingest", "messages_saved", "acme")


@pytest.mark.services
def test_a_token_is_sent_like_that_of_the_settings(server: Server) -> None:
    assert server.client.get("/api/v1/reports", auth=("anybody", server.tokens["acme"])).status_code == 200
    elsewhere = {"Authorization": f"Bearer {server.tokens['acme']}", "Host": "reports.example"}
    assert server.client.get("/api/v1/reports", headers=elsewhere).status_code == 200


@pytest.mark.services
def test_a_server_of_this_machine_is_open_until_there_is_an_account(empty_database_url: str) -> None:
    with served("http://127.0.0.1:1", "tnothing", DATABASE_URL=empty_database_url) as client:
        assert client.get("/api/v1/reports").status_code == 200
        store = open_store(empty_database_url)
        with store.begin() as connection:
            create_token(connection, "first", EVERYTHING)
            revoke_token(connection, "first")
        eventually(lambda: client.get("/api/v1/reports").status_code == 401)
        assert client.get("/healthz", headers={"Host": "reports.example"}).status_code == 200
        store.dispose()


@pytest.mark.services
def test_a_server_for_other_machines_answers_nobody_without_an_account(empty_store_url: str) -> None:
    with served("http://127.0.0.1:1", "tnothing", needs_accounts=True, DATABASE_URL=empty_store_url) as client:
        assert client.get("/api/v1/reports").status_code == 401
        assert client.get("/api/v1/reports", headers={"Host": "reports.example"}).status_code == 401


@pytest.mark.services
def test_if_nobody_knows_whether_there_are_accounts_nothing_is_answered() -> None:
    database = "postgresql://reporter:secret@127.0.0.1:1/internal_db"
    with served("http://127.0.0.1:1", "tnothing", DATABASE_URL=database) as client:
        response = client.get("/api/v1/reports")
        assert response.status_code == 503
        for told in ("secret", "internal_db", "127.0.0.1", "reporter"):
            assert told not in response.text
        assert client.get("/healthz").status_code == 200
