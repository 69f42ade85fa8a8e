"""Exports of messages from the store: which rows, in one go and by workers that are killed; states and limits."""

import errno
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from pydantic import SecretStr
from sqlalchemy import Connection, Engine

from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.errors import OperatorError, TooMany
from indexer.exports import export_writer, message_pages
from indexer.exports.export_files import copy_file
from indexer.exports.export_writer import ExportWriter
from indexer.exports.message_files import archive_pages
from indexer.exports.message_pages import count_export, read_message_pages
from indexer.exports.message_request import MessageExportRequest
from indexer.exports.orders import order_export
from indexer.exports.write_messages import export_messages
from indexer.reports import InvalidQuestion
from indexer.settings import Settings
from indexer.store.database import open_store, upgrade
from indexer.store.entities.records import delete_records
from indexer.store.jobs.exports import Export, cancel_export, get_export, list_exports
from indexer.store.jobs.withdraw_exports import take_back_messages
from tests.embedded.harness import Run
from tests.exports.made_messages import DAY, MARCH, Made, asked, files, made, packed, table
from tests.fresh import fresh_database
from tests.smtp import Mailbox, serving

pytestmark = pytest.mark.services

MADE = made()
WHOLE: dict[str, Any] = {"first": "2024-03-01", "last": "2024-03-12"}


@pytest.fixture(scope="module")
def store(services: Run) -> Iterator[Engine]:
    """A store with the messages in two workspaces; one of them has events that wait."""
    with fresh_database(services) as url:
        engine = open_store(url)
        upgrade(engine)
        orphans = [event for event in made(8).events[:5] if event.kind != "open"]
        with engine.begin() as connection:
            MADE.save(connection, "w")
            made(9, 5).save(connection, "other")
            Made([], [replaced(event) for event in orphans], []).save(connection, "other")
        yield engine
        engine.dispose()


def replaced(event: Any) -> Any:
    return type(event)(f"lost-{event.receipt_id}", event.kind, event.at, event.details)


@pytest.fixture
def writer(store: Engine, tmp_path: Path) -> Iterator[ExportWriter]:
    """Seven rows a page, without Elasticsearch, which exports of messages do not need."""
    with store.begin() as connection:
        connection.exec_driver_sql("DELETE FROM exports")
    with Elasticsearch("http://127.0.0.1:1", max_retries=0) as away:
        yield ExportWriter(store, away, "no-index", Settings(exports_dir=tmp_path), page=7, lease_seconds=60)


def written(store: Engine, request: MessageExportRequest) -> bytes:
    file = io.BytesIO()
    export_messages(store.connect, request, file)
    return file.getvalue()


def order(writer: ExportWriter, mail_to: str | None = None, **parameters: Any) -> Export:
    with writer.store.begin() as connection:
        return order_export(connection, asked(**{**WHOLE, **parameters}), mail_to, writer.settings)[0]


def now(writer: ExportWriter, export: Export) -> Export:
    with writer.store.connect() as connection:
        found = get_export(connection, export.export_id)
    assert found is not None
    return found


def fetched(writer: ExportWriter, export: Export) -> bytes:
    target = io.BytesIO()
    copy_file(writer.directory, now(writer, export), target)
    return target.getvalue()


def run(writer: ExportWriter, statement: str) -> None:
    with writer.store.begin() as connection:
        connection.exec_driver_sql(statement)


def times(count: int) -> Callable[[], bool]:
    left = iter(range(count))
    return lambda: next(left, None) is not None


def ids(content: bytes) -> list[str]:
    return [row["receipt_id"] for row in table(files(content)["receipt.csv"])]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Apia"])
def test_receipts_are_chosen_by_the_local_day_of_sending_and_their_events_for_all_time(
    store: Engine, zone: str
) -> None:
    request = asked(last="2024-03-04", time_zone=zone, everything=True)
    first, end = request.instants
    assert first is not None
    assert end is not None
    chosen = [row for row in MADE.rows() if first <= row.created_at < end]
    assert chosen
    found = files(written(store, request))
    without_checkpoints = {name: content for name, content in found.items() if name != "checkpoint.csv"}
    assert without_checkpoints == files(packed(request, chosen))
    created = [
        row["created_at"]
        for row in table(
            files(written(store, asked(last="2024-03-04", time_zone=zone, times="epoch")))["checkpoint.csv"]
        )
    ]
    assert sorted(map(int, created)) == sorted(
        one.created_at for one in MADE.checkpoints if first <= one.created_at < end
    )


