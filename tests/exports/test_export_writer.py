"""Exports written by workers: interrupted anywhere they end up as the same file, and one mail is sent."""

import io
import os
import re
import resource
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from gzip import decompress
from pathlib import Path
from typing import IO, Any

import pytest
from elasticsearch import Elasticsearch
from pydantic import SecretStr
from sqlalchemy import Connection

from indexer.errors import OperatorError, ServiceUnavailable, TooMany
from indexer.exports import export_pages, export_writer
from indexer.exports.document_pages import Page
from indexer.exports.export_files import copy_file
from indexer.exports.export_writer import ExportWriter
from indexer.exports.orders import opens, order_export
from indexer.exports.request import ExportRequest, Packing
from indexer.reports import InvalidQuestion
from indexer.settings import Settings
from indexer.store.jobs.export_leases import hold_up_export, lease_export
from indexer.store.jobs.exports import Export, anything_to_do, cancel_export, get_export
from tests.exports.threads import Exporting, asked
from tests.smtp import Mailbox, serving

pytestmark = pytest.mark.services

FRAME = ("2000-01-01", "2030-12-31")


@pytest.fixture
def writer(exporting: Exporting, tmp_path: Path) -> ExportWriter:
    """Ten rows a page; the store has no other exports."""
    with exporting.store.begin() as connection:
        connection.exec_driver_sql("DELETE FROM exports")
    return ExportWriter(
        exporting.store, exporting.client, exporting.alias, Settings(exports_dir=tmp_path), page=10, lease_seconds=60
    )


def order(writer: ExportWriter, mail_to: str | None = None, **parameters: Any) -> tuple[Export, str]:
    with writer.store.begin() as connection:
        return order_export(connection, asked(*FRAME, **parameters), mail_to, writer.settings)


def now(writer: ExportWriter, export: Export) -> Export:
    with writer.store.connect() as connection:
        found = get_export(connection, export.export_id)
    assert found is not None
    return found


def written(writer: ExportWriter, export: Export) -> bytes:
    target = io.BytesIO()
    copy_file(writer.directory, now(writer, export), target)
    return target.getvalue()


def unpacked(file: bytes, packing: Packing) -> bytes:
    match packing:
        case Packing.NONE:
            return file
        case Packing.GZIP:
            return decompress(file)
        case Packing.ZIP:
            with zipfile.ZipFile(io.BytesIO(file)) as archive:
                (name,) = archive.namelist()
                return archive.read(name)


def run(writer: ExportWriter, statement: str) -> None:
    with writer.store.begin() as connection:
        connection.exec_driver_sql(statement)


def times(count: int) -> Callable[[], bool]:
    """Go on for so many questions."""
    left = iter(range(count))
    return lambda: next(left, None) is not None


def test_a_worker_writes_what_a_command_writes(exporting: Exporting, writer: ExportWriter) -> None:
    expected = exporting.file(asked(*FRAME, pipelines=["new"]))
    plain, _ = order(writer, pipelines=["new"])
    gzipped, _ = order(writer, pipelines=["new"], packing=Packing.GZIP)
    zipped, _ = order(writer, pipelines=["new"], packing=Packing.ZIP)
    assert writer.run() == 3
    assert written(writer, plain) == expected
    assert unpacked(written(writer, gzipped), Packing.GZIP) == expected
    assert unpacked(written(writer, zipped), Packing.ZIP) == expected
    done = now(writer, plain)
    assert (done.state, done.rows, done.total) == ("complete", len(exporting.documents), len(exporting.documents))
    assert sorted(path.suffix for path in writer.directory.iterdir()) == [".csv", ".gz", ".zip"]


def test_left_after_every_page_it_goes_on_where_it_was(exporting: Exporting, writer: ExportWriter) -> None:
    export, _ = order(writer)
    turns = 0
    while now(writer, export).state != "complete":
        writer.run(go_on=times(1))
        turns += 1
    assert turns > len(exporting.documents) // 10
    assert written(writer, export) == exporting.file(asked(*FRAME))


