"""Conditions that tell one person from another: they need the scope of records, also in what is saved to be asked."""

from collections.abc import Iterable

from indexer.answers.person_words import names_one
from indexer.reports.question_conditions import Clause
from indexer.store.access.scopes import Scope
from indexer.web.requests.caller import Access


def expect_records_for(access: Access, workspace: str, clauses: Iterable[Clause]) -> None:
    """Raise `Forbidden` unless the caller may ask with these conditions.

    A condition on an e-mail address or the like needs the scope of records: the number says whether it is there.
    """
    for clause in clauses:
        if names_one(clause):
            access.expect_scope(Scope.RECORDS, workspace, f"{clause.name} tells one person from another")
