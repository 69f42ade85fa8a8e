"""What filters of a workspace are asked in at a moment, with its segments, of which a broken one breaks no other."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import Connection

from indexer.people.filters import Condition, Filter, FilterScope, Group, Subject, filter_from_json, parse_filter
from indexer.people.filters.filter_errors import FilterError
from indexer.people.predefined_segments import PREDEFINED
from indexer.store.entities.attributes import read_attributes
from indexer.store.entities.segments import Segment, read_segments
from indexer.store.entities.workspaces import get_workspace

_USERS = Condition(Subject("attribute", "role"), "is", ("user",))


class SavedFilters(NamedTuple):
    """A workspace's scope, its own segments, and by name what is wrong with those that cannot be used."""

    scope: FilterScope
    segments: Sequence[Segment]
    broken: Mapping[str, str]


def filters_at(connection: Connection, workspace: str, now: int) -> SavedFilters:
    """What filters of the workspace are asked in at a moment (epoch seconds)."""
    zone = get_workspace(connection, workspace).zone
    scope = FilterScope(read_attributes(connection, workspace), zone, now)
    scope = replace(scope, segments={name: parse_filter(text, scope) for name, text in PREDEFINED.items()})
    own = read_segments(connection, workspace)
    scope, broken = with_segments(scope, own)
    return SavedFilters(scope, own, broken)


def scope_at(connection: Connection, workspace: str, now: int) -> FilterScope:
    """The same without the segments themselves; those that cannot be used do not exist in it."""
    return filters_at(connection, workspace, now).scope


def with_segments(scope: FilterScope, own: Sequence[Segment]) -> tuple[FilterScope, dict[str, str]]:
    """The scope with these segments, which may name each other, and what is wrong with those left out."""
    left, broken = list(own), dict[str, str]()
    while left:
        broken, remaining = {}, []
        for one in left:
            try:
                found = segment_filter_of(one, scope)
            except FilterError as error:
                broken[one.name] = str(error)
                remaining.append(one)
                continue
            scope = replace(scope, segments={**scope.segments, one.name: found})
        if len(remaining) == len(left):
            break
        left = remaining
    return scope, broken


def segment_filter_of(segment: Segment, scope: FilterScope) -> Filter:
    """The filter of a segment; one of users holds for nobody else. Raises `FilterError`."""
    found = filter_from_json(segment.filter_json, scope)
    return Group("and", (_USERS, found)) if segment.person_type == "user" else found
