"""`indexer status`: whether the index is up to date, and which workers run; `indexer alive`: a health check."""

from typing import TYPE_CHECKING, Annotated

import typer

from indexer.cli.app import app, say
from indexer.cli.output import Format, FormatOption, output_format, print_json, print_records
from indexer.errors import OperatorError, ServiceUnavailable

if TYPE_CHECKING:
    from indexer.operations.index_status import ReadIndex

_COLUMNS = ("what", "name", "state", "detail")


@app.command()
def status(output: FormatOption = None) -> None:
    """Show whether the index is up to date: waiting changes, running processes, and work in progress.

    Nothing is started or changed. Exit code 3 if PostgreSQL or Elasticsearch cannot be reached.
    """
    from elasticsearch import ApiError, TransportError

    from indexer.checks import Installation
    from indexer.cli.status_rows import as_object, as_rows, print_rows
    from indexer.connections import search_at, store_of_this_release
    from indexer.operations.index_status import read_indices_of_readers
    from indexer.operations.overview import read_overview
    from indexer.services import Service
    from indexer.settings import settings

    installation = Installation.of(settings())
    with store_of_this_release(installation.url(Service.POSTGRESQL)) as connection:
        found = read_overview(connection)
    fault: OperatorError | None = None
    shown: list[ReadIndex] = []
    try:
        with search_at(installation.url(Service.ELASTICSEARCH)) as client:
            shown = read_indices_of_readers(client, settings().index_prefix)
    except OperatorError as error:
        fault = error
    except (ApiError, TransportError) as error:
        fault = ServiceUnavailable(f"Elasticsearch does not answer: {error.message}", "see: indexer doctor")
    match output_format(output):
        case Format.JSON:
            print_json(as_object(found, shown))
        case Format.CSV:
            print_records(as_rows(found, shown), _COLUMNS, output)
        case Format.TABLE:
            print_rows(as_rows(found, shown))
    if fault is not None:
        say(fault)
        raise typer.Exit(fault.exit_code)


@app.command()
def alive(
    role: Annotated[str, typer.Argument(metavar="worker|beat", help="The process to look for.")],
    anywhere: Annotated[bool, typer.Option("--anywhere", help="Also count processes on other hosts.")] = False,
) -> None:
    """Check whether a worker or a beat on this host has recently given a sign of life: a health check for supervisors.

    Exit code 1 if none has, 3 if PostgreSQL, which keeps the signs of life, cannot be reached.
    """
    from indexer.checks import Installation
    from indexer.cli.status_rows import described
    from indexer.connections import store_of_this_release
    from indexer.services import Service
    from indexer.settings import settings
    from indexer.store.signs import list_signs
    from indexer.worker.signs_of_life import HOST

    if role not in ("worker", "beat"):
        raise typer.BadParameter(f"{role!r} is neither worker nor beat")
    with store_of_this_release(Installation.of(settings()).url(Service.POSTGRESQL)) as connection:
        signs = [sign for sign in list_signs(connection) if sign.role == role and (anywhere or sign.host == HOST)]
    living = [sign for sign in signs if sign.alive]
    typer.echo("; ".join(map(described, living or signs[:1])) or f"no {role} has ever run {'' if anywhere else 'here'}")
    if not living:
        raise typer.Exit(1)
