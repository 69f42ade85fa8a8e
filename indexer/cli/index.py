"""`indexer index`: the versioned indices and their aliases."""

from typing import TYPE_CHECKING, Annotated

import typer

from indexer.cli.app import app
from indexer.cli.output import FormatOption, print_records

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

index_app = typer.Typer(no_args_is_help=True, help="The versioned indices behind the aliases.")
app.add_typer(index_app, name="index")

DatasetArgument = Annotated[
    str | None, typer.Argument(help="A dataset, such as conversations; all of them if not given.")
]


@index_app.command()
def status(dataset: DatasetArgument = None, output: FormatOption = None) -> None:
    """List the indices: version, alias, documents, bytes on disk, health, and whether the mapping has drifted."""
    from dataclasses import asdict, fields

    from indexer import search
    from indexer.settings import settings

    chosen = _chosen(dataset)
    found = search.status(_client(), settings().index_prefix, chosen)
    print_records(map(asdict, found), [field.name for field in fields(search.IndexStatus)], output)


@index_app.command()
def create(
    dataset: DatasetArgument = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is there and what would be made.")] = False,
) -> None:
    """Make the index and the alias of a dataset that has none; one that is there is left as it is."""
    from indexer import search
    from indexer.settings import settings

    chosen, prefix, client = _chosen(dataset), settings().index_prefix, _client()
    for name in chosen:
        alias = search.alias_name(prefix, name)
        if dry_run and search.index_behind(client, alias) is None:
            typer.echo(f"{alias}: an index of version {search.versions(name)[-1]} would be made")
            continue
        ensured = search.ensure_dataset(client, prefix, name)
        typer.echo(f"{ensured.alias}: {ensured.index} {'made' if ensured.created else 'is there'}")


def _chosen(dataset: str | None) -> list[str]:
    """The datasets meant; a name that no mapping bears is refused before any service is asked."""
    from indexer import search

    if dataset is None:
        return search.datasets()
    search.versions(dataset)
    return [dataset]


def _client() -> "Elasticsearch":
    from indexer.search import connect
    from indexer.services import Service, service_urls
    from indexer.settings import settings

    return connect(service_urls(settings(), Service.ELASTICSEARCH).elasticsearch)
