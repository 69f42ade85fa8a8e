"""The names of indices, and of the aliases by which they are read and written."""

import re
from datetime import UTC, datetime
from typing import NamedTuple

_NAME = re.compile(r"([a-z][a-z0-9]*)-([a-z][a-z0-9_]*)-v([1-9]\d*)-(\d{8}t\d{6})")


class IndexName(NamedTuple):
    """The parts of a physical index's name, `<prefix>-<dataset>-v<N>-<UTC stamp>`."""

    prefix: str
    dataset: str
    version: int
    stamp: str

    def __str__(self) -> str:
        return f"{self.prefix}-{self.dataset}-v{self.version}-{self.stamp}"

    @classmethod
    def parse(cls, name: str) -> "IndexName | None":
        """The parts of `name`, None if it is not one of ours."""
        found = _NAME.fullmatch(name)
        return cls(found[1], found[2], int(found[3]), found[4]) if found else None


def utc_stamp(now: datetime) -> str:
    """The stamp in the name of an index made at `now` (aware): UTC to the second, like 20240304t214000."""
    return f"{now.astimezone(UTC):%Y%m%dt%H%M%S}"


def alias_name(prefix: str, dataset: str) -> str:
    """The alias by which a dataset is read and written."""
    return f"{prefix}-{dataset}"


def write_alias(index: str) -> str:
    """The alias for writing an index that is not, or not only, behind the dataset's alias."""
    return f"{index}-writes"
