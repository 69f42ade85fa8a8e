"""URLs of services: how they are shown without what is secret in them, and given a password."""

from urllib.parse import quote, urlsplit


def masked(url: str) -> str:
    """A URL without user and password, whatever signs these are of: all before the last `@` is left out.

    A part behind it that holds an `@` (in a query) is lost with them, rather than that a password is shown.
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        return url.rpartition("@")[2]
    return f"{scheme}://{rest.rpartition('@')[2]}"


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
