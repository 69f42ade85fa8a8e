"""`indexer token`: the tokens with which programs use the HTTP API."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from indexer.cli.app import app
from indexer.cli.audited import record
from indexer.cli.output import FormatOption, minute, print_records
from indexer.cli.shared_options import DryRunOption, ScopesOption

token_app = typer.Typer(no_args_is_help=True, help="Manage the tokens with which programs use the HTTP API.")
app.add_typer(token_app, name="token")

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The name of the token, such as nightly-import.")]


@token_app.command()
def create(
    name: NameArgument,
    *,
    scope: ScopesOption,
    days: Annotated[
        int | None,
        typer.Option("--days", min=1, max=3650, help="How many days it is valid. Default: until it is revoked."),
    ] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Create a token and print it. It cannot be shown again: only its hash is stored."""
    from indexer.connections import connected
    from indexer.store.access.scopes import read_grants
    from indexer.store.access.tokens import create_token

    grants = read_grants(scope)
    expires_at = None if days is None else datetime.now(UTC) + timedelta(days=days)
    with connected() as here, here.store.connect() as connection:
        _, secret = create_token(connection, name, grants, expires_at)
        record(connection, "token_created", target=name, details={"scopes": grants.written()})
        if not dry_run:
            connection.commit()
    until = "" if expires_at is None else f", until {minute(expires_at)}"
    created = "would be" if dry_run else "is"
    typer.echo(f"token {name} {created} created: {', '.join(grants.written())}{until}", err=True)
    _print_once(secret, dry_run=dry_run)


@token_app.command("list")
def list_(*, output: FormatOption = None) -> None:
    """List the tokens with their scopes and the last characters of their secrets."""
    from indexer.connections import connected
    from indexer.store.access.tokens import list_tokens

    with connected() as here, here.store.connect() as connection:
        found = list_tokens(connection)
    now = datetime.now(UTC)
    records = [
        one._asdict()
        | {"token": one.name, "state": one.state(now), "ends_in": one.hint, "scopes": one.grants.written()}
        for one in found
    ]
    columns = ("token", "state", "ends_in", "scopes", "created_at", "used_at", "expires_at", "revoked_at")
    print_records(records, columns, output, people=dict.fromkeys(columns[4:], minute))


@token_app.command()
def revoke(name: NameArgument, *, dry_run: DryRunOption = False) -> None:
    """End a token at once. Its name stays taken, because the audit log names it."""
    from indexer.connections import connected
    from indexer.store.access.tokens import revoke_token

    with connected() as here, here.store.connect() as connection:
        revoke_token(connection, name)
        record(connection, "token_revoked", target=name)
        if not dry_run:
            connection.commit()
    typer.echo(f"token {name} {'would be' if dry_run else 'is'} revoked")


@token_app.command()
def rotate(
    name: NameArgument,
    *,
    keep_hours: Annotated[
        int, typer.Option("--keep-hours", min=0, max=720, help="How many hours the current secret stays valid as well.")
    ] = 0,
    dry_run: DryRunOption = False,
) -> None:
    """Give a token a new secret and print it. The scopes and the day on which the token expires stay as they are."""
    from indexer.connections import connected
    from indexer.store.access.tokens import rotate_token

    with connected() as here, here.store.connect() as connection:
        secret = rotate_token(connection, name, timedelta(hours=keep_hours))
        record(connection, "token_rotated", target=name, details={"keep_hours": keep_hours})
        if not dry_run:
            connection.commit()
    ends = f"the current secret ends in {keep_hours} h" if keep_hours else "the current secret ends now"
    typer.echo(f"token {name} {'would have' if dry_run else 'has'} a new secret; {ends}", err=True)
    _print_once(secret, dry_run=dry_run)


def _print_once(secret: str, *, dry_run: bool) -> None:
    """Print a secret to standard output alone, so that it can be piped into a store of secrets."""
    if not dry_run:
        typer.echo(secret)
