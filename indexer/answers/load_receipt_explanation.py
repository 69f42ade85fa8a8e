"""Reading the inputs of a receipt's explanation: the receipt, its events, and its document in the index."""

import json
from dataclasses import dataclass

from indexer.answers.load_explanation import index_notice
from indexer.connections import Connections
from indexer.datasets.dataset import Stored
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.document_inputs import read_inputs
from indexer.errors import OperatorError
from indexer.explaining.receipt_explanation import ReceiptExplanation, explain_receipt
from indexer.messages.event import event_from
from indexer.messages.receipt import receipt_from
from indexer.store.database import snapshot


@dataclass(frozen=True, slots=True)
class ExplainedReceipt:
    """An explanation, and the differences of the index in a sentence (None if there are none)."""

    explanation: ReceiptExplanation
    notice: str | None


def explain_stored_receipt(
    here: Connections, workspace_id: str, receipt_id: str, time_zone: str | None = None
) -> ExplainedReceipt:
    """Explain a stored receipt; raises `OperatorError` if it is not stored.

    Times are shown in the time zone; the default is that of the workspace.
    """
    key = workspace_id, receipt_id
    with snapshot(here.store) as connection:
        inputs = read_inputs(connection, MESSAGE_RECEIPTS, [key], bots_interrupt=here.settings.literal_reply_times).get(
            key
        )
    if inputs is None or inputs.stored.deleted:
        raise _not_there(workspace_id, receipt_id, None if inputs is None else inputs.stored)
    stored = inputs.stored
    explanation = explain_receipt(
        receipt_from(stored.payload),
        map(event_from, stored.events),
        workspace_id,
        revision=inputs.version,
        saved_at=stored.saved_at,
        time_zone=time_zone or inputs.workspace.time_zone,
    )
    computed = json.loads(inputs.document())
    return ExplainedReceipt(explanation, index_notice(here, MESSAGE_RECEIPTS, inputs.document_id, computed))


def _not_there(workspace_id: str, receipt_id: str, placeholder: Stored | None) -> OperatorError:
    said = f"receipt {receipt_id!r} is not stored in workspace {workspace_id!r}"
    if placeholder is not None and placeholder.events:
        waiting = len(placeholder.events)
        return OperatorError(
            f"{said}; {waiting} of its events {'waits' if waiting == 1 else 'wait'} for it",
            "import the file with the receipt",
        )
    if placeholder is not None:
        said = f"receipt {receipt_id!r} is deleted in workspace {workspace_id!r}"
    return OperatorError(said, "give the receipt_id that the export or a report's rows show")
