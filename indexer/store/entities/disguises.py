"""Erased people in records that are saved: pseudonyms stand in their places, so that numbers stay."""

from collections.abc import Sequence

from sqlalchemy import Connection

from indexer.datasets.dataset import Dataset, Incoming
from indexer.datasets.named_people import NAMING
from indexer.store.entities.erased_people import read_erasures


def disguised(
    connection: Connection, dataset: Dataset, workspace_id: str, batch: Sequence[Incoming]
) -> Sequence[Incoming]:
    """The same records, those without erased people unchanged; costs one look-up if nobody was erased."""
    naming = NAMING.get(dataset)
    if naming is None or not batch or (erasures := read_erasures(connection, workspace_id)) is None:
        return batch
    mentions = [naming.people(incoming.payload) for incoming in batch]
    erased = erasures.among({key for of_one in mentions for person in of_one for key in person.keys})
    found = []
    for incoming, people in zip(batch, mentions, strict=True):
        pseudonyms = {
            person: erasures.pseudonym(person.keys[0][1]) for person in people if not erased.isdisjoint(person.keys)
        }
        found.append(naming.without(incoming, pseudonyms) if pseudonyms else incoming)
    return found
