from pathlib import Path

import pytest

from indexer.settings import Settings


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings(home=home)
