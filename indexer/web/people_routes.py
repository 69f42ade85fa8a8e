"""The HTTP API of people: saved, listed, counted, shown and explained."""

import tempfile
import time
from collections.abc import Iterator
from typing import IO, Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse

from indexer.answers.find_person import find_person
from indexer.answers.people_list import count_people, iterate_people, list_people
from indexer.answers.people_question import AskedPeople, read_people_question, read_scope
from indexer.answers.profile_links import profile_links
from indexer.datasets.people import PEOPLE
from indexer.documentation import page
from indexer.exports.write_people import write_people
from indexer.intake.read_people import PlacedObject
from indexer.intake.save_people import PeopleSaver
from indexer.people.filters import matches, why
from indexer.people.list_columns import value_in
from indexer.people.person_description import described_person
from indexer.reports import InvalidQuestion
from indexer.web.backend import Backend, BackendOfRequest
from indexer.web.gates import Gate, through
from indexer.web.object_bodies import (
    MOST_OBJECTS,
    WorkspaceOfBody,
    WorkspaceToRead,
    objects_in,
    refused_objects,
    refused_values,
)
from indexer.web.people_bodies import (
    Clause,
    Explanation,
    PeopleColumns,
    PeopleCount,
    PeopleFileRequest,
    PeopleFilter,
    PeopleList,
    PeopleListing,
    SavedObjects,
)
from indexer.web.problems import NO_SCOPE, NO_TOKEN, NOT_USABLE, OTHER_HOST, TOO_LARGE, described

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: OTHER_HOST,
    401: NO_TOKEN,
    403: NO_SCOPE,
    422: NOT_USABLE,
    503: described("There is no index yet, a service cannot be reached, or the server is busy."),
}
_ONE: dict[int | str, dict[str, Any]] = {
    404: described("The workspace has no such person."),
    409: described("Several people have this e-mail address; the error names their ids."),
}
_CHUNK = 1 << 16
_IN_MEMORY = 8 << 20

router = APIRouter(prefix="/api/v1/people", tags=["people"], responses=_PROBLEMS)

PersonPath = Annotated[
    str, Path(description="The person's id, external id, or e-mail address if nobody else has it.", max_length=512)
]


async def _body(request: Request) -> bytes:
    return await request.body()


_PERSON = {
    "type": "object",
    "properties": {
        "id": {"description": "The id, or else:"},
        "external_id": {"description": "your own id, or else:"},
        "email": {"description": "the e-mail address."},
        "custom_attributes": {"type": "object"},
    },
}
_LIST = {"type": "array", "items": _PERSON, "minItems": 1, "maxItems": MOST_OBJECTS}
_ONE_KEY = {"type": "object", "required": ["people"], "properties": {"people": _LIST}, "additionalProperties": False}
_EXAMPLE = {"external_id": "u-17", "email": "ada@example.com", "custom_attributes": {"plan": "free"}}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"anyOf": [_PERSON, _LIST, _ONE_KEY]}, "example": _EXAMPLE}},
    }
}
_ABOUT = (
    "Save a person in the vendor's shape, or a list of up to a thousand, and have the workers index what changed "
    f"({page('people')}). An object with `id` and `updated_at` is a version of the whole person; any other one says "
    "what changes. A value or a person that cannot be used is refused with the reason, and everything else is saved."
)


@router.post("", description=_ABOUT, openapi_extra=_BODY, responses=TOO_LARGE, dependencies=[through(Gate.EVENTS)])
def save(workspace: WorkspaceOfBody, body: Annotated[bytes, Depends(_body)], backend: BackendOfRequest) -> SavedObjects:
    objects, _ = objects_in(body, "people")
    saver = PeopleSaver(backend.transaction, workspace, "contact")
    saved = saver.save([PlacedObject(str(index), one) for index, one in enumerate(objects)])
    backend.waker.wake({PEOPLE: saved.shards})
    return SavedObjects(
        created=saved.created,
        updated=saved.updated,
        unchanged=saved.unchanged,
        older=saved.older,
        refused=refused_objects(saved.refused),
        values=refused_values(saved.values),
        attributes={one.name: one.type for one in saved.attributes.values()},
    )


@router.get("", dependencies=[through(Gate.SEARCHES)])
def list_some(listing: Annotated[PeopleListing, Query()], backend: BackendOfRequest) -> PeopleList:
    """The people that a filter holds for, page by page; times are those of the workspace's time zone."""
    asked = _asked(backend, listing)
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
    """How many people a filter holds for."""
    asked = _asked(backend, chosen)
    taken_at = int(time.time())
    found = backend.searching(lambda client, prefix: count_people(client, prefix, asked.question))
    return PeopleCount(count=found, taken_at=taken_at, as_of=asked.question.scope.now, meaning=asked.meaning)


@router.get("/export", response_class=StreamingResponse, dependencies=[through(Gate.EXPORTS)])
def export(request: Annotated[PeopleFileRequest, Query()], backend: BackendOfRequest) -> StreamingResponse:
    """The people that a filter holds for, as a file with as many rows as there are people."""
    asked = _asked(backend, request)
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


@router.get("/{person}", responses=_ONE, dependencies=[through(Gate.LINKS)])
def show(workspace: WorkspaceToRead, person: PersonPath, backend: BackendOfRequest) -> dict[str, Any]:
    """A person: attributes, companies, summaries of events, and links to the profile."""

    def read(connection: Any) -> dict[str, Any]:
        facts = find_person(connection, workspace, _name(person))
        links = profile_links(connection, workspace, facts.person, backend.settings.profile_url)
        zone = read_scope(connection, workspace).zone
        return described_person(facts, zone) | {"profile": {k: v for k, v in links._asdict().items() if v}}

    return backend.storing(read)


@router.get("/{person}/why", responses=_ONE, dependencies=[through(Gate.LINKS)])
def explain(person: PersonPath, chosen: Annotated[PeopleFilter, Query()], backend: BackendOfRequest) -> Explanation:
    """Why a filter holds for a person or not, clause by clause, computed from the store."""
    asked = _asked(backend, chosen)
    question = asked.question
    if question.filter is None:
        raise InvalidQuestion("filter", "is empty")
    facts = backend.storing(lambda connection: find_person(connection, chosen.workspace, _name(person)))
    clauses = [Clause(**clause._asdict()) for clause in why(question.filter, facts, question.scope)]
    holds = matches(question.filter, facts, question.scope)
    return Explanation(id=facts.person.id, matches=holds, meaning=asked.meaning, clauses=clauses)


def _asked(backend: Backend, given: PeopleFilter) -> AskedPeople:
    scope = backend.storing(lambda connection: read_scope(connection, given.workspace, given.as_of))
    columns, sort = (given.columns, given.sort) if isinstance(given, PeopleColumns) else ([], None)
    names = [name for one in columns for name in one.split(",")]
    return read_people_question(scope, given.workspace, given.filter, columns=names, sort=sort)


def _name(written: str) -> str:
    if "\0" in written:
        raise InvalidQuestion("person", "has a NUL character")
    return written


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk
