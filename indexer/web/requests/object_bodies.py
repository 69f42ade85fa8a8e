"""Bodies of requests that bring objects: one, a list, or a list under one key; each is checked by itself."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Annotated, Any, Final

from fastapi import Depends, Query, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from indexer.conversation.decoding import decoded
from indexer.errors import Refused
from indexer.keys import LONGEST_WORKSPACE, is_name, is_usable_name
from indexer.reports import InvalidQuestion
from indexer.store.entities.workspaces import has_workspace
from indexer.web.requests.backend import BackendOfRequest

MOST_OBJECTS: Final = 1_000
"""The most objects in one request."""


class RefusedObject(BaseModel):
    """An object that cannot be used: its place in the list, from 0, and what is wrong with which of its fields."""

    index: int
    path: str
    reason: str


class RefusedValue(BaseModel):
    """A value that was not taken, of an object that was saved otherwise; its place in the list, from 0."""

    index: int
    attribute: str
    reason: str


async def _workspace_of_body(
    backend: BackendOfRequest,
    workspace: Annotated[
        str, Query(description="The workspace to save into.", min_length=1, max_length=LONGEST_WORKSPACE)
    ],
) -> str:
    """A workspace to save into; a new one needs a name that can be used."""
    if is_usable_name(workspace):
        return workspace
    if is_name(workspace) and await run_in_threadpool(backend.storing, partial(has_workspace, workspace_id=workspace)):
        return workspace
    raise InvalidQuestion("workspace", "has to have printable characters only, and no colon")


WorkspaceOfBody = Annotated[str, Depends(_workspace_of_body)]


async def _workspace_to_read(
    workspace: Annotated[str, Query(description="The workspace.", min_length=1, max_length=LONGEST_WORKSPACE)],
) -> str:
    """A workspace to read from, which may not exist."""
    if not is_name(workspace):
        raise InvalidQuestion("workspace", "has to have printable characters only")
    return workspace


WorkspaceToRead = Annotated[str, Depends(_workspace_to_read)]


async def _body(request: Request) -> bytes:
    return await request.body()


Body = Annotated[bytes, Depends(_body)]
"""The body as it was sent, for a route that runs in a thread."""


def body_schema(one: dict[str, Any], key: str, example: Any, *, or_alone: bool) -> dict[str, Any]:
    """The description of a body with such objects, for `openapi_extra`; with `or_alone` it can be a single object."""
    listed = {"type": "array", "items": one, "minItems": 1, "maxItems": MOST_OBJECTS}
    under_key = {"type": "object", "required": [key], "properties": {key: listed}, "additionalProperties": False}
    schema = {"anyOf": [one, listed, under_key] if or_alone else [listed, under_key]}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}}


def objects_in(body: bytes, key: str) -> tuple[list[Any], bool]:
    """The objects in a body, each still to be checked, and whether it is one object alone; raises `InvalidQuestion`."""
    found = _decoded(body)
    if isinstance(found, dict) and found.keys() != {key}:
        return [found], True
    return _listed(found, key, "an object, a list of objects"), False


def list_in(body: bytes, key: str) -> list[Any]:
    """The same of a body that must be a list, or have one under `key`."""
    return _listed(_decoded(body), key, "a list of objects")


def _decoded(body: bytes) -> Any:
    try:
        return decoded(body)
    except Refused as refused:
        raise InvalidQuestion("body", refused.reason) from None


def _listed(found: Any, key: str, forms: str) -> list[Any]:
    if isinstance(found, dict) and found.keys() == {key}:
        found = found[key]
    if not isinstance(found, list):
        raise InvalidQuestion("body", f"has to be {forms}, or an object whose only key is {key}")
    if not found:
        raise InvalidQuestion("body", f"has no {key}")
    if len(found) > MOST_OBJECTS:
        raise InvalidQuestion("body", f"has {len(found):,} {key}, and {MOST_OBJECTS:,} is the most; send less at once")
    return found


def refuse_alone(refused: Sequence[tuple[str, Refused]]) -> None:
    """Raise `InvalidQuestion` with the first reason, if there is one: the answer to an object that came alone."""
    for _, why in refused:
        raise InvalidQuestion(why.path or "body", why.reason)


def refused_objects(refused: Iterable[tuple[str, Refused]]) -> list[RefusedObject]:
    """The refusals whose places are numbers, in their order."""
    ordered = sorted(refused, key=lambda one: int(one[0]))
    return [RefusedObject(index=int(place), path=why.path, reason=why.reason) for place, why in ordered]


def refused_values(values: Iterable[tuple[str, Refused]]) -> list[RefusedValue]:
    """The values that were refused of objects whose places are numbers."""
    return [RefusedValue(index=int(place), attribute=why.path, reason=why.reason) for place, why in values]
