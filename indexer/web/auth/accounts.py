"""The accounts of the store, as requests look them up: tokens, sessions, and whether there are any."""

import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from indexer.errors import ServiceUnavailable
from indexer.store.access.sessions import find_session
from indexer.store.access.tokens import PREFIX, find_token, has_tokens
from indexer.store.access.users import has_users
from indexer.web.requests.caller import Caller

_T = TypeVar("_T")

_KEPT_SECONDS = 2.0
_AWAY_SECONDS = 10.0


class Storing(Protocol):
    """Runs work in a transaction of the store; raises `ServiceUnavailable`."""

    def __call__(self, work: Callable[[Connection], _T]) -> _T:
        """The result of `work`."""


class Accounts:
    """Looks callers up for all threads of the server. Every method raises `ServiceUnavailable`."""

    def __init__(self, storing: Storing) -> None:
        """Nothing is looked up before the first request."""
        self._storing = storing
        self._has_any: bool | None = None
        self._has_users = False
        self._until = 0.0

    def of_token(self, secret: str) -> Caller | None:
        """The caller with that token, if it is valid now."""
        if not secret.startswith(PREFIX):
            return None
        found = self._storing(lambda connection: find_token(connection, secret))
        return None if found is None else Caller(f"token {found.name}", found.grants)

    def of_session(self, secret: str, *, is_used: bool) -> Caller | None:
        """The user whose session has that secret, if it goes on; `is_used` says whether the user asks now."""
        found = self._storing(lambda connection: find_session(connection, secret, is_used=is_used))
        return None if found is None else Caller(f"user {found.user}", found.grants, found.user)

    def has_any(self) -> bool:
        """Whether there has ever been a user or a token, as of now or two seconds ago.

        If the store is away, the last answer holds: nobody can create an account then. Without one, nobody knows.
        """
        if self._has_any:
            return True
        if self._has_any is None or time.monotonic() >= self._until:
            try:
                self._look()
            except ServiceUnavailable:
                if self._has_any is None:
                    raise
                self._until = time.monotonic() + _AWAY_SECONDS
        return bool(self._has_any)

    def has_users(self) -> bool:
        """Whether there has ever been a user, who can sign in; false if the store is away."""
        if not self._has_users and time.monotonic() >= self._until:
            try:
                self._look()
            except ServiceUnavailable:
                self._until = time.monotonic() + _AWAY_SECONDS
        return self._has_users

    def _look(self) -> None:
        # Before the answer, so that one thread looks while the others take the last answer.
        self._until = time.monotonic() + _KEPT_SECONDS
        users, tokens = self._storing(lambda connection: (has_users(connection), has_tokens(connection)))
        self._has_users, self._has_any = users, users or tokens
