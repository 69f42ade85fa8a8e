"""The names of groups that are ids, for headings."""

from indexer.errors import ServiceUnavailable
from indexer.reports import Definition
from indexer.store.entities.names import Named, read_names
from indexer.web.requests.backend import Backend


def group_name(backend: Backend, report: Definition, word: str | None, workspace: str, group: str) -> str:
    """The name of a group of `word`, or the group itself if it has none, or the store is away."""
    dimension = report.dimension(word)
    if dimension is None or dimension.labels is None:
        return group
    named = Named(dimension.labels)
    try:
        return backend.storing(lambda store: read_names(store, workspace, named, [group])).get(group, group)
    except ServiceUnavailable:
        return group
