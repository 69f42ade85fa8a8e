"""The one-time link: without accounts, the browser that opens it first is the only one that is answered."""

from collections.abc import Iterator

import httpx
import pytest

from indexer.web.auth.one_time_link import OneTimeLink
from tests.reports.indexed import conversation, indexed
from tests.web.server import served

HEADERS = {"Sec-Fetch-Site": "same-origin"}
LINK = OneTimeLink()


@pytest.fixture(scope="module")
def url(elasticsearch_url: str, empty_store_url: str) -> Iterator[str]:
    with (
        indexed(elasticsearch_url, [conversation(1, 1_709_251_200, "acme")]) as prefix,
        served(elasticsearch_url, prefix, link=LINK, DATABASE_URL=empty_store_url) as client,
    ):
        yield str(client.base_url)


def browser(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers=HEADERS, timeout=30)


@pytest.mark.services
def test_the_first_browser_is_answered_and_every_other_one_is_told_why_not(url: str) -> None:
    with browser(url) as first, browser(url) as other:
        for path in ("/", "/pages/overview?workspace=acme"):
            refused = first.get(path)
            assert refused.status_code == 401
            assert "open the link that the terminal shows" in refused.text.lower()
        assert first.get("/api/v1/reports").status_code == 401
        for wrong in ("", "?secret=", "?secret=x", f"?secret={LINK.secret}x", "?secret=%ff😀"):
            assert first.get(f"/link{wrong}").status_code == 403
        opened = first.get(f"/link?secret={LINK.secret}")
        assert (opened.status_code, opened.headers["Location"]) == (303, "/")
        assert "httponly" in opened.headers["Set-Cookie"].lower()
        assert first.get("/pages/overview?workspace=acme").status_code == 200
        assert first.get("/api/v1/reports").status_code == 200
        once_more = first.get(f"/link?secret={LINK.secret}")
        assert (once_more.status_code, once_more.headers["Location"]) == (303, "/")
        assert first.get("/api/v1/reports").status_code == 200

        again = other.get(f"/link?secret={LINK.secret}")
        assert again.status_code == 403
        assert "has been opened before" in again.text
        other.cookies.set("indexer_session", "guessed")
        assert other.get("/").status_code == 401
        assert other.get("/healthz").status_code == 200


@pytest.mark.services
def test_a_program_that_only_looks_at_the_link_does_not_open_it(elasticsearch_url: str, empty_store_url: str) -> None:
    link = OneTimeLink()
    with served(elasticsearch_url, "tnothing", link=link, DATABASE_URL=empty_store_url) as client:
        looked = client.head(f"/link?secret={link.secret}")
        assert (looked.status_code, looked.headers["Allow"]) == (405, "GET")
        assert "Set-Cookie" not in looked.headers
        assert client.get(f"/link?secret={link.secret}").status_code == 303


@pytest.mark.services
def test_a_server_without_a_link_has_no_session_to_give(elasticsearch_url: str, empty_store_url: str) -> None:
    with served(elasticsearch_url, "tnothing", DATABASE_URL=empty_store_url) as client:
        assert client.get(f"/link?secret={LINK.secret}").status_code == 403
        assert client.get("/api/v1/reports").status_code == 200


def test_one_of_many_who_open_it_at_once_gets_the_session() -> None:
    from concurrent.futures import ThreadPoolExecutor

    link = OneTimeLink()
    with ThreadPoolExecutor(8) as threads:
        sessions = [one for one in threads.map(link.open, [link.secret] * 50) if one is not None]
    assert len(sessions) == 1
    assert link.holds(sessions[0])
    assert not link.holds(None)
    assert not link.holds(link.secret)
