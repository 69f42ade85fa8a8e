"""`indexer export … --background`: the order of an export that a worker writes."""

from typing import TYPE_CHECKING

import typer

from indexer.errors import OperatorError

if TYPE_CHECKING:
    from indexer.exports.message_request import AnyRequest


_REMEDIES = {"workspace": "list the workspaces: indexer workspace list", "to": "choose other dates"}


def order(request: "AnyRequest", email: str | None) -> None:
    """Order the export from a worker; the id and the link go to standard output."""
    from indexer.cli.audited import record, said_by
    from indexer.cli.wait_for_workers import say_if_nobody_takes_from
    from indexer.cli.wake_workers import wake_exporting_workers
    from indexer.connections import connections
    from indexer.exports.orders import link_of, order_export
    from indexer.mail_server import checked_address
    from indexer.reports import InvalidQuestion

    here = connections()
    try:
        address = None if email is None else checked_address(email)
    except ValueError as error:
        raise OperatorError(f"--email: {error}", "give one address such as ann@example.org") from error
    try:
        with here.store.begin() as connection:
            export, token = order_export(connection, request, address, here.settings)
            details = {"ordered": said_by(request), "mail_to": address}
            record(connection, "export_ordered", workspace=request.workspace, target=export.export_id, details=details)
    except InvalidQuestion as error:
        remedy = _REMEDIES.get(error.parameter, "give another address")
        raise OperatorError(f"--{error.parameter}: {error.reason}", remedy) from error
    wake_exporting_workers()
    typer.echo(f"{export.export_id}  {link_of(here.settings, export.export_id, token)}")
    with here.store.connect() as connection:
        say_if_nobody_takes_from(connection, "maintenance")
    typer.echo(f"a worker writes it; see its progress: indexer export show {export.export_id}", err=True)
