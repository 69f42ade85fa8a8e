"""The server's answers to its own defects."""

import asyncio

import httpx

from indexer.settings import Settings
from indexer.web.app import create_app
from indexer.web.needs import OPEN


def broken() -> None:
    raise KeyError("s3cret")


def test_a_defect_is_said_to_be_one_and_no_outage() -> None:
    app = create_app(Settings.model_validate({"ELASTICSEARCH_URL": "http://127.0.0.1:1"}))
    app.add_api_route("/api/v1/broken", broken)
    app.add_api_route("/broken", broken)
    app.state.needs |= {("GET", "/api/v1/broken"): OPEN, ("GET", "/broken"): OPEN}

    async def asked(path: str) -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path)

    for path, kind in (("/api/v1/broken", "application/json"), ("/broken", "text/html")):
        response = asyncio.run(asked(path))
        assert response.status_code == 500
        assert response.headers["Content-Type"].startswith(kind)
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert "this is a defect and no outage" in response.text
        assert "s3cret" not in response.text
