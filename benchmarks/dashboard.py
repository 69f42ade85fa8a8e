"""The overview of the dashboard and a list behind a number, over 200,000 conversations, as the server answers them.

The requests go through the whole application within this process, without a network. `overview_ms` is the first
overview of a server that has just started, with Elasticsearch's caches cleared; `overview_warm_ms` is any further one.
The overview shows 28 days beside the same weekdays before. `list_ms` is the first page of the list behind its number
of new conversations. `first_view_kb` is everything that a browser loads for the first view, as it is sent: the page,
the style sheet, the script and the icon. `first_paint_ms` is the time from the request for the overview to its first
contentful paint in the system's Chromium, with an empty cache, over HTTP from a server in this process; without a
Chromium there is no such figure.
"""

import logging
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from urllib.parse import urlencode

import structlog
from fastapi.testclient import TestClient

from benchmarks._chromium import MISSING, chromium, chromium_path
from benchmarks._harness import Progress, Result
from benchmarks._services import services
from benchmarks.reports import WORKSPACE, ZONE, index_sample, timed
from indexer import search
from indexer.datasets.registry import datasets
from indexer.errors import OperatorError
from indexer.sample import DEFAULT_END
from indexer.search import ensure_dataset
from indexer.services import Service, service_urls
from indexer.settings import Settings, settings
from indexer.web.app import create_app
from indexer.web.serving import Server

CONVERSATIONS = 200_000
_WARM_REQUESTS = 5
_PAINTS = 5
_FIRST_PAINT = """
new Promise((found) =>
  new PerformanceObserver((list) => {
    const [first] = list.getEntriesByName("first-contentful-paint");
    if (first) found(first.startTime);
  }).observe({ type: "paint", buffered: true }),
)
"""
"""Waits for the paint in the page: its policy refuses the scripts that Playwright itself would wait with."""

_CHOICES = {"workspace": WORKSPACE, "range": "28d", "time_zone": ZONE, "as_of": str(DEFAULT_END)}
_OVERVIEW = f"/pages/overview?{urlencode(_CHOICES)}"


def run(rounds: int, progress: Progress, size: int = CONVERSATIONS) -> Result:
    """Milliseconds and kilobytes; there are no ratios, since the bars are those of a reader."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with services(progress):
        found = settings()
        with search.connect(service_urls(found, Service.ELASTICSEARCH).elasticsearch) as client:
            progress(f"indexing {size:,} conversations")
            for dataset in datasets():
                ensure_dataset(client, found.index_prefix, dataset.name)
            index_sample(client, found.index_prefix, size, cached=True)
            times: dict[str, list[float]] = {"overview_ms": [], "overview_warm_ms": [], "list_ms": []}
            kilobytes = 0.0
            for turn in range(rounds):
                client.indices.clear_cache(index=f"{found.index_prefix}*")
                with TestClient(create_app(found), base_url="http://localhost") as browser:
                    times["overview_ms"].append(_request(browser, _OVERVIEW)[0])
                    warm = [_request(browser, _OVERVIEW) for _ in range(_WARM_REQUESTS)]
                    times["overview_warm_ms"].append(median(one for one, _ in warm))
                    page = warm[-1][1]
                    [url] = re.findall(r'<p class="big"><a href="([^"]*)"', page)[:1]
                    times["list_ms"].append(_request(browser, url.replace("&amp;", "&"))[0])
                    kilobytes = _sent(browser, page) / 1_000
                progress(f"round {turn + 1} of {rounds}")
            painted = _first_paints(found, rounds, progress)
    figures = {name: median(values) for name, values in times.items()} | {"first_view_kb": kilobytes}
    return Result(figures=figures | ({"first_paint_ms": median(painted)} if painted else {}), ratios={})


def _first_paints(found: Settings, rounds: int, progress: Progress) -> list[float]:
    """Milliseconds until the overview is first painted, `_PAINTS` times a round; empty without a Chromium."""
    path = chromium_path()
    if path is None:
        progress(f"no first_paint_ms: {MISSING}")
        return []
    times = []
    with _served(found) as url, chromium(path) as browser:
        for _ in range(rounds * _PAINTS + 1):
            with browser.new_context(viewport={"width": 1280, "height": 900}) as window:
                page = window.new_page()
                page.goto(f"{url}{_OVERVIEW}")
                times.append(float(page.evaluate(_FIRST_PAINT)))
    progress(f"{len(times) - 1} first paints")
    return times[1:]  # the first one also starts the browser's processes


@contextmanager
def _served(found: Settings) -> Iterator[str]:
    """The application over HTTP, as `indexer serve` runs it; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(found)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _request(browser: TestClient, url: str) -> tuple[float, str]:
    milliseconds, response = timed(lambda: browser.get(url))
    if response.status_code != 200:
        raise OperatorError(f"{url} is answered {response.status_code}", "mend the dashboard first")
    return milliseconds, response.text


def _sent(browser: TestClient, page: str) -> int:
    """The bytes of all bodies of the first view, compressed as a browser asks for them."""
    loaded = re.findall(r'<link[^>]* href="([^"]*)"|<script[^>]* src="([^"]*)"', page)
    urls = [_OVERVIEW, *(link or script for link, script in loaded)]
    return sum(_length(browser, url) for url in urls)


def _length(browser: TestClient, url: str) -> int:
    with browser.stream("GET", url, headers={"Accept-Encoding": "gzip"}) as response:
        return sum(len(piece) for piece in response.iter_raw())
