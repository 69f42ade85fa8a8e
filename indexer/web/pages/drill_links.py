"""The addresses of the lists behind the numbers of an answer."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from indexer.reports import Answer, Definition, Question
from indexer.reports.cell import AnyGroup, Group, OtherGroups
from indexer.reports.numbers.at_end import AtEnd
from indexer.reports.numbers.net_outflow import NetOutflow
from indexer.web.pages.view import parameters_of


class DrillLinks:
    """Addresses of lists behind the cells of one answer; a cell with nothing behind it has none."""

    def __init__(self, report: Definition, question: Question, answer: Answer, moment: int | None = None) -> None:
        """`question` is the one that was answered; `moment` is the present that the reader chose, None if it is now."""
        chosen = {"sort", "top", "min_count"}  # of the groups
        asked = {k: v for k, v in parameters_of(report, question, is_now=False).items() if k not in chosen}
        if (as_of := question.as_of if report.needs_the_present else moment) is not None:
            asked["as_of"] = str(as_of)
        self._base = f"/lists/{report.name}?{urlencode(asked, doseq=True)}"
        self._periods = {row.period for row in answer.rows if row.count}
        self._groups = _groups_of_range(report, question, answer)
        self._cells: dict[date, set[str | None]] = {}
        for row in answer.rows:
            if row.count:
                self._cells.setdefault(row.period, set()).add(row.group)
        self._count = answer.total.count
        # A board has one period, which is not one that a reader can choose.
        self._has_periods = not report.is_board

    @property
    def total(self) -> str | None:
        """The address of everything."""
        return self._address({}) if self._count else None

    def group(self, group: Group) -> str | None:
        """The address of a group over the whole range."""
        if group is AnyGroup.ANY:
            return self.total
        return self._address(_of_group(group)) if _is_among(group, self._groups) else None

    def cell(self, period: date, group: Group = AnyGroup.ANY) -> str | None:
        """The address of a group, or of all groups, in one period, by the date that it begins on."""
        if not self._has_periods:
            return self.group(group)
        of_period: dict[str, str | Sequence[str]] = {"period": period.isoformat()}
        if group is AnyGroup.ANY:
            return self._address(of_period) if period in self._periods else None
        if not _is_among(group, self._cells.get(period, ())):
            return None
        return self._address(of_period | _of_group(group))

    def _address(self, cell: Mapping[str, str | Sequence[str]]) -> str:
        return f"{self._base}&{urlencode(cell, doseq=True)}" if cell else self._base


def _groups_of_range(report: Definition, question: Question, answer: Answer) -> set[str | None]:
    """The groups with something behind them over the whole range.

    A number at the end is that of the last period that has begun. What came into a state in one period and left it in
    another has not changed over all of them: of several periods, only groups that were ranked say it.
    """
    rows = [row for row in answer.rows if row.count]
    if isinstance(report.value, AtEnd):
        last = max(filter(_has_begun(question), {row.period for row in answer.rows}), default=None)
        return {row.group for row in rows if row.period == last}
    if isinstance(report.value, NetOutflow) and len({row.period for row in answer.rows}) > 1:
        return {one.group for one in answer.groups or () if one.count}
    return {row.group for row in rows}


def _has_begun(question: Question) -> Callable[[date], bool]:
    """Whether a period, by the date it begins on, begins before the moment up to which the question counts."""

    def begun(period: date) -> bool:
        start, end = question.instants(question.part_of(question.span, period))
        return question.until is None or start < end

    return begun


def _is_among(group: Group, groups: Collection[str | None]) -> bool:
    """Whether something is behind the group, or behind one of the others, given the groups with something."""
    if isinstance(group, OtherGroups):
        return any(one is not None and one not in group.than for one in groups)
    return group in groups


def _of_group(group: Group) -> dict[str, str | Sequence[str]]:
    if isinstance(group, OtherGroups):
        return {"not_group": group.than}
    return {"no_group": "true"} if group is None else {"group": str(group)}
