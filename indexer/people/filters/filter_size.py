"""How large a filter may be, with the segments that it names."""

from typing import Final

from indexer.people.filters.filter_errors import FilterError, Misfit
from indexer.people.filters.filter_scope import FilterScope
from indexer.people.filters.filter_tree import Condition, Filter

MOST_DEPTH: Final = 8
"""Groups and segments within each other; each takes at most three of the 30 levels that Elasticsearch allows."""

MOST_CONDITIONS: Final = 200
"""Conditions of a filter, with those of the segments that it names."""


def check_size(found: Filter, scope: FilterScope, *, name: str = "") -> None:
    """Raise `Misfit` if a filter is too large, or leads back to itself; `name` is that of the segment that it is."""
    _count(found, scope, (name,) if name else (), 0)


def refuse_large(found: Filter, scope: FilterScope, *, name: str = "") -> None:
    """Raise `FilterError`, without a place, if `check_size` does not pass the filter."""
    try:
        check_size(found, scope, name=name)
    except Misfit as misfit:
        raise FilterError(None, misfit.message, misfit.remedy) from None


def _count(found: Filter, scope: FilterScope, within: tuple[str, ...], counted: int, depth: int = 0) -> int:
    if depth > MOST_DEPTH:
        raise Misfit("subject", f"groups and segments are nested more than {MOST_DEPTH} deep")
    if isinstance(found, Condition):
        counted += 1
        for segment in segments_of(found):
            if segment in within:
                raise Misfit("value", f"the segment {' > '.join((*within, segment))} leads back to itself")
            counted = _count(segment_filter(segment, scope), scope, (*within, segment), counted, depth + 1)
    else:
        for one in found.members:
            counted = _count(one, scope, within, counted, depth + 1)
    if counted > MOST_CONDITIONS:
        raise Misfit("subject", f"the filter has more than {MOST_CONDITIONS} conditions, with those of its segments")
    return counted


def segments_of(condition: Condition) -> tuple[str, ...]:
    """The segments that a condition names."""
    return tuple(map(str, condition.values)) if condition.subject.source == "segment" else ()


def segment_filter(name: str, scope: FilterScope) -> Filter:
    """The filter of a segment; raises `Misfit` if it does not exist."""
    found = scope.segments.get(name)
    if found is None:
        raise Misfit("value", f"there is no segment {name}", "`indexer segments list` shows all")
    return found
