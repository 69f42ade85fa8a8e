"""The output of `indexer diff`: tables for people, JSON or CSV for programs, NDJSON for every difference."""

import sys
from collections.abc import Iterator
from typing import Any

import orjson
import typer

from indexer.calendar.durations import duration
from indexer.cli.output import print_csv as print_csv_rows
from indexer.cli.output import print_json, print_table
from indexer.cli.shared_options import DEFAULT_DATASET
from indexer.datasets.dataset import Dataset
from indexer.diff.comparison_page import short
from indexer.diff.dataset_extras import extras_of
from indexer.differences.tally import Difference, FieldTally, Tally, by_weight
from indexer.differences.tolerance import FieldKind, KindOf, kinds_of
from indexer.keys import EntityKey
from indexer.plain_text import printable

COLUMNS = (
    "left", "right", "compared", "equal", "within_tolerance", "different", "missing_left", "missing_right",
    "biggest_difference", "median_difference",
)  # fmt: skip
COUNTS = ("compared", "identical", "different", "only_left", "only_right", "explained", "uncomputable")


def print_tally(tally: Tally, dataset: Dataset) -> None:
    """Print tables: the documents, the fields that differ, the reasons, and samples with their explanations."""
    typer.echo(
        f"{tally.compared:,} compared, {tally.different:,} different, "
        f"{tally.only_left:,} only left, {tally.only_right:,} only right"
    )
    if tally.uncomputable:
        stored = f"{tally.uncomputable:,} stored {dataset.entity.several}"
        option = "" if dataset.name == DEFAULT_DATASET else f" --dataset {dataset}"
        typer.echo(f"{stored} cannot be computed: indexer quarantine list{option}")
    fields = [one for one in tally.by_weight() if one.differing or one.within]
    if fields:
        _print_fields(fields, tally, kinds_of(dataset.fields))
    same = len(tally.fields) - len(fields)
    if same and tally.compared:
        more = " more" if fields else ""
        typer.echo(f"{same}{more} pairs of fields are equal everywhere")
    if tally.explained:
        several = dataset.entity.several
        typer.echo(f"looked for reasons in {tally.explained:,} of the {tally.different:,} different {several}")
        _print_reasons(tally, several)
    for line in _sample_lines(tally, dataset):
        typer.echo(printable(line))


def print_summary(tally: Tally, dataset: Dataset) -> None:
    """Print one JSON object."""
    print_json(as_json(tally, dataset))


def print_csv(tally: Tally) -> None:
    """Print one line for each pair of fields."""
    rows = []
    for one in tally.by_weight():
        record = field_record(one, tally.compared)
        reasons = " ".join(f"{reason}={count}" for reason, count in record["reasons"].items())
        rows.append([*(record[column] for column in COLUMNS), reasons])
    print_csv_rows([*COLUMNS, "reasons"], rows)


def write_difference(one: Difference) -> None:
    """Write one line of NDJSON for one field of one entity; `conversation_id` is its id, whatever the dataset."""
    _write_line(
        {
            "workspace_id": one.key.workspace_id,
            "conversation_id": one.key.entity_id,
            "kind": "different",
            "left_field": one.pair.left,
            "right_field": one.pair.right,
            "left": one.left,
            "right": one.right,
            "reasons": one.reasons,
            "words": one.words or None,
        }
    )


def write_only(side: str, key: EntityKey) -> None:
    """Write one line of NDJSON for an entity that only one side has."""
    _write_line({"workspace_id": key.workspace_id, "conversation_id": key.entity_id, "kind": f"only_{side}"})


def as_json(tally: Tally, dataset: Dataset) -> dict[str, Any]:
    """All counts; `explain` of a sample is null if no command explains differences of the dataset."""
    return {
        "equal": tally.equal,
        **{name: getattr(tally, name) for name in COUNTS},
        "reasons": dict(by_weight(tally.reasons)),
        "fields": [
            field_record(one, tally.compared) | {"samples": [_sample_record(sample, dataset) for sample in one.samples]}
            for one in tally.by_weight()
        ],
        "only_samples": [
            {
                "side": side,
                "workspace_id": key.workspace_id,
                "conversation_id": key.entity_id,
                "words": tally.only_words.get(key),
            }
            for side, key in tally.only_samples
        ],
    }


def field_record(one: FieldTally, compared: int) -> dict[str, Any]:
    """A pair's figures, and its reasons."""
    return {
        "left": one.pair.left,
        "right": one.pair.right,
        "compared": compared,
        "equal": compared - one.within - one.differing,
        "within_tolerance": one.within,
        "different": one.different,
        "missing_left": one.missing_left,
        "missing_right": one.missing_right,
        "biggest_difference": one.spread.biggest if one.spread.count else None,
        "median_difference": one.spread.median,
        "reasons": dict(by_weight(one.reasons)),
    }


def _sample_record(one: Difference, dataset: Dataset) -> dict[str, Any]:
    explain = extras_of(dataset).explain
    return {
        "workspace_id": one.key.workspace_id,
        "conversation_id": one.key.entity_id,
        "left": one.left,
        "right": one.right,
        "reasons": one.reasons,
        "words": one.words or None,
        "explain": None if explain is None else explain(one),
    }


_HEADINGS = ("equal", "within", "different", "no left", "no right", "biggest", "median")


def _print_fields(fields: list[FieldTally], tally: Tally, kind_of: KindOf) -> None:
    rows = []
    for one in fields:
        record = field_record(one, tally.compared)
        name = one.pair.left if one.pair.left == one.pair.right else f"{one.pair.left}\n~ {one.pair.right}"
        counts = [_number(record[column]) for column in COLUMNS[3:-2]]
        rows.append([name, *counts, *(_distance(one, record[column], kind_of) for column in COLUMNS[-2:])])
    print_table(["field", *_HEADINGS], rows, right=range(1, len(_HEADINGS) + 1))


def _print_reasons(tally: Tally, several: str) -> None:
    rows = [[reason.value, f"{count:,}", reason.about] for reason, count in by_weight(tally.reasons)]
    print_table(["reason", several, "what it means"], rows, right=[1])


def _sample_lines(tally: Tally, dataset: Dataset) -> Iterator[str]:
    explain = extras_of(dataset).explain
    for one in tally.by_weight():
        for sample in one.samples:
            because = f"  ({', '.join(sample.reasons)})" if sample.reasons else ""
            yield f"{sample.pair.name}: {short(sample.left, _LONGEST)} | {short(sample.right, _LONGEST)}{because}"
            if explain is not None:
                yield f"  {explain(sample)}"
    for side, key in tally.only_samples:
        words = tally.only_words.get(key)
        yield f"only {side}: {key.entity_id} of {key.workspace_id}" + (f" ({words})" if words else "")


def _distance(one: FieldTally, value: float | None, kind_of: KindOf) -> str:
    """The distance of two values: a duration if they are times or durations."""
    timed = kind_of(one.pair.left) in (FieldKind.TIMESTAMP, FieldKind.DURATION)
    return duration(value) if timed and value is not None else _number(value)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,}"


_LONGEST = 60


def _write_line(record: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(record) + b"\n")
