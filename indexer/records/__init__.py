"""Records besides conversations: calls and the statuses of teammates, each from its JSON to its reporting document."""

from indexer.records.call import Call, CallDocument, call_document, parse_call
from indexer.records.teammate_status import StatusChange, StatusDocument, parse_status_change, status_document

__all__ = [
    "Call",
    "CallDocument",
    "StatusChange",
    "StatusDocument",
    "call_document",
    "parse_call",
    "parse_status_change",
    "status_document",
]
