"""Passwords of the services."""

import secrets


def new_password() -> str:
    """A random password, of characters that need no escape in a URL or a configuration."""
    return secrets.token_urlsafe(24)
