"""A report as data: what is counted, on which day, of which conversations."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from indexer.reports.conditions import Condition
from indexer.reports.dimensions import Dimension, find_dimension, vocabulary
from indexer.reports.mapped import faults_of
from indexer.reports.values import AtEnd, Count, Distribution, Heatmap, Value, measured_field

Category = Literal[
    "conversations",
    "responsiveness",
    "resolution",
    "teammates",
    "teams",
    "satisfaction",
    "sla",
    "ai",
    "availability",
    "calls",
]

ACTIONS, END_OF_PERIOD, NOW = "actions.at", "end_of_period", "now"
"""The axes that are no field of the document."""

_Text = Annotated[str, Field(min_length=1)]
_NO_KEY = "there is no such key"
_BY_THE_READER = {"dataset": "the directory says it", "measures_durations": "the mapping says it"}


class Definition(BaseModel):
    """One file of `queries/<dataset>/`; the directory it lies in is its `dataset`.

    `axis` is the date field that decides on which day a document counts, or `actions.at` (every action counts on
    its own), `end_of_period` (the state at the last second) or `now` (the state at the moment asked for). `where`
    is what every document of the report has in common, `action` what every action has, `value` what the number
    is, `group_by` the dimensions that a question may choose from, `columns` what a list of the conversations
    behind a number shows. `pipeline` says which generation of definitions the fields belong to.
    `measures_durations` (not in the file): the measured field also exists within office hours.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    dataset: str
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: _Text
    category: Category
    pipeline: Literal["new", "legacy", "rest"]
    about: _Text
    unit: _Text
    axis: _Text
    where: dict[str, Condition] = {}
    action: dict[str, Condition] = {}
    value: Value
    group_by: list[str] = []
    columns: list[str] = []
    measures_durations: bool = False

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.action and not self.on_actions:
            raise ValueError(f"action: only a report with the axis {ACTIONS} has conditions on actions")
        if isinstance(self.value, AtEnd) != (self.axis == END_OF_PERIOD):
            raise ValueError(f"value: at_end and the axis {END_OF_PERIOD} belong together")
        if self.counted == "actions" and not self.on_actions:
            raise ValueError(f"value: only a report with the axis {ACTIONS} can count actions")
        if self.is_board and not isinstance(self.value, Count):
            raise ValueError(f"value: a report with the axis {NOW} can only count")
        if isinstance(self.value, Distribution | Heatmap) and self.group_by:
            raise ValueError("group_by: the value makes groups of its own")
        if not self.is_board and any(condition.older_than for condition in self.where.values()):
            raise ValueError(f"where: older_than needs the axis {NOW}")
        return self

    @property
    def on_actions(self) -> bool:
        """Whether actions count, each on its own day."""
        return self.axis == ACTIONS

    @property
    def is_board(self) -> bool:
        """Whether it tells the state at one moment and knows no dates."""
        return self.axis == NOW

    @property
    def counted(self) -> str | None:
        """What is counted; None where the number is no count."""
        match self.value:
            case Count(count=counted) | Heatmap(heatmap=counted):
                return counted
            case _:
                return None

    @property
    def measured_field(self) -> str | None:
        """The full path of the field that the number is made of, None for what only counts."""
        field = measured_field(self.value)
        return None if field is None else self.path(field)

    def path(self, field: str) -> str:
        """The full path of a field that `value` or `action` names."""
        return f"actions.{field}" if self.on_actions else field

    def dimension(self, name: str | None) -> Dimension | None:
        """What a word stands for in this report; None for None and for an unknown one."""
        return None if name is None else find_dimension(name, self.dataset, actions=self.on_actions)

    @property
    def vocabulary(self) -> list[str]:
        """The words that its questions can filter by."""
        return vocabulary(self.dataset, actions=self.on_actions)


class InvalidDefinition(ValueError):
    """A definition that cannot be used; `faults` has one `file: key: reason` for each thing that is wrong."""

    def __init__(self, faults: list[str]) -> None:
        """`faults` is not empty."""
        super().__init__("; ".join(faults))
        self.faults = faults


def read_definition(source: str, dataset: str, content: object, fields: Mapping[str, str]) -> Definition:
    """The definition that a decoded file holds.

    `source` is the file as errors are to name it, `fields` the dataset's mapping: the path of every field with
    its type. Raises `InvalidDefinition`, also for a field that the mapping does not have.
    """
    if not isinstance(content, Mapping):
        raise InvalidDefinition([f"{source}: is no list of keys and values"])
    if taken := [f"{source}: {key}: {_NO_KEY}; {why}" for key, why in _BY_THE_READER.items() if key in content]:
        raise InvalidDefinition(taken)
    try:
        definition = Definition.model_validate({**content, "dataset": dataset})
    except ValidationError as error:
        raise InvalidDefinition([f"{source}: {_fault(found)}" for found in error.errors()]) from error
    if faults := [f"{source}: {fault}" for fault in faults_of(definition, fields)]:
        raise InvalidDefinition(faults)
    twin = f"{definition.measured_field}_ooo"
    return definition.model_copy(update={"measures_durations": twin in fields})


def _fault(error: Mapping[str, Any]) -> str:
    path = [str(part) for part in error["loc"]]
    if path[:1] == ["value"] and len(path) > 2:
        del path[1]  # the kind of value, which the next part says again
    key = ".".join(path)
    if error["type"] == "extra_forbidden":
        return f"{key}: {_NO_KEY}"
    said = error["msg"].removeprefix("Value error, ")
    return f"{key}: {said}" if key else said
