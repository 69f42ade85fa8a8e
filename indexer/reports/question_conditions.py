"""Conditions as questions write them: `tag=bug`, `rating>=4`, `team!=*`, `custom."a=b"="*"`."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from indexer.reports.dimensions import CUSTOM, PERSON, Dimension

FORM = (
    "FIELD=VALUE (or !=, >=, <=, >, <; * stands for any value; names and values with such signs in double quotes, "
    'as in custom."a=b"="*")'
)

_ANY = "*"
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_WRITTEN = re.compile(
    rf"(?P<name>(?:{re.escape(PERSON)})?(?:{re.escape(CUSTOM)})?{_QUOTED}|[^=!<>]+)(?P<operator>!=|>=|<=|=|>|<)"
    r"(?P<wanted>.+)",
    re.DOTALL,
)
_NUMBER = re.compile(r"-?\d{1,18}", re.ASCII)
_PREFIXES = (f"{PERSON}{CUSTOM}", PERSON, CUSTOM)
_SIGNS = frozenset('=!<>"')


class Clause(NamedTuple):
    """A word, an operator, and the value to compare with; None stands for any value."""

    name: str
    operator: str
    wanted: str | None

    def __str__(self) -> str:
        """The condition as it is written; `read_clause` gives the same clause back."""
        wanted = _ANY if self.wanted is None else _written_value(self.wanted)
        return f"{written_name(self.name)}{self.operator}{wanted}"


def read_clause(written: str) -> Clause:
    r"""The parts of a condition; raises `ValueError` if it does not have them.

    A name or a value may be in double quotes, with `\"` and `\\` for these two signs inside: within quotes
    no sign has a meaning of its own. Without quotes the name ends at the first operator.
    """
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise ValueError(f"{written!r} is not of the form {FORM}")
    name, operator, wanted = found.group("name", "operator", "wanted")
    prefix = next((one for one in _PREFIXES if name.startswith(f'{one}"')), "")
    name = prefix + _unquoted(name.removeprefix(prefix))
    if name in {"", *_PREFIXES}:
        raise ValueError(f"{written!r} is not of the form {FORM}")
    return Clause(name, operator, None if wanted == _ANY else _unquoted(wanted))


def conditions_that_hold(written: Iterable[str]) -> list[str]:
    """The conditions of a question that all hold: of several `=` on one field one must, `tag=a or tag=b`."""
    return [" or ".join(one) for one in _alternatives(written)]


def in_one_text(written: Iterable[str], more: Iterable[str] = ()) -> str:
    """The conditions of a question as one text, `(tag=a or tag=b) and team=7`; `more` are further ones that hold."""
    found, others = _alternatives(written), [*more]
    alone = len(found) + len(others) == 1
    said = [" or ".join(one) if alone or len(one) == 1 else f"({' or '.join(one)})" for one in found]
    return " and ".join([*said, *others])


def _alternatives(written: Iterable[str]) -> list[list[str]]:
    found: dict[str, list[str]] = {}
    for one in dict.fromkeys(written):
        clause = read_clause(one)
        found.setdefault(clause.name if clause.operator == "=" else f"={one}", []).append(one)
    return [*found.values()]


def check_clause(clause: Clause, dimension: Dimension) -> None:
    """Raise `ValueError` if the values of the dimension cannot be compared like that."""
    ordered = clause.operator not in {"=", "!="}
    if dimension.of_people and clause.wanted is not None:
        return  # the attribute's type is known when the people are read
    if ordered and dimension.kind != "number":
        said = f"{clause.name} is not a number; compare it with = or !="
        prefix = next((one for one in _PREFIXES if CUSTOM in one and clause.name.startswith(one)), None)
        if prefix:
            said += f', or put a name that has a {clause.operator} in double quotes: {prefix}"a{clause.operator}b"=c'
        raise ValueError(said)
    if clause.wanted is None:
        if ordered:
            raise ValueError(f"{clause.name} is a whole number, and '*' is not")
        return
    if dimension.kind == "number" and not _NUMBER.fullmatch(clause.wanted):
        raise ValueError(f"{clause.name} is a whole number, and {clause.wanted!r} is not")
    if dimension.kind == "boolean" and clause.wanted not in {"true", "false"}:
        raise ValueError(f"{clause.name} is true or false, not {clause.wanted!r}")


def _unquoted(text: str) -> str:
    """The text itself, or the text within the quotes if all of it is one quoted text."""
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL) if re.fullmatch(_QUOTED, text, re.DOTALL) else text


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def written_name(name: str) -> str:
    """The name of a field as conditions write it: in quotes after its prefix if it has signs with a meaning."""
    if not _SIGNS & set(name):
        return name
    prefix = next((one for one in _PREFIXES if name.startswith(one)), "")
    return prefix + _quoted(name.removeprefix(prefix))


def _written_value(value: str) -> str:
    return _quoted(value) if value in {"", _ANY} or re.fullmatch(_QUOTED, value, re.DOTALL) else value
