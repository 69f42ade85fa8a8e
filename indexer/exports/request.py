"""The request of an export; checked before anything is read."""

import enum
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from indexer.calendar.zone_names import checked_zone
from indexer.datasets.field import PIPELINES, Pipeline
from indexer.exports.columns import Column, columns_of
from indexer.exports.time_cells import Times
from indexer.keys import LONGEST_WORKSPACE
from indexer.reports.invalid_question import fault
from indexer.reports.message_threads import Frame
from indexer.reports.question import Day, without_default


class Packing(enum.StrEnum):
    """The form of the file: CSV as it is, compressed, or in an archive."""

    NONE = "none"
    GZIP = "gzip"
    ZIP = "zip"

    @property
    def suffix(self) -> str:
        """The end of the file's name."""
        return {Packing.NONE: ".csv", Packing.GZIP: ".csv.gz", Packing.ZIP: ".zip"}[self]


def _storable(value: str) -> str:
    if "\0" in value:
        raise ValueError("contains a NUL character, which a workspace's name must not")
    return value


WorkspaceName = Annotated[str, AfterValidator(_storable), Field(min_length=1, max_length=LONGEST_WORKSPACE)]

ZoneName = Annotated[
    str,
    AfterValidator(checked_zone),
    Field(
        description="The zone whose dates are meant, and of ISO times; the workspace's if not given.",
        json_schema_extra=without_default,
    ),
]

WrittenTimes = Annotated[Times, Field(description="ISO 8601 with the zone's offset, or epoch seconds.")]

_Named = Pipeline | Literal["all"]
_Pipelines = Annotated[list[_Named], Field(max_length=len(PIPELINES))] | _Named


def _listed(value: Any) -> Any:
    """The pipelines from a list, one name, or `all`; any other value stays as it is."""
    names = [value] if isinstance(value, str) else value
    if isinstance(names, list) and "all" in names and len(names) <= len(PIPELINES):
        others = [name for name in names if name != "all"]
        return [*PIPELINES] if all(isinstance(name, str) and name in PIPELINES for name in others) else others
    return names


class ExportRequest(BaseModel):
    """The parameters of an export of conversations, by the names of the HTTP API."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    workspace: Annotated[WorkspaceName, Field(description="The workspace whose threads are exported.")]
    from_: Annotated[Day, Field(alias="from", description="The first local date, YYYY-MM-DD.")]
    to: Annotated[Day, Field(description="The last local date, YYYY-MM-DD, included.")]
    time_zone: ZoneName = "UTC"
    times: WrittenTimes = Times.ISO
    pipelines: Annotated[
        list[Pipeline],
        BeforeValidator(_listed, json_schema_input_type=_Pipelines),
        Field(max_length=len(PIPELINES), description="Whose metrics are added to the columns: a list, one, or `all`."),
    ] = []
    packing: Annotated[Packing, Field(description="The form of the file.")] = Packing.NONE

    @field_validator("to")
    @classmethod
    def _not_before_from(cls, value: Any, info: ValidationInfo) -> Any:
        first = info.data.get("from_")
        if first is not None and value < first:
            raise ValueError(f"{value} is before from, {first}")
        return value

    @property
    def frame(self) -> Frame:
        """The workspace and the range of the threads."""
        return Frame(self.workspace, self.from_, self.to, self.time_zone)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the dates and times."""
        return ZoneInfo(self.time_zone)

    @property
    def days(self) -> str:
        """The range in words for people."""
        return f"{self.from_} to {self.to}"

    def facts(self, rows: int) -> tuple[str, ...]:
        """Lines for people about an export with that many rows."""
        return (f"Message threads created: {self.days} ({self.time_zone})", f"Rows: {rows:,}")

    @property
    def packed_as(self) -> Packing:
        """The form of the file."""
        return self.packing

    @property
    def columns(self) -> list[Column]:
        """The columns in their order."""
        return columns_of(self.pipelines)

    @property
    def file_name(self) -> str:
        """The suggested name of the file."""
        return f"{self._name}{self.packing.suffix}"

    @property
    def entry_name(self) -> str:
        """The name of the CSV within an archive."""
        return f"{self._name}{Packing.NONE.suffix}"

    @property
    def _name(self) -> str:
        return f"conversations-{self.from_}-{self.to}"


def read_request(parameters: Mapping[str, Any]) -> ExportRequest:
    """The request from parameters; raises `InvalidQuestion` for the first invalid one."""
    try:
        return ExportRequest.model_validate(parameters)
    except ValidationError as error:
        raise fault(error.errors()[0]) from error
