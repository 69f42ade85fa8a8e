"""Office hours out of a file."""

from pathlib import Path

import orjson

from indexer.errors import OperatorError, Refused
from indexer.office_hours import ALWAYS_OPEN, OfficeHours, parse_office_hours


def load_office_hours(path: Path | None) -> OfficeHours:
    """The schedule in the file, always open without one; raises `OperatorError` that names file and field."""
    if path is None:
        return ALWAYS_OPEN
    try:
        return parse_office_hours(orjson.loads(path.read_bytes()))
    except OSError as error:
        raise OperatorError(f"{path}: {error.strerror}", "give a JSON file with office hours") from error
    except (orjson.JSONDecodeError, Refused) as error:
        raise OperatorError(f"{path}: {_said(error)}", "see docs/office-hours.md for the shape") from error


def _said(error: Exception) -> str:
    return f"is not JSON: {error}" if isinstance(error, orjson.JSONDecodeError) else str(error)
