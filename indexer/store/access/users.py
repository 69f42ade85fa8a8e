"""Users: people who sign in with a password. They are revoked, never removed, since the audit log names them."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from indexer.errors import OperatorError
from indexer.store.access.account_names import checked_name
from indexer.store.access.scopes import Grants, grants_of
from indexer.store.access.sessions import end_sessions
from indexer.store.schema import users


class User(NamedTuple):
    """A user; one who is revoked cannot sign in. `signed_in_at` is the last time."""

    name: str
    grants: Grants
    created_at: datetime
    revoked_at: datetime | None
    signed_in_at: datetime | None


_COLUMNS = tuple(users.c[name] for name in User._fields)


def create_user(connection: Connection, name: str, password_hash: str, grants: Grants) -> User:
    """Create a user; raises `OperatorError` if the name is taken, also by a revoked user, or cannot be one."""
    values = {"name": checked_name(name), "password_hash": password_hash, "grants": grants.stored()}
    try:
        with connection.begin_nested():
            row = connection.execute(insert(users).values(values).returning(*_COLUMNS)).one()
    except IntegrityError:
        raise OperatorError(
            f"there is already a user {name}, who may be revoked", "choose another name; indexer user list shows them"
        ) from None
    return _user(row)


def list_users(connection: Connection) -> list[User]:
    """All users by name, the revoked ones included."""
    return [_user(row) for row in connection.execute(select(*_COLUMNS).order_by(users.c.name))]


def has_users(connection: Connection) -> bool:
    """Whether there has ever been a user."""
    return connection.execute(select(users.c.name).limit(1)).first() is not None


def is_user(connection: Connection, name: str) -> bool:
    """Whether there is a user of that name who is not revoked."""
    return password_hash_of(connection, name) is not None


def password_hash_of(connection: Connection, name: str) -> str | None:
    """The hash of a user's password; None if there is no such user, or the user is revoked."""
    found: str | None = connection.execute(
        select(users.c.password_hash).where(users.c.name == name, users.c.revoked_at.is_(None))
    ).scalar_one_or_none()
    return found


def set_password(connection: Connection, name: str, password_hash: str) -> None:
    """Replace the password and end all sessions; raises `OperatorError` unless there is such a user."""
    _changed(connection, name, password_hash=password_hash)


def set_grants(connection: Connection, name: str, grants: Grants) -> None:
    """Replace the scopes, and end all sessions; raises `OperatorError` unless there is such a user."""
    _changed(connection, name, grants=grants.stored())


def revoke_user(connection: Connection, name: str) -> None:
    """End all sessions and let the user sign in no more; raises `OperatorError` unless there is such a user."""
    _changed(connection, name, revoked_at=func.now())


def _changed(connection: Connection, name: str, **values: object) -> None:
    done = connection.execute(update(users).where(users.c.name == name, users.c.revoked_at.is_(None)).values(values))
    if not done.rowcount:
        raise OperatorError(f"there is no user {name}, or the user is revoked", "list the users: indexer user list")
    end_sessions(connection, name)


def _user(row: Row[tuple[object, ...]]) -> User:
    return User(**(row._asdict() | {"grants": grants_of(row.grants)}))
