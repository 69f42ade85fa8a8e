"""Files as sides: read in the order of their keys whatever their own, or not at all."""

import gzip
import random
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.datasets.calls import CALLS
from indexer.datasets.conversations import CONVERSATIONS
from indexer.diff import document_files
from indexer.diff.document_files import file_pages
from indexer.diff.selection import EVERYTHING, Selection
from indexer.errors import OperatorError
from indexer.keys import EntityKey


def line(id_: str | int, workspace: str | None = "w", **more: Any) -> bytes:
    return orjson.dumps({"workspace_id": workspace, "conversation_id": id_, **more}) + b"\n"


def written(path: Path, *lines: bytes) -> str:
    path.write_bytes(b"".join(lines))
    return str(path)


def keys_of(path: str, selection: Selection = EVERYTHING) -> list[EntityKey]:
    with file_pages(path, CONVERSATIONS, selection) as pages:
        return [entry.key for page in pages for entry in page]


@given(seed=st.integers(0, 1000), chunk=st.integers(1, 3000))
def test_an_unsorted_file_is_read_in_the_order_of_its_keys(
    tmp_path_factory: pytest.TempPathFactory, seed: int, chunk: int
) -> None:
    numbers = [f"{number:03d}" for number in range(40)]
    random.Random(seed).shuffle(numbers)
    path = written(tmp_path_factory.mktemp("side") / "side.ndjson", *(line(one, pad="x" * 50) for one in numbers))
    before = document_files.CHUNK_BYTES
    document_files.CHUNK_BYTES = chunk
    try:
        with file_pages(path, CONVERSATIONS, EVERYTHING) as pages:
            found = [entry for page in pages for entry in page]
    finally:
        document_files.CHUNK_BYTES = before
    assert [entry.key for entry in found] == [("w", one) for one in sorted(numbers)]
    assert all(orjson.loads(entry.body)["conversation_id"] == entry.key[1] for entry in found)


def test_a_compressed_file_is_read_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "side.ndjson.gz"
    path.write_bytes(gzip.compress(line("1") + line("2")))
    assert keys_of(str(path)) == [("w", "1"), ("w", "2")]


def test_ids_may_be_numbers_and_the_workspace_may_be_named_beside_the_file(tmp_path: Path) -> None:
    path = written(tmp_path / "side.ndjson", line(2, None), line(10, None))
    assert keys_of(path, Selection("w")) == [("w", "10"), ("w", "2")]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (b"{\n", "line 3 is not a document"),
        (b"[1]\n", "line 3 is not a document"),
        (b'"text"\n', "line 3 is not a document"),
        (b'{"conversation_id":"3","workspace_id":"w"\n', "line 3 is not a document"),
        (b'{"workspace_id":"w"}\n', "line 3 has no conversation_id"),
        (b'{"conversation_id":"3"}\n', "line 3 has no workspace_id"),
        (line("1"), "line 3 has conversation 1 again"),
        (line("2"), "line 3 has conversation 2 again"),
    ],
)
def test_a_broken_line_is_named_before_anything_is_compared(tmp_path: Path, bad: bytes, said: str) -> None:
    path = written(tmp_path / "side.ndjson", line("1"), line("2"), bad, line("4"))
    with pytest.raises(OperatorError, match=said) as caught:
        keys_of(path)
    assert str(caught.value).startswith(path)
    assert caught.value.exit_code == 2


def test_a_file_that_breaks_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "side.ndjson.gz"
    path.write_bytes(gzip.compress(b"".join(line(f"{number:06d}") for number in range(1000)))[:-30])
    with pytest.raises(OperatorError, match=r"side\.ndjson\.gz"):
        keys_of(str(path))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="No such file"):
        keys_of(str(tmp_path / "nothing.ndjson"))


def test_a_creation_that_decides_must_be_there(tmp_path: Path) -> None:
    path = written(tmp_path / "side.ndjson", line("1", created_at=86_399), line("2", created_at=86_400), line("3"))
    with pytest.raises(OperatorError, match="line 3 has no created_at"):
        keys_of(path, Selection(created_from=1))
    path = written(tmp_path / "side.ndjson", line("1", created_at=86_399), line("2", created_at=86_400))
    assert keys_of(path, Selection(created_until=86_400)) == [("w", "1")]
    assert keys_of(path, Selection(created_from=86_400)) == [("w", "2")]


def test_a_file_of_calls_is_keyed_by_the_call_and_selected_by_its_beginning(tmp_path: Path) -> None:
    calls = [{"call_id": id_, "conversation_id": "1", "initiated_at": at} for id_, at in (("b", 5), ("a", 6), ("c", 4))]
    path = written(tmp_path / "calls.ndjson", *(orjson.dumps({"workspace_id": "w", **one}) + b"\n" for one in calls))
    with file_pages(path, CALLS, Selection(created_from=5)) as pages:
        assert [entry.key for page in pages for entry in page] == [("w", "a"), ("w", "b")]
    other = written(tmp_path / "conversations.ndjson", line("1"))
    with pytest.raises(OperatorError, match="line 1 has no call_id"), file_pages(other, CALLS, EVERYTHING):
        pass
    again = written(tmp_path / "again.ndjson", b'{"workspace_id":"w","call_id":"a"}\n' * 2)
    with pytest.raises(OperatorError, match="line 2 has call a again"), file_pages(again, CALLS, EVERYTHING) as pages:
        list(pages)
    with pytest.raises(OperatorError, match="has no initiated_at"), file_pages(again, CALLS, Selection(created_from=5)):
        pass


def test_a_share_takes_the_same_conversations_every_time() -> None:
    keys = [EntityKey("w", str(number)) for number in range(10_000)]
    taken = [key for key in keys if Selection(share=0.1).takes(key)]
    assert 900 < len(taken) < 1100
    assert taken == [key for key in keys if Selection(share=0.1).takes(key)]
    assert set(taken) <= {key for key in keys if Selection(share=0.2).takes(key)}
