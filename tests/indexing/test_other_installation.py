"""Two installations that share an Elasticsearch and a prefix, because one has the other's address by mistake."""

from collections.abc import Callable, Iterator

import pytest

from indexer import search
from indexer.checks import Installation, Verdict, elasticsearch
from indexer.connections import Connections
from indexer.datasets.conversations import CONVERSATIONS
from indexer.indexing.backfiller import Backfiller
from indexer.indexing.drain import Drain
from indexer.indexing.rebuild_site import RebuildSite
from indexer.indexing.rebuilder import Rebuilder
from indexer.indexing.reconciler import ReconcileOptions, Reconciler
from indexer.indexing.restore_refresh import restore_refreshes
from indexer.search import OtherInstallation, Owner
from indexer.search.drift import drift as drift_of
from indexer.settings import Settings
from indexer.store.installation import read_installation
from indexer.store.jobs.backfills import Selected, start_backfill
from tests.embedded.harness import Run
from tests.fresh import fresh_database
from tests.indexing.store_and_index import document, save, saved

pytestmark = pytest.mark.services


@pytest.fixture
def other(services: Run, drain: Drain, test_settings: Settings) -> Iterator[Connections]:
    """The connections of a process with another DATABASE_URL, while the index is that of `drain`."""
    saved(drain, *range(5))
    with fresh_database(services, empty=True) as url:
        here = Connections(test_settings.model_copy(update={"database_url": url}))
        yield here
        here.search.close()
        here.store.dispose()


def rebuilder(here: Connections) -> Rebuilder:
    return Rebuilder(RebuildSite.from_connections(here, CONVERSATIONS))


def drained(here: Connections) -> None:
    save(Drain.from_connections(here, CONVERSATIONS), 1, 99)
    Drain.from_connections(here, CONVERSATIONS).run()


def backfilled(here: Connections) -> None:
    save(Drain.from_connections(here, CONVERSATIONS), 1, 99)
    with here.store.begin() as connection:
        started = start_backfill(connection, here.alias, Selected(), CONVERSATIONS)
    Backfiller.from_connections(here).run(started.backfill_id)


def repaired(here: Connections) -> None:
    Reconciler.from_connections(here, CONVERSATIONS).run(options=ReconcileOptions(repair=True, delete_any=True))


def rebuilt(here: Connections) -> None:
    rebuilder(here).run(rebuilder(here).start(), until="dual_write")


def refreshed(here: Connections) -> None:
    here.search.indices.put_settings(index=here.alias, settings={"index.refresh_interval": "-1"})
    try:
        restore_refreshes(here.store, here.search, here.settings.index_prefix, here.owner)
    finally:
        found = here.search.indices.get_settings(index=here.alias, flat_settings=True).body
        assert [one["settings"]["index.refresh_interval"] for one in found.values()] == ["-1"]


def pruned(here: Connections) -> None:
    left = str(search.IndexName(here.settings.index_prefix, "conversations", 1, "20200101t000000"))
    search.create_for_bulk(here.search, left, installation="00000000-0000-0000-0000-000000000000")
    try:
        rebuilder(here).prune(None, [left])
    finally:
        assert here.search.indices.exists(index=left)


@pytest.mark.parametrize(
    "act", [drained, backfilled, repaired, rebuilt, refreshed, pruned], ids=lambda act: act.__name__
)
def test_nothing_is_written_to_the_index_of_another_installation(
    drain: Drain, other: Connections, act: Callable[[Connections], None]
) -> None:
    before = [document(drain, id_) for id_ in range(5)]
    with pytest.raises(OtherInstallation, match="belongs to installation"):
        act(other)
    drain.search.indices.refresh(index=drain.alias)
    assert [document(drain, id_) for id_ in range(5)] == before
    assert drain.search.count(index=drain.alias)["count"] == 5


def test_no_change_is_leased_for_an_index_of_another_installation(other: Connections) -> None:
    save(Drain.from_connections(other, CONVERSATIONS), 1)
    with pytest.raises(OtherInstallation):
        Drain.from_connections(other, CONVERSATIONS).run()
    with other.store.connect() as connection:
        assert connection.exec_driver_sql("SELECT attempts FROM changes").scalars().all() == [0]


def test_an_adopted_index_is_filled_from_the_database_that_adopted_it(drain: Drain, other: Connections) -> None:
    index = search.index_behind(drain.search, drain.alias)
    assert index is not None
    other.owner.claim(index)
    drained(other)
    assert document(drain, 99)[1]["conversation_id"] == "99"
    with drain.store.connect() as connection:
        former = Owner(drain.search, read_installation(connection))
    with pytest.raises(OtherInstallation):
        former.expect(drain.alias)


def test_an_index_of_an_earlier_release_is_claimed_by_the_first_that_writes(drain: Drain) -> None:
    """It names no installation; afterwards its mapping is still the declared one."""
    index = search.index_behind(drain.search, drain.alias)
    assert index is not None
    assert "installation" not in drain.search.indices.get_mapping(index=index)[index]["mappings"]["_meta"]
    saved(drain, 1)
    with drain.store.connect() as connection:
        installation = read_installation(connection)
    assert drain.search.indices.get_mapping(index=index)[index]["mappings"]["_meta"]["installation"] == installation
    assert drift_of(drain.search, index) == []


def test_the_doctor_names_indices_of_another_installation(drain: Drain, other: Connections) -> None:
    def look(settings: Settings) -> tuple[Verdict, str]:
        found = elasticsearch.owner(Installation.of(settings))
        return found.verdict, found.detail

    with drain.store.connect() as connection:
        theirs = read_installation(connection)
    assert look(other.settings)[0] is Verdict.OK  # it has no tables yet
    with other.store.connect() as connection:
        ours = read_installation(connection)
    verdict, detail = look(other.settings)
    assert verdict is Verdict.FAILED
    assert theirs in detail
    assert ours in detail
