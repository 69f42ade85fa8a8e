"""The request of an export of messages; checked before anything is read."""

import enum
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from indexer.exports.request import ExportRequest, Packing, WorkspaceName, WrittenTimes, ZoneName
from indexer.exports.time_cells import Times
from indexer.keys import is_text
from indexer.reports.invalid_question import fault
from indexer.reports.periods import day_bounds
from indexer.reports.question import Day

MESSAGES = "messages"
"""The `dataset` of an order of such an export."""


def _stored(value: str) -> str:
    if not is_text(value) or not value.isprintable():
        raise ValueError("has characters that no id has")
    return value


_Id = Annotated[str, Field(min_length=1), AfterValidator(_stored)]


class Report(enum.StrEnum):
    """What is written: every receipt and event, or a row for each version of a message."""

    DETAILED = "detailed"
    OVERVIEW = "overview"


class MessageExportRequest(BaseModel):
    """The parameters of an export of messages, by the names of the HTTP API.

    The receipts of a range of days, of one message or of one series; the last two may have a range too.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    dataset: Annotated[Literal["messages"], Field(description="What is exported.")] = "messages"
    workspace: Annotated[WorkspaceName, Field(description="The workspace whose messages are exported.")]
    message: Annotated[_Id | None, Field(description="Only this message or tour, by its content_id or ruleset_id.")] = (
        None
    )
    series: Annotated[_Id | None, Field(description="Only this series, by its id.")] = None
    from_: Annotated[
        Day | None,
        Field(
            alias="from",
            validate_default=True,
            description="The first local date of sending, YYYY-MM-DD. Needed unless a message or a series is given.",
        ),
    ] = None
    to: Annotated[
        Day | None,
        Field(
            validate_default=True,
            description="The last local date of sending, YYYY-MM-DD, included. Needed as `from` is.",
        ),
    ] = None
    time_zone: ZoneName = "UTC"
    times: WrittenTimes = Times.ISO
    report: Annotated[Report, Field(description="Every receipt and event, or a row for each version of a message.")] = (
        Report.DETAILED
    )
    flat: Annotated[
        bool, Field(description="Of the detailed report: one row for each receipt, with the first time of each event.")
    ] = False
    events_in_range: Annotated[
        bool, Field(description="Only events within the range, too; a flat file has no others.")
    ] = False
    everything: Annotated[
        bool,
        Field(
            description="Of the detailed report, not flat: also what the vendor's files have no place for, which are "
            "further columns, events made by machines, and opens after the first."
        ),
    ] = False
    excel: Annotated[bool, Field(description="Begin each file with a byte order mark, for Excel.")] = False
    packing: Annotated[
        Packing | None,
        Field(
            validate_default=True,
            description="The form of the file. The detailed report is a ZIP archive; other files are packed as asked.",
        ),
    ] = None

    @field_validator("series")
    @classmethod
    def _not_beside_a_message(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("message") is not None:
            raise ValueError("a message and a series exclude each other")
        return value

    @field_validator("from_", "to")
    @classmethod
    def _given_if_needed(cls, value: Any, info: ValidationInfo) -> Any:
        if value is None and info.data.get("message") is None and info.data.get("series") is None:
            raise ValueError("is missing; only an export of one message or one series needs no range")
        return value

    @field_validator("to")
    @classmethod
    def _not_before_from(cls, value: Any, info: ValidationInfo) -> Any:
        first = info.data.get("from_")
        if first is not None and value is not None and value < first:
            raise ValueError(f"{value} is before from, {first}")
        return value

    @field_validator("flat", "everything")
    @classmethod
    def _only_if_detailed(cls, value: bool, info: ValidationInfo) -> bool:
        if value and info.data.get("report") is Report.OVERVIEW:
            raise ValueError("only the detailed report has such a form")
        if value and info.field_name == "everything" and info.data.get("flat"):
            raise ValueError("a flat file has no place for more")
        return value

    @field_validator("events_in_range")
    @classmethod
    def _only_with_a_range(cls, value: bool, info: ValidationInfo) -> bool:
        if value and info.data.get("from_") is None and info.data.get("to") is None:
            raise ValueError("there is no range")
        return value

    @field_validator("packing")
    @classmethod
    def _packed_as_the_report_needs(cls, value: Packing | None, info: ValidationInfo) -> Packing:
        of_several_files = info.data.get("report") is Report.DETAILED and not info.data.get("flat")
        if of_several_files and value not in (None, Packing.ZIP):
            raise ValueError("the detailed report has several files, and so is a ZIP archive")
        return value or (Packing.ZIP if of_several_files else Packing.NONE)

    @property
    def is_of_several_files(self) -> bool:
        """Whether the report has a file for each statistic."""
        return self.report is Report.DETAILED and not self.flat

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the dates and times."""
        return ZoneInfo(self.time_zone)

    @property
    def instants(self) -> tuple[int | None, int | None]:
        """The first second of the range and the first after it, in epoch seconds; None without such a date."""
        return day_bounds(self.from_, self.to, self.zone)

    @property
    def packed_as(self) -> Packing:
        """The form of the file."""
        return self.packing or Packing.NONE

    @property
    def file_name(self) -> str:
        """The suggested name of the file."""
        return f"{self._name}{self.packed_as.suffix}"

    @property
    def entry_name(self) -> str:
        """The name of the only CSV within an archive."""
        return f"{self._name}{Packing.NONE.suffix}"

    @property
    def days(self) -> str:
        """The range in words for people."""
        if self.from_ is None and self.to is None:
            return "at any time"
        return f"{self.from_ or 'the beginning'} to {self.to or 'now'}"

    def facts(self, rows: int) -> tuple[str, ...]:
        """Lines for people about an export that is made of that many receipts and checkpoints."""
        chosen = {"Message": self.message, "Series": self.series, "Sent": f"{self.days} ({self.time_zone})"}
        lines = [f"{name}: {value}" for name, value in chosen.items() if value is not None]
        kind = "flat" if self.flat else str(self.report)
        return (*lines, f"Report: {kind}", f"Receipts and checkpoints: {rows:,}")

    @property
    def _name(self) -> str:
        kind = "messages-flat" if self.flat else f"messages-{self.report}"
        days = [str(day) for day in (self.from_, self.to) if day is not None]
        return "-".join([kind, *days])


AnyRequest = ExportRequest | MessageExportRequest


def read_message_request(parameters: Mapping[str, Any]) -> MessageExportRequest:
    """The request from parameters; raises `InvalidQuestion` for the first invalid one."""
    try:
        return MessageExportRequest.model_validate(parameters)
    except ValidationError as error:
        raise fault(error.errors()[0]) from error
