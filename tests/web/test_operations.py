"""The operators' pages over real services: what they show, what they do, and to whom."""

import contextlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape, unescape
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from redis import Redis

from indexer import search
from indexer.datasets.conversations import CONVERSATIONS
from indexer.indexing.drain import Drain
from indexer.indexing.reconcile_walk import Result, load_result, save_result
from indexer.indexing.reconciler import ReconcileCounts
from indexer.operations.queue_status import read_workspace_queues
from indexer.settings import Settings
from indexer.store.access.audit_log import Entry, list_actions
from indexer.store.access.scopes import EVERYTHING, Grants, Scope
from indexer.store.access.tokens import create_token
from indexer.store.entities.names import Named, list_names
from indexer.store.entities.workspaces import Workspace, get_workspace, save_workspace
from indexer.store.jobs.backfills import Selected, get_backfill, start_backfill
from indexer.store.jobs.exports import create_export, get_export
from indexer.store.queue.drain_stops import drain_stop, stop_drain
from indexer.store.queue.quarantine import Selection, list_entries, list_purges
from tests.embedded.harness import Run
from tests.fresh import fresh_database, fresh_prefix
from tests.indexing.store_and_index import installed, ready_rebuild, run, save
from tests.web.read_html import Read, Table
from tests.web.server import served

pytestmark = pytest.mark.services

HOSTILE = '"><script>alert(1)</script> \u05d0\u05d1 \U0001f480'
ALL = Selection(CONVERSATIONS)


@dataclass(frozen=True)
class Operations:
    """A server with conversations of three workspaces, one of them with a hostile name, and tokens of its operators."""

    client: httpx.Client
    drain: Drain
    settings: Settings
    tokens: dict[str, str]

    def ask(self, method: str, path: str, of: str = "all", **more: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens[of]}", "Content-Type": "application/x-www-form-urlencoded"}
        return self.client.request(method, path, headers=headers, content=urlencode(more) if more else None)

    def page(self, path: str, of: str = "all") -> str:
        found = self.ask("GET", path, of)
        assert found.status_code == 200, found.text
        return found.text

    def act(self, path: str, of: str = "all", **form: str) -> str:
        """Send a form; the page that it leads to."""
        answer = self.ask("POST", path, of, **form)
        assert answer.status_code == 303, answer.text
        return self.page(answer.headers["Location"], of)

    def last_action(self) -> Entry:
        with self.drain.store.connect() as connection:
            return list_actions(connection, limit=1)[0]


@pytest.fixture(scope="module")
def operations(services: Run, elasticsearch_url: str, redis_url: str) -> Iterator[Operations]:
    with fresh_database(services) as url, fresh_prefix(elasticsearch_url) as prefix:
        urls = {"DATABASE_URL": url, "REDIS_URL": redis_url}
        settings = Settings.model_validate({"ELASTICSEARCH_URL": elasticsearch_url, "index_prefix": prefix, **urls})
        with installed(settings) as drain, served(elasticsearch_url, prefix, **urls) as client:
            save(drain, 1, 2, 3, workspace="acme")
            save(drain, 4, 5, workspace="zenith")
            save(drain, 6, workspace=HOSTILE)
            with drain.store.begin() as connection:
                grants = {
                    "all": EVERYTHING,
                    "acme": Grants({Scope.OPERATE: frozenset({"acme"})}),
                    "reader": Grants({Scope.REPORTS: None, Scope.RECORDS: None, Scope.INGEST: None}),
                }
                tokens = {name: create_token(connection, name, of)[1] for name, of in grants.items()}
            yield Operations(client, drain, settings, tokens)


@pytest.fixture
def quarantined(operations: Operations) -> Iterator[Operations]:
    """The same with four entries in quarantine."""
    rows = [
        ("acme", "1", "cannot be read", "created_at: is missing"),
        ("acme", "2", "refused by Elasticsearch", "no such field"),
        ("zenith", "4", "cannot be read", "of-zenith"),
        (HOSTILE, HOSTILE, "cannot be read", HOSTILE),
    ]
    with operations.drain.store.begin() as connection:
        for workspace, id_, reason, error in rows:
            connection.exec_driver_sql(
                "INSERT INTO quarantine (dataset, workspace_id, entity_id, revision, reason, error, attempts, first_at,"
                " last_at) VALUES ('conversations', %(w)s, %(i)s, 1, %(r)s, %(e)s, 1, now(), now())",
                {"w": workspace, "i": id_, "r": reason, "e": error},
            )
    yield operations
    run(operations.drain, "DELETE FROM quarantine")


