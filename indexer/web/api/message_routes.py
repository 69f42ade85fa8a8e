"""The HTTP API of messages: receipts, what happened to them, and checkpoints of series, in batches."""

from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from pydantic import BaseModel

from indexer.documentation import page
from indexer.intake.save_messages import save_messages
from indexer.messages.statistics import EVENTS
from indexer.web.requests.action import note_action
from indexer.web.requests.backend import BackendOfRequest
from indexer.web.requests.gates import Gate, through
from indexer.web.requests.object_bodies import Body, RefusedObject, WorkspaceOfBody, body_schema, list_in
from indexer.web.requests.problems import TOO_LARGE, USUAL, described

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    **USUAL,
    503: described("PostgreSQL cannot be reached, or the server is busy. Send the same again."),
    **TOO_LARGE,
}

router = APIRouter(prefix="/api/v1/messages", tags=["messages"], responses=_PROBLEMS)


class SavedEvents(BaseModel):
    """The outcomes of a batch: each object is counted once or refused, and so are the events that a receipt brings.

    `waiting` are those of the created events whose receipts have not come. `older` are versions and events that were
    not kept because a later version or a deletion is stored.
    """

    created: int
    updated: int
    unchanged: int
    older: int
    waiting: int
    refused: list[RefusedObject]


_EXAMPLE = [
    {
        "type": "receipt",
        "receipt_id": "8101",
        "received_at": 1_793_491_200,
        "user_id": "6318a1",
        "content_type": "email",
        "content_id": "412",
        "content_title": "What is new",
    },
    {"type": "open", "receipt_id": "8101", "at": 1_793_491_260},
    {"type": "click", "receipt_id": "8101", "at": 1_793_491_320, "link": "https://example.com/new"},
]
_EVENT = {
    "type": "object",
    "required": ["type"],
    "properties": {
        "type": {
            "type": "string",
            "description": f"receipt, checkpoint, or the kind of an event: {', '.join(EVENTS)}.",
        },
        "receipt_id": {"description": "The id of the receipt, for receipts and events."},
        "at": {"description": "When it happened, in epoch seconds or ISO 8601; also under the name of its column."},
    },
}
_ABOUT = (
    "Save receipts, events and checkpoints, and have the workers index what they change. The fields of the objects are "
    f"the columns of the export ({page('messages')}). An object that cannot be used is refused with the reason; the "
    "others are saved. Sending the same again changes nothing."
)


@router.post(
    "/events",
    description=_ABOUT,
    openapi_extra=body_schema(_EVENT, "events", _EXAMPLE, or_alone=False),
    dependencies=[through(Gate.EVENTS)],
)
def save_events(workspace: WorkspaceOfBody, body: Body, backend: BackendOfRequest, http: Request) -> SavedEvents:
    objects, zone = list_in(body, "events"), ZoneInfo(backend.time_zone(workspace))
    saved = save_messages(backend.storing, workspace, objects, zone)
    backend.waker.wake(saved.shards)
    note_action(http, workspace=workspace, created=saved.created, updated=saved.updated)
    return SavedEvents(
        created=saved.created,
        updated=saved.updated,
        unchanged=saved.unchanged,
        older=saved.older,
        waiting=saved.waiting,
        refused=[RefusedObject(index=index, path=why.path, reason=why.reason) for index, why in saved.refused],
    )
