"""A comparison as one page with plots, which needs no other files."""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from indexer.datasets.dataset import Dataset
from indexer.diff.dataset_extras import extras_of
from indexer.differences.tally import FieldTally, Tally, by_weight
from indexer.differences.tolerance import FieldKind, KindOf, kinds_of


class Segment(NamedTuple):
    """A piece of a bar, in percent of the plot's width."""

    kind: str
    start: float
    width: float


class ComparisonBar(NamedTuple):
    """A line of a plot: its pieces one after the other, and its number."""

    label: str
    number: int
    segments: list[Segment]
    about: str = ""

    @property
    def end(self) -> float:
        """The end of its last piece."""
        return self.segments[-1].start + self.segments[-1].width if self.segments else 0


_LONG = [(1, "1 s"), (60, "1 min"), (3_600, "1 h"), (86_400, "1 d"), (1e15, "∞")]
_BOUNDS = [*((-size, f"\N{MINUS SIGN}{name}") for size, name in reversed(_LONG)), *_LONG]


def diff_page(tally: Tally, dataset: Dataset, left: str, right: str, said: Sequence[str] = ()) -> str:
    """The HTML; `said` are lines that describe the comparison."""
    fields = [one for one in tally.by_weight() if one.differing or one.within]
    kind_of = kinds_of(dataset.fields)
    return _template().render(
        entity=dataset.entity,
        left=left,
        right=right,
        said=said,
        tally=tally,
        fields=fields,
        equal_fields=len(tally.fields) - len(fields),
        field_bars=_field_bars(fields),
        reason_bars=_reason_bars(tally),
        histograms=[
            (title, bars)
            for title, kind in (("Durations", FieldKind.DURATION), ("Timestamps", FieldKind.TIMESTAMP))
            if (bars := _histogram([one for one in fields if _is(one, kind, kind_of)]))
        ],
        by_weight=by_weight,
        short=short,
        explain=extras_of(dataset).explain,
    )


def _field_bars(fields: Sequence[FieldTally]) -> list[ComparisonBar]:
    most = max((one.differing + one.within for one in fields), default=0)
    return [
        ComparisonBar(
            one.pair.name,
            one.differing,
            _segments(
                most,
                ("different", one.different),
                ("missing-left", one.missing_left),
                ("missing-right", one.missing_right),
                ("within", one.within),
            ),
        )
        for one in fields
    ]


def _reason_bars(tally: Tally) -> list[ComparisonBar]:
    most = max(tally.reasons.values(), default=0)
    return [
        ComparisonBar(reason, count, _segments(most, (str(reason), count)), reason.about)
        for reason, count in by_weight(tally.reasons)
    ]


def _is(one: FieldTally, kind: FieldKind, kind_of: KindOf) -> bool:
    return kind_of(one.pair.left) is kind is kind_of(one.pair.right)


def _histogram(fields: Iterable[FieldTally]) -> list[ComparisonBar]:
    """The number of differences of all these fields in each range; right minus left."""
    spreads = [one.spread for one in fields if one.spread.count]
    counts = [sum(spread.between(low, high) for spread in spreads) for (low, _), (high, _) in pairwise(_BOUNDS)]
    if not any(counts):
        return []
    labels = [f"{low} … {high}" for (_, low), (_, high) in pairwise(_BOUNDS)]
    return [
        ComparisonBar(label, count, _segments(max(counts), ("distance", count)))
        for label, count in zip(labels, counts, strict=True)
    ]


def _segments(most: int, *pieces: tuple[str, int]) -> list[Segment]:
    found, start = [], 0.0
    for kind, count in pieces:
        if count:
            width = 100 * count / most
            found.append(Segment(kind, round(start, 3), round(width, 3)))
            start += width
    return found


_LONGEST = 80


def short(value: object, longest: int = _LONGEST) -> str:
    """A value as JSON, cut off if it is longer than that."""
    text = orjson.dumps(value).decode()
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("comparison_page.html")