PAGES = ["", "/indices", "/queue", "/quarantine", "/exports", "/health", "/workspaces", "/audit"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_shown_to_an_operator_and_to_nobody_without_the_scope(operations: Operations, path: str) -> None:
    found = operations.ask("GET", f"/operations{path}")
    assert found.status_code == 200
    assert 'aria-current="page"' in found.text
    assert operations.ask("GET", f"/operations{path}", "reader").status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_an_operator_of_one_workspace_sees_nothing_of_another(quarantined: Operations, path: str) -> None:
    found = quarantined.ask("GET", f"/operations{path}", "acme")
    assert found.status_code == (403 if path in {"/indices", "/health"} else 200)
    assert "zenith" not in found.text
    assert "script>alert" not in found.text
    assert quarantined.ask("GET", f"/operations{path}?workspace=zenith", "acme").status_code == 403


@pytest.mark.parametrize("path", ["", "/queue", "/quarantine", "/workspaces", "/audit", "/exports"])
def test_hostile_names_are_shown_as_text(quarantined: Operations, path: str) -> None:
    shown = quarantined.page(f"/operations{path}")
    assert HOSTILE not in shown
    assert "<script>alert" not in shown
    if path not in {"/audit", "/exports"}:
        assert escape(HOSTILE, quote=True).replace("&quot;", "&#34;") in shown


def test_the_last_comparison_is_shown(operations: Operations) -> None:
    counts = ReconcileCounts(documents=1234, missing=7, repaired=7)
    with contextlib.closing(Redis.from_url(operations.settings.redis_url or "")) as redis:
        save_result(redis, Result(1_709_251_200, 1_709_251_290, counts), CONVERSATIONS)
        assert load_result(redis, CONVERSATIONS) == Result(1_709_251_200, 1_709_251_290, counts)
    shown = operations.page("/operations/health")
    assert "2024-03-01 00:01Z" in shown
    assert all(f">{said}</td>" in shown for said in ("1 m 30 s", "1,234", "7"))


def test_the_head_of_other_pages_leads_operators_here(operations: Operations) -> None:
    link = 'href="/operations"'
    assert link in operations.page("/")
    assert link not in operations.page("/", "reader")


def test_the_queue_is_counted_by_workspace(operations: Operations) -> None:
    [of_acme] = [one for one in Read(operations.page("/operations/queue", "acme")).tables if "Due" in heads(one)]
    assert [row[:3] for row in of_acme.rows] == [["acme", "conversations", "3"]]
    [of_all] = [one for one in Read(operations.page("/operations/queue")).tables if "Due" in heads(one)]
    assert sorted(row[2] for row in of_all.rows) == ["1", "2", "3"]


def heads(table: Table) -> list[str]:
    return [one.text for one in table.heads]


SORTED = {
    "overview": ("", "In quarantine", ["3", "2", "1"]),
    "queue": ("/queue", "In quarantine", ["3", "2", "1"]),
    "accepted changes": ("/queue", "Written", []),
    "reasons": ("/quarantine", "Entries", ["1", "5"]),
    "ids": ("/quarantine", "Id", ["2", "5", "11", "12", "13", HOSTILE]),
    "last": ("/quarantine?dataset=conversations", "Last", []),
    "purged": ("/quarantine", "Because", ["because 0", "because 1", "because 2"]),
    "exports": ("/exports", "Export", [f"{number:016x}" for number in (10, 11, 12)]),
    "workspaces": ("/workspaces", "Conversations", ["3", "2", "1"]),
    "audit": ("/audit?action=sorted", "Of", ["a", "B", "c", ""]),
    "audit by time": ("/audit?action=sorted", "Time", []),
}
"""A page, the heading of a column of one of its tables, and the column in the order of the first click, if known."""


@pytest.fixture
def filled(operations: Operations) -> Iterator[Operations]:
    """The same with several rows in every table."""
    queued = "INSERT INTO quarantine (dataset, workspace_id, entity_id, revision, reason, error, attempts, first_at,"
    queued += (
        " last_at) VALUES ('conversations', %(w)s, %(i)s, 1, %(r)s, 'e', 1, now(), now() - %(n)s * interval '1 h')"
    )
    of_entries = [("acme", "12"), ("acme", "5"), ("acme", "2"), ("zenith", "11"), ("zenith", "13"), (HOSTILE, HOSTILE)]
    with operations.drain.store.begin() as connection:
        connection.exec_driver_sql("DELETE FROM quarantine; DELETE FROM quarantine_purges; DELETE FROM exports")
        connection.exec_driver_sql("DELETE FROM audit WHERE action = 'sorted'")
        for number, (workspace, id_) in enumerate(of_entries):
            values = {"w": workspace, "i": id_, "r": "refused" if number == 1 else "cannot be read", "n": number % 3}
            connection.exec_driver_sql(queued, values)
        for number in (1, 2, 0):
            connection.exec_driver_sql(
                "INSERT INTO quarantine_purges (dataset, workspace_id, entity_id, purged_at, purged_by, because,"
                " reason, error, attempts, first_at, last_at) VALUES ('conversations', 'acme', %(n)s::text, now(),"
                " 'ann', 'because ' || %(n)s, 'r', 'e', 1, now(), now())",
                {"n": number},
            )
        for number in (11, 10, 12):
            request = {"workspace": "acme", "from": "2026-01-01", "to": "2026-01-31"}
            create_export(connection, f"{number:016x}", request, b"x" * 32)
        for target in ("c", None, "a", "B"):
            connection.exec_driver_sql(
                "INSERT INTO audit (actor, action, target) VALUES ('ann', 'sorted', %(t)s)", {"t": target}
            )
    yield operations
    run(operations.drain, "DELETE FROM quarantine; DELETE FROM quarantine_purges; DELETE FROM exports")


@pytest.mark.parametrize(("path", "column", "first"), SORTED.values(), ids=SORTED)
def test_tables_are_sorted_by_links_in_their_headings(
    filled: Operations, path: str, column: str, first: list[str]
) -> None:
    def keys(table: Table) -> list[list[str]]:
        return [row[:3] for row in table.rows]  # ages in other columns grow

    def table_of(page: str) -> Table:
        return next(one for one in Read(page).tables if column in heads(one))

    table = own = table_of(filled.page(f"/operations{path}"))
    place = heads(own).index(column)
    was_sorted = own.orders[place]
    orders = {}
    for _ in range(2):
        url, _, anchor = table.heads[place].url.partition("#")
        page = filled.page(url)
        assert f'id="{anchor}"' in page
        table = table_of(page)
        assert sorted(keys(table)) == sorted(keys(own))
        assert [bool(one) for one in table.orders] == [number == place for number in range(len(table.orders))]
        orders[table.orders[place]] = [row[place] for row in table.rows]
        if table.orders[place] == was_sorted:
            assert "order=" not in url
            assert keys(table) == keys(own)
    assert orders.keys() == {"ascending", "descending"}
    if first:
        known = [one for one in first if one]
        assert list(orders.values()) == [first, known[::-1] + first[len(known) :]]


def test_each_table_of_a_page_has_an_order_and_choices_stay(filled: Operations) -> None:
    asked = "/operations/quarantine?dataset=conversations&workspace=acme&done=quarantine_replayed&count=2"
    reasons = Read(filled.page(asked)).tables[0]
    entries = Read(filled.page(reasons.heads[0].url.partition("#")[0])).tables[1]
    url = entries.heads[1].url
    assert url == "/operations/quarantine?dataset=conversations&workspace=acme&order=1.0&order=2.1#table-2"
    both = Read(filled.page(url.partition("#")[0])).tables
    assert [one.orders.index("ascending") for one in both[:2]] == [0, 1]
    assert [row[1] for row in both[1].rows] == ["2", "5", "12"]


def test_an_order_of_the_audit_log_goes_along_to_other_entries(operations: Operations) -> None:
    with operations.drain.store.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO audit (actor, action, target) SELECT 'bob', 'many', n::text FROM generate_series(1, 150) AS n"
        )
    first = operations.page("/operations/audit?action=many&order=1.-4")
    assert "Sorted are the 100 entries of this page." in first
    assert '<input type="hidden" name="order" value="1.-4">' in first
    [older] = [link.url for link in Read(first).links if link.text == "Older"]
    second = Read(operations.page(older))
    assert second.tables[0].orders[4] == "descending"
    assert len(second.tables[0].rows) == 50
    [newest] = [link.url for link in second.links if link.text == "The newest"]
    assert newest == "/operations/audit?action=many&order=1.-4"
    assert "Sorted are" not in operations.page("/operations/audit?action=many")


