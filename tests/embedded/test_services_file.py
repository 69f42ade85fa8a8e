import os
import stat
from pathlib import Path

import pytest

from indexer.embedded import services_file
from indexer.embedded.processes import started_at
from indexer.embedded.service import Service
from indexer.embedded.services_file import Record
from indexer.errors import OperatorError


def record(pid: int, started: float) -> Record:
    return Record(Service.REDIS, pid, started, 21000, "redis://:secret@127.0.0.1:21000/0", "6.2", Path("redis.log"))


def test_records_come_back_as_they_were_written(tmp_path: Path) -> None:
    written = {Service.REDIS: record(1, 12.0)}

    services_file.write(tmp_path, written)

    assert services_file.read(tmp_path) == written


def test_a_home_without_records_has_none(tmp_path: Path) -> None:
    assert services_file.read(tmp_path) == {}


def test_records_are_for_their_owners_eyes_only(tmp_path: Path) -> None:
    services_file.write(tmp_path, {Service.REDIS: record(1, 12.0)})

    [file] = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["{", "[]", '{"redis": {}}', '{"mysql": {}}', '{"redis": {"log": "x", "colour": 1}}'])
def test_a_damaged_file_is_a_message_that_names_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "services.json").write_text(text)

    with pytest.raises(OperatorError, match=r"services\.json is damaged"):
        services_file.read(tmp_path)


def test_a_record_is_alive_only_while_pid_and_start_are_the_same() -> None:
    started = started_at(os.getpid())
    assert started is not None

    assert record(os.getpid(), started).alive
    assert not record(os.getpid(), started - 1).alive
