import base64
from collections.abc import Iterator

import httpx
import pytest

from tests.reports.indexed import conversation, indexed
from tests.web.server import served

pytestmark = pytest.mark.services

TOKEN = "correct-horse/battery+staple="
PATHS = ["/", "/api/v1/reports", "/api/v1/reports/nothing", "/api/v1/openapi.json", "/api/nowhere"]


@pytest.fixture(scope="module")
def guarded(elasticsearch_url: str, empty_store_url: str) -> Iterator[httpx.Client]:
    with (
        indexed(elasticsearch_url, [conversation(1, 1_709_251_200, "acme")]) as prefix,
        served(elasticsearch_url, prefix, DATABASE_URL=empty_store_url, api_token=TOKEN) as client,
    ):
        yield client


def basic(password: str, user: str = "") -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize("path", PATHS)
def test_without_the_token_nothing_is_answered(guarded: httpx.Client, path: str) -> None:
    response = guarded.get(path)
    assert response.status_code == 401
    assert response.headers.get_list("WWW-Authenticate") == ['Bearer realm="reports"', 'Basic realm="reports"']
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "acme" not in response.text


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN.upper()}",
        f"Token {TOKEN}",
        TOKEN,
        "Basic ???",
        "Basic =",
        basic(""),
        basic("wrong", user=TOKEN),
        "Bearer \xe4\xf6",
    ],
)
def test_another_token_is_refused(guarded: httpx.Client, header: str) -> None:
    headers = {"Authorization": header.encode("latin-1")}
    assert guarded.get("/api/v1/reports", headers=headers).status_code == 401


@pytest.mark.parametrize("header", [f"Bearer {TOKEN}", f"bearer  {TOKEN}", basic(TOKEN), basic(TOKEN, user="me")])
def test_with_the_token_the_server_answers_under_any_name(guarded: httpx.Client, header: str) -> None:
    headers = {"Authorization": header, "Host": "reports.example"}
    assert guarded.get("/api/v1/reports", headers=headers).status_code == 200
    assert "acme" in guarded.get("/", headers=headers).text


def test_the_api_refuses_in_json_and_the_dashboard_with_a_page(guarded: httpx.Client) -> None:
    assert guarded.get("/api/v1/reports").json()["error"]["message"] == "the token is missing or wrong"
    assert "<h1>" in guarded.get("/").text


def test_whether_it_runs_it_tells_everybody(guarded: httpx.Client) -> None:
    assert guarded.get("/healthz").status_code == 200
    for needs_it in ("/healthz/", "/api/v1/exports", "/api/v1/exports/a/b/download", "/static"):
        assert guarded.get(needs_it).status_code == 401


def test_the_description_of_the_api_says_how_a_token_is_sent(guarded: httpx.Client) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    described = guarded.get("/api/v1/openapi.json", headers=headers).json()
    assert described["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"


@pytest.mark.parametrize("host", ["x/healthz?", "x/healthz#", "x/readyz?", "x/api/v1/exports/0/download?"])
def test_a_host_that_looks_like_an_open_path_opens_nothing(guarded: httpx.Client, host: str) -> None:
    response = guarded.get("/api/v1/reports", headers={"Host": host})
    assert response.status_code in (400, 401)
    assert "new_inbound_conversations" not in response.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "header",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
    ],
)
def test_no_page_of_another_site_changes_anything(guarded: httpx.Client, method: str, header: dict[str, str]) -> None:
    said = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "text/plain"}
    response = guarded.request(method, "/api/v1/exports/0123456789abcdef", headers=said | header, content=b"{}")
    assert response.status_code == 403
    assert "another web site" in response.json()["error"]["message"]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(("mode", "dest"), [("no-cors", "image"), ("cors", "empty"), ("navigate", "iframe")])
def test_no_page_of_another_site_asks_anything(guarded: httpx.Client, site: str, mode: str, dest: str) -> None:
    said = {"Authorization": f"Bearer {TOKEN}", "Sec-Fetch-Site": site}
    embedded = said | {"Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
    for method in ("GET", "HEAD"):
        assert guarded.request(method, "/api/v1/reports", headers=embedded).status_code == 403
    followed = said | {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert guarded.get("/api/v1/reports", headers=followed).status_code == 200


def test_own_pages_and_programs_may_ask(guarded: httpx.Client) -> None:
    own = f"http://{guarded.base_url.netloc.decode()}"
    for header in ({}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": own}):
        said = {"Authorization": f"Bearer {TOKEN}"} | header
        response = guarded.post("/api/v1/reports/answers", headers=said, json=[{"report": "nothing"}])
        assert response.status_code == 200


@pytest.mark.parametrize(
    ("public_url", "own"),
    [
        ("https://reports.example.com", "https://reports.example.com"),
        ("https://Reports.example.com:443/indexer", "https://reports.example.com"),
        ("http://reports.example.com:8443", "http://reports.example.com:8443"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_behind_a_proxy_that_names_another_host_the_pages_of_the_public_address_are_its_own(
    elasticsearch_url: str, empty_store_url: str, public_url: str, own: str
) -> None:
    more = {"DATABASE_URL": empty_store_url, "api_token": TOKEN, "public_url": public_url}
    with served(elasticsearch_url, "tnothing", **more) as client:

        def status(origin: str, **further: str) -> int:
            headers = {"Authorization": f"Bearer {TOKEN}", "Host": "indexer:8080", "Origin": origin} | further
            return client.post("/api/v1/reports/answers", headers=headers, json=[{"report": "nothing"}]).status_code

        assert status(own) == 200
        assert status(own, **{"Sec-Fetch-Site": "cross-site"}) == 403
        for foreign in ("https://evil.example", f"{own}.evil.example", own.replace("://", "://x."), "null", ""):
            assert status(foreign) == 403


def test_the_default_public_address_does_not_make_a_page_trusted(guarded: httpx.Client) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Host": "indexer:8080", "Origin": "http://127.0.0.1:8080"}
    response = guarded.post("/api/v1/reports/answers", headers=headers, json=[{"report": "nothing"}])
    assert response.status_code == 403