def test_only_the_newest_exports_are_shown_and_that_is_said(filled: Operations) -> None:
    assert "the newest" not in filled.page("/operations/exports")
    with filled.drain.store.begin() as connection:
        for number in range(100, 150):
            request = {"workspace": "zenith", "from": "2026-01-01", "to": "2026-01-31"}
            create_export(connection, f"{number:016x}", request, b"x" * 32)
    shown = filled.page("/operations/exports")
    assert "the newest 50." in shown
    assert len(Read(shown).tables[0].rows) == 50


@pytest.mark.parametrize("order", ["1", "0.1", "1.x", "2.1", "1.1&order=1.2", f"1.{HOSTILE}"])
def test_an_order_that_a_page_does_not_have_is_refused(operations: Operations, order: str) -> None:
    answer = operations.ask("GET", f"/operations/exports?order={order}")
    assert (answer.status_code, "<script>alert" in answer.text) == (422, False)


def test_indexing_that_is_stopped_is_said_and_resumed(operations: Operations) -> None:
    with operations.drain.store.begin() as connection:
        stop_drain(connection, CONVERSATIONS, "21 of 30 would be quarantined", HOSTILE)
    assert "Indexing of conversations has been stopped" in operations.page("/operations")
    assert "<script>alert" not in operations.page("/operations/queue")
    assert operations.ask("POST", "/operations/queue/conversations/resume", "acme").status_code == 403
    assert "Indexing resumes." in operations.act("/operations/queue/conversations/resume")
    with operations.drain.store.connect() as connection:
        assert drain_stop(connection, CONVERSATIONS) is None
    entry = operations.last_action()
    assert (entry.actor, entry.action, entry.target) == ("token all", "indexing_resumed", "conversations")
    again = operations.ask("POST", "/operations/queue/conversations/resume")
    assert (again.status_code, "indexing is not stopped" in again.text.lower()) == (409, True)


