"""Reading a search page by page: the one way in which what is found comes in several answers."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

Hit = TypeVar("Hit")
Place = Sequence[Any]
"""The sort values of a hit: the next page begins behind them."""


def pages(
    read: Callable[[Place | None], Sequence[Hit]],
    place_of: Callable[[Hit], Place],
    size: int,
    after: Place | None = None,
) -> Iterator[Sequence[Hit]]:
    """The pages of up to `size` hits that `read` gives after a place (None: from the first), none of them empty."""
    while True:
        hits = read(after)
        if hits:
            yield hits
            after = place_of(hits[-1])
        if len(hits) < size:
            return
