"""The HTTP API of segments: saved, listed, counted, frozen and deleted."""

import time
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

from elasticsearch import Elasticsearch
from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from indexer.answers.person_words import filter_names_one
from indexer.answers.workspace_segments import (
    SegmentShown,
    create_segment,
    delete_named_segment,
    filter_named,
    freeze_segment,
    list_segments,
    show_segment,
)
from indexer.people.filters.filter_parser import MOST_TEXT
from indexer.reports import InvalidQuestion
from indexer.store.access.scopes import Scope
from indexer.web.requests.backend import Backend, BackendOfRequest
from indexer.web.requests.gates import Gate, through
from indexer.web.requests.object_bodies import WorkspaceOfBody, WorkspaceToRead
from indexer.web.requests.problems import USUAL, described

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    **USUAL,
    503: described("There is no index yet, a service cannot be reached, or the server is busy."),
}
_ONE: dict[int | str, dict[str, Any]] = {404: described("The workspace has no such segment.")}
_REFUSED: dict[int | str, dict[str, Any]] = {409: described("The segment cannot be saved, used or deleted as it is.")}

router = APIRouter(prefix="/api/v1/segments", tags=["people"], responses=_PROBLEMS)

SegmentPath = Annotated[str, Path(description="The name of a segment or of a fixed audience.", max_length=512)]
_Name = Annotated[str, Field(min_length=1, max_length=512)]
_T = TypeVar("_T")


class Segment(BaseModel):
    """A segment or a fixed audience, with the number of its members and the moment at which they were counted.

    Times are epoch seconds. A segment that cannot be used has a `fault` and no count. `meaning` is the filter as a
    sentence.
    """

    name: str
    kind: Literal["predefined", "dynamic", "fixed"]
    filter: str
    person_type: str
    people: int | None
    counted_at: int | None
    frozen_at: int | None
    fault: str | None
    meaning: str | None


class NewSegment(BaseModel):
    """A filter to be saved. The person type `user` leaves out leads and visitors."""

    model_config = ConfigDict(extra="forbid")

    name: _Name
    filter: Annotated[str, Field(description='The filter as text, such as `plan is "free"`.', max_length=MOST_TEXT)]
    person_type: Literal["contact", "user"] = "contact"


class NewAudience(BaseModel):
    """A fixed audience: its name, and the segment whose current members it keeps."""

    model_config = ConfigDict(extra="forbid")

    segment: _Name
    name: _Name


@router.get("", dependencies=[through(Gate.SEARCHES)])
def list_all(workspace: WorkspaceToRead, backend: BackendOfRequest) -> list[Segment]:
    """The segments of the workspace with the number of their members now, and its fixed audiences."""
    shown = _found(backend, lambda connection, client, prefix: list_segments(connection, client, prefix, workspace))
    return [_segment(one) for one in shown]


@router.post("", responses=_REFUSED, status_code=201, dependencies=[through(Gate.EVENTS)])
def create(workspace: WorkspaceOfBody, asked: NewSegment, backend: BackendOfRequest) -> Segment:
    """Save a filter under a name. Its members are the people who match it at the time of each question."""
    name, text = _checked(asked.name), _checked(asked.filter)

    def save(connection: Connection) -> SegmentShown:
        made = create_segment(connection, workspace, name, text, asked.person_type)
        found, _ = filter_named(connection, workspace, name, int(time.time()))
        if filter_names_one(found):  # readers of reports see the number of its people
            backend.access.expect_scope(Scope.RECORDS, workspace, "the filter tells one person from another")
        return made

    return _segment(backend.storing(save))


@router.get("/{segment:path}", responses=_ONE, dependencies=[through(Gate.SEARCHES)])
def show(workspace: WorkspaceToRead, segment: SegmentPath, backend: BackendOfRequest) -> Segment:
    """A segment or a fixed audience, with the number of its members."""
    return _segment(
        _found(
            backend,
            lambda connection, client, prefix: show_segment(connection, client, prefix, workspace, segment),
        )
    )


@router.post("/audiences", responses=_ONE | _REFUSED, status_code=201, dependencies=[through(Gate.SEARCHES)])
def freeze(workspace: WorkspaceToRead, asked: NewAudience, backend: BackendOfRequest) -> Segment:
    """Keep the current members of a segment as a fixed audience."""
    segment, name = _checked(asked.segment), _checked(asked.name)
    return _segment(
        _found(
            backend,
            lambda connection, client, prefix: freeze_segment(connection, client, prefix, workspace, segment, name),
        )
    )


@router.delete("/{segment:path}", responses=_ONE | _REFUSED, status_code=204, dependencies=[through(Gate.EVENTS)])
def delete(workspace: WorkspaceToRead, segment: SegmentPath, backend: BackendOfRequest) -> None:
    """Delete a segment or a fixed audience; the people stay."""
    backend.storing(lambda connection: delete_named_segment(connection, workspace, segment))


def _found(backend: Backend, find: Callable[[Connection, Elasticsearch, str], _T]) -> _T:
    """The result of `find` with a transaction of the store, a client, and the prefix of the indices."""
    return backend.storing(
        lambda connection: backend.searching(lambda client, prefix: find(connection, client, prefix))
    )


def _segment(shown: SegmentShown) -> Segment:
    return Segment(**shown._asdict())


def _checked(text: str) -> str:
    """The text, if it can be stored."""
    if "\0" in text:
        raise InvalidQuestion("body", "has a NUL character")
    return text
