"""Computing the document of a stored entity: the one way for workers, backfills, repairs, differences, explanations.

A document has several inputs: the stored entity, and the settings of its workspace. Its version is the highest
revision among them. All inputs of a document must be read on one snapshot (`store.database.snapshot`):
see `store.entities.revision_locks`.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import orjson
import structlog
from sqlalchemy import Connection

from indexer.datasets.dataset import Computation, Dataset, Stored
from indexer.errors import Refused
from indexer.keys import EntityKey
from indexer.office_hours import ALWAYS_OPEN, OfficeHours, parse_office_hours
from indexer.search import Write
from indexer.store.entities.revision_locks import version_of
from indexer.store.entities.stored import read_stored
from indexer.store.entities.workspaces import Workspace, read_workspaces
from indexer.without_values import frames_of, of_defect, of_refusal

log = structlog.get_logger()


class Uncomputable(NamedTuple):
    """The reason why there is no document, in the words of the quarantine; `error` does not quote the entity."""

    reason: str
    error: str


class Inputs(NamedTuple):
    """All inputs of a document."""

    dataset: Dataset
    stored: Stored
    workspace: Workspace
    computation: Computation

    @property
    def key(self) -> EntityKey:
        """The workspace and the entity's id in it."""
        return self.stored.key

    @property
    def document_id(self) -> str:
        """The `_id` of the document."""
        return self.key.document_id

    @property
    def version(self) -> int:
        """The version of the document: the highest revision among its inputs."""
        return version_of(self.stored.revision, self.workspace.revision)

    def document(self) -> bytes:
        """The document as JSON; raises `Refused`."""
        return self.dataset.document(self.stored, self.computation, self.version)

    def write(self) -> Write | Uncomputable:
        """The write to make: the document, or its removal if the entity is deleted. Never raises."""
        document_id, version = self.document_id, self.version
        if self.stored.deleted:
            return Write(document_id, version, None)
        try:
            return Write(document_id, version, self.dataset.document(self.stored, self.computation, version))
        except Refused as refused:
            return Uncomputable("cannot be read", of_refusal(refused))
        except Exception as error:  # a defect of ours in one document must not stop the others
            log.error("compute_failed", document=document_id, error=of_defect(error), traceback=frames_of(error))
            return Uncomputable("cannot be computed", of_defect(error))


def read_inputs(
    connection: Connection, dataset: Dataset, keys: Sequence[EntityKey], *, bots_interrupt: bool
) -> dict[EntityKey, Inputs]:
    """The inputs of those of the keys that are stored, deleted ones too."""
    stored = read_stored(connection, dataset, keys)
    return {inputs.key: inputs for inputs in add_inputs(connection, dataset, stored, bots_interrupt=bots_interrupt)}


def add_inputs(
    connection: Connection,
    dataset: Dataset,
    stored: Collection[Stored],
    *,
    bots_interrupt: bool,
) -> Iterator[Inputs]:
    """Add the other inputs to entities that were read on this connection, in their order."""
    workspaces = read_workspaces(connection, {one.workspace_id for one in stored})
    computations = {key: computation_of(found, bots_interrupt) for key, found in workspaces.items()}
    for one in stored:
        yield Inputs(dataset, one, workspaces[one.workspace_id], computations[one.workspace_id])


def computation_of(workspace: Workspace, bots_interrupt: bool) -> Computation:
    """The settings of a stored workspace in the form that documents are computed with."""
    return Computation(
        workspace.workspace_id,
        ALWAYS_OPEN if workspace.office_hours is None else _compiled(orjson.dumps(workspace.office_hours)),
        frozenset(workspace.bot_admin_ids),
        bots_interrupt,
    )


@lru_cache(maxsize=128)
def _compiled(schedule: bytes) -> OfficeHours:
    """A schedule, compiled once for all conversations that are measured with it; it was checked when it was saved."""
    return parse_office_hours(orjson.loads(schedule))
