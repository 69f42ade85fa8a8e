"""What `doctor` says of time zones and office hours, over real services."""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from elasticsearch import Elasticsearch

from indexer.calendar.zones import EDITION
from indexer.checks import Installation, Verdict, machine, time_zones
from indexer.office_hours import parse_office_hours
from indexer.services import Service
from indexer.settings import Settings
from indexer.store.database import open_store, upgrade
from indexer.store.entities.workspaces import Workspace, save_workspace
from tests.reports.indexed import conversation, indexed

pytestmark = pytest.mark.services

HOURS = {
    "time_zone_name": "America/Vancouver",
    "time_intervals": [{"start_minute": 540, "end_minute": 1020}],
    "teams": {
        "7": {"time_zone_name": "Asia/Tokyo", "time_intervals": [{"start_minute": 0, "end_minute": 60}]},
        "8": None,
    },
}


@pytest.fixture
def installation(test_settings: Settings) -> Iterator[Installation]:
    """`acme` is in Vancouver and has two documents, one of them of earlier hours; `plain` has none."""
    store = open_store(str(test_settings.database_url))
    upgrade(store)
    with store.begin() as connection:
        save_workspace(connection, Workspace("acme", time_zone="Europe/Dublin", office_hours=HOURS))
        save_workspace(connection, Workspace("plain"))
    store.dispose()
    documents = [
        conversation(1, 1_709_251_200, "acme", office_hours_id=parse_office_hours(HOURS).id),
        conversation(2, 1_709_251_200, "acme", office_hours_id="1ace5ea3eb2cab67"),
        conversation(3, 1_709_251_200, "plain", office_hours_id="24/7"),
    ]
    with indexed(str(test_settings.elasticsearch_url), documents) as prefix:
        yield Installation.of(test_settings.model_copy(update={"index_prefix": prefix}))


def test_the_edition_is_shown(installation: Installation) -> None:
    assert EDITION in machine.time_zones(installation).detail


def test_all_zones_in_use_are_looked_at() -> None:
    found = time_zones.zones_in_use([Workspace("a", office_hours=HOURS), Workspace("b", time_zone="Europe/Dublin")])
    assert found == {"UTC", "America/Vancouver", "Asia/Tokyo", "Europe/Dublin"}


def test_a_zone_that_the_server_has_in_another_edition_is_named_with_the_day(installation: Installation) -> None:
    # As of November 2026 Vancouver stays at -07:00, which the server's edition does not know.
    finding = time_zones.server_zones(installation)
    if finding.verdict is Verdict.OK:
        pytest.skip("this Elasticsearch knows the edition; an older one shows what is meant here")
    assert finding.verdict is Verdict.WARNING
    assert finding.detail.startswith(f"differs from edition {EDITION} for America/Vancouver (from ")


def test_zones_are_compared_one_by_one(elasticsearch_url: str, installation: Installation) -> None:
    day = date(2026, 11, 28)
    with Elasticsearch(elasticsearch_url) as client:
        index = f"{installation.settings.index_prefix}-conversations"
        zones = ["America/Vancouver", "EST", "Europe/Dublin", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]
        found = time_zones.differing_zones(client, index, zones, day)
    assert found.pop("EST") == "not known to it"
    assert found in ({"America/Vancouver": "from 2026-11-01"}, {})  # by the edition that the server has


def test_documents_of_earlier_hours_are_counted_with_what_to_do(installation: Installation) -> None:
    finding = time_zones.documents(installation)
    assert finding.verdict is Verdict.WARNING
    assert finding.detail.startswith("1 documents of 1 workspaces were computed with earlier office hours")
    assert finding.remedy.endswith("indexer backfill --workspace acme --only outdated")


def test_without_the_store_neither_check_runs(installation: Installation) -> None:
    urls = {**installation.urls, Service.POSTGRESQL: "postgresql://u@127.0.0.1:1/x"}
    away = dataclasses.replace(installation, urls=urls)
    for check in time_zones.CHECKS:
        assert check.look(away).verdict is Verdict.SKIPPED


def test_the_days_that_are_asked_cover_today(installation: Installation) -> None:
    today = datetime.now(UTC).date()
    with Elasticsearch(str(installation.settings.elasticsearch_url)) as client:
        index = f"{installation.settings.index_prefix}-conversations"
        assert time_zones.differing_zones(client, index, ["UTC", "Asia/Tokyo"], today) == {}
