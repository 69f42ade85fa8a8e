"""Files of every kind give the same records, and a broken one costs only itself."""

import gzip
import io
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import orjson
import pytest

from indexer.datasets.conversations import CONVERSATIONS
from indexer.errors import OperatorError, Refused
from indexer.input_files import record_reader
from indexer.input_files.record_reader import Record

read_records = partial(record_reader.read_records, lists=CONVERSATIONS.lists)

ONE, TWO = {"id": "1", "text": "é"}, {"id": "2", "text": "line\nbreak"}


def records(path: Path) -> list[object]:
    """The decoded records, a refusal as its text."""
    return [
        str(payload) if isinstance(payload, Refused) else orjson.loads(payload)
        for _, payload in read_records([str(path)])
    ]


def lines(*values: object) -> bytes:
    return b"".join(orjson.dumps(value) + b"\n" for value in values)


def page(*values: object) -> dict[str, object]:
    return {"type": "conversation.list", "pages": {}, "total_count": 2, "conversations": list(values)}


SHAPES: dict[str, Callable[[], bytes]] = {
    "NDJSON": lambda: lines(ONE, TWO),
    "NDJSON without the last line break": lambda: lines(ONE, TWO).rstrip(),
    "NDJSON with empty lines and carriage returns": lambda: lines(ONE).replace(b"\n", b"\r\n\r\n") + lines(TWO),
    "NDJSON with a byte order mark": lambda: b"\xef\xbb\xbf" + lines(ONE, TWO),
    "an array": lambda: orjson.dumps([ONE, TWO]),
    "an array over many lines": lambda: b"\n " + orjson.dumps([ONE, TWO], option=orjson.OPT_INDENT_2),
    "a page": lambda: orjson.dumps(page(ONE, TWO)),
    "a page over many lines": lambda: orjson.dumps(page(ONE, TWO), option=orjson.OPT_INDENT_2),
    "a page a line": lambda: lines(page(ONE), page(TWO)),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_records(tmp_path: Path, shape: str, packed: bool) -> None:
    content = SHAPES[shape]()
    file = tmp_path / "conversations"
    file.write_bytes(gzip.compress(content) if packed else content)
    assert records(file) == [ONE, TWO]


@pytest.mark.parametrize("option", [0, orjson.OPT_INDENT_2], ids=["one line", "many lines"])
def test_a_single_object_is_one_record(tmp_path: Path, option: int) -> None:
    file = tmp_path / "one.json"
    file.write_bytes(orjson.dumps(ONE, option=option))
    assert records(file) == [ONE]


def test_standard_input_is_a_file_like_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(gzip.compress(lines(ONE))))))
    assert list(read_records(["-"])) == [Record("standard input, line 1", orjson.dumps(ONE))]


def test_the_place_of_a_record_is_its_line_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    file.write_bytes(b"\n" + lines(ONE) + b"\n" + lines(TWO, TWO))
    assert [place for place, _ in read_records([str(file)])] == [f"{file}, line {line}" for line in (2, 4, 5)]


