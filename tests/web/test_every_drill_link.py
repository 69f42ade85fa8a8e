"""Every link from a number to its list, taken from the pages as they are shown: the list has what the number counts."""

import csv
import html
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from indexer.answers.catalogue import load_reports
from indexer.answers.page_catalogue import load_pages
from indexer.connections import Connections
from indexer.datasets.registry import datasets
from indexer.indexing.drain import Drain
from indexer.intake.load_sample import load_sample
from indexer.reports import Definition
from indexer.reports.numbers.at_end import AtEnd
from indexer.reports.numbers.net_outflow import NetOutflow
from indexer.sample import DEFAULT_END
from indexer.search import ensure_dataset
from indexer.settings import Settings
from indexer.web.pages.view import groups_overlap
from tests.embedded.harness import Run
from tests.fresh import fresh_database, fresh_prefix
from tests.web.read_html import Link, Read
from tests.web.server import served

pytestmark = pytest.mark.services

REPORTS = load_reports()
PAGES = load_pages(REPORTS)
ASKED = {"workspace": "w", "from": "2026-10-01", "to": "2026-10-31", "interval": "week", "as_of": str(DEFAULT_END)}
GROUPED = {
    "conversations": {"group_by": "tag"},
    "responsiveness": {"group_by": "teammate"},
    "overview": {"group_by": "team"},
}
"""Pages that are also shown with groups: of which a conversation can have several, and more than there are colours."""

MOST_OF_A_KIND = 6
"""The most links of one kind in a tile that are followed, from all over it."""

FIGURE = re.compile(r"\d (?:s|m|h|d|%)(?![a-z])")
"""A duration or a percentage in the text of a link."""

PLACES = ("big", "bar", "legend", "tfoot", "tbody")
SHOWN = {name: (name, dict[str, str]()) for name in PAGES} | {
    f"{name} grouped": (name, by) for name, by in GROUPED.items()
}
SHAPES = ("of-figure", "of-time", "of-groups", "of-grid", "of-triangle", "of-board")


@pytest.fixture(scope="module")
def client(services: Run, elasticsearch_url: str) -> Iterator[httpx.Client]:
    """Over a sample of all datasets."""
    with fresh_database(services) as database_url, fresh_prefix(elasticsearch_url) as prefix:
        settings = {"ELASTICSEARCH_URL": elasticsearch_url, "DATABASE_URL": database_url, "index_prefix": prefix}
        with closing(Connections(Settings.model_validate(settings))) as here:
            load_sample(here.store, "w", 80, seed=1, days=31, on_done=lambda _: None)
            for dataset in datasets():
                ensure_dataset(here.search, prefix, dataset.name)
                Drain.from_connections(here, dataset).run()
            here.search.indices.refresh(index=f"{prefix}-*")
            with served(elasticsearch_url, prefix, DATABASE_URL=database_url) as client:
                yield client


def kind_of(link: Link) -> tuple[str, str]:
    """The shape of the tile that a link is in, and its place there."""
    shape = next(one for one in SHAPES if one in link.around)
    return shape, next(one for one in PLACES if one in link.around)


FOUND: Counter[tuple[str, str]] = Counter()
READ: list[str] = []


