"""A record gives the same document or the same refusal in whatever kind of file it stands, beside whatever others."""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Computation
from indexer.errors import Refused
from indexer.input_files.record_reader import read_records
from indexer.intake.compute_files import compute_lines

GOOD = b'{"type":"conversation","id":"good","created_at":1772442000,"state":"open","source":{"type":"email"}}'

VALUES = st.one_of(
    st.text(max_size=8).map(lambda text: json.dumps(text).encode()),
    st.text(max_size=8).map(lambda text: json.dumps(text, ensure_ascii=False).encode("utf-8", "replace")),
    st.sampled_from(
        [
            rb'"Where \ud83d"',
            rb'"\udc00 there"',
            rb'"\ud83d\ud83d\ude00 \\ud83d \uDBFF"',
            rb'"a\u0000b"',
            b'"\xff"',
            b'"\xed\xa0\xbd"',
            b"1e400",
            b"-0.0",
            b"1" * 400,
            b"[" * 2_000 + b"]" * 2_000,
            b'{"a":' * 30 + b"1" + b"}" * 30,
            b'{"a":1,"a":2}',
            b"tru",
            b"NaN",
            b'{"a":[}]',
            b"null",
            b"[]",
            b'"]}, {["',
        ]
    ),
)
FIELDS = st.sampled_from(
    [
        b'"title"', b'"id"', b'"created_at"', b'"state"', b'"custom_attributes"', b'"source"', b'"conversation_parts"',
        b'"unknown"', b'"data"', rb'"\ud83d"', rb'"a\u0000"', b'"tags"',
    ]
)  # fmt: skip
RECORDS = st.lists(st.tuples(FIELDS, VALUES), max_size=3).map(
    lambda members: (
        b'{"type":"conversation","id":"odd","created_at":1772442000,"state":"open"'
        + b"".join(b"," + name + b":" + value for name, value in members)
        + b"}"
    )
)

PLACE = re.compile(r" \(byte \d+\)| at byte \d+")

FORMS: dict[str, Callable[[list[bytes]], bytes]] = {
    "an array": lambda records: b"[" + b",".join(records) + b"]",
    "an array over many lines": lambda records: b"\n[\n " + b" ,\n ".join(records) + b"\n]\n",
    "a page": lambda records: b'{"type":"conversation.list","conversations":[' + b", ".join(records) + b"]}",
    "a page of tickets": lambda records: b'{"total_count":2,"tickets":[' + b",".join(records) + b'],"pages":null}',
    "a page under data": lambda records: b'{"type":"conversation.list","data":[' + b",".join(records) + b"]}",
    "packed": lambda records: gzip.compress(b"\n".join(records)),
}


def outcomes(content: bytes) -> list[bytes | str]:
    with TemporaryDirectory() as directory:
        file = Path(directory) / "records"
        file.write_bytes(content)
        answers = [answer for _, answer in compute_lines([str(file)], Computation("w"))]
    return [str(answer) if isinstance(answer, Refused) else answer for answer in answers]


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=60, deadline=None)
@given(odd=RECORDS)
def test_an_odd_record_reads_the_same_in_every_form(form: str, odd: bytes) -> None:
    alone = outcomes(b"\n".join([GOOD, odd, GOOD]))
    assert len(alone) == 3
    assert alone[0] == alone[2]
    assert isinstance(alone[0], bytes)
    assert outcomes(FORMS[form]([GOOD, odd, GOOD])) == alone


@settings(max_examples=60, deadline=None)
@given(odd=RECORDS)
def test_a_record_over_many_lines_reads_as_it_does_on_one(odd: bytes) -> None:
    try:
        spread = json.dumps(json.loads(odd, parse_float=str), indent=2).encode()
    except (ValueError, RecursionError):
        return
    same = json.dumps(json.loads(odd, parse_float=str)).encode()
    assert [PLACE.sub("", str(one)) for one in outcomes(spread)] == [PLACE.sub("", str(one)) for one in outcomes(same)]


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["without a mark", "with a mark"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@settings(max_examples=20, deadline=None)
@given(title=st.text())
def test_text_of_two_or_four_bytes_a_character_reads_as_utf8(mark: str, encoding: str, title: str) -> None:
    odd = json.dumps({"id": "1", "created_at": 1772442000, "title": title}, ensure_ascii=False)
    lines = f"{odd}\r\n{GOOD.decode()}\r\n"
    wide = (mark + lines).encode(encoding, "replace")
    assert outcomes(wide) == outcomes(lines.encode("utf-8", "replace"))
    assert outcomes(gzip.compress(wide)) == outcomes(wide)


@settings(max_examples=200, deadline=None)
@given(text=st.text(st.characters(codec="utf-16", exclude_categories=())))
def test_halves_of_pairs_are_replaced_and_nothing_else(text: str) -> None:
    written = json.dumps({"id": "1", "title": text}).encode()
    with TemporaryDirectory() as directory:
        file = Path(directory) / "one.json"
        file.write_bytes(written)
        ((_, payload),) = read_records([str(file)], lists=CONVERSATIONS.lists)
    assert isinstance(payload, bytes)
    expected = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert json.loads(payload)["title"] == expected
