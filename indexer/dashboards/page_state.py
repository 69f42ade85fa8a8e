"""The choices of a page's reader, as the parameters of its address and back."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Any, Self
from urllib.parse import urlencode

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from indexer.calendar.zone_names import checked_zone
from indexer.dashboards.date_ranges import Compared, Dates, Preset, interval_for, span_before, span_of
from indexer.dashboards.page_definition import Board, PageDefinition
from indexer.dashboards.table_order import TableOrder, read_tile_order
from indexer.reports.invalid_question import InvalidQuestion, fault
from indexer.reports.periods import Interval, Span, Weekday, count_periods
from indexer.reports.question import Day
from indexer.reports.question_conditions import read_clause

MOST_CONDITIONS = 20
MOST_ORDERS = 20
BOARD_ORDER = TableOrder(1, falls=True)
"""The order of a board, unless a reader chooses another: by its first figure, the largest first."""

MOST_PERIODS = 400
"""The most periods of a chart on a page; a report alone can show more."""

_SEVERAL = ("where", "order")
_LATEST_INSTANT = 253_000_000_000


def _canonical(written: str) -> str:
    return str(read_clause(written))


def _order(written: str) -> str:
    tile, order = read_tile_order(written)
    return f"{tile}.{order}"


_Text = Annotated[str, Field(min_length=1, max_length=512)]


class PageState(BaseModel):
    """The choices; None and the other defaults are left out of an address.

    `range` is a preset, or None for the page's own; `from` and `to` are fixed dates in its place. Without `interval`
    the length of a period follows from the range. `id` names the subject of a page about one thing. `group_by`,
    `office_hours` and `mean` apply to the reports of the page that can be asked so. `order` has the orders of tables,
    each as the number of its tile and that of a column (`3.-2`). `as_of` is the present, in epoch seconds; without it,
    it is now.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    workspace: _Text | None = None
    id: _Text | None = None
    range: Preset | None = None
    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None
    time_zone: Annotated[str, AfterValidator(checked_zone)] | None = None
    interval: Interval | None = None
    week_start: Weekday = Weekday.MONDAY
    group_by: _Text | None = None
    where: Annotated[tuple[Annotated[str, AfterValidator(_canonical)], ...], Field(max_length=MOST_CONDITIONS)] = ()
    office_hours: bool = False
    mean: bool = False
    compare: Compared | None = None
    order: Annotated[tuple[Annotated[str, AfterValidator(_order)], ...], Field(max_length=MOST_ORDERS)] = ()
    as_of: Annotated[int | None, Field(ge=0, le=_LATEST_INSTANT)] = None

    @field_validator("where")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value))

    def with_(self, **changes: Any) -> Self:
        """The state with other choices; fields by their own names (`from_`)."""
        return self.model_copy(update=changes)

    def dates(self, page: PageDefinition, today: date) -> Dates:
        """The dates on the local date `today`; raises `InvalidQuestion` if there are too many periods."""
        preset = None if self._fixed else self.range or page.range
        span = self._fixed or span_of(preset or page.range, today, self.week_start)
        interval = self.interval or interval_for(span)
        if (number := count_periods(span, interval, self.week_start)) > MOST_PERIODS:
            raise InvalidQuestion(
                "interval",
                f"{number:,} periods of a {interval} are more than a page can show ({MOST_PERIODS}); "
                "choose a longer interval or a shorter range",
            )
        return Dates(span, span_before(span, self.comparison(page), preset), interval)

    @property
    def _fixed(self) -> Span | None:
        """The fixed dates, None if the range is a preset."""
        return None if self.from_ is None or self.to is None else Span(self.from_, self.to)

    def comparison(self, page: PageDefinition) -> Compared:
        """The comparison asked for, or that of the page."""
        return self.compare or page.compare

    def order_of(self, tile: int) -> TableOrder | None:
        """The order chosen for the table of a tile, by its number from 1; None if none was chosen."""
        return dict(map(read_tile_order, self.order)).get(tile)

    def ordered(self, tile: int, order: TableOrder | None) -> Self:
        """The state with that order of the tile's table; None is the tile's own."""
        orders = {**dict(map(read_tile_order, self.order)), tile: order}
        return self.with_(order=tuple(f"{one}.{by}" for one, by in sorted(orders.items()) if by is not None))

    def parameters(self) -> list[tuple[str, str]]:
        """The parameters of the address, in one order, without defaults."""
        return [pair for name in type(self).model_fields for pair in self._written(name)]

    def query(self) -> str:
        """The parameters as text, for the end of an address; empty without any, else it begins with `?`."""
        written = urlencode(self.parameters())
        return f"?{written}" if written else ""

    def _written(self, name: str) -> Iterable[tuple[str, str]]:
        value = getattr(self, name)
        if value == type(self).model_fields[name].default:
            return
        key = name.removesuffix("_")
        if isinstance(value, tuple):
            yield from ((key, one) for one in value)
        else:
            yield key, "true" if value is True else str(value)


def read_state(page: PageDefinition, parameters: Sequence[tuple[str, str]]) -> PageState:
    """The state in the parameters of an address; raises `InvalidQuestion` for the first one that cannot be used.

    Empty parameters, which forms send, are left out. A choice that is the page's own is the same as none.
    """
    given: dict[str, Any] = {}
    for key, value in parameters:
        if not value:
            continue
        if key in _SEVERAL:
            given.setdefault(key, []).append(value)
        elif key in given:
            raise InvalidQuestion(key, "is given twice")
        else:
            given[key] = value
    if "from_" in given:
        raise InvalidQuestion("from_", "there is no such parameter")
    try:
        state = PageState.model_validate(given)
    except ValidationError as error:
        raise fault(error.errors()[0]) from error
    _check_range(state)
    if page.subject is None and state.id is not None:
        raise InvalidQuestion("id", "this page has no subject; leave it out")
    own = {"range": page.range, "compare": page.compare}
    state = state.with_(**{name: None for name, value in own.items() if getattr(state, name) == value})
    return _without_own_orders(page, state)


def _without_own_orders(page: PageDefinition, state: PageState) -> PageState:
    """The state with its orders in those of the tiles; raises `InvalidQuestion` for a tile that does not exist."""
    tiles = page.tiles
    orders = [read_tile_order(written) for written in state.order]
    if twice := {tile for tile, _ in orders if [other for other, _ in orders].count(tile) > 1}:
        raise InvalidQuestion("order", f"is given twice for tile {min(twice)}")
    for tile, order in orders:
        if tile > len(tiles):
            raise InvalidQuestion("order", f"the page has {len(tiles)} tiles, none of them is number {tile}")
        is_own = isinstance(tiles[tile - 1], Board) and order == BOARD_ORDER
        state = state.ordered(tile, None if is_own else order)
    return state


def _check_range(state: PageState) -> None:
    if (state.from_ is None) != (state.to is None):
        raise InvalidQuestion("to" if state.to is None else "from", "is missing; give both dates")
    if state.from_ is not None and state.range is not None:
        raise InvalidQuestion("range", "cannot be combined with from and to")
    if state.from_ is not None and state.to is not None and state.to < state.from_:
        raise InvalidQuestion("to", f"{state.to} is before from, {state.from_}")
