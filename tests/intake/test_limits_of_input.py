"""Input that is made to be too much: it costs itself a refusal in its place, and memory stays within bounds."""

import bz2
import contextlib
import gzip
import io
import json
import lzma
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from itertools import chain, repeat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.datasets.calls import CALLS
from indexer.datasets.conversations import CONVERSATIONS, conversation_document
from indexer.datasets.dataset import Computation, Dataset
from indexer.datasets.teammate_statuses import TEAMMATE_STATUSES
from indexer.errors import Refused
from indexer.input_files import record_reader
from indexer.input_files.gunzip import Gunzipped
from indexer.intake import importer
from indexer.intake.importer import Imported, import_records

MIB = 1 << 20
PAIR = (b'{"id": "1", "created_at": 1772442000}', b'{"id": "2", "created_at": 1772442000}')


def checked(path: Path, intake: Dataset = CONVERSATIONS) -> tuple[Imported, list[str]]:
    """The result of an import of a file, without a store."""
    said: list[str] = []

    def on_refused(place: str, refused: Refused) -> None:
        said.append(f"{place.removeprefix(str(path)).removeprefix(', ')}: {refused}")

    return import_records(None, intake, [str(path)], "w", on_refused), said


@pytest.fixture
def quarter_mib(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records may have a quarter of a MiB, so that a test of more than that is quick."""
    monkeypatch.setattr(record_reader, "LARGEST", MIB // 4)


def line(*middle: bytes) -> Iterator[bytes]:
    yield from (PAIR[0], b"\n", *middle, b"\n", PAIR[1], b"\n")


def item(*middle: bytes) -> Iterator[bytes]:
    yield from (b"[", PAIR[0], b",", *middle, b",", PAIR[1], b"]")


LETTERS = [b"a" * MIB] * 16
BOMBS = {
    "a line": lambda: line(b'{"x":"', *LETTERS, b'"}'),
    "a line of no JSON": lambda: line(*LETTERS),
    "a line in UTF-16": lambda: (piece.decode().encode("utf-16-le") for piece in line(b'{"x":"', *LETTERS, b'"}')),
    "a line of spaces": lambda: chain([PAIR[0], b"\n"], repeat(b" " * MIB, 16), [b"\n", PAIR[1]]),
    "a text in an array": lambda: item(b'{"x":"', *LETTERS, b'"}'),
    "escapes in an array": lambda: item(b'{"x":"', b'\\"\\\\' * (MIB // 4), b'"}'),
    "texts in an array": lambda: item(b'{"x":[', b'"a",' * (MIB // 4), b'""]}'),
    "brackets in an array": lambda: item(b"[" * (MIB // 4), b"]" * (MIB // 4)),
    "a number in an array": lambda: item(*([b"1" * MIB] * 16)),
    "a bare text in an array": lambda: item(b'"', *LETTERS, b'"'),
}


@pytest.mark.usefixtures("quarter_mib")
@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_record_that_unpacks_to_too_many_bytes_is_refused_alone(
    tmp_path: Path, bomb: Callable[[], Iterator[bytes]]
) -> None:
    path = tmp_path / "bomb.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for piece in bomb():
            file.write(piece)
    tracemalloc.start()
    try:
        imported, said = checked(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (imported.created, imported.refused) == (2, 1)
    assert said[0].startswith(("line 2: is more than ", "item 2: is more than "))
    assert "one a line" in said[0]
    assert peak < 12 * MIB


@pytest.mark.usefixtures("quarter_mib")
def test_a_document_over_many_lines_that_is_too_large_is_refused_once(tmp_path: Path) -> None:
    path = tmp_path / "document.json"
    path.write_bytes(b'{"id": "1", "x": [\n' + b"1,\n" * MIB + b"1]}")
    imported, said = checked(path)
    assert (imported.created, imported.refused) == (0, 1)
    assert said[0].startswith(": is one document of more than ")


@pytest.mark.usefixtures("quarter_mib")
def test_a_large_record_within_a_document_is_not_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "document.json"
    path.write_bytes(b'{"id": "1", "x": [\n"' + b"a" * 2 * MIB + b'"\n]}')
    imported, said = checked(path)
    assert (imported.created, imported.refused, len(said)) == (0, 1, 1)


RECORDS = st.lists(st.integers(0, 300).map(lambda length: json.dumps({"x": "a" * length}).encode()), max_size=8)


@given(records=RECORDS, form=st.sampled_from(["lines", "array", "spread array"]), packed=st.booleans())
def test_in_every_form_a_record_that_is_too_long_is_refused_in_its_place(
    tmp_path_factory: pytest.TempPathFactory, records: list[bytes], form: str, packed: bool
) -> None:
    path = tmp_path_factory.mktemp("long") / "some.json"
    written = {
        "lines": b"\n".join(records),
        "array": b"[" + b",".join(records) + b"]",
        "spread array": b"[\n" + b"\n,\n".join(records) + b"\n]\n",
    }[form]
    path.write_bytes(gzip.compress(written) if packed else written)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(record_reader, "LARGEST", 150)
        found = list(record_reader.read_records([str(path)], lists=()))
    assert [isinstance(payload, Refused) for _, payload in found] == [len(one) > 150 for one in records]
    assert [payload for _, payload in found if not isinstance(payload, Refused)] == [
        one for one in records if len(one) <= 150
    ]
    word = "line" if form == "lines" else "item"
    assert [place for place, _ in found] == [f"{path}, {word} {number}" for number in range(1, len(records) + 1)]


@given(st.binary(max_size=3_000), st.integers(50, 4_000))
def test_unpacking_in_steps_gives_what_was_packed(packed: bytes, most: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("indexer.input_files.gunzip._MOST", most)
        stream = io.BufferedReader(Gunzipped(io.BytesIO(gzip.compress(packed) + gzip.compress(b"end") + b"\0\0")))
        assert stream.read() == packed + b"end"


def until_it_breaks_off(packed: bytes) -> bytes:
    """The readable content of a packed file before it breaks off."""
    stream = io.BufferedReader(Gunzipped(io.BytesIO(packed)))
    found = bytearray()

    def read_on() -> None:
        while piece := stream.read1(100):
            found.extend(piece)

    with pytest.raises(OSError, match="breaks off"):
        read_on()
    return bytes(found)


@given(cut=st.integers(1, 200), most=st.integers(200, 4_000))
def test_unpacking_in_steps_gives_everything_before_the_end_of_a_file_that_breaks_off(cut: int, most: int) -> None:
    written = json.dumps(list(range(2_000))).encode()
    packed = gzip.compress(written)[:-cut]
    whole = until_it_breaks_off(packed)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("indexer.input_files.gunzip._MOST", most)
        assert until_it_breaks_off(packed) == whole
    assert written.startswith(whole)


def zipped(written: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("records.ndjson", written)
    return target.getvalue()


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "a zip archive": zipped,
    "packed with gzip twice": lambda written: gzip.compress(gzip.compress(written)),
    "packed with bzip2": bz2.compress,
    "packed with xz": lzma.compress,
}


@pytest.mark.parametrize("name", PACKED)
def test_a_file_packed_in_another_format_is_refused_with_the_name_of_the_format(tmp_path: Path, name: str) -> None:
    path = tmp_path / "records"
    path.write_bytes(PACKED[name](PAIR[0]))
    imported, said = checked(path)
    assert (imported.created, imported.refused) == (0, 1)
    assert said[0].startswith(f": is {name}: unpack it first")


def test_text_after_a_document_over_many_lines_is_not_dropped_silently(tmp_path: Path) -> None:
    path = tmp_path / "two.json"
    path.write_bytes(b'{"id": "1",\n"created_at": 1772442000}\n\n' + PAIR[1])
    imported, said = checked(path)
    assert imported.created == 1
    assert said == ["line 4: follows the end of the document; write one record a line"]


def test_large_records_are_saved_in_smaller_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "some.ndjson"
    path.write_bytes(b"\n".join(b'{"id": "%d", "created_at": 1, "x": "%s"}' % (n, b"a" * 400) for n in range(10)))
    sizes: list[int] = []
    monkeypatch.setattr(importer, "BATCH_BYTES", 1_000)

    def save_batch(_saving: object, batch: list[object], *_rest: object) -> list[tuple[str, Refused]]:
        sizes.append(len(batch))
        return []

    monkeypatch.setattr(importer, "save_batch", save_batch)
    checked(path)
    assert sizes == [3, 3, 3, 1]


CONTROL = st.text(st.characters(min_codepoint=0, max_codepoint=0x9F) | st.characters(), max_size=12)
NUMBERS = st.builds(
    lambda sign, digits, rest: sign + "9" * digits + rest,
    st.sampled_from(["", "-"]),
    st.sampled_from([1, 16, 19, 20, 309, 400, 3_999, 4_000, 4_301, 9_000]),
    st.sampled_from(["", ".5", "e5", "e400", "E-400", ".0"]),
)
DEEP = st.builds(
    lambda depth, pair: pair[0] * depth + "1" + pair[1] * depth,
    st.sampled_from([1, 50, 500, 1_000, 5_000]),
    st.sampled_from([("[", "]"), ('{"a":', "}")]),
)
ODD = CONTROL.map(json.dumps) | NUMBERS | DEEP
"""A value as it is written in JSON."""

FIELDS = (
    "id", "created_at", "updated_at", "initiated_at", "at", "admin_id", "status", "type", "state", "title", "open",
    "source", "source.author", "contacts", "contacts.contacts", "tags", "tags.tags", "conversation_parts", "assignee",
    "conversation_parts.conversation_parts", "statistics", "statistics.count_conversation_parts", "custom_attributes",
    "custom_attributes.x", "conversation_rating", "conversation_rating.rating", "sla_applied", "ai_agent", "teammates",
    "admin_assignee_id", "team_assignee_id", "ticket_parts", "ticket_attributes", "priority", "customer", "company",
)  # fmt: skip


def record_with(odd: dict[str, str]) -> bytes:
    """A record that any dataset would take, with these values in the fields of these paths."""
    members = {"id": '"odd"', "created_at": "1772442000", "initiated_at": "1772442000", "at": "1772442000",
               "admin_id": '"5"', "status": '"away"'}  # fmt: skip
    for path, value in odd.items():
        name, _, inner = path.partition(".")
        members[name] = f'{{"{inner}": {value}}}' if inner else value
    return ("{" + ", ".join(f'"{name}": {value}' for name, value in members.items()) + "}").encode()


@given(odd=st.dictionaries(st.sampled_from(FIELDS), ODD, min_size=1, max_size=3))
def test_no_value_of_any_field_affects_more_than_its_own_record(
    tmp_path_factory: pytest.TempPathFactory, odd: dict[str, str]
) -> None:
    path = tmp_path_factory.mktemp("odd") / "some.ndjson"
    neighbour = record_with({})
    payload = record_with(odd)
    path.write_bytes(b"\n".join([neighbour, payload, neighbour]))
    for intake in (CONVERSATIONS, CALLS, TEAMMATE_STATUSES):
        imported, said = checked(path, intake)
        assert imported.created + imported.refused == 3
        assert imported.created >= 2
        assert all(line.startswith("line 2: ") for line in said)
        assert all(len(line) < 300 for line in said)
    with contextlib.suppress(Refused):
        json.loads(conversation_document(payload, Computation("w")))
