"""How the records of each dataset name people, and how they are without some of them.

What counts stays: a person who is replaced by a pseudonym is still one person.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from msgspec.json import Decoder, Encoder
from msgspec.structs import replace

from indexer.conversation.pseudonyms import people_in, with_pseudonyms
from indexer.datasets.calls import CALLS
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Dataset, Incoming
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS, incoming_receipt
from indexer.datasets.series_checkpoints import SERIES_CHECKPOINTS, incoming_checkpoint
from indexer.messages.checkpoint import checkpoint_from
from indexer.messages.receipt import receipt_from
from indexer.people.person_key import Mention

Pseudonyms = Mapping[Mention, str]
"""The people to leave out, as a record names them, and the pseudonym of each."""


class Naming(NamedTuple):
    """How a dataset's records name people: `people` are those of a stored form, `without` leaves some of them out.

    `again` makes a record to save from a stored form.
    """

    people: Callable[[bytes], set[Mention]]
    without: Callable[[Incoming, Pseudonyms], Incoming]
    again: Callable[[bytes], Incoming]


_decode_raw: Callable[[bytes], dict[str, Any]] = Decoder(dict[str, Any]).decode
_encode_raw = Encoder().encode

_CONTENT_OF_CALLS = frozenset({"phone", "recording_url", "transcription_url", "transcription", "recording"})


def _people_of_conversation(payload: bytes) -> set[Mention]:
    return {Mention(id_, None, email) for id_, email in people_in(payload)}


def _conversation_without(incoming: Incoming, pseudonyms: Pseudonyms) -> Incoming:
    ids = {person.id: pseudonym for person, pseudonym in pseudonyms.items() if person.id}
    hidden = [person.email for person in pseudonyms if person.email]
    payload = with_pseudonyms(incoming.payload, ids, hidden)
    contact_ids = tuple(dict.fromkeys(ids.get(id_, id_) for id_ in incoming.contact_ids))
    return incoming._replace(payload=payload, contact_ids=contact_ids)


def _people_of_receipt(payload: bytes) -> set[Mention]:
    receipt = receipt_from(payload)
    return {Mention(receipt.user_id, receipt.user_external_id, receipt.email)}


def _receipt_without(incoming: Incoming, pseudonyms: Pseudonyms) -> Incoming:
    [pseudonym] = pseudonyms.values()
    receipt = receipt_from(incoming.payload)
    return incoming_receipt(replace(receipt, user_id=pseudonym, user_external_id=None, email=None, name=None))


def _receipt_again(payload: bytes) -> Incoming:
    return incoming_receipt(receipt_from(payload))


def _people_of_checkpoint(payload: bytes) -> set[Mention]:
    return {Mention(checkpoint_from(payload).user_id)}


def _checkpoint_without(incoming: Incoming, pseudonyms: Pseudonyms) -> Incoming:
    [pseudonym] = pseudonyms.values()
    return incoming_checkpoint(replace(checkpoint_from(incoming.payload), user_id=pseudonym))


def _checkpoint_again(payload: bytes) -> Incoming:
    return incoming_checkpoint(checkpoint_from(payload))


def _people_of_call(payload: bytes) -> set[Mention]:
    contact_id = _decode_raw(payload).get("contact_id")
    return set() if contact_id is None else {Mention(str(contact_id))}


def _call_without(incoming: Incoming, pseudonyms: Pseudonyms) -> Incoming:
    [pseudonym] = pseudonyms.values()
    kept = {name: value for name, value in _decode_raw(incoming.payload).items() if name not in _CONTENT_OF_CALLS}
    return incoming._replace(payload=_encode_raw({**kept, "contact_id": pseudonym}))


NAMING: Mapping[Dataset, Naming] = {
    CONVERSATIONS: Naming(_people_of_conversation, _conversation_without, CONVERSATIONS.incoming),
    MESSAGE_RECEIPTS: Naming(_people_of_receipt, _receipt_without, _receipt_again),
    SERIES_CHECKPOINTS: Naming(_people_of_checkpoint, _checkpoint_without, _checkpoint_again),
    CALLS: Naming(_people_of_call, _call_without, CALLS.incoming),
}
"""The datasets whose records name people; people themselves are not among them."""
