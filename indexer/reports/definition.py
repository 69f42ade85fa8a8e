"""A report as data: what is counted, on which day, of which conversations."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, ValidationError

from indexer.reports.dimensions import VOCABULARY, find_dimension

Scalar = StrictBool | StrictInt | StrictStr
_Text = Annotated[str, Field(min_length=1)]
_EXACT_TYPES = frozenset({"keyword", "boolean", "integer", "long"})
_NO_KEY = "there is no such key"
_NO_FIELD = "is no field of the mapping"


class Count(BaseModel):
    """The number of documents."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    count: Literal["conversations"]


class Definition(BaseModel):
    """One file of `queries/<dataset>/`; the directory it lies in is its `dataset`.

    `axis` is the date field that decides on which day a document counts, `where` what every document of the
    report has in common (field: value, or a list of which one is enough), `group_by` the dimensions that a
    question may choose from. `pipeline` says which generation of definitions the fields belong to.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    dataset: str
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: _Text
    pipeline: Literal["new", "legacy"]
    about: _Text
    unit: Literal["conversations"]
    axis: _Text
    where: dict[str, Scalar | Annotated[list[Scalar], Field(min_length=1)]] = {}
    value: Count
    group_by: list[str] = []

    @property
    def measures_durations(self) -> bool:
        """Whether office hours can change the number; a count does not look at the clock."""
        match self.value:
            case Count():
                return False


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
    if "dataset" in content:
        raise InvalidDefinition([f"{source}: dataset: {_NO_KEY}; the directory says it"])
    try:
        definition = Definition.model_validate({**content, "dataset": dataset})
    except ValidationError as error:
        raise InvalidDefinition([f"{source}: {_fault(found)}" for found in error.errors()]) from error
    if faults := [f"{source}: {fault}" for fault in _unmapped(definition, fields)]:
        raise InvalidDefinition(faults)
    return definition


def _fault(error: Mapping[str, Any]) -> str:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"{key}: {_NO_KEY}"
    return f"{key}: {error['msg']}"


def _unmapped(definition: Definition, fields: Mapping[str, str]) -> list[str]:
    """What the definition says of fields that the mapping does not bear out."""
    faults = []
    if fields.get(definition.axis) != "date":
        faults.append(f"axis: {definition.axis} {_is(fields.get(definition.axis))}; it has to be a date")
    faults += [
        f"where.{field}: {field} {_is(fields.get(field))}; it has to be one of {', '.join(sorted(_EXACT_TYPES))}"
        for field in definition.where
        if fields.get(field) not in _EXACT_TYPES
    ]
    for position, name in enumerate(definition.group_by):
        dimension = find_dimension(name)
        if dimension is None:
            faults.append(f"group_by.{position}: {name} is none of {', '.join(VOCABULARY)}")
        elif dimension.mapped_field not in fields:
            faults.append(f"group_by.{position}: {name} stands for {dimension.mapped_field}, which {_NO_FIELD}")
    return faults


def _is(field_type: str | None) -> str:
    return _NO_FIELD if field_type is None else f"is of type {field_type}"
