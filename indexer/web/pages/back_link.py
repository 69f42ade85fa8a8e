"""The address of the list that a page was opened from, carried in the page's own address."""

import re
from typing import Annotated

from fastapi import Query

_LIST = re.compile(r"/(lists|messages|people|receipts|conversations)/[^\s\\]*", re.ASCII)
"""Only pages of this server: an address of another site, or one that a browser would read as such, is not a list."""

LONGEST_BACK = 4_000
"""The most characters of such an address."""

Back = Annotated[
    str | None, Query(max_length=LONGEST_BACK, description="The address of the list that the page was opened from.")
]


def back_link(back: str | None) -> str | None:
    """The address if it is one of ours, else None."""
    return back if back is not None and _LIST.fullmatch(back) else None
