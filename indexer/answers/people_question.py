"""Questions about people in words, read with what the store knows: attributes, segments, the workspace's zone."""

import time
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from indexer.answers.people_list import PeopleQuestion
from indexer.answers.saved_filters import scope_at
from indexer.calendar.written_times import read_instant
from indexer.conversation.values import LATEST
from indexer.errors import Refused
from indexer.people.attribute import Catalogue
from indexer.people.filters import FilterScope, read_filter, sentence
from indexer.people.list_columns import DEFAULT_COLUMNS, ListColumn, read_columns
from indexer.reports import InvalidQuestion
from indexer.store.entities.workspaces import get_workspace


class AskedPeople(NamedTuple):
    """A question about people, and the columns that are shown of them."""

    question: PeopleQuestion
    columns: tuple[ListColumn, ...]

    @property
    def meaning(self) -> str:
        """The filter as a sentence, which says that "is not" includes people without a value."""
        return sentence(self.question.filter) if self.question.filter else "All people."


def read_scope(connection: Connection, workspace: str, as_of: str | None = None) -> FilterScope:
    """What filters of a workspace are asked in, at a moment (now, if none is written).

    A moment is epoch seconds or ISO 8601, in the workspace's zone if it has no offset; raises `InvalidQuestion`.
    """
    zone = get_workspace(connection, workspace).zone
    try:
        now = int(time.time()) if as_of is None else read_instant(as_of, zone)
    except ValueError as error:
        raise InvalidQuestion("as_of", str(error)) from None
    if not 0 <= now < LATEST:
        raise InvalidQuestion("as_of", "is not a time between 1970 and 2100")
    return scope_at(connection, workspace, now)


def read_people_question(
    scope: FilterScope,
    workspace: str,
    filter_text: str | None,
    *,
    columns: Sequence[str] = (),
    sort: str | None = None,
) -> AskedPeople:
    """The question that was asked in words.

    `sort` is a column, with `-` before it for the largest or latest first. Raises `FilterError`, and `InvalidQuestion`
    for columns that there are not.
    """
    parsed = read_filter(filter_text, scope) if filter_text and filter_text.strip() else None
    shown = _columns("columns", [name for name in columns if name.strip()] or DEFAULT_COLUMNS, scope.catalogue)
    order = None
    if sort is not None:
        [order] = _columns("sort", [sort.removeprefix("-").removeprefix("+")], scope.catalogue)
        if order.type is None:
            raise InvalidQuestion("sort", f"people cannot be put in the order of {order.name}")
    question = PeopleQuestion(workspace, scope, parsed, order, descending=(sort or "").startswith("-"))
    return AskedPeople(question, shown)


def _columns(parameter: str, names: Sequence[str], catalogue: Catalogue) -> tuple[ListColumn, ...]:
    try:
        return read_columns(names, catalogue)
    except Refused as refused:
        raise InvalidQuestion(parameter, str(refused)) from None
