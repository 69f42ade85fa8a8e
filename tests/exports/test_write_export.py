"""The rows of an export are the threads that plain Python selects; the file is the same however it is packed."""

import gzip
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from indexer.exports.document_pages import Page, count_threads, read_threads
from tests.exports.threads import TYPES, Exporting, asked
from tests.reports.indexed import Document

pytestmark = pytest.mark.services


def chosen(documents: list[Document], first: str, last: str, zone: str) -> list[Document]:
    """The threads whose local date lies in the frame, oldest first."""
    found = [
        document
        for document in documents
        if date.fromisoformat(first)
        <= datetime.fromtimestamp(document["legacy"]["thread_created_at"], ZoneInfo(zone)).date()
        <= date.fromisoformat(last)
    ]
    return sorted(found, key=lambda one: (one["legacy"]["thread_created_at"], one["conversation_id"]))


@pytest.mark.parametrize("zone", ["UTC", "Europe/Dublin", "Pacific/Apia", "America/Sao_Paulo", "America/St_Johns"])
@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2011-12-28", "2012-01-01"),
        ("2018-11-03", "2018-11-04"),
        ("2010-11-06", "2010-11-07"),
        ("2024-02-01", "2024-02-29"),
        ("2024-03-31", "2024-03-31"),
        ("2023-12-31", "2024-01-01"),
        ("2000-01-01", "2030-12-31"),
    ],
)
def test_the_rows_are_the_threads_of_the_frame(exporting: Exporting, first: str, last: str, zone: str) -> None:
    expected = chosen(exporting.documents, first, last, zone)
    rows = exporting.rows(first=first, last=last, time_zone=zone)
    assert expected
    assert [row["conversation_id"] for row in rows] == [one["conversation_id"] for one in expected]
    assert count_threads(exporting.client, exporting.alias, asked(first, last, time_zone=zone).frame) == len(rows)


def test_the_frame_is_about_the_thread_and_all_message_types(exporting: Exporting) -> None:
    rows = exporting.rows(first="2018-11-01", last="2018-11-04", times="epoch")
    start, end = asked("2018-11-01", "2018-11-04").frame.instants
    assert {row["message_type"] for row in rows} == {one or "" for one in TYPES}
    assert any(int(row["conversation_created_at"]) >= end for row in rows)
    assert all(start <= int(row["thread_created_at"]) < end for row in rows)


def test_a_row_says_what_the_document_and_the_store_say(exporting: Exporting) -> None:
    by_id = {document["conversation_id"]: document for document in exporting.documents}
    rows = exporting.rows(pipelines=["rest"])
    for row in rows:
        document = by_id[row["conversation_id"]]
        assert row["message_id"] == f"m{row['conversation_id']}"
        assert row["channel"] == document.get("channel", "")
        assert row["team"] == ("Billing" if row["team_id"] == "7" else "")
        assert row["teammate"] == ("'-Bea" if row["teammate_id"] == "b" else "")
        assert orjson.loads(row["tags"]) == document["tags"]
        assert row["rest_count_reopens"] == str(document["statistics"]["count_reopens"])
        assert row["title"] == (document["title"] or "").replace("=H", "'=H")


def test_from_any_place_on_come_the_rows_that_are_left(exporting: Exporting) -> None:
    request = asked("2000-01-01", "2030-12-31")

    def ids(after: list[Any] | None, size: int) -> list[tuple[str, list[Any]]]:
        pages = read_threads(
            exporting.client, exporting.store.connect, exporting.alias, request.frame, request.columns,
            after=after, size=size,
        )  # fmt: skip
        return [(one["conversation_id"], page.place) for page in pages for one in page.documents]

    everything = ids(None, 1)
    assert len(everything) == len(exporting.documents)
    for number in (0, 1, 100, len(everything) - 1):
        rest = ids(everything[number][1], 50)
        assert [one for one, _ in rest] == [one for one, _ in everything[number + 1 :]]


def test_a_conversation_indexed_again_meanwhile_does_not_come_twice(exporting: Exporting) -> None:
    request = asked("2000-01-01", "2030-12-31")

    def pages(after: list[Any] | None = None) -> Iterator[Page]:
        return read_threads(
            exporting.client, exporting.store.connect, exporting.alias, request.frame, request.columns,
            after=after, size=50,
        )  # fmt: skip

    everything = list(pages())
    for page in (everything[0], everything[-1]):
        last = page.documents[-1]["conversation_id"]
        index_again(exporting, last)
        rest = everything[everything.index(page) + 1 :]
        assert ids_of(pages(page.place)) == ids_of(rest)


def index_again(exporting: Exporting, conversation_id: str) -> None:
    """The document as it is, at a later place of its shard."""
    found = exporting.client.search(
        index=exporting.alias, query={"term": {"conversation_id": conversation_id}}, size=1
    )["hits"]["hits"]
    for hit in found:
        exporting.client.index(
            index=hit["_index"], id=hit["_id"], routing=hit["_routing"], document=hit["_source"], refresh=True
        )
    assert found


def ids_of(pages: Iterable[Page]) -> list[str]:
    return [document["conversation_id"] for page in pages for document in page.documents]


def test_the_file_is_the_same_however_it_is_packed(exporting: Exporting) -> None:
    plain = exporting.file(asked(pipelines=["new", "rest", "legacy"]))
    assert gzip.decompress(exporting.file(asked(pipelines=["new", "rest", "legacy"], packing="gzip"))) == plain
    archive = zipfile.ZipFile(io.BytesIO(exporting.file(asked(pipelines=["new", "rest", "legacy"], packing="zip"))))
    assert archive.testzip() is None
    assert [archive.read(name) for name in archive.namelist()] == [plain]


def test_no_views_of_the_index_are_left_open(exporting: Exporting) -> None:
    def open_points_in_time() -> int:
        stats = exporting.client.indices.stats(index=exporting.alias, metric="search")
        return int(stats["_all"]["total"]["search"]["open_contexts"])

    before = open_points_in_time()
    request = asked("2000-01-01", "2030-12-31")
    pages = read_threads(
        exporting.client, exporting.store.connect, exporting.alias, request.frame, request.columns, size=10
    )
    next(pages)
    assert open_points_in_time() > before
    pages.close()  # type: ignore[attr-defined]
    assert open_points_in_time() == before
