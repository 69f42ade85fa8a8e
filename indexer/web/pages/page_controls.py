"""The controls of a page: menus of links, each to the same page with one other choice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.dashboards import Dates, PageDefinition, PageState
from indexer.dashboards.date_ranges import COMPARED_NAMES, PRESET_NAMES
from indexer.reports import Definition, Interval
from indexer.reports.question_conditions import Clause, read_clause
from indexer.web.headings import heading
from indexer.web.pages.range_words import range_label

_OPPOSITE = {"=": "!=", "!=": "=", ">=": "<", "<": ">=", "<=": ">", ">": "<="}


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a menu."""

    text: str
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu: its name, the present choice, and all choices."""

    name: str
    label: str
    value: str
    options: Sequence[Option]


@dataclass(frozen=True, slots=True)
class Pill:
    """A condition: its text, the address without it, and that with its opposite."""

    text: str
    without: str
    opposite: str
    opposite_text: str


@dataclass(frozen=True, slots=True)
class Controls:
    """Everything above the numbers of a page. `hidden` are the fields of forms that change something else."""

    menus: Sequence[Menu]
    pills: Sequence[Pill]
    fields: Sequence[tuple[str, str]]
    fixed_url: str
    plain_url: str
    from_: str
    to: str
    hidden_dates: Sequence[tuple[str, str]]
    hidden: Sequence[tuple[str, str]]


class Addresses:
    """Addresses of one page with other choices."""

    def __init__(self, page: PageDefinition, state: PageState) -> None:
        """`state` has the present choices."""
        self._page = page
        self._state = state

    def with_(self, **changes: Any) -> str:
        """The page with these choices in place of the present ones; those of the page itself are left out."""
        for name, own in (("range", self._page.range), ("compare", self._page.compare)):
            if changes.get(name) == own:
                changes[name] = None
        return f"/pages/{self._page.name}{self._state.with_(**changes).query()}"


def page_controls(
    page: PageDefinition,
    state: PageState,
    dates: Dates,
    workspaces: Sequence[str],
    reports: Mapping[str, Definition],
) -> Controls:
    """The controls of a page with these choices; `state` names its workspace."""
    urls = Addresses(page, state)
    shown = [reports[name] for tile in page.tiles for _, name in tile.reports]
    groups = list(dict.fromkeys(word for report in shown for word in report.group_by))
    menus = [
        _workspaces(state, workspaces, urls),
        _ranges(page, state, dates, urls),
        _comparisons(page, state, urls),
        _intervals(state, dates, urls),
        _groups(state, groups, urls),
    ]
    if any(report.measures_durations for report in shown):
        menus.append(_switch("hours", "Time", ("Elapsed", "Office hours"), "office_hours", state, urls))
    if any(getattr(tile, "mean", None) for tile in page.tiles):
        menus.append(_switch("mean", "Average", ("Median", "Mean"), "mean", state, urls))
    return Controls(
        [menu for menu in menus if len(menu.options) > 1],
        [_pill(state, written, urls) for written in state.where],
        [(heading(word), f"/pages/{page.name}/values{_and(state.query(), 'field', word)}") for word in groups],
        urls.with_(range=None, from_=dates.span.first, to=dates.span.last),
        urls.with_(where=()),
        dates.span.first.isoformat(),
        dates.span.last.isoformat(),
        state.with_(range=None, from_=None, to=None).parameters(),
        state.parameters(),
    )


def _and(query: str, name: str, value: str) -> str:
    return f"{query}{'&' if query else '?'}{name}={value}"


def _workspaces(state: PageState, workspaces: Sequence[str], urls: Addresses) -> Menu:
    named = dict.fromkeys([*workspaces, *([state.workspace] if state.workspace else [])])
    options = [Option(name, urls.with_(workspace=name), name == state.workspace) for name in named]
    return Menu("workspace", "Workspace", state.workspace or "", options)


def _ranges(page: PageDefinition, state: PageState, dates: Dates, urls: Addresses) -> Menu:
    chosen = None if state.from_ else state.range or page.range
    options = [
        Option(name, urls.with_(range=preset, from_=None, to=None), preset is chosen)
        for preset, name in PRESET_NAMES.items()
    ]
    return Menu("range", "Dates", PRESET_NAMES[chosen] if chosen else range_label(*dates.span), options)


def _comparisons(page: PageDefinition, state: PageState, urls: Addresses) -> Menu:
    chosen = state.comparison(page)
    options = [Option(name, urls.with_(compare=one), one is chosen) for one, name in COMPARED_NAMES.items()]
    return Menu("compare", "Compared with", COMPARED_NAMES[chosen], options)


def _intervals(state: PageState, dates: Dates, urls: Addresses) -> Menu:
    named = {Interval.DAY: "Day", Interval.WEEK: "Week", Interval.MONTH: "Month"}
    options = [Option("Automatic", urls.with_(interval=None), state.interval is None)]
    options += [Option(name, urls.with_(interval=one), one is state.interval) for one, name in named.items()]
    shown = named.get(dates.interval, "Whole range")
    return Menu("interval", "By", shown, options)


def _groups(state: PageState, words: Sequence[str], urls: Addresses) -> Menu:
    options = [Option("As on the page", urls.with_(group_by=None, order=()), state.group_by is None)]
    options += [
        Option(heading(word), urls.with_(group_by=word, order=()), word == state.group_by)
        for word in dict.fromkeys([*words, *([state.group_by] if state.group_by else [])])
    ]
    return Menu("group_by", "Grouped by", heading(state.group_by) if state.group_by else "As on the page", options)


def _switch(  # noqa: PLR0917
    name: str, label: str, texts: tuple[str, str], choice: str, state: PageState, urls: Addresses
) -> Menu:
    chosen = bool(getattr(state, choice))
    options = [Option(texts[on], urls.with_(**{choice: on}), on is chosen) for on in (False, True)]
    return Menu(name, label, texts[chosen], options)


def _pill(state: PageState, written: str, urls: Addresses) -> Pill:
    clause = read_clause(written)
    opposite = str(clause._replace(operator=_OPPOSITE[clause.operator]))
    rest = tuple(one for one in state.where if one != written)
    swapped = tuple(dict.fromkeys(opposite if one == written else one for one in state.where))
    return Pill(
        _clause_text(clause),
        urls.with_(where=rest),
        urls.with_(where=swapped),
        _clause_text(read_clause(opposite)),
    )


def _clause_text(clause: Clause) -> str:
    name = heading(clause.name)
    if clause.wanted is None:
        return f"{name} {'is known' if clause.operator == '=' else 'is not known'}"
    verbs = {"=": "is", "!=": "is not", ">=": "is at least", "<=": "is at most", ">": "is above", "<": "is below"}
    return f"{name} {verbs[clause.operator]} {clause.wanted}"
