"""The figures that a worker serves."""

import re
import socket
import threading
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine
from structlog.testing import capture_logs

from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Incoming, IncomingEvent
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.errors import OperatorError
from indexer.prometheus import counters
from indexer.prometheus.definitions import FIGURES, Stored
from indexer.settings import Settings
from indexer.store.database import open_store, upgrade
from indexer.store.entities.conversations import save_conversations
from indexer.store.entities.record_events import save_events
from indexer.store.queue.changes import mark_changed
from indexer.store.queue.drain_stops import resume_drain, stop_drain
from indexer.store.queue.leased_change import Fate, Poisoned, Release, Settle
from indexer.store.queue.leases import lease_changes, quarantine_changes, release_changes, settle_changes
from indexer.worker import metrics_server
from indexer.worker.metrics_server import KEPT_SECONDS, StoredFigures, figures_served
from tests.prometheus.scrape_result import Scrape, collected, described, scrape

NO_STORE = "postgresql://127.0.0.1:1/none"
AWAY = {"indexer_store_up": 0}


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def figures(store: Engine, database_url: str, clock: Clock) -> StoredFigures:
    return StoredFigures(database_url, clock)


def save(store: Engine, *ids: int) -> None:
    with store.begin() as connection:
        save_conversations(connection, "w", [Incoming(str(id_), b"{}", 1, 100) for id_ in ids])


def of_conversations(found: Scrape) -> dict[str, float]:
    """The figures of the dataset, by what is particular about their series."""
    labelled = {series: value for series, value in found.items() if 'dataset="conversations"' in series}
    return {
        re.sub(r'dataset="conversations",?', "", series).removeprefix("indexer_").removesuffix("{}"): value
        for series, value in labelled.items()
    }


@pytest.mark.services
def test_an_empty_store_has_every_figure_at_zero(figures: StoredFigures) -> None:
    found = collected(figures)
    assert found.pop("indexer_store_up") == 1
    assert set(found.values()) == {0}
    assert {series.partition("{")[0] for series in found} == {one.value.name for one in Stored} - {"indexer_store_up"}


@pytest.mark.services
def test_every_change_is_counted_where_it_is_and_by_its_outcome(store: Engine, figures: StoredFigures) -> None:
    save(store, *range(15))
    with store.begin() as connection:
        leases = lease_changes(connection, CONVERSATIONS, None, 12, 60)
    with store.begin() as connection:
        fates: list[Fate] = ["indexed", "indexed", "indexed", "superseded", "deleted", "deleted"]
        settle_changes(connection, [Settle(lease, fate) for lease, fate in zip(leases, fates, strict=False)])
    with store.begin() as connection:
        quarantine_changes(connection, [Poisoned(leases[6], "cannot be read", "no such field")])
    with store.begin() as connection:
        release_changes(connection, [Release(lease, 300, "busy") for lease in leases[7:9]])
    still_due = {str(number) for number in range(15)} - {lease.entity_id for lease in leases}
    with store.begin() as connection:
        mark_changed(connection, CONVERSATIONS, "w", [min(still_due)])
    found = of_conversations(collected(figures))
    assert found.pop("queue_oldest_age_seconds") > 0
    assert found == {
        "changes_written_total": 16,
        "changes_indexed_total": 3,
        "changes_superseded_total": 1,
        "changes_deleted_total": 2,
        "changes_quarantined_total": 1,
        "changes_queued": 9,
        'queue_entries{state="due"}': 3,
        'queue_entries{state="leased"}': 3,
        'queue_entries{state="waiting"}': 2,
        "quarantine_entries": 1,
        "drain_stopped": 0,
    }


@pytest.mark.services
def test_events_without_their_receipts_are_counted_with_the_age_of_the_oldest(
    store: Engine, figures: StoredFigures
) -> None:
    with store.begin() as connection:
        save_events(connection, MESSAGE_RECEIPTS, "w", [IncomingEvent("1", key, 1, b"{}") for key in "ab"])
        connection.exec_driver_sql("UPDATE events SET saved_at = now() - interval '1 day' WHERE event_key = 'a'")
    found = collected(figures)
    assert found['indexer_events_waiting{dataset="message_receipts"}'] == 2
    assert found['indexer_events_waiting_oldest_age_seconds{dataset="message_receipts"}'] >= 86_400


@pytest.mark.services
def test_the_age_is_that_of_the_oldest_change(store: Engine, figures: StoredFigures) -> None:
    save(store, 1, 2)
    with store.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE changes SET first_changed_at = now() - interval '1 day' WHERE entity_id = '1'"
        )
    assert of_conversations(collected(figures))["queue_oldest_age_seconds"] >= 86_400


@pytest.mark.services
def test_a_stop_of_the_drain_shows(store: Engine, figures: StoredFigures, clock: Clock) -> None:
    with store.begin() as connection:
        stop_drain(connection, CONVERSATIONS, "most of them", "no such field")
    assert of_conversations(collected(figures))["drain_stopped"] == 1
    with store.begin() as connection:
        resume_drain(connection, CONVERSATIONS)
    clock.now += KEPT_SECONDS
    assert of_conversations(collected(figures))["drain_stopped"] == 0


