"""The vendor's flat export of messages as a side: a CSV file with a row for each receipt."""

from collections.abc import Iterator
from pathlib import PurePath
from typing import Final
from zoneinfo import ZoneInfo

import orjson

from indexer.datasets.dataset import Dataset
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.diff.sides import Side, SideKind
from indexer.differences.pair import Pair, same
from indexer.errors import OperatorError, Refused
from indexer.input_files.message_reader import read_messages
from indexer.messages.event import MessageEvent
from indexer.messages.receipt import Receipt
from indexer.messages.receipt_document import FIRSTS, shown_content_type
from indexer.messages.statistics import FLAT_COLUMNS, RECEIPT_COLUMNS

_FACTS: Final = tuple(name for name in RECEIPT_COLUMNS if name not in ("receipt_id", "last_state_changed_by"))

_PAIRS: Final = [same(path) for path in (*_FACTS, *(FIRSTS[kind] for kind in FLAT_COLUMNS.values()))]


def is_flat_export(dataset: Dataset, side: Side) -> bool:
    """Whether the side is a file of receipts that is named like a CSV file, and not one of documents."""
    return dataset is MESSAGE_RECEIPTS and side.kind is SideKind.FILE and is_csv(side.name)


def is_csv(path: str) -> bool:
    """Whether the file has the name of a CSV file, compressed or not."""
    return PurePath(path.lower().removesuffix(".gz")).suffix == ".csv"


def flat_pairs(left: Side, right: Side) -> list[Pair] | None:
    """The fields that a flat export has, if one of the sides of receipts is one."""
    flat = any(is_flat_export(MESSAGE_RECEIPTS, side) for side in (left, right))
    return _PAIRS if flat else None


def flat_documents(path: str) -> Iterator[tuple[str, Receipt, bytes]]:
    """The place of each row, its receipt, and the fields of a document that the row has, as JSON.

    Raises `OperatorError`, naming file and line, if a row is not that of a receipt with its first events.
    """
    place = ""
    receipt: Receipt | None = None
    firsts: dict[str, int] = {}
    for here, part in read_messages([path], ZoneInfo("UTC"), _ignore):
        match part:
            case Receipt():
                if receipt is not None:
                    yield place, receipt, _document(receipt, firsts)
                place, receipt, firsts = here, part, {}
            case MessageEvent() if receipt is not None and part.receipt_id == receipt.receipt_id:
                firsts[FIRSTS[part.kind]] = part.at
            case Refused():
                raise _not_flat(f"{here} {part.reason if not part.path else part}")
            case _:
                raise _not_flat(f"{here} is not a row of a flat export")
    if receipt is not None:
        yield place, receipt, _document(receipt, firsts)


def _document(receipt: Receipt, firsts: dict[str, int]) -> bytes:
    facts = {name: getattr(receipt, name) for name in _FACTS}
    facts["content_type"] = shown_content_type(receipt.content_type)
    return orjson.dumps({name: value for name, value in facts.items() if value is not None} | firsts)


def _ignore(place: str, reason: str) -> None:
    """Columns that are not read are not compared either."""


def _not_flat(said: str) -> OperatorError:
    return OperatorError(
        said, "nothing was compared; give a flat export: indexer export messages --flat, or the vendor's REST export"
    )
