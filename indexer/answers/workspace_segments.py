"""The segments of a workspace: saved filters with the people who meet them now, and fixed audiences."""

import time
from collections.abc import Iterable
from typing import Literal, NamedTuple

from elasticsearch import Elasticsearch
from sqlalchemy import Connection

from indexer import search
from indexer.answers.people_ids import PeopleIds
from indexer.answers.saved_filters import SavedFilters, filters_at
from indexer.datasets.people import PEOPLE
from indexer.did_you_mean import did_you_mean, near_names
from indexer.errors import OperatorError, Refused
from indexer.people.attribute_models import MODEL
from indexer.people.filters import (
    Filter,
    FilterError,
    FilterScope,
    check_segment,
    filter_as_json,
    print_filter,
    query,
    read_filter,
    segments_named,
    sentence,
)
from indexer.people.predefined_segments import PREDEFINED
from indexer.reports.scope import of_workspace
from indexer.search.search_requests import search_many
from indexer.store.entities.segments import (
    Audience,
    Segment,
    delete_audience,
    delete_segment,
    freeze_audience,
    read_audiences,
    save_segment,
)

PersonType = Literal["contact", "user"]
"""Whom a segment can have: all people, or users only."""

NO_SEGMENT = "list the segments: indexer segments list"


class SegmentShown(NamedTuple):
    """A segment or an audience as it is shown.

    `kind` is `predefined`, `dynamic` or `fixed`. `people` were counted at `counted_at` (epoch seconds); a fixed one has
    had its members since `frozen_at`. A segment that cannot be used has a `fault` and no count.
    `meaning` is the filter as a sentence, which says whom "is not" includes.
    """

    name: str
    kind: Literal["predefined", "dynamic", "fixed"]
    filter: str
    person_type: str
    people: int | None = None
    counted_at: int | None = None
    frozen_at: int | None = None
    fault: str | None = None
    meaning: str | None = None


class UnknownSegment(OperatorError):
    """No segment has this name."""


class SegmentRefused(OperatorError):
    """A segment that cannot be saved, used or deleted as things are."""


def create_segment(
    connection: Connection, workspace: str, name: str, filter_text: str, person_type: PersonType
) -> SegmentShown:
    """Save a filter under a name; raises `FilterError`, and `SegmentRefused` if the name is taken or cannot be used."""
    _refuse_predefined(name)
    found = filters_at(connection, workspace, int(time.time()))
    parsed = read_filter(filter_text, found.scope)
    try:
        check_segment(name, parsed, found.scope)
    except FilterError as error:
        raise SegmentRefused(error.reason, error.remedy) from error
    segment = Segment(workspace, "", name, print_filter(parsed), filter_as_json(parsed), person_type)
    try:
        save_segment(connection, segment)
    except Refused as refused:
        raise SegmentRefused(str(refused), "choose another name") from refused
    return SegmentShown(name, "dynamic", segment.filter_text, person_type, meaning=sentence(parsed))


def list_segments(
    connection: Connection, client: Elasticsearch, prefix: str, workspace: str, *, now: int | None = None
) -> list[SegmentShown]:
    """The predefined segments, the workspace's own, and its audiences, each with its count.

    All segments are counted by one request, for the moment `now` (epoch seconds; the present if it is None). Raises
    `NoIndexYet` and `ServiceUnavailable`.
    """
    counted_at = int(time.time())
    found = filters_at(connection, workspace, counted_at if now is None else now)
    counts = dict(zip(found.scope.segments, _counts(client, prefix, workspace, found.scope), strict=True))
    shown = [SegmentShown(name, "predefined", text, "contact") for name, text in PREDEFINED.items()]
    shown += [SegmentShown(one.name, "dynamic", one.filter_text, one.person_type) for one in found.segments]
    counted = [
        one._replace(fault=found.broken[one.name])
        if one.name in found.broken
        else one._replace(
            people=counts[one.name], counted_at=counted_at, meaning=sentence(found.scope.segments[one.name])
        )
        for one in shown
    ]
    return [*counted, *(_of_audience(one, counted_at) for one in read_audiences(connection, workspace))]


