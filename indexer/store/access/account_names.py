"""The names of users and tokens."""

import re

from indexer.errors import OperatorError

_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,99}", re.ASCII)


def checked_name(name: str) -> str:
    """The name if a user or a token can have it; raises `OperatorError`."""
    if not _NAME.fullmatch(name):
        raise OperatorError(
            f"{name!r} cannot be the name of a user or a token",
            "use up to 100 small letters, digits and . _ @ + -, such as ann or ann@example.com",
        )
    return name