@pytest.mark.services
def test_the_store_is_not_asked_again_before_some_seconds_have_passed(
    store: Engine, figures: StoredFigures, clock: Clock
) -> None:
    assert of_conversations(collected(figures))["changes_queued"] == 0
    save(store, 1)
    clock.now += KEPT_SECONDS - 0.01
    assert of_conversations(collected(figures))["changes_queued"] == 0
    clock.now += 0.01
    assert of_conversations(collected(figures))["changes_queued"] == 1


@pytest.mark.services
def test_no_connection_is_kept(store: Engine, figures: StoredFigures) -> None:
    collected(figures)
    with store.connect() as connection:
        others = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert others.scalar_one() == 0


@pytest.mark.services
def test_a_store_that_comes_back_is_seen_again(empty_database_url: str, clock: Clock) -> None:
    figures = StoredFigures(empty_database_url, clock)
    assert collected(figures) == AWAY  # no schema yet
    store = open_store(empty_database_url)
    upgrade(store)
    store.dispose()
    assert collected(figures) == AWAY
    clock.now += KEPT_SECONDS
    assert collected(figures)["indexer_store_up"] == 1


def test_if_the_store_is_away_the_figures_say_so_and_the_log_says_why_once(clock: Clock) -> None:
    figures = StoredFigures(NO_STORE, clock)
    with capture_logs() as logs:
        for _ in range(3):
            assert collected(figures) == AWAY
    [said] = logs
    assert (said["event"], said["log_level"]) == ("store_not_seen", "warning")
    assert "127.0.0.1:1/none" in said["error"]


def test_a_store_that_does_not_answer_delays_no_request_and_is_asked_once(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    """As when it was stopped: connections are taken by the system, and nothing is ever said."""
    monkeypatch.setattr(metrics_server, "PATIENCE_SECONDS", 0.05)
    with capture_logs(), socket.create_server(("127.0.0.1", 0)) as silent:
        figures = StoredFigures(f"postgresql://127.0.0.1:{silent.getsockname()[1]}/none", clock)
        silent.settimeout(10)
        assert collected(figures) == AWAY
        with silent.accept()[0]:
            clock.now += 10 * KEPT_SECONDS
            assert collected(figures) == AWAY
            silent.settimeout(0.1)
            with pytest.raises(TimeoutError):
                silent.accept()
            # A client that is silent for this long will stay so; another may answer the next.
            clock.now += 60
            silent.settimeout(10)
            assert collected(figures) == AWAY
            silent.accept()[0].close()
        for thread in threading.enumerate():
            if thread.name == "store-figures":
                thread.join()


@pytest.mark.services
def test_the_figures_served_are_those_listed(store: Engine, database_url: str) -> None:
    used = Settings.model_validate({"DATABASE_URL": database_url, "metrics_address": "127.0.0.1:0"})
    with figures_served(used) as url:
        assert url is not None
        families = described(url)
    expected = {figure.name.removesuffix("_total"): (figure.kind.value, figure.about) for figure in FIGURES}
    assert families == expected


def test_the_store_being_away_hides_nothing_else() -> None:
    used = Settings.model_validate({"DATABASE_URL": NO_STORE, "metrics_address": "127.0.0.1:0"})
    with figures_served(used) as url:
        assert url is not None
        counters.woken()
        found = scrape(url)
        assert (found["indexer_store_up"], found["indexer_wakes_total"]) == (0, 1)


def test_each_worker_begins_at_zero() -> None:
    used = Settings.model_validate({"DATABASE_URL": NO_STORE, "metrics_address": "127.0.0.1:0"})
    for _ in range(2):
        with figures_served(used) as url:
            assert url is not None
            counters.woken()
            assert scrape(url)["indexer_wakes_total"] == 1


def test_an_address_of_the_sixth_version_will_do() -> None:
    used = Settings.model_validate({"DATABASE_URL": NO_STORE, "metrics_address": "[::1]:0"})
    with figures_served(used) as url:
        assert url is not None
        assert url.startswith("http://[::1]:")
        assert "indexer_wakes_total" in scrape(url)


def test_without_an_address_nothing_is_served_and_a_directory_for_another_program_is_let_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    with figures_served(Settings()) as url:
        assert url is None
        counters.woken()
    assert list(tmp_path.iterdir()) == []


def test_an_address_in_use_is_named_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        refused(address, f"INDEXER_METRICS_ADDRESS: cannot listen on {address}: Address already in use")


@pytest.mark.parametrize("address", ["203.0.113.1:9464", "no-such-host.invalid:9464", "127.0.0.1:99999", "a..b:9464"])
def test_an_address_on_which_listening_is_impossible_is_named_with_a_remedy(address: str) -> None:
    refused(address, f"INDEXER_METRICS_ADDRESS: cannot listen on {address}: ")


@pytest.mark.parametrize("address", ["9464", "127.0.0.1", "127.0.0.1:", ":9464", "::1:9464", "http://127.0.0.1:9464/"])
def test_an_invalid_address_is_a_wrong_setting(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INDEXER_METRICS_ADDRESS", address)
    with pytest.raises(ValidationError, match="metrics_address"):
        Settings()


def refused(address: str, message: str) -> None:
    used = Settings.model_validate({"DATABASE_URL": NO_STORE, "metrics_address": address})
    with pytest.raises(OperatorError) as error, figures_served(used):
        pass
    assert str(error.value).startswith(message)
    assert len(str(error.value)) > len(f"INDEXER_METRICS_ADDRESS: cannot listen on {address}: ")
    assert "a port that is free" in error.value.remedy
