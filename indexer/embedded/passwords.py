"""Passwords of the services."""

import secrets


def new_password() -> str:
    """One that nobody guesses, of characters that need no escape in a URL or a configuration."""
    return secrets.token_urlsafe(24)
