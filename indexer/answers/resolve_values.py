"""Values that a reader typed: names become ids, and values that do not occur are named with the nearest ones.

Otherwise the report of a mistyped tag would be a row of zeros that looks like an answer.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from elasticsearch import Elasticsearch

from indexer import search
from indexer.answers.carried_names import teammates_names
from indexer.answers.labels import Connect, open_store
from indexer.answers.people_ids import PeopleIds
from indexer.answers.people_of_questions import PeopleOfQuestions
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.registry import dataset_named
from indexer.did_you_mean import did_you_mean, near_names
from indexer.reports import Definition, Dimension, InvalidQuestion, Question, any_body, workspaces_body
from indexer.reports.dimensions import CUSTOM
from indexer.reports.question_conditions import Clause, written_name
from indexer.reports.scope import of_workspace
from indexer.reports.search_filters import Body, clause_filters
from indexer.search.search_requests import Response, search_many, search_once
from indexer.store.entities.names import Named, list_names

_MAX_VALUES = 1_000
_ATTRIBUTES_FROM = 200
_SHOWN = 3


class Resolved(NamedTuple):
    """A question in which names have become ids.

    `unknown` names for each value that does not occur the nearest ones. `notices` name each team or teammate whose
    name is known but that has nothing indexed yet. A `fault` makes the question one that cannot be answered.
    """

    question: Question
    unknown: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    fault: InvalidQuestion | None = None


class Resolver:
    """Looks typed values up in an installation's indices and in the names that its store has."""

    def __init__(
        self,
        client: Elasticsearch,
        prefix: str,
        connect: Connect,
        people: PeopleIds | None = None,
        *,
        may_name: Callable[[str], bool] = lambda _: True,
    ) -> None:
        """`connect` opens the store; it is called only for values that are not found in the index, and for people.

        `people` keeps the ids that were read for other questions. `may_name` says which workspaces the reader may know.
        """
        self._client = client
        self._prefix = prefix
        self._connect = connect
        self._may_name = may_name
        self._people = PeopleOfQuestions(client, prefix, connect, people or PeopleIds())

    def resolve(self, asked: Sequence[tuple[Definition, Question]]) -> list[Resolved]:
        """The checked questions with their conditions resolved and their people, in their order.

        One search finds all values.

        Raises `NoIndexYet` and `ServiceUnavailable`.
        """
        sought = {
            (definition.dataset, question.workspace, dimension, clause.wanted): None
            for definition, question in asked
            for dimension, clause in _compared(definition, question)
        }
        occurs = dict(zip(sought, self._occur(list(sought)), strict=True))
        return [
            self._with_people(definition, self._resolved(definition, question, occurs))
            for definition, question in asked
        ]

    def _with_people(self, definition: Definition, found: Resolved) -> Resolved:
        known = self._people.known(definition, found.question)
        return found._replace(question=known.question, unknown=(*found.unknown, *known.unknown), fault=known.fault)

    def group(self, definition: Definition, question: Question, group: str) -> tuple[str, str | None]:
        """The group of an answer by its id or name, and a notice if it does not occur."""
        dimension = definition.dimension(question.group_by)
        if dimension is None or dimension.of_people:
            return group, None
        clause = Clause(dimension.name, "=", group)
        if next(self._occur([(definition.dataset, question.workspace, dimension, group)])):
            return group, None
        ids, unknown, _ = self._look_up(definition, question.workspace, dimension, clause)
        return (ids[0], None) if ids else (group, unknown)

    def unindexed_workspace(self, definition: Definition, workspace: str) -> str | None:
        """The notice for a workspace without documents of the report's dataset; None if it has one."""
        alias = search.alias_name(self._prefix, definition.dataset)
        if search_once(self._client, alias, any_body(workspace), workspace)["hits"]["total"]["value"]:
            return None
        found = search_once(self._client, alias, workspaces_body())
        known = filter(self._may_name, (one["key"] for one in found["aggregations"]["workspaces"]["buckets"]))
        dataset = definition.dataset.replace("_", " ")
        return f"the workspace {workspace} has no {dataset} in the index{_nearest(workspace, known)}"

    def _occur(self, sought: Sequence[tuple[str, str, Dimension, str | None]]) -> Iterator[bool]:
        searches = [
            (search.alias_name(self._prefix, dataset), _occurrence(workspace, dimension, str(wanted)), workspace)
            for dataset, workspace, dimension, wanted in sought
        ]
        for found in search_many(self._client, searches):
            if isinstance(found, Exception):
                raise found
            yield bool(found["hits"]["total"]["value"])

    def _resolved(self, definition: Definition, question: Question, occurs: Mapping[Any, bool]) -> Resolved:
        where: list[str] = []
        unknown: list[str] = []
        notices: list[str] = []
        compared = {str(clause): (dimension, clause) for dimension, clause in _compared(definition, question)}
        for clause in question.clauses:
            dimension, _ = compared.get(str(clause), (None, clause))
            if dimension is None or occurs[definition.dataset, question.workspace, dimension, clause.wanted]:
                where.append(str(clause))
                continue
            ids, missing, notice = self._look_up(definition, question.workspace, dimension, clause)
            where += [str(clause._replace(wanted=id_)) for id_ in ids] or [str(clause)]
            unknown += [] if ids or missing is None else [missing]
            notices += [] if notice is None else [notice]
        if where == question.where:
            return Resolved(question, tuple(unknown), tuple(notices))
        return Resolved(question.model_copy(update={"where": where}), tuple(unknown), tuple(notices))

    def _look_up(
        self, definition: Definition, workspace: str, dimension: Dimension, clause: Clause
    ) -> tuple[list[str], str | None, str | None]:
        """The ids of a name, and the notices if it has none, or if nothing of them is indexed yet."""
        wanted = str(clause.wanted)
        values = self._values(definition.dataset, workspace, dimension)
        names = self._names(workspace, dimension, values)
        ids = [id_ for id_, name in names.items() if _same(name, wanted)]
        if ids:
            notice = None if set(ids) & set(values) else _nothing_yet(definition, clause, wanted)
            return ids, None, notice
        if wanted in names:
            return [wanted], None, _nothing_yet(definition, clause, wanted)
        if missing := self.unindexed_workspace(definition, workspace):
            return [], missing, None
        if not values and dimension.name.startswith(CUSTOM):
            attributes = [f"{CUSTOM}{name}" for name in self._attributes(workspace)]
            written = map(written_name, attributes)
            return [], f"no conversation has the attribute {dimension.name}{_nearest(dimension.name, written)}", None
        shown = [names.get(value, value) for value in values]
        known = [*shown, *(name for id_, name in names.items() if id_ not in values)]
        said = f"no {_noun(definition)} of {workspace} has the {dimension.name} {wanted!r}{_nearest(wanted, known)}"
        return [], said, None

    def _values(self, dataset: str, workspace: str, dimension: Dimension) -> list[str]:
        """The values of the dimension in the workspace, the most frequent ones first."""
        alias = search.alias_name(self._prefix, dataset)
        by_value: Body = {"values": {"terms": {"field": dimension.field, "size": _MAX_VALUES}}}
        if dimension.nested:
            by_value = {"nested": {"nested": {"path": dimension.nested}, "aggs": by_value}}
        body = {"size": 0, "track_total_hits": False, "query": of_workspace(workspace), "aggs": by_value}
        found: Response = search_once(self._client, alias, body, workspace)["aggregations"]
        buckets = (found["nested"] if dimension.of_action else found)["values"]["buckets"]
        return [str(bucket.get("key_as_string", bucket["key"])) for bucket in buckets]

    def _names(self, workspace: str, dimension: Dimension, values: Sequence[str]) -> dict[str, str]:
        """The names of the dimension's values, and further names in the store, by id."""
        if dimension.labels is None:
            return {}
        named = Named(dimension.labels)
        with open_store(self._connect) as connection:
            names = list_names(connection, workspace, named)
            if named is Named.TEAMMATE and (unnamed := set(values) - names.keys()):
                alias = search.alias_name(self._prefix, CONVERSATIONS.name)
                names |= teammates_names(self._client, alias, connection, workspace, unnamed)
        return names

    def _attributes(self, workspace: str) -> list[str]:
        """The names of attributes that some of the newest conversations have."""
        alias = search.alias_name(self._prefix, CONVERSATIONS.name)
        body: Body = {
            "size": _ATTRIBUTES_FROM,
            "track_total_hits": False,
            "query": of_workspace(workspace, {"exists": {"field": CUSTOM.rstrip(".")}}),
            "sort": [{"created_at": "desc"}],
            "_source": [CUSTOM.rstrip(".")],
        }
        hits = search_once(self._client, alias, body, workspace)["hits"]["hits"]
        return sorted(set(chain.from_iterable(_paths(hit["_source"].get("custom", {})) for hit in hits)))


