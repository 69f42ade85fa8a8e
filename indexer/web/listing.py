"""Which conversations are asked for, and a page of them."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from indexer.reports import InvalidQuestion, Question
from indexer.reports.cell import AnyGroup, Cell
from indexer.reports.listing import MAX_PAGE
from indexer.reports.question import Day


class Listing(Question):
    """A question, which row of its answer is meant, and which page."""

    period: Annotated[
        Day | None, Field(description="Only the row of this period, by its date; all periods if not given.")
    ] = None
    group: Annotated[
        str | None, Field(description="Only the row of this group of `group_by`, part or hour; all if not given.")
    ] = None
    no_group: Annotated[bool, Field(description="Only the row whose group is null: conversations without a value.")] = (
        False
    )
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE, description="How many conversations a page has.")] = 50
    cursor: Annotated[str | None, Field(description="The `cursor` of the page before, with the same question.")] = None

    def question(self) -> dict[str, Any]:
        """The parameters of the question that were given."""
        return {name: value for name, value in self.given().items() if name in Question.model_fields}

    @property
    def cell(self) -> Cell:
        """The row that is meant; raises `InvalidQuestion` for a contradiction."""
        if self.no_group and self.group is not None:
            raise InvalidQuestion("group", "excludes no_group")
        return Cell(self.period, None if self.no_group else AnyGroup.ANY if self.group is None else self.group)


class ListedConversation(BaseModel):
    """A conversation: when it counts, what the number is for it alone, and what else the report shows of it."""

    conversation_id: str
    at: Annotated[int, Field(description="Epoch seconds; of several actions the first.")]
    value: float | int | None
    columns: Annotated[dict[str, Any], Field(description="The report's `columns`; null where there is no value.")]


class ConversationPage(BaseModel):
    """Conversations in the order of time; without a `cursor` there are no more."""

    total: Annotated[int, Field(description="How many there are on all pages.")]
    conversations: list[ListedConversation]
    cursor: Annotated[str | None, Field(description="For the next page.")]
