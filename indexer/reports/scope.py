"""The scope of a question: the conversations, and the actions in them, that it is about."""

from typing import NamedTuple

from indexer.reports.check_question import clauses_of
from indexer.reports.definition import Definition
from indexer.reports.known_people import people_filters
from indexer.reports.periods import Span
from indexer.reports.question import Question
from indexer.reports.search_filters import Body, all_of, clause_filters, condition_filters, within


class Scope(NamedTuple):
    """Filters on the document, and on an action of it; `action` is empty for reports that have no actions.

    `path` is the field of the nested list of actions. `needs_action`: only documents with such an action are in scope.
    If documents count, their actions matter only to questions with a word that belongs to an action.
    """

    document: list[Body]
    action: list[Body]
    needs_action: bool
    path: str

    @property
    def filters(self) -> list[Body]:
        """The whole scope as filters on the document."""
        if not self.needs_action:
            return self.document
        return [*self.document, {"nested": {"path": self.path, "query": all_of(self.action)}}]


def of_workspace(workspace: str, *filters: Body) -> Body:
    """The query of a workspace; all queries are made here, so that none can lack its workspace."""
    return {"bool": {"filter": [{"term": {"workspace_id": workspace}}, *filters]}}


def scope_of(definition: Definition, question: Question, span: Span) -> Scope:
    """The scope within `span`, by the conditions of the definition and of the question."""
    start, end = question.instants(span)
    document = condition_filters(definition.where, question.as_of, until=question.until)
    action = condition_filters(definition.action, question.as_of, f"{definition.nested_path}.", question.until)
    if definition.by_day_of_action:
        action.insert(0, within(definition.axis, start, end))
    elif not definition.is_board:
        document.insert(0, definition.value.in_span(definition.axis, start, end, question.as_of))
    needs_action = definition.counts_actions
    for dimension, clauses in clauses_of(definition, question).items():
        if dimension.of_people:
            document.extend(people_filters(dimension, clauses, question.people))
            continue
        (action if dimension.of_action else document).extend(clause_filters(dimension, clauses))
        needs_action |= dimension.of_action
    return Scope(document, action, needs_action, definition.nested_path)
