"""The addresses of the documentation's pages, for texts that name one."""

BASE = "docs/"
"""The address before the name of a page: the directory in the repository, or the place of publication."""


def page(name: str) -> str:
    """The address of a page, such as `docs/metrics.md` for `metrics`."""
    return f"{BASE}{name}.md"
