"""Conditions as questions write them: `tag=bug`, `rating>=4`, `team!=*`."""

import re
from typing import NamedTuple

from indexer.reports.dimensions import Dimension

FORM = "FIELD=VALUE (or !=, >=, <=, >, <; * stands for any value)"
ANY = "*"

_WRITTEN = re.compile(r"([^=!<>]+)(!=|>=|<=|=|>|<)(.+)", re.DOTALL)
_NUMBER = re.compile(r"-?\d{1,18}", re.ASCII)


class Clause(NamedTuple):
    """A word, an operator, and what stands behind it."""

    name: str
    operator: str
    wanted: str


def read_clause(written: str) -> Clause:
    """The parts of a condition; raises `ValueError` if it has none."""
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise ValueError(f"{written!r} is not of the form {FORM}")
    return Clause(*found.groups())


def check_clause(clause: Clause, dimension: Dimension) -> None:
    """Raise `ValueError` where the values of the dimension cannot be compared like that."""
    ordered = clause.operator not in {"=", "!="}
    if ordered and dimension.kind != "number":
        raise ValueError(f"{clause.name} is no number; compare it with = or !=")
    if clause.wanted == ANY and not ordered:
        return
    if dimension.kind == "number" and not _NUMBER.fullmatch(clause.wanted):
        raise ValueError(f"{clause.name} is a whole number, and {clause.wanted!r} is none")
    if dimension.kind == "boolean" and clause.wanted not in {"true", "false"}:
        raise ValueError(f"{clause.name} is true or false, not {clause.wanted!r}")
