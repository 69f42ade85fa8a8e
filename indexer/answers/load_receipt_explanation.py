"""Reading the inputs of a receipt's explanation: the receipt, its events, and its document in the index."""

import json
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from indexer.answers.computed_document import ComputedDocument, searching_by
from indexer.answers.earlier_moment import expect_existed, read_moment
from indexer.connections import Connections
from indexer.datasets.dataset import Stored
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.document_inputs import read_inputs
from indexer.errors import OperatorError
from indexer.explaining.receipt_explanation import ReceiptExplanation, explain_receipt
from indexer.keys import EntityKey
from indexer.messages.event import event_from
from indexer.messages.receipt import receipt_from
from indexer.store.database import snapshot


class UnknownReceipt(OperatorError):
    """The workspace has no such receipt."""


@dataclass(frozen=True, slots=True)
class ExplainedReceipt:
    """An explanation, and the differences of the index in a sentence (None if there are none)."""

    explanation: ReceiptExplanation
    notice: str | None


def explain_stored_receipt(
    here: Connections, workspace_id: str, receipt_id: str, as_of: str | None, time_zone: str | None = None
) -> ExplainedReceipt:
    """Explain a stored receipt; raises `UnknownReceipt` and `InvalidMoment`.

    Times are shown, and `as_of` is read, in the time zone; the default is that of the workspace.
    """
    with snapshot(here.store) as connection:
        explanation, document = load_receipt_explanation(connection, workspace_id, receipt_id, as_of, time_zone)
    return ExplainedReceipt(explanation, document.notice(searching_by(here)))


def load_receipt_explanation(
    connection: Connection,
    workspace_id: str,
    receipt_id: str,
    as_of: str | None = None,
    time_zone: str | None = None,
) -> tuple[ReceiptExplanation, ComputedDocument]:
    """Explain a receipt as the store has it, on one snapshot; the index is not asked.

    Raises `UnknownReceipt`, and `InvalidMoment` for an `as_of` that cannot be used.
    """
    key = EntityKey(workspace_id, receipt_id)
    inputs = read_inputs(connection, MESSAGE_RECEIPTS, [key], bots_interrupt=False).get(key)
    if inputs is None or inputs.stored.deleted:
        raise _not_there(workspace_id, receipt_id, None if inputs is None else inputs.stored)
    stored = inputs.stored
    receipt = receipt_from(stored.payload)
    zone = ZoneInfo(time_zone or inputs.workspace.time_zone)
    moment = read_moment(as_of, zone)
    expect_existed("the receipt", receipt.received_at, moment, zone)
    explanation = explain_receipt(
        receipt,
        map(event_from, stored.events),
        workspace_id,
        revision=inputs.version,
        saved_at=stored.saved_at,
        as_of=moment,
        time_zone=zone.key,
    )
    document = ComputedDocument(MESSAGE_RECEIPTS, inputs.document_id, json.loads(inputs.document()))
    return explanation, document


def _not_there(workspace_id: str, receipt_id: str, placeholder: Stored | None) -> UnknownReceipt:
    said = f"receipt {receipt_id!r} is not stored in workspace {workspace_id!r}"
    if placeholder is not None and placeholder.events:
        waiting = len(placeholder.events)
        return UnknownReceipt(
            f"{said}; {waiting} of its events {'waits' if waiting == 1 else 'wait'} for it",
            "import the file with the receipt",
        )
    if placeholder is not None:
        said = f"receipt {receipt_id!r} is deleted in workspace {workspace_id!r}"
    return UnknownReceipt(said, "give the receipt_id that the export or a report's rows show")
