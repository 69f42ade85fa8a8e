"""The sides that can be compared, by the words that name them, and the fields of two sides that are compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from indexer.datasets.dataset import Dataset
from indexer.datasets.field import PIPELINES, Pipeline
from indexer.did_you_mean import did_you_mean, near_names
from indexer.differences.fields import Chosen
from indexer.differences.pair import Pair, pairs_between, pipeline_of, same
from indexer.errors import OperatorError
from indexer.metrics.schema import Statistics


class SideKind(StrEnum):
    """The source of a side's values."""

    PIPELINE = "pipeline"
    INDEX = "index"
    SOURCE = "source"
    VENDOR = "vendor"
    FILE = "file"


_FORMS = "pipeline:new|legacy|rest, index:NAME, source, vendor or file:PATH"


@dataclass(frozen=True, slots=True)
class Side:
    """A side as it was named: `name` is the text after the colon."""

    kind: SideKind
    name: str = ""

    @property
    def written(self) -> str:
        """The side as written on the command line."""
        return f"{self.kind}:{self.name}" if self.name else str(self.kind)

    @property
    def pipeline(self) -> Pipeline | None:
        """The one pipeline whose fields this side has, None for whole documents."""
        if self.kind is SideKind.VENDOR:
            return "rest"
        return next((one for one in PIPELINES if one == self.name), None) if self._narrow else None

    @property
    def _narrow(self) -> bool:
        return self.kind is SideKind.PIPELINE


def read_side(written: str) -> Side:
    """The side that the text names; raises `OperatorError` if it names none."""
    kind, colon, name = written.partition(":")
    named = kind in (SideKind.PIPELINE, SideKind.INDEX, SideKind.FILE)
    if kind not in list(SideKind) or named != bool(name) or named != bool(colon):
        raise OperatorError(f"{written!r} is not a side of a comparison", f"a side is one of {_FORMS}")
    if kind == SideKind.PIPELINE and name not in PIPELINES:
        raise OperatorError(f"there is no pipeline {name!r}", "choose new, legacy or rest")
    if kind == SideKind.FILE and name == "-":
        raise OperatorError("file:- cannot be compared, because a side is read twice", "write it to a file first")
    return Side(SideKind(kind), name)


def check_sides(left: Side, right: Side) -> None:
    """Raise `OperatorError` if the two sides cannot be compared."""
    if left == right:
        raise OperatorError(f"both sides are {left.written}", "name two different sides")


VENDORS = tuple(name for name in Statistics.__struct_fields__ if name != "reply_times")
"""The statistics that come with a conversation; single reply times are not among them."""


def pairs_of(left: Side, right: Side, chosen: Chosen, of_dataset: Sequence[Pair] | None = None) -> list[Pair] | None:
    """The pairs of fields to compare, `of_dataset` or by the sides; None for all fields of two whole documents.

    Raises `OperatorError` if the choice leaves none.
    """
    pairs = _all_pairs(left, right) if of_dataset is None else of_dataset
    if pairs is None:
        return None
    taken = [pair for pair in pairs if chosen.takes(*pair)]
    if not taken:
        raise OperatorError(
            f"--fields and --ignore leave no field that {left.written} and {right.written} have in common",
            f"choose from {', '.join(pair.name for pair in pairs)}",
        )
    return taken


def _all_pairs(left: Side, right: Side) -> Sequence[Pair] | None:
    one, other = left.pipeline, right.pipeline
    if one is not None and other is not None and one != other:
        return pairs_between(one, other)
    if SideKind.VENDOR in (left.kind, right.kind):
        return [same(f"statistics.{name}") for name in VENDORS]
    return None


def expect_fields(dataset: Dataset, left: Side, right: Side, chosen: Chosen) -> None:
    """Raise `OperatorError` if the choice leaves no field of whole documents, by the catalogue of the dataset.

    A file may have further fields, and without a catalogue nobody knows them all: then every choice is accepted.
    """
    known = [field.path for field in dataset.fields if belongs(left, right, field.path)]
    if not known or not chosen.fields or SideKind.FILE in (left.kind, right.kind):
        return
    within = any(pattern.startswith(f"{path}.") for pattern in chosen.fields for path in known)
    if not (within or any(map(chosen.takes, known))):
        near = [name for pattern in chosen.fields for name in near_names(pattern, known)]
        raise OperatorError(
            f"--fields and --ignore leave no field of {dataset.entity.several}",
            did_you_mean(near[:3]) or "leave out --fields to see which fields differ",
        )


def belongs(left: Side, right: Side, path: str) -> bool:
    """Whether a field of a whole document is compared: if one side is a pipeline, only the fields of that are."""
    pipeline = left.pipeline or right.pipeline
    return pipeline is None or (pipeline_of(path) == pipeline)
