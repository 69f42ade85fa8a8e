"""What a question is about: the conversations, and the actions in them, that are in scope."""

from typing import NamedTuple

from indexer.reports.definition import NOW, Definition
from indexer.reports.filters import Body, all_of, clause_filters, condition_filters, within
from indexer.reports.periods import Span
from indexer.reports.question import Question, clauses_of
from indexer.reports.values import AtEnd

PATH = "actions"


class Scope(NamedTuple):
    """Filters on the document, and on an action of it; `action` is empty for reports on documents."""

    document: list[Body]
    action: list[Body]

    @property
    def filters(self) -> list[Body]:
        """All of it as filters on the document: it has at least one action that is in scope."""
        if not self.action:
            return self.document
        return [*self.document, {"nested": {"path": PATH, "query": all_of(self.action)}}]


def of_workspace(workspace: str, *filters: Body) -> Body:
    """The one place where a query is made, so that none can do without its workspace."""
    return {"bool": {"filter": [{"term": {"workspace_id": workspace}}, *filters]}}


def scope_of(definition: Definition, question: Question, span: Span) -> Scope:
    """What is in scope of `span`, by the definition's conditions and the question's."""
    start, end = span.instants(question.zone)
    document = condition_filters(definition.where, question.as_of)
    action = condition_filters(definition.action, question.as_of, f"{PATH}.")
    if definition.on_actions:
        action.insert(0, within(definition.axis, start, end))
    elif isinstance(definition.value, AtEnd):
        document.insert(0, within(definition.value.at_end, start, end))
    elif definition.axis != NOW:
        document.insert(0, within(definition.axis, start, end))
    for dimension, clauses in clauses_of(definition, question).items():
        (action if dimension.of_action else document).extend(clause_filters(dimension, clauses))
    return Scope(document, action)
