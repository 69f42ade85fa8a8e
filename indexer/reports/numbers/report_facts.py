"""The interface of a report to its number."""

from typing import Protocol


class ReportFacts(Protocol):
    """The facts about a report that its number uses: what counts, on which day, in which unit."""

    @property
    def axis(self) -> str:
        """The date field that decides on which day something counts."""

    @property
    def unit(self) -> str:
        """The unit of the number: `seconds`, `percent` and others."""

    @property
    def documents(self) -> str:
        """The word for the documents, such as `conversations`."""

    @property
    def nested_path(self) -> str:
        """The field of the nested list, such as `actions`, which is also the word for its items."""

    @property
    def counts_actions(self) -> bool:
        """Whether actions count, not documents."""

    @property
    def by_day_of_action(self) -> bool:
        """Whether each action counts on its own day."""

    def path(self, field: str) -> str:
        """The full path of a field that the number names."""