def test_quarantine_is_shown_by_reason_and_entry(quarantined: Operations) -> None:
    shown = quarantined.page("/operations/quarantine?reason=cannot+be+read")
    assert "no such field" not in shown
    assert "created_at: is missing" in shown
    hostile = urlencode({"dataset": "conversations", "workspace": HOSTILE, "id": HOSTILE})
    entry = quarantined.page(f"/operations/quarantine/entry?{hostile}")
    assert "<script>alert" not in entry
    missing = quarantined.ask("GET", "/operations/quarantine/entry?workspace=acme&id=77")
    assert missing.status_code == 404
    assert quarantined.ask("GET", "/operations/quarantine/entry?workspace=zenith&id=4", "acme").status_code == 403


def test_entries_are_tried_again(quarantined: Operations) -> None:
    shown = quarantined.act("/operations/quarantine/replay?workspace=acme&id=1", "acme")
    assert "1 entry will be tried again." in shown
    with quarantined.drain.store.connect() as connection:
        replayed = {one.entity_id for one in list_entries(connection, ALL) if one.replayed_at}
    assert replayed == {"1"}
    entry = quarantined.last_action()
    assert (entry.action, entry.workspace_id, entry.target) == ("quarantine_replayed", "acme", "1")
    assert entry.details == {"entries": 1, "reason": None}


def test_an_operator_of_one_workspace_replays_that_one_only(quarantined: Operations) -> None:
    quarantined.act("/operations/quarantine/replay?reason=read", "acme")
    with quarantined.drain.store.connect() as connection:
        replayed = {one.workspace_id for one in list_entries(connection, ALL) if one.replayed_at}
    assert replayed == {"acme"}
    assert quarantined.ask("POST", "/operations/quarantine/replay?workspace=zenith", "acme").status_code == 403


def test_a_purge_asks_first_and_keeps_a_record_of_each_entry(quarantined: Operations) -> None:
    asked = quarantined.page("/operations/quarantine/purge?reason=cannot+be+read")
    assert "Purge 3 from quarantine?" in asked
    assert "<script>alert" not in asked
    without = quarantined.ask("POST", "/operations/quarantine/purge?reason=cannot+be+read", because="  ")
    assert without.status_code == 409
    shown = quarantined.act("/operations/quarantine/purge?workspace=acme&reason=cannot+be+read", because=HOSTILE)
    assert "1 entry removed from quarantine." in shown
    assert "<script>alert" not in shown
    with quarantined.drain.store.connect() as connection:
        assert {one.entity_id for one in list_entries(connection, ALL)} == {"2", "4", HOSTILE}
        [record] = list_purges(connection, ALL)
    assert (record.entity_id, record.purged_by, record.because) == ("1", "token all", HOSTILE)
    assert quarantined.last_action().action == "quarantine_purged"


