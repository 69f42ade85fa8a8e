"""PostgreSQL's disk is full while conversations are imported and indexed."""

import os
import random
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from indexer.services import Service
from tests.faults.databases import fresh_database_on
from tests.faults.faulty import Faulty, Note, everything_is_right
from tests.faults.histories import Raw, conversations, versions
from tests.faults.services import Services

pytestmark = pytest.mark.services

SMALL, LARGE = 32_000_000, 1_000_000_000
"""Bytes of the disk before and after room is made: some of the conversations fit, all of them do."""

LARGEST_FILE = 17_000_000
"""Of which some of the conversations fit into one; a file of the write-ahead log has 16 MiB and must fit as well."""

MakeRoom = Callable[[], object]


@contextmanager
def full_disk(services: Services, directory: Path) -> Iterator[tuple[str, MakeRoom]]:
    """A database on a small file system of its own."""
    directory.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL},mode=700", "tmpfs", str(directory)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("no right to mount a small file system: run as root, outside of a container")
    try:
        account = psutil.Process(services.pid(Service.POSTGRESQL)).uids().real
        os.chown(directory, account, -1)
        with psycopg.connect(services.url(Service.POSTGRESQL), autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{directory}'")
        with fresh_database_on(services, "TABLESPACE small") as url:
            grow = ["mount", "-o", f"remount,size={LARGE}", str(directory)]
            yield url, lambda: subprocess.run(grow, check=True, capture_output=True)
        with psycopg.connect(services.url(Service.POSTGRESQL), autocommit=True) as connection:
            connection.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", str(directory)], check=True)


@contextmanager
def limited_files(services: Services, _: Path) -> Iterator[tuple[str, MakeRoom]]:
    """A server whose files may not grow beyond a limit, as with `ulimit -f` and quotas; room is a restart without."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def restart() -> None:
        services.stop(Service.POSTGRESQL)
        services.heal()

    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, hard))
    try:
        restart()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    try:
        with fresh_database_on(services) as url:
            yield url, restart
    finally:
        restart()


@pytest.fixture(params=[full_disk, limited_files])
def disk(request: pytest.FixtureRequest, services: Services) -> Iterator[tuple[str, MakeRoom]]:
    with request.param(services, services.home / "small-disk") as made:
        yield made


@pytest.fixture
def database_url(disk: tuple[str, MakeRoom]) -> str:
    return disk[0]


def bulky(raw: Raw) -> Raw:
    """With a message of 10 kB that cannot be compressed."""
    return raw | {"source": raw["source"] | {"body": random.randbytes(5_000).hex()}}


def test_an_import_may_find_the_disk_full_and_is_completed_when_there_is_room(
    installation: Faulty, disk: tuple[str, MakeRoom], note: Note
) -> None:
    raws = [bulky(raw) for raw in conversations(1_500)]
    _, make_room = disk
    worker = installation.worker()
    done = installation.tries_to_import(versions(raws, 1, of=2))
    note("said", done.stderr)
    assert done.code in (2, 3), done.stderr
    assert "No space left" in done.stderr or "File too large" in done.stderr
    assert "Traceback" not in done.stderr
    kept = installation.count("conversations")
    note("kept of 1,500", kept)
    assert 0 < kept < len(raws)
    make_room()
    assert installation.imports(versions(raws, 1, of=2)) == len(raws) - kept
    accepted = len(raws) + installation.imports(raws)
    note("drained after", everything_is_right(installation, raws, accepted=accepted))
    assert worker.lives
