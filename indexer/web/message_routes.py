"""The HTTP API of messages: receipts, what happened to them, and checkpoints of series, in batches."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from indexer.conversation.decoding import decoded
from indexer.documentation import page
from indexer.errors import Refused
from indexer.intake.save_messages import save_messages
from indexer.keys import LONGEST_WORKSPACE, is_name, is_usable_name
from indexer.messages.statistics import EVENTS
from indexer.reports import InvalidQuestion
from indexer.store.entities.workspaces import has_workspace
from indexer.web.action import note_action
from indexer.web.backend import Backend, BackendOfRequest
from indexer.web.gates import Gate, through
from indexer.web.problems import NO_SCOPE, NO_TOKEN, NOT_USABLE, OTHER_HOST, TOO_LARGE, described

MOST_EVENTS = 1_000
"""The most objects in one request."""

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: OTHER_HOST,
    401: NO_TOKEN,
    403: NO_SCOPE,
    422: NOT_USABLE,
    503: described("PostgreSQL cannot be reached, or the server is busy. Send the same again."),
    **TOO_LARGE,
}

router = APIRouter(prefix="/api/v1/messages", tags=["messages"], responses=_PROBLEMS)


class RefusedEvent(BaseModel):
    """An object that cannot be used: its place in the list, from 0, and what is wrong with which of its fields."""

    index: int
    path: str
    reason: str


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
    refused: list[RefusedEvent]


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
_LIST = {"type": "array", "items": _EVENT, "minItems": 1, "maxItems": MOST_EVENTS}
_ONE_KEY = {"type": "object", "required": ["events"], "properties": {"events": _LIST}, "additionalProperties": False}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"anyOf": [_LIST, _ONE_KEY]}, "example": _EXAMPLE}},
    }
}
_ABOUT = (
    "Save receipts, events and checkpoints, and have the workers index what they change. The fields of the objects are "
    f"the columns of the export ({page('messages')}). An object that cannot be used is refused with the reason; the "
    "others are saved. Sending the same again changes nothing."
)


async def _body(request: Request) -> bytes:
    return await request.body()


@router.post("/events", description=_ABOUT, openapi_extra=_BODY, dependencies=[through(Gate.EVENTS)])
def save_events(
    workspace: Annotated[
        str, Query(description="The workspace of the messages.", min_length=1, max_length=LONGEST_WORKSPACE)
    ],
    body: Annotated[bytes, Depends(_body)],
    backend: BackendOfRequest,
    http: Request,
) -> SavedEvents:
    backend.access.expect(workspace)
    if not (is_usable_name(workspace) or _is_stored(backend, workspace)):
        raise InvalidQuestion("workspace", "has to have printable characters only, and no colon")
    saved = save_messages(backend.storing, workspace, _objects(body), ZoneInfo(backend.time_zone(workspace)))
    backend.waker.wake(saved.shards)
    note_action(http, workspace=workspace, created=saved.created, updated=saved.updated)
    return SavedEvents(
        created=saved.created,
        updated=saved.updated,
        unchanged=saved.unchanged,
        older=saved.older,
        waiting=saved.waiting,
        refused=[RefusedEvent(index=index, path=why.path, reason=why.reason) for index, why in saved.refused],
    )


def _is_stored(backend: Backend, workspace: str) -> bool:
    """Whether there is a workspace of this name, which a new one could not have."""
    return is_name(workspace) and backend.storing(lambda connection: has_workspace(connection, workspace))


def _objects(body: bytes) -> list[Any]:
    """The objects in a body, each still to be read; raises `InvalidQuestion`."""
    try:
        found = decoded(body)
    except Refused as refused:
        raise InvalidQuestion("body", refused.reason) from None
    if isinstance(found, dict) and found.keys() == {"events"}:
        found = found["events"]
    if not isinstance(found, list):
        raise InvalidQuestion("body", "has to be a list of objects, or an object whose only key is events")
    if not found:
        raise InvalidQuestion("body", "has no events")
    if len(found) > MOST_EVENTS:
        raise InvalidQuestion("body", f"has {len(found):,} events, and {MOST_EVENTS:,} is the most; send less at once")
    return found
