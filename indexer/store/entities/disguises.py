"""Erased people in records that are saved: pseudonyms stand in their places, so that numbers stay."""

from collections.abc import Sequence

from sqlalchemy import Connection

from indexer.conversation.pseudonyms import addresses_in, hide_texts
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Dataset, Incoming
from indexer.datasets.named_people import NAMING
from indexer.store.entities.erased_people import ErasedPeople, read_erasures


def disguised(
    connection: Connection, dataset: Dataset, workspace_id: str, batch: Sequence[Incoming]
) -> Sequence[Incoming]:
    """The same records, those without erased people unchanged; costs one look-up if nobody was erased."""
    naming = NAMING.get(dataset)
    if naming is None or not batch or (erasures := read_erasures(connection, workspace_id)) is None:
        return batch
    mentions = [naming.people(incoming.payload) for incoming in batch]
    erased = erasures.among({key for of_one in mentions for person in of_one for key in person.keys})
    if dataset is CONVERSATIONS:
        batch = _hide_addresses(erasures, batch)
    found = []
    for incoming, people in zip(batch, mentions, strict=True):
        pseudonyms = {
            person: erasures.pseudonym(person.keys[0][1]) for person in people if not erased.isdisjoint(person.keys)
        }
        found.append(naming.without(incoming, pseudonyms) if pseudonyms else incoming)
    return found


def _hide_addresses(erasures: ErasedPeople, batch: Sequence[Incoming]) -> list[Incoming]:
    """The same conversations, with a placeholder for the addresses of erased people in the texts of anybody."""
    addresses = [addresses_in(incoming.payload) for incoming in batch]
    erased = {value for _, value in erasures.among({("email", one) for of_one in addresses for one in of_one})}
    named = [sorted(erased & of_one) for of_one in addresses]
    return [
        incoming._replace(payload=hide_texts(incoming.payload, texts)) if texts else incoming
        for incoming, texts in zip(batch, named, strict=True)
    ]
