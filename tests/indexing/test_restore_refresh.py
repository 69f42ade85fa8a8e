"""The refresh of the index that readers use, after a process that switched it off was killed."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from indexer import search
from indexer.checks.check import Installation, Verdict
from indexer.checks.elasticsearch import refresh
from indexer.datasets.conversations import CONVERSATIONS
from indexer.indexing.drain import Drain
from indexer.indexing.restore_refresh import restore_refreshes
from indexer.search.refresh import other_refresh
from indexer.settings import Settings
from indexer.store.jobs.rebuild_lock import hold_rebuild
from tests.indexing.store_and_index import save

pytestmark = pytest.mark.services

_ACTS_UNTIL_KILLED = """
import sys, time
from indexer.datasets.conversations import CONVERSATIONS
from indexer.store.database import open_store
from indexer.store.jobs.rebuild_lock import hold_rebuild

with hold_rebuild(open_store(sys.argv[1]), CONVERSATIONS):
    print("acting", flush=True)
    time.sleep(3600)
"""


def seen(drain: Drain) -> int:
    return int(drain.search.count(index=drain.alias)["count"])


def test_readers_see_what_is_written_again_when_the_process_that_held_the_refresh_was_killed(
    drain: Drain, test_settings: Settings
) -> None:
    prefix = test_settings.index_prefix
    holder = subprocess.Popen(
        [sys.executable, "-c", _ACTS_UNTIL_KILLED, str(test_settings.database_url)], stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"acting\n"
    search.hold_refresh(drain.search, drain.alias)
    save(drain, 1, 2, 3)
    drain.run()
    restore_refreshes(drain.store, drain.search, prefix)
    [other] = other_refresh(drain.search, [drain.alias])
    assert (other.index, other.live, other.declared) == (search.index_behind(drain.search, drain.alias), "-1", "1s")
    assert refresh(Installation.of(test_settings)).verdict is Verdict.FAILED
    assert seen(drain) == 0

    os.kill(holder.pid, signal.SIGKILL)
    holder.communicate()
    while other_refresh(drain.search, [drain.alias]):  # the server notices in a moment that the holder is gone
        restore_refreshes(drain.store, drain.search, prefix)
    assert refresh(Installation.of(test_settings)).verdict is Verdict.OK
    while seen(drain) < 3:  # without any refresh but the index's own
        pass


def test_an_index_that_is_filled_and_the_alias_of_nothing_are_left_as_they_are(
    drain: Drain, test_settings: Settings
) -> None:
    prefix = test_settings.index_prefix
    filled = search.unused_name(drain.search, prefix, "conversations", datetime.now(UTC))
    search.create_for_bulk(drain.search, filled)
    restore_refreshes(drain.store, drain.search, prefix)
    live = drain.search.indices.get_settings(index=filled)[filled]["settings"]["index"]
    assert live["refresh_interval"] == "-1"


def test_the_lock_of_one_dataset_does_not_keep_another_from_being_restored(
    drain: Drain, test_settings: Settings
) -> None:
    search.ensure_dataset(drain.search, test_settings.index_prefix, "calls")
    calls = search.alias_name(test_settings.index_prefix, "calls")
    for alias in (drain.alias, calls):
        search.hold_refresh(drain.search, alias)
    with hold_rebuild(drain.store, CONVERSATIONS):
        restore_refreshes(drain.store, drain.search, test_settings.index_prefix)
    assert [one.index for one in other_refresh(drain.search, [drain.alias, calls])] == [
        search.index_behind(drain.search, drain.alias)
    ]
