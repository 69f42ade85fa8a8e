"""What a comparison of one dataset offers beyond its documents: a table with a row for each dataset that has more."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import Engine

from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Dataset
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.diff.find_reasons import DifferingDocuments, ReasonSearch, explain_conversation, with_reasons
from indexer.diff.flat_export import flat_pairs
from indexer.diff.receipt_reasons import explain_receipt_command, missing_receipts, with_receipt_reasons
from indexer.diff.selection import Selection
from indexer.diff.sides import Side, SideKind
from indexer.differences.pair import Pair
from indexer.differences.tally import Difference
from indexer.errors import OperatorError
from indexer.keys import EntityKey

FindReasons = Callable[[Engine, Sequence[DifferingDocuments], ReasonSearch], list[list[Difference]]]


class Extras(NamedTuple):
    """`sides` are the kinds of sides that only this dataset has.

    `find_reasons` adds the reasons to differences, and `explain` gives the command that explains one; None without any.
    `pairs` are the fields of two sides that are compared, if not all. `missing` says what is stored of entities that
    only one side has.
    """

    sides: frozenset[SideKind] = frozenset()
    find_reasons: FindReasons | None = None
    explain: Callable[[Difference], str] | None = None
    pairs: Callable[[Side, Side], list[Pair] | None] | None = None
    missing: Callable[[Engine, Sequence[EntityKey], Selection], dict[EntityKey, str]] | None = None


_EXTRAS = {
    CONVERSATIONS: Extras(frozenset({SideKind.PIPELINE, SideKind.VENDOR}), with_reasons, explain_conversation),
    MESSAGE_RECEIPTS: Extras(frozenset(), with_receipt_reasons, explain_receipt_command, flat_pairs, missing_receipts),
}
_NONE = Extras()

_SIDES_OF_ALL = frozenset({SideKind.INDEX, SideKind.SOURCE, SideKind.FILE})


def extras_of(dataset: Dataset) -> Extras:
    """The row of a dataset; an empty one if it has none."""
    return _EXTRAS.get(dataset, _NONE)


def expect_sides(dataset: Dataset, *sides: Side) -> None:
    """Raise `OperatorError` if the dataset does not have one of the sides."""
    for side in sides:
        if side.kind not in _SIDES_OF_ALL | extras_of(dataset).sides:
            raise OperatorError(
                f"{dataset.entity.several} have no side {side.written}",
                "compare two of source, index:NAME and file:PATH",
            )


def expect_reasons(dataset: Dataset, *, of_office_hours: bool = False) -> None:
    """Raise `OperatorError` if no reasons are known for differences of the dataset, or none that are office hours."""
    if extras_of(dataset).find_reasons is None:
        raise OperatorError(
            f"there are no rules that could explain differences of {dataset.entity.several}",
            "leave out --explain and --office-hours",
        )
    if of_office_hours and not dataset.within_office_hours:
        raise OperatorError(
            f"documents of {dataset.entity.several} do not depend on office hours", "leave out --office-hours"
        )
