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
            "--host",
            help="The address to listen on. One that other machines can reach needs accounts or INDEXER_API_TOKEN.",
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
    link: Annotated[
        bool,
        typer.Option(
            "--link",
            help="Without accounts, answer only the browser that opens the one-time link which is printed, not every "
            "user of this machine.",
        ),
    ] = False,
) -> None:
    """Serve the dashboard and the HTTP API until interrupted.

    When interrupted, it first answers requests in progress, for INDEXER_SHUTDOWN_SECONDS at most.

    Without users, tokens and INDEXER_API_TOKEN, anyone who can reach the server can read every report, so it listens on
    this machine only. With any of them, every request needs an account; `indexer user create` makes the first one.
    """
    from indexer import logs
    from indexer.embedded.worker_pids import sign_in
    from indexer.services import Service, service_urls
    from indexer.settings import settings
    from indexer.web.auth.one_time_link import OneTimeLink
    from indexer.web.serving import Server

    has_accounts = settings().api_token is not None or _has_accounts()
    address = host if has_accounts or in_container else _loopback(host)
    with listening(address, port) as listener:
        service_urls(settings(), Service.ELASTICSEARCH)
        sign_in(settings(), "server")
        logs.configure()
        shown = f"[{address}]" if ":" in address else address
        own_link = OneTimeLink() if link and not has_accounts else None
        path = "" if own_link is None else f"link?secret={own_link.secret}"
        typer.echo(f"the dashboard is at http://{shown}:{listener.getsockname()[1]}/{path} (Ctrl-C ends it)")
        server = Server(settings(), needs_accounts=has_accounts, link=own_link)
        try:
            server.run(sockets=[listener])
        except KeyboardInterrupt:
            return


def _has_accounts() -> bool:
    """Whether the store has users or tokens; a store that does not run yet is not started for this."""
    from indexer.connections import store_of_this_release
    from indexer.services import Service, running_url
    from indexer.settings import settings
    from indexer.store.access.tokens import has_tokens
    from indexer.store.access.users import has_users

    url = running_url(settings(), Service.POSTGRESQL)
    if url is None:
        return False
    try:
        with store_of_this_release(url) as connection:
            return has_users(connection) or has_tokens(connection)
    except OperatorError:
        return False


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
        f"--host: {host} can be reached from other machines, and no account protects the reports",
        "listen on 127.0.0.1, create a user (indexer user create), or set INDEXER_API_TOKEN",
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
