"""The request for the conversations behind a number, and a page of them."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from indexer.reports import Definition, InvalidQuestion, Question
from indexer.reports.cell import AnyGroup, Cell, Group, OtherGroups
from indexer.reports.drill_down_search import MAX_PAGE
from indexer.reports.list_order import ListOrder, read_order
from indexer.reports.question import Day

_Sort = Annotated[
    str | None,
    Field(
        max_length=200,
        description="The column to sort by: `at` (the default), `value`, or one of the report's `columns`; with a "
        "minus before it, such as `-value`, the largest come first. Rows without a value come last.",
    ),
]


class Listing(Question):
    """A question, a row of its answer, and a page; `sort` is the order of the list, and not that of groups."""

    sort: _Sort = None  # type: ignore[assignment]
    period: Annotated[
        Day | None, Field(description="Only the row of this period, by its date. Default: all periods.")
    ] = None
    group: Annotated[
        str | None, Field(description="Only the row of this group of `group_by`, part or hour. Default: all groups.")
    ] = None
    no_group: Annotated[bool, Field(description="Only the row whose group is null: conversations without a value.")] = (
        False
    )
    not_group: Annotated[
        list[Annotated[str, Field(max_length=512)]],
        Field(
            max_length=50,
            description="All groups with a name but these, together, as a chart shows the others: a conversation that "
            "is in several of them is listed once.",
            default_factory=list,
        ),
    ]
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE, description="How many conversations a page has.")] = 50
    cursor: Annotated[str | None, Field(description="The `cursor` of the previous page of the same question.")] = None

    def question(self) -> dict[str, Any]:
        """The parameters of the question that were given."""
        return {name: value for name, value in self.given().items() if name in Question.model_fields and name != "sort"}

    def order(self, definition: Definition) -> ListOrder:
        """The order of the list; raises `InvalidQuestion` for a column that it does not have."""
        return read_order(definition, self.sort)

    @property
    def cell(self) -> Cell:
        """The row that the parameters choose; raises `InvalidQuestion` if they contradict each other."""
        given = [name for name in ("group", "no_group", "not_group") if getattr(self, name) not in (None, False, [])]
        if len(given) > 1:
            raise InvalidQuestion(given[0], f"cannot be combined with {given[1]}")
        group: Group = AnyGroup.ANY if self.group is None else self.group
        if self.no_group:
            group = None
        elif self.not_group:
            group = OtherGroups(tuple(self.not_group))
        return Cell(self.period, group)


class ListedConversation(BaseModel):
    """A conversation: when it counts, its own number, and the columns that the report shows."""

    conversation_id: str
    at: Annotated[int, Field(description="Epoch seconds; if there are several actions, the first one.")]
    value: float | int | None
    columns: Annotated[dict[str, Any], Field(description="The report's `columns`; null if there is no value.")]


class ConversationPage(BaseModel):
    """Conversations in the order asked for. If there is no `cursor`, this is the last page."""

    total: Annotated[int, Field(description="How many conversations there are on all pages.")]
    conversations: list[ListedConversation]
    cursor: Annotated[str | None, Field(description="For the next page.")]
