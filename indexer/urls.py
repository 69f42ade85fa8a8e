"""URLs of services: shown without their secrets, and given a password."""

import re
from urllib.parse import quote, urlsplit

_BETWEEN = re.compile(r"[,\s]+(?=https?://)")
"""The sign between the addresses of a list; a comma elsewhere may belong to a password."""


def masked(url: str) -> str:
    """A URL without user and password, whatever their characters: everything before the last `@` is left out.

    If a later part has an `@` (in a query), more is left out, which is better than to show a password.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        return url.rpartition("@")[2]
    return f"{scheme}://{rest.rpartition('@')[2]}"


def addresses(urls: str) -> list[str]:
    """The addresses of a list such as `http://one:9200,http://two:9200`: one for each node of a cluster.

    If an address of the list had no port, the text is returned as one address: the comma may be part of a password.
    """
    listed = _BETWEEN.split(urls.strip().strip(","))
    return list(dict.fromkeys(listed)) if all(map(_has_a_port, listed)) else [urls]


def _has_a_port(url: str) -> bool:
    try:
        return urlsplit(url).port is not None
    except ValueError:
        return False


def masked_addresses(urls: str) -> str:
    """A list of addresses without users and passwords, as `masked` shows each of them."""
    return ", ".join(map(masked, addresses(urls)))


def with_password(url: str, password: str) -> str:
    """A URL that names a user, given that user's password, which may be of any characters.

    Raises `ValueError` if there is no user to have it, or there is a password already.
    """
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    if not at or not user:
        raise ValueError("names no user that could have the password")
    if ":" in user:
        raise ValueError("has a password already")
    return parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}").geturl()
