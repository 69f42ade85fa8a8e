"""Importing people, companies and their events into the store, mixed in files, each change one transaction's."""

from collections.abc import Iterable
from dataclasses import replace

from indexer.input_files.open_files import OnBytes
from indexer.input_files.people_reader import read_people
from indexer.input_files.people_table import ReadOptions, TableColumns
from indexer.intake.people_batches import ImportedPeople, OnRefused, PeopleBatches
from indexer.intake.save_options import Saving
from indexer.people.record_kind import RecordKind

__all__ = ["ImportedPeople", "import_people"]


def import_people(
    saving: Saving,
    sources: Iterable[str],
    kind: RecordKind,
    options: ReadOptions,
    on_refused: OnRefused,
    *,
    on_bytes: OnBytes | None = None,
) -> ImportedPeople:
    """Save what the files say; `kind` is that of objects that do not say what they are, and of the rows of tables.

    Each batch is saved in a transaction of its own. `on_refused` gets the place and the reason of each object and each
    value that cannot be used. A trial (`saving.dry_run`) says what would happen, and which attributes would change.
    """
    batches = PeopleBatches(
        saving.transaction,
        saving.workspace_id,
        on_refused,
        on_refused,
        force=saving.force,
        compare=saving.dry_run,
    )

    def on_columns(columns: TableColumns) -> None:
        batches.declare(columns.new)
        options.on_columns(columns)

    for found in read_people(sources, kind, replace(options, on_columns=on_columns), on_bytes):
        batches.add(found.place, found.change, is_row=found.is_row)
    batches.save_all()
    return batches.imported
