"""A home of its own for tests that start and kill services, which the run's shared services must not suffer."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.settings import Settings
from tests.embedded.harness import clean_up


@pytest.fixture
def home() -> Iterator[Path]:
    """A directory that the account of services under root can enter too, which pytest's `tmp_path` is not."""
    path = Path(tempfile.mkdtemp(prefix="indexer-home-"))
    path.chmod(0o711 if os.geteuid() == 0 else 0o700)
    yield path
    clean_up(path)


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings(home=home)
