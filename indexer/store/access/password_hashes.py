"""Passwords of users, stored as argon2id hashes."""

import secrets
from dataclasses import dataclass
from functools import cache

from indexer.errors import OperatorError

LEAST_LENGTH = 12
_MOST_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Cost:
    """The work that one guess at a password takes."""

    passes: int
    memory_kib: int
    lanes: int


RFC_9106 = Cost(passes=3, memory_kib=65_536, lanes=4)
"""The second recommended choice of RFC 9106, section 4: 64 MiB for each guess."""


def check_password(password: str, user: str) -> None:
    """Raise `OperatorError` if the password is easy to guess or too long."""
    if len(password) < LEAST_LENGTH:
        raise OperatorError(
            f"the password has fewer than {LEAST_LENGTH} characters", "choose a longer one, such as four random words"
        )
    if len(password) > _MOST_LENGTH:
        raise OperatorError(f"the password has more than {_MOST_LENGTH} characters", "choose a shorter one")
    if password.lower() == user or len(set(password)) < 5:
        raise OperatorError("the password is easy to guess", "choose another one, such as four random words")


def hash_password(password: str, cost: Cost = RFC_9106) -> str:
    """The hash of a password, with its cost and a salt of its own."""
    from argon2 import PasswordHasher

    hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)
    hashed: str = hasher.hash(_bytes(password))
    return hashed


def verify_password(password: str, hashed: str | None) -> bool:
    """Whether the password is that of the hash. Without a hash it takes as long, and is false."""
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        PasswordHasher().verify(hashed or _hash_of_nobody(), _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return hashed is not None


@cache
def _hash_of_nobody() -> str:
    return hash_password(secrets.token_hex())


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
