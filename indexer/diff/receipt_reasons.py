"""Finding the reasons why receipts differ, and why only one side has a receipt, in the stored receipts and events."""

import shlex
from collections.abc import Sequence

from sqlalchemy import Engine

from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.diff.find_reasons import DifferingDocuments, ReasonSearch
from indexer.diff.selection import Selection
from indexer.differences.reason import Reason
from indexer.differences.receipt_rules import EventRange, receipt_reasons
from indexer.differences.tally import Difference
from indexer.document_inputs import Inputs, read_inputs
from indexer.keys import EntityKey
from indexer.messages.event import event_from
from indexer.messages.receipt import receipt_from
from indexer.store.database import snapshot


def explain_receipt_command(one: Difference) -> str:
    """The command that explains a difference of a receipt."""
    workspace_id, receipt_id = one.key
    named = ["--dataset", MESSAGE_RECEIPTS.name, "--workspace", workspace_id]
    return shlex.join(["indexer", "explain", receipt_id, one.pair.right, *named])


def with_receipt_reasons(
    store: Engine, batch: Sequence[DifferingDocuments], search: ReasonSearch
) -> list[list[Difference]]:
    """The differences of each receipt with their reasons; a receipt that is not stored has none."""
    found = _inputs(store, [one.key for one in batch])
    counted = EventRange(search.selection.created_from, search.selection.created_until)
    explained = []
    for one in batch:
        inputs = found.get(one.key)
        if inputs is None or inputs.stored.deleted:
            words = "The receipt is not stored, so that nothing can be computed."
            explained.append([each._replace(reasons=(Reason.UNEXPLAINED,), words=words) for each in one.differences])
            continue
        receipt, events = receipt_from(inputs.stored.payload), map(event_from, inputs.stored.events)
        explained.append(receipt_reasons(receipt, events, one.differences, search.tolerance, counted))
    return explained


def missing_receipts(store: Engine, keys: Sequence[EntityKey], selection: Selection) -> dict[EntityKey, str]:
    """What is stored of receipts that only one side has, in words."""
    found = _inputs(store, keys)
    return {key: _missing(found.get(key), selection) for key in keys}


def _missing(inputs: Inputs | None, selection: Selection) -> str:
    if inputs is None:
        return "not stored"
    if inputs.stored.deleted:
        waiting = len(inputs.stored.events)
        return f"not stored, {waiting} of its events waiting" if waiting else "deleted"
    received_at = receipt_from(inputs.stored.payload).received_at
    return "stored" if selection.takes_creation(received_at) else f"stored, but received at {received_at}, out of range"


def _inputs(store: Engine, keys: Sequence[EntityKey]) -> dict[EntityKey, Inputs]:
    with snapshot(store) as connection:
        return read_inputs(connection, MESSAGE_RECEIPTS, keys, bots_interrupt=False)
