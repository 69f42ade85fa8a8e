"""`indexer serve`: the HTTP server with the dashboard and the API."""

from typing import TYPE_CHECKING, Annotated

import typer

from indexer.cli.app import app
from indexer.errors import OperatorError

if TYPE_CHECKING:
    from socket import socket


@app.command()
def serve(
    host: Annotated[
        str,
        typer.Option(
            "--host", help="The address to listen on. An address that other machines can reach needs INDEXER_API_TOKEN."
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The port to listen on; 0 takes a free one.")
    ] = 8080,
    in_container: Annotated[
        bool,
        typer.Option(
            "--in-container",
            help="Listen on any address without a token: the container's port is published to its own machine only.",
        ),
    ] = False,
) -> None:
    """Serve the dashboard and the HTTP API until interrupted.

    When interrupted, it first answers requests in progress, for INDEXER_SHUTDOWN_SECONDS at most.

    Anyone who can reach the server can read every report, so it listens on this machine only unless INDEXER_API_TOKEN
    is set; then every request must send that token.
    """
    from indexer import logs
    from indexer.embedded.worker_pids import sign_in
    from indexer.services import Service, service_urls
    from indexer.settings import settings
    from indexer.web.serving import Server

    address = host if settings().api_token or in_container else _loopback(host)
    with listening(address, port) as listener:
        service_urls(settings(), Service.ELASTICSEARCH)
        sign_in(settings(), "server")
        logs.configure()
        shown = f"[{address}]" if ":" in address else address
        typer.echo(f"the dashboard is at http://{shown}:{listener.getsockname()[1]}/ (Ctrl-C ends it)")
        server = Server(settings())
        try:
            server.run(sockets=[listener])
        except KeyboardInterrupt:
            return


def _loopback(host: str) -> str:
    """The address that `host` names; raises `OperatorError` unless only this machine can reach it."""
    from ipaddress import ip_address

    named = "127.0.0.1" if host == "localhost" else host
    try:
        if ip_address(named).is_loopback:
            return named
    except ValueError:
        pass  # a host name is not resolved, since it may become another machine's later
    raise OperatorError(
        f"--host: {host} can be reached from other machines, and no token protects the reports",
        "listen on 127.0.0.1, or set INDEXER_API_TOKEN, which every request must then send",
    )


def listening(address: str, port: int) -> "socket":
    """A socket that listens; raises `OperatorError` if that is not possible."""
    import errno
    import socket

    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        return socket.create_server((address, port), family=family, backlog=128)
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            option, remedy = "--port", "choose another port, or --port 0 for one that is free"
        else:
            option, remedy = "--host", "give an address of this machine"
        raise OperatorError(f"{option}: cannot listen on {address} port {port}: {error.strerror}", remedy) from error