def show_segment(
    connection: Connection, client: Elasticsearch, prefix: str, workspace: str, name: str, *, now: int | None = None
) -> SegmentShown:
    """One of them by its name, with its count; raises `UnknownSegment`, and what `list_segments` raises."""
    found = list_segments(connection, client, prefix, workspace, now=now)
    for one in found:
        if one.name == name:
            return one
    raise _unknown(name, [one.name for one in found])


def filter_named(connection: Connection, workspace: str, name: str, now: int) -> tuple[Filter, FilterScope]:
    """The filter of a segment and the scope that it is asked in; raises `UnknownSegment` and `SegmentRefused`."""
    found = filters_at(connection, workspace, now)
    if name in found.broken:
        raise SegmentRefused(f"the segment {name} cannot be used: {found.broken[name]}", "create it again")
    if name not in found.scope.segments:
        raise _unknown(name, found.scope.segments)
    return found.scope.segments[name], found.scope


def freeze_segment(  # noqa: PLR0917 (what is frozen, and where)
    connection: Connection, client: Elasticsearch, prefix: str, workspace: str, name: str, audience: str
) -> SegmentShown:
    """Keep the present members of a segment as a fixed audience; raises what `filter_named` raises."""
    _refuse_predefined(audience)
    frozen_at = int(time.time())
    found, scope = filter_named(connection, workspace, name, frozen_at)
    members = PeopleIds().of(client, prefix, workspace, query(found, scope, MODEL))
    try:
        saved = freeze_audience(connection, workspace, audience, print_filter(found), members)
    except Refused as refused:
        raise SegmentRefused(str(refused), "choose another name") from refused
    return _of_audience(saved, frozen_at)


def delete_named_segment(connection: Connection, workspace: str, name: str) -> None:
    """Delete a segment or an audience; raises `UnknownSegment`, and `SegmentRefused` for one that is needed."""
    if name in PREDEFINED:
        raise SegmentRefused(f"{name} is predefined and cannot be deleted", NO_SEGMENT)
    found = filters_at(connection, workspace, int(time.time()))
    for segment in found.segments:
        if segment.name == name:
            _refuse_needed(found, name)
            delete_segment(connection, workspace, segment.segment_id)
            return
    audiences = read_audiences(connection, workspace)
    for audience in audiences:
        if audience.name == name:
            delete_audience(connection, workspace, audience.audience_id)
            return
    raise _unknown(name, [*(one.name for one in found.segments), *(one.name for one in audiences)])


def _counts(client: Elasticsearch, prefix: str, workspace: str, scope: FilterScope) -> list[int]:
    alias = search.alias_name(prefix, PEOPLE.name)
    bodies = [
        {"size": 0, "track_total_hits": True, "query": of_workspace(workspace, query(found, scope, MODEL))}
        for found in scope.segments.values()
    ]
    counts = []
    for response in search_many(client, [(alias, body, workspace) for body in bodies]):
        if isinstance(response, OperatorError):
            raise response
        counts.append(response["hits"]["total"]["value"])
    return counts


def _of_audience(audience: Audience, counted_at: int) -> SegmentShown:
    frozen_at = int(audience.frozen_at.timestamp())
    return SegmentShown(
        audience.name, "fixed", audience.filter_text, "contact", audience.members, counted_at, frozen_at
    )


def _refuse_predefined(name: str) -> None:
    if name in PREDEFINED:
        raise SegmentRefused(f"{name}: is already the name of a predefined segment", "choose another name")


def _refuse_needed(found: SavedFilters, name: str) -> None:
    """Raise `SegmentRefused` if another segment, which can be used, names this one."""
    for segment in found.segments:
        saved = found.scope.segments.get(segment.name)
        if saved is not None and segment.name != name and name in segments_named(saved):
            raise SegmentRefused(f"the segment {segment.name} names {name}", f"delete {segment.name} first")


def _unknown(name: str, known: Iterable[str]) -> UnknownSegment:
    return UnknownSegment(f"there is no segment {name!r}", did_you_mean(near_names(name, list(known))) or NO_SEGMENT)
