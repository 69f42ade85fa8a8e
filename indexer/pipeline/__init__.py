"""The stories of the system, each told in one place."""
