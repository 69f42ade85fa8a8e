"""`indexer reconcile`: comparing the index with the store."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from indexer.cli.app import app
from indexer.cli.audited import note
from indexer.cli.output import Format, FormatOption, output_format, print_json, print_records
from indexer.cli.shared_options import DEFAULT_DATASET, DatasetOption
from indexer.cli.wake_workers import if_redis_answers, wake_workers

if TYPE_CHECKING:
    from indexer.datasets.dataset import Dataset
    from indexer.indexing.reconciler import Reconciled

reconcile_app = typer.Typer()
app.add_typer(reconcile_app, name="reconcile")

COUNTS = ("documents", "missing", "stale", "orphaned", "differing", "queued", "quarantined", "repaired")
SAMPLE = ("kind", "workspace", "conversation", "document", "fields", "store_revision", "index_revision")


@reconcile_app.callback(invoke_without_command=True)
def reconcile(
    context: typer.Context,
    *,
    workspace: Annotated[str | None, typer.Option("--workspace", help="Only this workspace.")] = None,
    deep: Annotated[bool, typer.Option("--deep", help="Recompute every document, and compare it in full.")] = False,
    sample: Annotated[
        float,
        typer.Option(
            "--sample",
            min=0,
            max=1,
            metavar="SHARE",
            help="Like --deep, for a random share of the documents, such as 0.01.",
        ),
    ] = 0,
    repair: Annotated[
        bool, typer.Option("--repair", help="Index differing conversations again, and delete orphaned documents.")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Report differences without repairing them (the default). Overrides --repair."),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Delete orphaned documents even if they are most of the index.")
    ] = False,
    max_rate: Annotated[
        float | None,
        typer.Option(
            "--max-rate", min=0.1, metavar="DOCUMENTS", help="Compare no more than this many documents a second."
        ),
    ] = None,
    samples: Annotated[int, typer.Option("--samples", min=0, help="How many differences to show.")] = 20,
    dataset: DatasetOption = DEFAULT_DATASET,
    output: FormatOption = None,
) -> None:
    """Compare the index with the store, and repair differences.

    Missing: stored but not in the index. Stale: the index has a lower revision. Orphaned: in the index but deleted or
    never stored. Differing: the same revision with other content (--deep or --sample), or a higher revision. Documents
    that wait in the queue or in quarantine are counted separately. Exit code 1 if there are differences, even if they
    were repaired.
    """
    if context.invoked_subcommand is not None:
        return
    if deep and sample:
        raise typer.BadParameter("--deep compares every document; leave out --sample")

    import time

    from indexer.cli.progress import count_progress
    from indexer.connections import connections
    from indexer.datasets.registry import dataset_named
    from indexer.indexing.reconcile_walk import Result, save_result
    from indexer.indexing.reconciler import ReconcileCounts, ReconcileOptions, Reconciler

    of, here = dataset_named(dataset), connections()
    options = ReconcileOptions(
        deep_share=1 if deep else sample,
        repair=repair and not dry_run,
        delete_any=yes,
        most_samples=samples,
    )
    with count_progress("comparing", _stored(workspace, of)) as on_documents:
        reconciler = Reconciler.from_connections(here, of)
        began_at = int(time.time())
        found = reconciler.run(workspace, options, max_rate=max_rate, on_documents=on_documents)
    note(**{name: getattr(found, name) for name in COUNTS})
    if workspace is None:
        with if_redis_answers():
            save_result(here.redis, Result(began_at, int(time.time()), ReconcileCounts() + found), of)
    wake_workers(found.shards, "due", of)
    _print(found, output)
    if found.differences:
        raise typer.Exit(1)


def _stored(workspace: str | None, dataset: "Dataset") -> int:
    """How many conversations or records there are to compare."""
    from indexer.connections import connections
    from indexer.store.jobs.backfills import Selected, count_selected

    with connections().store.connect() as connection:
        return count_selected(connection, Selected(workspace), dataset)[0]


def _print(found: "Reconciled", output: Format | None) -> None:
    records = [asdict(one) | {"kind": one.kind.value, "fields": list(one.fields)} for one in found.samples]
    counts = {name: getattr(found, name) for name in COUNTS}
    match output_format(output):
        case Format.JSON:
            print_json({**counts, "samples": records})
        case Format.CSV | Format.TABLE as wanted:
            if wanted is Format.TABLE:
                typer.echo(", ".join(f"{count:,} {name}" for name, count in counts.items()))
            if wanted is Format.CSV or records:
                print_records(records, SAMPLE, wanted)
    if found.repaired:
        typer.echo(
            f"{found.repaired:,} repaired: orphaned documents are deleted, and the workers index the others", err=True
        )
    if found.spared:
        typer.echo(
            f"{found.spared:,} orphaned documents were not deleted: most of the index is unknown to this database.\n"
            "  try: check whether DATABASE_URL and INDEXER_INDEX_PREFIX belong together; if they do: --repair --yes",
            err=True,
        )
