"""Reading names of teams or teammates from a file."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from indexer.errors import OperatorError
from indexer.keys import is_too_long

_LISTS = ("teams", "admins", "teammates", "data")
_REMEDY = "give the JSON of Intercom's GET /teams or GET /admins, or one object {id: name}"


def read_names_file(path: Path) -> dict[str, str]:
    """The names in the file by id; raises `OperatorError` that names the file.

    The shape is that of the vendor's lists, `{"teams": [{"id": …, "name": …}]}` and `{"admins": […]}`; the list
    alone, or one object of names by id, is accepted too. An entry without a name is left out.
    """
    try:
        written = orjson.loads(path.read_bytes())
    except OSError as error:
        raise OperatorError(f"{path}: {error.strerror}", _REMEDY) from error
    except orjson.JSONDecodeError as error:
        raise OperatorError(f"{path}: is not JSON: {error}", _REMEDY) from error
    found = _pairs(written)
    if found is None:
        raise OperatorError(f"{path}: does not contain a list of names", _REMEDY)
    return usable_names(found)


def usable_names(pairs: Iterable[tuple[Any, Any]]) -> dict[str, str]:
    """The names by id, on one line each; pairs without an id or a name are left out."""
    return {str(id_): _clean(name) for id_, name in pairs if _is_id(id_) and isinstance(name, str) and _clean(name)}


def _pairs(written: Any) -> Iterable[tuple[Any, Any]] | None:
    if isinstance(written, list):
        return _entries(written)
    if not isinstance(written, dict):
        return None
    for key in _LISTS:
        if isinstance(written.get(key), list):
            return _entries(written[key])
    return written.items() if all(isinstance(name, str) for name in written.values()) else None


def _entries(listed: list[Any]) -> list[tuple[Any, Any]]:
    return [(entry.get("id"), entry.get("name")) for entry in listed if isinstance(entry, dict)]


def _is_id(value: Any) -> bool:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return is_number or (isinstance(value, str) and bool(value) and "\0" not in value and not is_too_long(value))


def _clean(name: str) -> str:
    # PostgreSQL's text cannot hold NUL, and a line break would break a table.
    return " ".join(name.replace("\0", " ").split())
