"""The columns of a CSV file of people, companies or events: which field of theirs each column has."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from indexer.errors import Refused
from indexer.people.attribute_value import DATA_TYPES, DataType

CUSTOM: Final = "custom."
METADATA: Final = "metadata."
_OPEN_ENDED: Final = (CUSTOM, METADATA)
"""Fields that begin so are named by the file."""

_NOT_LETTERS = re.compile(r"[^a-z0-9]+")

_OTHER_HEADERS: Final[Mapping[str, str]] = {
    "company": "companies",
    "companyids": "companies",
    "created": "created_at",
    "emailaddress": "email",
    "event": "event_name",
    "eventtime": "created_at",
    "firstseen": "created_at",
    "fullname": "name",
    "intercomid": "id",
    "lastcontacted": "last_contacted_at",
    "lastheardfrom": "last_replied_at",
    "lastseen": "last_seen_at",
    "mail": "email",
    "owner": "owner_id",
    "phonenumber": "phone",
    "sessions": "session_count",
    "signedup": "signed_up_at",
    "signupdate": "signed_up_at",
    "tag": "tags",
    "timestamp": "created_at",
    "updated": "updated_at",
    "userid": "external_id",
    "websessions": "session_count",
}
"""Headers that spreadsheets have for a field, besides its own name; without spaces and signs."""


class MappedColumn(NamedTuple):
    """A column that is read: its place in a row, its header, its field, and its type if the user named one.

    `field` is a standard name such as `email`, or `custom.NAME`, for events also `metadata.KEY`.
    """

    at: int
    header: str
    field: str
    type: DataType | None = None


class ColumnMapping(NamedTuple):
    """The columns that are read, and the headers of those that are not."""

    columns: tuple[MappedColumn, ...]
    left: tuple[str, ...]


class Chosen(NamedTuple):
    """What a user says that a column has; an empty field leaves the column out."""

    field: str
    type: DataType | None = None


def read_choices(written: Iterable[str]) -> dict[str, Chosen]:
    """The choices written as `HEADER=FIELD`, `HEADER=custom.NAME:TYPE` or `HEADER=`; raises `Refused`."""
    choices: dict[str, Chosen] = {}
    for one in written:
        header, sign, field = one.rpartition("=")
        if not sign or not header:
            raise Refused(one, 'is not of the form "HEADER=FIELD", such as "Plan=custom.plan"')
        name, colon, type_ = field.rpartition(":")
        if not colon or not name.startswith(CUSTOM):
            choices[header] = Chosen(field.strip())
        elif type_ in DATA_TYPES:
            choices[header] = Chosen(name.strip(), type_)
        else:
            raise Refused(one, f"{type_!r} is not a type; the types are {', '.join(DATA_TYPES)}")
    return choices


def map_columns(
    header: Sequence[str],
    fields: Iterable[str],
    custom: Iterable[str],
    choices: Mapping[str, Chosen],
) -> ColumnMapping:
    """What each column has, chosen or guessed from its header.

    `fields` are the fields that a record of this kind can have, `custom` the names of the custom attributes that are
    known. A guess ignores capitals, spaces and signs; a header that could be several fields is not guessed, and of two
    columns with one field only the first is read. Raises `Refused` for a choice of a column or a field that does not
    exist, and for two choices of one field.
    """
    known = frozenset(fields)
    if unknown := [name for name in choices if name not in header]:
        raise Refused(unknown[0], f"is not a column; the columns are {', '.join(header)}")
    taken: dict[str, str] = {}
    for name, (field, _) in choices.items():
        if field and not _is_field(field, known):
            raise Refused(name, f"there is no field {field!r}; for an attribute of your own: custom.NAME")
        if field and taken.setdefault(field, name) != name:
            raise Refused(name, f'and {taken[field]!r} are both {field}; leave one of them out: "{name}="')
    guesses = _guesses(known, custom)
    columns: list[MappedColumn] = []
    left: list[str] = []
    for at, name in enumerate(header):
        field, type_ = choices.get(name) or Chosen(_guess(name, known, guesses))
        if field and (name in choices or field not in taken):
            taken[field] = name
            columns.append(MappedColumn(at, name, field, type_))
        else:
            left.append(name)
    return ColumnMapping(tuple(columns), tuple(left))


def _is_field(field: str, known: frozenset[str]) -> bool:
    return (field in known and field not in _OPEN_ENDED) or _is_named_by_file(field, known)


def _is_named_by_file(field: str, known: frozenset[str]) -> bool:
    begin = next((begin for begin in _OPEN_ENDED if field.startswith(begin)), None)
    return begin is not None and begin in known and len(field) > len(begin)


def _guesses(known: frozenset[str], custom: Iterable[str]) -> dict[str, set[str]]:
    """The fields that a header may mean, by its letters."""
    guesses: dict[str, set[str]] = {}
    for field in known.difference(_OPEN_ENDED):
        guesses.setdefault(_letters(field), set()).add(field)
    for letters, field in _OTHER_HEADERS.items():
        if field in known:
            guesses.setdefault(letters, set()).add(field)
    for name in custom:
        letters = _letters(name)
        if not any(field in known for field in guesses.get(letters, ())):
            guesses.setdefault(letters, set()).add(CUSTOM + name)
    return guesses


def _guess(header: str, known: frozenset[str], guesses: Mapping[str, set[str]]) -> str:
    if _is_field(header, known):
        return header
    found = guesses.get(_letters(header), set())
    return next(iter(found)) if len(found) == 1 else ""


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", text.casefold())
