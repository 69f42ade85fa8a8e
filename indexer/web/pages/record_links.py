"""Addresses of the pages of single things: a conversation, a person, a message, a receipt."""

from typing import Final
from urllib.parse import quote, urlencode

from indexer.datasets import conversations
from indexer.explaining.rules import RULES
from indexer.reports import Definition, Question
from indexer.web.pages.back_link import LONGEST_BACK

CONVERSATIONS: Final = "conversations"
"""The first part of the addresses of conversations."""

_PAGES: Final = {conversations.CONVERSATIONS.name: CONVERSATIONS, "people": "people", "message_receipts": "receipts"}
"""By dataset, the first part of the addresses of its documents."""

_COLUMNS: Final = {"user_id": "people", "content_id": "messages"}
"""By a column that is an id, the first part of the addresses of what it names."""


def record_url(page: str, id_: str, workspace: str, **more: str | None) -> str:
    """The address of one thing; parameters without a value are left out."""
    given = {"workspace": workspace} | {name: value for name, value in more.items() if value}
    return f"/{page}/{quote(id_, safe='')}?{urlencode(given)}"


class RecordLinks:
    """The links in the rows of a list, which lead back to it by `back`, its address, if that is not too long."""

    def __init__(self, report: Definition, question: Question, back: str, as_of: int | None = None) -> None:
        """Of a conversation, the page highlights the field that the report measures, or that it is counted on.

        `as_of` is the moment of the list, if its address names one: everything is shown as it was then.
        """
        self._page = _PAGES.get(report.dataset)
        self._workspace = question.workspace
        self._as_of = as_of
        self._back = back if len(back) <= LONGEST_BACK else None
        fields = [*report.value.listed_fields(report, question), report.axis]
        self._metric = next((field for field in fields if field in RULES and RULES[field].kind != "fact"), None)

    def row(self, id_: str, at: int) -> str | None:
        """The address of the document of a row that counts `at`; None if its dataset has no page for one."""
        if self._page is None:
            return None
        metric = self._metric if self._page == CONVERSATIONS else None
        return record_url(self._page, id_, self._workspace, metric=metric, as_of=self._then(at), back=self._back)

    def column(self, name: str, value: object, at: int) -> str | None:
        """The address of what a column of a row that counts `at` names, if that has a page."""
        page = _COLUMNS.get(name)
        if page is None or not isinstance(value, str) or not value:
            return None
        return record_url(page, value, self._workspace, as_of=self._then(at), back=self._back)

    def _then(self, at: int) -> str | None:
        """The moment of the list; None if a row counts later, since it may not have existed before."""
        return str(self._as_of) if self._as_of is not None and self._as_of >= at else None