def test_one_message_and_one_series(store: Engine) -> None:
    by_content = written(store, asked(None, None, message="12"))
    assert ids(by_content) == [row.record_id for row in MADE.rows() if b'"content_id":"12"' in row.payload]
    assert ids(by_content)
    by_ruleset = written(store, asked(None, None, message="2"))
    assert files(by_ruleset) == files(by_content)
    assert "checkpoint.csv" not in files(by_content)
    series = files(written(store, asked(None, None, series="77", times="epoch")))
    of_series = [one for one in MADE.receipts if one.series_id == "77"]
    assert {row["receipt_id"] for row in table(series["receipt.csv"])} == {one.receipt_id for one in of_series}
    rulesets = {one.ruleset_id for one in of_series}
    expected = sum(one.ruleset_id in rulesets for one in MADE.checkpoints)
    assert len(table(series["checkpoint.csv"])) == expected > 0
    for hostile in ('"', "\\", "1%", "'; DROP TABLE records --"):
        assert written(store, asked(None, None, message=hostile)) == b""
    short = files(written(store, asked(last="2024-03-02", series="77")))
    assert 0 < len(table(short["receipt.csv"])) < len(of_series)


def test_checkpoints_of_one_person_in_one_second_are_beside_each_other(store: Engine) -> None:
    lines = files(written(store, asked(**WHOLE)))["checkpoint.csv"].split(b"\r\n")
    again = [number for number, line in enumerate(lines[1:], 1) if line and lines.count(line) > 1]
    assert len(again) >= 6
    assert all(lines[number] in (lines[number - 1], lines[number + 1]) for number in again)


def test_the_overview_says_how_many_events_wait(store: Engine) -> None:
    rows = table(written(store, asked(None, None, message="11", report="overview")))
    assert {row["events_waiting"] for row in rows} == {"0"}
    request = asked(**WHOLE, workspace="other", report="overview")
    waiting = {int(row["events_waiting"]) for row in table(written(store, request))}
    assert waiting == {len([event for event in made(8).events[:5] if event.kind != "open"])}


def test_pages_of_any_size_and_from_any_place_are_one_export(store: Engine) -> None:
    request = asked(**WHOLE)
    whole = list(read_message_pages(store.connect, request, size=1))
    assert sum(page.rows for page in whole) == len(MADE.receipts) + len(MADE.checkpoints)
    for number in (0, 1, 30, len(MADE.receipts) - 1, len(MADE.receipts), len(whole) - 2):
        rest = list(read_message_pages(store.connect, request, after=whole[number].place, size=1))
        assert rest == whole[number + 1 :]
    with store.connect() as connection:
        assert count_export(connection, request) == len(whole)


@pytest.mark.parametrize("parameters", [{}, {"flat": True}, {"report": "overview"}])
def test_left_after_every_page_it_goes_on_where_it_was(
    store: Engine, writer: ExportWriter, parameters: dict[str, Any]
) -> None:
    export = order(writer, **parameters)
    assert now(writer, export).status == "pending"
    turns = 0
    while now(writer, export).state != "complete":
        writer.run(go_on=times(1))
        turns += 1
        assert now(writer, export).status in ("in_progress", "completed")
    assert turns > len(MADE.receipts) // 7
    expected = written(store, asked(**WHOLE, **parameters))
    assert fetched(writer, export) == expected if parameters else files(fetched(writer, export)) == files(expected)
    assert len(list(writer.directory.iterdir())) == 1