@pytest.mark.parametrize(("name", "choices"), SHOWN.values(), ids=SHOWN)
def test_every_link_of_a_page_leads_to_as_many_as_were_counted(
    client: httpx.Client, name: str, choices: dict[str, str]
) -> None:
    asked = ASKED | choices | ({"id": subject(client, name)} if PAGES[name].subject else {})
    page = client.get(f"/pages/{name}", params=asked, follow_redirects=True)
    assert page.status_code == 200
    answers = client.get(f"/pages/{name}.json", params=asked).json()["answers"]
    of_kind: dict[tuple[str, tuple[str, str]], dict[str, Link]] = defaultdict(dict)
    for link in Read(page.text).links:
        if link.url.startswith("/lists/"):
            of_kind[link.tile.removesuffix("-behind"), kind_of(link)][link.url] = link
    assert of_kind
    for (tile, kind), links in of_kind.items():
        chosen = [*links.values()][:: len(links) // MOST_OF_A_KIND + 1]
        FOUND[kind] += len(chosen)
        for link in chosen:
            follow(client, link, int(tile.removeprefix("tile-")) + 1, answers)
    READ.append(name)


def test_links_of_every_kind_were_followed() -> None:
    """Runs after the pages above, in the same process."""
    if len(READ) < len(SHOWN):
        pytest.skip("not all pages were read by this process")
    assert {place for _, place in FOUND} == {*PLACES}
    assert {shape for shape, _ in FOUND} == {*SHAPES}


def subject(client: httpx.Client, name: str) -> str:
    """The id in the first row of the board that leads to such pages."""
    page = client.get(f"/pages/{PAGES[name].subject}s", params=ASKED).text
    [id_, *_] = re.findall(rf'href="/pages/{name}\?[^"]*[?&;]id=(\d+)', page)
    return str(id_)


def follow(client: httpx.Client, link: Link, tile: int, answers: Sequence[Mapping[str, Any]]) -> None:
    """Open the list, and compare what it has with the number clicked and with the answer of its tile."""
    url = urlsplit(link.url)
    report = REPORTS[url.path.removeprefix("/lists/")]
    [answer] = [one["answer"] for one in answers if one["tile"] == tile and one["answer"]["report"] == report.name]
    cell = {key: value for key, value in parse_qsl(url.query) if key in {"period", "group", "no_group", "not_group"}}
    assert f"as_of={DEFAULT_END}" in url.query
    listed = client.get(link.url)
    assert listed.status_code == 200, link
    total = int(re.findall(r"<strong>([\d,]+)</strong>", listed.text)[0].replace(",", ""))
    said = [html.unescape(text) for text in re.findall(r"<b(?: [^>]*)?>([^<]+)</b>", listed.text)]
    is_one = cell.keys() & {"group", "no_group"} or not answer["group_by"]  # a period of all groups names each of them
    if is_one and report.unit in {"seconds", "percent"} and FIGURE.search(link.text):
        assert all(text in html.unescape(link.text) for text in said), (link, said)
    assert bool(said) == has_number(report, cell) or not total, link
    low, high = counted(report, answer, cell)
    assert low <= total <= high, (link, low, high)
    number = clicked(link)
    if number is None or report.unit not in {report.documents, answer["unit"]} or report.unit in {"seconds", "percent"}:
        return
    if report.unit == report.documents and not report.counts_actions and not isinstance(report.value, NetOutflow):
        assert total == number, link
    elif report.value.adds_up(report) or isinstance(report.value, NetOutflow):
        rows = csv.DictReader(io.StringIO(client.get(f"{url.path}.csv?{url.query}").text))
        assert sum(float(row["value"]) for row in rows) == number, link


def has_number(report: Definition, cell: Mapping[str, str]) -> bool:
    """Whether the list says the number of its cell beside that of its documents."""
    is_own = report.value.tells_documents_apart(report) and not report.value.has_own_groups
    return is_own and "not_group" not in cell


def clicked(link: Link) -> int | None:
    """The whole number that a link shows; None if it shows another one, or only a name."""
    text = html.unescape(link.text)
    found = re.fullmatch(r"(?:.*?: )?(-?[\d,]+)(?:; before: .*)?", text)
    return None if found is None or "legend" in link.around else int(found[1].replace(",", ""))


def counted(report: Definition, answer: Mapping[str, Any], cell: Mapping[str, str]) -> tuple[int, int]:
    """The least and the most documents that can be behind a cell of the answer; most often they are equal."""
    if not cell:
        count = int(answer["total"]["count"])
        return (1, count) if report.counts_actions else (count, count)
    rows = [row for row in answer["rows"] if row["count"]]
    if "period" in cell:
        rows = [row for row in rows if row["period"] == cell["period"]]
    elif isinstance(report.value, AtEnd):
        rows = [row for row in rows if row["period"] == max(one["period"] for one in answer["rows"])]
    if "group" in cell or "no_group" in cell:
        rows = [row for row in rows if row["group"] == cell.get("group")]
    counts = [row["count"] for row in rows]
    assert counts, cell
    if report.counts_actions:
        return 1, sum(counts)
    if "not_group" in cell:
        return 1, sum(counts)
    if isinstance(report.value, NetOutflow) and "period" not in cell:
        return 1, sum(counts)  # what came in one week and went in another adds nothing to the whole range
    groups_apart = "group" in cell or "no_group" in cell or not several(report, answer)
    periods_apart = "period" in cell or not (report.value.at_ends or report.value.has_parts)
    return (sum(counts) if groups_apart and periods_apart else max(counts)), sum(counts)


def several(report: Definition, answer: Mapping[str, Any]) -> bool:
    """Whether a document can be in several groups of an answer."""
    if report.value.has_parts:
        return True
    dimension = report.dimension(answer["group_by"])
    return dimension is not None and (dimension.several or dimension.of_people or groups_overlap(report, dimension))
