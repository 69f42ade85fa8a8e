"""`indexer index`: the versioned indices and their aliases."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from indexer.cli.app import app
from indexer.cli.output import Format, FormatOption, counted, output_format, print_json, print_records
from indexer.sizes import bytes_said

if TYPE_CHECKING:
    from indexer.operations.rebuild_status import RebuildStatus

index_app = typer.Typer(no_args_is_help=True, help="Manage the versioned indices behind the aliases.")
app.add_typer(index_app, name="index")

DatasetArgument = Annotated[str | None, typer.Argument(help="A dataset, such as conversations. Default: all datasets.")]


@index_app.command()
def status(dataset: DatasetArgument = None, output: FormatOption = None) -> None:
    """List the indices: version, alias, documents, bytes on disk, health, drift of the mapping, refresh interval.

    A running rebuild is shown with its step, progress, rate and the time left. If an index that readers use is not
    refreshed as declared, a line on standard error names it.
    """
    from dataclasses import asdict, fields

    from indexer import search
    from indexer.cli.rebuild_output import print_status, record_of_status
    from indexer.connections import connections
    from indexer.operations.index_status import read_indices

    datasets, here = chosen_datasets(dataset), connections()
    shown = read_indices(here.search, here.settings.index_prefix, datasets)
    records = [asdict(one) for one in shown.indices]
    columns = [field.name for field in fields(search.IndexStatus)]
    match output_format(output):
        case Format.JSON:
            print_json({"indices": records, "rebuilds": list(map(record_of_status, _rebuilds(datasets)))})
        case Format.CSV:
            print_records(records, columns, output)
        case Format.TABLE:
            people = {"documents": counted, "size": bytes_said}
            print_records(records, ["index", *columns[3:]], output, people=people)
            for one in _rebuilds(datasets):
                typer.echo(f"rebuild of {one.rebuild.dataset}:")
                print_status(one, output)
    for other in shown.unrefreshed:
        typer.echo(
            f"{other.index} has the refresh interval {other.live} instead of {other.declared}: readers may not see "
            "new documents; a worker restores it when no process is working on the rebuild",
            err=True,
        )


def _rebuilds(datasets: Sequence[str]) -> "list[RebuildStatus]":
    from indexer.connections import connections
    from indexer.datasets.registry import dataset_named
    from indexer.operations.rebuild_status import read_rebuild

    with connections().store.connect() as connection:
        found = [read_rebuild(connection, dataset_named(name)) for name in datasets]
    return [one for one in found if one is not None]


@index_app.command()
def drift(
    dataset: DatasetArgument = None,
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Add fields that the live mapping lacks.")] = False,
    output: FormatOption = None,
) -> None:
    """Compare the live mappings with the released files, field by field. Exit code 1 if they differ.

    A missing field can be added. A different or unknown field needs a rebuild.
    """
    from dataclasses import asdict

    from indexer import search
    from indexer.connections import connections
    from indexer.search.drift import apply_additions
    from indexer.search.drift import drift as drift_of

    names, here = chosen_datasets(dataset), connections()
    compare = apply_additions if apply else drift_of
    indices = [one.index for one in search.status(here.search, here.settings.index_prefix, names)]
    if apply and indices:
        here.owner.expect(*indices)
    found = [asdict(one) | {"kind": one.kind.value} for index in indices for one in compare(here.search, index)]
    print_records(found, ["index", "field", "kind", "declared", "live"], output)
    if found:
        if any(one["kind"] == "missing" for one in found):
            typer.echo("missing fields can be added: indexer index drift --apply", err=True)
        if any(one["kind"] != "missing" for one in found):
            typer.echo("to remove the other differences: indexer index rebuild", err=True)
        raise typer.Exit(1)


@index_app.command()
def create(
    dataset: DatasetArgument = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what exists and what would be created, and change nothing.")
    ] = False,
) -> None:
    """Create the index and the alias of a dataset that has none. An existing index is left as it is."""
    from indexer import search
    from indexer.connections import connections

    chosen, here = chosen_datasets(dataset), connections()
    prefix, client = here.settings.index_prefix, here.search
    for name in chosen:
        alias = search.alias_name(prefix, name)
        if dry_run and search.index_behind(client, alias) is None:
            typer.echo(f"{alias}: an index of version {search.versions(name)[-1]} would be created")
            continue
        ensured = search.ensure_dataset(client, prefix, name, here.spread, here.owner.installation)
        here.owner.expect(ensured.alias)
        typer.echo(f"{ensured.alias}: {ensured.index} {'created' if ensured.created else 'exists'}")


@index_app.command()
def adopt(
    dataset: DatasetArgument = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List the indices that would be adopted, and change nothing.")
    ] = False,
) -> None:
    """Take over indices of another installation, so that this database fills them from now on.

    An index belongs to the installation that created it, and no other installation writes to it. Adopt an index if
    its database was lost and everything was imported into a new one. Documents that this database does not have are
    then deleted from the index.
    """
    from indexer import search
    from indexer.connections import connections

    here = connections()
    names = [one.index for one in search.status(here.search, here.settings.index_prefix, chosen_datasets(dataset))]
    others = here.owner.others(*names) if names else {}
    if not others:
        typer.echo("no index belongs to another installation")
        return
    typer.echo("\n".join(f"{index} belongs to installation {owner}" for index, owner in others.items()))
    if dry_run:
        return
    if not yes:
        typer.confirm("Fill these indices from this database from now on?", abort=True)
    for index in others:
        here.owner.claim(index)
    typer.echo(f"adopted by installation {here.owner.installation}")
    typer.echo("see which of their documents this database does not have: indexer reconcile", err=True)


def chosen_datasets(dataset: str | None) -> list[str]:
    """The chosen datasets; a name without a mapping is refused before any service is asked."""
    from indexer import search

    if dataset is None:
        return search.datasets()
    search.versions(dataset)
    return [dataset]