def _compared(definition: Definition, question: Question) -> Iterator[tuple[Dimension, Clause]]:
    """The conditions that test whether a dimension equals a value."""
    for clause in question.clauses:
        dimension = definition.dimension(clause.name)
        if dimension and dimension.of_people:
            continue
        if dimension and dimension.kind != "boolean" and clause.wanted is not None and clause.operator in {"=", "!="}:
            yield dimension, clause


def _occurrence(workspace: str, dimension: Dimension, wanted: str) -> Body:
    [has_value] = clause_filters(dimension, [Clause(dimension.name, "=", wanted)])
    if dimension.nested:
        has_value = {"nested": {"path": dimension.nested, "query": has_value}}
    return {"size": 0, "track_total_hits": 1, "query": of_workspace(workspace, has_value)}


def _same(name: str, typed: str) -> bool:
    return " ".join(name.split()).casefold() == " ".join(typed.split()).casefold()


def _nearest(typed: str, known: Iterable[str]) -> str:
    """The values that come nearest, or the first few if none is near; begins with punctuation."""
    by_folded: dict[str, str] = {}
    for one in known:
        by_folded.setdefault(one.casefold(), one)
    values = [*by_folded.values()]
    if not values:
        return ""
    if near := near_names(typed, values, most=_SHOWN):
        return f"; {did_you_mean([repr(one) for one in near])}"
    first = [repr(one) for one in values[:_SHOWN]]
    more = len(values) - len(first)
    return f"; there {'are' if len(values) > 1 else 'is'} {', '.join(first)}{f' and {more:,} more' if more else ''}"


def _noun(definition: Definition) -> str:
    return dataset_named(definition.dataset).entity.one


def _nothing_yet(definition: Definition, clause: Clause, typed: str) -> str:
    return f"no {_noun(definition)} has the {clause.name} {typed!r} yet"


def _paths(custom: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in custom.items():
        if isinstance(value, dict):
            yield from _paths(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"
