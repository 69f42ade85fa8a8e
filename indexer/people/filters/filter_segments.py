"""Filters that are to be saved as segments, and the segments that a filter names."""

from indexer.people.filters.filter_scope import FilterScope
from indexer.people.filters.filter_sentence import conditions
from indexer.people.filters.filter_size import refuse_large, segments_of
from indexer.people.filters.filter_tree import Filter


def check_segment(name: str, found: Filter, scope: FilterScope) -> None:
    """Raise `FilterError` if a filter, saved as the segment of that name, would lead back to itself or is too large."""
    refuse_large(found, scope, name=name)


def segments_named(found: Filter) -> tuple[str, ...]:
    """The segments that a filter names itself, each once; not those that they name in turn."""
    return tuple(dict.fromkeys(name for condition in conditions(found) for name in segments_of(condition)))