@pytest.mark.parametrize("after", [1, 2, 7])
@pytest.mark.parametrize("said", [False, True])
def test_a_worker_that_dies_beside_a_page_costs_nothing_and_doubles_nothing(
    exporting: Exporting, writer: ExportWriter, monkeypatch: pytest.MonkeyPatch, after: int, said: bool
) -> None:
    """It dies when a page is on the disk, before or after the store has been told."""
    export, _ = order(writer)

    class Killed(BaseException):
        pass

    pages = 0
    move = export_writer.move_export

    def dies(connection: Connection, *arguments: Any) -> bool:
        nonlocal pages
        pages += 1
        if pages < after:
            return move(connection, *arguments)
        if said:
            move(connection, *arguments)
            connection.commit()
        raise Killed

    monkeypatch.setattr(export_writer, "move_export", dies)
    with pytest.raises(Killed):
        writer.run()
    monkeypatch.undo()
    assert writer.run() == 0  # its lease still holds
    run(writer, "UPDATE exports SET lease_until = now()")
    assert writer.run() == 1
    assert written(writer, export) == exporting.file(asked(*FRAME))


def test_on_a_host_without_the_file_it_begins_again(exporting: Exporting, writer: ExportWriter) -> None:
    export, _ = order(writer)
    writer.run(go_on=times(3))
    for path in writer.directory.iterdir():
        os.truncate(path, 5)
    assert writer.run() == 1
    assert written(writer, export) == exporting.file(asked(*FRAME))


def test_whoever_lost_the_lease_writes_no_further_and_completes_nothing(writer: ExportWriter) -> None:
    export, _ = order(writer)

    def goes_on() -> bool:
        run(writer, "UPDATE exports SET lease_id = gen_random_uuid()")
        return True

    assert writer.run(go_on=goes_on) == 0
    assert now(writer, export).state == "running"
    assert list(writer.directory.glob("*.csv")) == []


def test_a_cancelled_export_stops_and_its_file_goes(writer: ExportWriter) -> None:
    export, _ = order(writer)
    writer.run(go_on=times(2))
    assert list(writer.directory.iterdir())
    with writer.store.begin() as connection:
        assert cancel_export(connection, export.export_id)
        assert not cancel_export(connection, export.export_id)
    assert writer.run() == 0
    assert list(writer.directory.iterdir()) == []
    with writer.store.connect() as connection:
        assert not anything_to_do(connection)


def test_when_its_time_is_over_the_file_is_removed(writer: ExportWriter) -> None:
    export, _ = order(writer)
    writer.run()
    assert len(list(writer.directory.iterdir())) == 1
    run(writer, "UPDATE exports SET expires_at = now()")
    with writer.store.connect() as connection:
        assert anything_to_do(connection)
    writer.run()
    assert now(writer, export).state == "expired"
    assert list(writer.directory.iterdir()) == []


def test_an_export_whose_index_is_away_waits_and_is_written_later(exporting: Exporting, writer: ExportWriter) -> None:
    export, _ = order(writer)
    assert replace(writer, alias="nothing-conversations").run() == 0
    assert now(writer, export).state == "running"
    assert "there is no index yet" in (now(writer, export).error or "")
    assert writer.run() == 0  # not at once
    run(writer, "UPDATE exports SET lease_until = now()")
    assert writer.run() == 1
    assert written(writer, export) == exporting.file(asked(*FRAME))


def test_a_file_that_cannot_be_written_is_said_and_tried_again_for_a_day(writer: ExportWriter, tmp_path: Path) -> None:
    export, _ = order(writer)
    (tmp_path / "file").touch()
    nowhere = replace(writer, settings=Settings(exports_dir=tmp_path / "file" / "exports"))
    assert nowhere.run() == 0
    held_up = now(writer, export)
    assert (held_up.state, held_up.lease_id) == ("running", None)
    assert "cannot be written" in (held_up.error or "")
    assert nowhere.run() == 0  # not at once
    run(writer, "UPDATE exports SET lease_until = now(), held_up_since = now() - interval '25 hours'")
    assert nowhere.run() == 0
    failed = now(writer, export)
    assert failed.state == "failed"
    assert "cannot be written" in (failed.error or "")


