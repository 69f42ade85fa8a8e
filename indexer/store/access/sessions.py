"""Sessions: users who have signed in with a browser."""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, func, insert, literal, select, update

from indexer.store.access.scopes import Grants, grants_of
from indexer.store.access.tokens import hash_of
from indexer.store.schema import sessions, users

IDLE = timedelta(hours=12)
"""A session ends if it is not used for so long."""

ABSOLUTE = timedelta(days=7)
"""A session ends after so long, however much it is used."""

_SEEN_EVERY = timedelta(minutes=1)


class Session(NamedTuple):
    """A session of a user with the scopes that the user has now."""

    user: str
    grants: Grants
    began_at: datetime
    seen_at: datetime


def begin_session(connection: Connection, user: str) -> str:
    """Begin a session; returns its secret, which is stored nowhere. Removes all sessions that have ended."""
    connection.execute(delete(sessions).where(~_goes_on()))
    secret = secrets.token_urlsafe(32)
    connection.execute(insert(sessions).values(session_hash=hash_of(secret), user_name=user))
    connection.execute(update(users).where(users.c.name == user).values(signed_in_at=func.now()))
    return secret


def find_session(connection: Connection, secret: str, *, is_used: bool = True) -> Session | None:
    """The session with that secret, unless it or its user has ended.

    Notes, once a minute, that it is used, unless the request came without its user (`is_used`).
    """
    given = hash_of(secret)
    row = connection.execute(
        select(sessions.c.user_name, users.c.grants, sessions.c.began_at, sessions.c.seen_at)
        .join(users, users.c.name == sessions.c.user_name)
        .where(sessions.c.session_hash == given, users.c.revoked_at.is_(None), _goes_on())
    ).one_or_none()
    if row is None:
        return None
    if is_used:
        connection.execute(
            update(sessions)
            .where(sessions.c.session_hash == given, sessions.c.seen_at < func.now() - literal(_SEEN_EVERY))
            .values(seen_at=func.now())
        )
    return Session(row.user_name, grants_of(row.grants), row.began_at, row.seen_at)


def end_session(connection: Connection, secret: str) -> None:
    """End a session."""
    connection.execute(delete(sessions).where(sessions.c.session_hash == hash_of(secret)))


def end_sessions(connection: Connection, user: str) -> int:
    """End all sessions of a user; returns how many."""
    return connection.execute(delete(sessions).where(sessions.c.user_name == user)).rowcount


def _goes_on() -> ColumnElement[bool]:
    return (sessions.c.seen_at > func.now() - literal(IDLE)) & (sessions.c.began_at > func.now() - literal(ABSOLUTE))