def test_a_backfill_is_paused_resumed_and_cancelled(operations: Operations) -> None:
    drain = operations.drain
    with drain.store.begin() as connection:
        number = start_backfill(connection, drain.alias, Selected(HOSTILE), CONVERSATIONS).backfill_id
    shown = operations.page("/operations/indices")
    assert f"Backfill {number}" in shown
    assert "<script>alert" not in shown
    for action, state in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        assert operations.ask("POST", f"/operations/backfills/{number}/{action}", "acme").status_code == 403
        operations.act(f"/operations/backfills/{number}/{action}")
        with drain.store.connect() as connection:
            found = get_backfill(connection, number)
        assert found is not None
        assert found.state == state
        assert operations.last_action().action == f"backfill_{state.replace('running', 'resumed')}"
    assert operations.ask("POST", f"/operations/backfills/{number}/pause").status_code == 409
    assert operations.ask("POST", "/operations/backfills/999999/pause").status_code == 409


def test_a_rebuild_is_swapped_and_rolled_back_after_a_question(operations: Operations) -> None:
    drain = operations.drain
    old = search.index_behind(drain.search, drain.alias)
    refused = operations.ask("GET", "/operations/indices/conversations/swap")
    assert (refused.status_code, "no rebuild of conversations" in refused.text.lower()) == (409, True)

    rebuild = ready_rebuild(operations.settings, drain)
    shown = operations.page("/operations/indices")
    assert 'href="/operations/indices/conversations/swap"' in shown
    asked = operations.page("/operations/indices/conversations/swap")
    assert rebuild.to_index in asked
    assert search.index_behind(drain.search, drain.alias) == old
    assert operations.ask("POST", "/operations/indices/conversations/swap", "acme").status_code == 403

    assert "Readers see the new index." in operations.act("/operations/indices/conversations/swap")
    assert search.index_behind(drain.search, drain.alias) == rebuild.to_index
    entry = operations.last_action()
    assert (entry.action, entry.target, entry.details["to_index"]) == (
        "index_swapped",
        "conversations",
        rebuild.to_index,
    )
    assert operations.ask("POST", "/operations/indices/conversations/swap").status_code == 409

    assert "give up" not in operations.page("/operations/indices/conversations/rollback")
    operations.act("/operations/indices/conversations/rollback")
    assert search.index_behind(drain.search, drain.alias) == old
    assert operations.last_action().action == "index_rolled_back"
    assert operations.ask("POST", "/operations/indices/conversations/rollback").status_code == 409


def test_an_export_is_cancelled_by_an_operator_of_its_workspace(operations: Operations) -> None:
    with operations.drain.store.begin() as connection:
        for number, workspace in enumerate(("acme", "zenith")):
            request = {"workspace": workspace, "from": "2026-01-01", "to": "2026-01-31"}
            create_export(connection, f"{number:016x}", request, b"x" * 32)
    shown = operations.page("/operations/exports", "acme")
    assert f"{0:016x}" in shown
    assert f"{1:016x}" not in shown
    assert operations.ask("POST", f"/operations/exports/{1:016x}/cancel", "acme").status_code == 404
    operations.act(f"/operations/exports/{0:016x}/cancel", "acme")
    with operations.drain.store.connect() as connection:
        states = {number: get_export(connection, f"{number:016x}") for number in range(2)}
    assert [one and one.state for one in states.values()] == ["cancelled", "queued"]
    entry = operations.last_action()
    assert (entry.action, entry.workspace_id) == ("export_cancelled", "acme")
    assert operations.ask("POST", f"/operations/exports/{0:016x}/cancel", "acme").status_code == 409


