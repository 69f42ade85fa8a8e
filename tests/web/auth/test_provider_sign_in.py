"""Signing in through an identity provider, with a real one on loopback that can also lie."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from sqlalchemy import Engine

from indexer.settings import Settings
from indexer.store.access.audit_log import list_actions
from indexer.store.access.scopes import Grants, Scope
from indexer.store.access.users import create_user, revoke_user
from indexer.store.database import open_store, upgrade
from indexer.web.auth.provider_sign_in import name_in
from tests.embedded.harness import Run
from tests.fresh import fresh_database
from tests.store.access.accounts import HASHED
from tests.web.identity_provider import CLIENT_ID, CLIENT_SECRET, KEY, KEY_OF_ANOTHER, Provider, identity_provider
from tests.web.server import served

REPORTS = "/api/v1/reports"
ANN = {"email": "Ann@Example.com", "email_verified": True}


@dataclass(frozen=True)
class Place:
    url: str
    store: Engine
    provider: Provider

    def browser(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"Sec-Fetch-Site": "same-origin"}, timeout=30)


@pytest.fixture(scope="module")
def place(services: Run) -> Iterator[Place]:
    with (
        fresh_database(services) as url,
        identity_provider() as provider,
        served(
            "http://127.0.0.1:1",
            "tnothing",
            DATABASE_URL=url,
            oidc_issuer=provider.issuer,
            oidc_client_id=CLIENT_ID,
            oidc_client_secret=CLIENT_SECRET,
            oidc_domains="example.com, example.org",
        ) as client,
    ):
        store = open_store(url)
        upgrade(store)
        with store.begin() as connection:
            for name in ("ann@example.com", "gone@example.com", "eve@example.net"):
                create_user(connection, name, HASHED, Grants({Scope.REPORTS: frozenset({"acme"})}))
            revoke_user(connection, "gone@example.com")
        yield Place(str(client.base_url), store, provider)
        store.dispose()


@pytest.fixture(autouse=True)
def honest(request: pytest.FixtureRequest) -> None:
    if "place" in request.fixturenames:
        provider = request.getfixturevalue("place").provider
        provider.claims, provider.key = dict(ANN), KEY


def go(place: Place, browser: httpx.Client, goes_to: str = "/lists/x?a=b") -> httpx.Response:
    """The answer of the server to the browser that the provider has sent back."""
    there = browser.get("/sign-in/provider", params={"next": goes_to})
    assert there.status_code == 302
    back = httpx.get(there.headers["Location"])
    return browser.get(back.headers["Location"])


@pytest.mark.services
def test_a_user_signs_in_and_comes_to_the_page_that_was_asked_for(place: Place) -> None:
    with place.browser() as browser:
        page = browser.get("/lists/x?a=b")
        assert page.status_code == 401
        assert 'href="/sign-in/provider?next=%2Flists%2Fx%3Fa%3Db"' in page.text
        back = go(place, browser)
        assert (back.status_code, back.headers["Location"]) == (303, "/lists/x?a=b")
        assert browser.get(REPORTS).status_code == 200
        assert "indexer_provider" not in browser.cookies
    with place.store.connect() as connection:
        last = list_actions(connection)[0]
    assert (last.actor, last.action, last.details) == ("user ann@example.com", "signed_in", {"through": "provider"})
    asked = place.provider.asked[-1]
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{place.url.rstrip('/')}/sign-in/provider/callback"
    assert {"state", "nonce", "code_challenge"} <= asked.keys()


@pytest.mark.services
@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "another"},
        {"iss": "https://another.example.com"},
        {"exp": 1_000_000_000},
        {"iat": None},
    ],
    ids=lambda claims: next(iter(claims)),
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(place: Place, claims: dict[str, Any]) -> None:
    place.provider.claims = ANN | claims
    with place.browser() as browser:
        assert go(place, browser).status_code == 401
        assert browser.get(REPORTS).status_code == 401


@pytest.mark.services
def test_a_token_signed_by_another_is_refused(place: Place) -> None:
    place.provider.key = KEY_OF_ANOTHER
    with place.browser() as browser:
        assert go(place, browser).status_code == 401
        assert browser.get(REPORTS).status_code == 401


@pytest.mark.services
@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email": "eve@example.net"},  # a user, whose domain is not one of those
        {"email": "gone@example.com"},
        {"email": "nobody@example.com"},
        {"email": None},
    ],
    ids=str,
)
def test_an_unverified_or_unknown_user_gets_no_session(place: Place, claims: dict[str, Any]) -> None:
    place.provider.claims = ANN | claims
    with place.browser() as browser:
        page = go(place, browser)
        assert page.status_code == 403
        assert "you are not a user here" in page.text
        assert browser.get(REPORTS).status_code == 401


@pytest.mark.services
def test_an_answer_that_another_browser_asked_for_is_refused_and_so_is_one_that_comes_twice(place: Place) -> None:
    with place.browser() as browser, place.browser() as other:
        there = browser.get("/sign-in/provider")
        back = httpx.get(there.headers["Location"]).headers["Location"]
        assert other.get(back).status_code == 401
        other.get("/sign-in/provider")  # which has a state of its own
        assert other.get(back).status_code == 401
        looked = browser.head(back)
        assert (looked.status_code, looked.headers["Allow"]) == (405, "GET")
        assert browser.get(back).status_code == 303
        assert browser.get(back).status_code == 401


@pytest.mark.services
@pytest.mark.parametrize("query", ["", "?state=x&code=y", "?error=access_denied&error_description=<b>", "?state=" * 9])
def test_an_answer_that_nobody_asked_for_is_refused(place: Place, query: str) -> None:
    with place.browser() as browser:
        browser.cookies.set("indexer_provider", "bm8ganNvbg==")
        page = browser.get(f"/sign-in/provider/callback{query}")
        assert page.status_code == 401
        assert "<b>" not in page.text


@pytest.mark.services
def test_another_site_is_no_page_to_go_on_with(place: Place) -> None:
    with place.browser() as browser:
        assert go(place, browser, "//evil.example.com").headers["Location"] == "/"


@pytest.mark.services
def test_without_a_provider_there_is_no_such_page_and_one_that_is_away_is_said_to_be(services: Run) -> None:
    away = {"oidc_issuer": "http://127.0.0.1:1", "oidc_client_id": CLIENT_ID}
    with fresh_database(services) as url:
        with served("http://127.0.0.1:1", "tnothing", DATABASE_URL=url) as client:
            assert client.get("/sign-in/provider").status_code == 404
            assert "/sign-in/provider" not in client.get("/sign-in").text
        with served("http://127.0.0.1:1", "tnothing", DATABASE_URL=url, **away) as client:
            page = client.get("/sign-in/provider")
            assert page.status_code == 503
            assert "cannot be reached now" in page.text


@pytest.mark.parametrize("issuer", ["http://idp.example.com", "idp.example.com", "ftp://127.0.0.1"])
def test_a_provider_without_tls_is_no_setting(issuer: str) -> None:
    with pytest.raises(ValidationError, match="must begin with https://"):
        Settings.model_validate({"oidc_issuer": issuer})


def test_another_claim_can_have_the_name() -> None:
    settings = Settings.model_validate({"oidc_claim": "preferred_username"})
    assert name_in(settings, {"preferred_username": "Ann", "email": "eve@example.com"}) == "ann"
    assert name_in(settings, {"email": "ann", "email_verified": True}) is None
