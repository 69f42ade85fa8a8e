"""The address of a page or of a report, as it is saved: checked, and without what the workspace adds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from indexer.dashboards.page_definition import PageDefinition
from indexer.dashboards.page_state import PageState, read_state
from indexer.dashboards.table_order import TableOrder
from indexer.did_you_mean import did_you_mean, near_names
from indexer.reports import Question, read_question
from indexer.reports.definition import Definition
from indexer.reports.invalid_question import InvalidQuestion

MOST_CHARACTERS = 2_000

_T = TypeVar("_T")

ORDER = "order"
"""The parameter of a report's page for the order of its table; no question has it."""

_ADDRESS = "address"
_SEVERAL = ("where", "param")
_DAY = "2024-01-01"
"""A date for a report's question that has none, so that the rest of it can be checked."""


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page of the dashboard with its choices, which name no workspace."""

    page: PageDefinition
    state: PageState

    @property
    def address(self) -> str:
        """The address without a workspace."""
        return f"/pages/{self.page.name}{self.state.query()}"

    @property
    def is_fixed(self) -> bool:
        """Whether it shows the same dates for ever."""
        return self.state.from_ is not None or self.state.as_of is not None

    @property
    def conditions(self) -> Sequence[str]:
        """The conditions of its questions, as they are written."""
        return self.state.where


@dataclass(frozen=True, slots=True)
class SavedReport:
    """A report alone; `parameters` are those of its question in the order of the address, without a workspace."""

    report: Definition
    parameters: Sequence[tuple[str, str]]

    @property
    def address(self) -> str:
        """The address without a workspace."""
        return f"/?{urlencode([('report', self.report.name), *self.parameters])}"

    @property
    def is_fixed(self) -> bool:
        """Whether it shows the same dates for ever."""
        return any(name in ("from", "to", "as_of", "until") for name, _ in self.parameters)

    @property
    def conditions(self) -> Sequence[str]:
        """The conditions of its question, as they are written."""
        return [value for name, value in self.parameters if name == "where"]

    @property
    def asked(self) -> dict[str, Any]:
        """The parameters as a question has them."""
        found: dict[str, Any] = {}
        for name, value in self.parameters:
            if name == ORDER:
                continue
            if name in _SEVERAL:
                found.setdefault(name, []).append(value)
            else:
                found[name] = value
        return found


Saved = SavedPage | SavedReport


def read_address(
    written: str,
    workspace: str,
    pages: Mapping[str, PageDefinition],
    reports: Mapping[str, Definition],
) -> Saved:
    """The page or report at an address such as `/pages/overview?range=28d`, with or without the server before it.

    Raises `InvalidQuestion` if there is none, for a parameter that cannot be used, and for another workspace.
    """
    if len(written) > MOST_CHARACTERS:
        raise InvalidQuestion(_ADDRESS, f"has more than {MOST_CHARACTERS:,} characters")
    try:
        parts = urlsplit(written)
        given = parse_qsl(parts.query, keep_blank_values=True, errors="strict", max_num_fields=200)
    except ValueError as error:
        raise InvalidQuestion(_ADDRESS, f"cannot be read: {error}") from error
    if any(value != workspace for name, value in given if name == "workspace" and value):
        raise InvalidQuestion(_ADDRESS, f"is of another workspace than {workspace}")
    asked = [pair for pair in given if pair[0] != "workspace" and pair[1]]
    before, found, name = parts.path.rpartition("/pages/")
    if found and "/" not in name:
        page = _named("page", name, pages)
        state = read_state(page, asked)
        if page.subject is not None and state.id is None:
            raise InvalidQuestion("id", f"is missing; the page {page.name} is about one {page.subject}")
        return SavedPage(page, state)
    if (before or parts.path).endswith("/") and (name := dict(asked).get("report", "")):
        return _report(_named("report", name, reports), [pair for pair in asked if pair[0] not in ("report", "shown")])
    raise InvalidQuestion(_ADDRESS, "is not that of a page or a report, such as /pages/overview?range=28d")


def _report(report: Definition, asked: Sequence[tuple[str, str]]) -> SavedReport:
    saved = SavedReport(report, asked)
    single = [name for name, _ in asked if name not in _SEVERAL]
    if twice := next((name for name in single if single.count(name) > 1), None):
        raise InvalidQuestion(twice, "is given twice")
    if ("from" in single) != ("to" in single):
        raise InvalidQuestion("to" if "from" in single else "from", "is missing; give both dates")
    known = {ORDER, *(field.alias or name for name, field in Question.model_fields.items())}
    for name in single:
        if name not in known:
            raise InvalidQuestion(name, "there is no such parameter")
    for _, value in (pair for pair in asked if pair[0] == ORDER):
        read_report_order(value)
    days = {} if report.is_board else {"from": _DAY, "to": _DAY}
    read_question(report, {"as_of": 0, **days, **saved.asked, "workspace": "w"})
    return saved


def read_report_order(written: str | None) -> TableOrder | None:
    """The order of a report's table, None if none was chosen; raises `InvalidQuestion`."""
    try:
        return TableOrder.read(written) if written else None
    except ValueError as error:
        raise InvalidQuestion(ORDER, str(error)) from error


def _named(kind: str, name: str, known: Mapping[str, _T]) -> _T:
    if name not in known:
        near = did_you_mean(near_names(name, known))
        raise InvalidQuestion(_ADDRESS, f"there is no {kind} {name!r}{f'; {near}' if near else ''}")
    return known[name]