def test_a_text_that_mentions_a_page_is_not_a_page(tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    mention = {"id": "1", "body": "what is a conversation.list?"}
    file.write_bytes(lines(mention))
    assert records(file) == [mention]


def test_a_broken_first_line_of_ndjson_does_not_hide_the_others(tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    file.write_bytes(b"{broken\n" + lines(ONE, TWO))
    payloads = [payload for _, payload in read_records([str(file)])]
    assert payloads == [b"{broken", orjson.dumps(ONE), orjson.dumps(TWO)]


def test_an_array_that_breaks_off_gives_the_elements_before(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(orjson.dumps([ONE, TWO])[:-5])
    place, payload = list(read_records([str(file)]))[-1]
    assert (place, records(file)[0]) == (f"{file}, after item 1", ONE)
    assert isinstance(payload, Refused)


def test_a_gzip_file_that_breaks_off_says_so_after_its_readable_content(tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson.gz"
    file.write_bytes(gzip.compress(lines(*[{"id": str(number)} for number in range(50_000)]))[:-1000])
    *before, (place, payload) = read_records([str(file)])
    assert len(before) > 1_000
    assert place == str(file)
    assert "cannot be read any further" in str(payload)


def test_an_empty_file_has_no_records(tmp_path: Path) -> None:
    file = tmp_path / "empty"
    file.write_bytes(b"\n\n")
    assert records(file) == []


@pytest.mark.parametrize(("name", "reason"), [("missing", "No such file or directory"), (".", "Is a directory")])
def test_a_file_that_cannot_be_opened_is_an_operators_error(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(OperatorError, match=reason) as error:
        list(read_records([str(tmp_path / name)]))
    assert str(tmp_path / name) in str(error.value)


def test_the_bytes_read_are_told(tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    file.write_bytes(lines(*[ONE] * 10_000))
    told: list[int] = []
    assert len(list(read_records([str(file)], told.append))) == 10_000
    assert sum(told) == file.stat().st_size


def places(file: Path) -> list[str]:
    return [place.removeprefix(f"{file}, ") for place, _ in read_records([str(file)])]


def test_bad_lines_at_the_top_are_lines_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "a.ndjson"
    file.write_bytes(b"bad1\nbad2\n" + lines(ONE))
    assert places(file) == ["line 1", "line 2", "line 3"]


@pytest.mark.parametrize("cut", [b'{"id":', b'{"id":"1",', b'{"id":"1","title":"cut he', b'{"a":[1,'])
def test_a_first_line_that_was_cut_off_does_not_hide_the_others(tmp_path: Path, cut: bytes) -> None:
    file = tmp_path / "a.ndjson"
    file.write_bytes(cut + b"\n" + lines(ONE, TWO, ONE))
    assert places(file) == ["line 1", "line 2", "line 3", "line 4"]


@pytest.mark.parametrize(
    "document", [b'{"id":\n5\n,"x":1}', b'{"id":"5","tags":\n[]\n,"x":1}', b'{\n\n"id":\n"5"}\n\n']
)
def test_a_document_may_be_broken_into_lines_anywhere(tmp_path: Path, document: bytes) -> None:
    file = tmp_path / "one.json"
    file.write_bytes(document)
    assert records(file) == [orjson.loads(document)]


def test_an_integer_of_any_length_costs_nothing_else_in_an_array(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b'[{"id":"1","n":123456789012345678901234567890,"f":0.5},' + orjson.dumps(TWO) + b"]")
    first, second = (payload for _, payload in read_records([str(file)]))
    assert first == b'{"id":"1","n":123456789012345678901234567890,"f":0.5}'
    assert isinstance(second, bytes)
    assert orjson.loads(second) == TWO


def test_an_array_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b"\xef\xbb\xbf" + orjson.dumps([ONE]))
    assert records(file) == [ONE]


def test_a_page_is_known_by_its_conversations(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(orjson.dumps({"conversations": [ONE, TWO]}))
    assert records(file) == [ONE, TWO]


MANY = lines(*[{"id": str(number)} for number in range(1, 5_000)])
PACKED = gzip.compress(MANY)


@pytest.mark.parametrize(
    ("packed", "fault"),
    [
        (PACKED[:-1], "breaks off"),
        (PACKED[:-8] + b"\0" * 8, "damaged"),
        (PACKED + b"garbage!", "are not gzip data"),
    ],
    ids=["cut", "wrong checksum", "garbage behind"],
)
def test_a_gzip_file_with_a_bad_end_gives_all_it_holds(tmp_path: Path, packed: bytes, fault: str) -> None:
    file = tmp_path / "a.ndjson.gz"
    file.write_bytes(packed)
    *good, (_, last) = read_records([str(file)])
    assert b"".join(payload + b"\n" for _, payload in good if isinstance(payload, bytes)) == MANY
    assert fault in str(last)


@pytest.mark.parametrize("padding", [b"", b"\0" * 512], ids=["", "padded"])
def test_a_gzip_file_may_have_several_members(tmp_path: Path, padding: bytes) -> None:
    file = tmp_path / "a.ndjson.gz"
    file.write_bytes(gzip.compress(lines(ONE)) + padding + gzip.compress(lines(TWO)) + padding)
    assert records(file) == [ONE, TWO]