@pytest.mark.parametrize("said", [False, True])
def test_a_worker_killed_beside_any_page_costs_nothing_and_doubles_nothing(
    store: Engine, writer: ExportWriter, monkeypatch: pytest.MonkeyPatch, said: bool
) -> None:
    """It dies beside each page in turn, before or after the store has been told, until all are written."""

    class Killed(BaseException):
        pass

    move = export_writer.move_export

    def dies(connection: Connection, *arguments: Any) -> bool:
        if said:
            move(connection, *arguments)
            connection.commit()
        raise Killed

    export = order(writer)
    pages = (len(MADE.receipts) + len(MADE.checkpoints)) // 7
    for _ in range(pages):
        monkeypatch.setattr(export_writer, "move_export", dies)
        with pytest.raises(Killed):
            writer.run()
        monkeypatch.setattr(export_writer, "move_export", move)
        assert list(writer.directory.glob("*.zip")) == []
        run(writer, "UPDATE exports SET lease_until = now()")
        if not said:
            writer.run(go_on=times(1))  # one page further, so that it ends
    assert writer.run() == 1
    assert files(fetched(writer, export)) == files(written(store, asked(**WHOLE)))
    assert now(writer, export).rows == len(MADE.receipts) + len(MADE.checkpoints)


def test_one_that_dies_while_it_packs_is_packed_again(
    store: Engine, writer: ExportWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = order(writer)
    pack = export_writer.pack_messages

    class Killed(BaseException):
        pass

    def dies(*arguments: Any) -> None:
        pack(*arguments)
        raise Killed

    monkeypatch.setattr(export_writer, "pack_messages", dies)
    with pytest.raises(Killed):
        writer.run()
    assert now(writer, export).status == "in_progress"
    monkeypatch.undo()
    run(writer, "UPDATE exports SET lease_until = now()")
    assert writer.run() == 1
    assert files(fetched(writer, export)) == files(written(store, asked(**WHOLE)))


def test_an_export_of_one_workspace_at_a_time(writer: ExportWriter) -> None:
    first = order(writer)
    with pytest.raises(TooMany, match=f"export {first.export_id} of messages of workspace w is not finished"):
        order(writer, report="overview")
    other = order(writer, workspace="other")
    writer.run(go_on=times(1))
    with pytest.raises(TooMany, match=first.export_id):
        order(writer)
    with writer.store.begin() as connection:
        assert cancel_export(connection, first.export_id)
    second = order(writer)
    assert writer.run() == 2
    statuses = {one.export_id: one.status for one in exports(writer)}
    assert statuses == {first.export_id: "canceled", second.export_id: "completed", other.export_id: "completed"}
    assert not list(writer.directory.glob(f"{first.export_id}*"))


def exports(writer: ExportWriter) -> list[Export]:
    with writer.store.connect() as connection:
        return list_exports(connection)


def test_an_empty_range_is_no_data(store: Engine, writer: ExportWriter) -> None:
    assert written(store, asked("2023-01-01", "2023-01-31")) == b""
    with serving(Mailbox()) as mailbox:
        mail = {"smtp_url": SecretStr(f"smtp://127.0.0.1:{mailbox.port}"), "mail_from": "reports@example.org"}
        mailing = replace(writer, settings=writer.settings.model_copy(update=mail))
        export = order(mailing, "ann@example.org", first="2023-01-01", last="2023-01-31")
        assert mailing.run() == 1
        assert now(writer, export).status == "no_data"
        assert list(writer.directory.iterdir()) == []
        full = order(mailing, "ann@example.org")
        assert mailing.run() == 1
        empty, ready = (mail.get_content() for mail in mailbox.mails)
        assert "The export of messages is empty: there is no data for it." in empty
        assert "token=" not in empty
        assert f"/api/v1/exports/{full.export_id}/download?token=" in ready
        assert "Sent: 2024-03-01 to 2024-03-12 (UTC)" in ready
        assert mailbox.mails[1]["Subject"] == "Export of messages, w, 2024-03-01 to 2024-03-12"
    run(writer, "UPDATE exports SET expires_at = now()")
    writer.run()
    assert now(writer, export).status == "no_data"
    assert now(writer, full).status == "expired"
    assert list(writer.directory.iterdir()) == []


def test_a_range_over_the_cap_is_refused_with_the_number(writer: ExportWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message_pages, "MOST_RECEIPTS", 10)
    said = f"the export would have {len(MADE.receipts)} receipts, and the most is 10"
    with pytest.raises(InvalidQuestion, match=f"to: {said}"):
        order(writer)
    with writer.store.connect() as connection, pytest.raises(OperatorError, match=said):
        count_export(connection, asked(**WHOLE))
    series = order(writer, first=None, last=None, series="77")
    assert writer.run() == 0
    assert now(writer, series).status == "failed"
    assert "the most is 10" in (now(writer, series).error or "")


def test_exports_that_held_a_deleted_receipt_end_with_it_and_those_being_written_begin_again(
    writer: ExportWriter,
) -> None:
    rows = made(9, 5).rows()
    gone = rows[0]
    day = datetime.fromtimestamp(gone.created_at, UTC).date()
    complete = order(writer, workspace="other", last=str(day), flat=True)
    writer.run()
    assert now(writer, complete).status == "completed"
    other = order(writer, workspace="other", first=str(day + timedelta(days=1)))
    writer.run()
    running = order(writer, workspace="other", last="2024-03-20")
    replace(writer, page=1).run(go_on=times(3))
    assert now(writer, running).rows == 3
    with writer.store.begin() as connection:
        assert take_back_messages(connection, "other", "calls", [gone.record_id]) == []
        assert take_back_messages(connection, "other", MESSAGE_RECEIPTS.name, ["unknown"]) == []
        held = take_back_messages(connection, "other", MESSAGE_RECEIPTS.name, [gone.record_id])
        delete_records(connection, MESSAGE_RECEIPTS, "other", [gone.record_id], MARCH + 90 * DAY)
    assert set(held) == {complete.export_id, running.export_id}
    assert now(writer, complete).status == "canceled"
    assert writer.run() == 1
    assert sorted(ids(fetched(writer, running))) == sorted(row.record_id for row in rows[1:])
    assert now(writer, other).status == "completed"
    assert list(writer.directory.glob(f"{complete.export_id}*")) == []


def test_a_full_disk_holds_the_export_up_and_says_so(store: Engine, writer: ExportWriter) -> None:
    export = order(writer)
    full = replace(writer, settings=writer.settings.model_copy(update={"exports_gib": 1e-9}))
    assert full.run() == 0
    held_up = now(writer, export)
    assert held_up.status == "in_progress"
    assert "INDEXER_EXPORTS_GIB allows" in (held_up.error or "")
    run(writer, "UPDATE exports SET lease_until = now()")
    assert writer.run() == 1
    assert files(fetched(writer, export)) == files(written(store, asked(**WHOLE)))


def test_a_store_that_fails_meanwhile_leaves_no_part_of_an_archive(store: Engine) -> None:
    connections = times(1)

    def connect() -> Connection:
        if not connections():
            raise ConnectionError("gone before the checkpoints")
        return store.connect()

    file = io.BytesIO()
    told: list[int] = []
    with pytest.raises(ConnectionError, match="gone before the checkpoints"):
        export_messages(connect, asked(**WHOLE), file, tell=told.append)
    assert told == [len(MADE.receipts)]
    assert file.getvalue() == b""


class Full(io.BytesIO):
    """A disk on which only the beginning of an archive has room."""

    def write(self, content: Any) -> int:
        if self.tell() + len(content) > 100:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(content)


def test_a_disk_that_is_full_when_receipts_are_packed_ends_the_export(store: Engine) -> None:
    pages = [page.content for page in read_message_pages(store.connect, asked(**WHOLE), size=7)]
    made = iter(pages * 1_000)
    with pytest.raises(OSError, match="No space left on device"):
        archive_pages(made, asked(**WHOLE), Full(), io.BytesIO())
    assert next(made, None) is not None


def test_the_range_needs_no_dates_if_something_else_is_chosen(store: Engine) -> None:
    rows = table(written(store, asked("2024-03-03", None, message="13", flat=True, times="epoch")))
    expected = [one for one in MADE.receipts if one.content_id == "13" and one.received_at >= MARCH + 2 * DAY]
    assert len(rows) == len(expected) > 0