def test_orders_that_can_never_be_written_fail_and_keep_no_other_from_being_written(
    exporting: Exporting, writer: ExportWriter
) -> None:
    hopeless = [order(writer)[0] for _ in range(8)]
    # As earlier releases took them: Elasticsearch has no room for such a name in the line of a request.
    run(writer, "UPDATE exports SET request = request || jsonb_build_object('workspace', repeat('w', 5000))")
    good, _ = order(writer)
    assert writer.run() == 1
    assert written(writer, good) == exporting.file(asked(*FRAME))
    for export in hopeless:
        failed = now(writer, export)
        assert failed.state == "failed"
        assert "this release cannot write this export: workspace" in (failed.error or "")
    assert writer.run() == 0
    with writer.store.connect() as connection:
        assert not anything_to_do(connection)


def test_a_search_that_elasticsearch_refuses_fails_the_export(writer: ExportWriter) -> None:
    export, _ = order(writer)
    assert replace(writer, alias="_no-name-for-an-index").run() == 0
    failed = now(writer, export)
    assert failed.state == "failed"
    assert "Elasticsearch refuses the search" in (failed.error or "")


def test_a_defect_holds_up_its_export_alone(
    exporting: Exporting, writer: ExportWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = export_pages.page_writer

    def broken(request: ExportRequest) -> Callable[[Page], bytes]:
        if request.times == "epoch":
            raise ValueError("the value of a document")
        return honest(request)

    monkeypatch.setattr(export_pages, "page_writer", broken)
    bad, _ = order(writer, times="epoch")
    good, _ = order(writer)
    assert writer.run() == 1
    assert written(writer, good) == exporting.file(asked(*FRAME))
    held_up = now(writer, bad)
    assert held_up.state == "running"
    assert re.fullmatch(
        r"a defect of the program, ValueError at test_export_writer.py:\d+; the worker's log has more",
        held_up.error or "",
    )


def test_an_outage_is_noted_and_left_to_the_next_task(exporting: Exporting, writer: ExportWriter) -> None:
    export, _ = order(writer)
    other, _ = order(writer)
    with Elasticsearch("http://127.0.0.1:1", max_retries=0) as away, pytest.raises(ServiceUnavailable):
        replace(writer, search=away).run()
    assert "cannot be reached" in (now(writer, export).error or "")
    assert now(writer, other).state == "queued"


def test_the_export_that_has_been_due_for_longest_comes_first(writer: ExportWriter) -> None:
    first, _ = order(writer)
    run(writer, "UPDATE exports SET created_at = now() - interval '1 hour', lease_until = now() - interval '1 second'")
    second, _ = order(writer)
    run(writer, "UPDATE exports SET created_at = now() - interval '1 minute' WHERE lease_until IS NULL")
    with writer.store.begin() as connection:
        found = [lease_export(connection, 60), lease_export(connection, 60)]
    assert [leased and leased.export.export_id for leased in found] == [second.export_id, first.export_id]


@pytest.mark.parametrize(
    ("held_up", "least", "most"), [("1 second", 9, 10), ("10 minutes", 280, 310), ("9 hours", 890, 900)]
)
def test_an_export_that_is_held_up_is_tried_ever_more_rarely(
    writer: ExportWriter, held_up: str, least: int, most: int
) -> None:
    order(writer)
    with writer.store.begin() as connection:
        connection.exec_driver_sql("UPDATE exports SET held_up_since = now() - %(time)s::interval", {"time": held_up})
        leased = lease_export(connection, 60)
        assert leased is not None
        assert hold_up_export(connection, leased, "away", 10)
        delay = connection.exec_driver_sql("SELECT extract(epoch FROM lease_until - now()) FROM exports").scalar_one()
    assert least <= delay <= most


def test_rows_that_are_written_end_the_time_in_which_it_was_held_up(writer: ExportWriter) -> None:
    export, _ = order(writer)
    run(writer, "UPDATE exports SET held_up_since = now() - interval '2 days'")
    writer.run(go_on=times(1))
    assert now(writer, export).rows == 10
    assert replace(writer, alias="nothing-conversations").run() == 0
    assert now(writer, export).state == "running"


def test_a_page_may_take_longer_than_the_lease(
    exporting: Exporting, writer: ExportWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = export_pages.page_writer
    export, _ = order(writer)
    impatient = replace(writer, lease_seconds=0.5)
    others: list[object] = []
    is_slow = times(2)

    def until() -> datetime:
        with writer.store.connect() as connection:
            found: datetime = connection.exec_driver_sql("SELECT lease_until FROM exports").scalar_one()
        return found

    def slow(request: ExportRequest) -> Callable[[Page], bytes]:
        lines = honest(request)

        def write(page: Page) -> bytes:
            begun, slowly = until(), is_slow()
            while slowly and until() - begun < timedelta(seconds=1):
                with writer.store.begin() as connection:
                    others.append(lease_export(connection, 60))
            return lines(page)

        return write

    monkeypatch.setattr(export_pages, "page_writer", slow)
    assert impatient.run() == 1
    assert set(others) == {None}
    assert written(writer, export) == exporting.file(asked(*FRAME))


def test_a_complete_export_keeps_its_file_if_what_is_left_beside_it_cannot_be_removed(
    exporting: Exporting, writer: ExportWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, *, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    export, _ = order(writer, packing=Packing.GZIP)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refused)
        assert writer.run() == 1
    assert (now(writer, export).state, now(writer, export).error) == ("complete", None)
    assert unpacked(written(writer, export), Packing.GZIP) == exporting.file(asked(*FRAME))


def test_so_many_exports_wait_and_no_more(writer: ExportWriter) -> None:
    few = replace(writer, settings=writer.settings.model_copy(update={"exports_waiting": 2}))
    order(few)
    order(few)
    with pytest.raises(TooMany, match="2 exports wait to be written, which is the limit"):
        order(few)
    assert writer.run() == 2
    order(few)


def test_the_files_of_exports_take_so_much_room_and_no_more(exporting: Exporting, writer: ExportWriter) -> None:
    finished, _ = order(writer)
    writer.run()
    export, _ = order(writer)
    narrow = replace(writer, settings=writer.settings.model_copy(update={"exports_gib": 1e-9}))
    assert narrow.run() == 0
    assert "INDEXER_EXPORTS_GIB allows 1e-09" in (now(writer, export).error or "")
    with writer.store.begin() as connection:
        assert cancel_export(connection, finished.export_id)  # which makes room
    run(writer, "UPDATE exports SET lease_until = now() WHERE lease_until IS NOT NULL")
    assert writer.run() == 1
    assert [path.name.partition(".")[0] for path in writer.directory.iterdir()] == [export.export_id]
    assert written(writer, export) == exporting.file(asked(*FRAME))


@pytest.mark.parametrize("packing", Packing)
def test_a_disk_that_is_full_costs_time_only(exporting: Exporting, writer: ExportWriter, packing: Packing) -> None:
    """The system refuses every file that grows beyond a few pages, as a disk does that has no room left."""
    export, _ = order(writer, packing=packing)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(exporting.file(asked(*FRAME))) // 2, hard))
    try:
        assert writer.run() == 0
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    held_up = now(writer, export)
    assert held_up.state == "running"
    assert held_up.rows > 0
    assert "File too large" in (held_up.error or "")
    run(writer, "UPDATE exports SET lease_until = now()")
    assert writer.run() == 1
    assert now(writer, export).error is None
    assert unpacked(written(writer, export), packing) == exporting.file(asked(*FRAME))


@pytest.mark.parametrize("turns", [1, 1_000])
@pytest.mark.parametrize("packing", Packing)
def test_a_page_that_comes_late_goes_into_no_file_that_anybody_reads(
    exporting: Exporting, writer: ExportWriter, monkeypatch: pytest.MonkeyPatch, packing: Packing, turns: int
) -> None:
    """A worker is suspended beyond its lease; another takes over, a page or all, and then the first continues."""
    export, _ = order(writer, packing=packing)
    is_late = False
    honest = export_pages.page_writer

    def of_the_late(request: ExportRequest) -> Callable[[Page], bytes]:
        monkeypatch.setattr(export_pages, "page_writer", honest)
        lines = honest(request)
        return lambda page: b"late\n" if is_late else lines(page)

    def stands_still() -> bool:
        nonlocal is_late
        if not is_late and now(writer, export).rows >= 20:
            run(writer, "UPDATE exports SET lease_until = now()")
            assert writer.run(go_on=times(turns)) == (turns > 1)
            is_late = True
        return True

    monkeypatch.setattr(export_pages, "page_writer", of_the_late)
    assert writer.run(go_on=stands_still) == (turns == 1)  # having lost the one, it continues with the other
    assert is_late
    assert unpacked(written(writer, export), packing) == exporting.file(asked(*FRAME))
    assert len(list(writer.directory.iterdir())) == 1


def test_a_worker_that_packs_late_spoils_nothing(
    exporting: Exporting, writer: ExportWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    export, _ = order(writer, packing=Packing.ZIP)
    monkeypatch.setattr(export_writer, "_RENEW_SECONDS", 0)
    monkeypatch.setattr(export_writer, "CHUNK", 500)
    honest = export_writer.open_packed

    @contextmanager
    def stands_still(file: IO[bytes], packing: Packing, name: str) -> Iterator[IO[bytes]]:
        monkeypatch.setattr(export_writer, "open_packed", honest)
        with honest(file, packing, name) as inner:
            inner.write(b"late\n")
            run(writer, "UPDATE exports SET lease_until = now()")
            assert writer.run() == 1
            yield inner

    monkeypatch.setattr(export_writer, "open_packed", stands_still)
    assert writer.run() == 0
    assert unpacked(written(writer, export), Packing.ZIP) == exporting.file(asked(*FRAME))
    assert len(list(writer.directory.iterdir())) == 1


def test_only_the_user_of_the_workers_can_read_the_directory_of_exports(writer: ExportWriter, tmp_path: Path) -> None:
    order(writer)
    replace(writer, settings=Settings(exports_dir=tmp_path / "own" / "exports")).run()
    assert (tmp_path / "own" / "exports").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("packing", [*Packing])
def test_only_the_user_of_the_workers_can_read_the_files(
    writer: ExportWriter, packing: Packing, generous_umask: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    del generous_umask
    export, _ = order(writer, packing=packing)
    modes: set[int] = set()
    honest = ExportWriter._move

    def moved(self: ExportWriter, *given: Any) -> None:
        modes.update(file.stat().st_mode & 0o777 for file in writer.directory.iterdir())
        honest(self, *given)

    monkeypatch.setattr(ExportWriter, "_move", moved)
    writer.run(go_on=times(1))
    for file in writer.directory.iterdir():
        file.chmod(0o644)  # as earlier releases left it
    writer.run(go_on=times(2))
    with writer.store.begin() as connection:  # the lease of a suspended worker expires
        assert lease_export(connection, 0) is not None
    for file in writer.directory.iterdir():
        file.chmod(0o644)
    writer.run()
    assert now(writer, export).state == "complete"
    modes.update(file.stat().st_mode & 0o777 for file in writer.directory.iterdir())
    assert modes == {0o600}


def test_two_workers_never_write_one_export(writer: ExportWriter) -> None:
    order(writer)
    with writer.store.begin() as connection:
        assert lease_export(connection, 60) is not None
    with writer.store.begin() as connection:
        assert lease_export(connection, 60) is None


def test_a_link_opens_its_own_export_only(writer: ExportWriter) -> None:
    one, token = order(writer)
    other, _ = order(writer)
    assert opens(one, token)
    assert not opens(other, token)
    assert not opens(one, token[:-1])
    assert not any(token.encode() in bytes(known) for known in one.token_hashes)


def mailing(writer: ExportWriter, mailbox: Mailbox, **other: Any) -> ExportWriter:
    settings = writer.settings.model_copy(
        update={
            "smtp_url": SecretStr(f"smtp://127.0.0.1:{mailbox.port}"),
            "mail_from": "reports@example.com",
            "mail_domains": "Example.org, example.net",
        }
        | other
    )
    return replace(writer, settings=settings)


def test_the_person_who_ordered_an_export_gets_one_mail_with_a_link(writer: ExportWriter) -> None:
    with serving(Mailbox()) as mailbox:
        mails = mailing(writer, mailbox)
        export, token = order(mails, "ann@example.org")
        mails.run()
        mails.run()
        (mail,) = mailbox.mails
        (line,) = [line for line in mail.get_content().splitlines() if "/download?token=" in line]
        sent = line.rpartition("token=")[2]
        done = now(writer, export)
        assert sent != token
        assert opens(done, sent)
        assert opens(done, token)
        assert done.mailed_at is not None


def test_a_mail_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not(writer: ExportWriter) -> None:
    with serving(Mailbox(to_recipient="450 later")) as mailbox:
        mails = mailing(writer, mailbox)
        export, _ = order(mails, "ann@example.org")
        mails.run()
        assert now(writer, export).state == "complete"
        assert "450 later" in (now(writer, export).mail_error or "")
        mails.run()  # not at once
        mailbox.to_recipient = ""
        run(writer, "UPDATE exports SET mail_due_at = now()")
        mails.run()
        assert len(mailbox.mails) == 1
        assert now(writer, export).mail_error is None
        mailbox.to_recipient = "550 nobody of that name"
        refused, _ = order(mails, "nobody@example.org")
        mails.run()
        assert "550 nobody of that name" in (now(writer, refused).mail_error or "")
        with writer.store.connect() as connection:
            assert not anything_to_do(connection)


def test_mails_make_room_and_wait_for_no_index(writer: ExportWriter) -> None:
    with serving(Mailbox()) as mailbox:
        mails = replace(mailing(writer, mailbox), alias="nothing-conversations")
        for name in ("ann", "ben"):
            order(mails, f"{name}@example.org")
        assert writer.run() == 2  # which can send no mail
        run(writer, "UPDATE exports SET mail_due_at = now()")
        order(writer)
        mails.run(go_on=times(0))
        assert len(mailbox.mails) == 1
        assert mails.run() == 0
        assert sorted(str(mail["To"]) for mail in mailbox.mails) == ["ann@example.org", "ben@example.org"]


@pytest.mark.parametrize(
    ("domains", "taken", "refused"),
    [
        (None, "ann@EXAMPLE.com", "ann@example.org"),  # the sender's own domain
        ("example.org", "ann@example.org", "ann@example.com"),
        ("example.org,example.net", "ann@example.net", "ann@mail.example.net"),
        ("*", "ann@elsewhere.example", None),
    ],
)
def test_mail_goes_to_the_domains_of_the_setting_alone(
    writer: ExportWriter, domains: str | None, taken: str, refused: str | None
) -> None:
    with serving(Mailbox()) as mailbox:
        mails = mailing(writer, mailbox, mail_domains=domains)
        order(mails, taken)
        if refused is not None:
            with pytest.raises(InvalidQuestion, match=f"email: no mail is sent to {refused.partition('@')[2]};"):
                order(mails, refused)
            run(writer, "UPDATE exports SET mail_due_at = NULL")
            late, _ = order(mailing(writer, mailbox, mail_domains="*"), refused)  # ordered before the setting changed
            mails.run()
            assert "no mail is sent to" in (now(writer, late).mail_error or "")
        mails.run()
        assert [mail["To"] for mail in mailbox.mails] == [taken]


def test_exports_with_mail_are_ordered_at_a_rate(writer: ExportWriter) -> None:
    with serving(Mailbox()) as mailbox:
        mails = mailing(writer, mailbox, mail_per_hour=2)
        order(mails, "ann@example.org")
        order(mails, "ben@example.org")
        with pytest.raises(TooMany, match="2 exports were ordered with mail in the last hour"):
            order(mails, "eve@example.org")
        order(mails)
        run(writer, "UPDATE exports SET created_at = created_at - interval '61 minutes'")
        order(mails, "eve@example.org")


def test_only_workspaces_that_exist_are_exported(writer: ExportWriter) -> None:
    said = "Your account is locked. Confirm it at https://evil.example/login"
    with pytest.raises(InvalidQuestion, match="workspace: there is no workspace 'Your account is locked"):
        order(writer, workspace=said)
    with pytest.raises(InvalidQuestion, match="workspace"):
        order(writer, workspace="w" * 101)


def test_no_mail_is_promised_if_none_can_be_sent(writer: ExportWriter) -> None:
    with pytest.raises(OperatorError, match="no mail"):
        order(writer, "ann@example.org")
