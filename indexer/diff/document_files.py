"""A file of documents as a side: checked whole before the comparison, and sorted if necessary."""

import heapq
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from itertools import islice, pairwise
from pathlib import Path
from typing import IO, Any

import msgspec

from indexer.conversation.values import identifier
from indexer.datasets.dataset import Dataset
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.diff.flat_export import flat_documents, is_csv
from indexer.diff.selection import Selection
from indexer.differences.key_join import Entry
from indexer.errors import OperatorError, Refused
from indexer.input_files.record_reader import read_records
from indexer.keys import EntityKey

CHUNK_BYTES = 32_000_000
"""The bytes of documents that are sorted in memory at once."""

PAGE = 500


@cache
def _decoder(dataset: Dataset) -> msgspec.json.Decoder[Any]:
    """A decoder of what selects a document: its `entity_id`, `workspace_id` and `created_at`, whatever their names."""
    names = {"entity_id": dataset.key_field, "created_at": dataset.creation_field}

    class Keys(msgspec.Struct, rename=names, gc=False):
        entity_id: str | int | None = None
        workspace_id: str | None = None
        created_at: int | None = None

    return msgspec.json.Decoder(Keys)


@contextmanager
def file_pages(path: str, dataset: Dataset, selection: Selection) -> Iterator[Iterator[list[Entry]]]:
    """The selected documents of an NDJSON file (gzip too) in the order of their keys; of receipts also a flat export.

    The file is read once to check every line and the order, and again to compare. Raises `OperatorError`, naming file
    and line, if a line is not a document of the dataset, or if an entity is in the file twice.
    """
    if _is_sorted(path, dataset, selection):
        yield _pages(entry for _, entry in _entries(path, dataset, selection))
        return
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="indexer-diff-") as directory:
        chunks = [stack.enter_context(_written(Path(directory), chunk)) for chunk in _chunks(path, dataset, selection)]
        merged = heapq.merge(*map(_read_chunk, chunks))
        yield _pages(_without_twins(merged, dataset))


def _is_sorted(path: str, dataset: Dataset, selection: Selection) -> bool:
    """Whether the file's keys rise; reads all of it, even if the answer is known early, to find broken lines."""
    keys = (entry.key for _, entry in _entries(path, dataset, selection))
    rises = True
    for one, other in pairwise(keys):
        rises = rises and one < other
    return rises


def _entries(path: str, dataset: Dataset, selection: Selection) -> Iterator[tuple[str, Entry]]:
    if dataset is MESSAGE_RECEIPTS and is_csv(path):
        yield from _flat_entries(path, selection)
        return
    decode = _decoder(dataset).decode
    for place, payload in read_records([path], lists=()):
        if isinstance(payload, Refused):
            raise _broken(place, payload.reason)
        try:
            found = decode(payload)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise _broken(place, f"is not a document: {error}") from error
        key = _key(found, place, dataset, selection)
        if not selection.takes(key):
            continue
        if selection.by_creation:
            if found.created_at is None:
                raise _broken(place, f"has no {dataset.creation_field}, by which --from and --to select")
            if not selection.takes_creation(found.created_at):
                continue
        yield place, Entry(key, payload)


def _flat_entries(path: str, selection: Selection) -> Iterator[tuple[str, Entry]]:
    if selection.workspace_id is None:
        raise OperatorError("rows of a flat export name no workspace", "name it with --workspace")
    for place, receipt, body in flat_documents(path):
        key = EntityKey(selection.workspace_id, receipt.receipt_id)
        if selection.takes(key) and selection.takes_creation(receipt.received_at):
            yield place, Entry(key, body)


def _key(found: Any, place: str, dataset: Dataset, selection: Selection) -> EntityKey:
    entity_id = identifier(found.entity_id)
    if entity_id is None:
        raise _broken(place, f"has no {dataset.key_field}")
    workspace_id = found.workspace_id or selection.workspace_id
    if workspace_id is None:
        raise _broken(place, "has no workspace_id; name the workspace with --workspace")
    return EntityKey(workspace_id, entity_id)


def _broken(place: str, reason: str) -> OperatorError:
    return OperatorError(
        f"{place} {reason}", "nothing was compared; correct the file, which must have one JSON document a line"
    )


def _chunks(path: str, dataset: Dataset, selection: Selection) -> Iterator[list[tuple[EntityKey, str, bytes]]]:
    """The file's documents in sorted pieces that fit into memory."""
    chunk: list[tuple[EntityKey, str, bytes]] = []
    size = 0
    for place, entry in _entries(path, dataset, selection):
        chunk.append((entry.key, place, entry.body))
        size += len(entry.body)
        if size >= CHUNK_BYTES:
            yield sorted(chunk)
            chunk, size = [], 0
    yield sorted(chunk)


@contextmanager
def _written(directory: Path, chunk: list[tuple[EntityKey, str, bytes]]) -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile(dir=directory) as stream:
        for (workspace_id, entity_id), place, body in chunk:
            for text in (workspace_id.encode(), entity_id.encode(), place.encode(), body):
                stream.write(len(text).to_bytes(4))
                stream.write(text)
        stream.seek(0)
        yield stream


def _read_chunk(stream: IO[bytes]) -> Iterator[tuple[EntityKey, str, bytes]]:
    while length := stream.read(4):
        texts = [stream.read(int.from_bytes(length))]
        texts += [stream.read(int.from_bytes(stream.read(4))) for _ in range(3)]
        workspace_id, entity_id, place, body = texts
        yield EntityKey(workspace_id.decode(), entity_id.decode()), place.decode(), body


def _without_twins(merged: Iterator[tuple[EntityKey, str, bytes]], dataset: Dataset) -> Iterator[Entry]:
    before: EntityKey | None = None
    for key, place, body in merged:
        if key == before:
            raise _broken(place, f"has {dataset.entity.one} {key.entity_id} again")
        before = key
        yield Entry(key, body)


def _pages(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    while page := list(islice(entries, PAGE)):
        yield page
