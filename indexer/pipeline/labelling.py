"""The names that an answer shows beside the ids of its groups."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import chain

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from indexer.reports import Answer
from indexer.store.database import lost
from indexer.store.names import Named, read_names

_NAMED = {
    "team": Named.TEAM,
    "team_assigned": Named.TEAM,
    "team_participated": Named.TEAM,
    "to_team": Named.TEAM,
    "teammate": Named.TEAMMATE,
    "teammate_assigned": Named.TEAMMATE,
    "teammate_participated": Named.TEAMMATE,
    "assigned_teammate": Named.TEAMMATE,
    "to_teammate": Named.TEAMMATE,
    "rating_teammate": Named.TEAMMATE,
    "closed_by": Named.TEAMMATE,
}
"""What the groups of a dimension are the ids of; those of every other dimension speak for themselves."""


def with_labels(answer: Answer, connect: Callable[[], AbstractContextManager[Connection]]) -> Answer:
    """The answer with the names of its groups, as far as they have any.

    `connect` opens the store, and is called only where groups are ids. Raises `ServiceUnavailable` if PostgreSQL
    cannot be reached.
    """
    named = _NAMED.get(answer.group_by or "")
    before = answer.compare.rows if answer.compare else []
    groups = {row.group for row in chain(answer.rows, before) if row.group is not None}
    if named is None or not groups:
        return answer
    try:
        with connect() as connection:
            labels = read_names(connection, answer.workspace, named, sorted(groups))
    except DBAPIError as error:
        if gone := lost(error):
            raise gone from error
        raise
    return answer.model_copy(update={"labels": labels}) if labels else answer
