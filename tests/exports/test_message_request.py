"""The parameters of an export of messages."""

from typing import Any

import pytest

from indexer.exports.message_request import MessageExportRequest, read_message_request
from indexer.exports.request import Packing
from indexer.reports import InvalidQuestion
from tests.exports.made_messages import asked


@pytest.mark.parametrize(
    ("parameters", "at_fault"),
    [
        ({"from": None}, "from: is missing"),
        ({"to": None}, "to: is missing"),
        ({"to": "2024-02-29"}, "to: 2024-02-29 is before from, 2024-03-01"),
        ({"message": "1", "series": "2"}, "series: a message and a series exclude each other"),
        ({"message": ""}, "message: "),
        ({"message": "a\0"}, "message: has characters that no id has"),
        ({"series": "7\nDownload: http://evil.example"}, "series: has characters that no id has"),
        ({"report": "weekly"}, "report: "),
        ({"report": "overview", "flat": True}, "flat: only the detailed report"),
        ({"flat": True, "everything": True}, "everything: a flat file"),
        ({"from": None, "to": None, "series": "1", "events_in_range": True}, "events_in_range: there is no range"),
        ({"packing": "gzip"}, "packing: the detailed report has several files"),
        ({"pipelines": "all"}, "pipelines: there is no such parameter"),
        ({"dataset": "conversations"}, "dataset: "),
    ],
)
def test_what_cannot_be_written_is_refused_by_its_name(parameters: dict[str, Any], at_fault: str) -> None:
    with pytest.raises(InvalidQuestion) as caught:
        asked(**parameters)
    assert str(caught.value).startswith(at_fault)


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({}, "messages-detailed-2024-03-01-2024-03-10.zip"),
        ({"packing": "zip"}, "messages-detailed-2024-03-01-2024-03-10.zip"),
        ({"flat": True}, "messages-flat-2024-03-01-2024-03-10.csv"),
        ({"flat": True, "packing": "gzip"}, "messages-flat-2024-03-01-2024-03-10.csv.gz"),
        ({"report": "overview", "from": None, "to": None, "message": "7"}, "messages-overview.csv"),
        ({"report": "overview", "packing": Packing.ZIP}, "messages-overview-2024-03-01-2024-03-10.zip"),
    ],
)
def test_a_file_is_packed_as_its_report_needs(parameters: dict[str, Any], name: str) -> None:
    assert asked(**parameters).file_name == name


@pytest.mark.parametrize(
    "parameters", [{}, {"from": None, "to": None, "message": "=7"}, {"flat": True, "times": "epoch", "excel": True}]
)
def test_an_order_is_stored_and_read_again(parameters: dict[str, Any]) -> None:
    request = asked(**parameters)
    assert read_message_request(request.model_dump(mode="json", by_alias=True)) == request
    assert isinstance(request, MessageExportRequest)