def test_the_audit_log_is_filtered_and_paged(operations: Operations) -> None:
    with operations.drain.store.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO audit (actor, action, workspace_id, target) SELECT 'user ann', 'made_up', 'zenith', n::text"
            " FROM generate_series(1, 150) AS n"
        )
    first = operations.page("/operations/audit?actor=user+ann&action=made_up")
    assert first.count("made up</td>") == 100
    older = first.partition('<p class="pager">')[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = operations.page(older)
    assert second.count("made up</td>") == 50
    assert "user ann" not in operations.page("/operations/audit", "acme")
    hostile = operations.page("/operations/audit?" + urlencode({"actor": HOSTILE}))
    assert "<script>alert" not in hostile
    assert "No entry fits." in hostile


WEEK = {"hours": "weekly", "hours_zone": "Europe/Dublin", "monday": "09:00-17:00", "sunday": "22:00-06:00"}


def fields(page: str) -> dict[str, str]:
    """The hidden fields of a page's form."""
    return {
        unescape(name): unescape(value) for name, value in re.findall(r'type="hidden" name="(.*?)" value="(.*?)"', page)
    }


@contextmanager
def no_settings(operations: Operations) -> Iterator[str]:
    """The address of the settings of `acme`, which has none and nothing due."""
    remove = "DELETE FROM workspaces WHERE workspace_id = 'acme'; DELETE FROM changes; DELETE FROM names"
    run(operations.drain, remove)
    yield "?workspace=acme"
    run(operations.drain, remove)


def due(operations: Operations) -> dict[str, int]:
    with operations.drain.store.connect() as connection:
        return {one.workspace_id: one.depth.unindexed for one in read_workspace_queues(connection)}


def test_an_edit_of_office_hours_recomputes_what_was_said(operations: Operations) -> None:
    with no_settings(operations) as query:
        shown = operations.page(f"/operations/workspace{query}", "acme")
        assert 'value="always" checked' in shown
        asked = {"time_zone": "UTC", "exceptions": "2026-12-25 closed every year", "bots": "814860", **WEEK}
        said = operations.page(f"/operations/workspace/change{query}&{urlencode(asked)}", "acme")
        assert "<strong>3 conversations</strong> will be computed again" in said
        assert due(operations) == {}
        after = operations.act(f"/operations/workspace{query}", "acme", **fields(said))
        assert "The settings are saved. 3 documents will be computed again." in after
        assert due(operations) == {"acme": 3}
        with operations.drain.store.connect() as connection:
            saved = get_workspace(connection, "acme")
        assert saved.office_hours == {
            "twenty_four_seven": False,
            "time_zone_name": "Europe/Dublin",
            "time_intervals": [
                {"start_minute": 540, "end_minute": 1020},
                {"start_minute": 9960, "end_minute": 10440},
            ],
            "exceptions": [{"exception_date": "2026-12-25", "exception_type": "closed", "recurring_annually": True}],
        }
        assert saved.bot_admin_ids == ("814860",)
        entry = operations.last_action()
        assert (entry.actor, entry.action, entry.workspace_id) == ("token acme", "workspace_set", "acme")
        assert entry.details == {"set": ["office hours", "bot admin ids"], "recomputed": 3}
        same = operations.page(f"/operations/workspace/change{query}&{urlencode(asked)}", "acme")
        assert "Nothing would change" in same


def test_a_time_zone_recomputes_nothing(operations: Operations) -> None:
    with no_settings(operations) as query:
        asked = {"time_zone": "Pacific/Auckland", "hours": "always"}
        said = operations.page(f"/operations/workspace/change{query}&{urlencode(asked)}")
        assert "nothing is computed again" in said
        operations.act(f"/operations/workspace{query}", **fields(said))
        assert due(operations) == {}
        assert "Pacific/Auckland" in operations.page("/operations/workspaces")


def test_settings_that_were_changed_meanwhile_are_not_overwritten(operations: Operations) -> None:
    with no_settings(operations) as query:
        said = operations.page(f"/operations/workspace/change{query}&{urlencode({'time_zone': 'UTC', **WEEK})}")
        with operations.drain.store.begin() as connection:
            save_workspace(connection, Workspace("acme", "Asia/Tokyo"))
        refused = operations.ask("POST", f"/operations/workspace{query}", **fields(said))
        assert (refused.status_code, "changed meanwhile" in refused.text) == (409, True)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"time_zone": "Mars/Olympus"}, "Time zone:</strong> there is no time zone"),
        ({"time_zone": "UTC", "hours": "weekly", "monday": HOSTILE}, "Monday:</strong>"),
        ({"time_zone": "UTC", "hours": "weekly"}, "no day is open"),
        ({"time_zone": "UTC", "hours": "weekly", "monday": "9-17", "hours_zone": "x"}, "Hours zone:</strong>"),
    ],
)
def test_settings_that_cannot_be_used_are_shown_with_their_fault(
    operations: Operations, asked: dict[str, str], said: str
) -> None:
    answer = operations.ask("GET", f"/operations/workspace/change?{urlencode({'workspace': 'acme', **asked})}")
    assert answer.status_code == 422
    assert said in answer.text
    assert "<script>alert" not in answer.text
    sent = operations.ask("POST", "/operations/workspace?workspace=acme", seen="", **asked)
    assert sent.status_code == 422


