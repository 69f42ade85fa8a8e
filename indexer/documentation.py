"""Where the pages of the documentation are, for texts that name one."""

BASE = "docs/"
"""What stands before the name of a page: the directory in the repository, or an address at which it is published."""


def page(name: str) -> str:
    """The address of a page, such as `docs/metrics.md` for `metrics`."""
    return f"{BASE}{name}.md"
