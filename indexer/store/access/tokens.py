"""Tokens: long random secrets of programs. Only their hashes are stored, and they are shown once."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, Row, func, insert, literal, null, or_, select, update
from sqlalchemy.exc import IntegrityError

from indexer.errors import OperatorError
from indexer.store.access.account_names import checked_name
from indexer.store.access.scopes import Grants, grants_of
from indexer.store.schema import tokens

PREFIX = "ridx_"
"""How every token begins, so that programs that look for leaked secrets can find it."""

PATTERN = re.compile(rf"{PREFIX}[0-9a-f]{{64}}")
"""The form of a token."""

_SECRET_BYTES = 32
_HINT = 4
_SEEN_EVERY = timedelta(minutes=1)


class Token(NamedTuple):
    """A token without its secret; `hint` is the end of it. `retiring_until` is when the secret before it ends."""

    name: str
    grants: Grants
    hint: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None
    retiring_until: datetime | None

    def state(self, now: datetime) -> str:
        """`revoked`, `expired` or `valid`."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "valid"


_COLUMNS = tuple(tokens.c[name] for name in Token._fields)


def create_token(
    connection: Connection, name: str, grants: Grants, expires_at: datetime | None = None
) -> tuple[Token, str]:
    """Create a token; returns it and its secret, which is stored nowhere.

    Raises `OperatorError` if the name is taken, also by a revoked token, or cannot be one.
    """
    secret = new_secret()
    values = {
        "name": checked_name(name),
        "grants": grants.stored(),
        "secret_hash": hash_of(secret),
        "hint": secret[-_HINT:],
        "expires_at": expires_at,
    }
    try:
        with connection.begin_nested():
            row = connection.execute(insert(tokens).values(values).returning(*_COLUMNS)).one()
    except IntegrityError:
        raise OperatorError(
            f"there is already a token {name}, which may be revoked",
            f"choose another name, or give it a new secret: indexer token rotate {name}",
        ) from None
    return _token(row), secret


def list_tokens(connection: Connection) -> list[Token]:
    """All tokens by name, those that are revoked or expired included."""
    return [_token(row) for row in connection.execute(select(*_COLUMNS).order_by(tokens.c.name))]


def has_tokens(connection: Connection) -> bool:
    """Whether there has ever been a token."""
    return connection.execute(select(tokens.c.name).limit(1)).first() is not None


def find_token(connection: Connection, secret: str) -> Token | None:
    """The valid token with that secret; notes, once a minute at most, that it is used."""
    if not PATTERN.fullmatch(secret):
        return None
    given = literal(hash_of(secret))
    row = connection.execute(
        select(*_COLUMNS).where(
            or_(
                tokens.c.secret_hash == given,
                (tokens.c.retiring_hash == given) & (tokens.c.retiring_until > func.now()),
            ),
            tokens.c.revoked_at.is_(None),
            or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > func.now()),
        )
    ).one_or_none()
    if row is None:
        return None
    connection.execute(
        update(tokens)
        .where(
            tokens.c.name == row.name,
            or_(tokens.c.used_at.is_(None), tokens.c.used_at < func.now() - literal(_SEEN_EVERY)),
        )
        .values(used_at=func.now())
    )
    return _token(row)


def revoke_token(connection: Connection, name: str) -> None:
    """End a token; raises `OperatorError` unless there is one that is not revoked."""
    _change(connection, name, revoked_at=func.now())


def rotate_token(connection: Connection, name: str, keep_for: timedelta = timedelta()) -> str:
    """Give a token a new secret, which is returned; the one before it ends after `keep_for`.

    Raises `OperatorError` unless there is a token that is not revoked.
    """
    secret = new_secret()
    if keep_for:
        kept = {"retiring_hash": tokens.c.secret_hash, "retiring_until": func.now() + literal(keep_for)}
    else:
        kept = {"retiring_hash": null(), "retiring_until": null()}
    _change(connection, name, secret_hash=hash_of(secret), hint=secret[-_HINT:], **kept)
    return secret


def new_secret() -> str:
    """A secret of 256 random bits."""
    return PREFIX + secrets.token_hex(_SECRET_BYTES)


def hash_of(secret: str) -> bytes:
    """The stored hash of a long random secret, which needs no slower one."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _change(connection: Connection, name: str, **values: object) -> None:
    done = connection.execute(update(tokens).where(tokens.c.name == name, tokens.c.revoked_at.is_(None)).values(values))
    if not done.rowcount:
        raise OperatorError(f"there is no token {name}, or it is revoked", "list the tokens: indexer token list")


def _token(row: Row[tuple[object, ...]]) -> Token:
    return Token(**(row._asdict() | {"grants": grants_of(row.grants)}))
