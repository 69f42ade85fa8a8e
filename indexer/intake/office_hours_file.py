"""Reading office hours from a file."""

from pathlib import Path
from typing import Any, NamedTuple

import orjson

from indexer.documentation import page
from indexer.errors import OperatorError, Refused
from indexer.office_hours import OfficeHours, parse_office_hours

_REMEDY = f"see {page('office-hours')} for the shape"


class OfficeHoursFile(NamedTuple):
    """A schedule as it is written in a file, and as it was read."""

    written: dict[str, Any]
    understood: OfficeHours


def read_office_hours(path: Path) -> OfficeHoursFile:
    """The schedule in the file; raises `OperatorError` that names file and field."""
    try:
        written = orjson.loads(path.read_bytes())
        return OfficeHoursFile(written, parse_office_hours(written))
    except OSError as error:
        raise OperatorError(f"{path}: {error.strerror}", "give a JSON file with office hours") from error
    except orjson.JSONDecodeError as error:
        raise OperatorError(f"{path}: is not JSON: {error}", _REMEDY) from error
    except Refused as refused:
        raise OperatorError(f"{path}: {refused}", _REMEDY) from refused
