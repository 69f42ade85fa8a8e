"""The HTTP API of one person: shown, explained, merged, disclosed and erased, and what the person did."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from indexer.answers.find_person import find_person
from indexer.answers.people_question import read_scope
from indexer.answers.profile_links import profile_links
from indexer.conversation.values import LATEST
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.people import PEOPLE
from indexer.errors import Refused
from indexer.intake.erase_person import erase_person, export_person
from indexer.people.filters import matches, why
from indexer.people.person_description import described_person
from indexer.people.person_event import metadata_from
from indexer.reports import InvalidQuestion
from indexer.store.entities.person_events import read_events
from indexer.store.entities.person_merges import merge_people
from indexer.web.api.people_bodies import (
    Clause,
    ErasedPerson,
    EventShown,
    Explanation,
    MergedPerson,
    MergeOrder,
    PeopleFilter,
)
from indexer.web.api.people_questions import asked_by
from indexer.web.requests.action import note_action
from indexer.web.requests.backend import BackendOfRequest
from indexer.web.requests.caller import access_of
from indexer.web.requests.gates import Gate, through
from indexer.web.requests.object_bodies import WorkspaceToRead
from indexer.web.requests.problems import TOO_LARGE, USUAL, described
from indexer.web.requests.stored_text import expect_text

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    **USUAL,
    404: described("The workspace has no such person."),
    409: described("Several people have this e-mail address; the error names their ids."),
    503: described("PostgreSQL cannot be reached, or the server is busy."),
}

router = APIRouter(prefix="/api/v1/people", tags=["people"], responses=_PROBLEMS, dependencies=[through(Gate.LINKS)])

_SOMEBODY = "a person"
"""What the audit log says of the person: it is kept after an erasure."""

PersonPath = Annotated[
    str, Path(description="The person's id, external id, or e-mail address if nobody else has it.", max_length=512)
]


@router.get("/{person}")
def show(workspace: WorkspaceToRead, person: PersonPath, backend: BackendOfRequest) -> dict[str, Any]:
    """A person: attributes, companies, summaries of events, and links to the profile."""

    def read(connection: Connection) -> dict[str, Any]:
        facts = find_person(connection, workspace, _name(person))
        links = profile_links(connection, workspace, facts.person, backend.settings.profile_url)
        zone = read_scope(connection, workspace).zone
        return described_person(facts, zone) | {"profile": links.given}

    return backend.storing(read)


@router.get("/{person}/why")
def explain(person: PersonPath, chosen: Annotated[PeopleFilter, Query()], backend: BackendOfRequest) -> Explanation:
    """Why a person matches a filter or not, clause by clause, computed from the store."""
    asked = asked_by(backend, chosen)
    question = asked.question
    if question.filter is None:
        raise InvalidQuestion("filter", "is empty")
    facts = backend.storing(lambda connection: find_person(connection, chosen.workspace, _name(person)))
    clauses = [Clause(**clause._asdict()) for clause in why(question.filter, facts, question.scope)]
    holds = matches(question.filter, facts, question.scope)
    return Explanation(id=facts.person.id, matches=holds, meaning=asked.meaning, clauses=clauses)


@router.get("/{person}/events")
def list_events(
    workspace: WorkspaceToRead,
    person: PersonPath,
    backend: BackendOfRequest,
    limit: Annotated[int, Query(ge=1, le=1_000, description="The most events.")] = 50,
    before: Annotated[int | None, Query(ge=0, le=LATEST, description="Only events before this second.")] = None,
) -> list[EventShown]:
    """The single events of a person that are still kept, the newest first."""

    def read(connection: Connection) -> list[EventShown]:
        facts = find_person(connection, workspace, _name(person))
        found = read_events(connection, workspace, facts.person.id, before=before, limit=limit)
        return [
            EventShown(
                name=one.name,
                at=one.at,
                metadata={key: value.value for key, value in metadata_from(one.metadata or "{}").items()},
            )
            for one in found
        ]

    return backend.storing(read)


@router.post("/{person}/merge", responses=TOO_LARGE)
def merge(
    workspace: WorkspaceToRead, person: PersonPath, order: MergeOrder, backend: BackendOfRequest, http: Request
) -> MergedPerson:
    """Merge the person of this id into another one: conversations and events follow. It cannot be undone."""
    note_action(http, workspace=workspace, target=_SOMEBODY)
    try:
        merged = backend.storing(
            lambda connection: merge_people(connection, workspace, _name(person), _name(order.into), reason="api")
        )
    except Refused as refused:
        raise InvalidQuestion("into", str(refused)) from None
    backend.waker.wake({CONVERSATIONS: merged.shards, PEOPLE: merged.people_shards})
    return MergedPerson(id=merged.into_id, conversations=merged.conversations, events=merged.events)


@router.get("/{person}/held")
def disclose(
    workspace: WorkspaceToRead, person: PersonPath, backend: BackendOfRequest, http: Request
) -> dict[str, Any]:
    """Everything that is held about a person, by place: exactly what an erasure removes.

    The person is named by an id, the external id, or an e-mail address that nobody else has.
    """
    note_action(http, workspace=workspace, target=_SOMEBODY)
    try:
        return backend.storing(lambda connection: export_person(connection, workspace, _name(person)))
    except Refused as refused:
        raise HTTPException(404, str(refused)) from None


@router.delete("/{person}")
def erase(
    workspace: WorkspaceToRead,
    person: PersonPath,
    backend: BackendOfRequest,
    http: Request,
    because: Annotated[str, Query(min_length=1, max_length=500, description="Why, for the ledger.")],
) -> ErasedPerson:
    """Erase a person everywhere, and keep the person out from now on. It cannot be undone.

    The person is named as for what is held. Conversations and messages are counted as before, under a pseudonym. Do not
    name the person in the reason.
    """
    note_action(http, workspace=workspace, target=_SOMEBODY)
    requested_by = access_of(http).caller.actor
    try:
        with backend.acting() as here:
            erased = erase_person(here, workspace, _name(person), requested_by=requested_by, because=_name(because))
    except Refused as refused:
        raise HTTPException(404, str(refused)) from None
    backend.waker.wake(erased.shards)
    if erased.exports:
        backend.waker.wake_exports()  # which removes the files
    return ErasedPerson(
        erasure_id=erased.erasure_id,
        counts=erased.counts,
        shared_emails=len(erased.shared_emails),
        exports=erased.exports,
    )


def _name(written: str) -> str:
    expect_text("person", written)
    return written
