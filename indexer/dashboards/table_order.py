"""The order of a table as it stands in an address: a column by its number, with a minus for the largest first."""

import re
from typing import NamedTuple, Self

_WRITTEN = re.compile(r"(-?)(0|[1-9][0-9]{0,3})", re.ASCII)
_OF_TILE = re.compile(r"([1-9][0-9]{0,2})\.(-?[0-9]{1,4})", re.ASCII)


class TableOrder(NamedTuple):
    """The order by a column, 0 for the names of the rows; `falls`: the largest first."""

    column: int
    falls: bool = False

    def __str__(self) -> str:
        """As it is written, such as `-2`."""
        return f"{'-' if self.falls else ''}{self.column}"

    @classmethod
    def read(cls, written: str) -> Self:
        """The order from its text; raises `ValueError`."""
        found = _WRITTEN.fullmatch(written)
        if found is None:
            raise ValueError("is not the number of a column, such as 2, or -2 for the largest first")
        return cls(int(found[2]), bool(found[1]))


def read_tile_order(written: str) -> tuple[int, TableOrder]:
    """The number of a tile, from 1, and the order of its table, written as `3.-2`; raises `ValueError`."""
    found = _OF_TILE.fullmatch(written)
    if found is None:
        raise ValueError("is not the number of a tile and of a column, such as 3.2, or 3.-2 for the largest first")
    return int(found[1]), TableOrder.read(found[2])
