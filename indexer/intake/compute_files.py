"""The documents of conversations in files, computed without a store."""

from collections.abc import Iterable, Iterator

from indexer.datasets.conversations import CONVERSATIONS, conversation_document
from indexer.datasets.dataset import Computation
from indexer.errors import Refused
from indexer.input_files.record_reader import read_records


def compute_lines(sources: Iterable[str], computation: Computation) -> Iterator[tuple[str, bytes | Refused]]:
    """Yield for each record its place, and its document as one line of JSON or the reason why there is none."""
    for place, payload in read_records(sources, lists=CONVERSATIONS.lists):
        if isinstance(payload, Refused):
            yield place, payload
            continue
        try:
            yield place, conversation_document(payload, computation) + b"\n"
        except Refused as refused:
            yield place, refused
