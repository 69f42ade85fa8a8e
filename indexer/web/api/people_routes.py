"""The HTTP API of people: saved, listed, counted and exported, and their custom attributes."""

import tempfile
import time
from collections.abc import Iterator
from typing import IO, Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from msgspec.structs import asdict

from indexer.answers.people_list import count_people, iterate_people, list_people
from indexer.documentation import page
from indexer.errors import Refused
from indexer.exports.write_people import write_people
from indexer.intake.people_batches import PeopleBatches
from indexer.people.attribute import Attribute
from indexer.people.list_columns import value_in
from indexer.reports import InvalidQuestion
from indexer.store.entities.attributes import add_attributes, read_attributes
from indexer.web.api.people_bodies import (
    AttributeGiven,
    AttributeShown,
    PeopleCount,
    PeopleFileRequest,
    PeopleFilter,
    PeopleList,
    PeopleListing,
    SavedObjects,
)
from indexer.web.api.people_questions import asked_by
from indexer.web.requests.backend import BackendOfRequest
from indexer.web.requests.gates import Gate, through
from indexer.web.requests.object_bodies import (
    Body,
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
    503: described("There is no index yet, a service cannot be reached, or the server is busy."),
}
_CHUNK = 1 << 16
_IN_MEMORY = 8 << 20

router = APIRouter(prefix="/api/v1/people", tags=["people"], responses=_PROBLEMS)


_PERSON = {
    "type": "object",
    "properties": {
        "id": {"description": "The id, or else:"},
        "external_id": {"description": "your own id, or else:"},
        "email": {"description": "the e-mail address."},
        "custom_attributes": {"type": "object"},
    },
}
_EXAMPLE = {"external_id": "u-17", "email": "ada@example.com", "custom_attributes": {"plan": "free"}}
_ABOUT = (
    "Save a person in the vendor's shape, or a list of up to a thousand, and have the workers index what changed "
    f"({page('people')}). An object with `id` and `updated_at` is a version of the whole person; any other one says "
    "what changes. A notification of the vendor's webhooks is taken too: it may bring companies and events, and may "
    "delete, archive or merge people. What cannot be used is refused with the reason, and everything else is saved."
)


@router.post(
    "",
    description=_ABOUT,
    openapi_extra=body_schema(_PERSON, "people", _EXAMPLE, or_alone=True),
    responses=TOO_LARGE,
    dependencies=[through(Gate.EVENTS)],
)
def save(workspace: WorkspaceOfBody, body: Body, backend: BackendOfRequest) -> SavedObjects:
    objects, is_alone = objects_in(body, "people")
    refused: list[tuple[str, Refused]] = []
    values: list[tuple[str, Refused]] = []
    batches = PeopleBatches(
        backend.transaction,
        workspace,
        lambda *one: refused.append(one),
        lambda *one: values.append(one),
    )
    for index, one in enumerate(objects):
        batches.add_object(str(index), one, "person")
    batches.save_all()
    saved = batches.imported
    backend.waker.wake(saved.shards)
    counts = saved.counts
    # A notification may tell several things: if one of them is saved, the request has succeeded.
    if is_alone and counts["read"] == counts["refused"] and not saved.merged:
        refuse_alone(refused)
    return SavedObjects(
        created=counts["created"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        older=counts["older"],
        merged=saved.merged,
        refused=refused_objects(refused),
        values=refused_values(values),
        attributes={one.name: one.type for one in saved.attributes},
    )


@router.get("", dependencies=[through(Gate.SEARCHES)])
def list_some(listing: Annotated[PeopleListing, Query()], backend: BackendOfRequest) -> PeopleList:
    """The people who match a filter, page by page; times are those of the workspace's time zone."""
    asked = asked_by(backend, listing)
    taken_at = int(time.time())
    found = backend.searching(
        lambda client, prefix: list_people(
            client, prefix, backend.connect, asked.question, size=listing.limit, cursor=listing.cursor
        )
    )
    zone = asked.question.scope.zone
    return PeopleList(
        total=found.total,
        taken_at=taken_at,
        as_of=asked.question.scope.now,
        meaning=asked.meaning,
        people=[{column.name: value_in(column, one, zone) for column in asked.columns} for one in found.people],
        cursor=found.cursor,
    )


@router.get("/count", dependencies=[through(Gate.SEARCHES)])
def count(chosen: Annotated[PeopleFilter, Query()], backend: BackendOfRequest) -> PeopleCount:
    """How many people match a filter."""
    asked = asked_by(backend, chosen)
    taken_at = int(time.time())
    found = backend.searching(lambda client, prefix: count_people(client, prefix, asked.question))
    return PeopleCount(count=found, taken_at=taken_at, as_of=asked.question.scope.now, meaning=asked.meaning)


@router.get("/export", response_class=StreamingResponse, dependencies=[through(Gate.EXPORTS)])
def export(request: Annotated[PeopleFileRequest, Query()], backend: BackendOfRequest) -> StreamingResponse:
    """The people who match a filter, as a file with a row for each person."""
    asked = asked_by(backend, request)
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  (closed when it is sent)
    try:
        backend.searching(
            lambda client, prefix: write_people(
                iterate_people(client, prefix, backend.connect, asked.question),
                asked.columns,
                file,
                zone=asked.question.scope.zone,
                format_=request.format,
            )
        )
    except BaseException:
        file.close()
        raise
    file.seek(0)
    media_type = "text/csv; charset=utf-8" if request.format == "csv" else "application/x-ndjson"
    headers = {"Content-Disposition": f'attachment; filename="people.{request.format}"'}
    return StreamingResponse(_chunks(file), media_type=media_type, headers=headers)


@router.get("/attributes", dependencies=[through(Gate.LINKS)])
def list_attributes(workspace: WorkspaceToRead, backend: BackendOfRequest) -> list[AttributeShown]:
    """The custom attributes of people and of companies, archived ones too."""
    catalogue = backend.storing(lambda connection: read_attributes(connection, workspace))
    return [_shown(one) for _, one in sorted(catalogue.attributes.items())]


@router.post("/attributes", responses=TOO_LARGE, dependencies=[through(Gate.LINKS)])
def declare_attribute(workspace: WorkspaceOfBody, given: AttributeGiven, backend: BackendOfRequest) -> AttributeShown:
    """Declare a custom attribute, so that values of another type are refused. Its type cannot be changed later."""
    attribute = Attribute(
        model=given.model,
        name=given.name,
        type=given.type,
        options=tuple(given.options),
        qualification=given.qualification,
    )
    try:
        backend.storing(lambda connection: add_attributes(connection, workspace, [attribute]))
    except Refused as refused:
        raise InvalidQuestion("name", str(refused)) from None
    return _shown(attribute)


def _shown(attribute: Attribute) -> AttributeShown:
    return AttributeShown(**asdict(attribute))


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk
