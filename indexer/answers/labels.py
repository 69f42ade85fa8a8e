"""The names that an answer shows beside the ids of its groups."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import chain

from elasticsearch import Elasticsearch
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from indexer import search
from indexer.answers.carried_names import teammates_names
from indexer.datasets.conversations import CONVERSATIONS
from indexer.reports import Answer, Definition
from indexer.store.database import failure_of
from indexer.store.entities.names import Named, read_names

Connect = Callable[[], AbstractContextManager[Connection]]


def with_labels(answer: Answer, definition: Definition, connect: Connect, client: Elasticsearch, prefix: str) -> Answer:
    """The report's answer with the names of its groups, if they have any.

    Uploaded names come first, then those in the conversations. `connect` opens the store, and is
    called only if groups are ids. Raises `ServiceUnavailable` if PostgreSQL or Elasticsearch cannot be reached.
    """
    dimension = definition.dimension(answer.group_by)
    named = Named(dimension.labels) if dimension and dimension.labels else None
    before = answer.compare.rows if answer.compare else []
    groups = {row.group for row in chain(answer.rows, before) if row.group is not None}
    if named is None or not groups:
        return answer
    with open_store(connect) as connection:
        labels = read_names(connection, answer.workspace, named, sorted(groups))
        if named is Named.TEAMMATE and (unnamed := groups - labels.keys()):
            alias = search.alias_name(prefix, CONVERSATIONS.name)
            labels |= teammates_names(client, alias, connection, answer.workspace, unnamed)
    return answer.by_label(labels) if labels else answer


@contextmanager
def open_store(connect: Connect) -> Iterator[Connection]:
    """A connection to the store; raises `ServiceUnavailable` if it is lost meanwhile."""
    try:
        with connect() as connection:
            yield connection
    except DBAPIError as error:
        if gone := failure_of(error):
            raise gone from error
        raise
