"""A change that a worker has leased, and the ways in which the lease can end."""

from typing import Literal, NamedTuple
from uuid import UUID

from indexer.keys import EntityKey


class LeasedChange(NamedTuple):
    """A change to be indexed by the worker that leased it.

    `attempts` counts this lease and those in a row before it that expired; `retries` how often the change was given
    back with an error since its entity was last indexed.
    """

    dataset: str
    workspace_id: str
    entity_id: str
    revision: int
    attempts: int
    retries: int
    lease_id: UUID

    @property
    def key(self) -> EntityKey:
        """The entity that has changed."""
        return EntityKey(self.workspace_id, self.entity_id)


Fate = Literal["indexed", "superseded", "deleted"]
"""How a change is done: the index holds its document, or a newer one, or the document is deleted."""


class Settle(NamedTuple):
    """A lease whose change is done."""

    lease: LeasedChange
    fate: Fate


class Release(NamedTuple):
    """A lease to give back, due after `delay_seconds`; without an `error` it was not tried."""

    lease: LeasedChange
    delay_seconds: float
    error: str | None


class Poisoned(NamedTuple):
    """A lease to put into quarantine: `reason` in a word or two, `error` in full, `payload` as it was refused."""

    lease: LeasedChange
    reason: str
    error: str
    payload: bytes | None = None


class Ended(NamedTuple):
    """How many leases were `removed` from the queue, `released` to be leased again, or `lost` to another worker."""

    removed: int
    released: int
    lost: int
