"""The mail server that a URL names, and checked mail addresses."""

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote, urlsplit

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_PORTS = {"smtp": 587, "smtps": 465}


def checked_address(value: str) -> str:
    """`value` if it is one address and nothing more, such as `ann@example.com`; raises `ValueError`."""
    if len(value) > 254 or not _ADDRESS.fullmatch(value):
        raise ValueError("must be one e-mail address of ASCII characters, such as ann@example.com")
    return value


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server, and the user that it knows us as."""

    host: str
    port: int
    encrypted: bool
    """TLS from the first byte, not only if the server offers it."""
    user: str | None
    password: str | None = field(repr=False)

    @classmethod
    def of(cls, url: str) -> Self:
        """The server of `smtp[s]://[user:password@]host[:port]`; raises `ValueError` without the password."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:  # whose text would repeat parts of the URL
            parts, port = urlsplit(""), None
        if parts.scheme not in _PORTS or not parts.hostname or parts.path not in {"", "/"} or parts.query:
            raise ValueError("must be smtp://user:password@host:587 or smtps://…, with special characters as %XX")
        if (parts.username is None) != (parts.password is None):
            raise ValueError("must have both a user and a password, or neither")
        user, password = (unquote(part) if part is not None else None for part in (parts.username, parts.password))
        if not (user or "").isascii() or not (password or "").isascii():
            raise ValueError("must have a user and a password of ASCII characters")
        return cls(parts.hostname, port or _PORTS[parts.scheme], parts.scheme == "smtps", user, password)

    @property
    def is_here(self) -> bool:
        """Whether mail to this server stays on this machine."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"
