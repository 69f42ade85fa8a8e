"""`indexer user`: the people who sign in to the dashboard."""

import sys
from secrets import token_urlsafe
from typing import Annotated

import typer

from indexer.cli.app import app
from indexer.cli.audited import record
from indexer.cli.output import FormatOption, minute, print_records
from indexer.cli.shared_options import DryRunOption, ScopesOption

user_app = typer.Typer(no_args_is_help=True, help="Manage the users who sign in to the dashboard with a password.")
app.add_typer(user_app, name="user")

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The name of the user, such as ann.")]


@user_app.command()
def create(
    name: NameArgument,
    *,
    scope: ScopesOption,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="The user signs in through the identity provider only.")
    ] = False,
    dry_run: DryRunOption = False,
) -> None:
    """Create a user who can sign in to the dashboard.

    Asks for a password twice. If standard input is not a terminal, its first line is the password.
    """
    from indexer.connections import connected
    from indexer.store.access.account_names import checked_name
    from indexer.store.access.password_hashes import hash_password
    from indexer.store.access.scopes import read_grants
    from indexer.store.access.users import create_user

    grants = read_grants(scope)
    checked_name(name)
    hashed = hash_password(token_urlsafe(64) if no_password else _new_password(name))  # one that nobody knows
    with connected() as here, here.store.connect() as connection:
        create_user(connection, name, hashed, grants)
        record(connection, "user_created", target=name, details={"scopes": grants.written()})
        if not dry_run:
            connection.commit()
    typer.echo(f"user {name} {'would be' if dry_run else 'is'} created: {', '.join(grants.written())}")


@user_app.command("list")
def list_(*, output: FormatOption = None) -> None:
    """List the users with their scopes, the revoked ones included."""
    from indexer.connections import connected
    from indexer.store.access.users import list_users

    with connected() as here, here.store.connect() as connection:
        found = list_users(connection)
    records = [one._asdict() | {"user": one.name, "scopes": one.grants.written()} for one in found]
    columns = ("user", "scopes", "created_at", "signed_in_at", "revoked_at")
    print_records(records, columns, output, people=dict.fromkeys(columns[2:], minute))


@user_app.command()
def change(name: NameArgument, *, scope: ScopesOption, dry_run: DryRunOption = False) -> None:
    """Replace all scopes of a user, and end the user's sessions."""
    from indexer.connections import connected
    from indexer.store.access.scopes import read_grants
    from indexer.store.access.users import set_grants

    grants = read_grants(scope)
    with connected() as here, here.store.connect() as connection:
        set_grants(connection, name, grants)
        record(connection, "user_changed", target=name, details={"scopes": grants.written()})
        if not dry_run:
            connection.commit()
    typer.echo(f"user {name} {'would have' if dry_run else 'has'} {', '.join(grants.written())}")


@user_app.command()
def password(name: NameArgument, *, dry_run: DryRunOption = False) -> None:
    """Set a new password for a user, and end the user's sessions.

    Asks for the password twice. If standard input is not a terminal, its first line is the password.
    """
    from indexer.connections import connected
    from indexer.store.access.password_hashes import hash_password
    from indexer.store.access.users import set_password

    hashed = hash_password(_new_password(name))
    with connected() as here, here.store.connect() as connection:
        set_password(connection, name, hashed)
        record(connection, "password_set", target=name)
        if not dry_run:
            connection.commit()
    typer.echo(f"user {name} {'would have' if dry_run else 'has'} a new password and no session")


@user_app.command()
def revoke(name: NameArgument, *, dry_run: DryRunOption = False) -> None:
    """End a user's access: all sessions end at once, and the user cannot sign in again.

    The name stays taken, because the audit log names the user.
    """
    from indexer.connections import connected
    from indexer.store.access.users import revoke_user

    with connected() as here, here.store.connect() as connection:
        revoke_user(connection, name)
        record(connection, "user_revoked", target=name)
        if not dry_run:
            connection.commit()
    typer.echo(f"user {name} {'would be' if dry_run else 'is'} revoked")


def _new_password(user: str) -> str:
    """The password that a person types twice, or the first line of standard input."""
    from indexer.store.access.password_hashes import check_password

    if sys.stdin.isatty():
        given = str(typer.prompt(f"Password of {user}", hide_input=True, confirmation_prompt=True))
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    check_password(given, user)
    return given
