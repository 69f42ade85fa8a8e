"""How values of attributes and summaries of events lie in a document, so that filters can search them."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol

from indexer.people.attribute_value import DataType, Scalar
from indexer.people.person_facts import PersonFacts

Query = dict[str, Any]
"""A query of Elasticsearch."""


Source = Literal["standard", "custom", "company", "company_custom", "event"]
"""Where a value comes from."""


class ValueKey(NamedTuple):
    """Which value: `standard` and `custom` of the person, `company` and `company_custom` of the person's companies.

    `event` has the measures `first`, `last` (datetime) and `count` (integer) of the event `name`; a `metadata` key of
    its last event is the measure `metadata.KEY`. Only events have a measure.
    """

    source: Source
    name: str
    measure: str = ""


TextMatch = Literal["contains", "starts_with", "ends_with", "contains_word"]
"""How a text is looked for regardless of capitals."""


class AttributeModel(Protocol):
    """A way to lay out the values. All queries hold for documents that have such a value; none for those without it.

    Of several companies one that meets the query is enough. Numbers are one kind: a query for a whole one or for any
    other one finds both.
    """

    @property
    def properties(self) -> Mapping[str, Any]:
        """The mapping of the fields that `fields` gives."""

    def fields(self, facts: PersonFacts) -> dict[str, Any]:
        """The part of a person's document that has the values."""

    def exists(self, key: ValueKey) -> Query:
        """The person has a value."""

    def equals(self, key: ValueKey, type_: DataType, values: Sequence[Scalar]) -> Query:
        """The value is one of these; texts tell capitals apart."""

    def between(
        self,
        key: ValueKey,
        type_: DataType,
        *,
        gt: Scalar | None = None,
        gte: Scalar | None = None,
        lt: Scalar | None = None,
        lte: Scalar | None = None,
    ) -> Query:
        """The value is within the bounds."""

    def text(self, key: ValueKey, match: TextMatch, text: str) -> Query:
        """The text matches regardless of capitals."""

    def sort(self, key: ValueKey, type_: DataType, order: Literal["asc", "desc"]) -> dict[str, Any]:
        """A clause of `sort`; people without a value come last."""
