"""Writers that never pause, each over conversations of its own, and the state in which they leave the store."""

import random
import time
from collections.abc import Callable, Collection, Iterator
from threading import Event
from typing import Any

from sqlalchemy.exc import DBAPIError

from indexer.datasets.conversations import CONVERSATIONS
from indexer.intake.delete_conversations import delete
from indexer.store.entities.contact_merges import merge_contacts
from indexer.store.entities.workspaces import Workspace, save_workspace
from indexer.store.queue.changes import mark_changed
from tests.faults.faulty import Faulty
from tests.faults.histories import Raw, version

VERSIONS = 10_000
"""As many versions has each conversation at most; no run gets through them."""

_BATCH = 12
_PAUSE = 0.05
_BOTS = ("814001",)


class Writer:
    """Saves newer versions of its conversations, marks, deletes, merges contacts, changes the workspace's settings.

    What it does is drawn from `seed`. A write that PostgreSQL did not confirm is made again until it is confirmed.
    """

    def __init__(self, installation: Faulty, raws: Collection[Raw], seed: str) -> None:
        self._installation = installation
        self._raws = {raw["id"]: raw for raw in raws}
        self._numbers = dict.fromkeys(self._raws, 1)
        self._merged: dict[str, str] = {}
        self._random = random.Random(seed)

    def run(self, over: Event) -> int:
        """Write until it is over; how often."""
        done = 0
        doings = [self._save, self._save_by_command, self._mark, self._delete, self._merge, self._set]
        while not over.wait(_PAUSE):
            [doing] = self._random.choices(doings, [80, 2, 10, 3, 4, 1])
            doing()
            done += 1
        return done

    def newest(self) -> Iterator[Raw]:
        """Its conversations that are not deleted, as the last version that was saved, by their contacts of now."""
        for raw in self._raws.values():
            contacts = [one | {"id": self._merged.get(one["id"], one["id"])} for one in raw["contacts"]["contacts"]]
            yield self._present(raw) | {"contacts": raw["contacts"] | {"contacts": contacts}}

    def _present(self, raw: Raw) -> Raw:
        return version(raw, self._numbers[raw["id"]], VERSIONS)

    def _some(self, most: int) -> list[Raw]:
        return self._random.sample(list(self._raws.values()), self._random.randint(1, min(most, len(self._raws))))

    def _newer(self) -> list[Raw]:
        some = self._some(_BATCH)
        for raw in some:
            further = self._numbers[raw["id"]] + self._random.choice((0, 1, 1, 5, 700))
            self._numbers[raw["id"]] = min(further, VERSIONS)
        return [self._present(raw) for raw in some]

    def _save(self) -> None:
        newer = self._newer()
        _until_confirmed(lambda: self._installation.saves(newer))

    def _save_by_command(self) -> None:
        newer = self._newer()
        while self._installation.tries_to_import(newer).code != 0:
            time.sleep(_PAUSE)

    def _mark(self) -> None:
        ids = [raw["id"] for raw in self._some(_BATCH)]
        self._transact(lambda connection: mark_changed(connection, CONVERSATIONS, "w", ids))

    def _delete(self) -> None:
        [raw] = self._some(1)
        if len(self._raws) == 1:
            return
        at = int(time.time())
        _until_confirmed(lambda: delete(self._installation.store, "w", [raw["id"]], at, retain_metrics=False))
        del self._raws[raw["id"]]

    def _merge(self) -> None:
        """A contact becomes one that no conversation had; it is told apart by who merged it."""
        [raw] = self._some(1)
        contact_id = self._random.choice(raw["contacts"]["contacts"])["id"]
        if contact_id in self._merged:
            return
        into = f"{contact_id}-as-another"
        self._transact(lambda connection: merge_contacts(connection, "w", contact_id, into))
        self._merged[contact_id] = into

    def _set(self) -> None:
        """Everything is computed anew, with bots and again without."""
        for bots in (_BOTS, ()):
            changed = Workspace("w", bot_admin_ids=bots)
            self._transact(lambda connection, changed=changed: save_workspace(connection, changed))

    def _transact(self, write: Callable[[Any], object]) -> None:
        def transaction() -> None:
            with self._installation.store.begin() as connection:
                write(connection)

        _until_confirmed(transaction)


def _until_confirmed(write: Callable[[], object]) -> None:
    """Make a write that may be made twice until PostgreSQL says that it is made."""
    while True:
        try:
            write()
        except DBAPIError:
            time.sleep(_PAUSE)
        else:
            return