TEAM = "/operations/workspace/team?workspace=acme&team="
TEAM_WEEK = {"hours": "weekly", "hours_zone": "Asia/Tokyo", "tuesday": "10:00-16:00", "exceptions": "2026-05-01 closed"}
OF_TEAM = {
    "twenty_four_seven": False,
    "time_zone_name": "Asia/Tokyo",
    "time_intervals": [{"start_minute": 2040, "end_minute": 2400}],
    "exceptions": [{"exception_date": "2026-05-01", "exception_type": "closed"}],
}


def change_of_team(team: str, **form: str) -> str:
    return f"/operations/workspace/team/change?{urlencode({'workspace': 'acme', 'team': team, **form})}"


def saved_hours(operations: Operations) -> dict[str, Any] | None:
    with operations.drain.store.connect() as connection:
        return get_workspace(connection, "acme").office_hours


def test_a_team_gets_office_hours_of_its_own_and_loses_them_again(operations: Operations) -> None:
    with no_settings(operations):
        shown = operations.page(f"{TEAM}8871", "acme")
        assert 'value="workspace" checked' in shown
        assert "No team of this id has a name" in shown
        said = operations.page(change_of_team("8871", **TEAM_WEEK), "acme")
        assert "<strong>3 conversations</strong> will be computed again" in said
        assert all(one in said for one in ("in the workspace&#39;s hours", "in weekly hours", "Asia/Tokyo"))
        assert "Tuesday: open 10:00 to 16:00" in said
        assert (due(operations), saved_hours(operations)) == ({}, None)
        after = operations.act(f"{TEAM}8871", "acme", **fields(said))
        assert "The hours of the team are saved. 3 documents will be computed again." in after
        assert 'value="10:00-16:00"' in after
        assert due(operations) == {"acme": 3}
        assert saved_hours(operations) == {"twenty_four_seven": True, "teams": {"8871": OF_TEAM}}
        entry = operations.last_action()
        assert (entry.actor, entry.action, entry.workspace_id) == ("token acme", "workspace_set", "acme")
        assert (entry.target, entry.details) == ("8871", {"set": ["office hours of a team"], "recomputed": 3})
        assert "Nothing would change" in operations.page(change_of_team("8871", **TEAM_WEEK), "acme")

        removal = operations.page(change_of_team("8871", hours="workspace"), "acme")
        assert "<strong>3 conversations</strong> will be computed again" in removal
        after = operations.act(f"{TEAM}8871", "acme", **fields(removal))
        assert 'value="workspace" checked' in after
        assert saved_hours(operations) is None


def test_a_change_of_the_workspaces_hours_leaves_those_of_its_teams(operations: Operations) -> None:
    with no_settings(operations) as query:
        operations.act(f"{TEAM}8871", **fields(operations.page(change_of_team("8871", **TEAM_WEEK))))
        change = urlencode({"time_zone": "UTC", **WEEK})
        said = operations.page(f"/operations/workspace/change{query}&{change}")
        operations.act(f"/operations/workspace{query}", **fields(said))
        saved = saved_hours(operations)
        assert saved is not None
        assert saved["teams"] == {"8871": OF_TEAM}
        begun = operations.page(f"{TEAM}8872")
        assert 'value="09:00-17:00"' in begun
        assert 'value="workspace" checked' in begun


def test_hours_of_a_team_that_equal_those_of_the_workspace_recompute_nothing(operations: Operations) -> None:
    with no_settings(operations):
        said = operations.page(change_of_team("8871", hours="always"))
        assert "nothing is computed again" in said
        assert "in the workspace&#39;s hours" in said
        operations.act(f"{TEAM}8871", **fields(said))
        assert due(operations) == {}
        assert saved_hours(operations) == {"twenty_four_seven": True, "teams": {"8871": {"twenty_four_seven": True}}}


