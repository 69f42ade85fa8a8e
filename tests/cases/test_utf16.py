"""What Windows PowerShell writes with `>` is read like any other text."""

import json
from pathlib import Path

import pytest

from indexer.datasets.dataset import Computation
from indexer.intake.compute_files import compute_lines


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("form", ["lines", "array"])
def test_a_file_of_wide_characters_is_read(tmp_path: Path, encoding: str, form: str) -> None:
    records = [{"type": "conversation", "id": id_, "created_at": 1772442000, "title": "Grüße 🎁"} for id_ in "ab"]
    content = json.dumps(records, ensure_ascii=False)
    if form == "lines":
        content = "".join(json.dumps(record, ensure_ascii=False) + "\r\n" for record in records)
    file = tmp_path / "conversations.json"
    file.write_bytes(content.encode(encoding))
    documents = [json.loads(answer) for _, answer in compute_lines([str(file)], Computation("w"))]  # type: ignore[arg-type]
    assert [(one["conversation_id"], one["title"]) for one in documents] == [("a", "Grüße 🎁"), ("b", "Grüße 🎁")]
