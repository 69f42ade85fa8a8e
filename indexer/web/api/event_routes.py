"""The HTTP API of people's events: taken one at a time or in batches, and the names that a workspace has."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from indexer.datasets.people import PEOPLE
from indexer.documentation import page
from indexer.intake.save_person_events import EventSaver, PlacedEvent
from indexer.store.entities.event_names import read_event_names
from indexer.web.requests.backend import BackendOfRequest
from indexer.web.requests.gates import Gate, through
from indexer.web.requests.object_bodies import (
    Body,
    RefusedObject,
    RefusedValue,
    WorkspaceOfBody,
    WorkspaceToRead,
    body_schema,
    objects_in,
    refuse_alone,
    refused_objects,
    refused_values,
)
from indexer.web.requests.problems import TOO_LARGE, USUAL, described

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    **USUAL,
    503: described("PostgreSQL cannot be reached, or the server is busy. Send the same again."),
}

router = APIRouter(prefix="/api/v1/events", tags=["people"], responses=_PROBLEMS)


class TakenEvents(BaseModel):
    """The outcomes of a batch: each event is counted once or refused.

    `too_old` are events of a time of which single events are no longer kept. `waiting` are those of the created events
    whose person has not come. `values` are values of metadata that were refused of events that were saved otherwise.
    """

    created: int
    unchanged: int
    too_old: int
    waiting: int
    refused: list[RefusedObject]
    values: list[RefusedValue]


_EXAMPLE = {"event_name": "export", "created_at": 1_793_491_200, "user_id": "u-17", "metadata": {"format": "csv"}}
_EVENT = {
    "type": "object",
    "required": ["event_name", "created_at"],
    "properties": {
        "event_name": {"type": "string"},
        "created_at": {"description": "When it happened, in epoch seconds."},
        "id": {"description": "The id of the person, or else:"},
        "user_id": {"description": "your own id of the person, or else:"},
        "email": {"description": "the e-mail address, if only one person has it."},
        "metadata": {"type": "object", "description": "Further values; nested objects are links and amounts."},
    },
}
_ABOUT = (
    "Take an event of a person in the vendor's shape, or a list of up to a thousand, and have the workers index what "
    f"they change ({page('people')}). The same event again changes nothing. In a list, an event that cannot be used is "
    "refused with the reason, and the others are saved; an event alone is answered with 422."
)


@router.post(
    "",
    status_code=202,
    description=_ABOUT,
    openapi_extra=body_schema(_EVENT, "events", _EXAMPLE, or_alone=True),
    responses=TOO_LARGE,
    dependencies=[through(Gate.EVENTS)],
)
def take_events(workspace: WorkspaceOfBody, body: Body, backend: BackendOfRequest) -> TakenEvents:
    objects, is_alone = objects_in(body, "events")
    batch = [PlacedEvent(str(index), one) for index, one in enumerate(objects)]
    saved = EventSaver(backend.transaction, workspace).save(batch)
    if is_alone:
        refuse_alone(saved.refused)
    backend.waker.wake({PEOPLE: saved.shards})
    return TakenEvents(
        created=saved.created,
        unchanged=saved.unchanged,
        too_old=saved.too_old,
        waiting=saved.waiting,
        refused=refused_objects(saved.refused),
        values=refused_values(saved.values),
    )


class NamedEvents(BaseModel):
    """The events of one name: how many people have such, how many there are, and the first and last (epoch seconds)."""

    name: str
    people: int
    events: int
    first: int
    last: int


@router.get("/names", dependencies=[through(Gate.LINKS)])
def list_event_names(workspace: WorkspaceToRead, backend: BackendOfRequest) -> list[NamedEvents]:
    """The names of the workspace's events, that of the most people first."""
    found = backend.storing(lambda connection: read_event_names(connection, workspace))
    return [NamedEvents(**one._asdict()) for one in found]