def test_teams_are_chosen_by_name_those_with_hours_of_their_own_first(operations: Operations) -> None:
    with no_settings(operations) as query:
        names = {"teams": f"7 {HOSTILE}\n8 Billing\n9 accounts\n10 Zoo", "teammates": ""}
        operations.act(f"/operations/workspace/names{query}", **names)
        hostile_id = f"<b>{HOSTILE}&team=x"
        for team in ("10", "7", hostile_id):
            said = operations.page(change_of_team(team, hours="always"))
            path = f"/operations/workspace/team?{urlencode({'workspace': 'acme', 'team': team})}"
            operations.act(path, **fields(said))
        shown = operations.page(f"/operations/workspace{query}", "acme")
        assert "<script>alert" not in shown
        assert "<b>" not in shown
        options = [unescape(value) for value in re.findall(r'<option value="(.*?)">.+?</option>', shown)]
        assert options == ["7", "10", hostile_id, "9", "8"]
        links = [unescape(url) for url in re.findall(r'class="pill"><a href="(.*?)"', shown)]
        for link, team in zip(links, ("7", "10", hostile_id), strict=True):
            of_team = operations.page(link, "acme")
            assert escape(team) in of_team.replace("&#34;", "&quot;")
            assert 'value="always" checked' in of_team
            assert "<script>alert" not in of_team
        typed = operations.page(f"/operations/workspace/team{query}&team=7&other=+8+")
        assert "<bdi>Billing</bdi>" in typed


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"hours": "weekly", "monday": HOSTILE}, "Monday:</strong>"),
        ({"hours": "weekly", "monday": "9-17", "hours_zone": HOSTILE}, "Hours zone:</strong>"),
        ({"hours": "weekly", "monday": "9-17", "exceptions": HOSTILE}, "Exceptions:</strong>"),
        ({"hours": HOSTILE}, "Hours:</strong> none of the choices is made"),
        ({}, "Hours:</strong> none of the choices is made"),
    ],
)
def test_hours_of_a_team_that_cannot_be_used_are_shown_with_their_fault(
    operations: Operations, asked: dict[str, str], said: str
) -> None:
    answer = operations.ask("GET", change_of_team("8871", **asked))
    assert answer.status_code == 422
    assert said in answer.text
    assert "<script>alert" not in answer.text
    sent = operations.ask("POST", f"{TEAM}8871", seen="", **asked)
    assert (sent.status_code, said in sent.text) == (422, True)
    assert saved_hours(operations) is None


@pytest.mark.parametrize("team", ["", "+", "%00", "x" * 513, "x" * 601])
def test_what_is_not_the_id_of_a_team_is_refused(operations: Operations, team: str) -> None:
    assert operations.ask("GET", f"{TEAM}{team}").status_code == 422
    assert operations.ask("GET", f"/operations/workspace/team/change?workspace=acme&team={team}").status_code == 422
    sent = operations.ask("POST", f"{TEAM}{team}", seen="", hours="always")
    assert (sent.status_code, saved_hours(operations)) == (422, None)


def test_hours_of_a_team_that_were_changed_meanwhile_are_not_overwritten(operations: Operations) -> None:
    with no_settings(operations):
        said = operations.page(change_of_team("8871", **TEAM_WEEK))
        with operations.drain.store.begin() as connection:
            save_workspace(connection, Workspace("acme", "Asia/Tokyo"))
        refused = operations.ask("POST", f"{TEAM}8871", **fields(said))
        assert (refused.status_code, "changed meanwhile" in refused.text) == (409, True)


def test_names_are_saved_and_shown(operations: Operations) -> None:
    with no_settings(operations) as query:
        names = {"teams": f"7 {HOSTILE}", "teammates": "814860 Fin\n\n5 Ann  Smith"}
        shown = operations.act(f"/operations/workspace/names{query}", "acme", **names)
        assert "<script>alert" not in shown
        with operations.drain.store.connect() as connection:
            assert list_names(connection, "acme", Named.TEAM) == {"7": HOSTILE}
            assert list_names(connection, "acme", Named.TEAMMATE) == {"5": "Ann Smith", "814860": "Fin"}
        refused = operations.ask("POST", f"/operations/workspace/names{query}", teams="7")
        assert (refused.status_code, "has no name after the id" in refused.text) == (422, True)


def test_the_settings_of_another_workspace_are_refused(operations: Operations) -> None:
    routes = [("GET", ""), ("GET", "/change"), ("POST", ""), ("POST", "/names")]
    routes += [("GET", "/team"), ("GET", "/team/change"), ("POST", "/team")]
    for method, path in routes:
        answer = operations.ask(method, f"/operations/workspace{path}?workspace=zenith&team=7", "acme")
        assert answer.status_code == 403
    for path in ("", "/team"):
        assert operations.ask("GET", f"/operations/workspace{path}?workspace=nowhere&team=7").status_code == 404
    assert "zenith" not in operations.page("/operations/workspaces", "acme")
    hostile = operations.page("/operations/workspace?" + urlencode({"workspace": HOSTILE}))
    assert "<script>alert" not in hostile


def test_a_form_of_another_site_changes_nothing(operations: Operations) -> None:
    headers = {"Authorization": f"Bearer {operations.tokens['all']}", "Origin": "https://evil.example"}
    sent = operations.client.post("/operations/quarantine/replay?workspace=acme", headers=headers)
    assert sent.status_code == 403
