"""Nobody can add a table and forget that people may be in it."""

from indexer.datasets.named_people import NAMING
from indexer.datasets.people import PEOPLE
from indexer.datasets.registry import datasets
from indexer.store.erasure.inventory import PLACES
from indexer.store.schema import metadata

ERASED = {
    "alerts": "alerts",
    "audience_members": "audiences",
    "waiting_person_events": "waiting_events",
    "changes": "queue",
    "contact_merges": "merges",
    "conversations": "conversations",
    "exports": "mailed_exports",
    "person_companies": "companies",
    "person_event_summaries": "event_summaries",
    "person_events": "events",
    "person_keys": "names",
    "quarantine": "quarantine",
    "quarantine_purges": "quarantine_purges",
    "recently_indexed": "recently_indexed",
    "records": "people",
    "subscriptions": "subscriptions",
}
"""The tables that hold something of a person, each with the place of the inventory that erases it."""

WITHOUT_PEOPLE = {
    "attributes": "names of attributes, not values",
    "audiences": "what an operator has typed",
    "audit": "what users and operators did, with the names of things of the installation",
    "backfill_ranges": "bounds of work, which end with it",
    "backfills": "work of operators",
    "drain_stops": "errors without values",
    "erased_keys": "hashes",
    "erasures": "counts, and what an operator has typed",
    "events": "what happened to a receipt, which has a pseudonym",
    "installation": "one key",
    "names": "teams and teammates",
    "person_event_weeks": "weeks",
    "rebuilds": "work of operators",
    "segments": "what an operator has typed",
    "signs": "processes",
    "tallies": "counts",
    "views": "what an operator has typed",
    "workspaces": "settings",
    "write_targets": "names of indices",
}

ACCOUNTS = {"sessions", "tokens", "users"}
"""The accounts of operators and programs, who are not people of a workspace."""

WITHOUT_NAMES = {"companies": "names no person", "teammate_statuses": "is about teammates"}
"""The datasets whose records name nobody of the workspace's people."""


def test_every_table_is_erased_or_holds_nothing_of_people() -> None:
    assert {*metadata.tables} == {*ACCOUNTS, *ERASED, *WITHOUT_PEOPLE}
    assert not {*ERASED} & {*WITHOUT_PEOPLE}
    assert set(ERASED.values()) <= {place.name for place in PLACES}


def test_every_dataset_says_how_it_names_people() -> None:
    found = {dataset.name for dataset in datasets()} - {dataset.name for dataset in NAMING} - {PEOPLE.name}
    assert found == set(WITHOUT_NAMES)
