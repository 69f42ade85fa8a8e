"""A report as data: what is counted, on which day, of which conversations."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, InstanceOf, model_validator

from indexer.reports.definition_conditions import Condition
from indexer.reports.dimensions import CUSTOM_ANY, PERSON_ANY, Dimension
from indexer.reports.numbers.registry import Value
from indexer.reports.parameters import Parameter, replaced
from indexer.reports.vocabulary import Vocabulary

MEASURES = frozenset({"percent", "score", "seconds"})
"""Units of any dataset's numbers: `seconds` are written as durations too, `percent` with its sign."""

END_OF_PERIOD, NOW = "end_of_period", "now"
"""The axes that are not a field of the document."""

_Text = Annotated[str, Field(min_length=1)]


class Definition(BaseModel):
    """One file of `queries/<dataset>/`; the directory it lies in is its `dataset`, whose words `vocabulary` has.

    `axis` is the date field that decides on which day a document counts, or `actions.at` (every action counts on
    its own), `end_of_period` (the state at the last second) or `now` (the state at the moment asked for). `where`
    are the conditions on every document of the report. `action` are the conditions on an action: on every action that
    counts, or, if conversations count, on one of theirs, which words such as `team` and `teammate` then mean (a
    conversation without such an action is in none of their groups).
    `items: actions` counts actions on the day that the `axis` of their conversation gives. `value` is the kind of
    number, `group_by` the dimensions that a question may choose from, `group_by_default` the one that applies if it
    chooses none, `parameters` the numbers that it may replace, `columns` the fields in a list of the conversations
    behind a number. `category` is the heading that lists show it under. `pipeline` names the generation of
    definitions that the fields belong to. `measures_durations` (not in the file): the measured field also exists within
    office hours.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    dataset: str
    vocabulary: Annotated[InstanceOf[Vocabulary], Field(exclude=True, repr=False)]
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: _Text
    category: _Text
    pipeline: Literal["new", "legacy", "rest"]
    about: _Text
    unit: _Text
    axis: _Text
    items: _Text | None = None
    where: dict[str, Condition] = {}
    action: dict[str, Condition] = {}
    value: Value
    group_by: list[str] = []
    group_by_default: _Text | None = None
    parameters: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Parameter] = {}
    columns: list[str] = []
    measures_durations: bool = False

    @model_validator(mode="after")
    def _uses_the_vocabulary(self) -> Self:
        documents = {self.documents, *self.vocabulary.former_words}
        known = documents if self.value.is_share_of_all else documents | {*self.vocabulary.counted}
        if (word := self.value.word) is not None and word not in known:
            raise ValueError(f"value.{self.value.key()}: {word!r} is not one of {', '.join(sorted(known))}")
        if self.unit not in (units := documents | {*self.vocabulary.counted} | self.vocabulary.units | MEASURES):
            raise ValueError(f"unit: {self.unit!r} is not one of {', '.join(sorted(units))}")
        if (self.items or self.action) and self.vocabulary.nested is None:
            key = "items" if self.items else "action"
            raise ValueError(f"{key}: the documents of {self.dataset} have no nested list")
        if self.items and self.items != self.nested_path:
            raise ValueError(f"items: {self.items!r} is not {self.nested_path}")
        return self

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        by_states = self.axis in {END_OF_PERIOD, NOW} or self.value.lasts
        if by_states and (self.action or self.items):
            raise ValueError(f"{'action' if self.action else 'items'}: a report of states has no actions")
        if self.items and not self.action:
            raise ValueError("items: needs action, which says which actions count")
        if self.items and not self.by_day_of_action and self.value.counts_on_own_day:
            raise ValueError(f"value: needs the axis {self._nested_axis}, unless {self.documents} count")
        if self.value.at_ends != (self.axis == END_OF_PERIOD):
            raise ValueError(f"value: at_end or net_outflow and the axis {END_OF_PERIOD} belong together")
        if self.counted == self.nested_path and not self.counts_actions:
            path = self.nested_path
            axis = self._nested_axis
            raise ValueError(f"value: only a report with the axis {axis} or with items: {path} can count {path}")
        if self.is_board and not self.value.fits_boards:
            raise ValueError(f"value: a report with the axis {NOW} has count, rate or age")
        if self.value.needs_board and not self.is_board:
            raise ValueError(f"value: age needs the axis {NOW}")
        if self.value.has_own_groups and self.group_by:
            raise ValueError("group_by: the value makes groups of its own")
        if self.group_by_default is not None and self.group_by_default not in self.group_by:
            raise ValueError(f"group_by_default: {self.group_by_default} is not one of group_by")
        if self.counts_actions and self.value.counts_documents:
            raise ValueError(f"value: {self.value.key()} is of {self.documents}, not of {self.nested_path}")
        for key, conditions in (("where", self.where), *(("value", one) for one in self.value.tested.values())):
            if not self.is_board and any(condition.older_than for condition in conditions.values()):
                raise ValueError(f"{key}: older_than needs the axis {NOW}")
        return self

    @property
    def counts_actions(self) -> bool:
        """Whether actions count, not documents."""
        return self.items is not None or self.by_day_of_action

    @property
    def by_day_of_action(self) -> bool:
        """Whether each action counts on its own day; if not, the axis is a field of the document."""
        return self.axis == self._nested_axis

    @property
    def documents(self) -> str:
        """The word for the documents, such as `conversations`."""
        return self.vocabulary.documents

    @property
    def nested_path(self) -> str:
        """The field of the nested list, such as `actions`, which is also the word for its items; empty without one."""
        return self.vocabulary.nested.path if self.vocabulary.nested else ""

    @property
    def _nested_axis(self) -> str:
        return self.vocabulary.nested.axis if self.vocabulary.nested else ""

    @property
    def has_actions(self) -> bool:
        """Whether words such as `team` mean those of an action: of one that counts, or of the one named by `action`."""
        return self.counts_actions or bool(self.action)

    @property
    def has_one_action(self) -> bool:
        """Whether a conversation has one action at most that its words can mean."""
        return "first_response" in self.action

    def needs_names_of_groups(self, group_by: str | None) -> bool:
        """Whether actions are in groups of their own, on days of their documents.

        Elasticsearch can page through such groups, or cut by days, but not both at once.
        """
        dimension = self.dimension(group_by)
        return self.counts_actions and not self.by_day_of_action and dimension is not None and dimension.of_action

    @property
    def is_board(self) -> bool:
        """Whether it shows the state at one moment, without dates."""
        return self.axis == NOW

    @property
    def needs_the_present(self) -> bool:
        """Whether its answer depends on the present time, which a question then has to give (`as_of`)."""
        return self.is_board or self.value.lasts

    @property
    def counted(self) -> str | None:
        """What is counted; None if the number is not a count."""
        return self.value.counted

    @property
    def measured_field(self) -> str | None:
        """The full path of the field from which the number is computed, None for a count."""
        return None if self.value.field is None else self.path(self.value.field)

    def path(self, field: str) -> str:
        """The full path of a field that `value` or `action` names."""
        return f"{self.nested_path}.{field}" if self.counts_actions else field

    def with_values(self, values: Mapping[str, int], *, office_hours: bool = False) -> Self:
        """The definition with other numbers for some of its parameters.

        `office_hours`: the durations that a rate tests become those within office hours; other values keep the field
        that they name.
        """
        found = self
        if values:
            places = {tuple(path): value for name, value in values.items() for path in self.parameters[name].sets}
            written = replaced(self.model_dump(), places) | {"vocabulary": self.vocabulary}
            found = type(self).model_validate(written)
        return found.model_copy(update={"value": found.value.within_office_hours()}) if office_hours else found

    def dimension(self, name: str | None) -> Dimension | None:
        """The dimension that a word means in this report; None for None and for an unknown word."""
        return None if name is None else self.vocabulary.find(name, actions=self.has_actions)

    @property
    def takes_attributes(self) -> bool:
        """Whether it can also be grouped by the documents' own attributes, `custom.<name>`."""
        return self.vocabulary.attributes is not None and bool(self.group_by)

    @property
    def takes_people(self) -> bool:
        """Whether it can also be grouped by what is known about the documents' people, `person.<name>`."""
        return self.vocabulary.people is not None and bool(self.group_by)

    def can_group_by(self, name: str) -> bool:
        """Whether a question may group by that word."""
        if name in self.group_by:
            return True
        dimension = self.dimension(name)
        if dimension is None:
            return False
        return self.takes_people if dimension.of_people else self.takes_attributes and bool(dimension.attributes)

    @property
    def groups(self) -> list[str]:
        """The words that its questions can group by."""
        found = [*self.group_by, CUSTOM_ANY] if self.takes_attributes else [*self.group_by]
        return [*found, PERSON_ANY] if self.takes_people else found

    @property
    def words(self) -> list[str]:
        """The words that its questions can filter by."""
        return self.vocabulary.words(actions=self.has_actions)
