"""Pages of every kind: with records, without any, without a list, or an error in their place."""

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.datasets.dataset import Computation
from indexer.errors import Refused
from indexer.intake.compute_files import compute_lines


def outcomes(tmp_path: Path, *said: object) -> list[str]:
    file = tmp_path / "page.json"
    file.write_text("\n".join(json.dumps(one) for one in said))
    return [
        str(answer) if isinstance(answer, Refused) else json.loads(answer)["conversation_id"]
        for _, answer in compute_lines([str(file)], Computation("w"))
    ]


def one(id_: str) -> dict[str, Any]:
    return {"type": "conversation", "id": id_, "created_at": 1772442000}


@pytest.mark.parametrize("name", ["conversations", "tickets", "data"])
@pytest.mark.parametrize("kind", ["conversation.list", "list", None])
def test_the_list_of_a_page_is_found_under_each_of_its_names(tmp_path: Path, name: str, kind: str | None) -> None:
    page = {"type": kind, "pages": {"page": 1}, "total_count": 2, name: [one("a"), one("b")]}
    assert outcomes(tmp_path, page) == ["a", "b"]


@pytest.mark.parametrize("name", ["conversations", "data"])
@pytest.mark.parametrize("nothing", [[], None])
def test_an_empty_page_has_no_records_and_is_not_an_error(tmp_path: Path, name: str, nothing: object) -> None:
    assert outcomes(tmp_path, {"type": "conversation.list", "total_count": 0, name: nothing}) == []


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (
            {"type": "conversation.list", "total_count": 3, "conversations": None},
            "conversations: is null on a page that says that it has 3",
        ),
        (
            {"type": "conversation.list", "pages": {}},
            "is a page (conversation.list) without a list of records under conversations or tickets or data",
        ),
        (
            {"type": "error.list", "errors": [{"code": "rate_limit_exceeded", "message": "Exceeded rate limit"}]},
            "is an error of the API, not a record: rate_limit_exceeded: Exceeded rate limit",
        ),
        ({"errors": []}, "is an error of the API, not a record: it names no reason"),
    ],
)
def test_a_page_without_its_records_is_refused_as_a_page(tmp_path: Path, page: object, reason: str) -> None:
    assert outcomes(tmp_path, page, one("next")) == [reason, "next"]
