"""Bodies of requests that bring objects: one, a list, or a list under one key; each is checked by itself."""

from collections.abc import Iterable
from typing import Annotated, Any, Final

from fastapi import Depends, Query
from pydantic import BaseModel

from indexer.conversation.decoding import decoded
from indexer.errors import Refused
from indexer.keys import LONGEST_WORKSPACE, is_name, is_usable_name
from indexer.reports import InvalidQuestion
from indexer.store.entities.workspaces import has_workspace
from indexer.web.backend import BackendOfRequest

MOST_OBJECTS: Final = 1_000
"""The most objects in one request."""


class RefusedObject(BaseModel):
    """An object that cannot be used: its place in the list, from 0, and what is wrong with which of its fields."""

    index: int
    path: str
    reason: str


class RefusedAttribute(BaseModel):
    """A value that was not taken, of an object that was saved otherwise; its place in the list, from 0."""

    index: int
    attribute: str
    reason: str


def _workspace_of_body(
    backend: BackendOfRequest,
    workspace: Annotated[
        str, Query(description="The workspace of the people.", min_length=1, max_length=LONGEST_WORKSPACE)
    ],
) -> str:
    """A workspace to save into; a new one needs a name that can be used."""
    if is_usable_name(workspace):
        return workspace
    if is_name(workspace) and backend.storing(lambda connection: has_workspace(connection, workspace)):
        return workspace
    raise InvalidQuestion("workspace", "has to have printable characters only, and no colon")


WorkspaceOfBody = Annotated[str, Depends(_workspace_of_body)]


def _workspace_to_read(
    workspace: Annotated[str, Query(description="The workspace.", min_length=1, max_length=LONGEST_WORKSPACE)],
) -> str:
    """A workspace to read from, which may not exist."""
    if not is_name(workspace):
        raise InvalidQuestion("workspace", "has to have printable characters only")
    return workspace


WorkspaceToRead = Annotated[str, Depends(_workspace_to_read)]


def objects_in(body: bytes, key: str) -> tuple[list[dict[str, Any]], bool]:
    """The objects in a body, and whether it is one object alone; raises `InvalidQuestion`."""
    try:
        found = decoded(body)
    except Refused as refused:
        raise InvalidQuestion("body", refused.reason) from None
    is_alone = isinstance(found, dict) and found.keys() != {key}
    if isinstance(found, dict):
        found = [found] if is_alone else found[key]
    if not isinstance(found, list):
        raise InvalidQuestion("body", f"has to be an object, a list of objects, or an object whose only key is {key}")
    if not found:
        raise InvalidQuestion("body", f"has no {key}")
    if len(found) > MOST_OBJECTS:
        raise InvalidQuestion("body", f"has {len(found):,} {key}, and {MOST_OBJECTS:,} is the most; send less at once")
    return found, is_alone


def refused_objects(refused: Iterable[tuple[str, Refused]]) -> list[RefusedObject]:
    """The refusals whose places are numbers, in their order."""
    ordered = sorted(refused, key=lambda one: int(one[0]))
    return [RefusedObject(index=int(place), path=why.path, reason=why.reason) for place, why in ordered]


def refused_values(values: Iterable[tuple[str, Refused]]) -> list[RefusedAttribute]:
    """The values that were refused of objects whose places are numbers."""
    return [RefusedAttribute(index=int(place), attribute=why.path, reason=why.reason) for place, why in values]
