"""Questions about people, read from requests."""

from indexer.answers.people_question import AskedPeople, read_people_question, read_scope
from indexer.web.api.people_bodies import PeopleColumns, PeopleFilter
from indexer.web.requests.backend import Backend


def asked_by(backend: Backend, given: PeopleFilter) -> AskedPeople:
    """The question of a request; raises `FilterError` and `InvalidQuestion`."""
    scope = backend.storing(lambda connection: read_scope(connection, given.workspace, given.as_of))
    columns, sort = (given.columns, given.sort) if isinstance(given, PeopleColumns) else ([], None)
    names = [name for one in columns for name in one.split(",")]
    return read_people_question(scope, given.workspace, given.filter, columns=names, sort=sort)
