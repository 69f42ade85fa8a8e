"""The file of the services that run for one home: `services.json`, replaced in one step."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from indexer.embedded.processes import is_alive
from indexer.embedded.service import Service
from indexer.errors import OperatorError
from indexer.ownership import expect_our_directory, not_a_directory
from indexer.private_files import replace_private

_FILE = "services.json"


@dataclass(frozen=True, slots=True)
class Record:
    """One service that was started; `started` tells the process from a later one of the same pid."""

    service: Service
    pid: int
    started: float
    port: int
    url: str
    version: str
    log: Path

    @property
    def alive(self) -> bool:
        """Whether that very process still runs."""
        return is_alive(self.pid, self.started)


def read(home: Path) -> dict[Service, Record]:
    """The records of this home; raises `OperatorError` if they cannot be read, or other users could change them."""
    path = home / _FILE
    expect_our_home(home)
    try:
        stored = json.loads(path.read_bytes())
        return {
            Service(name): Record(**{**fields, "service": Service(name), "log": Path(fields["log"])})
            for name, fields in stored.items()
        }
    except FileNotFoundError:
        return {}
    except NotADirectoryError as error:
        raise not_a_directory(home, "INDEXER_HOME") from error
    except OSError as error:
        raise OperatorError(
            f"cannot read {path}: {error.strerror}", "run as the user who started the services"
        ) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise OperatorError(
            f"{path} is damaged: {error}",
            f"stop the services that still run for {home}, then delete the file",
        ) from error


def expect_our_home(home: Path) -> None:
    """Raise `OperatorError` if the home is not a directory or another user could change it; it need not exist."""
    expect_our_directory(home, "INDEXER_HOME")


def write(home: Path, records: Mapping[Service, Record]) -> None:
    """Replace the records; only their owner may read them, because they hold passwords."""
    stored = {
        service.value: {**asdict(record), "service": service.value, "log": str(record.log)}
        for service, record in records.items()
    }
    replace_private(home / _FILE, json.dumps(stored, indent=1))
