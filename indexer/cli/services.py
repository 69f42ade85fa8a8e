"""`indexer up` and `indexer down`: the embedded services."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from indexer.cli.app import app
from indexer.cli.output import FormatOption, print_records
from indexer.cli.shared_options import YesOption
from indexer.errors import OperatorError
from indexer.settings import settings
from indexer.urls import masked_addresses

if TYPE_CHECKING:
    from indexer.settings import Settings

_GRACE_SECONDS = 15.0
"""A worker that takes too long to stop ends itself by force; it is killed this many seconds later."""

_COLUMNS = ("service", "version", "url", "pid", "state")


@app.command()
def up(
    output: FormatOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be started, and start nothing.")] = False,
) -> None:
    """Start the embedded services, except those whose URL is set."""
    from indexer.embedded import programs, supervisor
    from indexer.services import Service, explicit_url

    current = settings()
    explicit = {service: url for service in Service if (url := explicit_url(current, service))}
    embedded = [service for service in Service if service not in explicit]
    rows: dict[Service, dict[str, object]] = {
        service: {
            "service": service.value,
            "url": masked_addresses(url),
            "state": f"not embedded: {service.url_variable} is set",
        }
        for service, url in explicit.items()
    }
    if dry_run:
        running = {record.service for record in supervisor.recorded(current) if record.alive}
        programs.expect_installed(service for service in embedded if service not in running)
        for service in embedded:
            state = "already running" if service in running else "would be started"
            rows[service] = {"service": service.value, "state": state}
    else:
        for found in supervisor.ensure(current, embedded):
            rows[found.record.service] = {
                "service": found.record.service.value,
                "version": found.record.version,
                "url": found.record.url,
                "pid": found.record.pid,
                "state": "started" if found.was_started else "already running",
            }
    print_records([rows[service] for service in Service], _COLUMNS, output)


@app.command()
def down(
    delete_data: Annotated[
        bool,
        typer.Option(
            "--delete-data", help="Also delete everything that the services have stored, and the files of exports."
        ),
    ] = False,
    yes: YesOption = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be stopped and deleted, and change nothing.")
    ] = False,
) -> None:
    """Stop the workers, beats and servers of this home, and then the embedded services that they use.

    A worker finishes its work in progress first, which takes INDEXER_SHUTDOWN_SECONDS at most.
    """
    from indexer.embedded import supervisor
    from indexer.embedded.worker_pids import signed_in

    current = settings()
    doomed = (
        [each for each in (supervisor.data_directory(current), _own_exports(current)) if each] if delete_data else []
    )
    if dry_run:
        for user in signed_in(current):
            typer.echo(f"would end the {user}")
        for record in supervisor.recorded(current):
            if record.alive:
                typer.echo(f"would stop {record.service.label} (pid {record.pid})")
        for directory in doomed:
            typer.echo(f"would delete {directory}")
        return
    if doomed and not yes:
        places = " and ".join(map(str, doomed))
        typer.confirm(f"Delete all conversations, indices, queues and files of exports in {places}?", abort=True)
    _end_users(current)
    stopped = supervisor.stop(current)
    for record in stopped:
        typer.echo(f"stopped {record.service.label} (pid {record.pid})")
    if not stopped:
        typer.echo("no embedded service was running")
    if doomed:
        supervisor.delete_data(current)
        for directory in doomed:
            _delete(directory)
            typer.echo(f"deleted {directory}")


def _end_users(used: "Settings") -> None:
    """Stop the workers, beats and servers: without the services they could only fail, or start them again."""
    from indexer.embedded.worker_pids import end, signed_in

    users = signed_in(used)
    if not users:
        return
    typer.echo(f"stopping the {', the '.join(map(str, users))}; work in progress is finished first", err=True)
    killed = end(users, used.shutdown_seconds + _GRACE_SECONDS)
    for user in users:
        typer.echo(f"killed the {user}, which did not stop in time" if user in killed else f"ended the {user}")


def _delete(directory: Path) -> None:
    try:
        shutil.rmtree(directory)
    except FileNotFoundError:
        return
    except OSError as error:
        raise OperatorError(
            f"{directory} cannot be deleted: {error.strerror}", "run as the user it belongs to, or delete it by hand"
        ) from error


def _own_exports(used: "Settings") -> Path | None:
    """The directory of export files which, without the embedded PostgreSQL, would never be removed."""
    from indexer.services import Service, explicit_url

    directory = used.home.absolute() / "exports"
    if explicit_url(used, Service.POSTGRESQL) or used.exports_directory != used.home / "exports":
        return None
    return directory if directory.is_dir() else None
