"""A text cut in the middle of an emoji costs half of that emoji, in every kind of file."""

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.datasets.dataset import Computation
from indexer.intake.compute_files import compute_lines


def one(id_: str, **more: Any) -> dict[str, Any]:
    return {"type": "conversation", "id": id_, "created_at": 1772442000, "state": "open", **more}


@pytest.mark.parametrize(
    "more",
    [
        {"source": {"type": "conversation", "body": "Where \ud83d"}},
        {"title": "Gift \ud83d"},
        {"custom_attributes": {"Note": "Gift \ud83d"}},
    ],
    ids=["body", "title", "custom attribute"],
)
@pytest.mark.parametrize("form", ["lines", "array", "page", "document"])
def test_the_record_and_its_neighbours_are_read(tmp_path: Path, form: str, more: dict[str, Any]) -> None:
    records = [one("g1"), one("g2", **more), one("g3")]
    match form:
        case "lines":
            content = "\n".join(json.dumps(record) for record in records)
        case "array":
            content = json.dumps(records)
        case "page":
            content = json.dumps({"type": "conversation.list", "conversations": records})
        case _:
            content, records = json.dumps(records[1], indent=2), records[1:2]
    file = tmp_path / "conversations.json"
    file.write_text(content)
    documents = [json.loads(answer) for _, answer in compute_lines([str(file)], Computation("w"))]  # type: ignore[arg-type]
    assert [document["conversation_id"] for document in documents] == [record["id"] for record in records]
    assert "\ud83d" not in str(documents)
