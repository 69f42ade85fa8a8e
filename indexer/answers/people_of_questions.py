"""The people that questions are about: read before the reports are searched for, for each question at its moment."""

import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from elasticsearch import Elasticsearch
from sqlalchemy import Connection

from indexer.answers.labels import Connect, open_store
from indexer.answers.people_ids import PeopleIds
from indexer.answers.person_words import AUDIENCE, SEGMENT, filter_of, group_field_of
from indexer.answers.saved_filters import scope_at
from indexer.people.attribute_models import MODEL
from indexer.people.filters import Filter, FilterScope, query
from indexer.reports import Definition, InvalidQuestion, Question
from indexer.reports.check_question import clauses_of
from indexer.reports.dimensions import PERSON, Dimension
from indexer.reports.known_people import KnownPeople, PeopleByGroup, equal_to
from indexer.reports.question_conditions import Clause
from indexer.store.entities.contact_merges import read_former_ids
from indexer.store.entities.segments import read_audiences, read_members


class WithPeople(NamedTuple):
    """A question with its people, or the fault that it has; `unknown` names values that no person has."""

    question: Question
    unknown: tuple[str, ...] = ()
    fault: InvalidQuestion | None = None


class PeopleOfQuestions:
    """Reads people of an installation for questions."""

    def __init__(self, client: Elasticsearch, prefix: str, connect: Connect, ids: PeopleIds) -> None:
        """`connect` opens the store; it is called only for questions about people."""
        self._client = client
        self._prefix = prefix
        self._connect = connect
        self._ids = ids

    def known(self, definition: Definition, question: Question) -> WithPeople:
        """The checked question with the people that its conditions and groups are about.

        Raises `NoIndexYet` and `ServiceUnavailable`.
        """
        clauses = [
            clause
            for dimension, of_dimension in clauses_of(definition, question).items()
            if dimension.of_people
            for clause in of_dimension
        ]
        dimension = definition.dimension(question.group_by)
        grouped = dimension if dimension is not None and dimension.of_people else None
        if not clauses and grouped is None:
            return WithPeople(question)
        with open_store(self._connect) as connection:
            now = int(time.time()) if question.as_of is None else question.as_of
            scope = scope_at(connection, question.workspace, now)
            former = read_former_ids(connection, question.workspace)
            kept = _members(connection, question.workspace) if any(map(_names_audience, clauses)) else {}
        try:
            meeting = {
                equal_to(clause): _audience(clause, kept)
                if _names_audience(clause)
                else self._of(question, filter_of(clause, scope), scope)
                for clause in clauses
            }
            by_group = self._by_group(question, grouped, scope) if grouped else None
        except InvalidQuestion as error:
            return WithPeople(question, fault=error)
        known = {written: _with_former(ids, former) for written, ids in meeting.items()}
        if by_group is not None:
            groups = {name: _with_former(ids, former) for name, ids in by_group.groups.items()}
            by_group = PeopleByGroup(groups, _with_former(by_group.without, former))
        unknown = [_said(question, clause) for clause in clauses if _is_unknown(clause, meeting[equal_to(clause)])]
        return WithPeople(question.about(KnownPeople(known, by_group)), tuple(unknown))

    def _of(self, question: Question, found: Filter, scope: FilterScope) -> list[str]:
        return self._ids.of(self._client, self._prefix, question.workspace, query(found, scope, MODEL))

    def _by_group(self, question: Question, dimension: Dimension, scope: FilterScope) -> PeopleByGroup:
        if dimension.name == f"{PERSON}{SEGMENT}":
            groups = {name: self._of(question, found, scope) for name, found in scope.segments.items()}
            members = {one for found in groups.values() for one in found}
            everybody = self._ids.of(self._client, self._prefix, question.workspace, {"match_all": {}})
            return PeopleByGroup(groups, [one for one in everybody if one not in members])
        found = group_field_of(dimension.name, scope)
        return self._ids.by_value(self._client, self._prefix, question.workspace, found.field, found.name)


def _names_audience(clause: Clause) -> bool:
    return clause.name == f"{PERSON}{AUDIENCE}"


def _members(connection: Connection, workspace: str) -> dict[str, list[str]]:
    """The members of all audiences of the workspace, by name."""
    found = read_audiences(connection, workspace)
    return {one.name: read_members(connection, workspace, one.audience_id) for one in found}


def _audience(clause: Clause, kept: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """The members of the audience that a condition names; raises `InvalidQuestion` if there is none."""
    if clause.operator not in {"=", "!="} or clause.wanted is None:
        raise InvalidQuestion("where", f"{clause.name} is compared with = or != and the name of an audience")
    if clause.wanted not in kept:
        raise InvalidQuestion("where", f"there is no audience {clause.wanted!r}; indexer segments list shows all")
    return kept[clause.wanted]


def _with_former(ids: Sequence[str], former: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """The ids, and those that the same people had before they were merged: documents may still name them."""
    return [*ids, *(one for id_ in ids for one in former.get(id_, ()))] if former else ids


_SETS = frozenset({f"{PERSON}{SEGMENT}", f"{PERSON}{AUDIENCE}"})
"""The words for sets of people, which may be empty."""


def _is_unknown(clause: Clause, ids: Sequence[str]) -> bool:
    """Whether nobody has the value, although somebody should: a segment may be empty."""
    return not ids and clause.name not in _SETS and clause.wanted is not None and clause.operator in {"=", "!="}


def _said(question: Question, clause: Clause) -> str:
    return f"no person of {question.workspace} has the {clause.name.removeprefix(PERSON)} {clause.wanted!r}"
